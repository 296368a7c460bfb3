"""Responses of a finished sitting: what was reached, omitted, chosen and earned, and nobody's name."""

import json
from dataclasses import fields
from fractions import Fraction
from uuid import UUID

import pytest

from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.delivery.models import Attempt, JournalEntry, SealedPaper
from exam_engine.forms import service as forms
from exam_engine.forms.keys.store import keys_of_form
from exam_engine.interactions.shuffling import shuffled_paper
from exam_engine.marking import service as marking
from exam_engine.results.errors import ResultsNotReadyError
from exam_engine.results.item_responses import PersonResponses, responses_of_sitting
from tests.conftest import NINE
from tests.exam_engine.results.finished import AFTER, ENDS, FinishedSitting, finished_sitting

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def answer(sitting: FinishedSitting, attempt_id: UUID, plan: dict[int, str]) -> list[str]:
    """Answer the items at some places of the candidate's own order, right or wrong; returns the order."""
    async with sitting.database.write() as session:
        attempt = await session.get_one(Attempt, attempt_id)
        paper = await session.get_one(SealedPaper, attempt.paper_id)
        items = {item.ref: item for item in await forms.items_of_form(session, attempt.form_id)}
        keys = await keys_of_form(session, attempt.form_id)
        order = [view["ref"] for view in shuffled_paper([item.view for item in items.values()], paper.seed)]
        answers = {}
        for seq, (place, kind) in enumerate(plan.items(), start=1):
            ref = order[place]
            right = keys[ref].key.correct[0]  # type: ignore[union-attr]
            wrong = next(option["id"] for option in items[ref].view["options"] if option["id"] != right)
            answers[ref] = [right if kind == "right" else wrong]
            body = json.dumps({"seq": seq, "kind": "answer", "item": ref, "value": answers[ref], "at_ms": seq})
            session.add(
                JournalEntry(
                    attempt_id=attempt_id,
                    seq=seq,
                    kind="answer",
                    item_ref=ref,
                    body=body,
                    hash="",
                    at_ms=seq,
                    epoch=1,
                    received_at=NINE,
                )
            )
        attempt.marked_at = NINE
        session.add(attempt)
        form = await marking.keyed_form(session, attempt.form_id)
        await marking.mark(session, attempt_id=attempt_id, form=form, answers=answers, now=NINE)
        return order


@pytest.fixture
async def sitting(database: Database, settings: Settings) -> FinishedSitting:
    return await finished_sitting(database, settings, candidates=2)


async def read(sitting: FinishedSitting, now: object = AFTER) -> list[PersonResponses]:
    async with sitting.database.read() as session:
        return await responses_of_sitting(session, sitting.sitting_id, now=now)  # type: ignore[arg-type]


async def test_items_before_the_last_answer_were_omitted_and_those_after_it_not_reached(
    sitting: FinishedSitting,
) -> None:
    attempt_id = await sitting.attempt(1, right=0, is_marked=False)
    order = await answer(sitting, attempt_id, {0: "right", 1: "wrong", 4: "right"})
    [person] = await read(sitting)
    assert len(person.items) == len(order) == 40
    told = [item.answering for item in person.items]
    assert told == ["answered", "answered", "omitted", "omitted", "answered", *["not_reached"] * 35]
    assert [item.share for item in person.items[:5]] == [
        Fraction(1),
        Fraction(0),
        Fraction(0),
        Fraction(0),
        Fraction(1),
    ]
    # The first option is always the right one in the version's own order, whatever the candidate's order was.
    assert [item.chosen == 0 for item in person.items[:2]] == [True, False]
    assert [item.chosen for item in person.items[2:4]] == [None, None]
    async with sitting.database.read() as session:
        attempt = await session.get_one(Attempt, attempt_id)
        versions = {item.ref: item.item_version_id for item in await forms.items_of_form(session, attempt.form_id)}
    assert [item.item_version_id for item in person.items] == [versions[ref] for ref in order]
    assert {field.name for field in fields(person)} == {"sex", "organisation", "items"}
    assert person.sex in {"male", "female"}


async def test_a_sitting_that_is_not_over_or_not_marked_gives_nothing(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=3, is_marked=False)
    await sitting.attempt(2, right=3, is_closed=False)
    with pytest.raises(ResultsNotReadyError) as refused:
        await read(sitting, ENDS)
    assert [fault.code for fault in refused.value.faults] == [
        "sitting_still_open",
        "attempts_open",
        "attempts_unmarked",
    ]
