"""Sparse cells of a table of scores by categories, joined until every expected count is large enough.

The order of the steps decides the statistic and its degrees of freedom, so it is that of R package mirt 1.45.1, whose
values are the ones in print; the principle (categories first, then neighbouring scores) is Kang & Chen's.

References
----------
Orlando & Thissen (2000), Applied Psychological Measurement 24, 50–64; Kang & Chen (2008), Journal of Educational
Measurement 45, 391–406; Chalmers (2012), Journal of Statistical Software 48(6).
"""

from typing import NamedTuple

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray

_RARE_COLUMN = 0.05
_RARE_PER_ROW = 0.1


class Table(NamedTuple):
    """Observed and expected counts, each (rows, categories); a cell with expected count 0 has been joined away."""

    observed: FloatArray
    expected: FloatArray

    @property
    def statistic(self) -> float:
        """Pearson's chi-square over the cells that are left."""
        used = self.expected > 0.0
        return float(((self.observed - self.expected)[used] ** 2 / self.expected[used]).sum())

    @property
    def degrees_of_freedom(self) -> int:
        """Cells that are left less one per row."""
        return int((self.expected > 0.0).sum()) - len(self.expected)


def join_sparse_cells(table: Table, smallest_expected: float) -> Table | None:
    """Join sparse cells; table has one row per sum score 1 … S−1, result None when fewer than two rows are left."""
    joined = _without_impossible_scores(table)
    if joined is None:
        return None
    occurring = joined.observed.sum(axis=1) > 0.0
    observed, expected = joined.observed[occurring], joined.expected[occurring]
    if len(observed) < 2:
        return None
    # Rows keep the mark of the place at which they stood before scores of one candidate are joined.
    sparse: BoolArray = (expected < smallest_expected).any(axis=1)
    observed, expected = _without_single_candidates(observed, expected)
    if len(observed) < 2:
        return None
    if expected.shape[1] > 2:
        for row in np.flatnonzero(sparse[: len(expected)]):
            seen, counts = joined_categories(observed[row], expected[row], smallest_expected)
            observed[row], expected[row] = 0.0, 0.0
            observed[row, : seen.size], expected[row, : counts.size] = seen, counts
        observed, expected = _without_rare_columns(observed, expected, smallest_expected)
    observed, expected = _joined_scores(observed, expected, smallest_expected)
    return Table(observed, expected) if expected.shape[0] > 1 and expected.shape[1] > 1 else None


def _without_impossible_scores(table: Table) -> Table | None:
    # A sum score below the item's highest score rules categories out; so does one too near the maximum.
    edge = table.expected.shape[1] - 2
    if edge == 0:
        return Table(table.observed.copy(), table.expected.copy())
    if len(table.expected) <= 2 * edge:
        return None

    def folded(counts: FloatArray) -> FloatArray:
        inner = counts[edge:-edge].copy()
        inner[0] += counts[:edge].sum(axis=0)
        inner[-1] += counts[-edge:].sum(axis=0)
        return inner

    return Table(folded(table.observed), folded(table.expected))


def _without_single_candidates(observed: FloatArray, expected: FloatArray) -> tuple[FloatArray, FloatArray]:
    kept = np.ones(len(observed), dtype=np.bool_)
    for row in range(len(observed) - 1):
        if observed[row].sum() <= 1.0:
            kept[row] = False
            observed[row + 1] += observed[row]
            expected[row + 1] += expected[row]
    observed, expected = observed[kept], expected[kept]
    if len(observed) > 1 and observed[-1].sum() <= 1.0:
        observed[-2] += observed[-1]
        expected[-2] += expected[-1]
        observed, expected = observed[:-1], expected[:-1]
    return observed, expected


def joined_categories(
    observed: FloatArray, expected: FloatArray, smallest_expected: float, *, fewest: int = 2
) -> tuple[FloatArray, FloatArray]:
    """Join the rarest category with its rarer neighbour, once and until all expect enough or the fewest are left."""
    seen, counts = list(observed), list(expected)
    while len(counts) > fewest and (len(counts) == expected.size or min(counts) < smallest_expected):
        smallest = max(k for k, count in enumerate(counts) if count == min(counts))
        if smallest == 0:
            neighbour = 1
        elif smallest == len(counts) - 1:
            neighbour = smallest - 1
        else:
            neighbour = smallest - 1 if counts[smallest - 1] <= counts[smallest + 1] else smallest + 1
        counts[neighbour] += counts[smallest]
        seen[neighbour] += seen[smallest]
        del counts[smallest], seen[smallest]
    return np.array(seen), np.array(counts)


def _without_rare_columns(
    observed: FloatArray, expected: FloatArray, smallest_expected: float
) -> tuple[FloatArray, FloatArray]:
    while expected.shape[1] > 2:
        if expected[:, -1].sum() >= smallest_expected * np.ceil(len(expected) * _RARE_PER_ROW):
            break
        observed, expected = (
            np.column_stack([counts[:, :-2], counts[:, -2] + counts[:, -1]]) for counts in (observed, expected)
        )
    kept = np.ones(expected.shape[1], dtype=np.bool_)
    for column in range(expected.shape[1] - 1, 0, -1):
        if (expected[:, column] > 0.0).mean() < _RARE_COLUMN:
            kept[column] = False
            expected[:, column - 1] += expected[:, column]
            observed[:, column - 1] += observed[:, column]
    return observed[:, kept], expected[:, kept]


def _joined_scores(
    observed: FloatArray, expected: FloatArray, smallest_expected: float
) -> tuple[FloatArray, FloatArray]:
    while len(expected) > 1:
        sparse = ((expected < smallest_expected) & (expected > 0.0)).any(axis=1)
        if not sparse.any():
            break
        row = int(np.argmax(sparse))
        if row == 0:
            neighbour = 1
        elif row == len(expected) - 1:
            neighbour = row - 1
        else:
            neighbour = row - 1 if observed[row - 1].sum() <= observed[row + 1].sum() else row + 1
        observed[neighbour] += observed[row]
        expected[neighbour] += expected[row]
        observed, expected = np.delete(observed, row, axis=0), np.delete(expected, row, axis=0)
    return observed, expected
