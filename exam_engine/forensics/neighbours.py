"""Who sat near whom: the pairs of a room between whom a glance or a whisper goes."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

NEAR: Final = 2
"""Seats to each side that count as near where the room has no rows."""


class SeatPlace(NamedTuple):
    """A candidate's seat, counted from 1 along the rows; ``row_width`` is None where seats stand in no rows."""

    room: str
    seat: int | None
    row_width: int | None


def neighbouring_pairs(places: Sequence[SeatPlace]) -> list[tuple[int, int]]:
    """Return the pairs of places near one another, the lower number first.

    In rows these are the eight seats around; without rows the two seats before and after.
    """
    rooms: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for number, place in enumerate(places):
        if place.seat is not None:
            rooms[place.room][place.seat] = number
    pairs = set()
    for number, place in enumerate(places):
        if place.seat is None:
            continue
        for seat in _seats_near(place.seat, place.row_width):
            other = rooms[place.room].get(seat)
            if other is not None and other != number:
                pairs.add((min(number, other), max(number, other)))
    return sorted(pairs)


def _seats_near(seat: int, row_width: int | None) -> list[int]:
    if row_width is None:
        return [seat + step for step in range(-NEAR, NEAR + 1)]
    row, column = divmod(seat - 1, row_width)
    return [
        (row + down) * row_width + column + aside + 1
        for down in (-1, 0, 1)
        for aside in (-1, 0, 1)
        if 0 <= column + aside < row_width and row + down >= 0
    ]
