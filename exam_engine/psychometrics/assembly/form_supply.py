"""How many forms a pool supplies, bounded by one linear programme over the sums of all forms.

Every set of N forms adds up to a point of A·x ≥ N·lower, A·x ≤ N·upper with each item used as often as it may be; the
largest N for which fractions of items can do it is a bound on the number of forms.

References
----------
van der Linden, Veldkamp & Reese (2000), An integer programming approach to item bank design, *Applied Psychological
Measurement* 24(2). van der Linden (2005), *Linear Models for Optimal Test Design*, ch. 10.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.demands import Demand, Side
from exam_engine.psychometrics.assembly.linear_optimum import RepeatedLinearProgramme
from exam_engine.psychometrics.assembly.rows import FormRows
from exam_engine.psychometrics.assembly.solver import LinearProgramme, SolverError

MOST_FORMS: Final = 10_000
"""Where nothing limits the number of forms, they are counted up to here."""

_BINDING: Final = 1e-6
_ROUNDING: Final = 1e-6
"""What a linear optimum may fall short of a whole number of forms."""


@dataclass(frozen=True, slots=True)
class BindingDemand:
    """A bound that keeps the number of forms down.

    Attributes
    ----------
    demand : the bound.
    effect : forms gained per unit by which the bound is loosened, as long as the change is small.
    """

    demand: Demand
    effect: float


@dataclass(frozen=True, eq=False)
class FormSupply:
    """What the linear programme says about the number of forms.

    Attributes
    ----------
    value : its optimum.
    binding : what binds, the strongest first.
    plan : (J + S,) uses of items and stimuli at the optimum, over all forms.
    prices : (J + S,) forms gained per further use of the item or stimulus.
    row_prices : (R,) forms gained per unit by which the sum over all forms may miss the row's bound.
    """

    value: float
    binding: tuple[BindingDemand, ...]
    plan: FloatArray
    prices: FloatArray
    row_prices: FloatArray

    @property
    def n_forms(self) -> int:
        """No more forms than this."""
        return math.floor(self.value + _ROUNDING)


class SupplyProgramme:
    """Maximise the number of forms, again and again as items are used up.

    Rows that seldom bind over many forms (enemy sets, an item's link with its stimulus) join when they are missed.

    Parameters
    ----------
    rows : of one form.
    capacity : (J + S,) in how many forms each item and stimulus may stand; items held in every form do not count.
    bought : (R, C) what each unit of something new adds to the rows; nothing new when None.
    backend : the better one installed when None.
    """

    def __init__(
        self,
        rows: FormRows,
        capacity: FloatArray,
        *,
        bought: csr_array | None = None,
        backend: Literal["highspy", "scipy"] | None = None,
    ) -> None:
        self.rows = rows
        self._backend = backend
        self._bought = csr_array((rows.matrix.shape[0], 0)) if bought is None else bought
        self._is_anchor: BoolArray = rows.variable_lower == 1.0
        self.capacity = np.where(self._is_anchor, MOST_FORMS, np.where(rows.variable_upper == 0.0, 0.0, capacity))
        self._included = ~_is_lazy(rows)
        self._most_bought = np.zeros(self._bought.shape[1])
        self._cost = np.zeros(self._bought.shape[1])
        self._least_forms = 0.0
        self._compile()

    def set_capacity(self, columns: IntArray, capacity: FloatArray) -> None:
        """Leave items or stimuli with another number of uses; those held in every form keep theirs."""
        free = ~self._is_anchor[columns]
        self.capacity[columns[free]] = capacity[free]
        self._solver.set_bounds(columns[free], np.zeros(int(free.sum())), self.capacity[columns[free]])

    def set_purchases(self, most: FloatArray, cost: FloatArray, least_forms: float = 0.0) -> None:
        """Let up to ``most`` units of each new thing be had; with a cost, the cheapest way to ``least_forms``."""
        self._most_bought, self._cost, self._least_forms = most, cost, least_forms
        self._compile()

    def set_least_forms(self, least_forms: float) -> None:
        """Ask for another number of forms at least."""
        self._least_forms = least_forms
        last = self.capacity.size + self._most_bought.size
        self._solver.set_bounds(np.array([last]), np.array([least_forms]), np.array([float(MOST_FORMS)]))

    @property
    def programme(self) -> LinearProgramme:
        """The programme as last solved: uses of items and stimuli, purchases, number of forms."""
        return self._programme

    def solve(self) -> tuple[FormSupply, FloatArray] | None:
        """Return the supply and how much of each new thing was bought, None when ``least_forms`` is out of reach.

        Raises
        ------
        SolverError
        """
        width = self.rows.matrix.shape[1]
        while True:
            optimum = self._solver.solve()
            if optimum is None:
                return None
            plan, bought, n_forms = optimum.x[:width], optimum.x[width:-1], float(optimum.x[-1])
            missed = self._missed(plan, bought, n_forms)
            if not missed.any():
                break
            self._included |= missed
            self._compile()
        # A cost is minimised, so a price is what the cost falls by; per unit of the sum over all forms.
        row_prices = np.zeros(self.rows.matrix.shape[0])
        np.add.at(row_prices, self._row_of, optimum.row_prices[: self._row_of.size])
        prices = np.maximum(0.0, -optimum.column_prices[:width])
        return FormSupply(n_forms, self._binding(row_prices, n_forms), plan, prices, row_prices), bought

    def _missed(self, plan: FloatArray, bought: FloatArray, n_forms: float) -> BoolArray:
        sums = self.rows.matrix @ plan + self._bought @ bought
        slack = 1e-6 * (1.0 + n_forms)
        lazy = np.flatnonzero(~self._included)
        lower, upper = self.rows.lower[lazy], self.rows.upper[lazy]
        # Infinite bounds are left out before they meet a number of forms of 0.
        is_below = np.isfinite(lower) & (sums[lazy] < np.where(np.isfinite(lower), lower, 0.0) * n_forms - slack)
        is_above = np.isfinite(upper) & (sums[lazy] > np.where(np.isfinite(upper), upper, 0.0) * n_forms + slack)
        missed = np.zeros(sums.size, dtype=np.bool_)
        missed[lazy] = is_below | is_above
        return missed

    def _compile(self) -> None:
        rows = self.rows
        exact = np.flatnonzero(self._included & (rows.lower == rows.upper))
        below = np.flatnonzero(self._included & np.isfinite(rows.lower) & (rows.lower != rows.upper))
        above = np.flatnonzero(self._included & np.isfinite(rows.upper) & (rows.lower != rows.upper))
        anchors = np.flatnonzero(self._is_anchor)
        self._row_of = np.concatenate([exact, below, above])
        bounds = np.concatenate([rows.lower[exact], rows.lower[below], rows.upper[above]])
        matrix = hstack(
            [rows.matrix[self._row_of], self._bought[self._row_of], csr_array(-bounds[:, None])], format="csr"
        )
        width, n_bought = rows.matrix.shape[1], self._bought.shape[1]
        if anchors.size:
            in_every_form = csr_array(
                (
                    np.append(np.ones(anchors.size), np.full(anchors.size, -1.0)),
                    (np.tile(np.arange(anchors.size), 2), np.append(anchors, np.full(anchors.size, width + n_bought))),
                ),
                shape=(anchors.size, width + n_bought + 1),
            )
            matrix = vstack([matrix, in_every_form], format="csr")
        sizes = exact.size, below.size, above.size, anchors.size
        is_costed = bool(self._cost.any())
        self._programme = LinearProgramme(
            cost=np.concatenate([np.zeros(width), self._cost, [0.0 if is_costed else -1.0]]),
            matrix=matrix,
            row_lower=np.repeat([0.0, 0.0, -math.inf, 0.0], sizes),
            row_upper=np.repeat([0.0, math.inf, 0.0, 0.0], sizes),
            lower=np.concatenate([np.zeros(width + n_bought), [self._least_forms]]),
            upper=np.concatenate([self.capacity, self._most_bought, [float(MOST_FORMS)]]),
            is_integer=np.zeros(width + n_bought + 1, dtype=np.bool_),
        )
        self._solver = RepeatedLinearProgramme(self._programme, self._backend)

    def _binding(self, row_prices: FloatArray, n_forms: float) -> tuple[BindingDemand, ...]:
        effects: dict[tuple[int, Side], float] = {}
        demands: dict[tuple[int, Side], Demand] = {}
        for row in np.flatnonzero(np.abs(row_prices) > _BINDING).tolist():
            name = self.rows.names[row]
            if name.code == "stimulus_link":
                continue
            side: Side = "minimum" if row_prices[row] > 0.0 else "maximum"
            bound = float((self.rows.lower if side == "minimum" else self.rows.upper)[row])
            if name.code == "stimulus_items":
                # The row's figure stands at the stimulus, its bound is 0; a form has few of the stimuli.
                given = name.data["minimum" if bound == 0.0 and side == "minimum" else "maximum"]
                if given is None:
                    continue
                bound = float(given)
            key = (id(name), side)
            demands[key] = Demand(name, side, bound)
            effects[key] = effects.get(key, 0.0) + abs(float(row_prices[row])) * n_forms
        found = [BindingDemand(demands[key], effect) for key, effect in effects.items()]
        return tuple(sorted(found, key=lambda binding: -binding.effect))


def supply_capacity(rows: FormRows, uses: IntArray, stimulus_uses: int) -> FloatArray:
    """(J + S,) uses of items and of stimuli; a stimulus serves no more forms than its items make up least sets."""
    capacity = np.append(uses.astype(np.float64), np.full(rows.n_stimuli, float(stimulus_uses)))
    if rows.n_stimuli:
        available = np.where(rows.variable_upper[: rows.n_items] == 0.0, 0, uses)
        on_stimulus = rows.stimulus_of >= 0
        in_all = np.bincount(rows.stimulus_of[on_stimulus], weights=available[on_stimulus], minlength=rows.n_stimuli)
        least = np.ones(rows.n_stimuli)
        for row in range(rows.matrix.shape[0]):
            if rows.names[row].code == "stimulus_items" and math.isinf(rows.upper[row]):
                end = rows.matrix.indptr[row + 1] - 1
                least[rows.matrix.indices[end] - rows.n_items] = -rows.matrix.data[end]
        capacity[rows.n_items :] = np.minimum(capacity[rows.n_items :], in_all // least)
    return capacity


def form_supply(rows: FormRows, capacity: FloatArray) -> FormSupply:
    """The bound on the number of forms; no item stands in a form twice, so uses beyond the number of forms are idle.

    Parameters
    ----------
    rows : of one form.
    capacity : see ``SupplyProgramme``.

    Raises
    ------
    SolverError
    """
    while True:
        programme = SupplyProgramme(rows, capacity)
        answer = programme.solve()
        if answer is None:
            raise SolverError("the programme of no forms at all must be possible")
        supply = answer[0]
        usable = capacity[(capacity > 0) & (rows.variable_lower == 0.0)]
        if supply.n_forms < 1 or not usable.size or usable.max() <= supply.n_forms:
            return supply
        capacity = np.minimum(capacity, supply.n_forms)


def _is_lazy(rows: FormRows) -> BoolArray:
    entries = np.diff(rows.matrix.indptr)
    return np.array(
        [
            name.code == "enemies" or (name.code in ("stimulus_items", "stimulus_link") and size == 2 and upper == 0.0)
            for name, size, upper in zip(rows.names, entries.tolist(), rows.upper.tolist(), strict=True)
        ],
        dtype=np.bool_,
    )
