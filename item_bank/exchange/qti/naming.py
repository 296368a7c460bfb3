"""New names for the parts of items from other programs, so that no name tells what is right."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from exam_engine.interactions.content import CONTENT, ItemContent
from exam_engine.interactions.keys import KEY, ItemKey
from exam_engine.interactions.rich_text import gaps_of, hottexts_of
from item_bank.items.content import OPTION_IDS

_NEUTRAL = re.compile(r"_?([A-Za-z]?[0-9]{1,3}|[A-Za-z])")


def option_names(identifiers: Iterable[str]) -> dict[str, str]:
    """Return names of options: letters and numbers stay, anything else becomes A, B, C …

    >>> option_names(["right", "wrong1"])
    {'right': 'A', 'wrong1': 'B'}
    >>> option_names(["C", "_1"])
    {'C': 'C', '_1': '1'}
    """
    listed = list(dict.fromkeys(identifiers))
    neutral = [_NEUTRAL.fullmatch(identifier) for identifier in listed]
    if all(neutral):
        names = [found[1] for found in neutral if found is not None]
        if len(set(names)) == len(names):
            return dict(zip(listed, names, strict=True))
    letters = (
        OPTION_IDS if len(listed) <= len(OPTION_IDS) else tuple(f"A{number}" for number in range(1, len(listed) + 1))
    )
    return dict(zip(listed, letters, strict=False))


def numbered(prefix: str, identifiers: Iterable[str]) -> dict[str, str]:
    """Return names of gaps or marked words: g1, g2 … in their order."""
    return {name: f"{prefix}{number}" for number, name in enumerate(dict.fromkeys(identifiers), start=1)}


def with_neutral_gaps(content: ItemContent, key: ItemKey | None) -> tuple[ItemContent, ItemKey | None]:
    """Return an item whose gaps are g1, g2 … and whose marked words are h1, h2 … in the order of the passage."""
    html = getattr(content, "passage", "")
    names = numbered("g", gaps_of(html)) | numbered("h", hottexts_of(html))
    if all(old == new for old, new in names.items()):
        return content, key
    stored = content.model_dump(mode="json")
    marks = re.compile(r'(<span (?:lang="[^"]*" )?data-(?:gap|hottext)=")([a-z0-9]{1,8})(")')
    stored["passage"] = marks.sub(lambda found: f"{found[1]}{names.get(found[2], found[2])}{found[3]}", html)
    for gap in stored.get("gaps", ()):
        gap["id"] = names.get(gap["id"], gap["id"])
    if "hottexts" in stored:
        stored["hottexts"] = [names.get(name, name) for name in stored["hottexts"]]
    renamed = CONTENT.validate_python(stored)
    return renamed, None if key is None else KEY.validate_python(
        _renamed_key(content, key.model_dump(mode="json"), names)
    )


def _renamed_key(content: ItemContent, key: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    def new(part: str) -> str:
        return names.get(part, part)

    place = {"gap_match": 1, "inline_choice": 0}.get(content.interaction)

    def pair(halves: list[str]) -> list[str]:
        return [new(half) if number == place else half for number, half in enumerate(halves)]

    changed = dict(key)
    scoring = dict(key.get("scoring", {}))
    if key["form"] == "choice" and content.interaction == "hot_text":
        changed["correct"] = [new(one) for one in key["correct"]]
        if "shares" in scoring:
            scoring["shares"] = {new(one): share for one, share in scoring["shares"].items()}
    elif key["form"] == "pairs":
        changed["pairs"] = [pair(one) for one in key["pairs"]]
        if isinstance(scoring.get("shares"), dict):
            scoring["shares"] = {" ".join(pair(one.split(" "))): share for one, share in scoring["shares"].items()}
    elif key["form"] == "text":
        changed["gaps"] = {new(gap): said for gap, said in key["gaps"].items()}
    return changed | ({"scoring": scoring} if "scoring" in key else {})
