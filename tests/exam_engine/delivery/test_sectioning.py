"""Papers in sections over HTTP: what the paper says, what time each section has, what counts."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import col

from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery.answered import answered_papers
from exam_engine.delivery.closing import close_and_mark
from exam_engine.delivery.models import Attempt
from exam_engine.marking import service as marking
from exam_engine.sittings.errors import SittingNotReadyError
from exam_engine.sittings.models import Registration
from exam_engine.sittings.section_plan import PlannedSection
from load_tests.candidates import SimulatedCandidate
from load_tests.prepared_sitting import PreparedSitting, prepare_sitting
from tests.conftest import ClientFactory
from tests.exam_engine.delivery.conftest import CandidateFactory
from tests.exam_engine.delivery.practical_forms import SECTIONS, practical_form
from tests.exam_engine.delivery.test_api import first_option, room_url, seated, started

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def sitting(app: FastAPI) -> PreparedSitting:
    """Return an open sitting of two candidates: fifteen minutes of questions, thirty for a practical task."""
    return await prepare_sitting(
        app.state.database,
        app.state.settings,
        candidates=2,
        now=utc_now(),
        rng=random.Random(7),
        specs=[practical_form()],
        sections=SECTIONS,
    )


@pytest.fixture
async def candidate(
    candidate_at: CandidateFactory, proctor: AsyncClient, sitting: PreparedSitting
) -> SimulatedCandidate:
    """Return a candidate who has started."""
    return await started(candidate_at(0), proctor, sitting)


async def times(candidate: SimulatedCandidate) -> list[tuple[datetime, datetime]]:
    view = (await candidate.client.get(f"/api/delivery/attempts/{candidate.attempt_id}/sections")).json()
    return _bounds(view["sections"])


def _bounds(sections: list[dict[str, Any]]) -> list[tuple[datetime, datetime]]:
    return [(datetime.fromisoformat(one["starts_at"]), datetime.fromisoformat(one["ends_at"])) for one in sections]


async def since_start(candidate: SimulatedCandidate, database: Database) -> list[tuple[float, float]]:
    """Minutes after the start at which each section begins and ends, rounded to seconds."""
    async with database.read() as session:
        started_at = (await session.get_one(Attempt, candidate.attempt_id)).started_at
    seconds = timedelta(seconds=1)
    return [
        (round((begin - started_at) / seconds) / 60, round((end - started_at) / seconds) / 60)
        for begin, end in await times(candidate)
    ]


async def change_attempt(app: FastAPI, candidate: SimulatedCandidate, **values: Any) -> None:
    async with app.state.database.write() as session:
        await session.exec(sa.update(Attempt).where(col(Attempt.id) == candidate.attempt_id).values(**values))


def questions(candidate: SimulatedCandidate) -> list[dict[str, Any]]:
    return [item for item in candidate.paper["items"] if item["interaction"] == "single_choice"]


async def test_the_paper_names_its_sections_and_orders_its_items_by_them(candidate: SimulatedCandidate) -> None:
    first, second = candidate.paper["sections"]
    items = candidate.paper["items"]
    assert (first["title"], first["kind"], first["minutes"], first["navigation"]) == (
        "Trắc nghiệm",
        "questions",
        15,
        "free",
    )
    assert (second["number"], second["kind"], second["minutes"]) == (2, "practical", 30)
    assert first["refs"] + second["refs"] == [item["ref"] for item in items]
    assert [item["interaction"] for item in items] == ["single_choice"] * 4 + ["file_upload"]


async def test_the_start_tells_the_time_of_each_section(app: FastAPI, candidate: SimulatedCandidate) -> None:
    assert await since_start(candidate, app.state.database) == [(0, 15), (15, 45)]


async def test_nobody_reads_the_sections_of_another_candidate(
    candidate: SimulatedCandidate, candidate_at: CandidateFactory
) -> None:
    other = await seated(candidate_at(1))
    answer = await other.client.get(f"/api/delivery/attempts/{candidate.attempt_id}/sections")
    assert answer.status_code == 404


async def test_leaving_a_section_begins_the_next_one_once_it_is_saved(
    app: FastAPI, candidate: SimulatedCandidate
) -> None:
    candidate.note("leave_section", None, ["1"])
    await candidate.save()
    (_, first_end), (second_start, second_end) = await since_start(candidate, app.state.database)
    assert first_end == second_start < 1
    assert second_end == pytest.approx(second_start + 30)


async def test_extra_time_and_pauses_move_the_sections(
    app: FastAPI, sitting: PreparedSitting, candidate: SimulatedCandidate, proctor: AsyncClient
) -> None:
    async with app.state.database.write() as session:
        registration = sitting.registered[0].registration_id
        await session.exec(
            sa.update(Registration).where(col(Registration.id) == registration).values(extra_percent=100)
        )
    assert await since_start(candidate, app.state.database) == [(0, 30), (30, 90)]
    paused = await proctor.post(room_url(sitting, "/pause"), json={"all": True, "reason": "power"})
    assert paused.status_code == 200
    resumed = await proctor.post(room_url(sitting, "/resume"), json={"all": True})
    assert resumed.status_code == 200
    (_, end), (begin, last) = await times(candidate)
    assert end == begin
    async with app.state.database.read() as session:
        attempt = await session.get_one(Attempt, candidate.attempt_id)
    stood = timedelta(milliseconds=attempt.paused_ms)
    assert stood > timedelta(0)
    assert abs((end - attempt.started_at) - (30 * MINUTE + stood)) < timedelta(milliseconds=5)
    assert abs((last - attempt.started_at) - (90 * MINUTE + stood)) < timedelta(milliseconds=5)


async def test_answers_count_as_they_stood_when_their_section_ended(
    app: FastAPI, sitting: PreparedSitting, candidate: SimulatedCandidate
) -> None:
    first, second, *_ = questions(candidate)
    wrong = next(option["id"] for option in first["options"] if option["id"] != first_option(first))
    candidate.note("answer", first["ref"], [first_option(first)])
    candidate.note("leave_section", None, ["1"])
    candidate.note("answer", first["ref"], [wrong])
    candidate.note("answer", second["ref"], [first_option(second)])
    task = candidate.paper["items"][-1]
    candidate.note("answer", task["ref"], [f"{'ab' * 32} bai.docx"])
    await candidate.submit()
    await close_and_mark(app.state.database)
    async with app.state.database.read() as session:
        mark = (await marking.marks(session, [candidate.attempt_id]))[candidate.attempt_id]
        (paper,) = await answered_papers(session, sitting.sitting_id)
    assert {item.ref for item in mark.items if item.is_correct} == {first["ref"]}
    assert {item.ref: item.flag for item in mark.items}[task["ref"]] == "awaiting_marker"
    assert paper.refs == tuple(item["ref"] for item in candidate.paper["items"])
    assert paper.answers == {first["ref"]: [first_option(first)], task["ref"]: [f"{'ab' * 32} bai.docx"]}


async def test_after_its_time_an_answer_to_a_section_is_stored_and_counts_no_more(
    app: FastAPI, sitting: PreparedSitting, candidate: SimulatedCandidate
) -> None:
    first, second, *_ = questions(candidate)
    candidate.note("answer", first["ref"], [first_option(first)])
    await candidate.save()
    # Twenty minutes on: the section of the questions ended five minutes ago.
    await change_attempt(app, candidate, started_at=utc_now() - 20 * MINUTE)
    candidate._zero -= 20 * 60
    candidate.note("answer", second["ref"], [first_option(second)])
    receipt = await candidate.save()
    assert (receipt["last_seq"], receipt["refused"]) == (2, [])
    await candidate.submit()
    await close_and_mark(app.state.database)
    async with app.state.database.read() as session:
        (paper,) = await answered_papers(session, sitting.sitting_id)
    assert set(paper.answers) == {first["ref"]}


async def test_a_reload_tells_where_the_sections_stand(candidate: SimulatedCandidate, app: FastAPI) -> None:
    candidate.note("leave_section", None, ["1"])
    await candidate.save()
    again = await candidate.client.post("/api/delivery/attempt", json={})
    assert _bounds(again.json()["sections"]) == await times(candidate)


async def test_a_plan_is_held_to_the_duration_and_to_the_forms(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    exam = await board.post(
        "/api/exams",
        json={"code": "TH-01", "name": "Thi thực hành", "standard_level": "basic", "duration_minutes": 45},
    )
    round_ = await board.post(
        "/api/administrations",
        json={"exam_id": exam.json()["id"], "name": "Đợt 1", "council_name": "Hội đồng", "place": "Lâm Đồng"},
    )
    sitting = {
        "administration_id": round_.json()["id"],
        "name": "Ca 1",
        "opens_at": "2030-01-01T01:00:00Z",
        "closes_at": "2030-01-01T03:00:00Z",
        "sections": [section.model_dump(mode="json") for section in SECTIONS],
    }
    too_short = await board.post("/api/sittings", json=sitting | {"duration_minutes": 44})
    assert too_short.status_code == 422
    assert too_short.json()["errors"][0]["code"] == "sections_last_otherwise"
    created = await board.post("/api/sittings", json=sitting)
    assert created.status_code == 201
    assert [one["title"] for one in created.json()["sections"]] == ["Trắc nghiệm", "Thực hành"]
    url = f"/api/sittings/{created.json()['id']}"
    changed = await board.patch(url, json={"duration_minutes": 60})
    assert changed.json()["errors"][0]["code"] == "sections_last_otherwise"
    assert (await board.patch(url, json={"sections": []})).json()["sections"] == []


async def test_a_sitting_is_not_made_ready_with_items_outside_every_section(app: FastAPI) -> None:
    with pytest.raises(SittingNotReadyError) as refused:
        await prepare_sitting(
            app.state.database,
            app.state.settings,
            candidates=1,
            now=utc_now(),
            rng=random.Random(9),
            specs=[practical_form("402")],
            sections=[PlannedSection(title="Trắc nghiệm", minutes=45)],
        )
    assert {fault.code for fault in refused.value.faults} == {"item_in_no_section"}
