"""Rules about the options as a set; none of them needs the key."""

import re
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise

from item_bank.quality.linting.item import LintedItem, LintedOption, Spot, place_of
from item_bank.quality.linting.numbers import quantity, span

FEWEST_OPTIONS = 3
MOST_OPTIONS = 6

_THINGS = (
    r"(?:phuong an|dap an|cau tra loi|cau|y|lua chon|truong hop|dieu|noi dung|phat bieu|nhan dinh|khang dinh|menh de)"
)
_ABOVE = r"(?:deu |da |duoc |o |phia |ke |neu |ben |con |noi |liet ke )*(?:tren|lai|neu|ke)"
_HOW_MANY = r"(?:hai|ba|bon|nam|2|3|4|5)"
_ALL = re.compile(
    rf"(?:tat ca|toan bo|ca)(?: ca)?(?: {_HOW_MANY})?(?: cac| nhung)?(?: {_THINGS})?(?: nay)?(?: {_ABOVE})?(?: deu)?"
    r"(?: dung| sai| chinh xac| khong dung| hop ly)?(?: ca)?"
)
_ALL_MARK = re.compile(rf"\b(?:dung|sai|{_ABOVE}|{_THINGS})\b")
_NONE = re.compile(
    rf"(?:khong|chang|khong co)(?: co)?(?: {_THINGS})?(?: nao)?(?: trong)?(?: so)?(?: cac)?(?: {_THINGS})?"
    rf"(?: {_ABOVE})?(?: la| duoc coi la)?(?: dung| chinh xac| hop ly)?(?: ca)?"
    rf"|(?:cac |nhung )?{_THINGS}(?: {_ABOVE})? deu (?:sai|khong dung)"
    rf"|(?:mot )?(?:dap an|phuong an|y kien|cau tra loi|lua chon) khac|(?:tat ca )?deu sai"
)
_NONE_MARK = re.compile(rf"\b(?:dung|sai|khac|{_ABOVE})\b|\b{_THINGS} nao\b")
_ALL_EN_TEXT = re.compile(
    r"(?:all|both) (?:of )?(?:the )?(?:above|these|answers|options|choices)(?: are (?:correct|true|right))?"
    r"|all are (?:correct|true|right)"
)
_NONE_EN = re.compile(
    r"(?:none|neither) (?:of )?(?:the )?(?:above|these|answers|options|choices)(?: (?:is|are) (?:correct|true|right))?"
)
_LETTERS = r"[a-h](?: ?(?:,|va|lan|hoac|and|or|&|\+|/) ?[a-h])+"
_CITED = re.compile(
    rf"(?:chi )?(?:ca|both|dap an|phuong an|cau|y|neither|either|chi|only|cac y|cac cau)(?: {_THINGS})?"
    rf" (?:{_LETTERS}|[a-h])(?: deu)?(?: dung| sai| are (?:correct|true))?"
    rf"|{_LETTERS} (?:deu )?(?:dung|sai|are (?:correct|true|right))"
)
_OWN_LETTER = re.compile(r"^([A-Ha-h])\s*[.):/]\s+\S")
_END = re.compile(r"[.;,]$")


def all_of_above(item: LintedItem) -> Iterator[Spot]:
    """An option "all of the above": who knows two right ones knows the key; shuffled, "above" means nothing.

    Haladyna, Downing & Rodriguez (2002), guideline 26; MOET 8773/BGDĐT-GDTrH (2010).
    """
    for option in _choices(item):
        text = option.phrase
        is_all = _ALL.fullmatch(text) and _ALL_MARK.search(text) and not text.endswith(("sai", "khong dung"))
        if is_all or _ALL_EN_TEXT.fullmatch(text):
            yield Spot(place_of(option.id), {"text": option.text})


def none_of_above(item: LintedItem) -> Iterator[Spot]:
    """An option "none of the above" or "another answer": it shows what is wrong, not that the right one is known.

    Haladyna, Downing & Rodriguez (2002), guideline 25; NBME guide, ch. 3; MOET 8773/BGDĐT-GDTrH (2010).
    """
    for option in _choices(item):
        text = option.phrase
        is_none = _NONE.fullmatch(text) and _NONE_MARK.search(text)
        is_all_wrong = _ALL.fullmatch(text) and text.endswith(("sai", "khong dung"))
        if is_none or is_all_wrong or _NONE_EN.fullmatch(text):
            yield Spot(place_of(option.id), {"text": option.text})


def options_cited(item: LintedItem) -> Iterator[Spot]:
    """An option made of the letters of others ("Cả A và B"): complex multiple choice, and wrong once shuffled.

    Haladyna, Downing & Rodriguez (2002), guideline 9 (avoid the complex, or type K, format). Letters that the stem
    itself uses as names ("Máy A và máy B…") are not meant.
    """
    named_in_stem = set(re.findall(r"\b[A-H]\b", item.stem))
    for option in _choices(item):
        if not _CITED.fullmatch(option.phrase):
            continue
        letters = set(re.findall(r"\b[A-H]\b", option.text)) or set(re.findall(r"\b[a-h]\b", option.text))
        if not letters & named_in_stem:
            yield Spot(place_of(option.id), {"text": option.text})


def options_equal(item: LintedItem) -> Iterator[Spot]:
    """Two options that read the same.

    Haladyna, Downing & Rodriguez (2002), guidelines 19 and 22.
    """
    for group in _groups(item, lambda option: option.line):
        yield Spot(place_of(group[1].id), {"first": group[0].letter, "second": group[1].letter})


