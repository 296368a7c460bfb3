"""An index of a bank that finds near-duplicates of one text, and all pairs of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from item_bank.quality.duplicates.folding import TEMPLATE_WORDS, ItemText, option_tokens, stem_tokens
from item_bank.quality.duplicates.numbered_texts import Entry, GrowingTexts, NumberedTexts, joined
from item_bank.quality.duplicates.similarity import (
    DEFAULT_MINIMUM,
    GENERIC_STEM_SHARE,
    STEM_SHARE,
    FloatArray,
    Reason,
    combined_once,
    overlap_once,
    reason_of,
    typing_errors,
    word_weights,
)
from item_bank.quality.duplicates.vocabulary import Vocabulary
from item_bank.quality.duplicates.word_sets import Query, Run

LEAST_MINIMUM = 0.6
"""Below this similarity nearly everything resembles something; no search is made."""

# How far typing errors may have pushed a pair below the minimum, and how many items may hold a mistyped word.
_ERROR_MARGIN = 0.15
_RARE = 2


@dataclass(frozen=True, slots=True)
class Match:
    """An item of the bank that resembles a text; ``similarity`` in [0, 1], 1 for equal after folding."""

    code: str
    similarity: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items of the bank that resemble each other, in the order in which they were added."""

    first: str
    second: str
    similarity: float
    reason: Reason


