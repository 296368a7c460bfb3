"""LD-X²: two-way tables of pairs of items against what one ability explains.

References
----------
Chen & Thissen (1997), Journal of Educational and Behavioral Statistics 22, 265–289; Goodman & Kruskal (1954), Journal
of the American Statistical Association 49, 732–764 (gamma, which gives the sign).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import chi2

from exam_engine.psychometrics.ability.errors import items_of
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.fit.chi_squares import json_number
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.response_functions import category_probabilities
from exam_engine.psychometrics.responses import ResponseMatrix

_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class PairChiSquares:
    """LD-X² of all pairs of items.

    Parameters
    ----------
    item_names : J names.
    statistic, df, p : (J, J) Pearson chi-squares of the two-way tables, NaN on the diagonal; p is approximate, as the
        degrees of freedom (K_i − 1)(K_j − 1) take no account of estimated parameters.
    standardised : (J, J) (X² − df)/√(2 df); above 10 is commonly taken as a sign of local dependence.
    cramers_v : (J, J) √(X²/(N (min K − 1))), positive where the items share more than the model says, negative where
        they share less.
    n_candidates : (J, J) candidates who saw both items, by weight.
    """

    item_names: tuple[str, ...]
    statistic: FloatArray
    df: FloatArray
    p: FloatArray
    standardised: FloatArray
    cramers_v: FloatArray
    n_candidates: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """JSON values, one object per pair."""
        low, high = np.triu_indices(len(self.item_names), 1)
        columns = ("statistic", "df", "p", "standardised", "cramers_v", "n_candidates")
        return {
            "pairs": [
                {
                    "first": self.item_names[i],
                    "second": self.item_names[j],
                    **{name: json_number(getattr(self, name)[i, j]) for name in columns},
                }
                for i, j in zip(low, high, strict=True)
            ]
        }


def ld_x2(
    responses: ResponseMatrix,
    items: ItemParameters,
    ability: Quadrature | None = None,
    *,
    smallest_pair: float = 30.0,
) -> PairChiSquares:
    """LD-X² of each pair of items over the candidates who saw both.

    Parameters
    ----------
    responses : (N, J) responses.
    items : parameters of these items, matched by name.
    ability : density of ability, standard normal by default. Candidates who saw both items must be a random sample of
        it: with booklets given by ability, test each booklet by itself.
    smallest_pair : pairs seen by fewer candidates have no statistic.

    Raises
    ------
    ScoringError
        ``no_parameters``, ``score_outside``.
    """
    items = items_of(responses, items)
    density = normal_quadrature() if ability is None else ability
    p = category_probabilities(density.nodes, items)
    n_items = len(items)
    statistic, cramers_v = (np.full((n_items, n_items), np.nan) for _ in range(2))
    df: FloatArray = np.outer(items.max_scores, items.max_scores).astype(np.float64)
    np.fill_diagonal(df, np.nan)
    tables, count = _two_way_tables(responses, items)
    for i in range(n_items):
        for j in range(i + 1, n_items):
            if count[i, j] < smallest_pair:
                continue
            size = int(items.n_categories[i]), int(items.n_categories[j])
            observed = tables[: size[0], i, : size[1], j]
            expected = count[i, j] * ((p[:, i, : size[0]] * density.weights[:, None]).T @ p[:, j, : size[1]])
            value = float(((observed - expected) ** 2 / expected).sum())
            sign = np.sign(_gamma(observed) - _gamma(expected)) or 1.0
            statistic[i, j] = statistic[j, i] = value
            cramers_v[i, j] = cramers_v[j, i] = sign * np.sqrt(value / (count[i, j] * (min(size) - 1)))
    return PairChiSquares(
        item_names=items.names,
        statistic=statistic,
        df=df,
        p=chi2.sf(statistic, df),
        standardised=(statistic - df) / np.sqrt(2.0 * df),
        cramers_v=cramers_v,
        n_candidates=count,
    )


def _two_way_tables(responses: ResponseMatrix, items: ItemParameters) -> tuple[FloatArray, FloatArray]:
    """(K, J, K, J) weighted counts of pairs of answers and (J, J) of candidates who saw both."""
    width, n_items = int(items.n_categories.max()), len(items)
    counts = np.zeros((width * n_items, width * n_items))
    for start in range(0, responses.scores.shape[0], _ROWS_AT_ONCE):
        scores = responses.scores[start : start + _ROWS_AT_ONCE]
        chosen = (scores[:, None, :] == np.arange(width)[:, None]).reshape(scores.shape[0], -1).astype(np.float64)
        counts += (chosen * responses.weights[start : start + _ROWS_AT_ONCE, None]).T @ chosen
    tables = counts.reshape(width, n_items, width, n_items)
    both: FloatArray = tables.sum(axis=(0, 2))
    return tables, both


def _gamma(table: FloatArray) -> float:
    """Goodman and Kruskal's gamma: concordant less discordant pairs over both."""
    concordant = discordant = 0.0
    for i in range(table.shape[0] - 1):
        below = table[i + 1 :].sum(axis=0)
        after = np.cumsum(below[::-1])[::-1]
        concordant += float(table[i, :-1] @ after[1:])
        discordant += float(table[i, 1:] @ np.cumsum(below)[:-1])
    both = concordant + discordant
    return (concordant - discordant) / both if both > 0.0 else 0.0
