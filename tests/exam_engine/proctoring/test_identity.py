"""Comparing persons with their papers over HTTP: what an unlock asks for, and what can be taken back."""

from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlmodel import col, select

from exam_engine.delivery.models import IdentityCheck
from exam_engine.sitting_log.models import SittingLogRow
from exam_engine.sittings.models import Sitting
from load_tests.candidates import SimulatedCandidate
from load_tests.prepared_sitting import PreparedSitting
from tests.exam_engine.delivery.conftest import CandidateFactory
from tests.exam_engine.proctoring.test_api import board_of, embedded, room_url, selected, started, states


@pytest.fixture(autouse=True)
async def asks_for_identity(app: FastAPI, sitting: PreparedSitting) -> None:
    """Let the sitting ask for both confirmations, as new ones do."""
    async with app.state.database.write() as session:
        await session.exec(sa.update(Sitting).values(unlock_needs_identity=True))


async def seated(candidate: SimulatedCandidate, *, checks: bool = True) -> SimulatedCandidate:
    await candidate.log_in()
    if checks:
        await candidate.check_own_data()
    return candidate


async def post(proctor: AsyncClient, sitting: PreparedSitting, act: str, body: dict[str, Any]) -> Response:
    return await proctor.post(room_url(sitting, act), json=body)


async def seats_of(response: Response) -> int:
    assert response.status_code == 200, response.text
    return int(response.json()["seats"])


async def log_kinds(app: FastAPI) -> list[str]:
    async with app.state.database.read() as session:
        kinds = (await session.exec(select(SittingLogRow.kind).order_by(col(SittingLogRow.id)))).all()
    return [kind for kind in kinds if kind.startswith(("identity.", "seat.", "attempt."))]


