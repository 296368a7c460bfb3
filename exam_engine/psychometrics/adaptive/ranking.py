"""The items of a content area in the order of the criterion, for each candidate."""

from typing import Final, Protocol

import numpy as np

from exam_engine.psychometrics.adaptive.adaptive_test import AdaptiveTest, BinOrders
from exam_engine.psychometrics.adaptive.criteria import information_points, item_values
from exam_engine.psychometrics.adaptive.progress import CandidateProgress
from exam_engine.psychometrics.arrays import FloatArray, IntArray

BINNED_CRITERIA: Final = ("MFI", "KL")
"""Criteria that depend on the estimate and the number of items only, so that orders can be made beforehand."""

_BINS_PER_INTERVAL = 4
_EXACT_DEPTH = 48
"""Where values are computed for every item anyway, a second look costs more than a longer order."""
_ENTRIES_AT_ONCE = 1 << 18


class Ranking(Protocol):
    """Orders of items for candidates at their present estimates."""

    shallowest: int
    """Items of an order that cost no more than fewer would."""
    deepest: int
    """Items of the largest area."""

    def prepare(self, progress: CandidateProgress) -> None:
        """Take the present estimates of all candidates."""

    def best(self, rows: IntArray, area: IntArray, depth: int) -> IntArray:
        """(m, depth) positions of the best items of an area each, best first, for m candidates; J where there are none.

        Of equal items, the first in the pool is the better.
        """


class ExactRanking:
    """Criterion computed at each candidate's own estimate and posterior."""

    def __init__(self, test: AdaptiveTest) -> None:
        self._test = test
        self.shallowest = _EXACT_DEPTH
        self.deepest = int(np.bincount(test.area_of).max())

    def prepare(self, progress: CandidateProgress) -> None:
        """Take the present estimates of all candidates."""
        self._progress = progress

    def best(self, rows: IntArray, area: IntArray, depth: int) -> IntArray:
        """See ``Ranking``."""
        test, progress = self._test, self._progress
        n_items = len(test.pool.items)
        result = np.full((rows.size, depth), n_items)
        block = max(1, _ENTRIES_AT_ONCE // (n_items * test.tables.n_categories))
        for first in range(0, rows.size, block):
            part = rows[first : first + block]
            values = item_values(test, progress.theta[part], progress.posterior[part], progress.n_given)
            if test.quota.size > 1:
                values[test.area_of != area[first : first + block, None]] = -np.inf
            order = _best_first(values, depth)
            worth = np.take_along_axis(values, order, axis=1)
            result[first : first + block, : order.shape[1]] = np.where(worth == -np.inf, n_items, order)
        return result


class BinnedRanking:
    """Orders made once for narrow bins of the estimate.

    Parameters
    ----------
    test : with a criterion of ``BINNED_CRITERIA``; bins are a quarter of a grid interval wide, or are the cut scores.
    """

    def __init__(self, test: AdaptiveTest) -> None:
        self._test = test
        self.shallowest = 1
        nodes = test.prior.nodes
        if test.settings.information_at == "cut":
            self._centres = np.array(test.settings.cuts)
        else:
            self._centres = np.linspace(nodes[0], nodes[-1], _BINS_PER_INTERVAL * (nodes.size - 1) + 1)
        self.deepest = int(np.bincount(test.area_of).max())

    def prepare(self, progress: CandidateProgress) -> None:
        """Find the bins of all candidates, and make the orders of those that nobody was in before."""
        test = self._test
        edges = 0.5 * (self._centres[1:] + self._centres[:-1])
        bins = np.searchsorted(edges, information_points(test, progress.theta))
        self._first_list = bins * test.quota.size
        # Only the interval of KL depends on how many items were given.
        step = 0 if test.settings.criterion == "MFI" else progress.n_given
        if step not in test.orders:
            shape = (self._centres.size * test.quota.size, self.deepest)
            test.orders[step] = BinOrders(np.full(shape, len(test.pool.items)), np.zeros(self._centres.size, np.bool_))
        orders = test.orders[step]
        visited = np.zeros_like(orders.made)
        visited[bins] = True
        missing = np.flatnonzero(visited & ~orders.made)
        if missing.size:
            self._make(orders, missing, step)
        self._lists = orders.items

    def best(self, rows: IntArray, area: IntArray, depth: int) -> IntArray:
        """See ``Ranking``."""
        return self._lists[self._first_list[rows] + area, :depth]

    def _make(self, orders: BinOrders, bins: IntArray, n_given: int) -> None:
        test = self._test
        n_areas = test.quota.size
        block = max(1, _ENTRIES_AT_ONCE // (len(test.pool.items) * test.tables.n_categories))
        for first in range(0, bins.size, block):
            part = bins[first : first + block]
            posterior = np.ones((part.size, test.prior.nodes.size))
            values = item_values(test, self._centres[part], posterior, n_given)
            for area in range(n_areas):
                own = np.flatnonzero(test.area_of == area)
                order = np.argsort(-values[:, own], axis=1, kind="stable")
                orders.items[part * n_areas + area, : own.size] = own[order]
        orders.made[bins] = True


def _best_first(values: FloatArray, depth: int) -> IntArray:
    """(n, ≤ depth) columns of the largest values, largest first; of equal ones the first."""
    if depth >= values.shape[1] // 4:
        return np.argsort(-values, axis=1, kind="stable")[:, :depth]
    # One more than needed tells whether equal values straddle the boundary; partition knows no order among equals.
    largest = np.partition(-values, depth, axis=1)[:, : depth + 1].max(axis=1)
    some = np.argpartition(-values, depth, axis=1)[:, :depth]
    tied = (-values == largest[:, None]).sum(axis=1) > 1
    some.sort(axis=1)
    order = np.take_along_axis(some, np.argsort(-np.take_along_axis(values, some, axis=1), axis=1, kind="stable"), 1)
    for row in np.flatnonzero(tied):
        order[row] = np.argsort(-values[row], kind="stable")[:depth]
    return order
