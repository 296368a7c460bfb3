"""Asking what the bank holds for a blueprint that may not be stored yet."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.errors import Fault
from item_bank.assembly.bank import BankItem, RecentForm, in_cells, load_bank, load_recent_forms
from item_bank.assembly.feasibility import queries
from item_bank.assembly.feasibility.counting import Demand, demands_of, lies_in
from item_bank.assembly.feasibility.joint import UNKNOWN, JointAnswer, joint_answer
from item_bank.assembly.feasibility.supply import Cell, Supply, supply_of
from item_bank.blueprints.consistency import faults_of
from item_bank.blueprints.statement import BlueprintStatement
from item_bank.syllabus import service as syllabus_service

LONGEST_SECONDS = 2.0
"""How long a page waits for the joint answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a blueprint, what contradicts itself in it, and the bank as it is."""

    statement: BlueprintStatement
    faults: list[Fault]
    items: list[BankItem]
    recent: list[RecentForm]
    in_preparation: dict[Cell, int]
    now: datetime


@dataclass(frozen=True, slots=True)
class Feasibility:
    """The answer; ``joint`` is None when it was not asked for, since the blueprint contradicts itself or is empty.

    ``references`` counts by level the items of each part of the syllabus that the blueprint names.
    """

    supply: Supply
    demands: list[Demand]
    references: dict[str, Counter[str]]
    joint: JointAnswer | None


async def ask(session: AsyncSession, statement: BlueprintStatement, *, now: datetime) -> Question:
    """Read what the answer needs."""
    syllabus = await syllabus_service.find_syllabus(session)
    return Question(
        statement=statement,
        faults=faults_of(statement, syllabus.modules, syllabus.parts) if statement.cells else [],
        items=await load_bank(session),
        recent=await load_recent_forms(session, statement, now=now),
        in_preparation=await queries.in_preparation(session),
        now=now,
    )


async def answer(question: Question) -> Feasibility:
    """Count, and look for one form for as long as a page may wait."""
    statement = question.statement
    supply = supply_of(question.items, statement, now=question.now)
    return Feasibility(
        supply=supply,
        demands=demands_of(supply),
        references={
            row.reference_code: Counter(
                item.cognitive_level for item in supply.items if lies_in(item, row.reference_code)
            )
            for row in statement.reference_totals
        },
        joint=None if question.faults or not statement.cells else await _joint(question),
    )


async def _joint(question: Question) -> JointAnswer:
    items = in_cells(question.items, question.statement)
    search = asyncio.to_thread(joint_answer, items, question.statement, question.recent, now=question.now)
    try:
        return await asyncio.wait_for(search, LONGEST_SECONDS)
    except TimeoutError:
        # The thread ends by itself: its work is bounded by nodes.
        return UNKNOWN
