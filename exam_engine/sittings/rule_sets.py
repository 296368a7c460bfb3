"""Dated rule-sets: those that come with the product and the one that applies to a sitting."""

import json
from datetime import date
from importlib import resources
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.time import VIETNAM
from exam_engine.sittings import queries
from exam_engine.sittings.models import RuleSet
from exam_engine.sittings.queries import SittingRow


def default_rule_sets() -> list[dict[str, Any]]:
    """Return the rule-sets that come with the product, as their file has them."""
    source = resources.files("exam_engine.sittings") / "default_rule_sets.json"
    entries: list[dict[str, Any]] = json.loads(source.read_text(encoding="utf-8"))
    return entries


async def load_default_rule_sets(session: AsyncSession) -> int:
    """Store the rule-sets that come with the product and are not there yet; returns how many were new.

    One that is there stays as it is: a board may have set its end or its rule. Only a rule that is word for word what
    the product had before there were ladders gets its ladder; a board that wants none writes ``violations: null``.
    """
    added = 0
    for entry in default_rule_sets():
        stored = await queries.rule_set_by_code(session, entry["code"])
        if stored is not None:
            if stored.rule == {name: value for name, value in entry["rule"].items() if name != "violations"}:
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


async def find_applicable(session: AsyncSession, row: SittingRow) -> RuleSet | None:
    """Return the rule-set of a sitting: the one its administration names, else the one in force on its day."""
    if row.administration.rule_set_code is not None:
        return await queries.rule_set_by_code(session, row.administration.rule_set_code)
    day = row.sitting.opens_at.astimezone(VIETNAM).date()
    return await queries.rule_set_at(session, standard_level=row.exam.standard_level, day=day)
