"""How far the tests of some candidates have come, all with the same number of items given."""

from copy import copy
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics.adaptive.adaptive_test import AdaptiveTest
from exam_engine.psychometrics.adaptive.exposure import segments
from exam_engine.psychometrics.adaptive.settings import SequentialRatioRule
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray

SET_ASIDE: Final = 1
"""Bit of an item that was selected and not given (Sympson–Hetter); it comes back only when nothing else is left."""
CLOSED: Final = 2
"""Bit of an item that was given, or is an enemy of one that was."""

_RESCALE_EVERY = 8
"""Items after which posteriors are divided by their highest value; 8 of the least probabilities do not underflow."""
_PER_CANDIDATE: Final = (
    "items",
    "scores",
    "status",
    "area_counts",
    "posterior",
    "log_likelihood",
    "log_ratio",
    "decided",
    "theta",
    "standard_error",
    "ineligible",
)


class CandidateProgress:
    """Arrays of n candidates who take their tests in lock-step; the working state of a selection or a simulation.

    Parameters
    ----------
    test : the test that they take.
    n_candidates : n.
    ineligible : (n, S, J) items that exposure control left out for a candidate in each segment of ability.

    Attributes
    ----------
    n_given : items given to each so far.
    items, scores : (n, L) positions in the pool and scores in the order given; the first ``n_given`` columns count.
    status : (n, J + 1) 0 or the bits ``SET_ASIDE`` and ``CLOSED``; the last column, of no item, is closed.
    area_counts : (n, A) items given of each content area.
    posterior : (n, Q) products of prior and likelihood, up to a factor per row.
    log_likelihood : (n, Q), kept only for estimators that maximise it.
    log_ratio : (n, C) log-likelihood ratios of above against below each cut.
    decided : (n, C) 1 and −1 where the sequential test has put a candidate above and below the cut, else 0.
    theta, standard_error : (n,) interim estimates.
    ineligible : (n, S, J + 1) as above, or None.
    set_aside : (S, J) times that each item was set aside in each segment, of all candidates, those kept no more too.
    """

    def __init__(self, test: AdaptiveTest, n_candidates: int, ineligible: BoolArray | None = None) -> None:
        n_items, longest = len(test.pool.items), test.settings.maximum_length
        self.test = test
        self.n_given = 0
        self.rows: IntArray = np.arange(n_candidates)
        self.items: IntArray = np.full((n_candidates, longest), n_items, dtype=np.intp)
        self.scores: IntArray = np.zeros((n_candidates, longest), dtype=np.intp)
        self.status: NDArray[np.uint8] = np.zeros((n_candidates, n_items + 1), dtype=np.uint8)
        self.status[:, n_items] = CLOSED
        self.area_counts: IntArray = np.zeros((n_candidates, test.quota.size), dtype=np.intp)
        self.posterior: FloatArray = np.tile(test.prior.weights, (n_candidates, 1))
        self.log_likelihood: FloatArray | None = (
            None if test.settings.estimator == "EAP" else np.zeros_like(self.posterior)
        )
        self.log_ratio: FloatArray = np.zeros((n_candidates, test.log_ratio.shape[1]))
        self.decided: IntArray = np.zeros(self.log_ratio.shape, dtype=np.intp)
        self.set_aside: IntArray = np.zeros((test.n_segments, n_items), dtype=np.intp)
        # The place of no item needs a column of its own.
        self.ineligible = None if ineligible is None else np.pad(ineligible, ((0, 0), (0, 0), (0, 1)))
        self.theta: FloatArray = np.full(n_candidates, test.start)
        self.standard_error: FloatArray = np.full(n_candidates, test.settings.prior_sd)

    @property
    def segment(self) -> IntArray:
        """(n,) segment of ability, for exposure control, in which the interim estimates are."""
        return segments(self.theta, self.test.settings.segment_bounds)

    def give(self, items: IntArray) -> None:
        """Close the items (n,) now given, and their enemies."""
        self.items[:, self.n_given] = items
        closes = self.test.pool.closes
        for column in range(closes.shape[1]):
            self.status[self.rows, closes[items, column]] |= CLOSED
        self.area_counts[self.rows, self.test.area_of[items]] += 1

    def record(self, scores: IntArray) -> None:
        """Take the scores (n,) of the items just given into likelihoods; estimates are not renewed."""
        tables = self.test.tables
        self.scores[:, self.n_given] = scores
        response = self.items[:, self.n_given] * tables.n_categories + scores
        self.posterior *= tables.probability[response]
        if (self.n_given + 1) % _RESCALE_EVERY == 0:
            self.posterior /= self.posterior.max(axis=1, keepdims=True)
        if self.log_likelihood is not None:
            self.log_likelihood += tables.log_probability[response]
        self.n_given += 1
        rule = self.test.settings.classification
        if isinstance(rule, SequentialRatioRule):
            self.log_ratio += self.test.log_ratio[response]
            if self.n_given >= self.test.settings.minimum_length:
                low, high = rule.bounds
                now = (self.log_ratio >= high).astype(np.intp) - (self.log_ratio <= low)
                # What was decided at one cut stays so while the test goes on for another.
                self.decided = np.where(self.decided == 0, now, self.decided)

    def posterior_moments(self) -> tuple[FloatArray, FloatArray]:
        """(n,) means and standard deviations of the posteriors."""
        nodes = self.test.prior.nodes
        centre = self.test.settings.prior_mean
        away = nodes - centre
        total, first, second = (self.posterior @ np.column_stack([np.ones_like(away), away, away**2])).T
        mean = first / total
        return centre + mean, np.sqrt(np.maximum(second / total - mean**2, 0.0))

    def keep(self, mask: BoolArray) -> None:
        """Go on with the candidates (n,) for whom the mask holds."""
        for name in _PER_CANDIDATE:
            values = getattr(self, name)
            setattr(self, name, None if values is None else values[mask])
        self.rows = np.arange(self.theta.size)

    def part(self, mask: BoolArray) -> Self:
        """The candidates for whom the mask holds, apart."""
        result = copy(self)
        result.keep(mask)
        return result
