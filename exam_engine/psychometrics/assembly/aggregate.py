"""All forms added up in one: its bound cannot be beaten by any forms, and the items that it uses are the ones to use.

Where every form meets lower ≤ A v ≤ upper, their sum meets F · lower ≤ A Σv ≤ F · upper, and the smallest value of a
form is at most the mean. The sum has no symmetry, hence solves in a moment where the forms themselves do not.

References
----------
van der Linden (2005), *Linear Models for Optimal Test Design*, ch. 6 (the shadow test as a sum of the remaining forms).
Boyd & Vandenberghe (2004), *Convex Optimization*, ex. 4.4 (a convex problem with symmetry has a symmetric optimum).
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.sparse import coo_array, csr_array, hstack, vstack

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.assembly.measures import Measure, amounts_of
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.rows import FormRows, form_rows, use_limits
from exam_engine.psychometrics.assembly.solver import LinearProgramme, SolverLimits, solve
from exam_engine.psychometrics.assembly.specification import (
    AnyForms,
    Extreme,
    Maximin,
    MinimaxTarget,
    TestSpecification,
)

_OVERLAP_STEPS: Final = (1, 2, 3, 5, 8, 13, 21, 34)
"""Chords of the number of pairs that share an item; more would tighten little."""


@dataclass(frozen=True, slots=True, eq=False)
class AggregateSolution:
    """What the aggregate problem says.

    Attributes
    ----------
    is_feasible : False when no forms can meet the requirements.
    bound : proven bound of the objective as in ``AssemblyResult``.
    uses : (J,) in how many forms each item stands, fractions where the relaxation left them; None when the search
        stopped before it had any.
    stimulus_uses : (S,) the same for stimuli.
    nodes : branch-and-bound nodes.
    """

    is_feasible: bool
    bound: float
    uses: FloatArray | None
    stimulus_uses: FloatArray | None
    nodes: int


Whole = Literal["nothing", "stimuli", "everything"]
"""Which uses are whole numbers: the more, the tighter the bound and the longer the search."""


def aggregate_programme(pool: ItemPool, specification: TestSpecification, *, whole: Whole) -> LinearProgramme:
    """The sum of all forms as a programme over (uses of J items, uses of S stimuli, level, shared pairs of J items).

    Parameters
    ----------
    whole : which uses are whole numbers.

    Raises
    ------
    SpecificationError
    """
    rows = form_rows(pool, specification)
    n_forms, width = specification.n_forms, rows.n_items + rows.n_stimuli
    least, most = use_limits(pool, specification)
    overlap = specification.overlap_maximum if n_forms > 1 else None
    n_variables = width + 1 + (rows.n_items if overlap is not None else 0)
    blocks = [_wide(rows.matrix, n_variables)]
    lower, upper = [rows.lower * n_forms], [rows.upper * n_forms]
    cost = np.zeros(n_variables)
    is_free_level = True
    match specification.objective:
        case Maximin(measures, weights):
            cost[width] = -1.0
            for measure, weight in zip(measures, weights, strict=True):
                blocks.append(_row(_values(pool, rows, measure), width, -n_forms * weight, n_variables))
                lower.append(np.zeros(1))
                upper.append(np.full(1, math.inf))
        case MinimaxTarget(measures, targets) as aim:
            cost[width] = 1.0
            for measure, target, scale in zip(measures, targets, aim.scales, strict=True):
                values = _values(pool, rows, measure)
                blocks.append(_row(values, width, -n_forms * scale, n_variables))
                blocks.append(_row(values, width, n_forms * scale, n_variables))
                lower += [np.full(1, -math.inf), np.full(1, n_forms * target)]
                upper += [np.full(1, n_forms * target), np.full(1, math.inf)]
        case Extreme(measure, sense):
            is_free_level = False
            cost[:width] = _values(pool, rows, measure) * ((-1.0 if sense == "maximise" else 1.0) / n_forms)
        case AnyForms():
            is_free_level = False
    if overlap is not None:
        shared, limit = _shared_pairs(rows, most, n_forms, overlap, n_variables)
        blocks.append(shared)
        lower.append(np.full(shared.shape[0], -math.inf))
        upper.append(limit)

    variable_lower, variable_upper = np.zeros(n_variables), np.full(n_variables, math.inf)
    variable_lower[:width] = rows.variable_lower * n_forms
    variable_upper[:width] = rows.variable_upper * n_forms
    items = slice(rows.n_items)
    variable_upper[items] = np.minimum(variable_upper[items], most)
    variable_lower[items] = np.maximum(variable_lower[items], least)
    if not is_free_level:
        variable_upper[width] = 0.0
    is_integer = np.zeros(n_variables, dtype=np.bool_)
    is_integer[rows.n_items : width] = whole != "nothing"
    is_integer[items] = whole == "everything"
    return LinearProgramme(
        cost=cost,
        matrix=vstack(blocks, format="csr"),
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
        lower=variable_lower,
        upper=variable_upper,
        is_integer=is_integer,
    )


def solve_aggregate(
    pool: ItemPool, specification: TestSpecification, limits: SolverLimits, *, whole: Whole, seed: int = 0
) -> AggregateSolution:
    """Solve the sum of all forms.

    Parameters
    ----------
    whole : which uses are whole numbers.

    Raises
    ------
    SpecificationError, SolverError
    """
    programme = aggregate_programme(pool, specification, whole=whole)
    if (programme.lower > programme.upper).any():
        return AggregateSolution(False, math.nan, None, None, 0)
    solution = solve(programme, limits, seed=seed)
    if solution.status == "infeasible":
        return AggregateSolution(False, math.nan, None, None, solution.nodes)
    n_items = len(pool.item_ids)
    is_cost = isinstance(specification.objective, MinimaxTarget | AnyForms) or (
        isinstance(specification.objective, Extreme) and specification.objective.sense == "minimise"
    )
    bound = solution.bound if is_cost else -solution.bound
    if solution.x is None:
        return AggregateSolution(True, bound, None, None, solution.nodes)
    n_stimuli = form_rows(pool, specification).n_stimuli
    stimulus_uses = solution.x[n_items : n_items + n_stimuli]
    return AggregateSolution(True, bound, solution.x[:n_items], stimulus_uses, solution.nodes)


def _values(pool: ItemPool, rows: FormRows, measure: Measure) -> FloatArray:
    amounts = amounts_of(measure, pool)
    return np.concatenate([amounts.items, amounts.stimuli[: rows.n_stimuli]])


def _row(values: FloatArray, level: int, factor: float, n_variables: int) -> csr_array:
    row = np.zeros((1, n_variables))
    row[0, : values.size] = values
    row[0, level] = factor
    return csr_array(row)


def _shared_pairs(
    rows: FormRows, most: IntArray, n_forms: int, overlap: int, n_variables: int
) -> tuple[csr_array, FloatArray]:
    """Rows by which all pairs of forms together share at most F(F − 1)/2 times what one pair may.

    An item in n forms is shared by n(n − 1)/2 pairs, which is convex in n and written by its chords.
    """
    first = n_variables - rows.n_items
    free = np.flatnonzero(rows.variable_lower[: rows.n_items] == 0.0)
    blocks: list[csr_array] = []
    limits: list[FloatArray] = []
    for step in _OVERLAP_STEPS:
        if step >= n_forms:
            break
        items = free[most[free] > step]
        # The chord through n = step and step + 1: pairs ≥ step · n − step (step + 1)/2.
        here = np.arange(items.size)
        triples = (
            np.concatenate([np.full(items.size, float(step)), np.full(items.size, -1.0)]),
            (np.concatenate([here, here]), np.concatenate([items, first + items])),
        )
        blocks.append(coo_array(triples, shape=(items.size, n_variables)).tocsr())
        limits.append(np.full(items.size, step * (step + 1) / 2.0))
    total = np.zeros((1, n_variables))
    total[0, first:] = 1.0
    blocks.append(csr_array(total))
    limits.append(np.full(1, overlap * n_forms * (n_forms - 1) / 2.0))
    return vstack(blocks, format="csr"), np.concatenate(limits)


def _wide(matrix: csr_array, n_variables: int) -> csr_array:
    n_more = n_variables - matrix.shape[1]
    return csr_array(hstack([matrix, csr_array((matrix.shape[0], n_more))], format="csr"))
