"""Linear on the fly: a form of its own for every candidate, thousands at a time, with exposure levelled.

References
----------
Luecht & Sireci (2011), *A Review of Models for Computer-Based Testing*, College Board 2011-12, for the design.
van der Linden (2005), *Linear Models for Optimal Test Design*, ch. 6 and 9 (aggregating over forms; item eligibility).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from exam_engine.psychometrics.arrays import IntArray
from exam_engine.psychometrics.assembly.exposure import ExposureFigures, exposure_figures
from exam_engine.psychometrics.assembly.exposure_limit import ItemUseLimit, item_use_limit
from exam_engine.psychometrics.assembly.loft_check import FormCheck
from exam_engine.psychometrics.assembly.loft_exact import exact_form
from exam_engine.psychometrics.assembly.loft_exchange import Exchanges
from exam_engine.psychometrics.assembly.loft_plan import FormPlan, form_plan
from exam_engine.psychometrics.assembly.loft_shares import use_shares
from exam_engine.psychometrics.assembly.loft_stock import Stock
from exam_engine.psychometrics.assembly.pool import ItemPool, SpecificationError
from exam_engine.psychometrics.assembly.result import AssemblyStoppedError
from exam_engine.psychometrics.assembly.rows import FormRows, form_rows
from exam_engine.psychometrics.assembly.specification import AnyForms, TestSpecification
from exam_engine.psychometrics.assembly.verification import check_forms

_HEADROOM: Final = 0.1
"""How far above the smallest possible cap forms are aimed at, unless told otherwise."""

_REFILL_AFTER: Final = 20
"""Forms between two readings of what is left; fewer would tell little."""

_STEPS: Final = (1.05, 1.1, 1.25, 1.5, 2.0)
"""How far beyond the aim one form may go that cannot be made otherwise, tried in this order."""


class OnTheFlyError(ValueError):
    """Forms cannot be made on the fly; ``code`` is stable, ``data`` holds the figures of the message.

    Codes: ``infeasible`` (no form meets the requirements), ``item_use_too_low`` (no set of so many forms keeps the
    limit on item use), ``item_use_too_high`` (items stand in fewer forms than they must), ``no_form`` (no form was
    found, or none for this candidate).
    """

    def __init__(self, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheFlySettings:
    """How to make forms on the fly.

    Parameters
    ----------
    item_use : forms that an item is to stand in at most. When None, 10 % above the smallest number possible. Forms
        that cannot be made otherwise may exceed it up to the limits of the specification.
    seed : the same seed gives the same forms.
    """

    item_use: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse numbers that cannot work."""
        if self.item_use is not None and self.item_use < 1:
            raise ValueError(f"item_use is {self.item_use}; it must be at least 1, or None")


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheFlyResult:
    """Verified forms with the exposure they cause.

    Attributes
    ----------
    forms : item ids of each form: part by part, items of a stimulus next to each other, otherwise as in the pool.
    n_forms : forms asked for; fewer were made when every search failed.
    limit : smallest cap on item use that any set of forms could keep, and what causes it.
    exposure : what the forms made of it.
    exchanged : items that earlier forms gave up for later ones.
    exact : forms that only branch and bound found.
    """

    forms: tuple[tuple[str, ...], ...]
    n_forms: int
    limit: ItemUseLimit
    exposure: ExposureFigures
    exchanged: int
    exact: int

    @property
    def is_complete(self) -> bool:
        """Whether all forms asked for were made."""
        return len(self.forms) == self.n_forms

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "forms": [list(form) for form in self.forms],
            "n_forms": self.n_forms,
            "is_complete": self.is_complete,
            "limit": self.limit.to_dict(),
            "exposure": self.exposure.to_dict(),
            "exchanged": self.exchanged,
            "exact": self.exact,
        }


def assemble_on_the_fly(
    pool: ItemPool,
    specification: TestSpecification,
    settings: OnTheFlySettings | None = None,
    *,
    tell: Callable[[int], None] | None = None,
) -> OnTheFlyResult:
    """Make ``n_forms`` forms, each of which meets every requirement, with items used as evenly as these allow.

    Bands of information or expected score are requirements, ``Range(Information(theta), low, high)``; limits on item
    use and on the overlap of pairs are kept over all forms.

    Parameters
    ----------
    settings : defaults when None.
    tell : hears how many forms there are, after each.

    Raises
    ------
    SpecificationError
        Also ``objective_on_the_fly`` and ``closeness_on_the_fly``, for what only makes sense for a few forms.
    OnTheFlyError
        ``infeasible``, ``item_use_too_low``, ``item_use_too_high`` or ``no_form``.
    AssemblyStoppedError
        ``unverified``, when forms fail the independent check.
    """
    settings = settings or OnTheFlySettings()
    rows = form_rows(pool, specification)
    limit = feasible_limit(pool, specification, rows)
    plan = form_plan(pool, specification, rows, limit)
    run = _Run(plan, rows, aimed_use(plan, limit, settings.item_use), settings.seed)
    while len(run.forms) < specification.n_forms and run.add_form():
        if tell is not None:
            tell(len(run.forms))
    if not run.forms:
        raise OnTheFlyError("no_form", "fractions of items meet the requirements, but no whole form was found")
    run.meet_minimum()
    return _verified(pool, specification, plan, limit, run)


