"""M2, M2* and C2: does one ability explain the means and the pairwise products of all items together?

References
----------
Maydeu-Olivares & Joe (2006), Psychometrika 71, 713–732, and (2014), Multivariate Behavioral Research 49, 305–328
(RMSEA); Cai & Hansen (2013), British Journal of Mathematical and Statistical Psychology 66, 245–276; Cai & Monroe
(2014), CRESST Report 839; Cai, Chung & Lee (2023), Prevention Science 24, 455–466 (TLI); Steiger (1990), Multivariate
Behavioral Research 25, 173–180 (limits of RMSEA).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2, ncx2

from exam_engine.psychometrics.ability.errors import items_of
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.fit.booklets import AbilityDensity, densities_by_group, find_booklets
from exam_engine.psychometrics.fit.chi_squares import json_number
from exam_engine.psychometrics.fit.errors import FitError
from exam_engine.psychometrics.fit.free_parameters import (
    DensityParameter,
    density_columns,
    free_densities,
    free_parameters,
    natural_parameters,
)
from exam_engine.psychometrics.fit.moment_residuals import unexplained, whitened_block
from exam_engine.psychometrics.fit.moments import LimitedStatistic
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.responses import ResponseMatrix


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


def m2(
    responses: ResponseMatrix,
    items: ItemParameters,
    ability: AbilityDensity = None,
    *,
    statistic: LimitedStatistic = "M2",
    groups: Sequence[str] | None = None,
    fixed: Sequence[str] = (),
    free_density: Sequence[DensityParameter] | None = None,
    project_density: bool = False,
    parameter_design: FloatArray | None = None,
    confidence: float = 0.9,
    smallest_booklet: float = 100.0,
    most_moments: int = 8000,
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
    free_density : what of the ability density was estimated, in every group but a first one of several. By default
        nothing when all items are fixed and both mean and spread everywhere when some are; else the spread of the first
        group when all slopes are fixed at one, and both in further groups.
    project_density : whether what the free density explains is taken out of the residuals, as asymptotic theory asks
        and as makes the Rasch and 1PL forms of one model agree. By default its parameters are only taken off the
        degrees of freedom, as in R package mirt 1.45.1; the difference is of the order of 1e-5 of the statistic.
    parameter_design : (T, P) derivatives of all natural parameters (``natural_parameters``) in the free ones, when the
        fit had restrictions other than its models say.
    confidence : of the interval of RMSEA.
    smallest_booklet : booklets with fewer candidates are left out, and their number is in the result.
    most_moments : booklets with more moments are refused, because memory grows with the square of their number: 8000
        (some 125 items) take about 1.5 GB.

    Notes
    -----
    Estimates by maximum a posteriori are taken as if the prior were not there, as R package mirt does: the chi-square
    holds for the best estimates that use the responses alone, and a strong prior makes the test reject more often.

    C2 and M2* of GPCM and nominal items differ from those of R package mirt 1.45.1, whose derivatives in the slope take
    unnormalised numerators for probabilities; the derivatives here are those of the moments by finite differences.

    Raises
    ------
    FitError
        ``no_degrees_of_freedom``, ``too_few_candidates``, ``too_many_moments``, ``singular_moments`` (a category or a
        pair of answers that nobody is expected to give, or items that repeat each other), ``groups_differ``,
        ``options_differ``.
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
            f"no {smallest_booklet:g} candidates were shown the same two or more items; lower smallest_booklet, or use "
            "rmsd, infit_outfit and q3, which need no common items",
        )
    longest = max(found.columns.size for found in large)
    if longest * (longest + 1) // 2 > most_moments:
        raise FitError(
            "too_many_moments",
            f"{longest} items have {longest * (longest + 1) // 2} moments, more than most_moments = {most_moments}; "
            "test parts of the items, or raise most_moments if memory allows",
        )
    design = free_parameters(items, fixed).design if parameter_design is None else parameter_design
    of_item = np.repeat(np.arange(len(items)), [len(names) for names in natural_parameters(items)])
    if design.shape[0] != of_item.size:
        raise FitError("options_differ", f"parameter_design has {design.shape[0]} rows, expected {of_item.size}")
    free = free_densities(items, fixed, list(densities), free_density)
    blocks = [
        whitened_block(
            responses.scores[np.ix_(found.rows, found.columns)],
            responses.weights[found.rows],
            items.take(found.columns),
            densities[found.group],
            statistic,
            design[np.isin(of_item, found.columns)],
            density_columns(free, found.group),
        )
        for found in large
    ]
    residual = np.concatenate([block.residual for block in blocks])
    by_items = np.concatenate([block.by_items for block in blocks])
    by_density = np.concatenate([block.by_density for block in blocks])
    n_candidates = sum(found.n_candidates for found in large)
    tested = np.isin(of_item, np.concatenate([found.columns for found in large]))
    by_items = by_items[:, (design[tested] != 0.0).any(axis=0)]
    by_density = by_density[:, (by_density != 0.0).any(axis=0)]
    value, rank = unexplained(residual, np.column_stack([by_items, by_density]) if project_density else by_items)
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


def _noncentrality_limits(value: float, df: int, confidence: float) -> tuple[float, float]:
    """Noncentralities at which the value is the upper and the lower tail's quantile."""

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
