"""An attempt over HTTP on both databases: login, unlock, start, save, move, submit, close, mark."""

import asyncio
import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import col, select

from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery.closing import close_and_mark
from exam_engine.delivery.models import Attempt, JournalEntry, JournalRefusal
from exam_engine.forms.keys.store import keys_of_form
from exam_engine.marking import service as marking
from exam_engine.sittings.models import Registration, Sitting
from load_tests.candidates import SimulatedCandidate, work_through
from load_tests.prepared_sitting import PreparedSitting
from tests.exam_engine.delivery.conftest import CandidateFactory


def room_url(sitting: PreparedSitting, act: str = "") -> str:
    return f"/api/proctoring/sittings/{sitting.sitting_id}/rooms/{sitting.room_id}{act}"


async def unlock_all(proctor: AsyncClient, sitting: PreparedSitting) -> None:
    assert (await proctor.post(room_url(sitting, "/unlock"), json={"all": True})).status_code == 200


async def seated(candidate: SimulatedCandidate) -> SimulatedCandidate:
    await candidate.log_in()
    await candidate.check_own_data()
    return candidate


async def started(candidate: SimulatedCandidate, proctor: AsyncClient, sitting: PreparedSitting) -> SimulatedCandidate:
    await seated(candidate)
    await unlock_all(proctor, sitting)
    await candidate.start()
    return candidate


async def stored_entries(app: FastAPI, attempt_id: UUID) -> list[JournalEntry]:
    database: Database = app.state.database
    async with database.read() as session:
        statement = select(JournalEntry).where(JournalEntry.attempt_id == attempt_id).order_by(col(JournalEntry.seq))
        return list((await session.exec(statement)).all())


def first_option(item: dict[str, Any]) -> str:
    return str(next(o["id"] for o in item["options"] if o["content"] == "Phương án thứ nhất"))


