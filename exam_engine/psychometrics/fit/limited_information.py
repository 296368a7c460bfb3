"""M2, M2* and C2: does one ability explain the means and the pairwise products of all items together?

References
----------
Maydeu-Olivares & Joe (2006), Psychometrika 71, 713–732, and (2014), Multivariate Behavioral Research 49, 305–328
(RMSEA); Cai & Hansen (2013), British Journal of Mathematical and Statistical Psychology 66, 245–276; Cai & Monroe
(2014), CRESST Report 839; Cai, Chung & Lee (2023), Multivariate Behavioral Research 58, 580–597 (TLI).
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy.linalg import LinAlgError, cholesky, qr, solve_triangular
from scipy.optimize import brentq
from scipy.stats import chi2, ncx2

from exam_engine.psychometrics.ability.errors import items_of
from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.fit.booklets import AbilityDensity, densities_by_group, find_booklets
from exam_engine.psychometrics.fit.chi_squares import json_number
from exam_engine.psychometrics.fit.errors import FitError
from exam_engine.psychometrics.fit.free_parameters import (
    UNIT_SLOPE_MODELS,
    free_parameters,
    natural_parameters,
    probability_derivatives,
)
from exam_engine.psychometrics.fit.moments import LimitedStatistic, Moments, correlations
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.response_functions import category_curves
from exam_engine.psychometrics.responses import ResponseMatrix

_RANK_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class LimitedInformationFit:
    """Fit of a whole model to first and second moments.

    Parameters
    ----------
    name : "M2", "M2*" (M2 with polytomous items) or "C2".
    statistic, df, p : chi-square test that the model holds exactly.
    rmsea, rmsea_lower, rmsea_upper : root mean square error of approximation √(max(X²/df − 1, 0)/(N − 1)) with the
        limits of its interval.
    confidence : of that interval.
    srmsr : root mean square difference of observed and implied correlations of scores over the pairs of items, largest
        over groups and booklets; NaN with nominal items or an item that all answered alike.
    tli, cfi : Tucker–Lewis and comparative fit index against independent items; NaN where those have no degrees of
        freedom or no misfit.
    n_candidates, n_left_out : candidates who entered and who did not, by weight.
    n_moments, n_parameters : p and the rank of the parameters' influence on the moments; df is the difference.
    flag : "unidentified" when moments determine fewer combinations of parameters than are free, else None.
    """

    name: str
    statistic: float
    df: int
    p: float
    rmsea: float
    rmsea_lower: float
    rmsea_upper: float
    confidence: float
    srmsr: float
    tli: float
    cfi: float
    n_candidates: float
    n_left_out: float
    n_moments: int
    n_parameters: int
    flag: str | None

    def to_dict(self) -> dict[str, Any]:
        """JSON values, null for what is not finite."""
        return {
            name: json_number(value) if isinstance(value := getattr(self, name), float) else value
            for name in self.__dataclass_fields__
        }


class _Block(NamedTuple):
    """Whitened residuals and derivatives of one booklet, √N times."""

    residual: FloatArray
    by_items: FloatArray
    by_density: FloatArray
    srmsr: float
    null_statistic: float
    null_df: int


def m2(
    responses: ResponseMatrix,
    items: ItemParameters,
    ability: AbilityDensity = None,
    *,
    statistic: LimitedStatistic = "M2",
    groups: Sequence[str] | None = None,
    fixed: Sequence[str] = (),
    free_density: Sequence[Literal["mean", "sd"]] | None = None,
    project_density: bool = False,
    parameter_design: FloatArray | None = None,
    confidence: float = 0.9,
    smallest_booklet: float = 100.0,
) -> LimitedInformationFit:
    """M2 of dichotomous items, M2* or C2 of polytomous ones.

    Parameters
    ----------
    responses : (N, J) responses. Candidates who were shown the same items form a booklet; booklets and groups add up to
        one test with common item parameters.
    items : parameters of these items, matched by name.
    ability : density of ability, by group if there are groups; standard normal by default.
    statistic : "M2" takes mean scores and products, "C2" proportions of categories and products: use it when M2* of
        few polytomous items leaves no degrees of freedom.
    groups : N names of groups.
    fixed : items whose parameters were not estimated.
    free_density : what of the ability density was estimated (in every group but a first one of several); by default
        the spread when all slopes are fixed at one, else nothing for one group and both for further groups.
    project_density : whether what the free density explains is taken out of the residuals, as asymptotic theory asks
        and as makes the Rasch and 1PL forms of one model agree. By default its parameters are only taken off the
        degrees of freedom, as in R package mirt 1.45.1; the difference is of the order of 1e-5 of the statistic.
    parameter_design : (T, P) derivatives of all natural parameters (``natural_parameters``) in the free ones, when the
        fit had restrictions other than its models say.
    confidence : of the interval of RMSEA.
    smallest_booklet : booklets with fewer candidates are left out, and their number is in the result.

    Notes
    -----
    Estimates by maximum a posteriori are taken as if the prior were not there, as R package mirt does: the chi-square
    holds for the best estimates that use the responses alone, and a strong prior makes the test reject more often.

    Raises
    ------
    FitError
        ``no_degrees_of_freedom``, ``too_few_candidates``, ``singular_moments`` (a category or a pair of answers that
        nobody is expected to give, or items that repeat each other), ``groups_differ``, ``options_differ``.
    ScoringError
        ``no_parameters``, ``score_outside``.
    """
    items = items_of(responses, items)
    if not 0.0 < confidence < 1.0:
        raise FitError("options_differ", f"the confidence {confidence} is not between 0 and 1")
    densities = densities_by_group(ability, groups)
    booklets = find_booklets(responses.scores, responses.weights, groups)
    large = [found for found in booklets if found.n_candidates >= smallest_booklet and found.columns.size > 1]
    if not large:
        raise FitError(
            "too_few_candidates",
            f"no {smallest_booklet:g} candidates were shown the same two or more items; lower smallest_booklet or test "
            "fewer items",
        )
    design = free_parameters(items, fixed).design if parameter_design is None else parameter_design
    of_item = np.repeat(np.arange(len(items)), [len(names) for names in natural_parameters(items)])
    if design.shape[0] != of_item.size:
        raise FitError("options_differ", f"parameter_design has {design.shape[0]} rows, expected {of_item.size}")
    free = _free_densities(items, list(densities), free_density)
    n_density = sum(len(columns) for columns in free.values())
    blocks = []
    for found in large:
        block_items = items.take(found.columns)
        columns = _density_columns(free, found.group, n_density)
        blocks.append(
            _block(
                responses.scores[np.ix_(found.rows, found.columns)],
                responses.weights[found.rows],
                block_items,
                densities[found.group],
                statistic,
                design[np.isin(of_item, found.columns)],
                columns,
            )
        )
    residual = np.concatenate([block.residual for block in blocks])
    by_items = np.concatenate([block.by_items for block in blocks])
    by_density = np.concatenate([block.by_density for block in blocks])
    n_candidates = sum(found.n_candidates for found in large)
    tested = np.isin(of_item, np.concatenate([found.columns for found in large]))
    by_items = by_items[:, (design[tested] != 0.0).any(axis=0)]
    by_density = by_density[:, (by_density != 0.0).any(axis=0)]
    value, rank = _unexplained(residual, np.column_stack([by_items, by_density]) if project_density else by_items)
    n_free = by_items.shape[1] + by_density.shape[1]
    n_parameters = rank if project_density else rank + by_density.shape[1]
    df = residual.size - n_parameters
    if df <= 0:
        raise FitError(
            "no_degrees_of_freedom",
            f"{residual.size} moments cannot test {n_parameters} free parameters; "
            + ("take C2" if statistic == "M2" and (items.n_categories > 2).any() else "more items are needed"),
        )
    null, null_df = sum(block.null_statistic for block in blocks), sum(block.null_df for block in blocks)
    # Without misfit of independent items there is nothing that a model could do better.
    dependent = null_df > 0 and null > null_df
    lower, upper = _noncentrality_limits(value, df, confidence)
    scale = df * (n_candidates - 1.0)
    return LimitedInformationFit(
        name="C2" if statistic == "C2" else "M2" if (items.n_categories == 2).all() else "M2*",
        statistic=value,
        df=df,
        p=float(chi2.sf(value, df)),
        rmsea=float(np.sqrt(max(value - df, 0.0) / scale)),
        rmsea_lower=float(np.sqrt(lower / scale)),
        rmsea_upper=float(np.sqrt(upper / scale)),
        confidence=confidence,
        srmsr=max(block.srmsr for block in blocks),
        tli=(null / null_df - value / df) / (null / null_df - 1.0) if dependent else float("nan"),
        cfi=float(np.clip(1.0 - (value - df) / (null - null_df), 0.0, 1.0)) if dependent else float("nan"),
        n_candidates=n_candidates,
        n_left_out=responses.n_candidates - n_candidates,
        n_moments=residual.size,
        n_parameters=n_parameters,
        flag="unidentified" if n_parameters < n_free else None,
    )


def _free_densities(
    items: ItemParameters, groups: list[str | None], free: Sequence[str] | None
) -> dict[str | None, tuple[int, ...]]:
    if free is not None:
        chosen = tuple(("mean", "sd").index(name) for name in free)
        first: tuple[int, ...] = chosen if len(groups) == 1 else ()
        return {group: first if place == 0 else chosen for place, group in enumerate(groups)}
    spread = (1,) if all(model in UNIT_SLOPE_MODELS for model in items.models) else ()
    return {group: spread if place == 0 else (0, 1) for place, group in enumerate(groups)}


def _density_columns(free: dict[str | None, tuple[int, ...]], group: str | None, n_density: int) -> FloatArray:
    """(2, D) which column of the parameters the mean and spread of the group are."""
    start = 0
    result = np.zeros((2, n_density))
    for name, chosen in free.items():
        if name == group:
            for place, parameter in enumerate(chosen):
                result[parameter, start + place] = 1.0
        start += len(chosen)
    return result


def _block(
    scores: ScoreArray,
    weights: FloatArray,
    items: ItemParameters,
    ability: Quadrature,
    statistic: LimitedStatistic,
    design: FloatArray,
    density_columns: FloatArray,
) -> _Block:
    curves = category_curves(ability.nodes, items)
    moments = Moments.of(statistic, ability.weights, curves.p, items.n_categories)
    observed = moments.observed(scores, weights)
    factor = _factor(moments.covariance())
    by_items = moments.derivatives(probability_derivatives(ability.nodes, items)) @ design
    by_density = moments.density_derivatives(curves.slope, ability.nodes) @ density_columns
    size = np.sqrt(weights.sum())
    null_statistic, null_df = _independence(scores, weights, items.n_categories, statistic)
    ordinal = "nominal" not in items.families
    return _Block(
        residual=size * solve_triangular(factor, observed - moments.expected(), lower=True),
        by_items=size * solve_triangular(factor, by_items, lower=True),
        by_density=size * solve_triangular(factor, by_density, lower=True),
        srmsr=_srmsr(scores, weights, moments) if ordinal else float("nan"),
        null_statistic=null_statistic,
        null_df=null_df,
    )


def _factor(covariance: FloatArray) -> FloatArray:
    spread = np.sqrt(np.diag(covariance))
    if (spread > 0.0).all():
        with suppress(LinAlgError):
            # Scaled to correlations, so that rare categories do not look like dependence.
            factor: FloatArray = cholesky(covariance / np.outer(spread, spread), lower=True) * spread[:, None]
            return factor
    raise FitError(
        "singular_moments",
        "the covariance of the moments is singular: an item repeats others, or a category has no expected answers; "
        "leave out the item or join its categories",
    )


def _unexplained(residual: FloatArray, influence: FloatArray) -> tuple[float, int]:
    """Squared length of the residual off the parameters' directions, and how many directions those are."""
    length = np.linalg.norm(influence, axis=0)
    felt = length > _RANK_TOLERANCE * length.max(initial=0.0)
    if not felt.any():
        return float(residual @ residual), 0
    scaled = influence[:, felt] / length[felt]
    basis, triangle, _ = qr(scaled, mode="economic", pivoting=True)
    size = np.abs(np.diag(triangle))
    rank = int((size > _RANK_TOLERANCE * size[0]).sum())
    off = residual - basis[:, :rank] @ (basis[:, :rank].T @ residual)
    return float(off @ off), rank


