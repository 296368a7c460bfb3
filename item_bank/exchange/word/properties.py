"""Properties of runs and paragraphs as one element states them, before styles are combined."""

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from item_bank.exchange.word.names import VAL, W, is_on, name_of, number_of
from item_bank.exchange.word.theme import Theme

# Colours of the text marker, by the names that the file uses.
_MARKER = {
    "yellow": "FFFF00", "green": "00FF00", "cyan": "00FFFF", "magenta": "FF00FF", "blue": "0000FF", "red": "FF0000",
    "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000", "darkMagenta": "800080", "darkRed": "800000",
    "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0", "black": "000000", "white": "FFFFFF",
}  # fmt: skip
_TOGGLES = {
    "w:b": "is_bold",
    "w:i": "is_italic",
    "w:strike": "is_struck",
    "w:vanish": "is_hidden",
    "w:caps": "is_capitals",
}
TOGGLES = frozenset(_TOGGLES.values())
"""Properties that switch back when two kinds of style set them."""

_POSITIONS = {"subscript": "sub", "superscript": "sup"}
_LEAST_SHIFT = 3
_TWIPS_IN_POINT = 20.0
_WHITE = "FFFFFF"

RunProperties = dict[str, Any]
"""Fields of :class:`~item_bank.exchange.word.blocks.Format` that an element states; others are inherited."""


@dataclass(slots=True)
class ParagraphProperties:
    """What a paragraph or a style states about paragraphs; None where it states nothing."""

    style: str | None = None
    num_id: str | None = None
    level: int | None = None
    outline_level: int | None = None
    indent: float | None = None
    is_centred: bool | None = None
    mark: RunProperties = field(default_factory=dict)
    mark_style: str = ""
    is_mark_deleted: bool = False


def read_run_properties(element: etree._Element | None, theme: Theme) -> RunProperties:
    """Return what a ``w:rPr`` states; the former state kept by a tracked change is not looked at."""
    stated: RunProperties = {}
    if element is None:
        return stated
    for child in element:
        match name := name_of(child.tag):
            case "w:b" | "w:i" | "w:strike" | "w:vanish" | "w:caps":
                stated[_TOGGLES[name]] = is_on(child)
            case "w:rFonts":
                font = _font(child, theme)
                if font:
                    stated["font"] = font
            case "w:u":
                line = child.get(VAL, "")
                stated["underline"] = "" if line == "none" else line
            case "w:color":
                stated["colour"] = _colour(child, VAL, "themeColor", theme)
            case "w:highlight":
                stated["highlight"] = _not_white(_MARKER.get(child.get(VAL, ""), ""))
            case "w:shd":
                # A marker drawn over the shading hides it.
                stated.setdefault("highlight", _not_white(_colour(child, f"{W}fill", "themeFill", theme)))
            case "w:position":
                # Converters raise and lower text by a distance in half-points instead.
                distance = number_of(child.get(VAL))
                stated["position"] = ("sup" if distance > 0 else "sub") if abs(distance) >= _LEAST_SHIFT else ""
            case "w:vertAlign":
                stated["position"] = _POSITIONS.get(child.get(VAL, ""), "")
            case "w:dstrike" if is_on(child):
                stated["is_struck"] = True
    return stated


def run_style(element: etree._Element | None) -> str:
    """Return the id of the character style that a ``w:rPr`` names."""
    style = element.find(f"{W}rStyle") if element is not None else None
    return style.get(VAL, "") if style is not None else ""


def read_paragraph_properties(element: etree._Element | None, theme: Theme) -> ParagraphProperties:
    """Return what a ``w:pPr`` states."""
    stated = ParagraphProperties()
    if element is None:
        return stated
    for child in element:
        match name_of(child.tag):
            case "w:pStyle":
                stated.style = child.get(VAL)
            case "w:numPr":
                _read_numbering(child, stated)
            case "w:outlineLvl":
                stated.outline_level = number_of(child.get(VAL), 9)
            case "w:jc":
                stated.is_centred = child.get(VAL) == "center"
            case "w:ind":
                start = child.get(f"{W}left") or child.get(f"{W}start")
                if start is not None:
                    stated.indent = number_of(start) / _TWIPS_IN_POINT
            case "w:rPr":
                stated.mark = read_run_properties(child, theme)
                stated.mark_style = run_style(child)
                stated.is_mark_deleted = child.find(f"{W}del") is not None
    return stated


def _read_numbering(element: etree._Element, stated: ParagraphProperties) -> None:
    for child in element:
        if child.tag == f"{W}numId":
            stated.num_id = child.get(VAL)
        elif child.tag == f"{W}ilvl":
            stated.level = min(max(number_of(child.get(VAL)), 0), 8)


def _colour(element: etree._Element, name: str, theme_name: str, theme: Theme) -> str:
    stated = element.get(name, "auto")
    if stated == "auto":
        return theme.colours.get(element.get(f"{W}{theme_name}", ""), "")
    return stated.upper().lstrip("#")


def _not_white(colour: str) -> str:
    return "" if colour == _WHITE else colour


def _font(element: etree._Element, theme: Theme) -> str:
    # Marked letters are drawn in the font of "high ANSI" characters, plain ones in that of ASCII; they rarely differ.
    for name in ("hAnsi", "ascii"):
        reference = element.get(f"{W}{name}Theme")
        font = theme.font(reference) if reference else element.get(f"{W}{name}", "")
        if font:
            return font
    return ""
