"""Rules about the stem."""

import re
from collections.abc import Iterator

from exam_engine.core.text import nfc
from item_bank.quality.linting.item import LintedItem, Spot, place_of
from item_bank.quality.linting.markup import read_markup
from item_bank.quality.linting.negation import has_negation

LONGEST_STEM = 90
"""Words (syllables, in Vietnamese) of a stem that need no second look."""

_WORD = re.compile(r"\w+")
_HEDGE = r"(?:hãy\s+)?(?:chọn|cho biết|tìm|xác định|chỉ ra)?\s*"
_THING = (
    r"(?:các\s+)?(?:phát biểu|câu trả lời|câu|khẳng định|nhận định|mệnh đề|đáp án|phương án|ý|điều|nội dung|kết luận)"
)
_WHERE = r"(?:\s+(?:nào|sau đây|dưới đây|sau|trên|bên dưới))*"
_VERDICT = r"(?:\s+(?:là|được coi là|được cho là))*\s+(?:đúng|sai|không đúng|chưa đúng|chính xác|không chính xác)"
_UNFOCUSED = (
    re.compile(rf"{_HEDGE}{_THING}{_WHERE}{_VERDICT}(?:\s+nhất)?(?:\s+là)?\W*"),
    re.compile(rf"{_HEDGE}{_THING}(?:\s+(?:đúng|sai|đúng nhất|chính xác))?{_WHERE}\W*"),
    re.compile(
        r"(?:\b(?:choose|select|which|one|of|the|these|following|correct|incorrect|true|false|best|statements?|answers?"
        r"|options?|is|are)\b\W*)+"
    ),
)
_BLANK = re.compile(r"_{2,}|\.{4,}|…{2,}|\(\s*(?:…|\.{3})\s*\)|\[\s*(?:…|\.{3})\s*\]|(?<=\s)(?:…|\.{3})(?=\s)")
_SENTENCE_END = re.compile(r"(?<=[.!?…:])\s+")
_ASKING = re.compile(r"\b(?:nào|gì|bao nhiêu|mấy|vì sao|tại sao|thế nào|ở đâu)\b")
_NOT_ASKING = re.compile(
    r"\b(?:bất k[ỳì]|bất cứ|mọi|không|chưa|khi|lúc|dù|hễ)\b[^,.]{0,80}\b(?:nào|gì)\b"
    r"|\b(?:nào|gì) (?:đó|đấy|cũng|khác)\b|\bmấy\b(?= (?:hôm|ngày|tháng) )"
)
_ORDER = re.compile(r"^(?:hãy|cho biết|chọn|xác định|nêu|tìm|chỉ ra|em hãy|anh|điền|sắp xếp|ghép|nối|kéo)\b")
_ASKING_EN = re.compile(r"^(?:which|what|who|where|when|why|how)\b")
_LETTER = re.compile(
    r"\b(?:[Đđ]áp án|[Pp]hương án|[Cc]âu|[Ll]ựa chọn|[Cc]họn|[Ýý]|[Oo]ptions?|[Aa]nswers?|[Cc]hoices?)\s*(?:đúng)?\s*"
    r"(?:là|:)?\s*[“\"(]?(?P<letter>[A-H])\b(?![\w+.'’:&-]*\w)"
)


def negative_unmarked(item: LintedItem) -> Iterator[Spot]:
    """A negative stem whose negation is easily overlooked: neither in capitals nor bold nor underlined.

    Haladyna, Downing & Rodriguez (2002), guideline 17; NBME guide, ch. 3 (negatively phrased items).
    """
    found = item.negation
    if found and not found.is_emphasised:
        yield Spot("stem", {"word": found.word, "upper": found.word.upper()})


def double_negative(item: LintedItem) -> Iterator[Spot]:
    """A negative stem over an option or statement that denies something itself.

    Haladyna, Downing & Rodriguez (2002), guidelines 17 and 27.
    """
    found = item.negation
    if not found:
        return
    lines = [(place_of(option.id), option.text) for option in item.options if item.is_choice]
    lines += [(f"statements/{statement.id}", statement.text) for statement in item.statements]
    for place, text in lines:
        if has_negation(text, item.language):
            yield Spot(place, {"word": found.word})
            return


def stem_long(item: LintedItem) -> Iterator[Spot]:
    """A stem so long that reading it is part of what is measured; practical tasks list what is to be done.

    Haladyna, Downing & Rodriguez (2002), guidelines 13 and 16; NBME guide, ch. 3. The limit is ours.
    """
    words = len(_WORD.findall(item.stem))
    if words > LONGEST_STEM and item.interaction != "file_upload":
        yield Spot("stem", {"words": words, "most": LONGEST_STEM})


def stem_unfocused(item: LintedItem) -> Iterator[Spot]:
    """A stem that names no topic, so that nothing can be answered before the options are read.

    Haladyna, Downing & Rodriguez (2002), guidelines 14 and 15; NBME guide, ch. 3 ("cover the options");
    MOET 8773/BGDĐT-GDTrH (2010): the stem asks a direct question or sets a particular problem.
    """
    if item.has_stimulus or not item.is_choice or read_markup(item.stem_html).has_figure:
        return
    text = " ".join(nfc(item.stem).lower().split())
    if not _WORD.search(text) or any(pattern.fullmatch(text) for pattern in _UNFOCUSED):
        yield Spot("stem")


def blank_inside(item: LintedItem) -> Iterator[Spot]:
    """A blank at the start or in the middle of a stem to be completed.

    Haladyna & Downing (1989), *Applied Measurement in Education* 2(1), 37–50: completions end the stem.
    """
    if item.interaction not in {"single_choice", "multiple_response"}:
        return
    for found in _BLANK.finditer(item.stem):
        after = item.stem[found.end() :]
        if len(_WORD.findall(after.split("\n")[0])) >= 2:
            yield Spot("stem")
            return


def question_mark_missing(item: LintedItem) -> Iterator[Spot]:
    """A question that ends in a full stop or in nothing.

    Haladyna, Downing & Rodriguez (2002), guideline 12.
    """
    if read_markup(item.stem_html).has_figure:
        return
    text = nfc(item.stem).strip()
    last = _SENTENCE_END.split(text)[-1].strip().lower()
    if not last or not (last[-1].isalnum() or last[-1] == ".") or last.endswith(("...", " là")):
        return
    if item.language == "vi":
        is_question = bool(_ASKING.search(_NOT_ASKING.sub("", last))) and not _ORDER.search(last)
    else:
        is_question = bool(_ASKING_EN.search(last))
    if is_question:
        yield Spot("stem")


def letter_cited(item: LintedItem) -> Iterator[Spot]:
    """A stem or explanation that calls an option by its letter, which changes when options are shuffled.

    A rule of shuffled papers; compare Haladyna, Downing & Rodriguez (2002), guideline 20 (vary the place of the key).
    """
    if not item.options and not item.statements:
        return
    for place, text in (("stem", item.stem), ("explanation", item.explanation)):
        for found in _LETTER.finditer(nfc(text)):
            # Options that begin with the letter are the things spoken of ("hai phương án A và B của công ty").
            letter = found.group("letter")
            if place == "stem" or any(option.letter == letter for option in item.options):
                yield Spot(place, {"letter": letter, "words": found.group().strip()})
                break
