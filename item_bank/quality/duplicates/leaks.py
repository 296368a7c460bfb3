"""Which items of a bank stand in a document, such as a page found on the web or a file passed around."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from item_bank.quality.duplicates.folding import PlacedToken, placed_tokens
from item_bank.quality.duplicates.index import DuplicateIndex
from item_bank.quality.duplicates.numbered_texts import Entry, WordArray
from item_bank.quality.duplicates.similarity import FloatArray

LEAST_COVERAGE = 0.75
"""Share of an item's weight of words that must stand in one passage."""
LEAST_TELLING = 5
"""Telling words that a stem needs to be recognised alone; shorter ones need their options beside them."""

LEAST_IN_ORDER = 0.25
"""Share of the runs of three words of a stem alone that must stand there too: common words meet anywhere."""

LONGEST_PASSAGE = 600
"""Characters of a passage that is shown."""

_SPREAD = 1.6
# A run of three words that stands in more items than this tells nothing.
_MOST_ITEMS = 50


@dataclass(frozen=True, slots=True)
class Leak:
    """An item found in a document: how much of it (1 = all words of stem and, where shown, options), and where.

    ``start`` and ``end`` are offsets in the document, ``line`` counts from 1, ``passage`` is the text between them, cut
    at 600 characters; ``with_options`` says that the options stand there too.
    """

    code: str
    coverage: float
    start: int
    end: int
    line: int
    passage: str
    with_options: bool


def find_leaks(index: DuplicateIndex, document_text: str) -> list[Leak]:
    """Return the items of the bank that stand in a document, in the order of their passages.

    Candidates are items that share runs of three words with the document; each is then held against the densest
    passage. An item is found when three quarters of the weight of its words stand there: of the stem alone when that is
    telling enough, else of stem and options. The best passage of each item is given.
    """
    tokens = placed_tokens(document_text)
    entries = list(index.entries())
    if len(tokens) < 3 or not entries:
        return []
    words = np.array([index.number_of(token.text) for token in tokens], dtype=np.int64)
    weights = index.weights
    template = index.template_words
    leaks = []
    for number, positions in _hits(words, entries, index.vocabulary_size).items():
        if found := _held_against(entries[number], positions, words, weights, template):
            first, last, coverage, with_options = found
            leaks.append(_leak(entries[number].code, coverage, with_options, tokens, first, last, document_text))
    return sorted(leaks, key=lambda leak: (leak.start, -leak.coverage, leak.code))


