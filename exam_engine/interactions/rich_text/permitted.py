"""Which attributes of an element stay."""

from collections.abc import Mapping

from exam_engine.core.text import clean_line
from exam_engine.interactions.rich_text.characters import storable
from exam_engine.interactions.rich_text.subset import ATTRIBUTES, Check

_NOTHING: Mapping[str, Check] = {}
# Written by every formula program; the element's name says the same.
_EXPECTED = frozenset({"xmlns", "xml:lang"})


def permitted(name: str, attributes: Mapping[str, str], removed: set[str]) -> dict[str, str]:
    """Return the attributes that the subset knows for the element, in its order; ``removed`` gets the others' names."""
    if not attributes:
        return {}
    checks = ATTRIBUTES.get(name, _NOTHING)
    cleaned = {key: clean_line(storable(value)) for key, value in attributes.items()}
    kept = {key: cleaned[key] for key, accepts in checks.items() if key in cleaned and accepts(cleaned[key])}
    removed.update(f"@{key}" for key in attributes if key not in kept and key not in _EXPECTED)
    return kept
