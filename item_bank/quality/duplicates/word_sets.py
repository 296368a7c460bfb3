"""Items as sets of numbered words: immutable runs of items that can be compared with a text or with each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from item_bank.quality.duplicates.similarity import FloatArray, combined, least_shared, overlap

WordArray = NDArray[np.int32]
RowArray = NDArray[np.int64]

_ROWS_AT_ONCE = 500
_PAIRS_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as numbers of words.

    ``stem`` holds the words in order; ``options`` those of all options in order, each option ended by -1;
    ``is_generic`` says that the stem holds nothing but template words.
    """

    code: str
    stem: WordArray
    options: WordArray
    is_generic: bool


@dataclass(frozen=True, slots=True)
class Query:
    """The distinct words of one side of a text: numbers of the known ones and the weight of all, known or not."""

    words: list[int]
    total: float


class WordSets:
    """Sets of words, one a row, by row and by word."""

    def __init__(self, sets: Sequence[WordArray], width: int) -> None:
        lengths = np.fromiter((len(words) for words in sets), dtype=np.int64, count=len(sets))
        indices = np.concatenate(sets) if len(sets) else np.zeros(0, dtype=np.int32)
        bounds = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
        ones = np.ones(len(indices), dtype=np.float32)
        self.rows = csr_matrix((ones, indices, bounds), shape=(len(sets), width))
        self.columns = self.rows.tocsc()
        self.width = width

    def totals(self, weights: FloatArray) -> FloatArray:
        """Return the weight of each row."""
        return np.asarray(self.rows @ weights[: self.width], dtype=np.float64)

    def shared(self, words: Sequence[int], weights: FloatArray) -> FloatArray:
        """Return the weight that each row shares with the given words."""
        bounds, postings = self.columns.indptr, self.columns.indices
        known = [word for word in words if 0 <= word < self.width]
        parts = [postings[bounds[word] : bounds[word + 1]] for word in known]
        if not parts:
            return np.zeros(self.rows.shape[0])
        share = np.repeat(weights[known], [len(part) for part in parts])
        return np.bincount(np.concatenate(parts), share, minlength=self.rows.shape[0]).astype(np.float64, copy=False)

    def shared_by_pairs(self, first: RowArray, second: RowArray, weights: FloatArray) -> FloatArray:
        """Return the weight that rows share pair by pair."""
        weighted = self.rows[first].multiply(self.rows[second])
        return np.asarray(weighted @ weights[: self.width], dtype=np.float64)

    def prefixes(self, weights: FloatArray, minimum: float, wanted: NDArray[np.bool_]) -> csr_matrix:
        """Return of each wanted row the heaviest words, one of which any row overlapping by ``minimum`` has too.

        Prefix filtering (Chaudhuri, Ganti & Kaushik, 2006): words stand in one order for all rows, heaviest first. The
        words from the first shared one on must weigh as much as what is shared, so a word with less behind it cannot
        be the first.
        """
        bounds, words = self.rows.indptr, self.rows.indices
        row_of = np.repeat(np.arange(self.rows.shape[0]), np.diff(bounds))
        weight = weights[words]
        order = np.lexsort((words, -weight, row_of))
        row_of, words, weight = row_of[order], words[order], weight[order]
        running = np.cumsum(weight)
        before = running - weight
        start = np.concatenate([before, [0.0]])[bounds[:-1]] if len(before) else np.zeros(len(bounds) - 1)
        totals = self.totals(weights)
        behind = totals[row_of] - (before - start[row_of])
        kept = wanted[row_of] & (behind >= least_shared(minimum) * totals[row_of] - 1e-9)
        return csr_matrix(
            (np.ones(int(kept.sum()), dtype=np.int32), (row_of[kept], words[kept])), shape=self.rows.shape
        )


class Run:
    """Items that were taken in together, compared as one; removed ones are marked, not moved."""

    def __init__(self, entries: Sequence[Entry], width: int) -> None:
        self.entries = list(entries)
        self.alive = np.ones(len(entries), dtype=np.bool_)
        self.stems = WordSets([np.unique(entry.stem) for entry in entries], width)
        self.options = WordSets([_distinct(entry.options) for entry in entries], width)
        self.is_generic = np.fromiter((entry.is_generic for entry in entries), dtype=np.bool_, count=len(entries))

    def scores(self, stem: Query, options: Query, is_generic: bool, weights: FloatArray) -> FloatArray:
        """Return the similarity of each item with a text; removed items get 0."""
        stem_totals, option_totals = self.stems.totals(weights), self.options.totals(weights)
        scores = combined(
            overlap(self.stems.shared(stem.words, weights), stem_totals, np.full_like(stem_totals, stem.total)),
            overlap(
                self.options.shared(options.words, weights), option_totals, np.full_like(option_totals, options.total)
            ),
            both_generic=self.is_generic & is_generic,
            both_have_options=(option_totals > 0) & (options.total > 0),
        )
        return np.where(self.alive, scores, 0.0)

    def pair_scores(self, first: RowArray, second: RowArray, weights: FloatArray) -> FloatArray:
        """Return the similarities of pairs of items."""
        stem_totals, option_totals = self.stems.totals(weights), self.options.totals(weights)
        scores = [np.zeros(0)]
        for start in range(0, len(first), _PAIRS_AT_ONCE):
            one, other = first[start : start + _PAIRS_AT_ONCE], second[start : start + _PAIRS_AT_ONCE]
            stems = overlap(self.stems.shared_by_pairs(one, other, weights), stem_totals[one], stem_totals[other])
            options = overlap(
                self.options.shared_by_pairs(one, other, weights), option_totals[one], option_totals[other]
            )
            scores.append(
                combined(
                    stems,
                    options,
                    both_generic=self.is_generic[one] & self.is_generic[other],
                    both_have_options=(option_totals[one] > 0) & (option_totals[other] > 0),
                )
            )
        return np.concatenate(scores)

    def candidates(
        self, stem_minimum: float, option_minimum: float, weights: FloatArray
    ) -> Iterator[tuple[RowArray, RowArray]]:
        """Yield, block by block, all pairs that may overlap so much: in their stems or, of generic ones, in options.

        Every pair stands in the order of the rows and comes once, or twice when both grounds hold.
        """
        yield from _meetings(
            self.stems.prefixes(weights, stem_minimum, self.alive), self.stems.totals(weights), stem_minimum
        )
        generic = self.alive & self.is_generic
        if option_minimum > 0 and generic.any():
            prefixes = self.options.prefixes(weights, option_minimum, generic)
            yield from _meetings(prefixes, self.options.totals(weights), option_minimum)


def _meetings(prefixes: csr_matrix, totals: FloatArray, minimum: float) -> Iterator[tuple[RowArray, RowArray]]:
    by_word = prefixes.T.tocsr()
    share = least_shared(minimum)
    for start in range(0, prefixes.shape[0], _ROWS_AT_ONCE):
        met = (prefixes[start : start + _ROWS_AT_ONCE] @ by_word).tocoo()
        first, second = met.row.astype(np.int64) + start, met.col.astype(np.int64)
        # The lighter set must weigh at least what both have to share.
        lighter = np.minimum(totals[first], totals[second])
        kept = (second > first) & (lighter >= share * np.maximum(totals[first], totals[second]) - 1e-9)
        if kept.any():
            yield first[kept], second[kept]


def _distinct(words: WordArray) -> WordArray:
    return np.unique(words[words >= 0])