def options_alike(item: LintedItem) -> Iterator[Spot]:
    """Two options that differ only in case, diacritics or spaces, while the others differ in more.

    Haladyna, Downing & Rodriguez (2002), guideline 22. Where all options differ only so (typing, spelling, case of a
    formula), the difference is what is asked, and the rule is silent.
    """
    for group in _groups(item, lambda option: option.folded.replace(" ", "").rstrip(".;,")):
        if len(group) == len(item.options) or len({option.line for option in group}) == 1:
            continue
        yield Spot(place_of(group[1].id), {"first": group[0].letter, "second": group[1].letter})


def options_overlap(item: LintedItem) -> Iterator[Spot]:
    """Ranges of numbers that overlap, so that a value belongs to two options.

    Haladyna, Downing & Rodriguez (2002), guideline 22.
    """
    spans = [(found, option) for option in _choices(item) if (found := span(option.folded))]
    if len(spans) < 2 or len(spans) < len(item.options) - 1:
        return
    spans.sort(key=lambda pair: (pair[0].low, pair[0].high))
    for (first, one), (second, other) in pairwise(spans):
        if first.unit == second.unit and second.low <= first.high:
            yield Spot(place_of(other.id), {"first": one.letter, "second": other.letter})
            return


def numbers_unordered(item: LintedItem) -> Iterator[Spot]:
    """Numeric options neither rising nor falling in stored order.

    Haladyna, Downing & Rodriguez (2002), guideline 21. Papers that shuffle options undo any order: a hint.
    """
    if item.interaction not in {"single_choice", "multiple_response"} or len(item.options) < FEWEST_OPTIONS:
        return
    values: list[Decimal] = []
    units = set()
    for option in item.options:
        found = quantity(option.folded)
        if found is None:
            return
        values.append(found.value)
        units.add(found.unit)
    if len(units) == 1 and values != sorted(values) and values != sorted(values, reverse=True):
        yield Spot("options")


def option_lengths(item: LintedItem) -> Iterator[Spot]:
    """One option far longer than the others: longer than 40 characters and than twice their median.

    Haladyna, Downing & Rodriguez (2002), guideline 24. The limits are ours. :func:`cues.key_longest` says more where
    the key is known and is that option.
    """
    if len(_choices(item)) < FEWEST_OPTIONS:
        return
    lengths = sorted((len(option.line), option.id) for option in item.options)
    longest, id_ = lengths[-1]
    if longest <= 40:
        return
    others = statistics.median(length for length, _ in lengths[:-1])
    if longest > 2 * others and item.correct != frozenset({id_}):
        yield Spot(place_of(id_), {"length": longest, "others": round(others)})


def option_lettered(item: LintedItem) -> Iterator[Spot]:
    """Options whose text begins with a letter of their own ("A. …"); the page adds letters after shuffling.

    A rule of shuffled papers.
    """
    lettered = [
        option
        for option in item.options
        if (found := _OWN_LETTER.match(option.text)) and found.group(1).upper() == _letter_of(item, option)
    ]
    if len(lettered) >= 2:
        yield Spot(place_of(lettered[0].id), {"count": len(lettered), "text": lettered[0].text[:40]})


def option_punctuation(item: LintedItem) -> Iterator[Spot]:
    """Options of which some end in a full stop, comma or semicolon and others do not.

    Haladyna, Downing & Rodriguez (2002), guidelines 12 and 23.
    """
    if len(_choices(item)) < FEWEST_OPTIONS:
        return
    ends = {option.id: _END.search(option.text.strip()) is not None for option in item.options}
    with_mark = [id_ for id_, has_mark in ends.items() if has_mark]
    without = [id_ for id_, has_mark in ends.items() if not has_mark]
    if with_mark and without:
        odd = min(with_mark, without, key=len)
        yield Spot(place_of(odd[0]), {"options": ", ".join(id_.rpartition("/")[2] for id_ in odd)})


def few_options(item: LintedItem) -> Iterator[Spot]:
    """Fewer than three options: half of the guesses are right.

    Haladyna, Downing & Rodriguez (2002), guideline 18; Rodriguez (2005): three are enough.
    """
    if item.interaction in {"single_choice", "multiple_response"} and len(item.options) < FEWEST_OPTIONS:
        yield Spot("options", {"count": len(item.options), "fewest": FEWEST_OPTIONS})


def many_options(item: LintedItem) -> Iterator[Spot]:
    """More options than authors can make plausible.

    Haladyna, Downing & Rodriguez (2002), guideline 18. The limit is ours.
    """
    if item.interaction == "single_choice" and len(item.options) > MOST_OPTIONS:
        yield Spot("options", {"count": len(item.options), "most": MOST_OPTIONS})


def _choices(item: LintedItem) -> tuple[LintedOption, ...]:
    return item.options if item.is_choice else ()


def _letter_of(item: LintedItem, option: LintedOption) -> str:
    return "ABCDEFGH"[index] if (index := item.options.index(option)) < 8 else ""


def _groups(item: LintedItem, fold: Callable[[LintedOption], str]) -> list[list[LintedOption]]:
    alike: dict[str, list[LintedOption]] = defaultdict(list)
    for option in _choices(item):
        alike[fold(option)].append(option)
    return [group for text, group in alike.items() if len(group) > 1 and text]
