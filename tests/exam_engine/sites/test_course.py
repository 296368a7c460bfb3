"""The whole way: handed over, pulled, held without a network, brought home twice, marked, proven."""

import asyncio
import hashlib
import random
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from exam_engine.core.actor import SYSTEM
from exam_engine.core.errors import DomainError
from exam_engine.core.time import utc_now
from exam_engine.delivery import queries as delivery_queries
from exam_engine.delivery import upload_queries
from exam_engine.delivery.engine import root_signer
from exam_engine.delivery.log_closing import close_log
from exam_engine.delivery.uploading import LARGEST_PART
from exam_engine.evidence import inclusion
from exam_engine.evidence.export import export_pieces
from exam_engine.evidence.verification import verify_file
from exam_engine.marking import service as marking
from exam_engine.sites import pushing
from exam_engine.sites.errors import CentralRefusalError
from exam_engine.sites.portions import MOST_BYTES, Taken, total
from exam_engine.sitting_log import service as sitting_log
from exam_engine.sittings.models import Registration
from load_tests.candidates import SimulatedCandidate
from load_tests.handing_in import response_entry
from tests.conftest import ClientFactory
from tests.exam_engine.delivery.practical_forms import SECTIONS, practical_form
from tests.exam_engine.sites.course import Course, make_course

START = "/api/delivery/attempt"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DOCUMENT = random.Random(11).randbytes(2_500_000)
"""Three parts; what is in it is looked at elsewhere."""


async def settled(course: Course) -> None:
    """Wait until the central server has marked everything."""
    async with asyncio.timeout(30):
        while True:
            async with course.home.read() as session:
                attempts = await delivery_queries.attempts_of_sitting(session, course.sitting_id)
            if attempts and all(attempt.marked_at for attempt in attempts):
                return
            await asyncio.sleep(0.1)


async def exported(course: Course, folder: Path) -> Path:
    """Close the log of the sitting at the central server and export it."""
    async with course.home.write() as session:
        signer = root_signer(course.centre.state.settings)
        await close_log(session, course.sitting_id, signer=signer, actor=SYSTEM, now=utc_now())
    file = folder / "sitting.zip"
    with file.open("wb") as target:
        async for piece in export_pieces(course.home, course.sitting_id):
            target.write(piece)
    return file


async def _waits_for(course: Course) -> tuple[str, str | None]:
    seat = (await course.candidates[0].client.get("/api/delivery/seat")).raise_for_status().json()
    return seat["state"], seat["waiting_for"]


