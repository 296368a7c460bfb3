"""Files of practical tasks over HTTP: announced, in parts, resumed, checked, counted, fetched by markers."""

import asyncio
import hashlib
import random
import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from docx import Document
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import col

from exam_engine.core.time import utc_now
from exam_engine.delivery import upload_examining, uploading
from exam_engine.delivery.models import Attempt, UploadPart
from exam_engine.delivery.upload_examining import examine, look_through
from load_tests.candidates import SimulatedCandidate
from load_tests.handing_in import FileRefusedError, bring_file, response_entry
from load_tests.prepared_sitting import PreparedSitting, prepare_sitting
from tests.conftest import ClientFactory
from tests.exam_engine.delivery.conftest import CandidateFactory
from tests.exam_engine.delivery.practical_forms import SECTIONS, practical_form
from tests.exam_engine.delivery.test_api import seated, started

LARGEST_FILE = 400_000


@pytest.fixture
async def sitting(app: FastAPI) -> PreparedSitting:
    """Return an open sitting of two candidates with a practical task that takes files of 400,000 bytes."""
    return await prepare_sitting(
        app.state.database,
        app.state.settings,
        candidates=2,
        now=utc_now(),
        rng=random.Random(7),
        specs=[practical_form(max_file_bytes=LARGEST_FILE)],
        sections=SECTIONS,
    )


@pytest.fixture
async def candidate(
    candidate_at: CandidateFactory, proctor: AsyncClient, sitting: PreparedSitting
) -> SimulatedCandidate:
    """Return a candidate in the practical section."""
    candidate = await started(candidate_at(0), proctor, sitting)
    candidate.note("leave_section", None, ["1"])
    await candidate.save()
    return candidate


def document(text: str = "Bài thực hành") -> bytes:
    made, out = Document(), BytesIO()
    made.add_paragraph(text)
    made.save(out)
    return out.getvalue()


def task(candidate: SimulatedCandidate) -> str:
    return str(candidate.paper["sections"][1]["refs"][0])


def url(candidate: SimulatedCandidate, upload_id: str = "") -> str:
    return f"/api/delivery/attempts/{candidate.attempt_id}/uploads" + (f"/{upload_id}" if upload_id else "")


def announcement(candidate: SimulatedCandidate, content: bytes, **changes: Any) -> dict[str, Any]:
    return {
        "epoch": candidate.epoch,
        "item": task(candidate),
        "file_name": "bai.docx",
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    } | changes


async def send(candidate: SimulatedCandidate, upload_id: str, start: int, content: bytes) -> httpx.Response:
    headers = {"Upload-Offset": str(start), "Seat-Epoch": str(candidate.epoch)}
    return await candidate.client.patch(url(candidate, upload_id), content=content, headers=headers)


async def bring(candidate: SimulatedCandidate, content: bytes, name: str = "bai.docx") -> dict[str, Any]:
    return await bring_file(
        candidate.client,
        attempt_id=candidate.attempt_id,
        epoch=candidate.epoch,
        item=task(candidate),
        name=name,
        content=content,
        part_bytes=10_000,
    )


async def stored_bytes(app: FastAPI) -> int:
    async with app.state.database.read() as session:
        statement = sa.select(sa.func.coalesce(sa.func.sum(sa.func.length(col(UploadPart.content))), 0))
        return int((await session.exec(statement)).scalar_one())


async def test_a_file_arrives_in_parts_and_is_whole_when_its_hash_is_right(candidate: SimulatedCandidate) -> None:
    content = document()
    view = await bring(candidate, content)
    assert (view["is_complete"], view["received_bytes"]) == (True, len(content))
    listed = (await candidate.client.get(url(candidate))).json()
    assert [one["sha256"] for one in listed["items"]] == [hashlib.sha256(content).hexdigest()]
    assert listed["largest_part_bytes"] == uploading.LARGEST_PART


async def test_a_part_repeated_changes_nothing_and_a_gap_is_told(app: FastAPI, candidate: SimulatedCandidate) -> None:
    content = document()
    begun = (await candidate.client.post(url(candidate), json=announcement(candidate, content))).json()
    assert (await send(candidate, begun["id"], 0, content[:1000])).json()["received_bytes"] == 1000
    # The answer was lost: the browser sends the same again.
    assert (await send(candidate, begun["id"], 0, content[:1000])).json()["received_bytes"] == 1000
    assert await stored_bytes(app) == 1000
    for start, part in ((2000, content[2000:3000]), (500, content[500:1500]), (1000, b"")):
        refused = await send(candidate, begun["id"], start, part)
        assert (refused.status_code, refused.json()["code"]) == (409, "upload_part_out_of_place")
        assert refused.json()["params"] == {"received": 1000}
    again = (await candidate.client.post(url(candidate), json=announcement(candidate, content))).json()
    assert (again["id"], again["received_bytes"]) == (begun["id"], 1000)
    past_the_end = await send(candidate, begun["id"], 1000, content[1000:] + b"x")
    assert past_the_end.json()["code"] == "upload_part_out_of_place"


