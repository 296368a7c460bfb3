"""Violations: nothing follows from a proposal, everything from a second person's word, and it can be taken back."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import col, select

from exam_engine.delivery.models import Attempt
from exam_engine.incidents import violations
from exam_engine.incidents.models import Violation
from exam_engine.sitting_log.models import SittingLogRow
from exam_engine.sittings.models import RuleSet
from load_tests.prepared_sitting import PreparedSitting
from tests.conftest import ClientFactory
from tests.exam_engine.delivery.conftest import CandidateFactory
from tests.exam_engine.proctoring.test_api import board_of, embedded, room_url, selected, started


async def proposed(proctor: AsyncClient, sitting: PreparedSitting, seat: int, step: str) -> str:
    body = {
        "registration_id": str(sitting.registered[seat].registration_id),
        "step": step,
        "statement": "Nhìn bài bạn, đã nhắc một lần",
    }
    answer = await proctor.post(room_url(sitting, "/violations"), json=body)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["items"][-1]["id"]
    return found


async def decided(board: AsyncClient, sitting: PreparedSitting, id_: str, is_confirmed: bool = True) -> dict[str, Any]:
    url = f"/api/sittings/{sitting.sitting_id}/violations/{id_}/decision"
    answer = await board.post(url, json={"is_confirmed": is_confirmed})
    assert answer.status_code == 200, answer.text
    return next(one for one in answer.json()["items"] if one["id"] == id_)


async def share(app: FastAPI, sitting: PreparedSitting, seat: int) -> str | None:
    async with app.state.database.read() as session:
        found = await violations.penalties_of_sitting(session, sitting.sitting_id)
    one = found.get(sitting.registered[seat].registration_id)
    return str(one.deduction) if one is not None else None


async def test_a_second_warning_ends_the_attempt_and_withdrawing_the_first_lowers_it(
    app: FastAPI,
    sitting: PreparedSitting,
    candidate_at: CandidateFactory,
    proctor: AsyncClient,
    client_for: ClientFactory,
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    board = await client_for("board_member")
    first = await proposed(proctor, sitting, 0, "warning")
    assert await share(app, sitting, 0) is None
    assert (await decided(board, sitting, first))["reached"]["code"] == "warning"
    assert await share(app, sitting, 0) == "0.50"
    second = await proposed(proctor, sitting, 0, "warning")
    # Before anybody decides, both are told what it would come to.
    told = (await proctor.get(room_url(sitting, "/violations"))).json()["items"][1]
    assert (told["step"]["code"], told["reached"]["code"], told["decision"]) == ("warning", "suspension", None)
    assert await share(app, sitting, 0) == "0.50"
    confirmed = await decided(board, sitting, second)
    assert (confirmed["reached"]["name_vi"], confirmed["reached"]["deduction_percent"]) == ("Đình chỉ thi", "100")
    assert await share(app, sitting, 0) == "1"
    async with app.state.database.read() as session:
        attempt = await session.get_one(Attempt, candidate.attempt_id)
        assert (attempt.end_reason, attempt.ended_at is not None) == ("violation", True)
    url = f"/api/sittings/{sitting.sitting_id}/violations/{first}/withdrawal"
    assert (await board.post(url, json={"reason": " "})).status_code == 422
    assert (await board.post(url, json={"reason": "Nhầm người"})).status_code == 200
    again = await board.post(url, json={"reason": "Nhầm người"})
    assert (again.status_code, again.json()["code"]) == (409, "violation_not_in_force")
    # The one that is left is a first warning again.
    assert await share(app, sitting, 0) == "0.50"
    async with app.state.database.read() as session:
        rows = (await session.exec(select(SittingLogRow.kind).order_by(col(SittingLogRow.id)))).all()
    assert [kind for kind in rows if kind.startswith(("violation.", "attempt.ended"))] == [
        "violation.proposed",
        "violation.confirmed",
        "violation.proposed",
        "violation.confirmed",
        "attempt.ended",
        "violation.withdrawn",
    ]


async def test_who_is_suspended_goes_on_only_once_the_board_has_withdrawn_it(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient, client_for: ClientFactory
) -> None:
    await started(candidate_at(1), proctor, sitting)
    for seat in (0, 2):
        waiting = candidate_at(seat)
        await waiting.log_in()
        await waiting.check_own_data()
    board = await client_for("board_member")
    suspended = {seat: await proposed(proctor, sitting, seat, "suspension") for seat in (0, 1)}
    for id_ in suspended.values():
        await decided(board, sitting, id_)
    seats = (await board_of(proctor, sitting))["seats"]
    assert [(seats[seat]["unlock_obstacle"], seats[seat]["needs_unlock"]) for seat in (0, 2)] == [
        ("suspended", True),
        (None, True),
    ]
    for whom in ({"all": True}, selected(sitting, 0)):
        refused = await proctor.post(room_url(sitting, "/unlock"), json=whom)
        assert (refused.status_code, refused.json()["code"]) == (409, "unlock_refused")
        assert [one["message"] for one in refused.json()["errors"]] == ["Máy 1: thí sinh bị đình chỉ thi"]
    others = await proctor.post(room_url(sitting, "/unlock"), json=selected(sitting, 2))
    assert others.json()["seats"] == 1
    refused = await proctor.post(room_url(sitting, "/reopen"), json=selected(sitting, 1))
    assert (refused.status_code, refused.json()["code"]) == (409, "seat_suspended")
    for id_ in suspended.values():
        url = f"/api/sittings/{sitting.sitting_id}/violations/{id_}/withdrawal"
        assert (await board.post(url, json={"reason": "Nhầm người"})).status_code == 200
    for act, seat in (("/unlock", 0), ("/reopen", 1)):
        assert (await proctor.post(room_url(sitting, act), json=selected(sitting, seat))).json()["seats"] == 1


@embedded
async def test_the_hardest_step_counts_and_a_rejected_one_does_not(
    app: FastAPI, sitting: PreparedSitting, proctor: AsyncClient, client_for: ClientFactory
) -> None:
    board = await client_for("board_member")
    await decided(board, sitting, await proposed(proctor, sitting, 1, "reprimand"))
    await decided(board, sitting, await proposed(proctor, sitting, 1, "reprimand"))
    assert await share(app, sitting, 1) == "0.25"
    await decided(board, sitting, await proposed(proctor, sitting, 1, "suspension"), is_confirmed=False)
    assert await share(app, sitting, 1) == "0.25"
    await decided(board, sitting, await proposed(proctor, sitting, 1, "warning"))
    assert await share(app, sitting, 1) == "0.50"
    assert await share(app, sitting, 0) is None


@embedded
async def test_nobody_confirms_their_own_proposal_and_nothing_is_decided_twice(
    sitting: PreparedSitting, proctor: AsyncClient, client_for: ClientFactory
) -> None:
    both = await client_for("board_member", "proctor")
    id_ = await proposed(proctor, sitting, 2, "reprimand")
    for member in ("proctor", "inspector"):
        url = f"/api/sittings/{sitting.sitting_id}/violations/{id_}/decision"
        assert (await (await client_for(member)).post(url, json={"is_confirmed": True})).status_code == 403
    await decided(both, sitting, id_)
    url = f"/api/sittings/{sitting.sitting_id}/violations/{id_}/decision"
    again = await both.post(url, json={"is_confirmed": False})
    assert (again.status_code, again.json()["code"]) == (409, "violation_decided")
    own = await proposed(proctor, sitting, 2, "warning")
    back = await proctor.post(room_url(sitting, f"/violations/{own}/retraction"))
    assert back.json()["items"][-1]["decision"] == "rejected"


@embedded
async def test_whoever_proposed_it_cannot_confirm_it_whatever_else_they_are(
    app: FastAPI, sitting: PreparedSitting, proctor: AsyncClient, client_for: ClientFactory
) -> None:
    id_ = await proposed(proctor, sitting, 3, "reprimand")
    board = await client_for("board_member")
    me = (await board.get("/api/session")).json()["actor"]["id"]
    async with app.state.database.write() as session:
        violation = await session.get_one(Violation, UUID(id_))
        violation.proposed_by = UUID(me)
        session.add(violation)
    url = f"/api/sittings/{sitting.sitting_id}/violations/{id_}/decision"
    alone = await board.post(url, json={"is_confirmed": True})
    assert (alone.status_code, alone.json()["code"]) == (409, "second_person_needed")


@embedded
async def test_a_rule_set_without_a_ladder_offers_no_step(
    app: FastAPI, sitting: PreparedSitting, proctor: AsyncClient
) -> None:
    unknown = {"registration_id": str(sitting.registered[0].registration_id), "step": "shame", "statement": "x"}
    refused = await proctor.post(room_url(sitting, "/violations"), json=unknown)
    assert (refused.status_code, refused.json()["code"]) == (422, "violation_step_unknown")
    async with app.state.database.write() as session:
        for rule_set in (await session.exec(select(RuleSet))).all():
            rule_set.rule = {name: value for name, value in rule_set.rule.items() if name != "violations"}
            session.add(rule_set)
    assert (await proctor.get(room_url(sitting, "/ladder"))).json()["steps"] == []
    refused = await proctor.post(room_url(sitting, "/violations"), json=unknown | {"step": "warning"})
    assert (refused.status_code, refused.json()["code"]) == (409, "violation_no_ladder")
