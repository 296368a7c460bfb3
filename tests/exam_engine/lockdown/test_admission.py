"""Candidates of a sitting in Safe Exam Browser, over HTTP: who is let in, who is not, and that nobody loses answers."""

from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlmodel import col, select

from exam_engine.audit.models import AuditEntry
from exam_engine.lockdown.seb.sent_hashes import key_hash
from exam_engine.sitting_log.models import SittingLogRow
from load_tests.candidates import SimulatedCandidate
from load_tests.prepared_sitting import PreparedSitting
from tests.conftest import ClientFactory
from tests.exam_engine.delivery.conftest import CandidateFactory
from tests.exam_engine.lockdown.conftest import EXAM_KEY, required, sends
from tests.exam_engine.proctoring.test_api import board_of, embedded, room_url, selected, started


async def log_in(candidate: SimulatedCandidate) -> Response:
    call = candidate.login_call()
    response = await candidate.client.request(call.method, call.path, json=call.body)
    if response.status_code == 200:
        candidate.take_login(response.json())
        candidate.client.headers["x-csrf-token"] = candidate.csrf_token
    return response


async def browser_at(proctor: AsyncClient, sitting: PreparedSitting, seat: int) -> dict[str, Any] | None:
    found: dict[str, Any] | None = (await board_of(proctor, sitting))["seats"][seat]["browser"]
    return found


async def log_of_browsers(app: FastAPI) -> list[str]:
    async with app.state.database.read() as session:
        kinds = (await session.exec(select(SittingLogRow.kind).order_by(col(SittingLogRow.id)))).all()
    return [kind for kind in kinds if kind.startswith(("browser.", "safe_exam_browser."))]


async def test_the_right_key_goes_through_the_whole_exam(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient, board: AsyncClient
) -> None:
    settings = await required(board, sitting)
    candidate = candidate_at(0)
    sends(candidate, settings["config_key"])
    await started(candidate, proctor, sitting)
    candidate.note("answer", "q01", ["aaaa"])
    await candidate.save()
    seat = (await candidate.client.get("/api/delivery/seat")).json()
    fitting = {"verdict": "fits", "is_admitted": True, "title": "", "detail": "", "quit_url": None}
    assert seat["browser"] == fitting
    await candidate.submit()
    seat = (await candidate.client.get("/api/delivery/seat")).json()
    assert seat["browser"]["quit_url"] == settings["quit_url"]
    told = await browser_at(proctor, sitting, 0)
    assert told is not None
    assert (told["verdict"], told["is_exempted"]) == ("fits", False)
    assert await log_of_browsers(app) == ["safe_exam_browser.required", "browser.fits"]


@pytest.mark.parametrize(
    ("sent", "code", "verdict"),
    [
        ({}, "browser_no_keys", "no_keys"),
        ({"config_key": "0" * 64}, "browser_other_settings", "other_settings"),
        ({"server": "http://other.test"}, "browser_other_settings", "other_settings"),
    ],
    ids=["no keys", "another key", "another address"],
)
async def test_a_login_that_does_not_fit_is_refused_and_told_to_the_proctor(
    app: FastAPI,
    sitting: PreparedSitting,
    candidate_at: CandidateFactory,
    proctor: AsyncClient,
    board: AsyncClient,
    sent: dict[str, str],
    code: str,
    verdict: str,
) -> None:
    settings = await required(board, sitting)
    candidate = candidate_at(0)
    if "server" in sent:
        sent = sent | {"config_key": settings["config_key"]}
    sends(candidate, **sent)
    refused = await log_in(candidate)
    assert (refused.status_code, refused.json()["code"]) == (403, code)
    assert "set-cookie" not in refused.headers
    assert "SEB-" in refused.json()["title"]
    again = await log_in(candidate)
    assert again.json()["code"] == code
    seen = await board_of(proctor, sitting)
    assert seen["seats"][0]["state"] == "absent"
    assert seen["seats"][0]["browser"]["verdict"] == verdict
    assert [(event["kind"], event["text"]) for event in seen["events"]] == [("browser_misfits", verdict)]
    # The same news twice is one row.
    assert await log_of_browsers(app) == ["safe_exam_browser.required", "browser.misfits"]


