"""Adaptive forms over HTTP: what reaches the browser when, what counts, what it earns."""

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery.closing import close_and_mark
from exam_engine.delivery.models import Attempt, Seat
from exam_engine.forms.schemas import FormSpec
from exam_engine.marking import service as marking
from exam_engine.marking.service import AttemptMark
from exam_engine.psychometrics import ItemParameters, normal_quadrature, response_log_likelihood
from load_tests.candidates import SimulatedCandidate
from load_tests.prepared_sitting import PreparedSitting, prepare_sitting
from tests.exam_engine.delivery.conftest import CandidateFactory
from tests.exam_engine.delivery.staged_forms import SCALE, adaptive_form
from tests.exam_engine.delivery.test_api import first_option, seated, unlock_all

FORM = adaptive_form()


@pytest.fixture
async def sitting(app: FastAPI) -> PreparedSitting:
    """Return an open sitting with two candidates and an adaptive form of five items out of thirty."""
    return await prepare_sitting(
        app.state.database, app.state.settings, candidates=2, now=utc_now(), rng=random.Random(7), specs=[FORM]
    )


@pytest.fixture
async def candidate(
    candidate_at: CandidateFactory, proctor: AsyncClient, sitting: PreparedSitting
) -> SimulatedCandidate:
    """Return a candidate who has started."""
    started = await seated(candidate_at(0))
    await unlock_all(proctor, sitting)
    await started.start()
    return started


def answer(candidate: SimulatedCandidate, item: dict[str, Any], *, is_right: bool) -> None:
    right = first_option(item)
    wrong = next(option["id"] for option in item["options"] if option["id"] != right)
    candidate.note("answer", item["ref"], [right if is_right else wrong])


async def take(candidate: SimulatedCandidate, pattern: list[bool]) -> list[dict[str, Any]]:
    """Answer stage after stage; returns the items in the order given."""
    given = []
    items = candidate.stages[-1]["items"]
    for is_right in pattern:
        (item,) = items
        given.append(item)
        answer(candidate, item, is_right=is_right)
        items = await candidate.next_stage()
    assert items == []
    return given


async def mark_of(app: FastAPI, candidate: SimulatedCandidate) -> AttemptMark:
    database: Database = app.state.database
    await close_and_mark(database)
    async with database.read() as session:
        return (await marking.marks(session, [candidate.attempt_id]))[candidate.attempt_id]


def points_of(form: FormSpec, given: list[dict[str, Any]], scores: list[int]) -> Decimal:
    """The mean of the posterior under N(0, 1), by the definition, through the scale of the form."""
    assert form.routing is not None
    items = ItemParameters.from_dict(form.routing.rules["items"])
    code_of = {item.content.stem: item.item_code for item in form.items}
    prior = normal_quadrature(241)
    likelihood = np.exp(
        response_log_likelihood(
            np.array([scores], dtype=np.int8), prior.nodes, items.select([code_of[item["stem"]] for item in given])
        )
    )[0]
    theta = float((prior.nodes * likelihood) @ prior.weights / (likelihood @ prior.weights))
    abilities, points = zip(*SCALE, strict=True)
    return Decimal(str(round(float(np.interp(theta, abilities, points)), 2)))


async def test_the_sealed_paper_holds_no_item_and_the_start_gives_one(candidate: SimulatedCandidate) -> None:
    assert candidate.paper["items"] == []
    assert (candidate.paper["design"], candidate.paper["item_count"]) == ("adaptive", 5)
    (stage,) = candidate.stages
    assert (stage["number"], len(stage["items"])) == (1, 1)
    assert set(stage["items"][0]) == {
        "ref",
        "interaction",
        "module",
        "points",
        "stimulus",
        "language",
        "stem",
        "options",
        "is_shuffled",
    }


@pytest.mark.parametrize("pattern", [[True] * 5, [False] * 5, [True, False, True, True, False]])
async def test_points_are_the_scale_at_the_ability_that_the_answers_speak_of(
    app: FastAPI, candidate: SimulatedCandidate, pattern: list[bool]
) -> None:
    given = await take(candidate, pattern)
    await candidate.submit()
    marked = await mark_of(app, candidate)
    assert abs(marked.raw - points_of(FORM, given, [int(right) for right in pattern])) <= Decimal("0.01")
    assert marked.max_points == 10
    assert {mark.ref: mark.is_correct for mark in marked.items} == {
        item["ref"]: right for item, right in zip(given, pattern, strict=True)
    }


async def test_harder_items_follow_right_answers_and_easier_ones_wrong_answers(
    candidate: SimulatedCandidate,
) -> None:
    difficulty = {item.content.stem: number for number, item in enumerate(FORM.items)}
    right = [difficulty[item["stem"]] for item in await take(candidate, [True] * 5)]
    assert right == sorted(right)
    assert len(set(right)) == 5


async def test_a_stage_asked_for_twice_is_the_same_stage_and_a_reload_shows_all(
    candidate: SimulatedCandidate, candidate_at: CandidateFactory, proctor: AsyncClient, sitting: PreparedSitting
) -> None:
    answer(candidate, candidate.stages[0]["items"][0], is_right=True)
    second = await candidate.next_stage()
    candidate.stages.pop()
    assert await candidate.next_stage() == second
    first, stages = candidate.stages[0], candidate.stages
    candidate.stages = []
    assert await candidate.next_stage() == first["items"]

    elsewhere = await seated(candidate_at(0))
    await unlock_all(proctor, sitting)
    await elsewhere.start()
    assert elsewhere.stages == stages