async def test_an_attempt_runs_from_login_to_a_mark(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    assert len(candidate.paper["items"]) == 10
    usual = {"calculator": False, "notes": True, "highlighter": True, "strike_through": True, "zoom": True}
    assert candidate.paper["tools"] == usual
    assert candidate.paper["items_per_page"] == 1
    await work_through(candidate, lambda item: first_option(item) if item["ref"] != "q03" else None)
    submitted = await candidate.submit()
    assert submitted["state"] == "submitted"
    await close_and_mark(app.state.database)
    async with app.state.database.read() as session:
        marks = await marking.marks(session, [candidate.attempt_id])
    assert marks[candidate.attempt_id].raw == 9
    assert marks[candidate.attempt_id].max_points == 10


async def test_a_seat_stays_closed_until_data_is_confirmed_and_the_proctor_unlocks(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = candidate_at(0)
    await candidate.log_in()
    unconfirmed = await candidate.client.post("/api/delivery/attempt", json={})
    assert (unconfirmed.status_code, unconfirmed.json()["code"]) == (409, "own_data_not_confirmed")
    seat = await candidate.check_own_data()
    assert (seat["state"], seat["waiting_for"]) == ("waiting", "unlock")
    locked = await candidate.client.post("/api/delivery/attempt", json={})
    assert (locked.status_code, locked.json()["code"]) == (425, "not_unlocked")
    assert int(locked.headers["retry-after"]) >= 1
    await unlock_all(proctor, sitting)
    assert (await candidate.client.get("/api/delivery/seat")).json()["state"] == "ready"
    await candidate.start()


async def change_sitting(app: FastAPI, sitting: PreparedSitting, **values: Any) -> None:
    async with app.state.database.write() as session:
        await session.exec(sa.update(Sitting).where(col(Sitting.id) == sitting.sitting_id).values(**values))


async def test_no_key_leaves_the_server_before_the_sitting_opens(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await seated(candidate_at(0))
    await unlock_all(proctor, sitting)
    await change_sitting(app, sitting, opens_at=utc_now() + timedelta(minutes=5))
    early = await candidate.client.post("/api/delivery/attempt", json={})
    assert (early.status_code, early.json()["code"]) == (425, "not_open_yet")
    assert 1 <= int(early.headers["retry-after"]) <= 30
    await change_sitting(app, sitting, opens_at=utc_now() - timedelta(seconds=1))
    await candidate.start()


async def test_nobody_starts_after_the_sitting_closed(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await seated(candidate_at(0))
    await unlock_all(proctor, sitting)
    await change_sitting(app, sitting, closes_at=utc_now() - timedelta(seconds=1))
    late = await candidate.client.post("/api/delivery/attempt", json={})
    assert (late.status_code, late.json()["code"]) == (409, "sitting_over")


async def test_wrong_login_details_are_not_told_apart(sitting: PreparedSitting, candidate_at: CandidateFactory) -> None:
    client = candidate_at(0).client
    right = {
        "access_code": sitting.access_code,
        "candidate_number": sitting.registered[0].candidate_number,
        "identity_suffix": sitting.registered[0].person.identity_suffix,
    }
    answers = []
    for wrong in ({"access_code": "ZZZZZZZZ"}, {"candidate_number": "9999"}, {"identity_suffix": "999999"}):
        response = await client.post("/api/session/candidate", json=right | wrong)
        answers.append((response.status_code, response.json()))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 401
    assert (await client.post("/api/session/candidate", json=right)).status_code == 200


async def test_spaces_and_dashes_do_not_make_a_new_name_for_the_login_limit(
    sitting: PreparedSitting, candidate_at: CandidateFactory
) -> None:
    client, code = candidate_at(0).client, sitting.access_code
    number = sitting.registered[0].candidate_number
    spellings = (code, code.lower(), f"{code[:4]}-{code[4:]}", f" {code}", f"{code[:2]} {code[2:]}", code)
    statuses = [
        (
            await client.post(
                "/api/session/candidate",
                json={"access_code": spelling, "candidate_number": number, "identity_suffix": "999999"},
            )
        ).status_code
        for spelling in spellings
    ]
    assert statuses == [401] * 5 + [429]


async def test_what_was_acknowledged_is_stored_byte_for_byte(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    bodies: list[dict[str, Any]] = []
    for number in range(5):
        candidate.note("answer", "q01", [f"opt{number}"])
        bodies.append(candidate._unacknowledged[-1])
    receipt = await candidate.save()
    entries = await stored_entries(app, candidate.attempt_id)
    assert [(e.seq, e.hash, e.body) for e in entries] == [(b["seq"], b["hash"], b["body"]) for b in bodies]
    assert (receipt["last_seq"], receipt["chain_head"]) == (5, bodies[-1]["hash"])


async def test_a_batch_sent_twice_or_by_many_at_once_is_stored_once(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    for number in range(3):
        candidate.note("answer", "q01", [f"opt{number}"])
    ops = list(candidate._unacknowledged)
    body = {"epoch": candidate.epoch, "ops": ops, "confirmed": []}
    url = f"/api/delivery/attempts/{candidate.attempt_id}/journal"
    responses = await asyncio.gather(*(candidate.client.post(url, json=body) for _ in range(12)))
    assert {response.status_code for response in responses} == {200}
    assert {(r.json()["last_seq"], r.json()["chain_head"]) for r in responses} == {(3, ops[-1]["hash"])}
    assert all(not r.json()["conflicts"] for r in responses)
    assert len(await stored_entries(app, candidate.attempt_id)) == 3


async def test_a_gap_is_asked_for_and_filled(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    for number in range(3):
        candidate.note("answer", "q01", [f"opt{number}"])
    ops = list(candidate._unacknowledged)
    url = f"/api/delivery/attempts/{candidate.attempt_id}/journal"
    gap = await candidate.client.post(url, json={"epoch": 1, "ops": [ops[0], ops[2]], "confirmed": []})
    assert (gap.json()["last_seq"], gap.json()["want_from"]) == (1, 2)
    rest = await candidate.client.post(url, json={"epoch": 1, "ops": ops[1:], "confirmed": []})
    assert (rest.json()["last_seq"], rest.json()["want_from"]) == (3, None)


async def test_a_different_operation_under_a_stored_number_is_recorded_and_overwrites_nothing(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    genesis = candidate._chain
    candidate.note("answer", "q01", ["good"])
    await candidate.save()
    text = json.dumps({"seq": 1, "kind": "answer", "item": "q01", "value": ["evil"], "at_ms": 1})
    forged = {"seq": 1, "hash": hashlib.sha256(f"{genesis}\n{text}".encode()).hexdigest(), "body": text}
    url = f"/api/delivery/attempts/{candidate.attempt_id}/journal"
    for _ in range(2):
        receipt = (await candidate.client.post(url, json={"epoch": 1, "ops": [forged], "confirmed": []})).json()
        assert receipt["conflicts"] == [1]
    entries = await stored_entries(app, candidate.attempt_id)
    assert [json.loads(entry.body)["value"] for entry in entries] == [["good"]]
    async with app.state.database.read() as session:
        kept = (await session.exec(select(JournalRefusal))).all()
    assert [(row.seq, row.reason, row.body) for row in kept] == [(1, "different_operation", text)]


async def test_a_reload_in_the_same_browser_goes_on_with_everything_stored(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    candidate.note("answer", "q01", ["aaaa"])
    await candidate.save()
    again = (await candidate.client.post("/api/delivery/attempt", json={})).json()
    assert again["epoch"] == 1
    assert [json.loads(op["body"])["value"] for op in again["ops"]] == [["aaaa"]]


async def test_another_computer_needs_a_new_unlock_and_then_fences_the_first(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    first = await started(candidate_at(0), proctor, sitting)
    first.note("answer", "q01", ["aaaa"])
    await first.save()
    second = await seated(candidate_at(0))
    refused = await second.client.post("/api/delivery/attempt", json={})
    assert refused.json()["code"] == "not_unlocked"
    # A stranger's login alone takes nothing away from the candidate who is working.
    first.note("answer", "q02", ["bbbb"])
    await first.save()
    board = (await proctor.get(room_url(sitting))).json()
    assert board["seats"][0]["needs_unlock"] is True
    await unlock_all(proctor, sitting)
    await second.start()
    assert second.epoch == 2
    first.note("answer", "q03", ["cccc"])
    url = f"/api/delivery/attempts/{first.attempt_id}/journal"
    fenced = await first.client.post(url, json={"epoch": 1, "ops": first._unacknowledged, "confirmed": []})
    assert (fenced.status_code, fenced.json()["code"]) == (409, "seat_fenced")
    second.note("answer", "q03", ["dddd"])
    await second.save()
    values = [json.loads(entry.body)["value"] for entry in await stored_entries(app, first.attempt_id)]
    assert values == [["aaaa"], ["bbbb"], ["dddd"]]
    async with app.state.database.read() as session:
        kept = (await session.exec(select(JournalRefusal))).all()
    assert [(row.reason, json.loads(row.body)["value"]) for row in kept] == [("fenced", ["cccc"])]


async def test_submitting_waits_for_missing_operations_and_may_be_repeated(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    candidate.note("answer", "q01", ["aaaa"])
    op = candidate._unacknowledged[0]
    url = f"/api/delivery/attempts/{candidate.attempt_id}/submission"
    early = await candidate.client.post(url, json={"epoch": 1, "last_seq": 1, "chain_head": op["hash"]})
    assert (early.status_code, early.json()["code"], early.json()["params"]["want_from"]) == (
        409,
        "journal_incomplete",
        1,
    )
    once, again = await candidate.submit(), await candidate.submit()
    assert once["finished_at"] == again["finished_at"]
    candidate.note("answer", "q01", ["late"])
    journal = f"/api/delivery/attempts/{candidate.attempt_id}/journal"
    late = await candidate.client.post(journal, json={"epoch": 1, "ops": candidate._unacknowledged, "confirmed": []})
    assert late.json()["refused"] == [{"seq": 2, "code": "closed"}]
    assert len(await stored_entries(app, candidate.attempt_id)) == 1


async def change_attempt(app: FastAPI, attempt_id: UUID, **values: Any) -> None:
    async with app.state.database.write() as session:
        await session.exec(sa.update(Attempt).where(col(Attempt.id) == attempt_id).values(**values))


async def read_attempt(app: FastAPI, attempt_id: UUID) -> Attempt:
    database: Database = app.state.database
    async with database.read() as session:
        attempt = await session.get(Attempt, attempt_id)
    assert attempt is not None
    return attempt


async def test_an_overdue_attempt_is_closed_at_its_deadline_and_marked(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    first = candidate.paper["items"][0]
    candidate.note("answer", first["ref"], [first_option(first)])
    await candidate.save()
    began = utc_now() - timedelta(minutes=45, seconds=119)
    await change_attempt(app, candidate.attempt_id, started_at=began)
    await close_and_mark(app.state.database)
    assert (await read_attempt(app, candidate.attempt_id)).closed_at is None
    began -= timedelta(seconds=2)
    await change_attempt(app, candidate.attempt_id, started_at=began)
    await close_and_mark(app.state.database)
    attempt = await read_attempt(app, candidate.attempt_id)
    assert (attempt.finish_kind, attempt.finished_at) == ("time_over", began + timedelta(minutes=45))
    assert attempt.marked_at is not None
    async with app.state.database.read() as session:
        marks = await marking.marks(session, [candidate.attempt_id])
    assert marks[candidate.attempt_id].raw == 1


async def test_an_attempt_with_extra_time_is_closed_only_after_it(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    async with app.state.database.write() as session:
        await session.exec(
            sa.update(Registration)
            .where(col(Registration.id) == sitting.registered[0].registration_id)
            .values(extra_minutes=15)
        )
    whole = timedelta(minutes=45 + 15, seconds=120)
    await change_attempt(app, candidate.attempt_id, started_at=utc_now() - whole + timedelta(seconds=30))
    await close_and_mark(app.state.database)
    assert (await read_attempt(app, candidate.attempt_id)).closed_at is None
    await change_attempt(app, candidate.attempt_id, started_at=utc_now() - whole - timedelta(seconds=1))
    await close_and_mark(app.state.database)
    assert (await read_attempt(app, candidate.attempt_id)).finish_kind == "time_over"


async def test_extra_time_granted_while_working_counts_at_once(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    before = (await candidate.save())["remaining_ms"]
    async with app.state.database.write() as session:
        await session.exec(
            sa.update(Registration)
            .where(col(Registration.id) == sitting.registered[0].registration_id)
            .values(extra_minutes=15)
        )
    after = (await candidate.save())["remaining_ms"]
    assert 14 * 60_000 < after - before <= 15 * 60_000


async def test_a_message_rides_on_receipts_until_it_is_confirmed(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    text = "Còn 15 phút, các anh chị kiểm tra lại bài."
    sent = await proctor.post(room_url(sitting, "/messages"), json={"text": text, "all": True})
    assert sent.json() == {"seats": 6}
    url = f"/api/delivery/attempts/{candidate.attempt_id}/journal"
    heartbeat: dict[str, Any] = {"epoch": 1, "ops": [], "confirmed": []}
    receipts = [(await candidate.client.post(url, json=heartbeat)).json() for _ in range(2)]
    for receipt in receipts:
        assert [instruction["text"] for instruction in receipt["instructions"]] == [text]
    confirmation = heartbeat | {"confirmed": [receipts[0]["instructions"][0]["id"]]}
    assert (await candidate.client.post(url, json=confirmation)).json()["instructions"] == []
    assert (await candidate.client.post(url, json=heartbeat)).json()["instructions"] == []


async def test_one_candidate_cannot_touch_the_attempt_of_another(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    victim = await started(candidate_at(0), proctor, sitting)
    other = await started(candidate_at(1), proctor, sitting)
    victim.note("answer", "q01", ["aaaa"])
    journal = f"/api/delivery/attempts/{victim.attempt_id}/journal"
    response = await other.client.post(journal, json={"epoch": 1, "ops": victim._unacknowledged, "confirmed": []})
    assert response.status_code == 404
    async with app.state.database.read() as session:
        assert (await session.exec(select(JournalRefusal))).all() == []
    submission = f"/api/delivery/attempts/{victim.attempt_id}/submission"
    body = {"epoch": 1, "last_seq": 0, "chain_head": "0" * 64}
    assert (await other.client.post(submission, json=body)).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"epoch":1}',
        b'{"epoch":0,"ops":[],"confirmed":[]}',
        b'{"epoch":1,"ops":[{"seq":0,"hash":"' + b"0" * 64 + b'","body":"{}"}],"confirmed":[]}',
        b'{"epoch":1,"ops":[{"seq":1,"hash":"xyz","body":"{}"}],"confirmed":[]}',
        b'{"epoch":1,"ops":[{"seq":1,"hash":"' + b"0" * 64 + b'","body":"{\\u0000}"}],"confirmed":[]}',
        b'{"epoch":1,"ops":[{"seq":1,"hash":"' + b"0" * 64 + b'","body":"\xff"}],"confirmed":[]}',
        b'{"epoch":1,"ops":[{"seq":1,"hash":"' + b"0" * 64 + b'","body":"{}","late":true}],"confirmed":[]}',
    ],
)
async def test_a_request_that_breaks_the_protocol_is_refused_and_holds_nobody_up(
    body: bytes, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    journal = f"/api/delivery/attempts/{candidate.attempt_id}/journal"
    response = await candidate.client.post(journal, content=body)
    assert (response.status_code, response.json()["code"]) == (422, "bad_journal_request")
    candidate.note("answer", "q01", ["aaaa"])
    assert (await candidate.save())["last_seq"] == 1


async def test_no_delivered_byte_tells_a_key(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    allowed = {"ref", "interaction", "module", "points", "language", "stem", "options", "stimulus", "is_shuffled"}
    for item in candidate.paper["items"]:
        assert set(item) == allowed
        assert all(set(option) == {"id", "content", "is_fixed"} for option in item["options"])
    async with app.state.database.read() as session:
        attempt = await session.get(Attempt, candidate.attempt_id)
        assert attempt is not None
        keys = await keys_of_form(session, attempt.form_id)
    # The right option stands at different places: neither order nor id gives it away.
    places = [
        [option["id"] for option in item["options"]].index(keys[item["ref"]].key.correct[0])  # type: ignore[union-attr]
        for item in candidate.paper["items"]
    ]
    assert len(places) == 10
    assert len(set(places)) > 1


async def test_sealed_papers_may_be_cached_for_ever_and_tell_nothing(
    sitting: PreparedSitting, candidate_at: CandidateFactory
) -> None:
    candidate = await seated(candidate_at(0))
    paper = (await candidate.client.get("/api/delivery/seat")).json()["paper"]
    response = await candidate.client.get(paper["url"])
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert hashlib.sha256(response.content).hexdigest() == paper["sha256"]
    assert "Câu thử".encode() not in response.content
