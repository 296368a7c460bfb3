"""Reading single values of an item sheet: level, kind, points, seconds, the letters of a key; nothing is guessed."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Literal

from exam_engine.core.text import clean_line, search_key
from item_bank.items.content import OPTION_IDS, CognitiveLevel

SheetKind = Literal[
    "single_choice", "multiple_response", "true_false_table", "text_entry", "numeric_entry", "order", "match"
]
"""The interactions that a row of cells can carry."""

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
_KINDS: dict[SheetKind, frozenset[str]] = {
    "single_choice": frozenset(
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
    ),
    "multiple_response": frozenset(
        {"nhieu lua chon", "nhieu dap an", "nhieu dap an dung", "multiple response", "multiple answers", "multi select"}
    ),
    "true_false_table": frozenset(
        {
            "dung sai",
            "dung/sai",
            "bang dung sai",
            "trac nghiem dung sai",
            "true false",
            "true/false",
            "true false table",
        }
    ),
    "text_entry": frozenset(
        {"dien khuyet", "dien tu", "tra loi ngan", "nhap chu", "text entry", "short answer", "fill in the blank"}
    ),
    "numeric_entry": frozenset({"dien so", "nhap so", "so", "numeric entry", "numeric", "number"}),
    "order": frozenset({"sap xep", "sap thu tu", "thu tu", "order", "ordering"}),
    "match": frozenset({"ghep noi", "noi", "ghep doi", "ghep cap", "match", "matching"}),
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}
_KEY_WORDS = re.compile(r"^(?:đáp án|phương án|lựa chọn|option|answer)\s+")
_ONE_MARK = r"(?:[a-t]|1[0-9]|20|[1-9])"
_ONE_KEY = re.compile(rf"^({_ONE_MARK})[.):/]?$")
_PARTED_KEYS = re.compile(rf"^{_ONE_MARK}[.)]?(?:(?:\s*[,;/+&>\-–→]\s*|\s+(?:và\s+|and\s+)?){_ONE_MARK}[.)]?)+$")
_RUN_OF_LETTERS = re.compile(r"^[a-h]{2,8}$")
_RUN_OF_DIGITS = re.compile(r"^[1-9]{2,9}$")
_MARK = re.compile(_ONE_MARK)
_TRUE = frozenset({"d", "dung", "t", "true", "1", "x"})
_FALSE = frozenset({"s", "sai", "f", "false", "0"})
_NAMED_STATEMENT = re.compile(r"\s*([a-l]|1[0-2]|[1-9])\s*[-.):=]?\s*(đúng|sai|true|false|đ|s|t|f)\s*", re.IGNORECASE)
_MOST_POINTS = Decimal(100)


class UnreadableValueError(ValueError):
    """A value is not understood; ``code`` says why."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def read_level(text: str) -> CognitiveLevel | None:
    """Return the cognitive level for its abbreviation or full words, None for an empty cell."""
    if not text:
        return None
    level = _LEVELS.get(search_key(text).replace("_", " ").strip("[]() "))
    if level is None:
        raise UnreadableValueError("level_unknown", value=text)
    return level


def read_kind(text: str) -> SheetKind:
    """Return the kind of question; an empty cell means single choice."""
    kind = _KIND_OF.get(search_key(text).replace("_", " ").replace("-", " "))
    if kind is None:
        raise UnreadableValueError("kind_not_supported", value=text)
    return kind


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
        raise UnreadableValueError("key_several" if _marks(plain) else "key_unreadable", value=text)
    return _index(match.group(1), text, options)


def read_keys(text: str, options: Sequence[str]) -> list[int]:
    """Return the indexes of options named by letters or numbers, in the order given: ``A, C``, ``AC``, ``1;3``.

    Raises
    ------
    UnreadableValueError
        No key, one that cannot be read, one that names no filled option or the same one twice.
    """
    if not text:
        raise UnreadableValueError("key_missing")
    plain = _KEY_WORDS.sub("", text.casefold())
    single = _ONE_KEY.match(plain)
    if single is not None and plain.isdigit() and int(plain) > len(options):
        # "13" is the thirteenth of many options, and the first and third of few.
        single = None
    marks = [single.group(1)] if single is not None else _marks(plain)
    if not marks:
        raise UnreadableValueError("key_unreadable", value=text)
    indexes = [_index(mark, text, options) for mark in marks]
    if len(set(indexes)) < len(indexes):
        raise UnreadableValueError("key_repeats_option", value=text)
    return indexes