async def test_bytes_that_are_not_those_announced_are_thrown_away(app: FastAPI, candidate: SimulatedCandidate) -> None:
    content = document()
    begun = (await candidate.client.post(url(candidate), json=announcement(candidate, content))).json()
    damaged = content[:-1] + bytes([content[-1] ^ 1])
    refused = await send(candidate, begun["id"], 0, damaged)
    assert (refused.status_code, refused.json()["code"]) == (409, "upload_damaged")
    assert await stored_bytes(app) == 0
    assert (await bring(candidate, content))["is_complete"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"file_name": "bai.exe"}, "task_file_type"),
        ({"file_name": "bai"}, "task_file_type"),
        ({"size_bytes": LARGEST_FILE + 1}, "task_file_too_large"),
    ],
)
async def test_a_file_that_the_task_does_not_take_is_refused_before_it_is_sent(
    candidate: SimulatedCandidate, changes: dict[str, Any], code: str
) -> None:
    refused = await candidate.client.post(url(candidate), json=announcement(candidate, b"x" * 10, **changes))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)
    largest = announcement(candidate, b"x" * 10, size_bytes=LARGEST_FILE)
    assert (await candidate.client.post(url(candidate), json=largest)).status_code == 200


async def test_only_practical_items_take_files(candidate: SimulatedCandidate) -> None:
    for item in (candidate.paper["sections"][0]["refs"][0], "zz"):
        refused = await candidate.client.post(url(candidate), json=announcement(candidate, b"x", item=item))
        assert refused.json()["code"] == "item_takes_no_files"


async def test_an_attempt_holds_a_bounded_number_of_files(
    candidate: SimulatedCandidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "MOST_UPLOADS", 2)
    for content in (b"one", b"two"):
        begun = await candidate.client.post(url(candidate), json=announcement(candidate, content))
        assert begun.status_code == 200
    third = await candidate.client.post(url(candidate), json=announcement(candidate, b"three"))
    assert third.json()["code"] == "too_many_uploads"
    # One that was begun goes on.
    assert (await candidate.client.post(url(candidate), json=announcement(candidate, b"two"))).status_code == 200
    monkeypatch.setattr(uploading, "MOST_UPLOADS", 200)
    monkeypatch.setattr(uploading, "MOST_BYTES", 6 + 4)
    assert (await candidate.client.post(url(candidate), json=announcement(candidate, b"12345"))).status_code == 409
    assert (await candidate.client.post(url(candidate), json=announcement(candidate, b"1234"))).status_code == 200


async def test_a_part_larger_than_allowed_is_refused(candidate: SimulatedCandidate) -> None:
    content = b"x" * 10
    begun = (await candidate.client.post(url(candidate), json=announcement(candidate, content))).json()
    refused = await send(candidate, begun["id"], 0, b"x" * (uploading.LARGEST_PART + 1))
    assert (refused.status_code, refused.json()["code"]) == (413, "upload_too_large")


async def test_nobody_touches_the_files_of_another_candidate(
    candidate: SimulatedCandidate, candidate_at: CandidateFactory
) -> None:
    content = document()
    begun = (await candidate.client.post(url(candidate), json=announcement(candidate, content))).json()
    other = await seated(candidate_at(1))
    other.epoch = 1
    assert (await other.client.get(url(candidate))).status_code == 404
    assert (await other.client.post(url(candidate), json=announcement(candidate, content))).status_code == 404
    headers = {"Upload-Offset": "0", "Seat-Epoch": "1"}
    part = await other.client.patch(url(candidate, begun["id"]), content=content, headers=headers)
    assert part.status_code == 404


async def test_a_browser_that_lost_the_seat_brings_no_more_bytes(candidate: SimulatedCandidate) -> None:
    content = document()
    begun = (await candidate.client.post(url(candidate), json=announcement(candidate, content))).json()
    candidate.epoch += 1
    fenced = await send(candidate, begun["id"], 0, content)
    assert (fenced.status_code, fenced.json()["code"]) == (409, "seat_fenced")


async def test_bytes_arrive_within_the_grace_and_not_after_it(app: FastAPI, candidate: SimulatedCandidate) -> None:
    content = document()
    begun = (await candidate.client.post(url(candidate), json=announcement(candidate, content))).json()

    async def set_start(ago: timedelta) -> None:
        async with app.state.database.write() as session:
            changed = sa.update(Attempt).where(col(Attempt.id) == candidate.attempt_id)
            await session.exec(changed.values(started_at=utc_now() - ago))

    # The sitting's grace is two minutes.
    await set_start(timedelta(minutes=46))
    assert (await send(candidate, begun["id"], 0, content[:1000])).status_code == 200
    await set_start(timedelta(minutes=48))
    late = await send(candidate, begun["id"], 1000, content[1000:])
    assert (late.status_code, late.json()["code"]) == (409, "attempt_closed")


