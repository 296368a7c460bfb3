"""Items as sets of numbered words: immutable runs of items that can be compared with a text or with each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from item_bank.quality.duplicates.numbered_texts import OPTIONS, STEMS, NumberedTexts
from item_bank.quality.duplicates.similarity import FloatArray, combined, least_shared, overlap

RowArray = NDArray[np.int64]

_TEXTS_AT_ONCE = 5_000
_ROWS_AT_ONCE = 100
_PREFIX = 0.7
"""Of what two sets have to share, the part that may lie behind their prefixes."""
_ROUNDING = 0.01
"""Of weights, which are summed in single precision."""
_PAIRS_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Query:
    """The distinct words of one side of a text: numbers of the known ones and the weight of all, known or not."""

    words: list[int]
    total: float


class WordSets:
    """Sets of words, one a row: the words of the stems or of the options of some items."""

    def __init__(self, texts: NumberedTexts, side: int, width: int) -> None:
        found, lengths = [np.zeros(0, dtype=np.int32)], [np.zeros(1, dtype=np.int64)]
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            rows, words = texts.placed_words(side, slice(start, start + _TEXTS_AT_ONCE))
            # Row and word as one number: what is sorted and told apart at once is so in each row.
            placed = np.sort(rows * width + words)
            placed = placed[np.diff(placed, prepend=-1) > 0]
            found.append((placed % max(width, 1)).astype(np.int32))
            size = min(_TEXTS_AT_ONCE, len(texts) - start)
            lengths.append(np.bincount(placed // max(width, 1), minlength=size))
        words = np.concatenate(found)
        ones = np.ones(len(words), dtype=np.float32)
        self.rows = csr_matrix((ones, words, np.cumsum(np.concatenate(lengths))), shape=(len(texts), width))
        self.width = width

    @cached_property
    def columns(self) -> csc_matrix:
        """The same by word, for those who look for a single text."""
        return self.rows.tocsc()

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

    def prefixes(self, weights: FloatArray, minimum: float, wanted: NDArray[np.bool_]) -> "Prefixes":
        """Return of each wanted row the heaviest words, one of which any row overlapping by ``minimum`` has too.

        Prefix filtering (Chaudhuri, Ganti & Kaushik, 2006): words stand in one order for all rows, heaviest first. The
        words from the first shared one on must weigh as much as what is shared, so a word with less behind it cannot
        be the first. Prefixes are a little longer than that: what two of them share then says more.
        """
        totals, share = self.totals(weights), least_shared(minimum)
        rests = np.zeros(len(totals))
        parts = [(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32))]
        for start in range(0, len(totals), _TEXTS_AT_ONCE):
            rows = self.rows[start : start + _TEXTS_AT_ONCE]
            row_of = np.repeat(np.arange(rows.shape[0]) + start, np.diff(rows.indptr))
            weight = weights[rows.indices]
            order = np.lexsort((rows.indices, -weight, row_of))
            row_of, words, weight = row_of[order], rows.indices[order], weight[order]
            before = np.concatenate([np.zeros(1), np.cumsum(weight)])
            behind = totals[row_of] - (before[:-1] - before[rows.indptr[row_of - start]])
            kept = behind >= _PREFIX * share * totals[row_of] - 1e-9
            np.add.at(rests, row_of[~kept], weight[~kept])
            kept &= wanted[row_of]
            parts.append((weight[kept].astype(np.float32), row_of[kept], words[kept]))
        values, row_of, words = (np.concatenate(one) for one in zip(*parts, strict=True))
        return Prefixes(csr_matrix((values, (row_of, words)), shape=self.rows.shape), rests, totals, share)


@dataclass(frozen=True, slots=True)
class Prefixes:
    """The heaviest words of rows with their weights.

    ``rests`` and ``totals`` are the weights of the other words and of all; ``share`` is the part of the heavier row
    that two rows have in common when they overlap enough.
    """

    words: csr_matrix
    rests: FloatArray
    totals: FloatArray
    share: float

    def meetings(self) -> Iterator[tuple[RowArray, RowArray]]:
        """Yield, block by block, pairs of rows that may have so much in common, each once and in order."""
        by_word = self.words.copy()
        by_word.data[:] = 1.0
        by_word = by_word.T.tocsr()
        for start in range(0, self.words.shape[0], _ROWS_AT_ONCE):
            met = (self.words[start : start + _ROWS_AT_ONCE] @ by_word).tocoo()
            later = met.col > met.row + start
            first, second = met.row[later].astype(np.int64) + start, met.col[later].astype(np.int64)
            needed = self.share * np.maximum(self.totals[first], self.totals[second])
            # Words shared besides lie behind the prefix of one of both; and the lighter row must weigh enough.
            most = met.data[later] + np.maximum(self.rests[first], self.rests[second])
            kept = most >= needed - _ROUNDING
            kept &= np.minimum(self.totals[first], self.totals[second]) >= needed - _ROUNDING
            if kept.any():
                yield first[kept], second[kept]


class Run:
    """Items that were taken in together, compared as one; removed ones are marked, not moved."""

    def __init__(self, texts: NumberedTexts, width: int) -> None:
        self.texts = texts
        self.alive = np.ones(len(texts), dtype=np.bool_)
        self.stems = WordSets(texts, STEMS, width)
        self.options = WordSets(texts, OPTIONS, width)
        self._weighed: tuple[FloatArray, FloatArray, FloatArray] | None = None

    def _totals(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the weights of all stems and of all options, worked out once for the same weights of words."""
        if self._weighed is None or self._weighed[0] is not weights:
            self._weighed = weights, self.stems.totals(weights), self.options.totals(weights)
        return self._weighed[1:]

    def scores(self, stem: Query, options: Query, is_generic: bool, weights: FloatArray) -> FloatArray:
        """Return the similarity of each item with a text; removed items get 0."""
        stem_totals, option_totals = self._totals(weights)
        scores = combined(
            overlap(self.stems.shared(stem.words, weights), stem_totals, np.full_like(stem_totals, stem.total)),
            overlap(
                self.options.shared(options.words, weights), option_totals, np.full_like(option_totals, options.total)
            ),
            both_generic=self.texts.is_generic & is_generic,
            both_have_options=(option_totals > 0) & (options.total > 0),
        )
        return np.where(self.alive, scores, 0.0)

    def pair_scores(self, first: RowArray, second: RowArray, weights: FloatArray, minimum: float) -> FloatArray:
        """Return the similarities of pairs of items, 0 for those that cannot reach a minimum."""
        stem_totals, option_totals = self._totals(weights)
        scores = np.zeros(len(first))
        for start in range(0, len(first), _PAIRS_AT_ONCE):
            part = slice(start, start + _PAIRS_AT_ONCE)
            one, other = first[part], second[part]
            generic = self.texts.is_generic[one] & self.texts.is_generic[other]
            with_options = (option_totals[one] > 0) & (option_totals[other] > 0)
            stems = overlap(self.stems.shared_by_pairs(one, other, weights), stem_totals[one], stem_totals[other])
            best = combined(stems, np.ones(len(one)), both_generic=generic, both_have_options=with_options)
            # Options are looked at only where equal ones would make the pair alike enough.
            near = np.flatnonzero(best >= minimum)
            one, other = one[near], other[near]
            options = overlap(
                self.options.shared_by_pairs(one, other, weights), option_totals[one], option_totals[other]
            )
            scores[start + near] = combined(
                stems[near], options, both_generic=generic[near], both_have_options=with_options[near]
            )
        return scores

    def candidates(
        self, stem_minimum: float, option_minimum: float, weights: FloatArray
    ) -> Iterator[tuple[RowArray, RowArray]]:
        """Yield, block by block, all pairs that may overlap so much: in their stems or, of generic ones, in options.

        Every pair stands in the order of the rows and comes once, or twice when both grounds hold.
        """
        yield from self.stems.prefixes(weights, stem_minimum, self.alive).meetings()
        generic = self.alive & self.texts.is_generic
        if option_minimum > 0 and generic.any():
            yield from self.options.prefixes(weights, option_minimum, generic).meetings()
