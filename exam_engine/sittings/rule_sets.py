"""Dated rule-sets: those that come with the product and the one that applies to a sitting."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from importlib import resources
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.time import VIETNAM
from exam_engine.sittings import queries
from exam_engine.sittings.errors import LockdownUnreadableError, UnknownRuleSetError
from exam_engine.sittings.lockdown_rules import BadLockdownError, lockdown_of
from exam_engine.sittings.models import PulledRules, RuleSet
from exam_engine.sittings.queries import SittingRow

_LATER = (("violations", "lockdown"), ("lockdown",))
"""Sections that the rules of earlier versions did not have."""


def default_rule_sets() -> list[dict[str, Any]]:
    """Return the rule-sets that come with the product, as their file has them."""
    source = resources.files("exam_engine.sittings") / "default_rule_sets.json"
    entries: list[dict[str, Any]] = json.loads(source.read_text(encoding="utf-8"))
    return entries


def _without(rule: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name not in names}


async def load_default_rule_sets(session: AsyncSession) -> int:
    """Store the rule-sets that come with the product and are not there yet; returns how many were new.

    One that is there stays as it is: a board may have set its end or its rule. Only a rule that is word for word what
    an earlier version of the product had gets the sections that came later; a board that wants none of one of them
    writes ``null`` there.
    """
    added = 0
    for entry in default_rule_sets():
        stored = await queries.rule_set_by_code(session, entry["code"])
        if stored is not None:
            if any(stored.rule == _without(entry["rule"], later) for later in _LATER):
                stored.rule = entry["rule"]
                session.add(stored)
        else:
            session.add(
                RuleSet(
                    code=entry["code"],
                    standard_level=entry["standard_level"],
                    legal_basis=entry["legal_basis"],
                    valid_from=date.fromisoformat(entry["valid_from"]),
                    valid_to=date.fromisoformat(entry["valid_to"]) if entry["valid_to"] else None,
                    rule=entry["rule"],
                )
            )
            added += 1
    await session.flush()
    return added


async def change_lockdown(session: AsyncSession, code: str, section: object, *, actor: Actor, now: datetime) -> RuleSet:
    """Give a rule-set another section on the exam's window; None takes it away for good.

    Raises
    ------
    UnknownRuleSetError, LockdownUnreadableError
    """
    stored = await queries.rule_set_by_code(session, code)
    if stored is None:
        raise UnknownRuleSetError(code=code)
    before = stored.rule.get("lockdown")
    stored.rule = stored.rule | {"lockdown": section}
    try:
        lockdown_of(stored.rule)
    except BadLockdownError as error:
        raise LockdownUnreadableError(where=str(error)) from error
    session.add(stored)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="rule_set.lockdown_changed",
        object_type="rule_set",
        object_id=str(stored.id),
        before={"lockdown": before},
        after={"lockdown": section},
        details={"rule_set": code},
        now=now,
    )
    return stored


_OF_A_ROOM = ("violations", "lockdown")


async def rules_of_a_room(session: AsyncSession, sitting_id: UUID) -> PulledRules | None:
    """Return what a site works by in a sitting of this server: how violations are dealt with and what windows may do.

    How results are decided stays behind.
    """
    [row] = await queries.sittings_with_administration(session, [sitting_id])
    found = await find_applicable(session, row)
    if found is None:
        return None
    return PulledRules(
        sitting_id=sitting_id,
        code=found.code,
        standard_level=found.standard_level,
        legal_basis=found.legal_basis,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        rule={name: found.rule[name] for name in _OF_A_ROOM if name in found.rule},
    )


async def find_applicable(session: AsyncSession, row: SittingRow) -> RuleSet | PulledRules | None:
    """Return the rule-set of a sitting: the one its administration names, else the one in force on its day.

    In a pulled sitting it is what came along, whatever rule-sets this server has of its own.
    """
    if row.sitting.is_pulled:
        return await session.get(PulledRules, row.sitting.id)
    if row.administration.rule_set_code is not None:
        return await queries.rule_set_by_code(session, row.administration.rule_set_code)
    day = row.sitting.opens_at.astimezone(VIETNAM).date()
    return await queries.rule_set_at(session, standard_level=row.exam.standard_level, day=day)
