"""Rules about spelling, typing and pictures."""

import re
from collections.abc import Iterator

from exam_engine.core.text import look_alikes, nfc
from item_bank.quality.linting.item import LintedItem, Spot, place_of
from item_bank.quality.linting.markup import read_markup
from item_bank.quality.spelling import i_or_y, tone_placement

_WORD = re.compile(r"\w+")
_DOUBLE_SPACE = re.compile(r"(?<=\S)[ \u00a0]{2,}(?=\S)")
# Not after words that name a sign ("phím , trên bàn phím"), nor where the sentence goes on ("dấu ? thay cho gì").
_SPACE_BEFORE = re.compile(
    r"(?<=\w)(?<!dấu)(?<!ký tự)(?<!kí tự)(?<!phím)(?<!toán tử)[ \u00a0]+"
    r"(?:[,;](?=\s|$)|[?!](?=\s*$|\s+(?P<next>\w))|[.:](?=\s*$))",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(
    r"[\w\- .()]+\.(?:png|jpe?g|gif|webp|bmp|svg|emf|wmf)|(?:image|picture|hình|ảnh)\s?\d*", re.IGNORECASE
)


def tone_placement_mixed(item: LintedItem) -> Iterator[Spot]:
    """Both "hòa" and "hoà" styles in one item; either is right, mixed they look careless and defeat searching.

    Haladyna, Downing & Rodriguez (2002), guideline 12. Both placements are in use.
    """
    old = new = ""
    for _, text in item.texts:
        for word in _WORD.findall(nfc(text).lower()):
            if pair := tone_placement(word):
                old, new = (word, new) if word == pair[0] else (old, word)
    if old and new:
        yield Spot("item", {"first": old, "second": new})


def spelling_mixed(item: LintedItem) -> Iterator[Spot]:
    """One word spelt with i and with y in the same item ("kĩ thuật", "kỹ thuật").

    Haladyna, Downing & Rodriguez (2002), guideline 12. Words with a capital may be names and are left out.
    """
    seen: set[str] = set()
    for _, text in item.texts:
        for word in _WORD.findall(nfc(text)):
            if word.islower() and (pair := i_or_y(word)):
                seen.add(word)
                if set(pair) <= seen:
                    yield Spot("item", {"first": pair[0], "second": pair[1]})
                    return


def look_alike(item: LintedItem) -> Iterator[Spot]:
    """Cyrillic or Greek letters inside Latin words, copied in from pages made to fool comparisons.

    Unicode Technical Standard #39 (confusables).
    """
    for place, text in item.texts:
        if found := look_alikes(text):
            first = found[0]
            yield Spot(
                place,
                {
                    "letter": first.letter,
                    "latin": first.latin,
                    "script": first.script.capitalize(),
                    "count": len(found),
                },
            )


def double_space(item: LintedItem) -> Iterator[Spot]:
    """Two spaces side by side.

    Haladyna, Downing & Rodriguez (2002), guidelines 11 and 12.
    """
    for place, text in (("stem", read_markup(item.stem_html).prose or item.stem), *item.texts[1:]):
        if _DOUBLE_SPACE.search(text):
            yield Spot(place)


def space_before_mark(item: LintedItem) -> Iterator[Spot]:
    """A space before a punctuation mark in stem or explanation; options may be about just that.

    Haladyna, Downing & Rodriguez (2002), guideline 12.
    """
    for place, text in (("stem", read_markup(item.stem_html).prose or item.stem), ("explanation", item.explanation)):
        for found in _SPACE_BEFORE.finditer(text):
            if not (found.group("next") or "X").islower():
                yield Spot(place, {"mark": found.group().strip()})
                break


def image_without_alternative(item: LintedItem) -> Iterator[Spot]:
    """A picture without alternative text, or with a file name in its place.

    WCAG 2.2, success criterion 1.1.1 (level A).
    """
    pages = [("stem", item.stem_html), *((place_of(option.id), option.html) for option in item.options)]
    for place, html in pages:
        for text in read_markup(html).alternatives:
            if not (text or "").strip() or _FILE_NAME.fullmatch((text or "").strip()):
                yield Spot(place, {"text": (text or "").strip()})
