"""The chains of one member of an exported log: each in one piece, one after another, as the log says they must be."""

from collections.abc import Iterator
from dataclasses import dataclass

from exam_engine.evidence.sequences import ChainedSequence, Finding, Link


@dataclass(frozen=True, slots=True)
class ExpectedChain:
    """What the log says of one chain."""

    genesis: str
    total: int | None
    head: str | None


class ChainsOfMember:
    """The chains of one member, one after another; only those with findings are kept."""

    def __init__(self, expected: dict[tuple[str, int], ExpectedChain]) -> None:
        self._expected = expected
        self._seen: set[tuple[str, int]] = set()
        self._kept: dict[tuple[str, int], ChainedSequence] = {}
        self._key: tuple[str, int] | None = None
        self._current: ChainedSequence | None = None

    def take(self, key: tuple[str, int], link: Link, following: tuple[str, int] | None) -> bool:
        """Take a link; returns False when its whole chain stands in the wrong place of the file."""
        is_in_place = True
        if key != self._key:
            # One line of another chain between two of this one was put there; more of them are the next chain.
            if key in self._seen or (self._key is not None and following == self._key):
                self._displaced(key, link)
                return True
            is_in_place = self._key is None or key > self._key
            self._end()
            self._key, self._current = key, self._open(key)
            self._seen.add(key)
        if self._current is not None:
            self._current.feed(link)
        return is_in_place

    def findings(self) -> Iterator[tuple[tuple[str, int], list[Finding]]]:
        """Yield what was found in each chain, after the last link; chains that are not there are missing."""
        self._end()
        for key, expected in self._expected.items():
            if key not in self._seen and (expected.total or key in self._kept):
                sequence = self._kept.get(key) or self._open(key)
                sequence.end()
                self._kept[key] = sequence
        for key in sorted(self._kept):
            if found := self._kept[key].findings():
                yield key, found

    def _open(self, key: tuple[str, int]) -> ChainedSequence:
        expected = self._expected[key]
        kept = self._kept.pop(key, None)
        sequence = ChainedSequence(expected.genesis, total=expected.total, head=expected.head, is_numbered=False)
        if kept is not None:
            sequence.take_displaced_of(kept)
        return sequence

    def _displaced(self, key: tuple[str, int], link: Link) -> None:
        if key not in self._kept:
            # Nothing is missing in a chain that was whole: what is displaced was inserted.
            self._kept[key] = (
                self._open(key)
                if key not in self._seen
                else ChainedSequence("", total=None, head=None, is_numbered=False)
            )
        self._kept[key].feed_displaced(link)

    def _end(self) -> None:
        if self._current is not None and self._key is not None and not self._current.end():
            self._kept[self._key] = self._current
        self._current = None