async def test_a_sitting_goes_to_a_site_and_comes_home(course: Course, tmp_path: Path) -> None:
    await course.delegate()
    before = course.candidate(0, await course.browser(course.centre))
    await before.log_in()
    await before.check_own_data()
    await course.pull()

    # From the pull on the central server starts nobody, and says so.
    refused = await before.client.post(START, json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "room_at_site")
    login = {
        "access_code": before.access_code,
        "candidate_number": before.candidate_number,
        "identity_suffix": before.identity_suffix,
    }
    again = await (await course.browser(course.centre)).post("/api/session/candidate", json=login)
    assert (again.status_code, again.json()["code"]) == (409, "room_at_site")

    # At the site nobody starts before the release either.
    proctor = await course.seat_everybody()
    assert (await proctor.get(course.room)).json()["awaits_release"]
    assert await _waits_for(course) == ("waiting", "release")
    early = await course.candidates[0].client.post(START, json={})
    assert (early.status_code, early.json()["code"]) == (425, "paper_not_released")
    assert int(early.headers["retry-after"]) > 0
    assert await course.release(await course.fetch_release()) == 4
    assert not (await proctor.get(course.room)).json()["awaits_release"]
    assert await _waits_for(course) == ("ready", None)

    # The network is away: the exam is held all the same.
    course.network.lose_request = lambda _: True
    for number, candidate in enumerate(course.candidates):
        await candidate.start()
        await course.work(candidate, right=number + 1)
    await course.refuse_something(course.candidates[0])
    await proctor.post(f"{course.room}/messages", json={"all": True, "text": "Còn 15 phút"})
    await proctor.post(f"{course.room}/pause", json={"all": True, "reason": "power"})
    with pytest.raises(DomainError, match="central_server_away"):
        await course.push()

    # It is back for a copy, while everybody works.
    course.network.lose_request = lambda _: False
    copied = await course.push()
    assert copied.completed is None
    assert copied.taken["journal_entry"].new == 4 * 5
    await proctor.post(f"{course.room}/resume", json={"all": True})
    for candidate in course.candidates:
        candidate.note("navigate", candidate.paper["items"][0]["ref"])
        course.receipts.append((await candidate.submit())["receipt"])
    assert sorted(course.candidates[0].messages) == ["Còn 15 phút"]
    async with course.home.read() as session:
        attempts = await delivery_queries.attempts_of_sitting(session, course.sitting_id)
    assert [attempt.closed_at for attempt in attempts] == [None] * 4, "a copy is not closed by the central server"

    last = await course.push()
    assert last.completed is not None
    assert (last.completed.attempts, last.completed.operations) == (4, 4 * 6)
    assert last.taken["journal_entry"].new == 4
    assert last.taken["journal_entry"].already_there == 4 * 5
    assert last.taken["attempt"].changed == 4
    here, home = await course.counts()
    assert here == home
    assert min(here[name] for name in ("pause", "seat", "attempt", "journal_refusal", "instruction")) > 0

    # Pushed again, nothing is counted twice.
    again_taken = (await course.push()).taken
    assert total(again_taken.values()).new == 0
    assert total(again_taken.values()).changed == 0
    assert {name: taken.already_there for name, taken in again_taken.items()} == here
    assert (await course.counts())[1] == home

    await settled(course)
    async with course.home.read() as session:
        marks = await marking.marks(session, list(course.chosen))
    assert {id_: int(mark.raw) for id_, mark in marks.items()} == course.chosen

    file = await exported(course, tmp_path)
    verdict = verify_file(file)
    assert verdict.faults == []
    assert (verdict.attempts, verdict.operations) == (4, 4 * 6)
    async with course.away.read() as session:
        root = await sitting_log.first_root(session, course.sitting_id)
    assert root is not None
    # The minutes of the room at the site state the site's root.
    assert verify_file(file, root=root.root).is_whole
    receipt = inclusion.read_receipt(str(course.receipts[0]).replace("'", '"').replace("None", "null").encode())
    proven = inclusion.check(inclusion.prove(file, course.candidates[0].candidate_number), receipt=receipt)
    assert proven.faults == ()


@SQLITE
async def test_the_log_of_a_site_cannot_be_changed_in_the_sittings_log(course: Course, tmp_path: Path) -> None:
    await course.delegate()
    await course.pull()
    await course.hold()
    await course.push()
    await settled(course)
    async with course.home.write() as session:
        connection = await session.connection()
        changed = sa.text("UPDATE sitting_log_row SET body = replace(body, :old, :new) WHERE kind = 'message.sent'")
        done = await connection.execute(changed, {"old": '"actor":["', "new": '"actor":["0'})
        assert done.rowcount == 1
        # The chain of the central server is made anew over it, as somebody could who has its key.
        rows = sa.text("UPDATE sitting_log_row SET number = NULL, hash = NULL")
        await connection.execute(rows)
        await connection.execute(sa.text("DELETE FROM sitting_log_head"))
        await connection.execute(sa.text("DELETE FROM sitting_log_root"))
    file = await exported(course, tmp_path)
    assert "log_site_root_differs" in {fault.code for fault in verify_file(file).faults}


