"""The room board over HTTP: what a proctor sees and does, in their own room and in no other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import col, select

from exam_engine.accounts.access import CSRF_HEADER
from exam_engine.audit.models import AuditEntry
from exam_engine.core.time import utc_now
from exam_engine.delivery.models import Attempt
from exam_engine.sittings.models import ProctorAssignment, Registration, Room, SittingRoom
from load_tests.candidates import SimulatedCandidate
from load_tests.prepared_sitting import PROCTOR_PASSWORD, PreparedSitting
from tests.conftest import ClientFactory
from tests.exam_engine.delivery.conftest import CandidateFactory

embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def room_url(sitting: PreparedSitting, act: str = "", room_id: UUID | None = None) -> str:
    return f"/api/proctoring/sittings/{sitting.sitting_id}/rooms/{room_id or sitting.room_id}{act}"


async def board_of(proctor: AsyncClient, sitting: PreparedSitting) -> dict[str, Any]:
    response = await proctor.get(room_url(sitting))
    assert response.status_code == 200
    board: dict[str, Any] = response.json()
    return board


async def states(proctor: AsyncClient, sitting: PreparedSitting) -> list[str]:
    return [seat["state"] for seat in (await board_of(proctor, sitting))["seats"]]


def selected(sitting: PreparedSitting, *seats: int) -> dict[str, list[str]]:
    return {"registration_ids": [str(sitting.registered[seat].registration_id) for seat in seats]}


async def started(candidate: SimulatedCandidate, proctor: AsyncClient, sitting: PreparedSitting) -> SimulatedCandidate:
    await candidate.log_in()
    await candidate.check_own_data()
    assert (await proctor.post(room_url(sitting, "/unlock"), json={"all": True})).status_code == 200
    await candidate.start()
    return candidate


async def change_attempt(app: FastAPI, attempt_id: UUID, **values: Any) -> None:
    async with app.state.database.write() as session:
        await session.exec(sa.update(Attempt).where(col(Attempt.id) == attempt_id).values(**values))


async def test_a_seat_goes_through_its_states_as_the_candidate_does(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = candidate_at(0)
    seen = [(await states(proctor, sitting))[0]]
    await candidate.log_in()
    seen.append((await states(proctor, sitting))[0])
    await candidate.check_own_data()
    seen.append((await states(proctor, sitting))[0])
    unlocked = await proctor.post(room_url(sitting, "/unlock"), json=selected(sitting, 0))
    assert unlocked.json() == {"seats": 1}
    seen.append((await states(proctor, sitting))[0])
    await candidate.start()
    candidate.note("answer", "q01", ["aaaa"])
    candidate.note("flag", "q02")
    candidate.note("focus_lost")
    await candidate.save()
    seat = (await board_of(proctor, sitting))["seats"][0]
    seen.append(seat["state"])
    assert (seat["answered"], seat["flagged"], seat["total"]) == (1, 1, 10)
    assert [(one["event"], one["count"]) for one in seat["events"]] == [("focus", 1)]
    assert 0 < seat["remaining_ms"] <= 45 * 60_000
    assert seat["offline_ms"] is None
    await change_attempt(app, candidate.attempt_id, last_seen_at=utc_now() - timedelta(seconds=50))
    silent = (await board_of(proctor, sitting))["seats"][0]
    seen.append(silent["state"])
    assert 50_000 <= silent["offline_ms"] < 60_000
    await candidate.submit()
    handed_in = (await board_of(proctor, sitting))["seats"][0]
    seen.append(handed_in["state"])
    assert handed_in["remaining_ms"] is None
    assert seen == ["absent", "logged_in", "confirmed", "unlocked", "running", "offline", "submitted"]
    assert (await states(proctor, sitting))[1:] == ["absent"] * 5


@embedded
async def test_the_board_lists_seats_in_order_and_tells_nothing_that_a_proctor_need_not_know(
    sitting: PreparedSitting, proctor: AsyncClient
) -> None:
    response = await proctor.get(room_url(sitting))
    board = response.json()
    assert [seat["seat_number"] for seat in board["seats"]] == [1, 2, 3, 4, 5, 6]
    assert board["access_code"] == sitting.access_code
    assert [seat["full_name"] for seat in board["seats"]] == [r.person.full_name for r in sitting.registered]
    for registered in sitting.registered:
        assert registered.person.identity_number not in response.text
        assert registered.person.identity_suffix not in response.text


@embedded
async def test_the_board_is_not_sent_again_while_only_clocks_have_moved(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    first = await proctor.get(room_url(sitting))
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    # A heartbeat moves only "last seen"; time goes on.
    await candidate.save()
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = await proctor.get(room_url(sitting), headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    candidate.note("answer", "q01", ["aaaa"])
    await candidate.save()
    changed = await proctor.get(room_url(sitting), headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.json()["seats"][0]["answered"] == 1
    tag = changed.headers["etag"]
    await change_attempt(app, candidate.attempt_id, last_seen_at=utc_now() - timedelta(seconds=50))
    offline = await proctor.get(room_url(sitting), headers={"if-none-match": tag})
    assert offline.status_code == 200
    assert (await proctor.get(room_url(sitting), headers={"if-none-match": '"unknown"'})).status_code == 200


async def another_room(app: FastAPI, sitting: PreparedSitting, seats: int) -> UUID:
    """Move the last seats into a second room that nobody is assigned to."""
    async with app.state.database.write() as session:
        first = await session.get(Room, sitting.room_id)
        room = Room(centre_id=first.centre_id, name="Phòng máy 2", seat_count=seats)
        session.add(room)
        await session.flush()
        session.add(SittingRoom(sitting_id=sitting.sitting_id, room_id=room.id, position=2))
        moved = [registered.registration_id for registered in sitting.registered[-seats:]]
        await session.exec(sa.update(Registration).where(col(Registration.id).in_(moved)).values(room_id=room.id))
    return room.id


ACTS: dict[str, dict[str, Any]] = {
    "/unlock": {},
    "/lock": {},
    "/messages": {"text": "Còn 15 phút."},
    "/identity/confirmation": {},
    "/identity/doubt": {"reason": "expired"},
    "/identity/withdrawal": {},
}


@embedded
async def test_a_proctor_neither_sees_nor_acts_in_a_room_of_somebody_else(
    app: FastAPI, sitting: PreparedSitting, proctor: AsyncClient, client_for: ClientFactory
) -> None:
    other_room = await another_room(app, sitting, 2)
    stranger = await client_for("proctor")
    for client, room_id in ((proctor, other_room), (stranger, sitting.room_id), (proctor, uuid4())):
        refused = [await client.get(room_url(sitting, room_id=room_id))]
        for act, body in ACTS.items():
            refused.append(await client.post(room_url(sitting, act, room_id), json=body | {"all": True}))
        assert {(response.status_code, response.json()["code"]) for response in refused} == {(404, "not_found")}
    assert (await stranger.get("/api/proctoring/rooms")).json() == {"items": [], "total": 0}
    # One seat of the other room among the chosen refuses the whole act.
    for act, body in ACTS.items():
        mixed = await proctor.post(room_url(sitting, act), json=body | selected(sitting, 0, 5))
        assert mixed.status_code == 404
    async with app.state.database.read() as session:
        acts = (await session.exec(select(AuditEntry).where(col(AuditEntry.action).in_(["message.sent"])))).all()
    assert acts == []
    everybody = await proctor.post(room_url(sitting, "/messages"), json={"text": "Bắt đầu.", "all": True})
    assert everybody.json() == {"seats": 4}


@embedded
async def test_a_proctor_who_is_assigned_no_longer_is_out(
    app: FastAPI, sitting: PreparedSitting, proctor: AsyncClient
) -> None:
    rooms = (await proctor.get("/api/proctoring/rooms")).json()
    assert [(row["sitting_name"], row["room_name"]) for row in rooms["items"]] == [("Ca thử", "Phòng máy 1")]
    async with app.state.database.write() as session:
        await session.exec(sa.delete(ProctorAssignment))
    assert (await proctor.get(room_url(sitting))).status_code == 404


@embedded
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"all": True}, 200),
        ({"registration_ids": []}, 422),
        ({}, 422),
        ({"all": True, "registration_ids": ["00000000-0000-4000-8000-000000000000"]}, 422),
        ({"registration_ids": ["00000000-0000-4000-8000-000000000000"]}, 404),
        ({"registration_ids": ["1"]}, 422),
        ({"all": True, "seat": 1}, 422),
    ],
)
async def test_an_act_is_for_all_or_for_some_named_and_says_which(
    body: dict[str, Any], status: int, sitting: PreparedSitting, proctor: AsyncClient
) -> None:
    response = await proctor.post(room_url(sitting, "/unlock"), json=body)
    assert response.status_code == status
    if body == {}:
        assert response.json()["errors"][0]["message"] == "Chọn từng thí sinh hoặc cả phòng, không chọn cả hai"


@embedded
async def test_unlocking_counts_those_it_changed_and_needs_a_login(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    for seat in (0, 1):
        await candidate_at(seat).log_in()
    twice = selected(sitting, 0, 0, 3)
    assert (await proctor.post(room_url(sitting, "/unlock"), json=twice)).json() == {"seats": 1}
    assert (await proctor.post(room_url(sitting, "/unlock"), json={"all": True})).json() == {"seats": 1}
    assert (await proctor.post(room_url(sitting, "/unlock"), json={"all": True})).json() == {"seats": 0}


@embedded
async def test_a_seat_is_locked_again_only_before_its_attempt(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    waiting = candidate_at(1)
    await waiting.log_in()
    await waiting.check_own_data()
    await started(candidate_at(0), proctor, sitting)
    refused = await proctor.post(room_url(sitting, "/lock"), json={"all": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "attempt_running")
    assert (await states(proctor, sitting))[:2] == ["running", "unlocked"]
    assert (await proctor.post(room_url(sitting, "/lock"), json=selected(sitting, 1))).json() == {"seats": 1}
    assert (await states(proctor, sitting))[:2] == ["running", "confirmed"]
    early = await waiting.client.post("/api/delivery/attempt", json={})
    assert early.json()["code"] == "not_unlocked"
    async with app.state.database.read() as session:
        acts = (await session.exec(select(AuditEntry.action).order_by(col(AuditEntry.seq)))).all()
    assert [act for act in acts if act.startswith("seat.")] == ["seat.unlocked", "seat.locked"]


@embedded
async def test_events_tell_what_happened_newest_first(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = candidate_at(0)
    await candidate.log_in()
    fault = {"is_correct": False, "note": "Sai ngày sinh"}
    assert (await candidate.client.post("/api/delivery/seat/confirmation", json=fault)).status_code == 200
    await proctor.post(room_url(sitting, "/unlock"), json=selected(sitting, 0))
    await candidate.start()
    board = await board_of(proctor, sitting)
    assert board["seats"][0]["reported_fault"] == "Sai ngày sinh"
    assert [(event["kind"], event["seat_number"], event["text"]) for event in board["events"]] == [
        ("started", 1, ""),
        ("unlocked", 1, "Trần Văn Hoà"),
        ("fault_reported", 1, "Sai ngày sinh"),
        ("logged_in", 1, ""),
    ]
    silent_since = utc_now() - timedelta(seconds=50)
    await change_attempt(app, candidate.attempt_id, last_seen_at=silent_since)
    assert "offline" in {event["kind"] for event in (await board_of(proctor, sitting))["events"]}
    await candidate.submit()
    kinds = [event["kind"] for event in (await board_of(proctor, sitting))["events"]]
    assert kinds[0] == "submitted"
    assert "offline" not in kinds


@embedded
async def test_a_message_to_many_is_one_event_and_a_message_to_one_names_the_seat(
    sitting: PreparedSitting, proctor: AsyncClient
) -> None:
    for seats in ({"all": True}, selected(sitting, 2), {"all": True}):
        sent = await proctor.post(room_url(sitting, "/messages"), json=seats | {"text": "Còn 15 phút."})
        assert sent.json() == {"seats": 1 if "registration_ids" in seats else 6}
    events = (await board_of(proctor, sitting))["events"]
    assert [(event["kind"], event["seat_number"]) for event in events] == [
        ("message", None),
        ("message", 3),
        ("message", None),
    ]


@embedded
@pytest.mark.parametrize(("length", "status"), [(0, 422), (1, 200), (500, 200), (501, 422)])
async def test_a_message_has_one_to_five_hundred_letters(
    length: int, status: int, sitting: PreparedSitting, proctor: AsyncClient
) -> None:
    body = {"all": True, "text": "ắ" * length}
    assert (await proctor.post(room_url(sitting, "/messages"), json=body)).status_code == status


@embedded
async def test_a_message_of_blanks_is_none(sitting: PreparedSitting, proctor: AsyncClient) -> None:
    blank = await proctor.post(room_url(sitting, "/messages"), json={"all": True, "text": " \n\t "})
    assert (blank.status_code, blank.json()["errors"][0]["message"]) == (422, "Ngắn hơn 1 ký tự")


@embedded
async def test_a_proctor_who_logs_in_anew_sees_the_same_room(
    sitting: PreparedSitting, proctor: AsyncClient, clients: Callable[[], AsyncClient]
) -> None:
    await proctor.delete("/api/session")
    assert (await proctor.get(room_url(sitting))).status_code == 401
    again = clients()
    login = await again.post("/api/session", json={"username": sitting.proctor_name, "password": PROCTOR_PASSWORD})
    again.headers[CSRF_HEADER] = login.json()["csrf_token"]
    assert len(await states(again, sitting)) == 6
