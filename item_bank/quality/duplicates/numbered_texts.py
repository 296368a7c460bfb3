"""Texts of many items as numbers of words, side by side in one array."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WordArray = NDArray[np.int32]

STEMS, OPTIONS = 0, 1
"""The two texts of an item."""


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
class NumberedTexts:
    """Items in a row: an object for each would take many times what their words take.

    Parameters
    ----------
    codes : of the items.
    words : stem and options of the first item, of the second …
    bounds : where each text begins in ``words``, two an item, and where the last one ends.
    is_generic : as of an :class:`Entry`.
    """

    codes: list[str]
    words: WordArray
    bounds: NDArray[np.int64]
    is_generic: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.codes)

    def entry(self, row: int) -> Entry:
        """Return one item."""
        begin, between, end = self.bounds[2 * row : 2 * row + 3].tolist()
        return Entry(
            self.codes[row], self.words[begin:between], self.words[between:end], is_generic=bool(self.is_generic[row])
        )

    def placed_words(self, side: int, rows: slice) -> tuple[NDArray[np.int64], WordArray]:
        """Return the words of stems or options of some rows, and the row of each counted from the first of these."""
        first, last = rows.indices(len(self))[:2]
        bounds = self.bounds[2 * first : 2 * last + 1]
        words = self.words[bounds[0] : bounds[-1]]
        texts = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
        wanted = (texts % 2 == side) & (words >= 0)
        return texts[wanted] // 2, words[wanted]


class GrowingTexts:
    """Items that are taken in one after another."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._codes: list[str] = []
        self._words = array("i")
        self._bounds = array("q", [0])
        self._is_generic = bytearray()

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, code: str) -> bool:
        return code in self._rows

    def add(self, code: str, stem: Sequence[int], options: Sequence[int], *, is_generic: bool) -> None:
        """Take in an item with a new code; options are ended by -1 each."""
        self._rows[code] = len(self._codes)
        self._codes.append(code)
        for text in (stem, options):
            self._words.extend(text)
            self._bounds.append(len(self._words))
        self._is_generic.append(is_generic)

    def discard(self, code: str) -> Entry | None:
        """Forget an item and return what it was, None when it is not there."""
        row = self._rows.pop(code, None)
        if row is None:
            return None
        begin, between, end = self._bounds[2 * row : 2 * row + 3]
        texts = (self._words[begin:between], self._words[between:end])
        stem, options = (np.array(text, dtype=np.int32) for text in texts)
        return Entry(code, stem, options, is_generic=bool(self._is_generic[row]))

    def texts(self) -> NumberedTexts:
        """Return the items that are there now."""
        texts = NumberedTexts(
            codes=self._codes,
            words=np.frombuffer(self._words, dtype=np.intc).astype(np.int32, copy=False),
            bounds=np.array(self._bounds, dtype=np.int64),
            is_generic=np.frombuffer(bytes(self._is_generic), dtype=np.bool_),
        )
        return texts if len(self._rows) == len(self._codes) else joined([(texts, sorted(self._rows.values()))])


def joined(parts: Sequence[tuple[NumberedTexts, Sequence[int]]]) -> NumberedTexts:
    """Return some rows of several as one."""
    chosen = [(texts, row) for texts, rows in parts for row in rows]
    lengths = [np.diff(texts.bounds[2 * row : 2 * row + 3]) for texts, row in chosen]
    words = [texts.words[texts.bounds[2 * row] : texts.bounds[2 * row + 2]] for texts, row in chosen]
    return NumberedTexts(
        codes=[texts.codes[row] for texts, row in chosen],
        words=np.concatenate([np.zeros(0, dtype=np.int32), *words]),
        bounds=np.cumsum(np.concatenate([np.zeros(1, dtype=np.int64), *lengths])),
        is_generic=np.array([texts.is_generic[row] for texts, row in chosen], dtype=np.bool_),
    )
