"""The big-shadow-test method: form after form, each beside a shadow that keeps enough for all forms still to come.

References
----------
van der Linden & Adema (1998), Simultaneous assembly of multiple test forms, *Journal of Educational Measurement* 35(3).
van der Linden (2005), *Linear Models for Optimal Test Design*, ch. 6.
"""

import math

import numpy as np
from scipy.sparse import coo_array, csr_array, vstack

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.assembly.measures import Measure, amounts_of
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.rows import SLACK, FormRows, form_rows, use_limits
from exam_engine.psychometrics.assembly.solver import LinearProgramme, SolverLimits, solve
from exam_engine.psychometrics.assembly.specification import (
    AnyForms,
    Extreme,
    Maximin,
    MinimaxTarget,
    TestSpecification,
)


def shadow_forms(
    pool: ItemPool, specification: TestSpecification, limits: SolverLimits, *, seed: int = 0
) -> tuple[list[IntArray], int]:
    """Item indices of form after form, until all are made or one cannot be; and branch-and-bound nodes.

    Parameters
    ----------
    limits : of the programme of each form.

    Raises
    ------
    SpecificationError, SolverError
    """
    rows = form_rows(pool, specification)
    forms: list[IntArray] = []
    nodes = 0
    for _ in range(specification.n_forms):
        solution = solve(_programme(pool, specification, rows, forms), limits, seed=seed)
        nodes += solution.nodes
        if solution.x is None:
            break
        forms.append(np.flatnonzero(solution.x[: rows.n_items] > 0.5))
    return forms, nodes


def rebuilt_form(
    pool: ItemPool, specification: TestSpecification, others: list[IntArray], limits: SolverLimits, *, seed: int = 0
) -> tuple[IntArray | None, int]:
    """The last form beside finished others, None when there is none within the limits; and branch-and-bound nodes.

    Raises
    ------
    SpecificationError, SolverError
    """
    rows = form_rows(pool, specification)
    solution = solve(_programme(pool, specification, rows, others), limits, seed=seed)
    if solution.x is None:
        return None, solution.nodes
    return np.flatnonzero(solution.x[: rows.n_items] > 0.5), solution.nodes


