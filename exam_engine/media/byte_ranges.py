"""Ranges of bytes that players ask for (RFC 9110, section 14)."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes from ``first`` to ``last``, both included."""

    first: int
    last: int


class UnsatisfiableRangeError(ValueError):
    """The range begins behind the end."""


def requested_range(header: str | None, size: int) -> ByteRange | None:
    """Return the one range that a ``Range`` header asks for.

    None means the whole: nothing, several ranges or something malformed was asked for, and all three may be answered
    with the whole.

    Raises
    ------
    UnsatisfiableRangeError
    """
    match = _ONE_RANGE.fullmatch((header or "").replace(" ", ""))
    if match is None or match[0] == "bytes=-":
        return None
    if not match[1]:
        first, last = max(0, size - int(match[2])), size - 1
    else:
        first, last = int(match[1]), min(int(match[2]) if match[2] else size - 1, size - 1)
        if match[2] and int(match[2]) < first:
            return None
    if first > last:
        raise UnsatisfiableRangeError
    return ByteRange(first, last)
