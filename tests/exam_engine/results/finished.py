"""A sitting whose attempts are stored as they end, for tests of results."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.delivery.models import Attempt, SealedPaper
from exam_engine.forms import service as forms
from exam_engine.forms.keys.store import keys_of_form
from exam_engine.marking import service as marking
from exam_engine.sittings import service as sittings
from exam_engine.sittings.models import RuleSet
from load_tests.prepared_sitting import prepare_sitting
from tests.conftest import NINE

ITEMS = 40
ENDS = NINE + timedelta(hours=2, seconds=120)
"""The last instant of the prepared sitting: two hours from nine, and two minutes of grace."""
AFTER = ENDS + timedelta(microseconds=1)


@dataclass
class FinishedSitting:
    """A sitting with its database; ``registration_ids`` in seat order."""

    database: Database
    sitting_id: UUID
    registration_ids: list[UUID] = field(default_factory=list)

    async def attempt(
        self,
        seat: int,
        *,
        right: int,
        is_closed: bool = True,
        is_marked: bool = True,
        finish_kind: str = "submitted",
        now: datetime = NINE,
    ) -> UUID:
        """Store an attempt of the candidate at a seat with so many right answers of 40."""
        async with self.database.write() as session:
            facts = await sittings.find_registration(session, self.registration_ids[seat - 1])
            assert facts.form_id is not None
            paper = (await session.exec(select(SealedPaper).where(SealedPaper.form_id == facts.form_id))).first()
            assert paper is not None
            attempt = Attempt(
                registration_id=facts.registration_id,
                sitting_id=self.sitting_id,
                form_id=facts.form_id,
                paper_id=paper.id,
                holder_session_id=new_id(),
                opens_at=facts.opens_at,
                closes_at=facts.closes_at,
                started_at=now,
                duration_ms=2_700_000,
                grace_ms=120_000,
                chain_head="",
                last_seen_at=now,
                finish_kind=finish_kind if is_closed else None,
                finished_at=now if is_closed else None,
                closed_at=now if is_closed else None,
                marked_at=now if is_closed and is_marked else None,
            )
            session.add(attempt)
            await session.flush()
            if is_closed and is_marked:
                answers = await right_answers(session, facts.form_id, right)
                form = await marking.keyed_form(session, facts.form_id)
                await marking.mark(session, attempt_id=attempt.id, form=form, answers=answers, now=now)
            return attempt.id

    async def close(self, attempt_id: UUID, *, right: int, now: datetime = NINE) -> None:
        """Close and mark an attempt that was left open."""
        async with self.database.write() as session:
            attempt = await session.get_one(Attempt, attempt_id)
            attempt.closed_at = attempt.finished_at = attempt.marked_at = now
            attempt.finish_kind = "time_over"
            session.add(attempt)
            answers = await right_answers(session, attempt.form_id, right)
            form = await marking.keyed_form(session, attempt.form_id)
            await marking.mark(session, attempt_id=attempt.id, form=form, answers=answers, now=now)

    async def set_rule(self, **rule: object) -> None:
        """Give the rule-set in force another rule."""
        async with self.database.write() as session:
            facts = await sittings.rule_set_of(session, self.sitting_id)
            assert facts is not None
            stored = (await session.exec(select(RuleSet).where(RuleSet.code == facts.code))).one()
            stored.rule = dict(rule)
            session.add(stored)


async def right_answers(session: AsyncSession, form_id: UUID, right: int) -> dict[str, list[str]]:
    """Return the right option of the first items of a form."""
    keys = await keys_of_form(session, form_id)
    refs = [item.ref for item in await forms.items_of_form(session, form_id)][:right]
    return {ref: list(keys[ref].key.correct) for ref in refs}  # type: ignore[union-attr]


async def finished_sitting(
    database: Database, settings: Settings, candidates: int = 4, opens_at: datetime = NINE
) -> FinishedSitting:
    """Store a ready sitting without attempts."""
    prepared = await prepare_sitting(
        database,
        settings,
        candidates=candidates,
        now=opens_at - timedelta(hours=1),
        rng=random.Random(5),
        item_count=ITEMS,
        opens_at=opens_at,
    )
    return FinishedSitting(
        database, prepared.sitting_id, [registered.registration_id for registered in prepared.registered]
    )
