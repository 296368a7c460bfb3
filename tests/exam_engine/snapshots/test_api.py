"""Snapshots over HTTP: decided before the opening, agreed to, taken, looked at on record, erased in time."""

from base64 import b64decode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlmodel import col, select

from exam_engine.audit.models import AuditEntry
from exam_engine.sitting_log.models import SittingLogRow
from exam_engine.sittings.models import Sitting
from exam_engine.snapshots.erasing import erase_overdue
from exam_engine.snapshots.models import Snapshot, SnapshotSetting, SnapshotViewing
from exam_engine.snapshots.taking import LARGEST_PICTURE
from load_tests.candidates import SimulatedCandidate
from load_tests.prepared_sitting import PreparedSitting
from tests.conftest import ClientFactory
from tests.exam_engine.delivery.conftest import CandidateFactory
from tests.exam_engine.lockdown.test_admission import log_in
from tests.exam_engine.proctoring.test_api import embedded
from tests.exam_engine.snapshots.conftest import RULE, decided, jpeg, opens_in, url, webp

REASON = "Có đơn tố cáo thi hộ ở máy này"


async def agree(candidate: SimulatedCandidate, *, is_agreed: bool = True) -> None:
    response = await candidate.client.post("/api/snapshots/own/consent", json={"is_agreed": is_agreed})
    assert response.status_code == 204, response.text


async def send(candidate: SimulatedCandidate, picture: bytes, source: str = "camera") -> Response:
    return await candidate.client.post(f"/api/snapshots/own/pictures/{source}", content=picture)


async def agreed_candidate(candidate_at: CandidateFactory, seat: int = 0) -> SimulatedCandidate:
    candidate = candidate_at(seat)
    await log_in(candidate)
    await agree(candidate)
    return candidate


async def make_older(app: FastAPI, span: timedelta) -> None:
    async with app.state.database.write() as session:
        for one in (await session.exec(select(Snapshot))).all():
            one.taken_at -= span


async def test_pictures_go_from_the_decision_to_a_look_on_record(
    app: FastAPI, sitting: PreparedSitting, board: AsyncClient, candidate_at: CandidateFactory
) -> None:
    assert (await board.get(url(sitting))).json() == {"settings": None}
    await decided(app, board, sitting)
    candidate = candidate_at(0)
    await log_in(candidate)
    asked = (await candidate.client.get("/api/delivery/seat")).json()["snapshots"]
    assert asked == {**RULE, "is_agreed": None}
    await agree(candidate)
    assert (await candidate.client.get("/api/delivery/seat")).json()["snapshots"]["is_agreed"] is True
    state = {"source": "screen", "state": "refused"}
    assert (await candidate.client.post("/api/snapshots/own/state", json=state)).status_code == 204
    picture = jpeg()
    assert (await send(candidate, picture)).status_code == 204
    assert (await send(candidate, webp(), "screen")).status_code == 204

    first, *others = (await board.get(url(sitting, "/candidates"))).json()["items"]
    assert (first["is_agreed"], first["camera_state"], first["screen_state"]) == (True, None, "refused")
    assert (first["camera_count"], first["screen_count"]) == (1, 1)
    assert {other["is_agreed"] for other in others} == {None}
    body = {"registration_id": first["registration_id"], "reason": REASON}
    opened = (await board.post(url(sitting, "/viewings"), json=body)).json()
    shown = [
        await board.get(f"/api/snapshots/{one['id']}", params={"viewing_id": opened["viewing_id"]})
        for one in opened["items"]
    ]
    assert [(one.headers["content-type"], one.content) for one in shown] == [
        ("image/jpeg", picture),
        ("image/webp", webp()),
    ]
    assert shown[0].headers["cache-control"] == "private, no-store"
    (look,) = (await board.get(url(sitting, "/viewings"))).json()["items"]
    assert (look["reason"], look["candidate_number"]) == (REASON, first["candidate_number"])
    async with app.state.database.read() as session:
        stored = (await session.exec(select(Snapshot))).all()
        actions = [
            entry.action for entry in (await session.exec(select(AuditEntry).order_by(col(AuditEntry.seq)))).all()
        ]
        kinds = (await session.exec(select(SittingLogRow.kind).order_by(col(SittingLogRow.id)))).all()
    # What lies in the database shows nothing.
    assert all(picture[:64] not in one.content and webp()[:64] not in one.content for one in stored)
    assert [action for action in actions if action.startswith("snapshots.")] == [
        "snapshots.decided",
        "snapshots.viewed",
    ]
    assert [kind for kind in kinds if kind.startswith("snapshots.")] == ["snapshots.decided", "snapshots.agreed"]


