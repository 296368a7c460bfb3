"""Shadow tests: the most informative whole test that meets the specification and holds the items given so far.

References
----------
van der Linden & Reese (1998), Applied Psychological Measurement 22, 259–270; van der Linden (2005), *Linear Models for
Optimal Test Design*, ch. 9.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Self

import numpy as np

from exam_engine.psychometrics.adaptive.errors import AdaptiveTestError
from exam_engine.psychometrics.adaptive.shadow_relaxation import Basis, WarmRelaxation, basis_from_text, basis_text
from exam_engine.psychometrics.adaptive.shadow_restriction import restricted
from exam_engine.psychometrics.adaptive.shadow_search import INTEGRALITY, best_point
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.rows import form_rows
from exam_engine.psychometrics.assembly.solver import HAS_HIGHSPY, LinearProgramme, SolverError, solve
from exam_engine.psychometrics.assembly.specification import TestSpecification

SolvedBy = Literal["relaxation", "branch_and_bound", "integer_programme"]

FIRST_NODES: Final = 4
"""Programmes after which it pays to build the restricted programme, whose nodes cost a fraction."""

MAX_NODES: Final = 2_000
"""Programmes of our own search before HiGHS takes over with cuts; ten times what item sets are seen to need."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ShadowDemand:
    """What the next shadow test must hold, may hold, and is to be best at.

    Parameters
    ----------
    information : (J,) of the items at the interim estimate.
    given : positions of the items given so far.
    closed : positions of items that may not be given any more.
    barred : (J + S,) items and stimuli that exposure control leaves out, unless no test exists without them; None for
        none. Those given already do not count.
    """

    information: FloatArray
    given: IntArray
    closed: IntArray
    barred: BoolArray | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ShadowTest:
    """A whole test, verified against every row of the specification.

    Attributes
    ----------
    items : (L,) positions in the pool, increasing.
    objective : information less the penalties of barred items and stimuli.
    n_barred : barred items and stimuli that it holds all the same, those given apart.
    solved_by : ``relaxation`` when the linear optimum was a test, ``branch_and_bound`` from there, or the solver's own
        ``integer_programme``. All three are optimal.
    n_programmes : linear programmes solved, or nodes.
    basis : where the next search may start; None from a cold solver.
    """

    items: IntArray
    objective: float
    n_barred: int
    solved_by: SolvedBy
    n_programmes: int
    basis: Basis | None

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object, items by position."""
        data = {name: getattr(self, name) for name in ("objective", "n_barred", "solved_by", "n_programmes")}
        basis = None if self.basis is None else basis_text(self.basis)
        return data | {"items": self.items.tolist(), "basis": basis}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``to_dict`` wrote."""
        basis = None if data["basis"] is None or not HAS_HIGHSPY else basis_from_text(data["basis"])
        return cls(**(dict(data) | {"items": np.array(data["items"], dtype=np.intp), "basis": basis}))