def feasible_limit(pool: ItemPool, specification: TestSpecification, rows: FormRows) -> ItemUseLimit:
    """The smallest cap on item use; an error where no forms can be made on the fly at all."""
    if not isinstance(specification.objective, AnyForms):
        raise SpecificationError(
            "objective_on_the_fly",
            "forms on the fly have no objective; write targets as ranges, Range(Information(theta), low, high)",
        )
    if specification.closeness:
        raise SpecificationError(
            "closeness_on_the_fly", "closeness compares all forms; write it as a range of the measure for every form"
        )
    limit = item_use_limit(pool, specification, rows)
    if limit is None:
        raise OnTheFlyError("infeasible", "no form meets the requirements")
    caps = [rule.maximum for rule in specification.item_uses if not rule.where]
    if caps and min(caps) < limit.cap:
        causes = [row.to_dict() for row in limit.binding]
        raise OnTheFlyError(
            "item_use_too_low",
            f"{specification.n_forms} forms need some item in {limit.cap} of them, {min(caps)} are allowed; "
            f"what binds: {', '.join(str(row.name) for row in limit.binding)}",
            maximum=min(caps),
            smallest=limit.cap,
            binding=causes,
        )
    return limit


def aimed_use(plan: FormPlan, limit: ItemUseLimit, wanted: int | None) -> IntArray:
    """(J,) forms that each item is to stand in at most."""
    if wanted is None:
        wanted = math.ceil((1.0 + _HEADROOM) * limit.n_forms * limit.share)
        wanted = max(wanted, limit.cap + 1)
    return np.minimum(plan.most, wanted)


class _Run:
    """Forms so far, and the ladder of searches for the next one."""

    def __init__(self, plan: FormPlan, rows: FormRows, aims: IntArray, seed: int) -> None:
        self.forms: list[IntArray] = []
        self.exchanged = self.exact = 0
        self._plan, self._rows, self._aims, self._seed = plan, rows, aims, seed
        self._rng = np.random.default_rng(seed)
        self._used = np.zeros(aims.size, dtype=np.intp)
        self._holders: list[list[int]] = [[] for _ in range(aims.size)]
        self._exchanges = Exchanges(plan, self.forms, self._holders)
        self._fill_stock()

    def add_form(self) -> bool:
        """Find one more form; False when there is none to be found."""
        form = self._stock.draw()
        if form is None and len(self.forms) - self._filled_at >= _REFILL_AFTER:
            # Shares drift when luck was bad; what is left says how to go on.
            self._fill_stock()
            form = self._stock.draw()
        if form is None:
            form = self._draw_beyond(self._aims) or self._draw_beyond_aims() or self._search_exactly()
        if form is None:
            return False
        self._stock.take(form)
        self._used[form] += 1
        for item in form:
            self._holders[item].append(len(self.forms))
        self.forms.append(np.array(form, dtype=np.intp))
        return True

    def _fill_stock(self) -> None:
        self._used_before, self._filled_at = self._used.copy(), len(self.forms)
        left = np.maximum(self._aims - self._used, 0)
        n_left = self._plan.n_forms - len(self.forms)
        least = np.minimum(np.maximum(self._plan.least - self._used, 0), left)
        self._stock = Stock(
            self._plan,
            use_shares(self._plan, np.minimum(least / n_left, 1.0), np.minimum(left / n_left, 1.0)),
            used=np.zeros(left.size, dtype=np.intp),
            n_made=0,
            most=left,
            rng=self._rng,
            holders=self._holders,
        )

    def _draw_beyond(self, most: IntArray) -> list[int] | None:
        """Draw a form that may use items once more than ``most``, and have earlier forms give these up."""
        barred = self._plan.most == 0
        self._stock.open_to(np.where(barred, 0, most + 1) - self._used_before)
        form = self._stock.draw()
        self._stock.open_to(self._aims - self._used_before)
        return form if form is not None and self._make_room(form, most) else None

    def _draw_beyond_aims(self) -> list[int] | None:
        """Draw a form that may use items more than they are aimed at, by as little as does, within the limits."""
        for step in _STEPS:
            form = self._draw_beyond(np.minimum(self._plan.most, np.ceil(self._aims * step).astype(np.intp)))
            if form is not None:
                return form
        return self._draw_beyond(self._plan.most)

    def _make_room(self, form: list[int], most: IntArray) -> bool:
        """Whether earlier forms could give up the items that would stand in more than ``most`` forms."""
        n_after = self._used.copy()
        n_after[form] += 1
        for item in form:
            if n_after[item] <= most[item]:
                continue
            found = self._exchanges.without(item, n_after < most)
            if found is None:
                return False
            number, substitute = found
            self._exchange(number, item, substitute)
            for counts in (self._used, n_after):
                counts[item] -= 1
                counts[substitute] += 1
            self._stock.release(item)
            self._stock.record([substitute])
        return True

    def meet_minimum(self) -> None:
        """Have items that stand in too few forms replace others that can spare one."""
        least = self._plan.least
        for item in np.flatnonzero(self._used < least).tolist():
            while self._used[item] < least[item]:
                found = self._exchanges.with_more(item, self._used > least)
                if found is None:
                    break
                number, outgoing = found
                self._exchange(number, outgoing, item)
                self._used[outgoing] -= 1
                self._used[item] += 1

    def _exchange(self, number: int, outgoing: int, incoming: int) -> None:
        kept = self.forms[number]
        self.forms[number] = np.append(kept[kept != outgoing], incoming)
        self._holders[outgoing].remove(number)
        self._holders[incoming].append(number)
        self.exchanged += 1

    def _search_exactly(self) -> list[int] | None:
        """A form by branch and bound: within the limits on use, or with room made by earlier forms."""
        most = self._plan.most
        costs = self._used / max(1.0, float(self._used.max())) + self._rng.random(most.size)
        costs[most == 0] = np.inf
        is_full = self._used >= most
        for price in (np.inf, 10.0):
            form = exact_form(
                self._rows,
                np.where(is_full, costs + price, costs),
                forms=self.forms,
                overlap_most=self._plan.overlap_most,
                seed=self._seed + len(self.forms),
            )
            if form is not None and self._make_room(form, most):
                self.exact += 1
                return form
        return None