async def test_who_does_not_agree_sits_the_exam_all_the_same_and_no_picture_is_taken(
    app: FastAPI, sitting: PreparedSitting, board: AsyncClient, candidate_at: CandidateFactory
) -> None:
    await decided(app, board, sitting)
    candidate = candidate_at(0)
    await log_in(candidate)
    for is_agreed in (None, False):
        if is_agreed is not None:
            await agree(candidate, is_agreed=is_agreed)
        response = await send(candidate, jpeg())
        assert (response.status_code, response.json()["code"]) == (409, "snapshot_outside_sitting")
        state = {"source": "camera", "state": "on"}
        assert (await candidate.client.post("/api/snapshots/own/state", json=state)).status_code == 409
    # Taken back in the middle: nothing more comes, what came stays for its time.
    await agree(candidate)
    assert (await send(candidate, jpeg())).status_code == 204
    await agree(candidate, is_agreed=False)
    await make_older(app, timedelta(hours=1))
    assert (await send(candidate, jpeg())).status_code == 409
    settings = (await board.get(url(sitting))).json()["settings"]
    assert settings["picture_count"] == 1
    confirmation = {"is_correct": True, "note": ""}
    response = await candidate.client.post("/api/delivery/seat/confirmation", json=confirmation)
    assert response.json()["waiting_for"] == "unlock"


@embedded
async def test_by_default_nothing_is_asked_and_nothing_is_taken(
    sitting: PreparedSitting, board: AsyncClient, candidate_at: CandidateFactory
) -> None:
    candidate = candidate_at(0)
    await log_in(candidate)
    assert (await candidate.client.get("/api/delivery/seat")).json()["snapshots"] is None
    response = await candidate.client.post("/api/snapshots/own/consent", json={"is_agreed": True})
    assert (response.status_code, response.json()["code"]) == (409, "snapshots_not_decided")
    assert (await send(candidate, jpeg())).status_code == 409
    someone = {"registration_id": str(sitting.registered[0].registration_id), "reason": REASON}
    assert (await board.post(url(sitting, "/viewings"), json=someone)).status_code == 409


@embedded
async def test_what_was_announced_does_not_change(
    app: FastAPI, sitting: PreparedSitting, board: AsyncClient, candidate_at: CandidateFactory
) -> None:
    late = await board.put(url(sitting), json=RULE)
    assert (late.status_code, late.json()["code"]) == (409, "snapshots_begun")
    await opens_in(app, sitting.sitting_id, timedelta(minutes=5))
    for days in (30, 31):
        response = await board.put(url(sitting), json={**RULE, "retention_days": days})
        assert response.status_code == 200
    await agreed_candidate(candidate_at)
    again = await board.put(url(sitting), json=RULE)
    assert (again.status_code, again.json()["code"]) == (409, "snapshots_begun")
    ended = await board.delete(url(sitting))
    assert ended.json()["settings"]["is_on"] is False
    assert (await board.delete(url(sitting))).status_code == 200


@embedded
@pytest.mark.parametrize(
    "wrong",
    [
        {"camera": False, "screen": False},
        {"interval_seconds": 29},
        {"interval_seconds": 901},
        {"retention_days": 0},
        {"retention_days": 731},
        {"legal_basis": "theo quy định"},
        {"unknown": 1},
    ],
)
async def test_a_decision_has_bounds(
    app: FastAPI, sitting: PreparedSitting, board: AsyncClient, wrong: dict[str, Any]
) -> None:
    await opens_in(app, sitting.sitting_id, timedelta(minutes=5))
    assert (await board.put(url(sitting), json={**RULE, **wrong})).status_code == 422
    assert (await board.get(url(sitting))).json() == {"settings": None}


@embedded
async def test_pictures_come_in_their_time_and_size(
    app: FastAPI, sitting: PreparedSitting, board: AsyncClient, candidate_at: CandidateFactory
) -> None:
    await decided(app, board, sitting, screen=False)
    candidate = await agreed_candidate(candidate_at)
    largest = jpeg().ljust(LARGEST_PICTURE, b"\0")
    assert (await send(candidate, largest)).status_code == 204
    soon = await send(candidate, jpeg())
    assert (soon.status_code, soon.json()["code"]) == (429, "snapshot_too_soon")
    assert 25 <= int(soon.headers["retry-after"]) <= 30
    await make_older(app, timedelta(seconds=29))
    assert (await send(candidate, jpeg())).status_code == 429
    await make_older(app, timedelta(seconds=1))
    assert (await send(candidate, jpeg())).status_code == 204
    # The board has decided on no pictures of screens.
    assert (await send(candidate, jpeg(), "screen")).status_code == 409
    assert (await send(candidate, jpeg(), "microphone")).status_code == 422
    await make_older(app, timedelta(hours=1))
    for content, code in (
        (largest + b"\0", "snapshot_too_large"),
        (b"", "snapshot_no_picture"),
        (b"<svg onload=alert(1)>", "snapshot_no_picture"),
        (b"RIFF0000WAVE", "snapshot_no_picture"),
    ):
        refused = await send(candidate, content)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)
    await opens_in(app, sitting.sitting_id, timedelta(seconds=30))
    assert (await send(candidate, jpeg())).status_code == 409
    assert (await board.get(url(sitting))).json()["settings"]["picture_count"] == 2


