"""Person fit: does a candidate's pattern of answers agree with the model and the estimated ability?

For the log-likelihood l = Σ log P(x_i) and any estimate of ability, with e_i the distribution of item i's answers,

lz  = (l − E l) / √Var l,
lz* = Σ (w̃(x_i) − E w̃_i) / √Σ Var w̃_i,  w̃_k = log P_k − c P'_k/P_k,  c = Σ_i Σ_k P'_k log P_k / Σ_i Σ_k P'_k²/P_k.

The choice of c makes lz* insensitive to the error of the estimate, whatever the estimator; where an estimate solves
r₀ + Σ P'(x)/P(x) = 0 (ML, WLE, MAP) this is the published form with its correction r₀ for the estimator.

References
----------
Drasgow, Levine & Williams (1985), British Journal of Mathematical and Statistical Psychology 38, 67–86 (lz); Snijders
(2001), Psychometrika 66, 331–342 (lz*); Magis, Raîche & Béland (2012), Journal of Educational and Behavioral Statistics
37, 57–81; Sinharay (2016), Psychometrika 81, 992–1013 (polytomous and mixed tests); Molenaar (1991), Kwantitatieve
Methoden 12(37), 97–117 (Guttman errors of polytomous items).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm

from exam_engine.psychometrics.ability.errors import items_of
from exam_engine.psychometrics.arrays import FloatArray, ScoreArray
from exam_engine.psychometrics.fit.chi_squares import json_number
from exam_engine.psychometrics.fit.residuals import (
    SMALLEST_VARIANCE,
    InfiniteAbility,
    finite_abilities,
    residual_blocks,
    standardised_mean_square,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import category_curves, category_log_probabilities
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix

_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class PersonFit:
    """Person fit of N candidates; NaN for those without a finite ability or without responses.

    Parameters
    ----------
    candidate_ids : N ids, or None.
    lz : standardised log-likelihood; its spread is below 1 and its mean off 0 when ability is estimated, so that its
        normal p is not given.
    lz_star, p : lz corrected for estimated ability and its lower-tail normal probability: small p, unlikely pattern.
    outfit, outfit_z, infit, infit_z : mean squares over the candidate's items.
    guttman_errors : pairs of steps where the easier was failed and the harder passed.
    guttman_normed : the same over their largest possible number, NaN with polytomous items.
    n_items : items that were presented.
    """

    candidate_ids: tuple[str, ...] | None
    lz: FloatArray
    lz_star: FloatArray
    p: FloatArray
    outfit: FloatArray
    outfit_z: FloatArray
    infit: FloatArray
    infit_z: FloatArray
    guttman_errors: FloatArray
    guttman_normed: FloatArray
    n_items: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """JSON values, one list per statistic in row order."""
        columns = [name for name in self.__dataclass_fields__ if name != "candidate_ids"]
        return {
            "candidate_ids": None if self.candidate_ids is None else list(self.candidate_ids),
            **{name: [json_number(value) for value in getattr(self, name)] for name in columns},
        }


def person_fit(
    responses: ResponseMatrix,
    items: ItemParameters,
    theta: FloatArray,
    *,
    infinite: InfiniteAbility = "leave_out",
    smallest_variance: float = SMALLEST_VARIANCE,
) -> PersonFit:
    """Person-fit statistics of each row of responses.

    Parameters
    ----------
    responses : (N, J) responses; items not presented do not count.
    items : parameters of these items, matched by name.
    theta : (N,) estimated abilities. lz* has its normal distribution best at WLE or MAP estimates.
    infinite : candidates with infinite estimates get NaN ("leave_out"), or are put 0.1 beyond the outermost ("edge").
    smallest_variance : floor of a score's variance in infit and outfit; 0 for the definition without a floor.

    Raises
    ------
    FitError
        ``abilities_differ``, ``options_differ``.
    ScoringError
        ``no_parameters``, ``score_outside``.
    """
    items = items_of(responses, items)
    ability = finite_abilities(theta, responses, infinite)
    n_rows = ability.size
    lz, lz_star, outfit, outfit_z, infit, infit_z = np.full((6, n_rows), np.nan)
    for block in residual_blocks(responses, items, ability, smallest_variance):
        varies = block.variance > 0.0
        safe = np.where(varies, block.variance, 1.0)
        size = block.presented.sum(axis=1, dtype=np.float64)
        size[size == 0.0] = np.nan
        total = block.variance.sum(axis=1)
        total[total == 0.0] = np.nan
        rows = block.rows
        outfit[rows] = np.where(varies, block.residual**2 / safe, 0.0).sum(axis=1) / size
        kurtosis = np.where(varies, block.fourth / safe**2, 0.0).sum(axis=1)
        outfit_z[rows] = standardised_mean_square(
            outfit[rows], np.sqrt(np.maximum(kurtosis / size**2 - 1.0 / size, 0.0))
        )
        infit[rows] = (block.residual**2).sum(axis=1) / total
        excess = (block.fourth - block.variance**2).sum(axis=1)
        infit_z[rows] = standardised_mean_square(infit[rows], np.sqrt(np.maximum(excess, 0.0)) / total)
        lz[rows], lz_star[rows] = _likelihood_statistics(responses.scores[rows], ability[rows], items)
    errors, normed = _guttman_errors(responses, items)
    return PersonFit(
        candidate_ids=responses.candidate_ids,
        lz=lz,
        lz_star=lz_star,
        p=norm.cdf(lz_star),
        outfit=outfit,
        outfit_z=outfit_z,
        infit=infit,
        infit_z=infit_z,
        guttman_errors=errors,
        guttman_normed=normed,
        n_items=(responses.scores != NOT_PRESENTED).sum(axis=1).astype(np.float64),
    )


def _likelihood_statistics(
    scores: ScoreArray, theta: FloatArray, items: ItemParameters
) -> tuple[FloatArray, FloatArray]:
    presented = (scores != NOT_PRESENTED)[:, :, None]
    log_p = category_log_probabilities(theta, items)
    p, slope, _ = category_curves(theta, items)
    possible = (p > 0.0) & presented
    p = np.where(possible, p, 0.0)
    log_p = np.where(possible, log_p, 0.0)
    score_function = np.divide(slope, p, out=np.zeros_like(p), where=possible)
    chosen = np.maximum(scores, 0)[:, :, None].astype(np.intp)

    def standardised(weight: FloatArray) -> FloatArray:
        mean = (p * weight).sum(axis=2)
        variance = (p * weight**2).sum(axis=2) - mean**2
        observed = np.take_along_axis(weight, chosen, axis=2)[:, :, 0]
        spread = variance.sum(axis=1)
        result: FloatArray = np.divide(
            (observed - mean).sum(axis=1),
            np.sqrt(np.maximum(spread, 0.0)),
            out=np.full(theta.size, np.nan),
            where=spread > 1e-12,
        )
        return result

    along = np.einsum("njk,njk->n", p, score_function * log_p)
    information = np.einsum("njk,njk->n", p, score_function**2)
    c = np.divide(along, information, out=np.zeros_like(along), where=information > 0.0)
    return standardised(log_p), standardised(log_p - c[:, None, None] * score_function)


def _guttman_errors(responses: ResponseMatrix, items: ItemParameters) -> tuple[FloatArray, FloatArray]:
    """Guttman errors over item steps ordered by how many of those who saw the item pass them."""
    scores, weights = responses.scores, responses.weights
    steps = [(item, step) for item in range(len(items)) for step in range(1, int(items.n_categories[item]))]
    shown = weights @ (scores != NOT_PRESENTED)
    passed = np.array([weights @ (scores[:, item] >= step) for item, step in steps])
    share = np.divide(passed, shown[[item for item, _ in steps]], out=np.zeros(len(steps)), where=passed > 0.0)
    easiest_first = np.argsort(-share, kind="stable")
    item_of = np.array([item for item, _ in steps])[easiest_first]
    step_of = np.array([step for _, step in steps])[easiest_first]
    errors, normed = np.empty(scores.shape[0]), np.full(scores.shape[0], np.nan)
    dichotomous = bool((items.n_categories == 2).all())
    for start in range(0, scores.shape[0], _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        own = scores[rows][:, item_of]
        right = own >= step_of
        wrong = ~right & (own != NOT_PRESENTED)
        errors[rows] = (right * np.cumsum(wrong, axis=1)).sum(axis=1)
        if dichotomous:
            most = right.sum(axis=1) * wrong.sum(axis=1)
            normed[rows] = np.divide(errors[rows], most, out=np.full(most.size, np.nan), where=most > 0)
    errors[(scores == NOT_PRESENTED).all(axis=1)] = np.nan
    return errors, normed