def _programme(
    pool: ItemPool, specification: TestSpecification, rows: FormRows, done: list[IntArray]
) -> LinearProgramme:
    """The next form v and its shadow w, the sum of the forms after it: variables (v, w, level)."""
    width = rows.n_items + rows.n_stimuli
    n_forms, n_shadow = specification.n_forms, specification.n_forms - len(done) - 1
    writer = _Rows(2 * width + 1)
    writer.add(rows.matrix, 0, rows.lower, rows.upper)
    if n_shadow:
        writer.add(rows.matrix, width, rows.lower * n_shadow, rows.upper * n_shadow)

    used = np.zeros(rows.n_items)
    for form in done:
        used[form] += 1.0
    least, most = use_limits(pool, specification)
    limited = np.flatnonzero((most < n_forms) | ((least > 0) & (least < n_forms)))
    here = np.arange(limited.size)
    both = coo_array(
        (np.ones(2 * limited.size), (np.tile(here, 2), np.concatenate([limited, width + limited]))),
        shape=(limited.size, 2 * width + 1),
    )
    writer.add(both.tocsr(), 0, (least - used)[limited], (most - used)[limited])
    overlap = specification.overlap_maximum
    if overlap is not None and done:
        shared = np.zeros((len(done), rows.n_items))
        for number, form in enumerate(done):
            shared[number, form] = rows.variable_lower[form] == 0.0
        writer.add(csr_array(shared), 0, np.full(len(done), -math.inf), np.full(len(done), float(overlap)))

    level = 2 * width
    cost = np.zeros(2 * width + 1)
    for measure, factor, lower, upper in _objective_rows(specification):
        values = _values(pool, rows, measure)
        writer.add_one([(0, values)], (level, factor), lower, upper)
        if n_shadow:
            writer.add_one([(width, values)], (level, factor * n_shadow), lower * n_shadow, upper * n_shadow)
    match specification.objective:
        case Maximin():
            cost[level] = -1.0
        case MinimaxTarget():
            cost[level] = 1.0
        case Extreme(measure, sense):
            values = _values(pool, rows, measure) * (-1.0 if sense == "maximise" else 1.0)
            cost[:level] = np.concatenate([values, values if n_shadow else np.zeros(width)]) / n_forms
        case AnyForms():
            pass
    for rule in specification.closeness:
        values = _values(pool, rows, rule.measure)
        factor = 1.0 if rule.relative is None else 1.0 + rule.relative * (1.0 - SLACK)
        room = 0.0 if rule.absolute is None else rule.absolute * (1.0 - SLACK)
        if done:
            found = [float(values @ rows.vector(form)) for form in done]
            writer.add_one([(0, values)], None, (max(found) - room) / factor, min(found) * factor + room)
        if n_shadow:
            # The mean of the forms to come is as close to this one as each of them must be.
            writer.add_one([(0, -n_shadow * factor * values), (width, values)], None, -math.inf, n_shadow * room)
            writer.add_one([(0, n_shadow * values), (width, -factor * values)], None, -math.inf, n_shadow * room)

    variable_upper = np.concatenate([rows.variable_upper, rows.variable_upper * n_shadow, [math.inf]])
    if isinstance(specification.objective, Extreme | AnyForms):
        variable_upper[level] = 0.0
    is_integer = np.zeros(2 * width + 1, dtype=np.bool_)
    is_integer[:width] = True
    return LinearProgramme(
        cost=cost,
        matrix=vstack(writer.blocks, format="csr"),
        row_lower=np.concatenate(writer.lower),
        row_upper=np.concatenate(writer.upper),
        lower=np.concatenate([rows.variable_lower, rows.variable_lower * n_shadow, [0.0]]),
        upper=variable_upper,
        is_integer=is_integer,
    )


def _objective_rows(specification: TestSpecification) -> list[tuple[Measure, float, float, float]]:
    """Measure, factor of the level, and bounds of their sum."""
    match specification.objective:
        case Maximin(measures, weights):
            return [(measure, -weight, 0.0, math.inf) for measure, weight in zip(measures, weights, strict=True)]
        case MinimaxTarget(measures, targets) as aim:
            found: list[tuple[Measure, float, float, float]] = []
            for measure, target, scale in zip(measures, targets, aim.scales, strict=True):
                found += [(measure, -scale, -math.inf, target), (measure, scale, target, math.inf)]
            return found
        case Extreme() | AnyForms():
            return []


class _Rows:
    """Rows over form, shadow and level, collected block by block."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.blocks: list[csr_array] = []
        self.lower: list[FloatArray] = []
        self.upper: list[FloatArray] = []

    def add(self, matrix: csr_array, first: int, lower: FloatArray, upper: FloatArray) -> None:
        triples = matrix.tocoo()
        shape = (matrix.shape[0], self.width)
        self.blocks.append(coo_array((triples.data, (triples.row, triples.col + first)), shape=shape).tocsr())
        self.lower.append(lower)
        self.upper.append(upper)

    def add_one(
        self, parts: list[tuple[int, FloatArray]], level: tuple[int, float] | None, lower: float, upper: float
    ) -> None:
        row = np.zeros((1, self.width))
        for first, values in parts:
            row[0, first : first + values.size] = values
        if level is not None:
            row[0, level[0]] = level[1]
        self.blocks.append(csr_array(row))
        self.lower.append(np.array([lower]))
        self.upper.append(np.array([upper]))


def _values(pool: ItemPool, rows: FormRows, measure: Measure) -> FloatArray:
    amounts = amounts_of(measure, pool)
    return np.concatenate([amounts.items, amounts.stimuli[: rows.n_stimuli]])
