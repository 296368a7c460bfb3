"""Automatic numbers of paragraphs, computed as Word prints them from the lists that a document defines."""

import re
from dataclasses import dataclass, field

from lxml import etree

from item_bank.exchange.word.blocks import LabelKind
from item_bank.exchange.word.names import MC, VAL, W, is_on, number_of, value_of
from item_bank.exchange.word.number_formats import printed_number
from item_bank.exchange.word.properties import RunProperties, read_run_properties
from item_bank.exchange.word.styles import Styles, numbering_style
from item_bank.exchange.word.symbol_fonts import has_private, translate
from item_bank.exchange.word.theme import Theme

_LEVELS = 9
# Printed before every paragraph of a list: a longer one would multiply.
_TEXT_LENGTH = 100
_PLACEHOLDER = re.compile(r"%([1-9])")
_BULLET = "•"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list.

    Attributes
    ----------
    text : what is printed, with ``%1`` for the number of the first level.
    restart : the level (from 1) after which this one begins anew; 0 for never, None for any higher level.
    is_legal : numbers of all levels are printed as decimal numbers.
    style : paragraph style that stands for this level; empty if none.
    """

    number_format: str = "decimal"
    text: str = ""
    start: int = 0
    restart: int | None = None
    is_legal: bool = False
    style: str = ""
    run: RunProperties = field(default_factory=dict)


@dataclass(slots=True)
class List:
    """A use of a list: the definition it counts with and what it changes of it."""

    definition: str
    levels: dict[int, Level]
    starts: dict[int, int]


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """What is printed before one paragraph; ``unknown_format`` names a format that was printed as 1, 2, 3 instead."""

    kind: LabelKind
    text: str
    number: int
    level: int
    run: RunProperties
    unknown_format: str = ""


@dataclass(slots=True)
class Numbering:
    """The lists of a document and where each stands; paragraphs are counted in the order of the document.

    Lists with one definition count on together, as in Word, unless a list says where it starts.
    """

    lists: dict[str, List] = field(default_factory=dict)
    _counters: dict[str, list[int | None]] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)

    def level_of_style(self, num_id: str, style: str) -> int | None:
        """Return the level of a list that stands for a paragraph style, None if none does."""
        levels = self.lists[num_id].levels if num_id in self.lists else {}
        return next((number for number, level in levels.items() if style and level.style == style), None)

    def next(self, num_id: str, level: int) -> PrintedNumber | None:
        """Count one paragraph and return what is printed before it; None if the file does not define the list."""
        used = self.lists.get(num_id)
        definition = used.levels.get(level) if used is not None else None
        if used is None or definition is None:
            return None
        counters = self._counters.setdefault(used.definition, [None] * _LEVELS)
        if num_id not in self._begun:
            self._begun.add(num_id)
            for number in used.starts:
                counters[number] = None
        for higher in range(level):
            # A level that was passed over counts as one paragraph of it.
            if counters[higher] is None:
                counters[higher] = _start(used, higher)
        counted = counters[level]
        number = _start(used, level) if counted is None else counted + 1
        counters[level] = number
        for deeper in range(level + 1, _LEVELS):
            if _restarts(used.levels.get(deeper), level):
                counters[deeper] = None
        if definition.number_format == "bullet":
            return PrintedNumber("bullet", _bullet(definition), 0, level, definition.run)
        unknown: list[str] = []

        def printed(placeholder: re.Match[str]) -> str:
            shown = int(placeholder.group(1)) - 1
            if shown > level:
                return ""
            value = counters[shown] or 0
            number_format = used.levels.get(shown, Level()).number_format
            if definition.is_legal and number_format != "decimalZero":
                number_format = "decimal"
            text = printed_number(value, number_format)
            if text is None:
                unknown.append(number_format)
                return str(value)
            return text

        text = _PLACEHOLDER.sub(printed, definition.text)
        return PrintedNumber("number", text, number, level, definition.run, "".join(unknown[:1]))


def read_numbering(root: etree._Element | None, styles: Styles, theme: Theme) -> Numbering:
    """Read ``numbering.xml``; ``styles`` hold lists that are defined by a style."""
    numbering = Numbering()
    if root is None:
        return numbering
    definitions = {element.get(f"{W}abstractNumId", ""): element for element in root.iterfind(f"{W}abstractNum")}
    uses = {element.get(f"{W}numId", ""): element for element in root.iterfind(f"{W}num")}
    levels = {name: _levels(element, theme) for name, element in definitions.items()}
    for num_id, element in uses.items():
        name = _definition(value_of(element, "abstractNumId"), definitions, uses, styles)
        use = List(name, dict(levels.get(name, {})), {})
        for override in element.iterfind(f"{W}lvlOverride"):
            number = number_of(override.get(f"{W}ilvl"))
            changed = override.find(f"{W}lvl")
            if changed is not None:
                use.levels[number] = _level(changed, theme)
            start = override.find(f"{W}startOverride")
            if start is not None:
                use.starts[number] = number_of(start.get(VAL))
        use.starts = {number: start for number, start in use.starts.items() if 0 <= number < _LEVELS}
        numbering.lists[num_id] = use
    return numbering


def _definition(
    name: str, definitions: dict[str, etree._Element], uses: dict[str, etree._Element], styles: Styles
) -> str:
    """Follow a definition that only names the style in which the list is defined."""
    element = definitions.get(name)
    link = value_of(element, "numStyleLink")
    num_id = numbering_style(styles, link) if link else None
    return value_of(uses.get(num_id), "abstractNumId", name) if num_id is not None else name


def _levels(element: etree._Element, theme: Theme) -> dict[int, Level]:
    return {
        number: _level(level, theme)
        for level in element.iterfind(f"{W}lvl")
        if 0 <= (number := number_of(level.get(f"{W}ilvl"))) < _LEVELS
    }


def _level(element: etree._Element, theme: Theme) -> Level:
    legal, restart = element.find(f"{W}isLgl"), element.find(f"{W}lvlRestart")
    return Level(
        number_format=_number_format(element),
        text=value_of(element, "lvlText")[:_TEXT_LENGTH],
        start=number_of(value_of(element, "start")),
        restart=number_of(restart.get(VAL)) if restart is not None else None,
        is_legal=legal is not None and is_on(legal),
        style=value_of(element, "pStyle"),
        run=read_run_properties(element.find(f"{W}rPr"), theme),
    )


def _number_format(element: etree._Element) -> str:
    # A format of the document's own stands in an alternative beside the nearest standard one.
    own = element.find(f"{MC}AlternateContent/{MC}Choice/{W}numFmt")
    stated = own if own is not None else element.find(f"{W}numFmt")
    if stated is None:
        return "decimal"
    return stated.get(f"{W}format", "") or stated.get(VAL, "decimal")


def _start(used: List, level: int) -> int:
    stated = used.levels.get(level)
    return used.starts.get(level, stated.start if stated is not None else 1)


def _restarts(deeper: Level | None, level: int) -> bool:
    if deeper is None or deeper.restart is None:
        return True
    return level < deeper.restart


def _bullet(level: Level) -> str:
    sign = translate(str(level.run.get("font", "")), level.text)
    # Every symbol that is not known is still a bullet to the reader.
    return _BULLET if not sign or has_private(sign) else sign
