"""Panels as mixed integer programmes: one panel exactly, and those still to come as their sum.

References
----------
van der Linden & Adema (1998), Journal of Educational Measurement 35, 185–198 (the big-shadow-test method).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import block_diag, coo_array, csr_array, eye_array, hstack, kron, vstack

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.assembly.solver import LinearProgramme
from exam_engine.psychometrics.multistage.rows import PanelRows


def panel_programme(
    rows: PanelRows,
    counts: Sequence[int] = (1,),
    *,
    n_whole: int = 1,
    uses_left: FloatArray | None = None,
    level_limit: float | None = None,
) -> LinearProgramme:
    """Sums of panels side by side: ``counts`` (1, 4) are one panel and, as one sum, four more.

    The first ``n_whole`` sums are in whole items. Any other is in fractions: a shadow that keeps the panel from taking
    what the others will need. Rows and goals of a sum are those of a panel as many times as large. The cost is −y for a
    maximin with every goal ≥ scale · y, the deviation y for targets, 0 without goals.

    Parameters
    ----------
    rows : of one panel.
    counts : panels in each sum.
    n_whole : sums in whole items.
    uses_left : (J,) how often each item may stand in all panels together; None when once in each panel is allowed.
    level_limit : y is no better than this; None for no limit.

    Returns
    -------
    Variables: v of each sum, and y.
    """
    size = rows.variable_upper.size
    n_variables = len(counts) * size + 1
    blocks = [_wide(block_diag([rows.matrix] * len(counts), format="csr"), n_variables)]
    lower = [np.concatenate([count * rows.lower for count in counts])]
    upper = [np.concatenate([count * rows.upper for count in counts])]
    if uses_left is not None:
        each_item = eye_array(rows.n_items, rows.width, format="csr")
        of_panel = kron(np.ones((1, len(rows.module_names))), each_item, format="csr")
        limited = np.flatnonzero(uses_left < sum(counts))
        blocks.append(_wide(hstack([of_panel[limited]] * len(counts), format="csr"), n_variables))
        lower.append(np.full(limited.size, -math.inf))
        upper.append(uses_left[limited])
    cost = np.zeros(n_variables)
    level_lower, level_upper = 0.0, 0.0
    for part, count in enumerate(counts):
        for goal in rows.goals:
            columns = np.flatnonzero(goal.values)
            sums = coo_array(
                (goal.values[columns], (np.zeros(columns.size, dtype=np.intp), part * size + columns)),
                shape=(1, n_variables),
            )
            level = coo_array(([count * goal.scale], ([0], [n_variables - 1])), shape=(1, n_variables))
            if goal.target is None:
                blocks.append(csr_array(sums - level))
                lower.append(np.zeros(1))
                upper.append(np.full(1, math.inf))
            else:
                blocks += [csr_array(sums - level), csr_array(sums + level)]
                lower.append(np.array([-math.inf, count * goal.target]))
                upper.append(np.array([count * goal.target, math.inf]))
    if rows.goals:
        is_maximin = rows.goals[0].target is None
        cost[-1] = -1.0 if is_maximin else 1.0
        level_upper = math.inf
        if level_limit is not None and is_maximin:
            level_upper = level_limit
        elif level_limit is not None:
            level_lower = level_limit
    is_integer: BoolArray = np.zeros(n_variables, dtype=np.bool_)
    is_integer[: n_whole * size] = True
    return LinearProgramme(
        cost=cost,
        matrix=csr_array(vstack(blocks, format="csr")),
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
        lower=np.concatenate([*(count * rows.variable_lower for count in counts), [level_lower]]),
        upper=np.concatenate([*(count * rows.variable_upper for count in counts), [level_upper]]),
        is_integer=is_integer,
    )


def with_modules_held(programme: LinearProgramme, width: int, modules: Mapping[int, FloatArray]) -> LinearProgramme:
    """The programme with some modules held at given variables.

    Parameters
    ----------
    width : variables of a module.
    modules : place of the module, counted through all sums → its (width,) variables.
    """
    lower, upper = programme.lower.copy(), programme.upper.copy()
    for module, v in modules.items():
        columns = slice(module * width, (module + 1) * width)
        lower[columns] = upper[columns] = v
    return replace(programme, lower=lower, upper=upper)


def _wide(matrix: csr_array, n_variables: int) -> csr_array:
    widened = csr_array(matrix)
    widened.resize((widened.shape[0], n_variables))
    return widened
