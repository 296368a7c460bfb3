"""What a lost browser still held: seen by proctors and the board, admitted by two persons, marked and logged."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import col, select

from exam_engine.delivery.closing import close_and_mark
from exam_engine.delivery.models import JournalEntry
from exam_engine.evidence.export import export_pieces
from exam_engine.evidence.verification import verify_file
from exam_engine.marking import service as marking
from exam_engine.sitting_log.models import SittingLogRow
from exam_engine.sittings.models import Sitting
from load_tests.candidates import SimulatedCandidate
from load_tests.prepared_sitting import PreparedSitting
from tests.conftest import ClientFactory
from tests.exam_engine.delivery.conftest import CandidateFactory
from tests.exam_engine.proctoring.test_api import board_of, embedded, room_url, started
from tests.exam_engine.proctoring.test_swap import swap, write

POWER = {"reason": "power", "note": "Máy tắt đột ngột"}


async def lost_and_moved(
    proctor: AsyncClient, sitting: PreparedSitting, candidate_at: CandidateFactory
) -> tuple[SimulatedCandidate, SimulatedCandidate]:
    """A candidate whose old browser still held an answer to q01 and q02; at the new place q02 was answered again."""
    old = await started(candidate_at(0), proctor, sitting)
    items = {item["ref"]: item["options"] for item in old.paper["items"]}
    old.note("answer", "q01", [items["q01"][0]["id"]])
    old.note("answer", "q02", [items["q02"][0]["id"]])
    old.note("flag", "q03")
    await swap(proctor, sitting, 1, 9)
    new = candidate_at(0)
    await new.log_in()
    await new.start()
    new.note("answer", "q02", [items["q02"][1]["id"]])
    assert (await write(old)).json()["code"] == "seat_fenced"
    await new.save()
    return old, new


async def leftover(client: AsyncClient, url: str) -> dict[str, Any]:
    found = (await client.get(url)).json()
    assert found["total"] == 1
    only: dict[str, Any] = found["items"][0]
    return only


def first_operation(view: dict[str, Any]) -> dict[str, Any]:
    named = {name: view["operations"][0][name] for name in ("seq", "hash")}
    return {"registration_id": view["registration_id"], "operations": [named]}


async def admit(board: AsyncClient, proctor: AsyncClient, sitting: PreparedSitting) -> None:
    view = await leftover(proctor, room_url(sitting, "/leftovers"))
    proposed = await proctor.post(room_url(sitting, "/recoveries"), json=first_operation(view) | POWER)
    decision = f"/api/sittings/{sitting.sitting_id}/recoveries/{proposed.json()['id']}/decision"
    assert (await board.post(decision, json={"is_admitted": True})).status_code == 200


async def omitted(app: FastAPI, candidate: SimulatedCandidate) -> dict[str, bool]:
    async with app.state.database.read() as session:
        mark = (await marking.marks(session, [candidate.attempt_id]))[candidate.attempt_id]
    return {item.ref: item.flag == "omitted" for item in mark.items}


async def test_nothing_counts_until_two_persons_say_so_and_then_marking_reads_it(
    app: FastAPI,
    sitting: PreparedSitting,
    candidate_at: CandidateFactory,
    proctor: AsyncClient,
    client_for: ClientFactory,
) -> None:
    _, new = await lost_and_moved(proctor, sitting, candidate_at)
    view = await leftover(proctor, room_url(sitting, "/leftovers"))
    assert (view["seat_number"], view["candidate_number"]) == (9, "0001")
    assert [(one["item_ref"], one["judgement"], one["is_admissible"]) for one in view["operations"]] == [
        ("q01", "counts", True),
        ("q02", "answered_later", False),
        ("q03", "no_answer", False),
    ]
    # Whoever decides is not shown what was answered.
    assert all("value" not in one and "body" not in one for one in view["operations"])
    await new.submit()
    await close_and_mark(app.state.database)
    assert await omitted(app, new) == {f"q{n:02}": n != 2 for n in range(1, 11)}

    proposed = await proctor.post(room_url(sitting, "/recoveries"), json=first_operation(view) | POWER)
    assert (proposed.status_code, proposed.json()["decision"]) == (201, None)
    twice = await proctor.post(room_url(sitting, "/recoveries"), json=first_operation(view) | POWER)
    assert (twice.status_code, twice.json()["code"]) == (409, "recovery_refused")
    assert (await board_of(proctor, sitting))["seats"][-1]["waiting"] == ["recovery"]
    await close_and_mark(app.state.database)
    assert (await omitted(app, new))["q01"]

    board = await client_for("board_member")
    of_sitting = f"/api/sittings/{sitting.sitting_id}"
    view = await leftover(board, f"{of_sitting}/leftovers")
    decision = f"{of_sitting}/recoveries/{view['recoveries'][0]['id']}/decision"
    admitted = await board.post(decision, json={"is_admitted": True})
    assert (admitted.status_code, admitted.json()["decision"]) == (200, "admitted")
    again = await board.post(decision, json={"is_admitted": False})
    assert (again.status_code, again.json()["code"]) == (409, "recovery_decided")
    await close_and_mark(app.state.database)
    assert await omitted(app, new) == {f"q{n:02}": n > 2 for n in range(1, 11)}
    async with app.state.database.read() as session:
        entries = (await session.exec(select(JournalEntry.item_ref))).all()
        rows = (await session.exec(select(SittingLogRow.kind).order_by(col(SittingLogRow.id)))).all()
    # Both facts stand: what the journal has, and what was let count beside it.
    assert list(entries) == ["q02"]
    assert [kind for kind in rows if kind.startswith(("recovery.", "attempt.m", "attempt.r"))] == [
        *("attempt.moved", "attempt.marked", "recovery.proposed", "recovery.admitted", "attempt.remarked"),
    ]


async def verified(app: FastAPI, sitting: PreparedSitting, file: Path) -> None:
    with file.open("wb") as target:
        async for piece in export_pieces(app.state.database, sitting.sitting_id):
            target.write(piece)
    verdict = verify_file(file)
    assert (verdict.faults, verdict.attempts) == ([], 1)


@embedded
async def test_the_exported_log_is_whole_before_and_after_a_mark_that_changed(
    app: FastAPI,
    sitting: PreparedSitting,
    candidate_at: CandidateFactory,
    proctor: AsyncClient,
    client_for: ClientFactory,
    tmp_path: Path,
) -> None:
    _, new = await lost_and_moved(proctor, sitting, candidate_at)
    await new.submit()
    await close_and_mark(app.state.database)
    board = await client_for("board_member")
    of_sitting = f"/api/sittings/{sitting.sitting_id}"
    assert (await board.post(f"{of_sitting}/log/closure")).status_code == 200
    await admit(board, proctor, sitting)
    await close_and_mark(app.state.database)
    # The last root knows nothing of the new mark yet.
    await verified(app, sitting, tmp_path / "before.zip")
    assert (await board.post(f"{of_sitting}/log/closure")).json()["segment"] == 2
    await verified(app, sitting, tmp_path / "after.zip")


@embedded
async def test_a_mark_that_changed_without_a_decision_is_a_fault(
    app: FastAPI,
    sitting: PreparedSitting,
    candidate_at: CandidateFactory,
    proctor: AsyncClient,
    client_for: ClientFactory,
    tmp_path: Path,
) -> None:
    _, new = await lost_and_moved(proctor, sitting, candidate_at)
    await new.submit()
    await close_and_mark(app.state.database)
    async with app.state.database.write() as session:
        row = (await session.exec(select(SittingLogRow).where(SittingLogRow.kind == "attempt.marked"))).one()
        session.add(SittingLogRow(sitting_id=row.sitting_id, kind="attempt.remarked", at=row.at, body=row.body))
    board = await client_for("board_member")
    assert (await board.post(f"/api/sittings/{sitting.sitting_id}/log/closure")).status_code == 200
    file = tmp_path / "log.zip"
    with file.open("wb") as target:
        async for piece in export_pieces(app.state.database, sitting.sitting_id):
            target.write(piece)
    assert [fault.code for fault in verify_file(file).faults] == ["log_row_repeated"]


@embedded
async def test_whoever_puts_it_forward_cannot_admit_it_and_settled_results_stay(
    app: FastAPI,
    sitting: PreparedSitting,
    candidate_at: CandidateFactory,
    proctor: AsyncClient,
    client_for: ClientFactory,
) -> None:
    await lost_and_moved(proctor, sitting, candidate_at)
    board, other = await client_for("board_member"), await client_for("board_member")
    of_sitting = f"/api/sittings/{sitting.sitting_id}"
    view = await leftover(board, f"{of_sitting}/leftovers")
    proposed = await board.post(f"{of_sitting}/recoveries", json=first_operation(view) | POWER)
    decision = f"{of_sitting}/recoveries/{proposed.json()['id']}/decision"
    alone = await board.post(decision, json={"is_admitted": True})
    assert (alone.status_code, alone.json()["code"]) == (409, "second_person_needed")
    # Taking it back needs nobody else; then it may be put forward again.
    assert (await board.post(decision, json={"is_admitted": False})).json()["decision"] == "rejected"
    again = await board.post(f"{of_sitting}/recoveries", json=first_operation(view) | POWER)
    assert again.status_code == 201
    async with app.state.database.write() as session:
        await session.exec(sa.update(Sitting).values(status="marked"))
    late = await other.post(f"{of_sitting}/recoveries/{again.json()['id']}/decision", json={"is_admitted": True})
    assert (late.status_code, late.json()["code"]) == (409, "sitting_settled")


@embedded
async def test_an_answer_given_meanwhile_stands(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient, client_for: ClientFactory
) -> None:
    old, new = await lost_and_moved(proctor, sitting, candidate_at)
    view = await leftover(proctor, room_url(sitting, "/leftovers"))
    proposed = await proctor.post(room_url(sitting, "/recoveries"), json=first_operation(view) | POWER)
    new.note("answer", "q01", [old.paper["items"][0]["options"][1]["id"]])
    await new.save()
    board = await client_for("board_member")
    decision = f"/api/sittings/{sitting.sitting_id}/recoveries/{proposed.json()['id']}/decision"
    refused = await board.post(decision, json={"is_admitted": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "recovery_refused")


@embedded
async def test_what_is_not_held_or_may_not_count_cannot_be_put_forward(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    await lost_and_moved(proctor, sitting, candidate_at)
    view = await leftover(proctor, room_url(sitting, "/leftovers"))
    inadmissible = {name: view["operations"][1][name] for name in ("seq", "hash")}
    for operations, status, code in (
        ([inadmissible], 409, "recovery_refused"),
        ([{"seq": 1, "hash": "0" * 64}], 404, "not_found"),
        ([], 422, "invalid_request"),
    ):
        body = {"registration_id": view["registration_id"], "operations": operations} | POWER
        refused = await proctor.post(room_url(sitting, "/recoveries"), json=body)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    stranger = {"registration_id": str(uuid4())}
    refused = await proctor.post(room_url(sitting, "/recoveries"), json=first_operation(view) | POWER | stranger)
    assert refused.status_code == 404