class ShadowAssembler:
    """Assembles shadow tests of one specification, the solver kept warm between them.

    Parameters
    ----------
    pool : J items, S stimuli.
    specification : of one form; what it says of several forms and its objective are left aside.
    backend : ``highspy`` where it is installed when None; ``scipy`` starts cold every time and takes some ten times as
        long.

    Raises
    ------
    SpecificationError
        When the specification speaks of what the pool does not have.
    """

    def __init__(
        self, pool: ItemPool, specification: TestSpecification, *, backend: Literal["highspy", "scipy"] | None = None
    ) -> None:
        self.pool = pool
        self.rows = form_rows(pool, specification.single_form())
        self.longest = specification.length[1]
        self._backend: Literal["highspy", "scipy"] = backend or ("highspy" if HAS_HIGHSPY else "scipy")
        # Items that are kept out of every form need no variable.
        self._columns = np.flatnonzero(self.rows.variable_upper > 0.0)
        self._is_stimulus: BoolArray = self._columns >= self.rows.n_items
        self._place = np.full(self.rows.n_items + self.rows.n_stimuli, -1)
        self._place[self._columns] = np.arange(self._columns.size)
        self._programme = LinearProgramme(
            cost=np.zeros(self._columns.size),
            matrix=self.rows.matrix[:, self._columns],
            row_lower=self.rows.lower,
            row_upper=self.rows.upper,
            lower=self.rows.variable_lower[self._columns],
            upper=self.rows.variable_upper[self._columns],
            is_integer=np.ones(self._columns.size, dtype=np.bool_),
        )
        self._relaxation = WarmRelaxation(self._programme) if self._backend == "highspy" else None

    def assemble(self, demand: ShadowDemand, *, previous: ShadowTest | None = None) -> ShadowTest:
        """The best test: optimal, and verified after rounding.

        Parameters
        ----------
        demand : what it is to hold and to be best at.
        previous : the shadow test before, if it still meets the demand; the search starts from it, and the same demand
            and previous test give the same test.

        Raises
        ------
        AdaptiveTestError
            ``unknown_item`` when an item given may not be in any test, ``infeasible`` when no test holds these items,
            ``unverified`` when the solver's answer does not meet the rows.
        """
        programme = self._programme_for(demand)
        found = None if self._relaxation is None else self._search(self._relaxation, programme, previous)
        return found or self._solve(programme, demand)

    def optimum(self, demand: ShadowDemand) -> float:
        """The objective by a fresh integer programme without a gap: an audit of ``assemble``.

        Raises
        ------
        AdaptiveTestError
            ``infeasible``.
        """
        programme = self._programme_for(demand)
        return -float(programme.cost @ self._solve_integer(programme, demand)[0])

    def _programme_for(self, demand: ShadowDemand) -> LinearProgramme:
        n_items = self.rows.n_items
        cost = np.zeros(n_items + self.rows.n_stimuli)
        cost[:n_items] = -demand.information
        if demand.barred is not None:
            # More than any test can gain: as few of them as can be, whatever they would tell.
            best = np.partition(demand.information, n_items - min(self.longest, n_items))[-self.longest :]
            free = demand.barred[: cost.size].copy()
            free[demand.given] = False
            if self.rows.n_stimuli:
                opened = self.rows.stimulus_of[demand.given]
                free[n_items + opened[opened >= 0]] = False
            cost[free] += 1.0 + best.sum()
        excluded = self._place[demand.given] < 0
        if excluded.any():
            item = self.pool.item_ids[demand.given[excluded][0]]
            raise AdaptiveTestError(
                "unknown_item", f"item {item!r} was given, and the specification excludes it", item=item
            )
        lower, upper = self._programme.lower.copy(), self._programme.upper.copy()
        lower[self._place[demand.given]] = 1.0
        closed = self._place[demand.closed]
        upper[closed[closed >= 0]] = 0.0
        return replace(self._programme, cost=cost[self._columns], lower=lower, upper=upper)

    def _search(
        self,
        relaxation: WarmRelaxation,
        programme: LinearProgramme,
        previous: ShadowTest | None,
    ) -> ShadowTest | None:
        """By our own search; None when it found nothing that holds."""
        point = None if previous is None else self.rows.vector(previous.items)[self._columns]
        value = np.inf if point is None else float(programme.cost @ point)
        try:
            found = best_point(
                relaxation,
                programme,
                branch_first=self._is_stimulus,
                below=value,
                start=None if previous is None else previous.basis,
                max_nodes=FIRST_NODES,
            )
            point, nodes, is_proved = point if found.x is None else found.x, found.nodes, found.is_proved
            if not is_proved and found.root is not None:
                rest = restricted(programme, found.root, found.value)
                again = best_point(
                    WarmRelaxation(rest.programme),
                    rest.programme,
                    branch_first=self._is_stimulus[rest.free],
                    below=found.value - rest.offset,
                    max_nodes=MAX_NODES,
                )
                point, nodes, is_proved = (
                    point if again.x is None else rest.whole(again.x),
                    nodes + again.nodes,
                    again.is_proved,
                )
        except SolverError:
            return None
        if point is None or not is_proved:
            return None
        solved_by: SolvedBy = "relaxation" if nodes == 1 else "branch_and_bound"
        return self._verified(point, programme, solved_by, nodes, found.basis)

    def _solve(self, programme: LinearProgramme, demand: ShadowDemand) -> ShadowTest:
        """By the solver from a cold start, the linear relaxation first."""
        relaxed = solve(replace(programme, is_integer=np.zeros_like(programme.is_integer)), backend=self._backend)
        if relaxed.x is not None and np.abs(relaxed.x - np.round(relaxed.x)).max() <= INTEGRALITY:
            test = self._verified(np.round(relaxed.x), programme, "relaxation", 1, None)
            if test is not None:
                return test
        x, nodes = self._solve_integer(programme, demand)
        test = self._verified(x, programme, "integer_programme", 1 + max(1, nodes), None)
        if test is None:
            raise AdaptiveTestError(
                "unverified", "the solver's shadow test does not meet the specification; loosen its narrowest range"
            )
        return test

    def _solve_integer(self, programme: LinearProgramme, demand: ShadowDemand) -> tuple[FloatArray, int]:
        solution = solve(programme, backend=self._backend)
        if solution.x is None:
            names = [self.pool.item_ids[item] for item in demand.given]
            raise AdaptiveTestError(
                "infeasible",
                f"no test meets the specification with the {len(names)} items given; loosen it or enlarge the pool",
                given=names,
            )
        return solution.x, solution.nodes

    def _verified(
        self, x: FloatArray, programme: LinearProgramme, solved_by: SolvedBy, n_programmes: int, basis: Basis | None
    ) -> ShadowTest | None:
        """The test of a point of zeros and ones; None when its items break a bound or a row."""
        place = self._columns[x > 0.5]
        items = place[place < self.rows.n_items]
        if (x < programme.lower).any() or (x > programme.upper).any() or self.rows.violated(items).size:
            return None
        return ShadowTest(
            items=items,
            objective=-float(programme.cost @ x),
            # Only what is barred costs more than it tells.
            n_barred=int(np.count_nonzero((x > 0.5) & (programme.cost > 0.0))),
            solved_by=solved_by,
            n_programmes=n_programmes,
            basis=basis,
        )
