"""What Moodle says about a question besides what it asks: mark, number, tags, category."""

import re
from decimal import Decimal

from lxml import etree

from exam_engine.core.text import clean_line
from item_bank.exchange.imported import StatedMetadata
from item_bank.exchange.moodle_xml.question import Question
from item_bank.exchange.moodle_xml.source import number_of, text_in, value_in
from item_bank.items.content import COGNITIVE_LEVELS, CognitiveLevel

MODULE, REFERENCE, LEVEL, SECONDS, SOURCE = "module:", "reference:", "level:", "seconds:", "source:"
"""Beginnings of tags that say what Moodle has no field for."""

_CODE = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,31}")
_NAME = re.compile(r"[A-Z]{1,6}[0-9]{1,3}(?:\.[0-9]{1,2}){0,3}")
_MOST_TAGS, _LONGEST_TAG = 20, 60
_LEVELS: dict[str, CognitiveLevel] = {level: level for level in COGNITIVE_LEVELS}


def code_of(question: Question) -> str | None:
    """Return the item's code, which Moodle calls the ID number."""
    stated = clean_line(value_in(question.element, "idnumber"))
    code = stated.upper()
    if stated and not _CODE.fullmatch(code):
        question.note("left_out", "moodle_id_number", "code", found=stated[:60])
        return None
    return code or None


def stated_metadata(question: Question, category: str) -> StatedMetadata:
    """Return what is stated; ``category`` is the path of the category that the question stands in."""
    said: dict[str, str] = {}
    tags: list[str] = []
    for tag in question.element.findall("tags/tag"):
        text = clean_line(text_in(tag))
        begin = next((one for one in (MODULE, REFERENCE, LEVEL, SECONDS, SOURCE) if text.startswith(one)), None)
        if begin is not None:
            said.setdefault(begin, text.removeprefix(begin).strip())
        elif text:
            tags.append(text[:_LONGEST_TAG])
    names = category_names(category)
    module, reference = said.get(MODULE), said.get(REFERENCE)
    if module is not None and names[:1] == [module]:
        names = names[1:]
    elif module is None and names and _NAME.fullmatch(names[0].split(" ")[0]):
        module = names[0].split(" ")[0].partition(".")[0]
        names = names[1:]
    tags += [name[:_LONGEST_TAG] for name in names[-1:]]
    return StatedMetadata(
        module=module or None,
        reference_code=reference or None,
        cognitive_level=_LEVELS.get(said.get(LEVEL, "")),
        points=_points(question),
        expected_seconds=_seconds(said.get(SECONDS, "")),
        source=said.get(SOURCE, "")[:300],
        tags=tuple(dict.fromkeys(tags))[:_MOST_TAGS],
    )


def category_names(path: str) -> list[str]:
    """Return the names on the path of a category, without those that every course has.

    >>> category_names("$course$/top/Default for Tin học/IU03 Xử lý văn bản//bảng")
    ['IU03 Xử lý văn bản/bảng']
    """
    names = [clean_line(name.replace("\\0", "/")) for name in path.replace("//", "\\0").split("/")]
    # Moodle's own category of a course carries a name in the language of the site.
    return [
        name
        for name in names
        if name and not name.startswith("$") and name != "top" and not name.startswith(("Default for ", "Mặc định"))
    ]


def category_of(element: etree._Element) -> str:
    """Return the path that a category entry states."""
    return value_in(element, "category")


def _points(question: Question) -> Decimal | None:
    stated = value_in(question.element, "defaultgrade")
    if not stated:
        return None
    points = number_of(stated)
    if points is None or not 0 < points <= 1000:
        question.note("warning", "moodle_points", "metadata/points", found=stated[:40])
        return None
    return points.quantize(Decimal("0.01")).normalize() + 0


def _seconds(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) and 5 <= int(text) <= 36_000 else None
