"""First and second moments of scores under a model: expected values, covariances, and derivatives in the parameters.

A moment is the mean of a statistic of one response vector: a score T_i (or the indicators of an item's categories), or
a product T_i T_j. Given ability the items are independent, so that covariances of products of pairs, which are fourth
moments, need sums over single items only:

Cov(T_i T_j, T_k T_l) = Cov_θ(m_i m_j, m_k m_l) + Σ_{shared item} E_θ[v m m] (+ E_θ[v_i v_j] on the diagonal),

with m and v the mean and variance of a score given θ.

References
----------
Maydeu-Olivares & Joe (2006), Psychometrika 71, 713–732; Cai & Hansen (2013), British Journal of Mathematical and
Statistical Psychology 66, 245–276 (M2*); Cai & Monroe (2014), CRESST Report 839 (C2).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray

LimitedStatistic = Literal["M2", "C2"]


@dataclass(frozen=True, eq=False, slots=True)
class Moments:
    """Moments of J items over Q nodes; R first and J(J−1)/2 second moments, R + J(J−1)/2 = p in all.

    Parameters
    ----------
    weights : (Q,) probabilities of the nodes.
    p : (Q, J, K) category probabilities.
    n_categories : (J,) numbers of categories.
    contrasts : for each item the (K_j, r_j) values that its first-moment statistics take in each category.
    """

    weights: FloatArray
    p: FloatArray
    n_categories: IntArray
    contrasts: tuple[FloatArray, ...]

    @classmethod
    def of(cls, statistic: LimitedStatistic, weights: FloatArray, p: FloatArray, n_categories: IntArray) -> "Moments":
        """Moments of M2 (M2* with polytomous items): mean scores and products; or of C2: categories and products."""
        contrasts = tuple(
            np.eye(size)[:, 1:] if statistic == "C2" else np.arange(size, dtype=np.float64)[:, None]
            for size in n_categories
        )
        return cls(weights, p, n_categories, contrasts)

    @property
    def means(self) -> FloatArray:
        """(Q, J) expected scores given ability."""
        result: FloatArray = self.p @ np.arange(self.p.shape[2], dtype=np.float64)
        return result

    @property
    def first(self) -> FloatArray:
        """(Q, R) expected first-moment statistics given ability."""
        return np.concatenate(
            [self.p[:, item, : len(values)] @ values for item, values in enumerate(self.contrasts)], axis=1
        )

    def expected(self) -> FloatArray:
        """(p,) expected moments."""
        result: FloatArray = self.weights @ self._given_ability()
        return result

    def observed(self, scores: ScoreArray, candidate_weights: FloatArray) -> FloatArray:
        """(p,) observed moments of complete responses."""
        share = candidate_weights / candidate_weights.sum()
        table = scores.astype(np.float64)
        first = [
            np.bincount(scores[:, item], share, minlength=len(values)) @ values
            for item, values in enumerate(self.contrasts)
        ]
        products = (table * share[:, None]).T @ table
        return np.concatenate([*first, products[self._pairs()]])

    def covariance(self) -> FloatArray:
        """(p, p) covariance of the statistics of one candidate."""
        given = self._given_ability()
        centred = given - self.weights @ given
        result: FloatArray = (centred * self.weights[:, None]).T @ centred
        means, n_items = self.means, self.n_categories.size
        first_of = np.cumsum([0, *(values.shape[1] for values in self.contrasts)])
        place = np.zeros((n_items, n_items), dtype=np.intp)
        low, high = self._pairs()
        place[low, high] = place[high, low] = first_of[-1] + np.arange(low.size)
        variances = np.empty_like(means)
        for item, values in enumerate(self.contrasts):
            own = np.column_stack([values, np.arange(len(values), dtype=np.float64)])
            probability = self.p[:, item, : len(values)]
            centre = own - (probability @ own)[:, None, :]
            within = np.einsum("qk,qkr,qks->qrs", probability, centre, centre)
            variances[:, item] = within[:, -1, -1]
            others = np.delete(np.arange(n_items), item)
            pairs, firsts = place[item, others], np.arange(first_of[item], first_of[item + 1])
            partners = means[:, others]
            result[np.ix_(firsts, firsts)] += np.tensordot(self.weights, within[:, :-1, :-1], 1)
            cross = (within[:, :-1, -1] * self.weights[:, None]).T @ partners
            result[np.ix_(firsts, pairs)] += cross
            result[np.ix_(pairs, firsts)] += cross.T
            result[np.ix_(pairs, pairs)] += (partners * (self.weights * variances[:, item])[:, None]).T @ partners
        both = place[low, high]
        result[both, both] += self.weights @ (variances[:, low] * variances[:, high])
        return result

    def derivatives(self, probability_derivatives: list[FloatArray]) -> FloatArray:
        """(p, T) derivatives of the expected moments in every parameter of every item.

        ``probability_derivatives`` holds one (Q, K_j, t_j) array per item, T = Σ t_j.
        """
        means = self.means
        first_of = np.cumsum([0, *(values.shape[1] for values in self.contrasts)])
        column_of = np.cumsum([0, *(part.shape[2] for part in probability_derivatives)])
        low, high = self._pairs()
        result = np.zeros((first_of[-1] + low.size, column_of[-1]))
        for item, (values, part) in enumerate(zip(self.contrasts, probability_derivatives, strict=True)):
            columns = slice(column_of[item], column_of[item + 1])
            weighted = part * self.weights[:, None, None]
            result[first_of[item] : first_of[item + 1], columns] = np.einsum("qkt,kr->rt", weighted, values)
            slope = np.einsum("qkt,k->qt", weighted, np.arange(len(values), dtype=np.float64))
            for mine, partner in ((low, high), (high, low)):
                pairs = np.flatnonzero(mine == item)
                result[first_of[-1] + pairs, columns] = means[:, partner[pairs]].T @ slope
        return result

    def density_derivatives(self, slope: FloatArray, nodes: FloatArray) -> FloatArray:
        """(p, 2) derivatives in the location and the logarithm of the spread of ability.

        Moving the density by δ is moving every response function by −δ, so no form of the density is needed.

        Parameters
        ----------
        slope : (Q, J, K) derivatives of the category probabilities in θ.
        nodes : (Q,) abilities.
        """
        first = np.concatenate(
            [slope[:, item, : len(values)] @ values for item, values in enumerate(self.contrasts)], axis=1
        )
        means = self.means
        score_slope = slope @ np.arange(slope.shape[2], dtype=np.float64)
        low, high = self._pairs()
        second = score_slope[:, low] * means[:, high] + means[:, low] * score_slope[:, high]
        gradient = np.concatenate([first, second], axis=1)
        centred = nodes - self.weights @ nodes
        result: FloatArray = gradient.T @ np.column_stack([self.weights, self.weights * centred])
        return result

    def score_correlations(self) -> FloatArray:
        """(J, J) correlations of the scores that the model implies."""
        means = self.means
        squares = self.p @ np.arange(self.p.shape[2], dtype=np.float64) ** 2
        second = (means * self.weights[:, None]).T @ means
        np.fill_diagonal(second, self.weights @ squares)
        centre = self.weights @ means
        return correlations(second - np.outer(centre, centre))

    def _pairs(self) -> tuple[IntArray, IntArray]:
        low, high = np.triu_indices(self.n_categories.size, 1)
        return low, high

    def _given_ability(self) -> FloatArray:
        low, high = self._pairs()
        return np.concatenate([self.first, self.means[:, low] * self.means[:, high]], axis=1)


def correlations(covariance: FloatArray) -> FloatArray:
    """Correlations of a covariance matrix, NaN where a variance is zero."""
    scale = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    return np.divide(covariance, scale, out=np.full_like(covariance, np.nan), where=scale > 0.0)
