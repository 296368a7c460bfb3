"""The rows of a run beside each other: which codes and contents stand twice, which numbers are taken."""

from collections.abc import Iterable
from typing import NamedTuple

from item_bank.authoring.service import highest_number


class ClaimingRow(NamedTuple):
    """A row with the code that the file or the author states, or that it was given; None without one."""

    number: int
    place: str
    code: str | None


class Census:
    """Codes and contents of the rows of a run; of each it keeps a few hundred bytes, whatever the row holds.

    ``highest`` is, for prefixes that codes were asked for, the highest number that follows them in the bank or here.
    """

    def __init__(self, rows: Iterable[ClaimingRow] = ()) -> None:
        self.highest: dict[str, int] = {}
        self._places: dict[int, str] = {}
        self._holders: dict[str, int | set[int]] = {}
        self._first: dict[str, int] = {}
        for row in rows:
            self._places[row.number] = row.place
            if row.code is not None:
                self.claim(row.number, row.code)

    def claim(self, number: int, code: str) -> None:
        """Note that a row has a code."""
        holders = self._holders.setdefault(code, number)
        if isinstance(holders, set):
            holders.add(number)
        elif holders != number:
            self._holders[code] = {holders, number}

    def others_with(self, code: str, number: int) -> list[str]:
        """Return the places of the other rows that have a code, in order."""
        holders = self._holders.get(code, number)
        if isinstance(holders, int):
            return [self._places[holders]] if holders != number else []
        return [self._places[one] for one in sorted(holders) if one != number]

    def first_with(self, content_hash: str, number: int) -> str | None:
        """Return the place of the first of the earlier rows with the same content, None when there is none.

        The row is noted for later ones.
        """
        first = self._first.setdefault(content_hash, number)
        if first < number:
            return self._places[first]
        self._first[content_hash] = number
        return None

    def count_from(self, prefix: str, codes_in_bank: Iterable[str]) -> None:
        """Begin to give numbers after a prefix, above those of the bank and of all rows."""
        self.highest[prefix] = max(highest_number(prefix, codes_in_bank), highest_number(prefix, self._holders))
