"""What went wrong at a site comes home: reports with their files, proposals, sealed minutes and what was added."""

import hashlib
from typing import Any

import pytest
from httpx import AsyncClient

from exam_engine.delivery.upload_examining import look_through
from exam_engine.incidents import reporting
from exam_engine.sites.portions import Taken, total
from exam_engine.sittings.rule_sets import load_default_rule_sets
from tests.exam_engine.proctoring.test_incidents import picture, said
from tests.exam_engine.sites.course import Course

EXPECTED = {
    "incident": 2,
    "incident_attachment": 1,
    "violation": 1,
    "room_minutes": 1,
    "minutes_signature": 1,
    "minutes_addendum": 1,
}


@pytest.fixture(autouse=True)
def _files_are_looked_through_here(monkeypatch: pytest.MonkeyPatch) -> None:
    async def here(name: str, content: bytes) -> str:
        return look_through(name, content)

    monkeypatch.setattr(reporting, "examined", here)


async def done(client: AsyncClient, method: str, url: str, **how: Any) -> Any:
    answer = await client.request(method, url, **how)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


async def report(course: Course, proctor: AsyncClient) -> None:
    """Report an incident with a photo, say it better, and propose a warning for it."""
    whom = str(course.sitting.registered[0].registration_id)
    first = await done(proctor, "POST", f"{course.room}/incidents", json=said(category="phone", registration_id=whom))
    incident = f"{course.room}/incidents/{first['items'][0]['latest']['id']}"
    await done(proctor, "POST", f"{incident}/attachments", files={"file": ("điện thoại.png", picture())})
    better = await done(proctor, "POST", f"{incident}/correction", json=said(category="notes", description="Tài liệu"))
    proposal = {
        "registration_id": whom,
        "step": "warning",
        "statement": "Dùng tài liệu",
        "incident_id": better["items"][0]["latest"]["id"],
    }
    await done(proctor, "POST", f"{course.room}/violations", json=proposal)


async def seal(course: Course, proctor: AsyncClient) -> bytes:
    """Sign the minutes as the only proctor and add something; returns the sealed file."""
    view = await done(proctor, "GET", f"{course.room}/minutes")
    (signer,) = view["signers"]
    signature = {
        "user_id": signer["user_id"],
        "password": course.accounts[0].password,
        "content_sha256": view["content_sha256"],
        "strokes": [[[x * 10, 200] for x in range(20)]],
    }
    sealed = await done(proctor, "POST", f"{course.room}/minutes/signatures", json=signature)
    assert sealed["status"] == "sealed"
    await add(course, proctor, "Tìm thấy điện thoại.")
    pdf = (await proctor.get(f"{course.room}/minutes/file.pdf?with_addenda=false")).content
    assert hashlib.sha256(pdf).hexdigest() == sealed["pdf_sha256"]
    return pdf


async def add(course: Course, proctor: AsyncClient, text: str) -> None:
    late = {"text": text, "password": course.accounts[0].password}
    await done(proctor, "POST", f"{course.room}/minutes/addenda", json=late)


async def test_what_was_reported_and_signed_at_a_site_comes_home_exactly_once(course: Course) -> None:
    await course.delegate()
    await course.pull()
    async with course.away.write() as session:
        # As `exam-engine migrate` does at a site: rule-sets are each server's own.
        await load_default_rule_sets(session)
    proctor = await course.seat_everybody()
    await course.release(await course.fetch_release())
    for candidate in course.candidates:
        await candidate.start()
    await report(course, proctor)
    # The first copy goes while people work; minutes that nobody has sealed stay where they are.
    remarks = {"remarks": "Phòng thi nghiêm túc."}
    await done(proctor, "PUT", f"{course.room}/minutes/remarks", json=remarks)
    copied = (await course.push()).taken
    assert {name: copied[name].new for name in EXPECTED} == EXPECTED | {
        "room_minutes": 0,
        "minutes_signature": 0,
        "minutes_addendum": 0,
    }
    for candidate in course.candidates:
        await candidate.submit()
    pdf = await seal(course, proctor)

    last = await course.push()
    assert last.completed is not None
    again = (await course.push()).taken
    assert {name: again[name] for name in EXPECTED} == {
        name: Taken(already_there=number) for name, number in EXPECTED.items()
    }
    assert total(again.values()).new == total(again.values()).changed == 0
    here, home = await course.counts()
    assert here == home
    assert {name: home[name] for name in EXPECTED} == EXPECTED

    # The board reads all of it at home, byte by byte, and decides there.
    sitting = f"/api/sittings/{course.sitting_id}"
    (incident,) = (await done(course.board, "GET", f"{sitting}/incidents"))["items"]
    assert (incident["latest"]["category"], [one["category"] for one in incident["earlier"]]) == ("notes", ["phone"])
    (entry,) = incident["earlier"]
    (file,) = entry["attachments"]
    kept = await course.board.get(f"{sitting}/incidents/{entry['id']}/attachments/{file['id']}")
    assert (file["file_name"], kept.content) == ("điện thoại.png", picture())
    (minutes,) = (await done(course.board, "GET", f"{sitting}/minutes"))["items"]
    assert (minutes["status"], minutes["signed"], minutes["is_unaltered"]) == ("sealed", 1, True)
    assert [one["text"] for one in minutes["addenda"]] == ["Tìm thấy điện thoại."]
    url = f"{sitting}/minutes/{minutes['id']}/file.pdf?with_addenda=false"
    assert (await course.board.get(url)).content == pdf
    (violation,) = (await done(course.board, "GET", f"{sitting}/violations"))["items"]
    assert (violation["incident_id"], violation["decision"]) == (incident["latest"]["id"], None)
    decision = f"{sitting}/violations/{violation['id']}/decision"
    await done(course.board, "POST", decision, json={"is_confirmed": True})

    # Something is added at the site after everything is home: it comes, once, and the board's word stays.
    await add(course, proctor, "Đã trả điện thoại.")
    for new in (1, 0):
        assert (await course.push()).taken["minutes_addendum"] == Taken(new=new, already_there=2 - new)
    (violation,) = (await done(course.board, "GET", f"{sitting}/violations"))["items"]
    assert violation["decision"] == "confirmed"
    (minutes,) = (await done(course.board, "GET", f"{sitting}/minutes"))["items"]
    assert len(minutes["addenda"]) == 2
