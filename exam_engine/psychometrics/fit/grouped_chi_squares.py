"""X², G² and PV-Q1: responses of candidates of similar ability against the model.

References
----------
Yen (1981), Applied Psychological Measurement 5, 245–262 (Q1); Bock (1972), Psychometrika 37, 29–51 (X² at the median);
McKinley & Mills (1985), Applied Psychological Measurement 9, 49–57 (G²); Chalmers & Ng (2017), Applied Psychological
Measurement 41, 372–387 (plausible values).
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy

from exam_engine.psychometrics.ability.errors import items_of
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.fit.ability_groups import AbilityGroups, check_groups, in_order
from exam_engine.psychometrics.fit.chi_squares import ItemChiSquares, item_chi_squares
from exam_engine.psychometrics.fit.errors import FitError
from exam_engine.psychometrics.fit.free_parameters import free_parameters_per_item
from exam_engine.psychometrics.fit.residuals import InfiniteAbility, finite_abilities
from exam_engine.psychometrics.fit.sparse_cells import joined_categories
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.responses import ResponseMatrix

GroupStatistic = Literal["X2", "G2"]
GroupExpectation = Literal["mean", "median"]


def grouped_x2(
    responses: ResponseMatrix,
    items: ItemParameters,
    theta: FloatArray,
    *,
    statistic: GroupStatistic = "X2",
    n_groups: int = 10,
    expected: GroupExpectation = "mean",
    fixed: Sequence[str] = (),
    n_free: ArrayLike | None = None,
    smallest_expected: float = 2.0,
    infinite: InfiniteAbility = "leave_out",
) -> ItemChiSquares:
    """X² or G² of each item over groups of similar estimated ability.

    Candidates are grouped by an estimate that the item itself shaped, so that these tests reject good items too often,
    the more the shorter the test. Prefer S-X² for decisions; these are for comparison with earlier reports.

    Parameters
    ----------
    responses : (N, J) responses.
    items : parameters of these items, matched by name.
    theta : (N,) estimated abilities.
    statistic : "X2" (Pearson) or "G2" (likelihood ratio).
    n_groups : number of groups of about equal size among those who saw the item; equal abilities stay together.
    expected : "mean" takes the mean probability of the group's members (Yen's Q1), "median" the probability at their
        median ability (Bock).
    fixed : items whose parameters were not estimated, which take no degrees of freedom.
    n_free : (J,) parameters to take off the degrees of freedom; by default from the models and ``fixed``.
    smallest_expected : categories of a group are joined until each expects this many candidates; groups of one cell
        are left out.
    infinite : infinite estimates are left out, or put 0.1 beyond the outermost finite one ("edge").

    Raises
    ------
    FitError
        ``abilities_differ``, ``options_differ``.
    ScoringError
        ``no_parameters``, ``score_outside``.
    """
    items = items_of(responses, items)
    ability = finite_abilities(theta, responses, infinite)
    free = free_parameters_per_item(items, fixed, n_free)
    check_groups(n_groups)
    value, cells, counted = np.zeros((3, len(items)))
    order = in_order(ability)
    for item in range(len(items)):
        groups = AbilityGroups.of(responses, items, item, ability, order, n_groups)
        counted[item] = groups.size.sum()
        model = groups.at_median() if expected == "median" else groups.mean_probability()
        for observed, share in zip(groups.counts(), model * groups.size[:, None], strict=True):
            seen, hoped = observed, share
            if hoped.min() < smallest_expected:
                seen, hoped = joined_categories(observed, share, smallest_expected, fewest=1)
            if hoped.size < 2:
                continue
            cells[item] += hoped.size - 1
            value[item] += (
                ((seen - hoped) ** 2 / hoped).sum() if statistic == "X2" else 2.0 * xlogy(seen, seen / hoped).sum()
            )
    left_out = float(responses.weights[np.isnan(ability)].sum())
    return item_chi_squares(statistic, items.names, value, cells, free, counted, n_left_out=left_out)


def pv_q1(
    responses: ResponseMatrix,
    items: ItemParameters,
    plausible_values: FloatArray,
    *,
    n_groups: int = 10,
    fixed: Sequence[str] = (),
    n_free: ArrayLike | None = None,
) -> ItemChiSquares:
    """Yen's Q1 averaged over plausible values, which spread candidates as ability is spread and not as estimates are.

    Parameters
    ----------
    responses, items, n_groups, fixed, n_free : as in ``grouped_x2``.
    plausible_values : (N, D) draws from the candidates' posterior distributions; 30 draws are usual.

    Raises
    ------
    FitError
        ``abilities_differ``, ``options_differ``.
    """
    draws = np.asarray(plausible_values, dtype=np.float64)
    if draws.ndim != 2 or draws.shape[1] == 0:
        raise FitError("abilities_differ", f"plausible values of shape {draws.shape} are not an (N, D) table")
    own = items_of(responses, items)
    free = free_parameters_per_item(own, fixed, n_free)
    tests = [
        grouped_x2(responses, own, draw, n_groups=n_groups, n_free=np.zeros(len(own), dtype=np.intp))
        for draw in draws.T
    ]
    return item_chi_squares(
        "PV-Q1",
        own.names,
        np.mean([test.statistic for test in tests], axis=0),
        np.mean([test.df for test in tests], axis=0),
        free,
        tests[0].n_candidates,
        n_left_out=0.0,
    )
