"""What the linter reads from HTML: emphasised words, pictures, whether there is more than text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPHASIS = frozenset({"b", "strong", "u"})
_FIGURES = frozenset({"img", "table", "pre", "math", "audio", "figure"})
_VOID = frozenset({"br", "img", "hr", "wbr"})
_LITERAL = frozenset({"code", "pre", "math"})

PLACEHOLDER = "\ufffc"
"""Stands in prose where code, a formula, a picture or a gap was (OBJECT REPLACEMENT CHARACTER)."""


@dataclass(slots=True)
class Markup:
    """Facts of a piece of HTML."""

    emphasised: list[str] = field(default_factory=list)
    alternatives: list[str | None] = field(default_factory=list)
    has_figure: bool = False
    prose: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.markup = Markup()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _FIGURES:
            self.markup.has_figure = True
        if tag == "img":
            self.markup.alternatives.append(dict(attrs).get("alt"))
        is_piece = tag in _LITERAL or tag == "img" or "data-gap" in dict(attrs)
        if is_piece and not _LITERAL.intersection(self._open):
            self.markup.prose += PLACEHOLDER
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not _LITERAL.intersection(self._open):
            self.markup.prose += data
        if _EMPHASIS.intersection(self._open):
            self.markup.emphasised.append(data)


def read_markup(html: str) -> Markup:
    """Return the facts of sanitised HTML; ``prose`` is its text, with :data:`PLACEHOLDER` for what is no text."""
    if "<" not in html and "&" not in html:
        return Markup(prose=html)
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.markup
