"""Pauses, ends and time given back over HTTP, with the candidates who live through them."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import col, select

from exam_engine.accounts.access import CSRF_HEADER
from exam_engine.audit.models import AuditEntry
from exam_engine.core.time import utc_now
from exam_engine.delivery.closing import close_and_mark
from exam_engine.delivery.models import Attempt, JournalRefusal, Pause, Silence
from exam_engine.sittings import service as sittings
from exam_engine.sittings.models import Registration, Sitting
from load_tests.candidates import SimulatedCandidate
from load_tests.prepared_sitting import PreparedSitting
from tests.conftest import ClientFactory
from tests.exam_engine.delivery.conftest import CandidateFactory
from tests.exam_engine.proctoring.test_api import (
    another_room,
    board_of,
    change_attempt,
    embedded,
    room_url,
    selected,
    started,
    states,
)

POWER = {"reason": "power", "note": "Mất điện tầng 2"}
MINUTE = timedelta(minutes=1)


def seat_url(sitting: PreparedSitting, seat: int) -> str:
    return room_url(sitting, f"/seats/{sitting.registered[seat].registration_id}/time")


async def act(client: AsyncClient, sitting: PreparedSitting, path: str, body: dict[str, Any]) -> int:
    response = await client.post(room_url(sitting, path), json=body)
    assert response.status_code == 200, response.text
    return int(response.json()["seats"])


async def time_of(client: AsyncClient, sitting: PreparedSitting, seat: int) -> dict[str, Any]:
    response = await client.get(seat_url(sitting, seat))
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def let_pauses_last(app: FastAPI, span: timedelta) -> None:
    """Put the begin of all pauses that go on back, as if they had lasted; attempts began as long before."""
    since = utc_now() - span
    async with app.state.database.write() as session:
        for statement in (
            sa.update(Pause).where(col(Pause.ended_at).is_(None)).values(started_at=since),
            sa.update(Attempt).where(col(Attempt.paused_since).is_not(None)).values(paused_since=since),
        ):
            await session.exec(statement)


async def stored(app: FastAPI, candidate: SimulatedCandidate) -> Attempt:
    async with app.state.database.read() as session:
        attempt: Attempt = await session.get_one(Attempt, candidate.attempt_id)
        return attempt


async def receipt(candidate: SimulatedCandidate) -> dict[str, Any]:
    response = await candidate.client.post(
        f"/api/delivery/attempts/{candidate.attempt_id}/journal",
        json={"epoch": candidate.epoch, "ops": [], "confirmed": []},
    )
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


async def test_a_pause_stops_the_clock_and_gives_all_of_it_back(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    other = await started(candidate_at(1), proctor, sitting)
    began = (await stored(app, candidate)).started_at
    await change_attempt(app, candidate.attempt_id, started_at=began - 20 * MINUTE)
    before = await receipt(candidate)
    assert before["phase"] == "running"
    assert await act(proctor, sitting, "/pause", POWER | selected(sitting, 0)) == 1
    assert (await states(proctor, sitting))[:2] == ["paused", "running"]
    await let_pauses_last(app, 15 * MINUTE)
    stopped = await receipt(candidate)
    assert stopped["phase"] == "paused"
    assert stopped["instructions"][0]["kind"] == "pause"
    assert stopped["instructions"][0]["text"] == "Mất điện tầng 2"
    # What the browser captured before it heard of the pause counts.
    candidate.note("answer", "q01", ["aaaa"])
    await candidate.save()
    assert candidate.acknowledged is not None
    assert candidate.acknowledged.last_seq == 1
    assert (await receipt(other))["phase"] == "running"
    assert await act(proctor, sitting, "/resume", selected(sitting, 0)) == 1
    after = await receipt(candidate)
    assert after["phase"] == "running"
    assert [instruction["kind"] for instruction in after["instructions"]] == ["pause", "resume"]
    moved = datetime.fromisoformat(after["deadline"]) - datetime.fromisoformat(before["deadline"])
    assert 15 * MINUTE <= moved < 16 * MINUTE
    # No less is left than when the clock was stopped, but for the moments since.
    assert before["remaining_ms"] + 15 * 60_000 > after["remaining_ms"] > before["remaining_ms"] - 60_000
    assert (await time_of(proctor, sitting, 0))["paused_ms"] >= 15 * 60_000


async def test_pauses_of_seat_room_and_sitting_hold_together_and_count_once(
    app: FastAPI,
    sitting: PreparedSitting,
    candidate_at: CandidateFactory,
    proctor: AsyncClient,
    client_for: ClientFactory,
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    other = await started(candidate_at(1), proctor, sitting)
    board = await client_for("board_member")
    of_sitting = f"/api/sittings/{sitting.sitting_id}"
    await act(proctor, sitting, "/pause", POWER | selected(sitting, 0))
    assert (await board.post(f"{of_sitting}/pause", json=POWER)).json() == {"seats": 6}
    assert await act(proctor, sitting, "/pause", POWER | {"all": True}) == 6
    # Again: nothing is stopped twice, and nobody told twice.
    assert await act(proctor, sitting, "/pause", POWER | {"all": True}) == 6
    assert [one["kind"] for one in (await receipt(candidate))["instructions"]] == ["pause"] * 3
    await let_pauses_last(app, 10 * MINUTE)
    # The room goes on, and its seats with it; the board's pause still holds everybody up.
    assert await act(proctor, sitting, "/resume", {"all": True}) == 0
    assert {(await receipt(one))["phase"] for one in (candidate, other)} == {"paused"}
    assert (await board.post(f"{of_sitting}/resume")).json() == {"seats": 6}
    assert (await board.post(f"{of_sitting}/resume")).json() == {"seats": 0}
    assert [one["kind"] for one in (await receipt(other))["instructions"]] == ["pause", "pause", "resume"]
    for one in (candidate, other):
        attempt = await stored(app, one)
        assert attempt.paused_since is None
        assert 10 * MINUTE <= timedelta(milliseconds=attempt.paused_ms) < 11 * MINUTE
    listed = (await board.get(f"{of_sitting}/pauses")).json()
    assert [(one["room_name"], one["seat_number"], one["reason"]) for one in listed["items"]].count(
        (None, None, "power")
    ) == 1
    assert listed["total"] == 3
    assert all(one["ended_at"] for one in listed["items"])
    # The sitting may end later by no more than all pauses together.
    async with app.state.database.read() as session:
        row = await session.get_one(Sitting, sitting.sitting_id)
        facts = await sittings.find_sitting(session, sitting.sitting_id)
    assert facts.ends_at >= row.closes_at + 10 * MINUTE


async def test_nobody_starts_in_a_pause_and_late_starters_keep_the_window(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = candidate_at(0)
    await candidate.log_in()
    await candidate.check_own_data()
    await act(proctor, sitting, "/unlock", {"all": True})
    await act(proctor, sitting, "/pause", POWER | {"all": True})
    seat = (await candidate.client.get("/api/delivery/seat")).json()
    assert (seat["state"], seat["waiting_for"]) == ("waiting", "resume")
    refused = await candidate.client.post("/api/delivery/attempt", json={})
    assert (refused.status_code, refused.json()["code"]) == (425, "sitting_paused")
    assert int(refused.headers["retry-after"]) > 0
    # The window closes meanwhile; the pause has taken ten minutes of it.
    now = utc_now()
    async with app.state.database.write() as session:
        statement = sa.update(Sitting).values(opens_at=now - 60 * MINUTE, closes_at=now - 5 * MINUTE)
        await session.exec(statement)
    await let_pauses_last(app, 10 * MINUTE)
    assert await act(proctor, sitting, "/resume", {"all": True}) == 6
    seat = (await candidate.client.get("/api/delivery/seat")).json()
    assert seat["state"] == "ready"
    await candidate.start()
    attempt = await stored(app, candidate)
    assert now + 4 * MINUTE < attempt.closes_at < now + 6 * MINUTE


async def test_a_start_and_a_pause_at_the_same_moment_leave_nobody_running(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidates = [candidate_at(seat) for seat in range(6)]
    for candidate in candidates:
        await candidate.log_in()
        await candidate.check_own_data()
    await act(proctor, sitting, "/unlock", {"all": True})
    starts = [asyncio.create_task(candidate.client.post("/api/delivery/attempt", json={})) for candidate in candidates]
    await act(proctor, sitting, "/pause", POWER | {"all": True})
    answers = [await start for start in starts]
    assert {answer.status_code for answer in answers} <= {200, 425}
    after = await states(proctor, sitting)
    assert [state == "paused" for state in after] == [answer.status_code == 200 for answer in answers]


async def test_an_end_counts_what_was_captured_before_and_can_be_taken_back(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    candidate.note("answer", "q01", ["aaaa"])
    body = {"reason": "violation", "note": "Dùng điện thoại"} | selected(sitting, 0)
    assert await act(proctor, sitting, "/end", body) == 1
    assert await act(proctor, sitting, "/end", body) == 0
    seat = (await board_of(proctor, sitting))["seats"][0]
    assert (seat["state"], seat["can_reopen"]) == ("ended", True)
    # Captured before, sent after.
    await candidate.save()
    assert candidate.acknowledged is not None
    assert candidate.acknowledged.last_seq == 1
    final = await receipt(candidate)
    assert (final["phase"], final["remaining_ms"]) == ("grace", 0)
    assert (await candidate.client.get("/api/delivery/seat")).json()["state"] == "closed"
    await asyncio.sleep(0.01)
    candidate.note("answer", "q02", ["bbbb"])
    with pytest.raises(Exception, match="captured_late"):
        await candidate.save()
    async with app.state.database.read() as session:
        refusals = (await session.exec(select(JournalRefusal.reason))).all()
    assert list(refusals) == ["captured_late"]
    before = (await stored(app, candidate)).ended_at
    assert before is not None
    await change_attempt(app, candidate.attempt_id, ended_at=before - MINUTE)
    assert await act(proctor, sitting, "/reopen", selected(sitting, 0)) == 1
    attempt = await stored(app, candidate)
    assert (attempt.ended_at, attempt.end_reason) == (None, None)
    assert timedelta(milliseconds=attempt.paused_ms) >= MINUTE
    assert (await receipt(candidate))["phase"] == "running"


async def test_an_ended_attempt_is_closed_after_the_grace_and_marked(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    candidate.note("answer", "q01", ["aaaa"])
    await candidate.save()
    await act(proctor, sitting, "/pause", POWER | selected(sitting, 0))
    await act(proctor, sitting, "/end", {"reason": "own_wish"} | selected(sitting, 0))
    ended = (await stored(app, candidate)).ended_at
    assert ended is not None
    await change_attempt(app, candidate.attempt_id, grace_ms=0)
    await close_and_mark(app.state.database)
    attempt = await stored(app, candidate)
    assert (attempt.finish_kind, attempt.finished_at) == ("ended", ended)
    assert attempt.marked_at is not None
    assert (await states(proctor, sitting))[0] == "ended"
    too_late = await proctor.post(room_url(sitting, "/reopen"), json=selected(sitting, 0))
    assert (too_late.status_code, too_late.json()["code"]) == (409, "attempt_closed")


async def test_time_is_given_back_after_a_second_signature_and_told_with_what_the_server_saw(
    app: FastAPI,
    sitting: PreparedSitting,
    candidate_at: CandidateFactory,
    proctor: AsyncClient,
    client_for: ClientFactory,
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    now = utc_now()
    # Twelve minutes without a sign of life, of which a pause of two is not lost time.
    await change_attempt(app, candidate.attempt_id, started_at=now - 20 * MINUTE, last_seen_at=now - 12 * MINUTE)
    async with app.state.database.write() as session:
        session.add(
            Pause(
                sitting_id=sitting.sitting_id,
                room_id=sitting.room_id,
                reason="network",
                started_at=now - 10 * MINUTE,
                started_by_name="Thuỷ",
                ended_at=now - 8 * MINUTE,
            )
        )
    ongoing = await time_of(proctor, sitting, 0)
    assert 10 * 60_000 <= ongoing["silent_ms"] < 11 * 60_000
    assert len(ongoing["silences"]) == 2
    before = await receipt(candidate)
    async with app.state.database.read() as session:
        silence = (await session.exec(select(Silence))).one()
    assert silence.since == now - 12 * MINUTE
    assert (await time_of(proctor, sitting, 0))["silent_ms"] >= 10 * 60_000

    body = {"reason": "network", "note": "", "seconds": 600} | selected(sitting, 0)
    proposed = await proctor.post(room_url(sitting, "/credits"), json=body)
    assert proposed.status_code == 201
    [credit] = proposed.json()["items"]
    assert (credit["seconds"], credit["decision"], credit["is_own"]) == (600, None, True)
    assert 600 <= credit["silent_seconds"] < 660
    assert (await receipt(candidate))["deadline"] == before["deadline"]
    own = await proctor.post(room_url(sitting, f"/credits/{credit['id']}/decision"), json={"is_granted": True})
    assert (own.status_code, own.json()["code"]) == (409, "second_person_needed")
    board = await client_for("board_member")
    decision = f"/api/sittings/{sitting.sitting_id}/credits/{credit['id']}/decision"
    granted = await board.post(decision, json={"is_granted": True})
    assert granted.json()["decision"] == "granted"
    again = await board.post(decision, json={"is_granted": True})
    assert (again.status_code, again.json()["code"]) == (409, "credit_decided")
    after = await receipt(candidate)
    moved = datetime.fromisoformat(after["deadline"]) - datetime.fromisoformat(before["deadline"])
    assert moved == 10 * MINUTE
    assert [(one["kind"], one["text"]) for one in after["instructions"]] == [("credit", "600")]
    assert (await time_of(proctor, sitting, 0))["credit_ms"] == 600_000
    listed = (await board.get(f"/api/sittings/{sitting.sitting_id}/credits")).json()
    assert [one["decided_by"] for one in listed["items"]] == [granted.json()["decided_by"]]
    assert listed["items"] == [credit | granted.json() | {"is_own": False}]


async def test_a_rejected_credit_gives_nothing_and_one_signature_is_enough_where_the_board_says_so(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    body = {"reason": "computer", "seconds": 60} | selected(sitting, 0)
    [credit] = (await proctor.post(room_url(sitting, "/credits"), json=body)).json()["items"]
    rejected = await proctor.post(room_url(sitting, f"/credits/{credit['id']}/decision"), json={"is_granted": False})
    assert rejected.json()["decision"] == "rejected"
    assert (await stored(app, candidate)).credit_ms == 0
    async with app.state.database.write() as session:
        await session.exec(sa.update(Sitting).values(credit_needs_second=False))
    [credit] = (await proctor.post(room_url(sitting, "/credits"), json=body)).json()["items"]
    assert credit["decision"] == "granted"
    assert (await stored(app, candidate)).credit_ms == 60_000


async def test_time_is_given_only_to_those_whose_clock_can_still_run(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient, client_for: ClientFactory
) -> None:
    body = {"reason": "computer", "seconds": 60, "all": True}
    nobody = await proctor.post(room_url(sitting, "/credits"), json=body)
    assert (nobody.status_code, nobody.json()["code"]) == (409, "attempt_closed")
    candidate = await started(candidate_at(0), proctor, sitting)
    [credit] = (await proctor.post(room_url(sitting, "/credits"), json=body)).json()["items"]
    await candidate.submit()
    board = await client_for("board_member")
    decision = f"/api/sittings/{sitting.sitting_id}/credits/{credit['id']}/decision"
    late = await board.post(decision, json={"is_granted": True})
    assert (late.status_code, late.json()["code"]) == (409, "attempt_closed")
    assert (await board.post(decision, json={"is_granted": False})).json()["decision"] == "rejected"


@embedded
async def test_extra_time_can_be_a_share_of_the_working_time(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    async with app.state.database.write() as session:
        statement = sa.update(Registration).where(col(Registration.id) == sitting.registered[0].registration_id)
        await session.exec(statement.values(extra_percent=50, extra_minutes=5))
    candidate = await started(candidate_at(0), proctor, sitting)
    after = await receipt(candidate)
    whole = datetime.fromisoformat(after["deadline"]) - (await stored(app, candidate)).started_at
    assert abs(whole - timedelta(minutes=45 * 1.5 + 5)) < timedelta(milliseconds=1)
    async with app.state.database.read() as session:
        facts = await sittings.find_sitting(session, sitting.sitting_id)
        row = await session.get_one(Sitting, sitting.sitting_id)
    assert facts.ends_at == row.closes_at + timedelta(minutes=27.5) + timedelta(seconds=row.grace_seconds)


@embedded
@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/pause", {"reason": "other", "all": True}, "note_needed"),
        ("/end", {"reason": "other", "note": "  ", "all": True}, "note_needed"),
        ("/pause", {"reason": "weather", "all": True}, None),
        ("/credits", {"reason": "power", "seconds": 0, "all": True}, None),
        ("/credits", {"reason": "power", "seconds": 14_401, "all": True}, None),
        ("/end", {"reason": "violation"}, None),
    ],
)
async def test_an_act_says_why_and_for_whom(
    path: str, body: dict[str, Any], code: str | None, sitting: PreparedSitting, proctor: AsyncClient
) -> None:
    refused = await proctor.post(room_url(sitting, path), json=body, headers={"accept-language": "en"})
    assert refused.status_code == 422
    if code is not None:
        assert refused.json()["errors"][0]["message"] == "Say what the other reason is"


@embedded
async def test_times_of_another_room_are_out_of_reach(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    await started(candidate_at(5), proctor, sitting)
    [credit] = (
        await proctor.post(
            room_url(sitting, "/credits"), json={"reason": "power", "seconds": 60} | selected(sitting, 5)
        )
    ).json()["items"]
    other_room = await another_room(app, sitting, 2)
    assert (await proctor.get(seat_url(sitting, 5))).status_code == 404
    answers = [
        await proctor.post(room_url(sitting, f"/credits/{credit['id']}/decision"), json={"is_granted": False}),
        await proctor.post(room_url(sitting, "/pause"), json=POWER | selected(sitting, 5)),
        await proctor.get(room_url(sitting, "/credits", other_room)),
        await proctor.post(room_url(sitting, "/end", other_room), json={"reason": "violation", "all": True}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert (await proctor.get(room_url(sitting, "/credits"))).json()["total"] == 0
    async with app.state.database.read() as session:
        acts = (await session.exec(select(AuditEntry.action).where(col(AuditEntry.action) == "credit.rejected"))).all()
    assert list(acts) == []


@embedded
async def test_only_a_sitting_that_was_made_ready_can_be_paused(
    app: FastAPI, sitting: PreparedSitting, client_for: ClientFactory
) -> None:
    board = await client_for("board_member")
    async with app.state.database.write() as session:
        await session.exec(sa.update(Sitting).values(status="marked"))
    refused = await board.post(f"/api/sittings/{sitting.sitting_id}/pause", json=POWER)
    assert (refused.status_code, refused.json()["code"]) == (409, "sitting_not_running")
    assert (await board.post(f"/api/sittings/{UUID(int=1)}/pause", json=POWER)).status_code == 404
    assert CSRF_HEADER in board.headers
