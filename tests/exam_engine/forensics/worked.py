"""A finished sitting whose journals tell answers, times, changes and departures."""

import json
import random
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from sqlmodel import select

from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.delivery.models import Attempt, JournalEntry, SealedPaper
from exam_engine.forms import service as forms
from exam_engine.forms.keys.store import keys_of_form
from exam_engine.interactions.shuffling import shuffled_paper
from exam_engine.marking import service as marking
from exam_engine.sittings import service as sittings
from load_tests.prepared_sitting import PreparedSitting, make_form, prepare_sitting
from tests.exam_engine.psychometrics.forensics.sittings import honest_sitting

ITEMS = 20
COPIER, SOURCE = 4, 5
"""Places in the list of the candidate who copied everything from the neighbour, and of the neighbour."""


async def worked_sitting(
    database: Database, settings: Settings, *, candidates: int, opens_at: datetime, seed: int = 7
) -> PreparedSitting:
    """Store a sitting with one form in which all have worked, one by copying all from the next seat."""
    prepared = await prepare_sitting(
        database,
        settings,
        candidates=candidates,
        now=opens_at - timedelta(hours=1),
        rng=random.Random(seed),
        specs=[make_form("301", ITEMS, 45)],
        opens_at=opens_at,
    )
    chosen = honest_sitting(31, candidates, ITEMS).chosen
    right = honest_sitting(31, candidates, ITEMS).right
    weak = int(np.argmin((chosen == right).sum(axis=1)))
    chosen[[SOURCE, weak]] = chosen[[weak, SOURCE]]
    chosen[COPIER] = chosen[SOURCE]
    rng = np.random.default_rng(1)
    async with database.write() as session:
        facts = await sittings.find_registration(session, prepared.registered[0].registration_id)
        assert facts.form_id is not None
        form = await marking.keyed_form(session, facts.form_id)
        items = {item.ref: item for item in await forms.items_of_form(session, facts.form_id)}
        keys = await keys_of_form(session, facts.form_id)
        own_papers = select(SealedPaper).where(SealedPaper.sitting_id == prepared.sitting_id)
        papers = {paper.variant: paper for paper in (await session.exec(own_papers)).all()}
        for number, registered in enumerate(prepared.registered):
            own = await sittings.find_registration(session, registered.registration_id)
            paper = papers[own.variant or 0]
            attempt = _attempt(prepared.sitting_id, registered.registration_id, facts.form_id, paper.id, opens_at)
            session.add(attempt)
            await session.flush()
            order = [view["ref"] for view in shuffled_paper([item.view for item in items.values()], paper.seed)]
            answers = {}
            at_ms = 0
            operations: list[dict[str, object]] = []
            for place, ref in enumerate(order):
                column = list(items).index(ref)
                # Place 0 of a response is the right option of the simulated sitting, wherever the key lies here.
                distance = int(chosen[number, column] - right[column]) % 4
                option = _option(items[ref].view, keys[ref].key.correct[0], distance)  # type: ignore[union-attr]
                answers[ref] = [option]
                operations.append({"kind": "navigate", "item": ref, "at_ms": at_ms})
                at_ms += int(1000 * np.exp(rng.normal(3.3, 0.4)))
                if place % 7 == number % 7:
                    other = next(one["id"] for one in items[ref].view["options"] if one["id"] != option)
                    operations.append({"kind": "answer", "item": ref, "value": [other], "at_ms": at_ms - 500})
                operations.append({"kind": "answer", "item": ref, "value": [option], "at_ms": at_ms})
            if number % 3 == 0:
                operations += [{"kind": "focus_lost", "at_ms": at_ms}, {"kind": "focus_gained", "at_ms": at_ms + 3000}]
            session.add_all(_entries(attempt.id, operations, opens_at))
            await marking.mark(session, attempt_id=attempt.id, form=form, answers=answers, now=opens_at)
    return prepared


def _option(view: dict[str, object], right: str, distance: int) -> str:
    ids = [option["id"] for option in view["options"]]  # type: ignore[attr-defined]
    return str(ids[(ids.index(right) + distance) % len(ids)])


def _attempt(sitting_id: UUID, registration_id: UUID, form_id: UUID, paper_id: UUID, at: datetime) -> Attempt:
    return Attempt(
        registration_id=registration_id,
        sitting_id=sitting_id,
        form_id=form_id,
        paper_id=paper_id,
        holder_session_id=new_id(),
        opens_at=at,
        closes_at=at + timedelta(hours=2),
        started_at=at,
        duration_ms=2_700_000,
        grace_ms=120_000,
        chain_head="",
        last_seen_at=at,
        finish_kind="submitted",
        finished_at=at,
        closed_at=at,
        marked_at=at,
    )


def _entries(attempt_id: UUID, operations: list[dict[str, object]], at: datetime) -> list[JournalEntry]:
    return [
        JournalEntry(
            attempt_id=attempt_id,
            seq=seq,
            kind=str(operation["kind"]),
            item_ref=str(operation["item"]) if "item" in operation else None,
            body=json.dumps({"seq": seq, **operation}),
            hash="",
            at_ms=int(str(operation["at_ms"])),
            epoch=1,
            received_at=at,
        )
        for seq, operation in enumerate(operations, start=1)
    ]