def _verified(
    pool: ItemPool, specification: TestSpecification, plan: FormPlan, limit: ItemUseLimit, run: _Run
) -> OnTheFlyResult:
    """Check the forms independently and put them in reading order."""
    ordered = in_reading_order(pool, specification, run.forms)
    failing = FormCheck(pool, specification).failing(run.forms)
    if failing.size:
        violations = check_forms(pool, specification.single_form(), [ordered[failing[0]]])
        raise AssemblyStoppedError(
            "unverified", f"{failing.size} form(s) fail the independent check, first {violations}", violations
        )
    may_hold = plan.most > 0
    may_hold[plan.held] = False
    figures = exposure_figures(run.forms, may_hold)
    used = np.bincount(np.concatenate(run.forms), minlength=may_hold.size)
    short = np.flatnonzero(used < plan.least)
    if short.size and len(ordered) == specification.n_forms:
        items = [pool.item_ids[item] for item in short]
        raise OnTheFlyError(
            "item_use_too_high",
            f"{short.size} items stand in fewer forms than they must, first {items[0]!r}; ask for less",
            items=items,
        )
    if (used > plan.most).any() or (plan.overlap_most is not None and figures.overlap_max > plan.overlap_most):
        violations = check_forms(pool, specification, ordered)
        raise AssemblyStoppedError("unverified", "item use or overlap is beyond its limit", violations)
    return OnTheFlyResult(
        forms=ordered,
        n_forms=specification.n_forms,
        limit=limit,
        exposure=figures,
        exchanged=run.exchanged,
        exact=run.exact,
    )


def in_reading_order(
    pool: ItemPool, specification: TestSpecification, forms: Sequence[IntArray]
) -> tuple[tuple[str, ...], ...]:
    """Item ids part by part, items of a stimulus together where its first item stands, otherwise as in the pool."""
    part_of = np.full(len(pool.item_ids), len(specification.parts))
    for number, part in enumerate(specification.parts):
        part_of[pool.matching(part.where)] = number
    ordered = []
    for form in forms:
        items = np.sort(form)
        stimuli = pool.stimulus_of[items]
        first = items.copy()
        for stimulus in np.unique(stimuli[stimuli >= 0]):
            first[stimuli == stimulus] = items[np.argmax(stimuli == stimulus)]
        ordered.append(tuple(pool.item_ids[item] for item in items[np.lexsort((items, first, part_of[items]))]))
    return tuple(ordered)