def read_order(text: str, options: Sequence[str]) -> list[int]:
    """Return the right order of all options.

    Raises
    ------
    UnreadableValueError
        As :func:`read_keys`, and when an option is left out.
    """
    indexes = read_keys(text, options)
    if len(indexes) < sum(1 for option in options if option):
        raise UnreadableValueError("key_order_incomplete", value=text)
    return indexes


def read_truths(text: str, count: int) -> list[bool]:
    """Return for each of ``count`` statements whether it is true: ``ĐSĐS``, ``1010``, ``T F T F``, ``a đúng; b sai``.

    Raises
    ------
    UnreadableValueError
        No key, one that cannot be read, or one that does not say it of every statement.
    """
    if not text:
        raise UnreadableValueError("key_missing")
    parts = [part for part in re.split(r"[;,\n|]", text) if part.strip()]
    named = [_NAMED_STATEMENT.fullmatch(part) for part in parts]
    if all(named):
        found: dict[int, bool] = {}
        for match in named:
            mark = match[1].casefold()  # type: ignore[index]  # all of them matched
            index = int(mark) - 1 if mark.isdigit() else OPTION_IDS.index(mark.upper())
            if index in found:
                raise UnreadableValueError("key_repeats_option", value=text)
            found[index] = search_key(match[2]) in _TRUE  # type: ignore[index]
        if sorted(found) != list(range(count)):
            raise UnreadableValueError("key_truths_incomplete", value=text, count=str(count))
        return [found[index] for index in range(count)]
    words = [search_key(word) for word in re.split(r"[\s;,|/\-]+", text) if word]
    if len(words) == 1 and words[0] not in _TRUE | _FALSE:
        words = list(words[0])
    if not words or not all(word in _TRUE or word in _FALSE for word in words):
        raise UnreadableValueError("key_truths_unreadable", value=text)
    if len(words) != count:
        raise UnreadableValueError("key_truths_incomplete", value=text, count=str(count))
    return [word in _TRUE for word in words]


def read_points(text: str) -> Decimal | None:
    """Return the points of an item, None for an empty cell; comma or dot as decimal mark."""
    if not text:
        return None
    try:
        points = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise UnreadableValueError("points_invalid", value=text) from error
    exponent = points.as_tuple().exponent
    if not (isinstance(exponent, int) and exponent >= -2 and Decimal(0) < points <= _MOST_POINTS):
        raise UnreadableValueError("points_invalid", value=text)
    return Decimal(format(points.normalize(), "f"))


def read_seconds(text: str) -> int | None:
    """Return the expected time in seconds, None for an empty cell; minutes are written as ``2 phút`` or ``1:30``."""
    plain = search_key(text)
    if not plain:
        return None
    match = re.fullmatch(r"(\d{1,5})\s*(?:s|giay|seconds?)?|(\d{1,3})\s*(?:'|phut|minutes?)|(\d{1,3}):([0-5]\d)", plain)
    if match is None:
        raise UnreadableValueError("seconds_invalid", value=text)
    seconds = int(match[1]) if match[1] else 60 * int(match[2] or match[3]) + int(match[4] or 0)
    if not 5 <= seconds <= 36_000:
        raise UnreadableValueError("seconds_invalid", value=text)
    return seconds


def read_tags(text: str) -> tuple[str, ...]:
    """Return tags parted by commas or semicolons."""
    tags = tuple(dict.fromkeys(tag for part in re.split(r"[,;\n]", text) if (tag := clean_line(part))))
    if len(tags) > 20 or any(len(tag) > 60 for tag in tags):
        raise UnreadableValueError("tags_invalid", value=text)
    return tags


def _marks(plain: str) -> list[str]:
    """Return the letters or numbers that a key of several names; none when it is no such key."""
    if _RUN_OF_LETTERS.match(plain) or _RUN_OF_DIGITS.match(plain):
        return list(plain)
    return _MARK.findall(re.sub(r"và|and", " ", plain)) if _PARTED_KEYS.match(plain) else []


def _index(mark: str, text: str, options: Sequence[str]) -> int:
    index = int(mark) - 1 if mark.isdigit() else OPTION_IDS.index(mark.upper())
    if not 0 <= index < len(options) or not options[index]:
        raise UnreadableValueError("key_names_no_option", value=text)
    if any(search_key(option) == mark for number, option in enumerate(options) if number != index):
        raise UnreadableValueError("key_ambiguous", value=text)
    return index