def _independence(
    scores: ScoreArray, weights: FloatArray, n_categories: IntArray, statistic: LimitedStatistic
) -> tuple[float, int]:
    """Statistic and df of the model that all items are independent with the observed proportions."""
    n_items = n_categories.size
    width = int(n_categories.max())
    p = np.zeros((1, n_items, width))
    derivatives = []
    for item, size in enumerate(n_categories):
        p[0, item, :size] = np.bincount(scores[:, item], weights, minlength=size) / weights.sum()
        derivatives.append(np.concatenate([-np.ones((1, 1, size - 1)), np.eye(size - 1)[None]], axis=1))
    moments = Moments.of(statistic, np.ones(1), p, n_categories)
    n_moments = moments.expected().size
    df = n_moments - int((n_categories - 1).sum())
    if df <= 0:
        return float("nan"), 0
    try:
        factor = _factor(moments.covariance())
    except FitError:
        # An item that all answered alike is independent of all others: the comparison says nothing.
        return float("nan"), 0
    residual = solve_triangular(factor, moments.observed(scores, weights) - moments.expected(), lower=True)
    influence = solve_triangular(factor, moments.derivatives(derivatives), lower=True)
    value, _ = _unexplained(residual, influence)
    return value * float(weights.sum()), df


def _srmsr(scores: ScoreArray, weights: FloatArray, moments: Moments) -> float:
    observed = correlations(np.cov(scores, rowvar=False, aweights=weights, ddof=0))
    difference = (observed - moments.score_correlations())[np.triu_indices(moments.n_categories.size, 1)]
    return float(np.sqrt((difference**2).mean()))


def _noncentrality_limits(value: float, df: int, confidence: float) -> tuple[float, float]:
    """Noncentralities at which the value is the upper and the lower tail's quantile (Steiger, 1990)."""

    def limit(tail: float) -> float:
        def excess(noncentrality: float) -> float:
            return float(ncx2.cdf(value, df, noncentrality)) - tail

        if float(chi2.cdf(value, df)) <= tail:
            return 0.0
        upper = max(value, 1.0)
        while excess(upper) > 0.0:
            upper *= 2.0
        return float(brentq(excess, 1e-12, upper, xtol=1e-10))

    return limit((1.0 + confidence) / 2.0), limit((1.0 - confidence) / 2.0)