@embedded
async def test_an_ordinary_browser_is_refused_only_where_the_sitting_asks(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient, board: AsyncClient
) -> None:
    assert (await log_in(candidate_at(0))).status_code == 200
    assert await browser_at(proctor, sitting, 0) is None
    await required(board, sitting)
    assert (await log_in(candidate_at(1))).json()["code"] == "browser_not_used"
    wrong = candidate_at(2)
    wrong.identity_suffix = "000000"
    # Whoever has no right to log in is told nothing of browsers.
    assert (await log_in(wrong)).json()["code"] == "wrong_credentials"
    assert (await board.delete(f"/api/sittings/{sitting.sitting_id}/safe-exam-browser")).status_code == 204
    assert (await log_in(candidate_at(1))).status_code == 200
    assert (await candidate_at(1).client.get("/api/delivery/time")).status_code == 200


async def test_a_session_from_the_right_browser_does_not_start_in_another(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient, board: AsyncClient
) -> None:
    settings = await required(board, sitting)
    candidate = candidate_at(0)
    sends(candidate, settings["config_key"])
    assert (await log_in(candidate)).status_code == 200
    candidate.client.event_hooks["request"] = []
    seat = (await candidate.client.get("/api/delivery/seat")).json()
    assert (seat["browser"]["verdict"], seat["browser"]["is_admitted"]) == ("not_used", False)
    assert "SEB-1" in seat["browser"]["title"]
    assert ".seb" in seat["browser"]["detail"]
    said = await candidate.client.post("/api/delivery/seat/confirmation", json={"is_correct": True})
    assert said.json()["code"] == "browser_not_used"
    assert (await board_of(proctor, sitting))["seats"][0]["has_confirmed_data"] is False
    sends(candidate, settings["config_key"])
    await candidate.check_own_data()
    await proctor.post(room_url(sitting, "/unlock"), json=selected(sitting, 0))
    candidate.client.event_hooks["request"] = []
    refused = await candidate.client.post("/api/delivery/attempt", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "browser_not_used")
    told = await browser_at(proctor, sitting, 0)
    assert told is not None
    assert told["verdict"] == "not_used"
    sends(candidate, settings["config_key"])
    await candidate.start()


async def test_who_works_already_goes_on_whatever_becomes_of_the_keys(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient, board: AsyncClient
) -> None:
    settings = await required(board, sitting)
    candidate = candidate_at(0)
    sends(candidate, settings["config_key"])
    await started(candidate, proctor, sitting)
    candidate.note("answer", "q01", ["aaaa"])
    changed = await required(board, sitting, quit_password="giam thi")
    assert changed["config_key"] != settings["config_key"]
    await candidate.save()
    seat = (await candidate.client.get("/api/delivery/seat")).json()
    assert (seat["browser"]["verdict"], seat["browser"]["is_admitted"]) == ("other_settings", True)
    assert (await board_of(proctor, sitting))["seats"][0]["browser"]["verdict"] == "other_settings"
    # A reload in the same browser goes on; so does handing in.
    assert (await candidate.client.post("/api/delivery/attempt", json={})).status_code == 200
    candidate.note("answer", "q02", ["aaaa"])
    assert (await candidate.submit())["state"] == "submitted"


async def test_another_browser_may_log_in_to_hand_over_what_it_holds_but_not_go_on(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient, board: AsyncClient
) -> None:
    settings = await required(board, sitting)
    first, second = candidate_at(0), candidate_at(0)
    sends(first, settings["config_key"])
    await started(first, proctor, sitting)
    assert (await log_in(second)).status_code == 200
    await proctor.post(room_url(sitting, "/unlock"), json=selected(sitting, 0))
    refused = await second.client.post("/api/delivery/attempt", json={})
    assert refused.json()["code"] == "browser_not_used"
    # The first browser has not lost the seat to it.
    first.note("answer", "q01", ["aaaa"])
    await first.save()