@embedded
async def test_a_look_is_one_persons_at_one_candidate_for_half_an_hour(
    app: FastAPI,
    sitting: PreparedSitting,
    board: AsyncClient,
    client_for: ClientFactory,
    candidate_at: CandidateFactory,
) -> None:
    await decided(app, board, sitting)
    ids = []
    for seat in (0, 1):
        candidate = await agreed_candidate(candidate_at, seat)
        assert (await send(candidate, jpeg())).status_code == 204
        ids.append(str(sitting.registered[seat].registration_id))
    looks = [
        (await board.post(url(sitting, "/viewings"), json={"registration_id": id_, "reason": REASON})).json()
        for id_ in ids
    ]
    picture = looks[0]["items"][0]["id"]
    other = await client_for("board_member")

    async def status(client: AsyncClient, viewing_id: str) -> int:
        return (await client.get(f"/api/snapshots/{picture}", params={"viewing_id": viewing_id})).status_code

    assert await status(board, looks[0]["viewing_id"]) == 200
    assert await status(board, looks[1]["viewing_id"]) == 403
    assert await status(other, looks[0]["viewing_id"]) == 403
    assert (await board.get(f"/api/snapshots/{picture}")).status_code == 422
    for reason in ("", "    ", "vì"):
        body = {"registration_id": ids[0], "reason": reason}
        assert (await board.post(url(sitting, "/viewings"), json=body)).status_code == 422
    async with app.state.database.write() as session:
        for viewing in (await session.exec(select(SnapshotViewing))).all():
            viewing.at -= timedelta(minutes=30)
    assert await status(board, looks[0]["viewing_id"]) == 403


async def test_pictures_are_erased_when_their_time_is_over_and_the_looks_stay(
    app: FastAPI, sitting: PreparedSitting, board: AsyncClient, candidate_at: CandidateFactory
) -> None:
    await decided(app, board, sitting)
    candidate = await agreed_candidate(candidate_at)
    assert (await send(candidate, jpeg())).status_code == 204
    body = {"registration_id": str(sitting.registered[0].registration_id), "reason": REASON}
    await board.post(url(sitting, "/viewings"), json=body)
    async with app.state.database.read() as session:
        stored = await session.get(Sitting, sitting.sitting_id)
        over = stored.closes_at + timedelta(days=30)
    database = app.state.database
    assert await erase_overdue(database, over - timedelta(minutes=1)) == 0
    assert await erase_overdue(database, over + timedelta(hours=1)) == 1
    assert await erase_overdue(database, over + timedelta(hours=2)) == 0
    settings = (await board.get(url(sitting))).json()["settings"]
    assert (settings["picture_count"], settings["is_on"]) == (0, False)
    assert settings["erased_at"] is not None
    async with database.read() as session:
        assert (await session.exec(select(Snapshot))).all() == []
        assert (await session.exec(select(SnapshotSetting.wrapped_key))).all() == [None]
    assert (await board.get(url(sitting, "/viewings"))).json()["total"] == 1
    gone = await board.post(url(sitting, "/viewings"), json=body)
    assert (gone.status_code, gone.json()["code"]) == (410, "snapshots_erased")


@embedded
async def test_a_board_may_erase_before_the_time_with_a_reason(
    app: FastAPI, sitting: PreparedSitting, board: AsyncClient, candidate_at: CandidateFactory
) -> None:
    assert (await board.post(url(sitting, "/erasure"), json={"reason": REASON})).status_code == 409
    await decided(app, board, sitting)
    candidate = await agreed_candidate(candidate_at)
    assert (await send(candidate, jpeg())).status_code == 204
    assert (await board.post(url(sitting, "/erasure"), json={"reason": ""})).status_code == 422
    erased = (await board.post(url(sitting, "/erasure"), json={"reason": REASON})).json()["settings"]
    assert (erased["picture_count"], erased["is_on"]) == (0, False)
    assert (await send(candidate, jpeg())).status_code == 409
    assert (await board.post(url(sitting, "/erasure"), json={"reason": REASON})).status_code == 410
    async with app.state.database.read() as session:
        entries = (await session.exec(select(AuditEntry).where(AuditEntry.action == "snapshots.erased"))).all()
    assert [entry.details for entry in entries] == [{"pictures": 1, "reason": REASON}]


@embedded
async def test_keys_of_pictures_lie_apart_from_the_database(
    app: FastAPI, sitting: PreparedSitting, board: AsyncClient
) -> None:
    await decided(app, board, sitting)
    key = b64decode((Path(app.state.settings.data_dir) / "keys" / "snapshots.key").read_bytes())
    async with app.state.database.read() as session:
        wrapped = (await session.exec(select(SnapshotSetting.wrapped_key))).one()
    assert len(key) == 32
    assert wrapped is not None
    assert key not in wrapped
