"""Reading single values of an item sheet: level, kind, key, points; nothing is ever guessed."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from exam_engine.core.text import search_key
from item_bank.items.content import OPTION_IDS, CognitiveLevel

_LEVELS: dict[str, CognitiveLevel] = {
    "nb": "NB",
    "nhan biet": "NB",
    "th": "TH",
    "thong hieu": "TH",
    "vd": "VD",
    "van dung": "VD",
    "van dung thap": "VD",
    "vdt": "VD",
    "vdc": "VDC",
    "vc": "VDC",
    "van dung cao": "VDC",
}
_SINGLE_CHOICE = frozenset(
    {
        "",
        "mot lua chon",
        "1 lua chon",
        "mot dap an",
        "1 dap an",
        "mot dap an dung",
        "trac nghiem",
        "trac nghiem mot lua chon",
        "single choice",
        "single",
        "mcq",
        "multiple choice",
    }
)
_KEY_WORDS = re.compile(r"^(?:đáp án|phương án|lựa chọn|option|answer)\s+")
_ONE_KEY = re.compile(r"^([a-h]|[1-8])[.):/]?$")
_SEVERAL_KEYS = re.compile(r"^[a-h1-8](?:(?:\s*[,;/+&.\-]\s*|\s+(?:và\s+|and\s+)?|)[a-h1-8])+$")
_MOST_POINTS = Decimal(100)


class UnreadableValueError(ValueError):
    """A value is not understood; ``code`` says why."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def read_level(text: str) -> CognitiveLevel:
    """Return the cognitive level for its abbreviation or full words."""
    level = _LEVELS.get(search_key(text).replace("_", " ").strip("[]() "))
    if level is None:
        raise UnreadableValueError("level_missing" if not text else "level_unknown", value=text)
    return level


def check_kind(text: str) -> None:
    """Refuse every kind of question but single choice; an empty cell means single choice."""
    if search_key(text).replace("_", " ").replace("-", " ") not in _SINGLE_CHOICE:
        raise UnreadableValueError("kind_not_supported", value=text)


def read_key(text: str, options: Sequence[str]) -> int:
    """Return the index of the right option, given as a letter or a number counted from 1.

    Raises
    ------
    UnreadableValueError
        No key, several, one that names no filled option, or one that could also be meant as the text of another
        option: with the options 4, 3, 2, 1 the key "2" may mean the second one or the third.
    """
    if not text:
        raise UnreadableValueError("key_missing")
    # Marks stay: "Đ" usually stands for "Đúng" and is no D.
    plain = _KEY_WORDS.sub("", text.casefold())
    match = _ONE_KEY.match(plain)
    if match is None:
        raise UnreadableValueError("key_several" if _SEVERAL_KEYS.match(plain) else "key_unreadable", value=text)
    mark = match.group(1)
    index = int(mark) - 1 if mark.isdigit() else OPTION_IDS.index(mark.upper())
    if index >= len(options) or not options[index]:
        raise UnreadableValueError("key_names_no_option", value=text)
    if any(search_key(option) == mark for number, option in enumerate(options) if number != index):
        raise UnreadableValueError("key_ambiguous", value=text)
    return index


def read_points(text: str) -> Decimal:
    """Return the points of an item, 1 for an empty cell; comma or dot as decimal mark."""
    if not text:
        return Decimal(1)
    try:
        points = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise UnreadableValueError("points_invalid", value=text) from error
    exponent = points.as_tuple().exponent
    if not (isinstance(exponent, int) and exponent >= -2 and Decimal(0) < points <= _MOST_POINTS):
        raise UnreadableValueError("points_invalid", value=text)
    return Decimal(format(points.normalize(), "f"))