class DuplicateIndex:
    """Items by code, ready to be compared.

    Items stand in runs, as in a log-structured merge tree: those added since the last search become a small run, and
    runs are merged when the newer has grown to half of the older, so that a search after each of many additions stays
    cheap.
    """

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()
        self._pending = GrowingTexts()
        self._runs: list[Run] = []
        self._places: dict[str, tuple[Run, int]] = {}
        self._weights: FloatArray | None = None

    @classmethod
    def build(cls, texts: Mapping[str, ItemText]) -> Self:
        """Return an index of all texts, by item code."""
        index = cls()
        for code, text in texts.items():
            index.add(code, text)
        return index

    def __len__(self) -> int:
        return len(self._places) + len(self._pending)

    def __contains__(self, code: str) -> bool:
        return code in self._places or code in self._pending

    def add(self, code: str, text: ItemText) -> None:
        """Take in an item; one with the same code is replaced."""
        self.discard(code)
        number = self._vocabulary.__getitem__
        stem = list(map(number, stem_tokens(text.stem)))
        options: list[int] = []
        for option in text.options:
            options += map(number, option_tokens(option))
            options.append(-1)
        self._pending.add(code, stem, options, is_generic=all(map(self._vocabulary.is_template, stem)))
        self._count(stem, options, 1)

    def discard(self, code: str) -> None:
        """Forget an item; nothing happens when it is not there."""
        entry = self._pending.discard(code)
        if entry is None and (place := self._places.pop(code, None)):
            run, row = place
            run.alive[row] = False
            entry = run.texts.entry(row)
        if entry is not None:
            self._count(entry.stem.tolist(), entry.options.tolist(), -1)

    def similar(
        self, text: ItemText | str, limit: int = 10, *, minimum: float = DEFAULT_MINIMUM, besides: str = ""
    ) -> list[Match]:
        """Return the items most like a text, best first; a plain string is compared with stems alone.

        ``besides`` is the code of the item itself, which is left out. Equal similarities stand by code. Raises
        ValueError for a minimum outside [0.6, 1].
        """
        _check(minimum)
        wanted = text if isinstance(text, ItemText) else ItemText(text)
        stem = stem_tokens(wanted.stem)
        options = {token for option in wanted.options for token in option_tokens(option)}
        self._settle()
        weights = self.weights
        query = self._query(stem), self._query(options), set(stem) <= TEMPLATE_WORDS
        near: list[tuple[float, Entry]] = []
        for run in self._runs:
            scores = run.scores(*query, weights)
            rows = np.flatnonzero(scores >= minimum - _ERROR_MARGIN)
            near += zip(scores[rows].tolist(), map(run.texts.entry, rows.tolist()), strict=True)
        near.sort(key=lambda found: (-found[0], found[1].code))
        matches = []
        for score, entry in near[: max(4 * limit, 50)]:
            score, reason = self._judge(stem, options, entry, score, minimum)
            if score >= minimum and entry.code != besides:
                matches.append(Match(entry.code, round(score, 4), reason))
        return sorted(matches, key=lambda match: (-match.similarity, match.code))[:limit]

    def pairs(self, minimum: float = DEFAULT_MINIMUM) -> list[Pair]:
        """Return all pairs at or above a similarity, most alike first; equal ones in the order of adding.

        Pairs that typing errors alone push below the minimum are found when they still share a telling word. Raises
        ValueError for a minimum outside [0.6, 1].
        """
        _check(minimum)
        self._settle(at_most=1)
        if not self._runs:
            return []
        run, weights = self._runs[0], self.weights
        floor = minimum - _ERROR_MARGIN / 3
        bounds = (
            (floor - (1 - STEM_SHARE)) / STEM_SHARE,
            (floor - GENERIC_STEM_SHARE) / (1 - GENERIC_STEM_SHARE),
        )
        found: dict[tuple[int, int], tuple[float, Reason]] = {}
        for rows, others in run.candidates(*bounds, weights):
            scores = run.pair_scores(rows, others, weights, floor)
            near = np.flatnonzero(scores >= floor)
            near_pairs = zip(rows[near].tolist(), others[near].tolist(), scores[near].tolist(), strict=True)
            for row, other, score in near_pairs:
                if (row, other) in found:
                    continue
                entry = run.texts.entry(row)
                stem, options = self._spelt(entry.stem), set(self._spelt(entry.options))
                judged, reason = self._judge(stem, options, run.texts.entry(other), score, minimum)
                if judged >= minimum:
                    found[row, other] = judged, reason
        ordered = sorted(found.items(), key=lambda pair: (-round(pair[1][0], 4), pair[0]))
        return [
            Pair(run.texts.codes[row], run.texts.codes[other], round(score, 4), reason)
            for (row, other), (score, reason) in ordered
        ]

    def entries(self) -> Iterator[Entry]:
        """Yield the items in the order of adding; numbers of words are those of :meth:`number_of`."""
        self._settle()
        for run in self._runs:
            for row in np.flatnonzero(run.alive).tolist():
                yield run.texts.entry(row)

    def number_of(self, token: str) -> int:
        """Return the number of a folded word, -1 when no item ever held it."""
        return self._vocabulary.get(token, -1)

    @property
    def vocabulary_size(self) -> int:
        """One more than the highest number of a word."""
        return len(self._vocabulary)

    @property
    def weights(self) -> FloatArray:
        """Weights of words by number, as the bank stands now."""
        if self._weights is None:
            self._weights = word_weights(self._vocabulary.counts, len(self), self.template_words)
        return self._weights

    @property
    def template_words(self) -> NDArray[np.bool_]:
        """Whether words are template words, by number."""
        return self._vocabulary.template_words

    def _count(self, stem: Iterable[int], options: Iterable[int], change: int) -> None:
        self._vocabulary.count({*stem, *options} - {-1}, change)
        self._weights = None

    def _settle(self, at_most: int = 64) -> None:
        """Make a run of what was added; merge runs of like size, and all when more than ``at_most`` are left."""
        if len(self._pending):
            self._append(self._pending.texts())
            self._pending = GrowingTexts()
        while len(self._runs) > 1 and (
            len(self._runs) > at_most or 2 * len(self._runs[-1].texts) >= len(self._runs[-2].texts)
        ):
            newer, older = self._runs.pop(), self._runs.pop()
            self._append(joined([(run.texts, np.flatnonzero(run.alive).tolist()) for run in (older, newer)]))

    def _append(self, texts: NumberedTexts) -> None:
        run = Run(texts, len(self._vocabulary))
        self._runs.append(run)
        self._places.update({code: (run, row) for row, code in enumerate(texts.codes)})

    def _query(self, tokens: Iterable[str]) -> Query:
        distinct = sorted(set(tokens))
        known = [number for token in distinct if (number := self.number_of(token)) >= 0]
        unknown = [token for token in distinct if token not in self._vocabulary]
        counts = np.zeros(len(unknown), dtype=np.int64)
        template = np.array([token in TEMPLATE_WORDS for token in unknown], dtype=np.bool_)
        total = self.weights[known].sum() + word_weights(counts, len(self), template).sum()
        return Query(known, float(total))

    def _spelt(self, numbers: Iterable[int]) -> list[str]:
        words = self._vocabulary.words
        return [words[number] for number in numbers if number >= 0]

    def _weight(self, tokens: Iterable[str]) -> float:
        return self._query(tokens).total

    def _is_rare(self, token: str) -> bool:
        number = self.number_of(token)
        return number < 0 or self._vocabulary.held_by(number) <= _RARE

    def _judge(
        self, stem: list[str], options: set[str], entry: Entry, score: float, minimum: float
    ) -> tuple[float, Reason]:
        """Return the similarity of a text with an item, typing errors taken for what was meant, and the reason."""
        there, there_options = self._spelt(entry.stem), set(self._spelt(entry.options))
        here_set, there_set = set(stem), set(there)
        stem_overlap = self._overlap(here_set, there_set)
        option_overlap = self._overlap(options, there_options) if options and there_options else None
        if score < 1.0 - 1e-9:
            is_generic = here_set <= TEMPLATE_WORDS and entry.is_generic
            score = combined_once(stem_overlap, option_overlap, both_generic=is_generic)
        return score, reason_of(stem, there, stem_overlap, option_overlap)

    def _overlap(self, first: set[str], second: set[str]) -> float:
        only_first, only_second = first - second, second - first
        errors = typing_errors(
            {token for token in only_first if self._is_rare(token)},
            {token for token in only_second if self._is_rare(token)},
        )
        forgiven_first, forgiven_second = {one for one, _ in errors}, {other for _, other in errors}
        # A word and its mistyped twin are shared; they weigh what the lighter of both weighs.
        twins = sum(min(self._weight([one]), self._weight([other])) for one, other in errors)
        shared = self._weight(first & second) + twins
        return overlap_once(
            shared, self._weight(only_first - forgiven_first), self._weight(only_second - forgiven_second)
        )


def _check(minimum: float) -> None:
    if not LEAST_MINIMUM <= minimum <= 1.0:
        raise ValueError(f"the least similarity must lie in [{LEAST_MINIMUM}, 1], not {minimum}")
