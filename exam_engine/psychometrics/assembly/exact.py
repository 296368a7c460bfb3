"""The exact engine: all forms in one mixed integer programme, solved to a proven gap.

References
----------
van der Linden (2005), *Linear Models for Optimal Test Design*, ch. 5–6.
"""

import itertools
import math

import numpy as np
from scipy.sparse import block_diag, coo_array, csr_array, hstack, vstack

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.assembly.measures import Measure, amounts_of
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.rows import SLACK, FormRows, form_rows, use_limits
from exam_engine.psychometrics.assembly.solver import LinearProgramme
from exam_engine.psychometrics.assembly.specification import (
    AnyForms,
    Extreme,
    Maximin,
    MinimaxTarget,
    TestSpecification,
)


def monolithic_programme(pool: ItemPool, specification: TestSpecification) -> LinearProgramme:
    """All forms in one programme; variables are v of form 1, v of form 2 …, then what the objective and closeness need.

    Last, for a limit on shared items, come one variable for each item and pair of forms that may share it.

    The cost is minimised: −y for maximin, the deviation for minimax, ∓ the measure for an extreme.

    Raises
    ------
    SpecificationError
    """
    rows = form_rows(pool, specification)
    n_forms, width = specification.n_forms, rows.n_items + rows.n_stimuli
    levels = 1 + len(specification.closeness)
    least, most = use_limits(pool, specification)
    overlap = specification.overlap_maximum
    # An item of one form only is shared by none, and anchors do not count.
    may_share = np.flatnonzero((most > 1) & ((rows.variable_lower + rows.variable_upper)[: rows.n_items] == 1.0))
    pairs = list(itertools.combinations(range(n_forms), 2)) if overlap is not None and may_share.size else []
    n_variables = n_forms * width + levels + len(pairs) * may_share.size
    blocks: list[csr_array] = [_wide(block_diag([rows.matrix] * n_forms, format="csr"), n_variables)]
    lower, upper = [np.tile(rows.lower, n_forms)], [np.tile(rows.upper, n_forms)]

    limited = np.flatnonzero((most < n_forms) | ((least > 0) & (least < n_forms)))
    if limited.size:
        one_form = coo_array((np.ones(limited.size), (np.arange(limited.size), limited)), shape=(limited.size, width))
        blocks.append(_wide(hstack([one_form] * n_forms, format="csr"), n_variables))
        lower.append(least[limited].astype(np.float64))
        upper.append(most[limited].astype(np.float64))

    cost = np.zeros(n_variables)
    level = n_forms * width
    variable_lower = np.zeros(n_variables)
    variable_lower[:level] = np.tile(rows.variable_lower, n_forms)
    variable_upper = np.full(n_variables, math.inf)
    variable_upper[:level] = np.tile(rows.variable_upper, n_forms)
    match specification.objective:
        case Maximin(measures, weights):
            cost[level] = -1.0
            for measure, weight in zip(measures, weights, strict=True):
                sums = _per_form(pool, rows, measure, n_forms, n_variables)
                blocks.append(_minus_level(sums, level, weight))
                lower.append(np.zeros(n_forms))
                upper.append(np.full(n_forms, math.inf))
        case MinimaxTarget(measures, targets) as objective:
            cost[level] = 1.0
            for measure, target, scale in zip(measures, targets, objective.scales, strict=True):
                sums = _per_form(pool, rows, measure, n_forms, n_variables)
                blocks += [_minus_level(sums, level, scale), _minus_level(sums, level, -scale)]
                lower += [np.full(n_forms, -math.inf), np.full(n_forms, target)]
                upper += [np.full(n_forms, target), np.full(n_forms, math.inf)]
        case Extreme(measure, sense):
            values = _values(pool, rows, measure)
            sign = -1.0 if sense == "maximise" else 1.0
            cost[: n_forms * width] = np.tile(sign * values / n_forms, n_forms)
            variable_upper[level] = 0.0
        case AnyForms():
            variable_upper[level] = 0.0
    for number, rule in enumerate(specification.closeness, start=1):
        sums = _per_form(pool, rows, rule.measure, n_forms, n_variables)
        factor = 1.0 if rule.relative is None else 1.0 + rule.relative * (1.0 - SLACK)
        room = 0.0 if rule.absolute is None else rule.absolute * (1.0 - SLACK)
        blocks += [_minus_level(sums, level + number, 1.0), _minus_level(sums, level + number, factor)]
        lower += [np.zeros(n_forms), np.full(n_forms, -math.inf)]
        upper += [np.full(n_forms, math.inf), np.full(n_forms, room)]
    for number, (one, other) in enumerate(pairs):
        first = level + levels + number * may_share.size
        here = np.arange(may_share.size)
        columns = np.concatenate([one * width + may_share, other * width + may_share, first + here])
        values = np.concatenate([np.ones(2 * may_share.size), np.full(may_share.size, -1.0)])
        shared = coo_array((values, (np.tile(here, 3), columns)), shape=(may_share.size, n_variables))
        total = coo_array((np.ones(here.size), (np.zeros_like(here), first + here)), shape=(1, n_variables))
        blocks += [shared.tocsr(), total.tocsr()]
        lower.append(np.full(may_share.size + 1, -math.inf))
        upper.append(np.append(np.ones(may_share.size), float(overlap or 0)))
    is_integer = np.ones(n_variables, dtype=np.bool_)
    is_integer[level:] = False
    return LinearProgramme(
        cost=cost,
        matrix=vstack(blocks, format="csr"),
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
        lower=variable_lower,
        upper=variable_upper,
        is_integer=is_integer,
    )


def _values(pool: ItemPool, rows: FormRows, measure: Measure) -> FloatArray:
    amounts = amounts_of(measure, pool)
    return np.concatenate([amounts.items, amounts.stimuli[: rows.n_stimuli]])


def _per_form(pool: ItemPool, rows: FormRows, measure: Measure, n_forms: int, n_variables: int) -> csr_array:
    values = csr_array(_values(pool, rows, measure)[None, :])
    return _wide(block_diag([values] * n_forms, format="csr"), n_variables)


def _minus_level(sums: csr_array, level: int, factor: float) -> csr_array:
    n_rows = sums.shape[0]
    place = (np.arange(n_rows), np.full(n_rows, level))
    return csr_array(sums - coo_array((np.full(n_rows, factor), place), shape=sums.shape).tocsr())


def _wide(matrix: csr_array, n_variables: int) -> csr_array:
    widened = csr_array(matrix)
    widened.resize((widened.shape[0], n_variables))
    return widened
