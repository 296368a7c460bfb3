"""Styles of a document and what they make of a run: defaults, chains of styles, toggles, direct formatting."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from item_bank.exchange.word.blocks import PLAIN, Format
from item_bank.exchange.word.names import W, value_of
from item_bank.exchange.word.properties import (
    TOGGLES,
    ParagraphProperties,
    RunProperties,
    read_paragraph_properties,
    read_run_properties,
)
from item_bank.exchange.word.theme import Theme

_LONGEST_CHAIN = 50


@dataclass(slots=True)
class Style:
    """One style as the file states it."""

    id: str
    kind: str
    name: str
    based_on: str
    run: RunProperties
    paragraph: ParagraphProperties


@dataclass(slots=True)
class Styles:
    """All styles; effective formats are kept, for a document has few that differ."""

    defaults: RunProperties = field(default_factory=dict)
    paragraph_defaults: ParagraphProperties = field(default_factory=ParagraphProperties)
    by_id: dict[str, Style] = field(default_factory=dict)
    default_paragraph: str = ""
    default_character: str = ""
    _runs: dict[str, RunProperties] = field(default_factory=dict)
    _paragraphs: dict[str, ParagraphProperties] = field(default_factory=dict)
    _formats: dict[tuple[object, ...], Format] = field(default_factory=dict)

    def paragraph_style(self, stated: str | None) -> str:
        """Return the style that a paragraph has, which is the default one where it names none that is defined."""
        return stated if stated is not None and stated in self.by_id else self.default_paragraph

    def name(self, paragraph_style: str) -> str:
        """Return the name that Word shows for a style."""
        style = self.by_id.get(paragraph_style)
        return style.name if style is not None else paragraph_style

    def format(self, paragraph_style: str, character_style: str, direct: RunProperties) -> Format:
        """Return the effective format of a run.

        ECMA-376 part 1, 17.7.2 and 17.7.3: a later level of styles replaces what an earlier one states, except for
        toggles, which are on if an odd number of levels turns them on, or the defaults do. What the run states itself
        always counts.
        """
        key = (paragraph_style, character_style, *direct.items())
        known = self._formats.get(key)
        if known is None:
            known = self._formats[key] = self._effective(paragraph_style, character_style, direct)
        return known

    def paragraph(self, style: str) -> ParagraphProperties:
        """Return what a paragraph style and those it is based on state; ``style`` is the one that states a number."""
        known = self._paragraphs.get(style)
        if known is None:
            known = replace(self.paragraph_defaults)
            for link in reversed(list(self._chain(style))):
                stated = link.paragraph
                for name in ("num_id", "level", "outline_level", "indent", "is_centred"):
                    value = getattr(stated, name)
                    if value is not None:
                        setattr(known, name, value)
                if stated.num_id is not None:
                    known.style = link.id
            self._paragraphs[style] = known
        return known

    def _effective(self, paragraph_style: str, character_style: str, direct: RunProperties) -> Format:
        levels = [self._run(paragraph_style), self._run(character_style or self.default_character)]
        combined = {**self.defaults, **levels[0], **levels[1]}
        for toggle in TOGGLES:
            is_odd = sum(bool(level.get(toggle)) for level in levels) % 2 == 1
            combined[toggle] = bool(self.defaults.get(toggle)) or is_odd
        effective = replace(PLAIN, **(combined | direct))
        return PLAIN if effective == PLAIN else effective

    def _run(self, style: str) -> RunProperties:
        known = self._runs.get(style)
        if known is None:
            known = {}
            for link in reversed(list(self._chain(style))):
                known |= link.run
            self._runs[style] = known
        return known

    def _chain(self, style: str) -> Iterator[Style]:
        """Yield a style and those it is based on, nearest first; a circle of styles ends after a while."""
        for _ in range(_LONGEST_CHAIN):
            link = self.by_id.get(style)
            if link is None:
                return
            yield link
            style = link.based_on


def read_styles(root: etree._Element | None, theme: Theme) -> Styles:
    """Read ``styles.xml``."""
    styles = Styles()
    if root is None:
        return styles
    styles.defaults = read_run_properties(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"), theme)
    styles.paragraph_defaults = read_paragraph_properties(root.find(f"{W}docDefaults/{W}pPrDefault/{W}pPr"), theme)
    for element in root.iterfind(f"{W}style"):
        style = Style(
            id=element.get(f"{W}styleId", ""),
            kind=element.get(f"{W}type", "paragraph"),
            name=value_of(element, "name"),
            based_on=value_of(element, "basedOn"),
            run=read_run_properties(element.find(f"{W}rPr"), theme),
            paragraph=read_paragraph_properties(element.find(f"{W}pPr"), theme),
        )
        styles.by_id[style.id] = style
        if element.get(f"{W}default") in {"1", "true", "on"}:
            if style.kind == "paragraph":
                styles.default_paragraph = style.id
            elif style.kind == "character":
                styles.default_character = style.id
    return styles


def numbering_style(styles: Styles, style: str) -> str | None:
    """Return the list that a numbering style stands for."""
    found = styles.by_id.get(style)
    return found.paragraph.num_id if found is not None else None