async def test_an_unlock_names_everybody_who_lacks_something_and_unlocks_nobody(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    await seated(candidate_at(0))
    await seated(candidate_at(1), checks=False)
    await seated(candidate_at(2))
    await seated(candidate_at(3))
    await post(proctor, sitting, "/identity/confirmation", selected(sitting, 0, 1))
    doubt = selected(sitting, 3) | {"reason": "different_person", "note": ""}
    await post(proctor, sitting, "/identity/doubt", doubt)
    refused = await post(proctor, sitting, "/unlock", {"all": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "unlock_refused")
    assert [(one["code"], one["message"]) for one in refused.json()["errors"]] == [
        ("unlock_refused.own_data", "Máy 2: thí sinh chưa xác nhận thông tin của mình"),
        ("unlock_refused.identity", "Máy 3: chưa đối chiếu người với giấy tờ"),
        ("unlock_refused.doubt", "Máy 4: đang có nghi vấn về người dự thi"),
    ]
    assert (await states(proctor, sitting))[:4] == ["confirmed", "logged_in", "confirmed", "confirmed"]
    board = await board_of(proctor, sitting)
    assert [seat["unlock_obstacle"] for seat in board["seats"]] == [None, "own_data", "identity", "doubt", None, None]
    assert [seat["needs_unlock"] for seat in board["seats"][:5]] == [True, True, True, True, False]
    # The one who lacks nothing, named alone.
    assert await seats_of(await post(proctor, sitting, "/unlock", selected(sitting, 0))) == 1
    assert (await states(proctor, sitting))[0] == "unlocked"


@embedded
async def test_a_confirmation_says_who_and_when_and_is_told_once(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    await seated(candidate_at(0))
    assert await seats_of(await post(proctor, sitting, "/identity/confirmation", selected(sitting, 0))) == 1
    assert await seats_of(await post(proctor, sitting, "/identity/confirmation", selected(sitting, 0))) == 0
    identity = (await board_of(proctor, sitting))["seats"][0]["identity"]
    assert (identity["verdict"], identity["reason"], identity["checked_by"]) == ("confirmed", None, "Trần Văn Hoà")
    async with app.state.database.read() as session:
        check = (await session.exec(select(IdentityCheck))).one()
    assert check.checked_at.isoformat().startswith(identity["checked_at"][:19])
    assert await log_kinds(app) == ["identity.confirmed"]


@embedded
async def test_all_means_whoever_is_there_and_was_not_looked_at(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    for seat in (0, 1, 2):
        await seated(candidate_at(seat))
    await post(proctor, sitting, "/identity/doubt", selected(sitting, 1) | {"reason": "expired"})
    assert await seats_of(await post(proctor, sitting, "/identity/confirmation", {"all": True})) == 2
    verdicts = [(seat["identity"] or {}).get("verdict") for seat in (await board_of(proctor, sitting))["seats"]]
    assert verdicts == ["confirmed", "doubted", "confirmed", None, None, None]
    # At the door, before anybody has logged in, persons are confirmed by name.
    assert await seats_of(await post(proctor, sitting, "/identity/confirmation", selected(sitting, 4))) == 1


async def test_a_doubt_and_a_withdrawal_lock_again_until_the_start(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await seated(candidate_at(0))
    for act, body in (
        ("/identity/doubt", selected(sitting, 0) | {"reason": "data_differ", "note": "Sai năm sinh"}),
        ("/identity/withdrawal", selected(sitting, 0)),
    ):
        await post(proctor, sitting, "/identity/confirmation", selected(sitting, 0))
        assert await seats_of(await post(proctor, sitting, "/unlock", selected(sitting, 0))) == 1
        assert await seats_of(await post(proctor, sitting, act, body)) == 1
        assert (await states(proctor, sitting))[0] == "confirmed"
        refused = await candidate.client.post("/api/delivery/attempt", json={})
        assert refused.json()["code"] == "not_unlocked"
    assert (await board_of(proctor, sitting))["seats"][0]["identity"] is None
    assert await log_kinds(app) == [
        *("identity.confirmed", "seat.unlocked", "identity.doubted", "seat.locked"),
        *("identity.confirmed", "seat.unlocked", "identity.withdrawn", "seat.locked"),
    ]


@embedded
async def test_after_the_start_nothing_is_taken_back_but_a_new_word_may_be_said(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = candidate_at(0)
    await seated(candidate)
    await post(proctor, sitting, "/identity/confirmation", selected(sitting, 0))
    await started(candidate, proctor, sitting)
    refused = await post(proctor, sitting, "/identity/withdrawal", selected(sitting, 0))
    assert (refused.status_code, refused.json()["code"]) == (409, "attempt_running")
    doubt = selected(sitting, 0) | {"reason": "other", "note": "Ảnh trên thẻ không giống"}
    assert await seats_of(await post(proctor, sitting, "/identity/doubt", doubt)) == 1
    board = await board_of(proctor, sitting)
    assert (board["seats"][0]["state"], board["seats"][0]["identity"]["note"]) == (
        "running",
        "Ảnh trên thẻ không giống",
    )
    assert ("identity_doubted", 1) in {(event["kind"], event["seat_number"]) for event in board["events"]}
    # At another computer the doubt stands in the way.
    await seated(candidate_at(0))
    assert (await post(proctor, sitting, "/unlock", selected(sitting, 0))).json()["code"] == "unlock_refused"
    await post(proctor, sitting, "/identity/confirmation", selected(sitting, 0))
    assert await seats_of(await post(proctor, sitting, "/unlock", selected(sitting, 0))) == 1


@embedded
async def test_a_sitting_may_do_without(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    async with app.state.database.write() as session:
        await session.exec(sa.update(Sitting).values(unlock_needs_identity=False))
    await seated(candidate_at(0), checks=False)
    await post(proctor, sitting, "/identity/doubt", selected(sitting, 0) | {"reason": "no_paper"})
    seat = (await board_of(proctor, sitting))["seats"][0]
    assert (seat["needs_unlock"], seat["unlock_obstacle"]) == (True, None)
    assert await seats_of(await post(proctor, sitting, "/unlock", selected(sitting, 0))) == 1
    # A doubt noted now locks nobody out of such a sitting.
    await post(proctor, sitting, "/identity/doubt", selected(sitting, 0) | {"reason": "expired"})
    assert (await states(proctor, sitting))[0] == "unlocked"


@embedded
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"reason": "different_person"}, 200),
        ({}, 422),
        ({"reason": "ugly"}, 422),
        ({"reason": "other"}, 422),
        ({"reason": "other", "note": "Thẻ in mờ"}, 200),
    ],
)
async def test_a_doubt_has_a_reason_from_the_list(
    body: dict[str, Any], status: int, sitting: PreparedSitting, proctor: AsyncClient
) -> None:
    response = await post(proctor, sitting, "/identity/doubt", selected(sitting, 0) | body)
    assert response.status_code == status
