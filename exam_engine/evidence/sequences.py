"""A chained sequence read once from a file: what was changed, removed, inserted or moved in it, and where.

Each link states its number and the hash over the hash before and its own text. A single change breaks the chain in one
place; the links around it tell which one: what still fits both neighbours without it was inserted, what is not there
is missing, what fits elsewhere was moved. Whoever recomputes all later hashes as well is found out at the end of the
chain, which is stated elsewhere.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

FindingKind = Literal["changed", "missing", "inserted", "swapped", "moved", "end_differs"]
MOST_FINDINGS = 1000
_LOOKAHEAD = 2


@dataclass(frozen=True, slots=True)
class Link:
    """One link as a file states it; ``rest`` is the hashed text, without the number where the number is part of it."""

    number: int
    rest: str
    hash: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a sequence.

    Attributes
    ----------
    number : of the link it is about; the first of a missing range.
    other : last of a missing range, partner of a swap, link after which an inserted or moved one stands.
    """

    kind: FindingKind
    number: int
    other: int | None = None


@dataclass(frozen=True, slots=True)
class _Stray:
    link: Link
    after: int | None
    in_place_of: int | None = None


class ChainedSequence:
    """Takes links in the order of the file and finds what does not fit.

    Parameters
    ----------
    genesis : hash that the first link is chained to.
    total : how many links there must be, where that is known.
    head : hash of the last link, where that is known.
    is_numbered : whether the number is the first line of the hashed text.
    """

    __slots__ = (
        "_before",
        "_before_gap",
        "_ends",
        "_findings",
        "_head",
        "_is_numbered",
        "_missing",
        "_next",
        "_strays",
        "_total",
        "_unchecked",
        "_window",
    )

    def __init__(self, genesis: str, *, total: int | None, head: str | None, is_numbered: bool) -> None:
        self._total, self._head, self._is_numbered = total, head, is_numbered
        self._next = 1
        # Two ends while two links claim the number before the next: the next one tells which is genuine.
        self._ends: list[tuple[str, int]] | None = [(genesis, 0)]
        self._before: str | None = None
        self._window: list[Link] = []
        self._findings: list[Finding] = []
        self._strays: list[_Stray] = []
        self._missing: list[tuple[int, int]] = []
        self._before_gap: dict[int, str] = {}
        self._unchecked: dict[int, Link] = {}

    def feed(self, link: Link) -> None:
        """Take the next link of the file."""
        if not self._window and self._is_next(link) and self._fits(link):
            self._accept(link.hash)
            return
        if len(self._findings) + len(self._strays) > MOST_FINDINGS:
            return
        self._window.append(link)
        while len(self._window) > _LOOKAHEAD:
            self._step()
        while self._window and self._is_next(self._window[0]) and self._fits(self._window[0]):
            self._accept(self._window.pop(0).hash)

    def feed_displaced(self, link: Link) -> None:
        """Take a link that stands outside its sequence."""
        if len(self._strays) <= MOST_FINDINGS:
            self._strays.append(_Stray(link, None))

    def take_displaced_of(self, other: "ChainedSequence") -> None:
        """Take over what was displaced before the sequence itself began."""
        self._strays += other._strays

    def end(self) -> bool:
        """Note that no link follows; returns whether everything fits."""
        while self._window:
            self._step()
        ends = self._ends
        if self._total is not None and self._next <= self._total:
            self._gap(self._total + 1)
        elif self._head is not None and ends is not None:
            genuine = next((end for end in ends if end[0] == self._head), None)
            if genuine is None:
                if Finding("changed", self._next - 1) not in self._findings:
                    self._findings.append(Finding("end_differs", self._next - 1))
                genuine = ends[0]
            self._settle(genuine)
        return not (self._findings or self._strays or self._missing)

    @property
    def last(self) -> int:
        """Number of the last link accepted."""
        return self._next - 1

    def findings(self) -> list[Finding]:
        """Return everything found, in order, after the end."""
        found = list(self._findings)
        strays = {stray.link.number: stray for stray in self._strays}
        explained: set[int] = set()
        for stray in self._strays:
            number, place = stray.link.number, stray.in_place_of
            if strays[number] is stray and self._is_missing(number):
                found += self._moved(stray, strays)
                explained.add(number)
            elif place is not None and place not in strays:
                # Something else stands in its place, and it stands nowhere.
                found.append(Finding("changed", place))
                explained.add(place)
            else:
                found.append(Finding("inserted", number, stray.after))
        for first, last in self._missing:
            found += _ranges_without(first, last, explained)
        return sorted(dict.fromkeys(found), key=lambda finding: finding.number)

    def _is_missing(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self._missing)

    def _moved(self, stray: _Stray, strays: dict[int, _Stray]) -> list[Finding]:
        number, found = stray.link.number, list[Finding]()
        partner = strays.get(stray.in_place_of) if stray.in_place_of is not None else None
        if partner is not None and partner.in_place_of == number:
            first, second = sorted((number, partner.link.number))
            found.append(Finding("swapped", first, second))
        elif stray.in_place_of is None and stray.after == number - 2:
            # It stands right before its neighbour.
            found.append(Finding("swapped", number - 1, number))
        else:
            found.append(Finding("moved", number, stray.after))
        before, after = self._before_gap.get(number), self._unchecked.get(number + 1)
        if before is not None and self._hash(before, stray.link, number) != stray.link.hash:
            found.append(Finding("changed", number))
        if after is not None and self._hash(stray.link.hash, after, number + 1) != after.hash:
            found.append(Finding("changed", number + 1))
        return found

    def _hash(self, previous: str, link: Link, number: int) -> str:
        text = f"{previous}\n{number}\n{link.rest}" if self._is_numbered else f"{previous}\n{link.rest}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def _fits(self, link: Link) -> bool:
        """Whether a link fits the end; of two ends, the one that it fits is genuine."""
        ends = self._ends
        if ends is None:
            self._unchecked[link.number] = link
            return True
        for end in ends:
            if self._hash(end[0], link, link.number) == link.hash:
                if len(ends) > 1:
                    self._settle(end)
                return True
        return False

    def _settle(self, genuine: tuple[str, int]) -> None:
        for end in self._ends or []:
            if end is not genuine:
                self._findings.append(Finding("inserted", self._next - 1, end[1]))
        self._ends = [genuine]

    def _accept(self, end: str) -> None:
        self._before = self._ends[0][0] if self._ends is not None else None
        self._ends = [(end, self._next - 1)]
        self._next += 1

    def _gap(self, until: int) -> None:
        """Note that the numbers from the next on are not there; what follows cannot be held against the one before."""
        if self._ends is not None:
            self._before_gap[self._next] = self._ends[0][0]
        self._missing.append((self._next, until - 1))
        self._next, self._ends, self._before = until, None, None

    def _step(self) -> None:
        link = self._window.pop(0)
        follower = self._window[0] if self._window else None
        number, expected = link.number, self._next
        if self._is_next(link):
            self._judge(link, follower)
        elif self._is_rival(link):
            ends = self._ends or []
            if any(end[0] == link.hash for end in ends):
                self._findings.append(Finding("inserted", number, expected - 1))
            else:
                ends.append((link.hash, expected - 1))
        elif self._is_beyond(expected):
            self._strays.append(_Stray(link, expected - 1))
        elif self._ends is not None and self._hash(self._ends[0][0], link, expected) == link.hash:
            # Its number was changed, nothing else.
            self._findings.append(Finding("changed", expected))
            self._accept(link.hash)
        elif self._takes_the_place(number, follower):
            self._strays.append(_Stray(link, expected - 1, in_place_of=expected))
            self._gap(expected + 1)
        elif number < expected or self._is_beyond(number) or (follower is not None and follower.number == expected):
            self._strays.append(_Stray(link, expected - 1))
        else:
            self._gap(number)
            self._window.insert(0, link)

    def _judge(self, link: Link, follower: Link | None) -> None:
        """Decide about a link with the expected number."""
        if self._fits(link):
            self._accept(link.hash)
            return
        number, end = link.number, (self._ends or [("", 0)])[0][0]
        if follower is not None and follower.number == number and self._fits(follower):
            self._findings.append(Finding("inserted", number, number - 1))
            return
        self._findings.append(Finding("changed", number))
        # Was its hash changed, or its text? The next link, or the stated end, fits only one of the two.
        computed = self._hash(end, link, number)
        if follower is None:
            is_text = self._head != computed
        else:
            is_text = self._hash(computed, follower, follower.number) != follower.hash
        self._accept(link.hash if is_text else computed)

    def _is_next(self, link: Link) -> bool:
        return link.number == self._next and not self._is_beyond(self._next)

    def _is_rival(self, link: Link) -> bool:
        return (
            link.number == self._next - 1
            and self._before is not None
            and self._hash(self._before, link, link.number) == link.hash
        )

    def _is_beyond(self, number: int) -> bool:
        return number < 1 or (self._total is not None and number > self._total)

    def _takes_the_place(self, number: int, follower: Link | None) -> bool:
        """Whether a link stands where the expected one belongs, and the sequence goes on after it."""
        if follower is not None:
            return follower.number == self._next + 1 and number != self._next + 1
        return self._total is not None and self._next == self._total


def _ranges_without(first: int, last: int, explained: set[int]) -> list[Finding]:
    """Return what of a missing range is missing indeed."""
    found = []
    for number in sorted(explained):
        if first <= number <= last:
            if first < number:
                found.append(Finding("missing", first, number - 1))
            first = number + 1
    return [*found, Finding("missing", first, last)] if first <= last else found
