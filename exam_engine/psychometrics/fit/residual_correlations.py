"""Q3: correlations between items of what ability leaves unexplained, with the corrections that make them comparable.

References
----------
Yen (1984), Applied Psychological Measurement 8, 125–145; Christensen, Makransky & Horton (2017), Applied Psychological
Measurement 41, 178–194.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from exam_engine.psychometrics.ability.errors import items_of
from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.fit.booklets import matched_abilities
from exam_engine.psychometrics.fit.chi_squares import json_number
from exam_engine.psychometrics.fit.errors import FitError
from exam_engine.psychometrics.fit.posterior import posterior_means
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.response_functions import expected_item_scores
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix
from exam_engine.psychometrics.simulation import simulate_responses

_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ResidualCorrelations:
    """Correlations of residuals (Q3) of all pairs of items.

    Parameters
    ----------
    item_names : J names.
    q3 : (J, J) correlations with ones on the diagonal; NaN for pairs that too few candidates saw.
    average : mean over the pairs; near −1/(J − 1) when nothing but ability is shared, which is why q3 itself is not
        compared with zero.
    q3_star : largest q3 less the average (Q3* of Christensen et al.).
    critical : value of q3 − average above which a pair is flagged.
    n_candidates : (J, J) candidates who saw both items, by weight.
    """

    item_names: tuple[str, ...]
    q3: FloatArray
    average: float
    q3_star: float
    critical: float
    n_candidates: FloatArray

    @property
    def flagged(self) -> list[tuple[str, str, float]]:
        """Pairs whose q3 exceeds the average by more than the critical value, largest first, with q3 − average."""
        low, high = np.triu_indices(len(self.item_names), 1)
        excess = self.q3[low, high] - self.average
        order = [pair for pair in np.argsort(-excess) if excess[pair] > self.critical]
        return [(self.item_names[low[pair]], self.item_names[high[pair]], float(excess[pair])) for pair in order]

    def to_dict(self) -> dict[str, Any]:
        """JSON values, null for pairs without a correlation."""
        return {
            "items": list(self.item_names),
            "q3": [[json_number(value) for value in row] for row in self.q3],
            "average": json_number(self.average),
            "q3_star": json_number(self.q3_star),
            "critical": self.critical,
            "flagged": [{"first": first, "second": second, "excess": excess} for first, second, excess in self.flagged],
        }


def q3(
    responses: ResponseMatrix,
    items: ItemParameters,
    theta: FloatArray,
    *,
    critical: float = 0.2,
    smallest_pair: float = 30.0,
) -> ResidualCorrelations:
    """Correlations of the residuals x − E(x | θ̂) of each pair of items over the candidates who saw both.

    Parameters
    ----------
    responses : (N, J) responses.
    items : parameters of these items, matched by name.
    theta : (N,) estimated abilities; rows with infinite estimates are left out.
    critical : of q3 − average; 0.2 is the rule of thumb, ``q3_critical_value`` gives the one of your design.
    smallest_pair : pairs seen by fewer candidates have no correlation.

    Raises
    ------
    FitError
        ``abilities_differ``.
    ScoringError
        ``no_parameters``, ``score_outside``.
    """
    items = items_of(responses, items)
    ability = matched_abilities(theta, responses)
    n_items = len(items)
    count, total, square, product = (np.zeros((n_items, n_items)) for _ in range(4))
    for start in range(0, ability.size, _ROWS_AT_ONCE):
        rows = np.flatnonzero(np.isfinite(ability[start : start + _ROWS_AT_ONCE])) + start
        scores = responses.scores[rows]
        seen = scores != NOT_PRESENTED
        residual = np.where(seen, scores - expected_item_scores(ability[rows], items), 0.0)
        weighted = residual * responses.weights[rows, None]
        shown = seen.astype(np.float64)
        count += (shown * responses.weights[rows, None]).T @ shown
        total += weighted.T @ shown
        square += (weighted * residual).T @ shown
        product += weighted.T @ residual
    enough = count >= max(smallest_pair, 2.0)
    correlation = _pairwise_correlations(count, total, square, product, enough)
    low, high = np.triu_indices(n_items, 1)
    pairs = correlation[low, high]
    known = np.isfinite(pairs)
    average = float(pairs[known].mean()) if known.any() else float("nan")
    return ResidualCorrelations(
        item_names=items.names,
        q3=correlation,
        average=average,
        q3_star=float(pairs[known].max()) - average if known.any() else float("nan"),
        critical=critical,
        n_candidates=count,
    )


def q3_critical_value(
    rng: np.random.Generator,
    items: ItemParameters,
    ability: Quadrature | None = None,
    *,
    presented: BoolArray,
    level: float = 0.99,
    n_replications: int = 200,
) -> float:
    """Quantile of Q3* = max q3 − average when the model holds: the critical value of this very design.

    Responses are simulated with the given parameters, candidates are scored by EAP, and Q3* is taken; ``q3`` must then
    be computed with EAP estimates too. Estimation of the item parameters is not repeated.

    Parameters
    ----------
    rng : source of randomness.
    items : parameters of J items.
    ability : density of ability, standard normal by default.
    presented : (N, J) which candidate sees which item; as many rows as there are candidates.
    level : of the quantile; .95 and .99 are those of Christensen et al.
    n_replications : number of simulated data sets.
    """
    if presented.ndim != 2 or presented.shape[1] != len(items) or not 0.0 < level < 1.0 or n_replications < 1:
        raise FitError(
            "options_differ",
            f"presented has shape {presented.shape} for {len(items)} items, level is {level} and n_replications "
            f"{n_replications}; a column per item, a level between 0 and 1 and a replication are needed",
        )
    density = normal_quadrature() if ability is None else ability
    stars = np.empty(n_replications)
    for replication in range(n_replications):
        theta = rng.choice(density.nodes, size=presented.shape[0], p=density.weights)
        responses = simulate_responses(rng, theta, items, presented)
        stars[replication] = q3(responses, items, posterior_means(responses.scores, items, density)).q3_star
    return float(np.quantile(stars, level))


def _pairwise_correlations(
    count: FloatArray, total: FloatArray, square: FloatArray, product: FloatArray, enough: BoolArray
) -> FloatArray:
    size = np.where(enough, count, np.nan)
    covariance = product / size - (total / size) * (total.T / size)
    variance = square / size - (total / size) ** 2
    spread = np.sqrt(np.where(variance > 0.0, variance, np.nan))
    result: FloatArray = covariance / (spread * spread.T)
    np.fill_diagonal(result, 1.0)
    return result