def _runs_of_three(words: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Return a number for each run of three words; -1 where a word is unknown or an option ends."""
    if len(words) < 3:
        return np.zeros(0, dtype=np.int64)
    first, second, third = words[:-2], words[1:-1], words[2:]
    runs = (first * size + second) * size + third
    return np.where((first < 0) | (second < 0) | (third < 0), -1, runs)


def _hits(words: NDArray[np.int64], entries: Sequence[Entry], size: int) -> dict[int, list[int]]:
    """Return by item the positions in the document at which one of its runs of three words begins."""
    wanted = np.unique(_runs_of_three(words, size))
    parts, owners = [], []
    for number, entry in enumerate(entries):
        whole = np.concatenate([entry.stem, [-1], entry.options]).astype(np.int64)
        runs = np.unique(_runs_of_three(whole, size))
        runs = runs[runs >= 0]
        parts.append(runs)
        owners.append(np.full(len(runs), number))
    all_runs, all_owners = np.concatenate(parts), np.concatenate(owners)
    kept = np.isin(all_runs, wanted)
    all_runs, all_owners = all_runs[kept], all_owners[kept]
    order = np.lexsort((all_owners, all_runs))
    all_runs, all_owners = all_runs[order], all_owners[order]
    document = _runs_of_three(words, size)
    low, high = np.searchsorted(all_runs, document, "left"), np.searchsorted(all_runs, document, "right")
    hits: dict[int, list[int]] = defaultdict(list)
    for position in np.flatnonzero((high > low) & (high - low <= _MOST_ITEMS) & (document >= 0)).tolist():
        for owner in all_owners[low[position] : high[position]].tolist():
            hits[owner].append(position)
    return hits


def _held_against(
    entry: Entry,
    positions: list[int],
    words: NDArray[np.int64],
    weights: FloatArray,
    is_template: NDArray[np.bool_],
) -> tuple[int, int, float, bool] | None:
    """Return first and last token of the passage that covers the item best, its coverage, whether options are there."""
    stem, options = np.unique(entry.stem), np.unique(entry.options[entry.options >= 0])
    is_telling = int((~is_template[stem]).sum()) >= LEAST_TELLING
    stem_reach = int(_SPREAD * len(entry.stem)) + 4
    option_reach = int(_SPREAD * len(entry.options)) + 10
    best: tuple[int, int, float, bool] | None = None
    for start in _starts(positions, stem_reach):
        # A hit may lie in an option: the stem then stands before it.
        for begin in {max(0, start - 2), max(0, start - stem_reach - option_reach // 2)}:
            stem_window = words[begin : begin + stem_reach + (start - begin)]
            covered, last_stem = _covered(stem, stem_window, weights)
            window = words[begin : begin + len(stem_window) + option_reach]
            covered_options, last_option = _covered(options, window, weights)
            with_options = len(options) > 0 and covered_options >= LEAST_COVERAGE
            share = 0.6 * covered + 0.4 * covered_options if len(options) else covered
            shown = window if with_options else stem_window
            inside = positions[bisect_left(positions, begin) : bisect_right(positions, begin + len(shown) - 3)]
            runs = [position - begin for position in inside]
            in_order = len(runs) >= max(2, LEAST_IN_ORDER * (len(entry.stem) - 2))
            coverage = share if with_options else (covered if is_telling and in_order else 0.0)
            if coverage >= LEAST_COVERAGE and covered >= LEAST_COVERAGE / 1.5 and (best is None or coverage > best[2]):
                is_member = np.isin(shown, np.concatenate([stem, options]) if with_options else stem)
                least_last = max(last_stem, last_option) if with_options else 0
                first, last = _passage(is_member, runs, least_last)
                best = begin + first, begin + last, coverage, with_options
    return best


def _passage(is_member: NDArray[np.bool_], runs: list[int], least_last: int) -> tuple[int, int]:
    """Return first and last place of the item in a window: from its first to its last run of three words.

    Single words are everywhere; only those that join on to a run count in. Options of one or two words have no runs:
    the passage reaches at least to ``least_last``.
    """
    first, last = runs[0], max(runs[-1] + 2, least_last)
    while first > 0 and is_member[first - 1]:
        first -= 1
    while last + 1 < len(is_member) and is_member[last + 1]:
        last += 1
    return first, last


def _starts(positions: list[int], reach: int) -> list[int]:
    """Return where passages with hits begin: a hit further than ``reach`` from the last one begins a new passage."""
    starts = [positions[0]]
    for position in positions[1:]:
        if position - starts[-1] > reach:
            starts.append(position)
    return starts


def _covered(wanted: WordArray, window: NDArray[np.int64], weights: FloatArray) -> tuple[float, int]:
    """Return the share of the wanted weight that stands in a window, and the window's last token that adds to it."""
    if not len(wanted):
        return 0.0, 0
    seen, first_places = np.unique(window, return_index=True)
    is_there = np.isin(wanted, seen)
    share = float(weights[wanted[is_there]].sum() / weights[wanted].sum())
    places = first_places[np.isin(seen, wanted)]
    return share, int(places.max()) if len(places) else 0


def _leak(
    code: str, coverage: float, with_options: bool, tokens: Sequence[PlacedToken], first: int, last: int, text: str
) -> Leak:
    start, end = tokens[first].start, tokens[last].end
    return Leak(
        code=code,
        coverage=round(coverage, 4),
        start=start,
        end=end,
        line=text.count("\n", 0, start) + 1,
        passage=text[start : min(end, start + LONGEST_PASSAGE)],
        with_options=with_options,
    )
