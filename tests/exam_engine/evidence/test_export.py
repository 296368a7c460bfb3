"""A sitting that was held, exported and verified on both databases; what belongs to the file and what does not."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from httpx import AsyncClient
from sqlmodel import select

from exam_engine.core.db import table_of
from exam_engine.core.time import utc_now
from exam_engine.delivery.models import Attempt, JournalEntry, JournalRefusal
from exam_engine.evidence.export import export_pieces
from exam_engine.evidence.file_format import MEMBERS
from exam_engine.evidence.verification import Verdict, verify_file
from exam_engine.forms.keys.store import keys_of_form
from exam_engine.marking.models import MarkedAttempt
from exam_engine.sitting_log import service as sitting_log
from exam_engine.sitting_log.errors import SittingLogOpenError
from load_tests.prepared_sitting import PreparedSitting
from tests.conftest import ClientFactory
from tests.exam_engine.delivery.conftest import CandidateFactory
from tests.exam_engine.evidence.conftest import HeldSitting


async def closed(held: HeldSitting) -> HeldSitting:
    await held.end()
    await held.settle()
    return held


async def verdict_of(held: HeldSitting, tmp_path: Path) -> Verdict:
    return verify_file(await held.export(tmp_path / "sitting.zip"))


def lines_of(file: Path, member: str) -> list[dict[str, Any]]:
    with zipfile.ZipFile(file) as archive:
        return [json.loads(line) for line in archive.read(member).splitlines()]


def codes(verdict: Verdict) -> set[str]:
    return {fault.code for fault in verdict.faults}


async def test_a_held_sitting_is_whole(held: HeldSitting, tmp_path: Path) -> None:
    await closed(held)
    file = await held.export(tmp_path / "sitting.zip")
    async with held.database.read() as session:
        root = await sitting_log.first_root(session, held.sitting_id)
    assert root is not None
    verdict = verify_file(file, root=root.root, public_key=root.public_key)
    assert verdict.faults == []
    assert (verdict.rows, verdict.attempts, verdict.refusals) == (root.rows, 4, 10)
    assert verdict.operations == sum(receipt["last_seq"] for receipt in held.final_receipts)
    kinds = [row["kind"] for row in lines_of(file, "log.jsonl")]
    assert kinds[:2] == ["sitting.made_ready", "papers.sealed"]
    for kind, count in {
        "seat.fault_reported": 1,
        "seat.unlocked": 2,
        "message.sent": 1,
        "attempt.started": 4,
        "attempt.moved": 1,
        "attempt.closed": 4,
        "attempt.marked": 4,
    }.items():
        assert kinds.count(kind) == count, kind


async def test_the_file_holds_no_name_no_words_and_no_key(
    held: HeldSitting, sitting: PreparedSitting, tmp_path: Path
) -> None:
    await closed(held)
    file = await held.export(tmp_path / "sitting.zip")
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == list(MEMBERS)
        content = b"".join(archive.read(name) for name in MEMBERS).decode()
    for registered in sitting.registered:
        assert registered.person.full_name not in content
        assert registered.person.identity_number not in content
    for words in ("Sai ngày sinh", "Còn 15 phút", "Trần Văn Hoà", "correct", "wrapped_key"):
        assert words not in content
    async with held.database.read() as session:
        form_ids = set((await session.exec(select(Attempt.form_id))).all())
        keys = [key for form_id in form_ids for key in (await keys_of_form(session, form_id)).values()]
    assert keys
    assert not any(repr(key) in content for key in keys)


async def test_a_log_is_exported_once_it_is_closed(held: HeldSitting, tmp_path: Path) -> None:
    with pytest.raises(SittingLogOpenError):
        await held.export(tmp_path / "sitting.zip")
    await held.settle()
    with pytest.raises(SittingLogOpenError):
        # Two candidates have not come yet, and the sitting is not over.
        await held.export(tmp_path / "sitting.zip")


async def test_closing_twice_changes_nothing(held: HeldSitting, tmp_path: Path) -> None:
    await closed(held)
    first = (await held.export(tmp_path / "one.zip")).read_bytes()
    await held.settle()
    assert (await held.export(tmp_path / "two.zip")).read_bytes() == first


async def test_what_comes_after_the_close_is_the_next_segment(
    held: HeldSitting, candidate_at: CandidateFactory, client_for: ClientFactory, tmp_path: Path
) -> None:
    await closed(held)
    late = candidate_at(0)
    await late.log_in()
    late_operation = {"seq": 1, "hash": "f" * 64, "body": '{"seq":1}'}
    refused = await late.client.post(
        f"/api/delivery/attempts/{held.attempts[0]}/journal",
        json={"epoch": 1, "ops": [late_operation], "confirmed": []},
    )
    assert refused.status_code == 409
    assert (await verdict_of(held, tmp_path)).refusals == 10
    board = await client_for("board_member")
    assert (await board.post(f"/api/results/{held.sitting_id}/proposal")).status_code == 200
    # Not under a root yet: not in the file.
    await held.settle()
    verdict = await verdict_of(held, tmp_path)
    assert verdict.faults == []
    assert [root.segment for root in verdict.roots] == [1, 2]
    assert verdict.refusals == 11
    kinds = [row["kind"] for row in lines_of(tmp_path / "sitting.zip", "log.jsonl")]
    assert {"results.proposed", "attempt.refused_late"} <= set(kinds[verdict.roots[0].rows :])


async def test_the_board_closes_a_sitting_by_hand_when_nobody_works_any_more(
    held: HeldSitting, client_for: ClientFactory, tmp_path: Path
) -> None:
    board, inspector, marker = [await client_for(role) for role in ("board_member", "inspector", "marker")]
    url = f"/api/sittings/{held.sitting_id}/log"
    assert (await inspector.get(f"{url}/export.zip")).json()["code"] == "sitting_log_open"
    assert (await inspector.post(f"{url}/closure")).status_code == 403
    assert (await marker.get(url)).status_code == 403
    root = (await board.post(f"{url}/closure")).json()
    assert root["segment"] == 1
    assert (await board.post(f"{url}/closure")).json()["segment"] in {1, 2}
    exported = await inspector.get(f"{url}/export.zip")
    assert exported.headers["content-type"] == "application/zip"
    file = tmp_path / "sitting.zip"
    file.write_bytes(exported.content)
    assert verify_file(file, root=root["fingerprint"], public_key=root["public_key"]).faults == []
    view = (await inspector.get(url, headers={"accept-language": "en"})).json()
    assert view["roots"][0]["root"] == root["root"]
    assert any(root["fingerprint"] in line for line in view["roots"][0]["minutes"])
    results = (await board.get(f"/api/results/{held.sitting_id}")).json()
    assert results["log_root"] == {name: root[name] for name in ("rows", "closed_at", "root", "fingerprint")}


async def test_the_file_tells_of_one_moment_whatever_happens_while_it_is_written(
    held: HeldSitting, client_for: ClientFactory, tmp_path: Path
) -> None:
    board = await client_for("board_member")
    assert (await board.post(f"/api/sittings/{held.sitting_id}/log/closure")).json()["segment"] == 1
    pieces = export_pieces(held.database, held.sitting_id)
    file = tmp_path / "sitting.zip"
    with file.open("wb") as target:
        target.write(await anext(pieces))
        # Marks come to attempts of which the first root knows that they ended, and no more.
        await held.settle()
        async for piece in pieces:
            target.write(piece)
    verdict = verify_file(file)
    assert (verdict.faults, verdict.attempts) == ([], 4)


async def test_a_log_is_not_closed_while_somebody_works(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient, client_for: ClientFactory
) -> None:
    candidate = candidate_at(0)
    await candidate.log_in()
    await candidate.check_own_data()
    url = f"/api/proctoring/sittings/{sitting.sitting_id}/rooms/{sitting.room_id}"
    await proctor.post(f"{url}/unlock", json={"all": True})
    await candidate.start()
    board = await client_for("board_member")
    refused = await board.post(f"/api/sittings/{sitting.sitting_id}/log/closure")
    assert (refused.status_code, refused.json()["code"]) == (409, "sitting_log_open")
    assert (await board.get(f"/api/results/{sitting.sitting_id}")).json()["log_root"] is None


# --- what somebody changed in the database ---------------------------------------------------------------------------


async def test_a_changed_operation_is_named(held: HeldSitting, tmp_path: Path) -> None:
    await closed(held)
    entry = table_of(JournalEntry)
    where = (entry.c.attempt_id == held.attempts[1]) & (entry.c.seq == 4)
    async with held.database.write() as session:
        connection = await session.connection()
        await connection.execute(sa.update(entry).where(where).values(body='{"seq":4}'))
    verdict = await verdict_of(held, tmp_path)
    assert [(fault.code, fault.params["number"]) for fault in verdict.faults] == [("log_operation_changed", 4)]
    assert verdict.faults[0].params["attempt"] == str(held.attempts[1])


async def test_a_changed_attempt_is_named(held: HeldSitting, tmp_path: Path) -> None:
    await closed(held)
    async with held.database.write() as session:
        connection = await session.connection()
        await connection.execute(
            sa.update(table_of(Attempt)).where(table_of(Attempt).c.id == held.attempts[2]).values(finish_kind="late")
        )
        await connection.execute(
            sa.update(table_of(MarkedAttempt))
            .where(table_of(MarkedAttempt).c.attempt_id == held.attempts[3])
            .values(raw="10")
        )
    verdict = await verdict_of(held, tmp_path)
    assert {(fault.code, fault.params["attempt"], fault.params["field"]) for fault in verdict.faults} == {
        ("log_attempt_differs", str(held.attempts[2]), "finish_kind"),
        ("log_attempt_differs", str(held.attempts[3]), "raw"),
    }


async def test_a_removed_and_an_added_attempt_are_named(held: HeldSitting, tmp_path: Path) -> None:
    await closed(held)
    async with held.database.write() as session:
        removed = await session.get(Attempt, held.attempts[0])
        assert removed is not None
        kept = removed.model_dump()
        connection = await session.connection()
        for table in (table_of(JournalEntry), table_of(JournalRefusal)):
            await connection.execute(sa.delete(table).where(table.c.attempt_id == removed.id))
        await connection.execute(sa.delete(table_of(Attempt)).where(table_of(Attempt).c.id == removed.id))
        inserted = Attempt(**kept | {"id": None, "started_at": utc_now()})
        inserted.id = held.sitting_id
        await connection.execute(sa.insert(table_of(Attempt)).values(inserted.model_dump()))
    verdict = await verdict_of(held, tmp_path)
    assert codes(verdict) >= {"log_attempt_missing", "log_attempt_inserted", "log_operation_missing_many"}
    named = {fault.params["attempt"] for fault in verdict.faults}
    assert named == {str(held.attempts[0]), str(held.sitting_id)}
