"""Moving candidates to other computers in one act: plan, fence and unlock together, and what the log says of it."""

from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlmodel import col, select

from exam_engine.delivery.models import Attempt, JournalRefusal
from exam_engine.sitting_log.models import SittingLogRow
from load_tests.candidates import SimulatedCandidate
from load_tests.prepared_sitting import PreparedSitting
from tests.exam_engine.delivery.conftest import CandidateFactory
from tests.exam_engine.proctoring.test_api import another_room, board_of, embedded, room_url, selected, started, states

BROKEN = {"reason": "computer", "note": "Màn hình hỏng"}


async def swap(proctor: AsyncClient, sitting: PreparedSitting, from_seat: int, to_seat: int) -> Response:
    return await proctor.post(room_url(sitting, "/swap"), json=BROKEN | {"from_seat": from_seat, "to_seat": to_seat})


async def goes_on(response: Response) -> list[tuple[int, int, str]]:
    assert response.status_code == 200, response.text
    return [(one["from_seat"], one["to_seat"], one["goes_on"]) for one in response.json()["moved"]]


async def write(candidate: SimulatedCandidate) -> Response:
    return await candidate.client.post(
        f"/api/delivery/attempts/{candidate.attempt_id}/journal",
        json={"epoch": candidate.epoch, "ops": candidate._unacknowledged, "confirmed": []},
    )


async def seats(proctor: AsyncClient, sitting: PreparedSitting) -> dict[str, int]:
    return {seat["candidate_number"]: seat["seat_number"] for seat in (await board_of(proctor, sitting))["seats"]}


