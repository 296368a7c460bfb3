r"""Probabilities of the options of single-choice items: the item response model for the key, shares for distractors.

P(k | θ) = P(θ)                       for the right option,
P(k | θ) = (1 − P(θ)) π_{g(θ), k}     for a distractor k,

with P the item's 2PL or 3PL curve and π_{g,k} the share of distractor k among the wrong answers of candidates whose
estimated ability lies in group g. Groups are cut at quantiles of ability so that each holds at least
``smallest_group`` candidates. With n_{gk} wrong answers of group g and n_k of all groups that ticked distractor k,

π_{g,k} = (n_{gk} + m π_k) / (n_g + m),   π_k = (n_k + 1) / (n + K − 1),

where m is ``pull``: shares of small groups are drawn towards those of everybody, and no option gets probability 0. The
two steps, key by item response curve and distractors within the wrong answers, are those of the nested logit model;
shares by group stand for its distractor curves, which small sittings cannot carry.

References
----------
Wollack (1997), Applied Psychological Measurement 21, 307–320 (nominal response model); Suh & Bolt (2010), Psychometrika
75, 454–473 (nested logit models: key first, distractors given a wrong answer).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import category_probabilities

NO_OPTION: Final = -1
"""Place of the chosen option where a candidate chose none, was not shown the item, or the item has no options."""

_MOST_GROUPS = 4


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class OptionModel:
    """Probabilities of the options of J items with at most K options.

    Parameters
    ----------
    items : curves of the probability of a right answer.
    right : (J,) place of the right option.
    cuts : (G − 1,) abilities between the groups.
    shares : (G, J, K) of the options among wrong answers; 0 for the right one and beyond the item's options.
    """

    items: ItemParameters
    right: IntArray
    cuts: FloatArray
    shares: FloatArray

    def probabilities(self, theta: FloatArray) -> FloatArray:
        """(N, J, K) probabilities of the options at abilities theta (N,); rows over K sum to 1."""
        p_right = category_probabilities(theta, self.items)[:, :, 1]
        result = (1.0 - p_right)[:, :, None] * self.shares[np.searchsorted(self.cuts, theta)]
        rows, columns = np.indices(p_right.shape)
        result[rows, columns, self.right] = p_right
        return result

    def draw(self, rng: np.random.Generator, theta: FloatArray, presented: ScoreArray) -> ScoreArray:
        """Draw the options that candidates of given abilities choose.

        Parameters
        ----------
        theta : (N,) abilities.
        presented : (N, J) places of options; where it is ``NO_OPTION``, so is the result.
        """
        p = self.probabilities(theta)
        draws = rng.random(p.shape[:2])
        chosen = (draws[:, :, None] > np.cumsum(p, axis=2)[:, :, :-1]).sum(axis=2).astype(np.int8)
        return np.where(presented == NO_OPTION, np.int8(NO_OPTION), chosen)


def fit_options(
    chosen: ScoreArray,
    right: IntArray,
    n_options: IntArray,
    theta: FloatArray,
    items: ItemParameters,
    *,
    smallest_group: int = 50,
    pull: float = 10.0,
) -> OptionModel:
    """Estimate the shares of distractors from what candidates chose.

    Parameters
    ----------
    chosen : (N, J) places of chosen options and ``NO_OPTION``.
    right : (J,) place of the right option.
    n_options : (J,) options of each item, 2 or more.
    theta : (N,) estimated abilities.
    items : J items that are right or wrong.
    smallest_group : candidates that a group of ability holds at least.
    pull : wrong answers that the shares of everybody count for within a group.

    Raises
    ------
    ValueError
        When an item has fewer than two options, a place is none of its options, or an item has several categories.
    """
    if (n_options < 2).any() or (right >= n_options).any() or (right < 0).any() or (chosen >= n_options).any():
        raise ValueError("places of options do not fit the numbers of options")
    if (items.n_categories != 2).any():
        raise ValueError("options are modelled for items that are right or wrong")
    n_groups = int(np.clip(theta.size // smallest_group, 1, _MOST_GROUPS))
    cuts = np.quantile(theta, np.arange(1, n_groups) / n_groups)
    group = np.searchsorted(cuts, theta)
    width = int(n_options.max())
    counts = np.zeros((n_groups, right.size, width))
    wrong = (chosen != NO_OPTION) & (chosen != right)
    rows, columns = np.nonzero(wrong)
    np.add.at(counts, (group[rows], columns, chosen[rows, columns]), 1.0)
    is_distractor = (np.arange(width) < n_options[:, None]) & (np.arange(width) != right[:, None])
    overall = np.where(is_distractor, counts.sum(axis=0) + 1.0, 0.0)
    overall /= overall.sum(axis=1, keepdims=True)
    shares = counts + pull * overall
    return OptionModel(items=items, right=right, cuts=cuts, shares=shares / shares.sum(axis=2, keepdims=True))
