"""What one cell of a file says of a response: an option, a score, or why there is none."""

from typing import Final, NamedTuple

from item_bank.calibration.response_matrix import HIGHEST_SCORE, NONE_CHOSEN, NOT_REACHED, OMITTED
from item_bank.calibration.sources.collected import KnownItem
from item_bank.items.content import OPTION_IDS

OMITTED_MARKS: Final = frozenset({".", "-", "BQ"})
"""Seen and left without an answer; ``BQ`` is Vietnamese *bỏ qua*."""
NOT_REACHED_MARKS: Final = frozenset({"NR", "KT"})
"""Not reached; ``KT`` is Vietnamese *không tới*."""
_DIGITS: Final = "12345678"


class Response(NamedTuple):
    """Score category, or why there is none, and the place of the chosen option."""

    score: int
    chosen: int = NONE_CHOSEN


class UnreadableCellError(ValueError):
    """A cell says nothing that can be; ``code`` is that of the fault."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def read_answer(text: str, item: KnownItem) -> Response:
    """Read an answer as it was given: the letter or number of an option, nothing where the item was left blank.

    Raises
    ------
    UnreadableCellError
    """
    absent = _absence(text) if text else Response(OMITTED)
    if absent is not None:
        return absent
    if not item.option_count:
        raise UnreadableCellError("response_needs_score")
    letter = OPTION_IDS.index(text) if text in OPTION_IDS else -1
    place = letter if letter >= 0 or len(text) != 1 else _DIGITS.find(text)
    if not 0 <= place < item.option_count:
        raise UnreadableCellError("response_option_unknown")
    return Response(int(place == item.key), place)


def read_score(text: str, item: KnownItem) -> Response:
    """Read a score category: a whole number from 0; nothing where the item was left blank.

    Raises
    ------
    UnreadableCellError
    """
    absent = _absence(text) if text else Response(OMITTED)
    if absent is not None:
        return absent
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise UnreadableCellError("response_score_unknown")
    highest = HIGHEST_SCORE if item.highest_score is None else item.highest_score
    if int(text) > highest:
        raise UnreadableCellError("response_score_too_high", highest=highest)
    return Response(int(text))


def read_either(text: str, item: KnownItem) -> Response:
    """Read a cell of a table with a column for each item: a number is a score, a letter an option.

    Raises
    ------
    UnreadableCellError
    """
    return read_answer(text, item) if text[:1] in OPTION_IDS else read_score(text, item)


def _absence(text: str) -> Response | None:
    if text in OMITTED_MARKS:
        return Response(OMITTED)
    return Response(NOT_REACHED) if text in NOT_REACHED_MARKS else None