async def test_an_answer_changed_after_its_stage_is_kept_but_counts_no_more(
    app: FastAPI, candidate: SimulatedCandidate
) -> None:
    first = candidate.stages[0]["items"][0]
    given = [first]
    answer(candidate, first, is_right=False)
    for _ in range(4):
        (item,) = await candidate.next_stage()
        answer(candidate, first, is_right=True)
        answer(candidate, item, is_right=False)
        given.append(item)
    await candidate.submit()
    marked = await mark_of(app, candidate)
    assert not any(mark.is_correct for mark in marked.items)
    assert abs(marked.raw - points_of(FORM, given, [0] * 5)) <= Decimal("0.01")


async def test_items_not_reached_count_as_wrong_so_that_nobody_gains_by_stopping_early(
    app: FastAPI,
    candidate: SimulatedCandidate,
    candidate_at: CandidateFactory,
    proctor: AsyncClient,
    sitting: PreparedSitting,
) -> None:
    answer(candidate, candidate.stages[0]["items"][0], is_right=True)
    await candidate.submit()
    early = await mark_of(app, candidate)

    other = await seated(candidate_at(1))
    await unlock_all(proctor, sitting)
    await other.start()
    await take(other, [True, False, False, False, False])
    await other.submit()
    assert early.raw == (await mark_of(app, other)).raw
    assert len(early.items) == 1


@pytest.mark.parametrize(("number", "status"), [(1, 200), (3, 409), (0, 422)])
async def test_only_stages_that_are_open_or_next_can_be_asked_for(
    candidate: SimulatedCandidate, number: int, status: int
) -> None:
    candidate.note("navigate", candidate.stages[0]["items"][0]["ref"])
    receipt = await candidate.save()
    body = {
        "epoch": candidate.epoch,
        "number": number,
        "last_seq": receipt["last_seq"],
        "chain_head": receipt["chain_head"],
    }
    response = await candidate.client.post(f"/api/delivery/attempts/{candidate.attempt_id}/stages", json=body)
    assert response.status_code == status


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"last_seq": 99}, "journal_incomplete"),
        ({"chain_head": "0" * 64}, "journal_incomplete"),
        ({"epoch": 2}, "seat_fenced"),
    ],
)
async def test_a_stage_waits_for_everything_that_the_browser_speaks_of(
    candidate: SimulatedCandidate, change: dict[str, Any], code: str
) -> None:
    candidate.note("navigate", candidate.stages[0]["items"][0]["ref"])
    receipt = await candidate.save()
    body = {"epoch": 1, "number": 2, "last_seq": receipt["last_seq"], "chain_head": receipt["chain_head"]} | change
    response = await candidate.client.post(f"/api/delivery/attempts/{candidate.attempt_id}/stages", json=body)
    assert (response.status_code, response.json()["code"]) == (409, code)


async def test_nobody_opens_a_stage_of_another_candidate_or_after_the_end(
    app: FastAPI, candidate: SimulatedCandidate, candidate_at: CandidateFactory
) -> None:
    candidate.note("navigate", candidate.stages[0]["items"][0]["ref"])
    receipt = await candidate.save()
    body = {"epoch": 1, "number": 2, "last_seq": receipt["last_seq"], "chain_head": receipt["chain_head"]}
    url = f"/api/delivery/attempts/{candidate.attempt_id}/stages"
    other = await seated(candidate_at(1))
    assert (await other.client.post(url, json=body)).status_code == 404

    database: Database = app.state.database
    async with database.write() as session:
        attempt = await session.get(Attempt, candidate.attempt_id)
        assert attempt is not None
        attempt.started_at -= timedelta(minutes=45, seconds=1)
        session.add(attempt)
    response = await candidate.client.post(url, json=body)
    assert (response.status_code, response.json()["code"]) == (409, "attempt_closed")


async def test_a_linear_form_has_no_stages(
    app: FastAPI, candidate_at: CandidateFactory, proctor: AsyncClient, clients: Any
) -> None:
    linear = await prepare_sitting(
        app.state.database, app.state.settings, candidates=1, now=utc_now(), rng=random.Random(8), item_count=4
    )
    registered = linear.registered[0]
    client = SimulatedCandidate(
        clients(),
        access_code=linear.access_code,
        candidate_number=registered.candidate_number,
        identity_suffix=registered.person.identity_suffix,
        timings=candidate_at(0).timings,
    )
    await seated(client)
    async with app.state.database.write() as session:
        seat = await session.get(Seat, registered.registration_id)
        assert seat is not None
        seat.unlocked_session_id = seat.login_session_id
        session.add(seat)
    await client.start()
    assert client.stages == []
    client.note("navigate", client.paper["items"][0]["ref"])
    receipt = await client.save()
    body = {"epoch": 1, "number": 2, "last_seq": receipt["last_seq"], "chain_head": receipt["chain_head"]}
    response = await client.client.post(f"/api/delivery/attempts/{client.attempt_id}/stages", json=body)
    assert (response.status_code, response.json()["code"]) == (409, "form_not_staged")
