"""Words by number, with how many items hold each."""

from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from item_bank.quality.duplicates.folding import TEMPLATE_WORDS


class Vocabulary(dict[str, int]):
    """Numbers of folded words in the order in which they were first asked for; asking for a new word numbers it."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._counts = array("q")
        self._is_template = bytearray()

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self.words)
        self.words.append(word)
        self._counts.append(0)
        self._is_template.append(word in TEMPLATE_WORDS)
        return number

    def count(self, numbers: Iterable[int], change: int) -> None:
        """Note that some more items, or fewer, hold each of some words."""
        counts = self._counts
        for number in numbers:
            counts[number] += change

    def is_template(self, number: int) -> bool:
        """Return whether questions are made of the word whatever they ask."""
        return bool(self._is_template[number])

    def held_by(self, number: int) -> int:
        """Return how many items hold a word."""
        return self._counts[number]

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many items hold each word, by number."""
        return np.array(self._counts, dtype=np.int64)

    @property
    def template_words(self) -> NDArray[np.bool_]:
        """Whether words are template words, by number."""
        return np.frombuffer(bytes(self._is_template), dtype=np.bool_)
