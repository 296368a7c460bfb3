"""How many more forms the bank supplies at a blueprint, what binds, what to write and when it runs dry."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.psychometrics.assembly import SpecificationError
from exam_engine.psychometrics.assembly.bank_health import BankHealth, SittingPlan, bank_health
from item_bank.assembly.bank import BankItem, RecentForm, in_cells, item_pool, load_bank, load_recent_forms
from item_bank.assembly.options import AssemblyOptions
from item_bank.assembly.requirements import specification_of
from item_bank.assembly.wording import Wording
from item_bank.blueprints import service as blueprints_service
from item_bank.blueprints.schemas import BankHealthView, BindingRow, CellToWrite, ForecastSitting
from item_bank.blueprints.statement import BlueprintStatement


@dataclass(frozen=True, slots=True)
class HealthQuestion:
    """What is asked: the bank as it is, a blueprint, and what coming sittings need."""

    items: tuple[BankItem, ...]
    statement: BlueprintStatement
    recent: tuple[RecentForm, ...]
    uses_per_item: int
    wanted_forms: int
    plan: SittingPlan
    now: datetime


async def ask(
    session: AsyncSession,
    *,
    blueprint_id: UUID,
    uses_per_item: int,
    wanted_forms: int | None,
    plan: SittingPlan,
    now: datetime,
) -> HealthQuestion:
    """Return what to compute.

    Parameters
    ----------
    wanted_forms : what the advice on writing aims at; what all the coming sittings need together when None.

    Raises
    ------
    BlueprintNotFoundError
    """
    statement = (await blueprints_service.find_blueprint(session, blueprint_id)).statement
    items = in_cells(await load_bank(session), statement)
    at_once = plan.sittings if plan.rest is None else min(plan.sittings, plan.rest + 1)
    return HealthQuestion(
        items=tuple(items),
        statement=statement,
        recent=tuple(await load_recent_forms(session, statement, now=now)),
        uses_per_item=uses_per_item,
        wanted_forms=wanted_forms or plan.forms * at_once,
        plan=plan,
        now=now,
    )


def answer(question: HealthQuestion) -> BankHealth | None:
    """Compute it; None for a bank without an item for the blueprint."""
    if not question.items:
        return None
    pool = item_pool(question.items, question.statement, now=question.now)
    options = AssemblyOptions(form_count=1)
    specification = specification_of(question.statement, options, question.recent, pool)
    try:
        return bank_health(
            pool,
            specification,
            item_uses=question.uses_per_item,
            wanted_forms=question.wanted_forms,
            plan=question.plan,
        )
    except SpecificationError:
        # Every item rests or has been used too often: the bank supplies nothing.
        return None


def health_view(question: HealthQuestion, found: BankHealth | None, wording: Wording) -> BankHealthView:
    """Return the answer in words."""
    if found is None:
        return BankHealthView(
            pool_size=len(question.items),
            forms_bound=0.0,
            forms_possible=0,
            wanted_forms=question.wanted_forms,
            binding=[],
            to_write=[],
            forecast=[],
            runs_dry_at_sitting=1,
        )
    return BankHealthView(
        pool_size=len(question.items),
        forms_bound=found.value,
        forms_possible=found.bound,
        wanted_forms=question.wanted_forms,
        binding=[_binding(row.demand.name.code, row.demand.to_dict(), row.effect, wording) for row in found.binding],
        to_write=[
            CellToWrite(
                module_code=new.where.get("module"),
                cognitive_level=new.where.get("level"),
                items=new.count,
                theta=new.theta,
                message=wording.to_write(new.where, new.count, new.theta),
            )
            for new in (found.writing.items if found.writing is not None else ())
        ],
        forecast=[
            ForecastSitting(
                sitting=row.sitting,
                forms_needed=row.needed_forms,
                forms_possible=float(row.supplied_forms),
                is_supplied=row.is_supplied,
                grown_items=row.grown_items,
                items_to_write=row.items_to_write,
            )
            for row in found.forecast
        ],
        runs_dry_at_sitting=found.dry_sitting,
    )


def _binding(code: str, demand: dict[str, Any], effect: float, wording: Wording) -> BindingRow:
    data = {**demand["data"], "side": demand["side"]}
    if demand["bound"] is not None:
        data |= {"minimum": None, "maximum": None, demand["side"]: demand["bound"]}
    if "item" in (data.get("where") or {}):
        data["where"] = {}
    return BindingRow(code=code, message=wording.conflict(code, data), data={**data, "effect": effect})
