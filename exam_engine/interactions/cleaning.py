"""The texts of an item on their way in and out: as an editor has them, and in the canonical HTML that is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exam_engine.core.errors import Fault, InvalidInputError
from exam_engine.interactions.content import CONTENT, ItemContent
from exam_engine.interactions.rich_text import LatexError, editable, sanitise, set_formulas

_TEXTS = frozenset({"stem", "passage", "content"})


@dataclass(frozen=True, slots=True)
class CleanedText:
    """A canonical text; ``removed`` names what the subset does not hold."""

    html: str
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CleanedContent:
    """Content whose texts are canonical; ``removed`` names by place what was dropped from them."""

    content: ItemContent
    removed: dict[str, tuple[str, ...]]


class UnreadableTextError(InvalidInputError):
    """A text of an item holds something that cannot be read, such as a formula; ``faults`` name the places."""

    code = "unreadable_text"


def cleaned_text(html: str, place: str = "") -> CleanedText:
    """Return a text as it is kept: an editor's formulas become MathML, what the subset does not hold is dropped.

    Raises
    ------
    UnreadableTextError
        A formula cannot be read.
    RichTextTooLongError, RichTextTooComplexError
    """
    try:
        found = sanitise(set_formulas(html))
    except LatexError as error:
        raise UnreadableTextError(faults=[Fault(error.fault.code, place, error.fault.params)]) from error
    return CleanedText(found.html, found.removed)


def cleaned_content(content: ItemContent) -> CleanedContent:
    """Return content with each text as :func:`cleaned_text` gives it.

    Raises
    ------
    UnreadableTextError
        Naming every formula that cannot be read.
    RichTextTooLongError, RichTextTooComplexError
    """
    removed: dict[str, tuple[str, ...]] = {}
    faults: list[Fault] = []

    def clean(html: str, place: str) -> str:
        try:
            found = cleaned_text(html, place)
        except UnreadableTextError as error:
            faults.extend(error.faults)
            return html
        if found.removed:
            removed[place] = found.removed
        return found.html

    cleaned = _with_texts(content, clean)
    if faults:
        raise UnreadableTextError(faults=faults)
    return CleanedContent(cleaned, removed)


def editable_content(content: ItemContent) -> ItemContent:
    """Return canonical content as an editor takes it: formulas as ``<span data-latex="…">``."""
    return _with_texts(content, lambda html, _: editable(html))


Change = Callable[[str, str], str]


def _with_texts(content: ItemContent, change: Change) -> ItemContent:
    """Return content with every text changed; ``change`` gets the text and its place."""
    return CONTENT.validate_python(_changed(content.model_dump(mode="json"), "", change))


def _changed(value: Any, place: str, change: Change) -> Any:
    if isinstance(value, list):
        return [_changed(part, _place_of(part, place), change) for part in value]
    if not isinstance(value, dict):
        return value
    changed = {}
    for name, part in value.items():
        if name in _TEXTS:
            changed[name] = change(part, place if name == "content" else name)
        else:
            below = f"{place}/{name}" if place and isinstance(part, list) else place or name
            changed[name] = _changed(part, below, change)
    return changed


def _place_of(part: Any, place: str) -> str:
    """Return the place of one of several parts: ``options/A``; the options of a gap are at ``gaps/g1/A``."""
    if not isinstance(part, dict) or "id" not in part:
        return place
    return f"{place.removesuffix('/options')}/{part['id']}" if place != "options" else f"options/{part['id']}"