async def test_a_proctor_lets_one_candidate_go_on_without_it(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient, board: AsyncClient
) -> None:
    await required(board, sitting)
    candidate = candidate_at(0)
    assert (await log_in(candidate)).status_code == 403
    body = selected(sitting, 0) | {"reason": "other", "note": "Trình đọc màn hình"}
    assert (await proctor.post(room_url(sitting, "/browser/exemption"), json=body | {"note": ""})).status_code == 422
    assert (await proctor.post(room_url(sitting, "/browser/exemption"), json=body)).json() == {"seats": 1}
    assert (await proctor.post(room_url(sitting, "/browser/exemption"), json=body)).json() == {"seats": 0}
    await started(candidate, proctor, sitting)
    told = await browser_at(proctor, sitting, 0)
    assert told is not None
    assert (told["is_exempted"], told["reason"], told["note"]) == (True, "other", "Trình đọc màn hình")
    assert (await log_in(candidate_at(1))).status_code == 403
    withdrawn = await proctor.post(room_url(sitting, "/browser/exemption-withdrawal"), json=selected(sitting, 0))
    assert withdrawn.json() == {"seats": 1}
    # Whoever works goes on; a fresh browser does not.
    candidate.note("answer", "q01", ["aaaa"])
    await candidate.save()
    timeline = (
        await proctor.get(room_url(sitting, f"/seats/{sitting.registered[0].registration_id}/timeline"))
    ).json()["items"]
    assert {"browser.misfits", "browser.exempted", "browser.exemption_withdrawn"} <= {one["kind"] for one in timeline}
    async with app.state.database.read() as session:
        entries = (await session.exec(select(AuditEntry).where(AuditEntry.action == "browser.exempted"))).all()
    assert [(one.actor_name, one.details["reason"]) for one in entries] == [("Trần Văn Hoà", "other")]
    assert "Trình đọc" not in str(entries[0].details)


@embedded
async def test_a_known_version_is_asked_for_by_its_own_key(
    sitting: PreparedSitting, candidate_at: CandidateFactory, board: AsyncClient
) -> None:
    keys = [{"key": EXAM_KEY.upper(), "note": "SEB 3.9.0, Windows"}]
    settings = await required(board, sitting, browser_exam_keys=keys, accepts_config_key=False)
    assert settings["browser_exam_keys"] == [{"key": EXAM_KEY, "note": "SEB 3.9.0, Windows"}]
    old, known = candidate_at(0), candidate_at(1)
    sends(old, settings["config_key"])
    assert (await log_in(old)).json()["code"] == "browser_other_version"
    sends(known, settings["config_key"], EXAM_KEY)
    assert (await log_in(known)).status_code == 200


@embedded
async def test_keys_given_to_scripts_count_for_the_page_of_the_exam(
    sitting: PreparedSitting, candidate_at: CandidateFactory, board: AsyncClient
) -> None:
    settings = await required(board, sitting)
    candidate = candidate_at(0)
    for page, status in (("http://exam.test/board", 403), ("http://exam.test/exam", 200)):
        candidate.client.headers["X-Exam-Seb-Config-Key-Hash"] = key_hash(page, settings["config_key"])
        assert (await log_in(candidate)).status_code == status
    assert (await candidate.client.get("/api/delivery/seat")).json()["browser"]["verdict"] == "fits"


@embedded
async def test_an_address_with_a_query_and_a_fragment_is_hashed_as_it_was_asked(
    sitting: PreparedSitting, candidate_at: CandidateFactory, board: AsyncClient
) -> None:
    settings = await required(board, sitting)
    candidate = candidate_at(0)
    sends(candidate, settings["config_key"])
    await log_in(candidate)
    seat = (await candidate.client.get("/api/delivery/seat?a=%C3%A9&b=1")).json()
    assert seat["browser"]["verdict"] == "fits"


@embedded
async def test_after_the_sitting_any_browser_may_look_for_the_result(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, board: AsyncClient
) -> None:
    await required(board, sitting)
    async with app.state.database.write() as session:
        await session.exec(
            sa.text("UPDATE sitting SET opens_at = '2026-01-01 01:00:00', closes_at = '2026-01-01 03:00:00'")
        )
    assert (await log_in(candidate_at(0))).status_code == 200


@embedded
async def test_proctors_act_on_browsers_in_their_own_room_only(
    sitting: PreparedSitting, client_for: ClientFactory, proctor: AsyncClient
) -> None:
    stranger = await client_for("proctor")
    body = selected(sitting, 0) | {"reason": "keys"}
    assert (await stranger.post(room_url(sitting, "/browser/exemption"), json=body)).status_code == 404
    for role in ("board_member", "inspector", "candidate"):
        client = await client_for(role)
        assert (await client.post(room_url(sitting, "/browser/exemption"), json=body)).status_code == 403
    assert (await proctor.post(room_url(sitting, "/browser/exemption"), json=body)).json() == {"seats": 1}
