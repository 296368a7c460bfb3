"""A form for whoever turns up next: one at a time, from counts of use that are stored between candidates."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from exam_engine.psychometrics.arrays import IntArray
from exam_engine.psychometrics.assembly.exposure_limit import ItemUseLimit
from exam_engine.psychometrics.assembly.loft import (
    OnTheFlyError,
    OnTheFlySettings,
    aimed_use,
    feasible_limit,
    in_reading_order,
)
from exam_engine.psychometrics.assembly.loft_check import FormCheck
from exam_engine.psychometrics.assembly.loft_exact import exact_form
from exam_engine.psychometrics.assembly.loft_plan import FormPlan, form_plan
from exam_engine.psychometrics.assembly.loft_shares import UseShares, use_shares
from exam_engine.psychometrics.assembly.loft_stock import Stock
from exam_engine.psychometrics.assembly.pool import ItemPool, SpecificationError
from exam_engine.psychometrics.assembly.rows import FormRows, form_rows
from exam_engine.psychometrics.assembly.specification import TestSpecification


@dataclass(frozen=True, slots=True)
class OnTheFlyState:
    """What is kept between candidates.

    Attributes
    ----------
    n_made : forms so far.
    used : item id → forms that it has stood in; items without an entry have stood in none.
    """

    n_made: int = 0
    used: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON values, which ``from_dict`` reads."""
        return {"n_made": self.n_made, "used": dict(self.used)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "OnTheFlyState":
        """The state that ``to_dict`` wrote."""
        return cls(int(data["n_made"]), {str(item): int(count) for item, count in data["used"].items()})


@dataclass(frozen=True, slots=True)
class NextForm:
    """A candidate's form and the state after it.

    Attributes
    ----------
    item_ids : part by part, items of a stimulus next to each other, otherwise as in the pool.
    state : to be stored before the form is shown.
    """

    item_ids: tuple[str, ...]
    state: OnTheFlyState


@dataclass(frozen=True, slots=True, eq=False)
class OnTheFlyPlan:
    """A specification prepared for making forms one at a time; see ``plan_on_the_fly``.

    Attributes
    ----------
    pool, specification : what forms are made of and what they meet.
    limit : smallest cap on item use that any set of ``n_forms`` forms could keep, and what causes it.
    """

    pool: ItemPool
    specification: TestSpecification
    limit: ItemUseLimit
    _rows: FormRows
    _plan: FormPlan
    _shares: UseShares
    _aims: IntArray
    _check: FormCheck


def plan_on_the_fly(
    pool: ItemPool, specification: TestSpecification, settings: OnTheFlySettings | None = None
) -> OnTheFlyPlan:
    """Work out once what every call of ``next_form`` needs.

    Parameters
    ----------
    specification : its ``n_forms`` is the number of candidates expected; limits on item use are out of so many, and
        grow in proportion when more turn up.
    settings : defaults when None; the seed is not used.

    Raises
    ------
    SpecificationError
        Also ``objective_on_the_fly``, ``closeness_on_the_fly`` and ``overlap_on_the_fly``.
    OnTheFlyError
        ``infeasible`` or ``item_use_too_low``.
    """
    if specification.overlap_maximum is not None:
        raise SpecificationError(
            "overlap_on_the_fly",
            "counts of use do not tell what two forms share; limit item use, or make the forms beforehand",
        )
    rows = form_rows(pool, specification)
    limit = feasible_limit(pool, specification, rows)
    plan = form_plan(pool, specification, rows, limit)
    aims = aimed_use(plan, limit, (settings or OnTheFlySettings()).item_use)
    n_forms = specification.n_forms
    shares = use_shares(plan, np.minimum(plan.least, aims) / n_forms, np.minimum(aims / n_forms, 1.0))
    return OnTheFlyPlan(pool, specification, limit, rows, plan, shares, aims, FormCheck(pool, specification))


def next_form(plan: OnTheFlyPlan, state: OnTheFlyState, *, seed: int) -> NextForm:
    """Make the next candidate's form.

    Parameters
    ----------
    plan : prepared once.
    state : after the candidate before; a fresh ``OnTheFlyState()`` for the first.
    seed : together with the state it decides the form; keep it secret, or the next form can be foretold.

    Raises
    ------
    OnTheFlyError
        ``no_form``, when neither drawing nor branch and bound finds a form within the limits on item use.
    SpecificationError
        ``unknown_item``, when the state speaks of items that the pool does not have.
    """
    pool, drawn = plan.pool, plan._plan
    places = pool.places
    if not state.used.keys() <= places.keys():
        pool.refuse_unknown("state", state.used)
    used = np.zeros(len(pool.item_ids), dtype=np.intp)
    used[[places[item] for item in state.used]] = list(state.used.values())
    # Candidates beyond the expected number have their part of every limit, too.
    growth = max(1.0, (state.n_made + 1) / drawn.n_forms)
    stock = Stock(
        drawn,
        plan._shares,
        used=used,
        n_made=state.n_made,
        most=np.ceil(plan._aims * growth).astype(np.intp),
        rng=np.random.default_rng((seed, state.n_made)),
    )
    form = stock.draw()
    if form is None:
        most = np.ceil(drawn.most * growth).astype(np.intp)
        stock.open_to(most)
        form = stock.draw() or _search_exactly(plan, used, most, seed)
    if form is None:
        raise OnTheFlyError(
            "no_form", f"no form found after {state.n_made}; allow more use of items", made=state.n_made
        )
    items = np.array(form, dtype=np.intp)
    if plan._check.failing([items]).size:
        raise OnTheFlyError("no_form", "the form failed the independent check", made=state.n_made)
    counts = dict(state.used)
    for name in (pool.item_ids[item] for item in form):
        counts[name] = counts.get(name, 0) + 1
    (item_ids,) = in_reading_order(pool, plan.specification, [items])
    return NextForm(item_ids, OnTheFlyState(state.n_made + 1, counts))


def _search_exactly(plan: OnTheFlyPlan, used: IntArray, most: IntArray, seed: int) -> list[int] | None:
    # Chance keeps two candidates from the same form.
    chance = np.random.default_rng((seed, int(used.sum()))).random(used.size)
    costs = np.where(used < most, used / max(1.0, float(used.max())) + chance, math.inf)
    return exact_form(plan._rows, costs, forms=[], overlap_most=None, seed=seed)