async def test_one_act_moves_the_plan_fences_the_old_browser_and_lets_the_next_login_go_on(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    old = await started(candidate_at(0), proctor, sitting)
    old.note("answer", "q01", ["aaaa"])
    await old.save()
    assert await goes_on(await swap(proctor, sitting, 1, 9)) == [(1, 9, "at_next_login")]
    assert (await seats(proctor, sitting))["0001"] == 9
    seat = (await board_of(proctor, sitting))["seats"][-1]
    assert (seat["seat_number"], seat["is_moving"], seat["needs_unlock"]) == (9, True, False)
    # Fenced from the act on, before anybody has come to the new place.
    old.note("answer", "q02", ["bbbb"])
    assert (await write(old)).json()["code"] == "seat_fenced"
    # It cannot come back either, and an unlock of the whole room does not bring it back.
    await proctor.post(room_url(sitting, "/unlock"), json={"all": True})
    assert (await old.client.post("/api/delivery/attempt", json={})).json()["code"] == "not_unlocked"
    new = candidate_at(0)
    await new.log_in()
    await new.start()
    assert (new.epoch, new.attempt_id) == (2, old.attempt_id)
    new.note("answer", "q03", ["cccc"])
    await new.save()
    seat = (await board_of(proctor, sitting))["seats"][-1]
    assert (seat["state"], seat["is_moving"], seat["answered"], seat["leftovers"]) == ("running", False, 2, 1)
    async with app.state.database.read() as session:
        kept = (await session.exec(select(JournalRefusal.reason))).all()
        kinds = (await session.exec(select(SittingLogRow.kind).order_by(col(SittingLogRow.id)))).all()
    assert list(kept) == ["fenced"]
    assert list(kinds)[-2:] == ["seat.swapped", "attempt.moved"]


@embedded
async def test_who_logged_in_at_the_new_place_first_goes_on_there_at_once(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    await started(candidate_at(0), proctor, sitting)
    new = candidate_at(0)
    await new.log_in()
    assert (await new.client.post("/api/delivery/attempt", json={})).json()["code"] == "not_unlocked"
    assert await goes_on(await swap(proctor, sitting, 1, 7)) == [(1, 7, "unlocked")]
    await new.start()
    assert new.epoch == 2


async def test_two_candidates_exchange_their_seats(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    for seat in (0, 1):
        await started(candidate_at(seat), proctor, sitting)
    assert await goes_on(await swap(proctor, sitting, 2, 1)) == [(2, 1, "at_next_login"), (1, 2, "at_next_login")]
    placed = await seats(proctor, sitting)
    assert (placed["0001"], placed["0002"]) == (2, 1)
    for seat in (0, 1):
        new = candidate_at(seat)
        await new.log_in()
        await new.start()
        assert new.epoch == 2
    # Back again: the same act the other way round.
    await swap(proctor, sitting, 2, 1)
    placed = await seats(proctor, sitting)
    assert (placed["0001"], placed["0002"]) == (1, 2)


@embedded
async def test_before_the_start_the_right_to_start_goes_along_and_no_more_than_that(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    unlocked, waiting = candidate_at(0), candidate_at(1)
    for candidate in (unlocked, waiting):
        await candidate.log_in()
        await candidate.check_own_data()
    await proctor.post(room_url(sitting, "/unlock"), json=selected(sitting, 0))
    assert await goes_on(await swap(proctor, sitting, 1, 11)) == [(1, 11, "at_next_login")]
    assert await goes_on(await swap(proctor, sitting, 2, 12)) == [(2, 12, "as_before")]
    assert await goes_on(await swap(proctor, sitting, 3, 13)) == [(3, 13, "as_before")]
    assert (await unlocked.client.post("/api/delivery/attempt", json={})).json()["code"] == "not_unlocked"
    at_new_place, still_locked = candidate_at(0), candidate_at(1)
    for candidate in (at_new_place, still_locked):
        await candidate.log_in()
    await at_new_place.start()
    assert at_new_place.epoch == 1
    assert (await still_locked.client.post("/api/delivery/attempt", json={})).json()["code"] == "not_unlocked"
    # The right is for one login: the next one needs an unlock like any other.
    third = candidate_at(0)
    await third.log_in()
    assert (await third.client.post("/api/delivery/attempt", json={})).json()["code"] == "not_unlocked"
    async with app.state.database.read() as session:
        assert (await session.exec(select(Attempt.epoch))).all() == [1]


@embedded
async def test_what_is_no_move_is_refused(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    other_room = await another_room(app, sitting, 2)
    assert (await swap(proctor, sitting, 9, 1)).json()["code"] == "seat_empty"
    assert (await swap(proctor, sitting, 1, 1)).json()["code"] == "seat_unchanged"
    # Who sits in another room is nobody here.
    assert (await swap(proctor, sitting, 6, 9)).json()["code"] == "seat_empty"
    elsewhere = await proctor.post(room_url(sitting, "/swap", other_room), json=BROKEN | {"from_seat": 5, "to_seat": 9})
    assert elsewhere.status_code == 404
    bodies: tuple[dict[str, object], ...] = (
        {"from_seat": 0},
        {"to_seat": 1000},
        {"reason": "boredom"},
        {"reason": "other", "note": ""},
    )
    for body in bodies:
        refused = await proctor.post(room_url(sitting, "/swap"), json=BROKEN | {"from_seat": 1, "to_seat": 9} | body)
        assert refused.status_code == 422
    assert (await swap(proctor, sitting, 1, 9)).status_code == 200


@embedded
async def test_the_timeline_tells_a_seats_story_in_order_and_of_nobody_else(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    await started(candidate_at(1), proctor, sitting)
    candidate.note("focus_lost")
    await candidate.save()
    await proctor.post(room_url(sitting, "/messages"), json={"all": True, "text": "Còn 15 phút"})
    await proctor.post(room_url(sitting, "/messages"), json=selected(sitting, 1) | {"text": "Chỉ máy 2"})
    await swap(proctor, sitting, 1, 9)
    url = room_url(sitting, f"/seats/{sitting.registered[0].registration_id}/timeline")
    found = (await proctor.get(url)).json()
    assert found["total"] == len(found["items"])
    told = [(one["kind"], one["by"], one["text"]) for one in reversed(found["items"])]
    assert sorted(told[:2]) == [("seat.logged_in", None, ""), ("seat.unlocked", "Trần Văn Hoà", "")]
    assert sorted(told[2:4]) == [("attempt.started", None, ""), ("window.focus_lost", None, "")]
    assert told[4:] == [
        ("message.sent", "Trần Văn Hoà", "Còn 15 phút"),
        ("seat.swapped", "Trần Văn Hoà", "Màn hình hỏng"),
    ]
    swapped = found["items"][0]
    assert (swapped["from_seat"], swapped["to_seat"], swapped["reason"]) == (1, 9, "computer")
    assert await states(proctor, sitting) == ["running", *["absent"] * 4, "running"]