async def test_handing_in_waits_for_the_files_that_the_browser_speaks_of(candidate: SimulatedCandidate) -> None:
    content = document()
    sha256 = hashlib.sha256(content).hexdigest()
    await candidate.client.post(url(candidate), json=announcement(candidate, content))
    candidate.note("answer", task(candidate), [response_entry("bai.docx", content)])
    await candidate.save()
    acknowledged = candidate.acknowledged
    assert acknowledged is not None
    word = {
        "epoch": candidate.epoch,
        "last_seq": acknowledged.last_seq,
        "chain_head": acknowledged.chain_head,
        "files": [sha256],
    }
    submission = f"/api/delivery/attempts/{candidate.attempt_id}/submission"
    refused = await candidate.client.post(submission, json=word)
    assert (refused.status_code, refused.json()["code"]) == (409, "uploads_incomplete")
    assert [fault["place"] for fault in refused.json()["errors"]] == [sha256]
    await bring(candidate, content)
    assert (await candidate.client.post(submission, json=word)).status_code == 200
    # Whoever handed in brings nothing more.
    with pytest.raises(FileRefusedError, match="attempt_closed"):
        await bring(candidate, document("khác"))


async def test_markers_get_the_files_that_count_and_hear_of_those_that_never_came(
    sitting: PreparedSitting, candidate: SimulatedCandidate, client_for: ClientFactory
) -> None:
    first, last = document("bản một"), document("bản hai")
    await bring(candidate, first, "bài làm.docx")
    candidate.note("answer", task(candidate), [response_entry("bài làm.docx", first)])
    await bring(candidate, last, "bài làm.docx")
    never = "ab" * 32
    candidate.note("answer", task(candidate), [response_entry("bài làm.docx", last), f"{never} bang.xlsx"])
    await candidate.submit()
    marker = await client_for("marker")
    handed_in = f"/api/sittings/{sitting.sitting_id}/handed-in-files"
    files = (await marker.get(handed_in)).json()["items"]
    assert [(file["file_name"], file["upload_id"] is not None) for file in files] == [
        ("bài làm.docx", True),
        ("bang.xlsx", False),
    ]
    assert files[0]["candidate_number"] == sitting.registered[0].candidate_number
    got = await marker.get(f"{handed_in}/{files[0]['upload_id']}")
    assert got.content == last
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''b%C3%A0i%20l%C3%A0m.docx"
    assert got.headers["content-type"] == "application/octet-stream"
    other_sitting = await marker.get(f"/api/sittings/{sitting.room_id}/handed-in-files/{files[0]['upload_id']}")
    assert other_sitting.status_code == 404
    certificate_officer = await client_for("certificate_officer")
    assert (await certificate_officer.get(handed_in)).status_code == 403


def zip_bomb() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", '<Types><Override ContentType="x.wordprocessingml.document.main+xml"/>')
        archive.writestr("word/document.xml", b"\0" * 300_000_000)
    return out.getvalue()


def with_macros() -> bytes:
    out = BytesIO(document())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"macro")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "finding"),
    [
        ("bai.docx", document(), "sound"),
        ("bai.DOCX", document(), "sound"),
        ("bai.accdb", b"\x00\x01\x00\x00Standard ACE DB", "not_examined"),
        ("bai.docx", b"PK\x03\x04 nothing", "attachment_damaged"),
        ("bai.xlsx", document(), "attachment_name_disagrees"),
        ("bai.docx", with_macros(), "attachment_has_macros"),
        ("bai.docx", zip_bomb(), "attachment_archive_too_large"),
    ],
)
def test_what_is_found_in_a_file(name: str, content: bytes, finding: str) -> None:
    assert look_through(name, content) == finding


async def test_files_are_looked_through_once_they_are_whole(app: FastAPI, candidate: SimulatedCandidate) -> None:
    # The application looks by itself too; whichever comes first, each file is looked through once.
    await bring(candidate, document())
    await bring(candidate, with_macros(), "macro.docx")
    await candidate.client.post(url(candidate), json=announcement(candidate, b"unfinished"))
    await examine(app.state.database)
    async with asyncio.timeout(30):
        while True:
            listed = (await candidate.client.get(url(candidate))).json()["items"]
            findings = {one["file_name"]: one["finding"] for one in listed if one["is_complete"]}
            if None not in findings.values():
                break
            await asyncio.sleep(0.05)
    assert findings == {"bai.docx": "sound", "macro.docx": "attachment_has_macros"}
    assert [one["finding"] for one in listed if not one["is_complete"]] == [None]


async def test_a_file_that_kills_its_reader_takes_nothing_else_with_it(
    app: FastAPI, candidate: SimulatedCandidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_examining, "LONGEST_SECONDS", 0.0)
    # What was not looked through in time is not said to be damaged.
    assert await upload_examining.examined("bai.docx", document()) == "upload_too_slow"
