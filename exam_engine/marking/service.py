"""Marking attempts and reading their marks. The only slice that sees answer keys."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit.service import digest
from exam_engine.forms import service as forms
from exam_engine.forms.keys.store import FormItemKey, keys_of_form
from exam_engine.forms.schemas import ITEM_VIEW, ItemView
from exam_engine.marking.errors import MarkedOtherwiseError, NoKeysError
from exam_engine.marking.item_scoring import ItemScore, score_item
from exam_engine.marking.models import MarkedAttempt


@dataclass(frozen=True, slots=True)
class ItemMark:
    """What one item of an attempt earned."""

    ref: str
    points: Decimal
    max_points: Decimal
    is_correct: bool
    flag: str | None


@dataclass(frozen=True, slots=True)
class AttemptMark:
    """What an attempt earned, with its items in the order of the form."""

    attempt_id: UUID
    form_id: UUID
    raw: Decimal
    max_points: Decimal
    items: tuple[ItemMark, ...]
    marked_at: datetime

    @property
    def awaits_marker(self) -> bool:
        """Whether a response is there that only people can mark, and nobody has."""
        return any(item.flag == "awaiting_marker" for item in self.items)


@dataclass(frozen=True, slots=True)
class KeyedForm:
    """A published form as it is marked: its items in their order, and their keys by ref. Neither ever changes."""

    form_id: UUID
    items: Mapping[str, ItemView]
    keys: Mapping[str, FormItemKey]


async def keyed_form(session: AsyncSession, form_id: UUID, refs: Collection[str] | None = None) -> KeyedForm:
    """Return a form as it is marked, for many attempts; with ``refs`` only these of its items."""
    items = {
        item.ref: ITEM_VIEW.validate_python(item.view)
        for item in await forms.items_of_form(session, form_id)
        if refs is None or item.ref in refs
    }
    return KeyedForm(form_id, items, await keys_of_form(session, form_id))


def item_scores(form: KeyedForm, answers: Mapping[str, Sequence[str]], refs: Collection[str]) -> dict[str, ItemScore]:
    """Return what the items of the given refs earn, in the order of the form.

    Raises
    ------
    NoKeysError
        The form, or one of its items, has no key.
    """
    wanted = [ref for ref in form.items if ref in refs]
    if not wanted or any(ref not in form.keys for ref in wanted):
        raise NoKeysError(form_id=str(form.form_id))
    return {ref: score_item(form.items[ref], form.keys[ref], answers.get(ref, ())) for ref in wanted}


@dataclass(frozen=True, slots=True)
class ScaledMark:
    """Points on a scale of their own, of an attempt whose items are not those of the others."""

    points: Decimal
    max_points: Decimal


async def mark(
    session: AsyncSession,
    attempt_id: UUID,
    form: KeyedForm,
    answers: Mapping[str, Sequence[str]],
    now: datetime,
    *,
    presented: Collection[str] | None = None,
    scaled: ScaledMark | None = None,
    replaces: bool = False,
) -> AttemptMark:
    """Mark a closed attempt and store what it earned; the same answers again give the stored mark.

    Parameters
    ----------
    answers : option ids by item ref, as they stood when the attempt was closed; a missing ref was omitted. Refs that
        the form does not have earn nothing and are left out.
    presented : refs of the items that the candidate was given; all of the form when None.
    scaled : what the attempt earned where the number of points of its items does not compare; their sum when None.
    replaces : people have decided that other answers count than those it was marked by; the stored mark gives way.

    Raises
    ------
    NoKeysError
        The form has no keys.
    MarkedOtherwiseError
        The attempt was marked before from other answers; nothing is changed.
    """
    form_id = form.form_id
    fingerprint = digest({"form": str(form_id), "answers": {ref: list(chosen) for ref, chosen in answers.items()}})
    stored = await session.get(MarkedAttempt, attempt_id)
    if stored is not None:
        if stored.answers_hash == fingerprint:
            return _mark(stored)
        if not replaces:
            raise MarkedOtherwiseError(attempt_id=str(attempt_id))
        await session.delete(stored)
        await session.flush()
    scores = item_scores(form, answers, form.items.keys() if presented is None else set(presented))
    if scaled is None:
        scaled = ScaledMark(
            sum((score.points for score in scores.values()), Decimal(0)),
            sum((score.max_points for score in scores.values()), Decimal(0)),
        )
    marked = MarkedAttempt(
        attempt_id=attempt_id,
        form_id=form_id,
        raw=_text(scaled.points),
        max_points=_text(scaled.max_points),
        items=[_stored_item(ref, score) for ref, score in scores.items()],
        answers_hash=fingerprint,
        marked_at=now,
    )
    session.add(marked)
    await session.flush()
    return _mark(marked)


async def marks(session: AsyncSession, attempt_ids: Sequence[UUID]) -> dict[UUID, AttemptMark]:
    """Return the marks of those attempts that are marked, by attempt."""
    found: dict[UUID, AttemptMark] = {}
    # Databases bound the number of parameters of one statement.
    for start in range(0, len(attempt_ids), 500):
        statement = select(MarkedAttempt).where(col(MarkedAttempt.attempt_id).in_(attempt_ids[start : start + 500]))
        found |= {row.attempt_id: _mark(row) for row in (await session.exec(statement)).all()}
    return found


def _text(points: Decimal) -> str:
    """Return points without zeros at their end: ``29``, not ``29.0000``."""
    return format(points.normalize(), "f")


def _stored_item(ref: str, score: ItemScore) -> dict[str, Any]:
    return {
        "ref": ref,
        "points": _text(score.points),
        "max_points": _text(score.max_points),
        "is_correct": score.is_correct,
        "flag": score.flag,
    }


def _mark(row: MarkedAttempt) -> AttemptMark:
    items = tuple(
        ItemMark(
            ref=item["ref"],
            points=Decimal(item["points"]),
            max_points=Decimal(item["max_points"]),
            is_correct=item["is_correct"],
            flag=item["flag"],
        )
        for item in row.items
    )
    return AttemptMark(row.attempt_id, row.form_id, Decimal(row.raw), Decimal(row.max_points), items, row.marked_at)
