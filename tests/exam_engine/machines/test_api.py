"""Checks of computers over HTTP: sent before the day and by waiting candidates, seen by proctors and boards."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from exam_engine.core.db import new_id
from load_tests.prepared_sitting import PreparedSitting
from tests.conftest import ClientFactory
from tests.exam_engine.delivery.conftest import CandidateFactory
from tests.exam_engine.lockdown.test_admission import log_in
from tests.exam_engine.proctoring.test_api import embedded, room_url

GOOD = {"subject": "browser", "verdict": "good", "text": "Chrome 109"}
SLOW = {"subject": "network", "verdict": "warning", "value": 812.5}
INSECURE = {"subject": "secure", "verdict": "bad"}
UNTRIED = {"subject": "typing", "verdict": "untried"}


def at_seat(sitting: PreparedSitting, seat_number: int, *findings: dict[str, Any], **other: Any) -> dict[str, Any]:
    code = {"access_code": sitting.access_code, "room_id": str(sitting.room_id), "seat_number": seat_number}
    return {**code, "findings": list(findings) or [GOOD], **other}


async def machines(proctor: AsyncClient, sitting: PreparedSitting) -> dict[str, Any]:
    response = await proctor.get(room_url(sitting, "/machines"))
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_a_technician_finds_the_rooms_and_checks_seats_the_last_check_counts(
    sitting: PreparedSitting, clients: Callable[[], AsyncClient], proctor: AsyncClient
) -> None:
    technician = clients()
    typed = sitting.access_code[:4].lower() + " - " + sitting.access_code[4:]
    found = (await technician.post("/api/machine-checks/rooms", json={"access_code": typed})).json()
    room = next(room for room in found["rooms"] if room["id"] == str(sitting.room_id))
    assert (await machines(proctor, sitting)) == {"seat_count": room["seat_count"], "items": [], "total": 0}
    for body in (
        at_seat(sitting, 2, GOOD, INSECURE, SLOW),
        at_seat(sitting, 1, GOOD, SLOW, UNTRIED),
        at_seat(sitting, 2, GOOD, UNTRIED),
    ):
        assert (await technician.post("/api/machine-checks", json=body)).status_code == 204
    seen = (await machines(proctor, sitting))["items"]
    assert [(one["seat_number"], one["verdict"], one["is_own"]) for one in seen] == [
        (1, "warning", False),
        (2, "good", False),
    ]
    assert seen[0]["findings"][1] == {**SLOW, "text": ""}


async def test_a_waiting_candidate_checks_the_seat_that_they_have(
    sitting: PreparedSitting,
    candidate_at: CandidateFactory,
    proctor: AsyncClient,
    client_for: ClientFactory,
) -> None:
    candidate = candidate_at(3)
    await log_in(candidate)
    for findings in ([GOOD], [GOOD, INSECURE]):
        response = await candidate.client.post("/api/machine-checks/own", json={"findings": findings})
        assert response.status_code == 204, response.text
    seat = (await candidate.client.get("/api/delivery/seat")).json()["sitting"]["seat_number"]
    (one,) = (await machines(proctor, sitting))["items"]
    assert (one["seat_number"], one["verdict"], one["is_own"]) == (seat, "bad", True)
    board = await client_for("board_member")
    found = await board.get(f"/api/sittings/{sitting.sitting_id}/machines")
    assert found.status_code == 200, found.text
    rooms = found.json()["items"]
    mine = next(room for room in rooms if room["room_id"] == str(sitting.room_id))
    assert (mine["good"], mine["warning"], mine["bad"]) == (0, 0, 1)
    assert mine["last_checked_at"] == one["checked_at"]


@embedded
async def test_only_who_knows_the_code_is_told_of_rooms_and_guessing_has_an_end(
    app: FastAPI, sitting: PreparedSitting, clients: Callable[[], AsyncClient], proctor: AsyncClient
) -> None:
    stranger = clients()
    wrong = "ZZZZ9999"
    bodies = [{"access_code": wrong}, at_seat(sitting, 1, GOOD, access_code=wrong)]
    for path, body in zip(("/rooms", ""), bodies, strict=True):
        response = await stranger.post(f"/api/machine-checks{path}", json=body)
        assert (response.status_code, response.json()["code"]) == (401, "wrong_credentials")
    answers = [
        (await stranger.post("/api/machine-checks/rooms", json={"access_code": wrong})).status_code
        for _ in range(app.state.settings.login_attempts)
    ]
    assert answers[-1] == 429
    assert (await machines(proctor, sitting))["total"] == 0


@embedded
async def test_a_proctor_of_another_room_is_not_told(sitting: PreparedSitting, client_for: ClientFactory) -> None:
    other = await client_for("proctor")
    assert (await other.get(room_url(sitting, "/machines"))).status_code == 404


@embedded
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seat_number": 0}, None),
        ({"seat_number": 10_001}, None),
        ({"seat_number": 9_999}, "machine_check_no_such_seat"),
        ({"room_id": str(new_id())}, "machine_check_no_such_room"),
        ({"findings": []}, None),
        ({"findings": [GOOD, GOOD]}, "finding_repeated"),
        ({"findings": [{**GOOD, "subject": "weather"}]}, None),
        ({"findings": [{**GOOD, "verdict": "splendid"}]}, None),
        ({"findings": [{**GOOD, "text": "x" * 81}]}, None),
        ({"findings": [{**GOOD, "value": 1e13}]}, None),
        ({"findings": [{**GOOD, "password": "1"}]}, None),
    ],
)
async def test_what_is_no_check_is_refused_and_nothing_kept(
    sitting: PreparedSitting,
    clients: Callable[[], AsyncClient],
    proctor: AsyncClient,
    change: dict[str, Any],
    code: str | None,
) -> None:
    response = await clients().post("/api/machine-checks", json={**at_seat(sitting, 1), **change})
    assert response.status_code == 422
    assert code is None or code in response.text
    assert (await machines(proctor, sitting))["total"] == 0


@embedded
async def test_the_last_seat_of_a_room_is_one(
    sitting: PreparedSitting, clients: Callable[[], AsyncClient], proctor: AsyncClient
) -> None:
    count = (await machines(proctor, sitting))["seat_count"]
    for number, status in ((count, 204), (count + 1, 422)):
        response = await clients().post("/api/machine-checks", json=at_seat(sitting, number))
        assert response.status_code == status


@embedded
async def test_the_probe_of_streams_says_its_events_one_by_one(clients: Callable[[], AsyncClient]) -> None:
    begun = time.monotonic()
    response = await clients().get("/api/machine-checks/stream")
    assert time.monotonic() - begun >= 0.7
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.count("event: probe\n") == 4
