"""What went wrong at a site comes home: reports with their files, proposals, sealed minutes and what was added."""

import hashlib
from typing import Any

import pytest
from httpx import AsyncClient
from sqlmodel import select

from exam_engine.core.time import utc_now
from exam_engine.delivery.upload_examining import look_through
from exam_engine.incidents import reporting
from exam_engine.incidents.models import Violation
from exam_engine.minutes.models import MinutesSignature, RoomMinutes
from exam_engine.sites.portions import Taken, total
from exam_engine.sittings import queries as sittings_queries
from exam_engine.sittings import rule_sets
from exam_engine.sittings.models import ProctorAssignment, PulledRules, RuleSet
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


async def change_rules(course: Course, **sections: Any) -> str:
    """Give the rule-set that applies at the centre other sections; returns its code."""
    async with course.home.write() as session:
        [row] = await sittings_queries.sittings_with_administration(session, [course.sitting_id])
        found = await rule_sets.find_applicable(session, row)
        assert isinstance(found, RuleSet)
        found.rule = found.rule | sections
        session.add(found)
        return found.code


async def test_a_site_works_by_the_rules_of_the_centre(course: Course) -> None:
    step = {"code": "talk", "name": {"vi": "Nhắc nhở", "en": "Talk"}, "deduction": "0.1"}
    ladder = {"legal_basis": "Quy chế của hội đồng", "steps": [step]}
    code = await change_rules(course, violations=ladder, lockdown={"fullscreen": True, "events": {"copy": "warning"}})
    async with course.away.write() as session:
        # The site has the rule-sets that come with the product, for exams of its own.
        await rule_sets.load_default_rule_sets(session)
    await course.delegate()
    await course.pull()
    candidate = course.candidate(0, await course.browser(course.site))
    await candidate.log_in()
    asked = (await candidate.check_own_data())["lockdown"]
    assert (asked["fullscreen"], asked["events"]) == (True, ["focus", "copy"])

    proctor = await course.proctor()
    offered = await done(proctor, "GET", f"{course.room}/ladder")
    assert (offered["legal_basis"], [one["code"] for one in offered["steps"]]) == ("Quy chế của hội đồng", ["talk"])
    proposal = {
        "registration_id": str(course.sitting.registered[0].registration_id),
        "step": "talk",
        "statement": "Trao đổi bài",
    }
    await done(proctor, "POST", f"{course.room}/violations", json=proposal)
    async with course.away.read() as session:
        [proposed] = (await session.exec(select(Violation))).all()
        [rules] = (await session.exec(select(PulledRules))).all()
    # It names the centre's rule-set; how results are decided stays there.
    assert proposed.rule_set_code == code == rules.code
    assert rules.rule.keys() == {"violations", "lockdown"}


async def test_rules_that_changed_at_the_centre_come_with_the_next_pull(course: Course) -> None:
    await course.delegate()
    await course.pull()
    await change_rules(course, lockdown={"fullscreen": True})
    await course.pull()
    candidate = course.candidate(0, await course.browser(course.site))
    await candidate.log_in()
    assert (await candidate.check_own_data())["lockdown"]["fullscreen"] is True


async def test_minutes_that_the_centre_had_begun_give_way_to_those_sealed_at_the_site(course: Course) -> None:
    async with course.home.write() as session:
        [proctor_id] = (await session.exec(select(ProctorAssignment.user_id))).all()
        draft = RoomMinutes(sitting_id=course.sitting_id, room_id=course.sitting.room_id, version=1, remarks="Nháp")
        session.add(draft)
        await session.flush()
        session.add(MinutesSignature(minutes_id=draft.id, user_id=proctor_id, signer_name="A", signed_at=utc_now()))
    await course.delegate()
    await course.pull()
    proctor = await course.seat_everybody()
    await course.release(await course.fetch_release())
    for candidate in course.candidates:
        await candidate.start()
        await candidate.submit()
    pdf = await seal(course, proctor)
    assert (await course.push()).completed is not None
    (minutes,) = (await done(course.board, "GET", f"/api/sittings/{course.sitting_id}/minutes"))["items"]
    assert (minutes["status"], minutes["signed"]) == ("sealed", 1)
    url = f"/api/sittings/{course.sitting_id}/minutes/{minutes['id']}/file.pdf?with_addenda=false"
    assert (await course.board.get(url)).content == pdf