@SQLITE
async def test_files_of_practical_tasks_come_home_in_parts(
    app: FastAPI, client_for: ClientFactory, sqlite_template: Path, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        course = await make_course(
            app,
            await client_for("board_member"),
            sqlite_template,
            tmp_path / "site",
            stack,
            candidates=1,
            specs=[practical_form(max_file_bytes=3_000_000)],
            sections=SECTIONS,
        )
        await course.delegate()
        await course.pull()
        await course.seat_everybody()
        await course.release(await course.fetch_release())
        [candidate] = course.candidates
        await candidate.start()
        candidate.note("leave_section", None, ["1"])
        await candidate.save()
        await bring_file(candidate, DOCUMENT[:900_000], "ban-nhap.docx", is_whole=False)
        copied = await course.push()
        assert copied.taken["upload"] == Taken(), "a file that is not whole may still change"
        await bring_file(candidate, DOCUMENT, "bai.docx", is_whole=True)
        task = candidate.paper["sections"][1]["refs"][0]
        candidate.note("answer", task, [response_entry("bai.docx", DOCUMENT)])
        await candidate.submit()

        sent = len(course.network.requests)
        async with course.away.read() as session:
            begun = pushing.BegunPush(course.sitting_id, UUID(course.delegation["id"]), 1, is_last=False)
            portions = [one async for one in pushing.portions(session, begun) if one.table == "upload_part"]
        assert [len(one.rows) for one in portions] == [1, 2]
        assert max(len(row["content"]) for one in portions for row in one.rows) < MOST_BYTES
        report = await course.push()
        assert report.completed is not None
        assert (report.taken["upload"].new, report.taken["upload_part"].new) == (1, 3)
        assert len(course.network.requests) - sent < 20
        async with course.home.read() as session:
            [upload] = await upload_queries.uploads_of(session, [candidate.attempt_id])
            content = b"".join([part async for part in upload_queries.contents(session, upload.id)])
        assert (upload.file_name, content) == ("bai.docx", DOCUMENT)

        # A byte that was changed in the database of the central server is found when the site comes again.
        async with course.home.write() as session:
            changed = sa.text("UPDATE upload_part SET content = zeroblob(length(content)) WHERE start = 0")
            await (await session.connection()).execute(changed)
        with pytest.raises(CentralRefusalError) as refusal:
            await course.push()
        assert refusal.value.params["refused"] == "site_rows_refused"


async def bring_file(candidate: SimulatedCandidate, content: bytes, name: str, *, is_whole: bool) -> None:
    """Bring a file in the largest parts; or only its beginning."""
    url = f"/api/delivery/attempts/{candidate.attempt_id}/uploads"
    announced = {
        "epoch": candidate.epoch,
        "item": candidate.paper["sections"][1]["refs"][0],
        "file_name": name,
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    begun = (await candidate.client.post(url, json=announced)).json()
    for start in range(0, len(content) if is_whole else 1, LARGEST_PART):
        part = content[start : start + LARGEST_PART] if is_whole else content[:1000]
        headers = {"Upload-Offset": str(start), "Seat-Epoch": str(candidate.epoch)}
        answer = await candidate.client.patch(f"{url}/{begun['id']}", content=part, headers=headers)
        assert answer.status_code == 200, answer.text


async def test_who_was_moved_at_the_site_sits_there_at_home_too(course: Course) -> None:
    await course.delegate()
    await course.pull()
    proctor = await course.seat_everybody()
    await course.release(await course.fetch_release())
    for from_seat, to_seat in ((1, 2), (1, 9)):
        body = {"reason": "computer", "note": "Màn hình hỏng", "from_seat": from_seat, "to_seat": to_seat}
        moved = await proctor.post(f"{course.room}/swap", json=body)
        assert moved.status_code == 200, moved.text
    for seat in range(4):
        candidate = course.candidate(seat, await course.browser(course.site))
        await candidate.log_in()
        await proctor.post(f"{course.room}/unlock", json={"all": True})
        await candidate.start()
        await candidate.submit()
    assert (await course.push()).completed is not None
    async with course.home.read() as session:
        seats = [
            (await session.get_one(Registration, one.registration_id)).seat_number for one in course.sitting.registered
        ]
    assert seats == [2, 9, 3, 4]
