"""How many forms a bank still supplies, what binds, what to write, and when it runs dry."""

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from exam_engine.psychometrics.assembly.form_building import BuildingLimits, build_forms
from exam_engine.psychometrics.assembly.form_supply import (
    MOST_FORMS,
    BindingDemand,
    SupplyProgramme,
    form_supply,
    supply_capacity,
)
from exam_engine.psychometrics.assembly.measures import Information
from exam_engine.psychometrics.assembly.overlap_supply import overlapping_supply
from exam_engine.psychometrics.assembly.pool import ItemPool, SpecificationError
from exam_engine.psychometrics.assembly.result import AssemblyStoppedError
from exam_engine.psychometrics.assembly.rows import form_rows
from exam_engine.psychometrics.assembly.specification import (
    Across,
    AnyForms,
    ItemUse,
    MinimaxTarget,
    PairOverlap,
    Range,
    TestSpecification,
)
from exam_engine.psychometrics.assembly.verification import check_forms
from exam_engine.psychometrics.assembly.writing_plan import Candidates, WritingPlan, candidate_items, plan_writing

Proof = Literal["supply", "overlap", "limit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingPlan:
    """What coming sittings ask of the bank.

    Parameters
    ----------
    forms : new forms for each sitting.
    sittings : how many sittings to look ahead.
    rest : sittings that must pass before an item is used again; None for never.
    growth : items that join the bank between two sittings.
    """

    forms: int
    sittings: int = 12
    rest: int | None = None
    growth: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for name, least in (("forms", 1), ("sittings", 1), ("rest", 0), ("growth", 0)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise SpecificationError("out_of_range", f"{name} is {value}; at least {least}", name=name)


@dataclass(frozen=True, slots=True)
class SittingForecast:
    """One coming sitting.

    Attributes
    ----------
    sitting : 1 for the next one.
    needed_forms : forms in use at once: those of this sitting and of the ones whose items still rest.
    supplied_forms : bound for the bank as grown by then, when it grows as it is.
    grown_items : items that have joined by then.
    items_to_write : fewest items of the kinds most wanted that must have joined; None when writing does not help.
    """

    sitting: int
    needed_forms: int
    supplied_forms: int
    grown_items: int
    items_to_write: int | None

    @property
    def is_supplied(self) -> bool:
        """Whether the bank suffices when it grows as it is."""
        return self.supplied_forms >= self.needed_forms

    @property
    def can_be_supplied(self) -> bool:
        """Whether it suffices when the items that join are those most wanted."""
        return self.items_to_write is not None and self.items_to_write <= self.grown_items

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "sitting": self.sitting,
            "needed_forms": self.needed_forms,
            "supplied_forms": self.supplied_forms,
            "grown_items": self.grown_items,
            "items_to_write": self.items_to_write,
            "is_supplied": self.is_supplied,
            "can_be_supplied": self.can_be_supplied,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BankHealth:
    """What a bank supplies at a blueprint.

    Attributes
    ----------
    bound : no more forms than this exist; proved by a linear programme.
    value : the optimum of that programme, for the distance to the next whole form; the bound itself when overlap or
        the limit decides.
    binding : what keeps the number down, the strongest first; empty when overlap does.
    proof : what the bound follows from: ``supply`` of items, ``overlap`` of any two forms, or ``limit``, where counting
        ended.
    built : number of forms really made, each verified; None when none were asked for.
    forms : those, item ids.
    writing : what to write for ``wanted_forms``; None when none were named, or no writing helps.
    forecast : sitting by sitting, empty without a plan.
    item_uses, overlap_maximum : what was allowed; None for no limit.
    """

    bound: int
    value: float
    binding: tuple[BindingDemand, ...]
    proof: Proof
    built: int | None
    forms: tuple[tuple[str, ...], ...]
    writing: WritingPlan | None
    forecast: tuple[SittingForecast, ...]
    item_uses: int | None
    overlap_maximum: int | None

    @property
    def dry_sitting(self) -> int | None:
        """The first sitting for which the bank does not suffice when it grows as it is; None when none is in sight."""
        return next((row.sitting for row in self.forecast if not row.is_supplied), None)

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "bound": self.bound,
            "value": self.value if math.isfinite(self.value) else None,
            "binding": [{**binding.demand.to_dict(), "effect": binding.effect} for binding in self.binding],
            "proof": self.proof,
            "built": self.built,
            "forms": [list(form) for form in self.forms],
            "writing": None if self.writing is None else self.writing.to_dict(),
            "forecast": [row.to_dict() for row in self.forecast],
            "dry_sitting": self.dry_sitting,
            "item_uses": self.item_uses,
            "overlap_maximum": self.overlap_maximum,
        }


def bank_health(
    pool: ItemPool,
    specification: TestSpecification,
    *,
    item_uses: int | None = 1,
    stimulus_uses: int | None = None,
    overlap_share: float | None = None,
    target_share: float | None = 0.99,
    wanted_forms: int | None = None,
    plan: SittingPlan | None = None,
    build: bool = False,
    most_forms: int = 1_000,
    seed: int = 0,
) -> BankHealth:
    """How many forms the bank supplies at this blueprint and information.

    Parameters
    ----------
    specification : of a form; how many forms it asks for, and its rules over the set of forms, do not matter here.
    item_uses : in how many of the forms an item may stand; 1 for forms without common items, None for no limit.
    stimulus_uses : the same for stimuli; None for as often as their items allow.
    overlap_share : share of a form's items that any two forms may have in common; None for no such limit.
    target_share : each form has at least this share of the objective's target information, where it has such
        targets; None not to ask.
    wanted_forms : what the writing plan aims at; no such plan when None.
    plan : coming sittings; no forecast when None.
    build : whether to make forms, as many as can be found, at most ``most_forms``.
    most_forms : where counting ends when little limits the number.
    seed : of the search for forms.

    Raises
    ------
    SpecificationError
        What ``form_rows`` raises; ``out_of_range``; ``no_limit`` when neither use nor overlap is limited.
    """
    if item_uses is None and overlap_share is None:
        raise SpecificationError(
            "no_limit", "without a limit on use or overlap there is no end of forms; give item_uses or overlap_share"
        )
    for name, value, most in (
        ("item_uses", item_uses, MOST_FORMS),
        ("stimulus_uses", stimulus_uses, MOST_FORMS),
        ("most_forms", most_forms, MOST_FORMS),
        ("wanted_forms", wanted_forms, MOST_FORMS),
    ):
        if value is not None and not 1 <= value <= most:
            raise SpecificationError("out_of_range", f"{name} is {value}; it must be from 1 to {most}", name=name)
    if overlap_share is not None and not 0.0 <= overlap_share < 1.0:
        message = f"overlap_share is {overlap_share}; it must be in [0, 1)"
        raise SpecificationError("out_of_range", message, name="overlap_share")
    form = _one_form(specification, target_share)
    rows = form_rows(pool, form)
    overlap = None if overlap_share is None else math.floor(overlap_share * form.length[1] + 1e-9)
    if overlap == 0:
        item_uses = 1
    uses = np.full(len(pool.item_ids), item_uses or most_forms, dtype=np.intp)
    capacity = supply_capacity(rows, uses, stimulus_uses or MOST_FORMS)
    supply = form_supply(rows, capacity)
    bound = min(supply.n_forms, most_forms)
    proof: Proof = "limit" if supply.n_forms > most_forms else "supply"
    if overlap is not None and bound > 1:
        by_overlap = overlapping_supply(rows, capacity, overlap, bound)
        if by_overlap < bound:
            bound, proof = by_overlap, "overlap"
    built = None
    if build:
        found = build_forms(rows, capacity, BuildingLimits(most_forms=bound), overlap_maximum=overlap, seed=seed)
        built = [tuple(pool.item_ids[index] for index in items) for items in found]
        _refuse_unverified(pool, form, built, item_uses, overlap)
    writing: WritingPlan | None = None
    forecast: tuple[SittingForecast, ...] = ()
    if wanted_forms is not None or plan is not None:
        # New items and old ones are used alike.
        candidates = candidate_items(pool, form, rows, supply, min(item_uses or most_forms, max(1, bound)))
        programme = SupplyProgramme(rows, capacity, bought=candidates.columns)
        if wanted_forms is not None:
            writing = plan_writing(programme, candidates, wanted_forms)
        if plan is not None:
            usable = int((rows.variable_upper[: rows.n_items] > 0.0).sum())
            base = supply.value if proof == "supply" else float(bound)
            forecast = _forecast(plan, base, usable, programme, candidates)
    return BankHealth(
        bound=bound,
        value=supply.value if proof == "supply" else float(bound),
        binding=supply.binding if proof == "supply" else (),
        proof=proof,
        built=None if built is None else len(built),
        forms=tuple(built or ()),
        writing=writing,
        forecast=forecast,
        item_uses=item_uses,
        overlap_maximum=overlap,
    )


def _one_form(specification: TestSpecification, target_share: float | None) -> TestSpecification:
    """The demands on one form, with the least information that the targets imply."""
    form = replace(specification.single_form(), objective=AnyForms())
    objective = specification.objective
    if target_share is None or not isinstance(objective, MinimaxTarget):
        return form
    for measure, target in zip(objective.measures, objective.targets, strict=True):
        if isinstance(measure, Information):
            form = _with_minimum(form, measure, target_share * target)
    return form


def _with_minimum(form: TestSpecification, measure: Information, minimum: float) -> TestSpecification:
    requirements = list(form.requirements)
    for place, row in enumerate(requirements):
        if isinstance(row, Range) and row.measure == measure:
            requirements[place] = replace(row, minimum=max(row.minimum, minimum))
            return replace(form, requirements=tuple(requirements))
    return replace(form, requirements=(*requirements, Range(measure, minimum)))


def _refuse_unverified(
    pool: ItemPool,
    form: TestSpecification,
    forms: list[tuple[str, ...]],
    item_uses: int | None,
    overlap: int | None,
) -> None:
    if not forms:
        return
    across: list[Across] = [] if item_uses is None else [ItemUse(item_uses)]
    if overlap is not None:
        across.append(PairOverlap(overlap))
    violations = check_forms(pool, replace(form, n_forms=len(forms), across=tuple(across)), forms)
    if violations:
        raise AssemblyStoppedError(
            "unverified", f"the forms fail {len(violations)} check(s), first {violations[0]}", violations
        )


def _forecast(
    plan: SittingPlan, value: float, n_items: int, programme: SupplyProgramme, candidates: Candidates
) -> tuple[SittingForecast, ...]:
    """Growth of the bank as it is scales every row of the supply, and so the number of forms."""
    programme.set_purchases(np.full(len(candidates.kinds), math.inf), candidates.costs)
    forecast = []
    for sitting in range(1, plan.sittings + 1):
        at_once = sitting if plan.rest is None else min(sitting, plan.rest + 1)
        needed, grown = at_once * plan.forms, plan.growth * (sitting - 1)
        programme.set_least_forms(float(needed))
        answer = programme.solve()
        to_write = None if answer is None else math.ceil(float(candidates.counts @ answer[1]) - 1e-6)
        supplied = math.floor(value * (1.0 + grown / max(1, n_items)) + 1e-6)
        forecast.append(SittingForecast(sitting, needed, supplied, grown, to_write))
    return tuple(forecast)
