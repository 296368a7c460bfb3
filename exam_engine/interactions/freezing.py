"""Making content and key fit to be published: names of parts that tell nothing about order or correctness."""

import random
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from pydantic import BaseModel

from exam_engine.interactions.content import (
    GapMatch,
    Hotspot,
    HotspotChoice,
    InlineChoice,
    ItemContent,
    Match,
    MultipleResponse,
    NumericEntry,
    Order,
    SingleChoice,
    TrueFalseTable,
)
from exam_engine.interactions.keys import ChoiceKey, ItemKey, Mapped, NumberKey, OrderKey, PairKey, TrueFalseKey
from exam_engine.interactions.shapes import top_left

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH = 4

Part = TypeVar("Part", bound=BaseModel)
Rename = Callable[[str], str]


def freeze(content: ItemContent, key: ItemKey, rng: random.Random) -> tuple[ItemContent, ItemKey]:
    """Return content and key with new random names of options, statements and hotspots.

    Gaps and marked words keep theirs: candidates see them in the order of the text anyway. Hotspots are put in the
    order in which a picture is read, from the top left: so goes the keyboard, and it tells nothing.
    """
    match content:
        case SingleChoice() | MultipleResponse() | Order():
            names = _names((option.id for option in content.options), rng)
            return content.model_copy(update={"options": _renamed(content.options, names)}), _key(key, names)
        case TrueFalseTable():
            names = _names((statement.id for statement in content.statements), rng)
            return content.model_copy(update={"statements": _renamed(content.statements, names)}), _key(key, names)
        case HotspotChoice():
            names = _names((hotspot.id for hotspot in content.hotspots), rng)
            hotspots = sorted(_renamed(content.hotspots, names), key=_reading_order)
            return content.model_copy(update={"hotspots": tuple(hotspots)}), _key(key, names)
        case NumericEntry():
            names = _names((unit.id for unit in content.units), rng)
            return content.model_copy(update={"units": _renamed(content.units, names)}), _key(key, names)
        case Match():
            sources = _names((source.id for source in content.sources), rng)
            targets = _names((target.id for target in content.targets), rng)
            changes = {
                "sources": _renamed(content.sources, sources),
                "targets": _renamed(content.targets, targets),
            }
            return content.model_copy(update=changes), _pair_key(key, lambda pair: (sources[pair[0]], targets[pair[1]]))
        case GapMatch():
            names = _names((text.id for text in content.texts), rng)
            return (
                content.model_copy(update={"texts": _renamed(content.texts, names)}),
                _pair_key(key, lambda pair: (names[pair[0]], pair[1])),
            )
        case InlineChoice():
            by_gap = {gap.id: _names((option.id for option in gap.options), rng) for gap in content.gaps}
            gaps = tuple(
                gap.model_copy(update={"options": _renamed(gap.options, by_gap[gap.id])}) for gap in content.gaps
            )
            return (
                content.model_copy(update={"gaps": gaps}),
                _pair_key(key, lambda pair: (pair[0], by_gap[pair[0]][pair[1]])),
            )
        case _:
            return content, key


def _names(ids: Iterable[str], rng: random.Random) -> dict[str, str]:
    old = list(ids)
    drawn: set[str] = set()
    while len(drawn) < len(old):
        drawn.add("".join(rng.choices(_ALPHABET, k=_LENGTH)))
    names = sorted(drawn)
    rng.shuffle(names)
    return dict(zip(old, names, strict=True))


def _renamed(parts: Iterable[Part], names: Mapping[str, str]) -> tuple[Part, ...]:
    return tuple(part.model_copy(update={"id": names[part.id]}) for part in parts)  # type: ignore[attr-defined]


def _reading_order(hotspot: Hotspot) -> tuple[int, int]:
    left, top = top_left(hotspot.shape, hotspot.coordinates)
    return top, left


def _key(key: ItemKey, names: Mapping[str, str]) -> ItemKey:
    match key:
        case ChoiceKey():
            correct = tuple(names[id_] for id_ in key.correct)
            return key.model_copy(update={"correct": correct, "scoring": _scoring(key.scoring, names.__getitem__)})
        case TrueFalseKey():
            return key.model_copy(update={"values": {names[id_]: value for id_, value in key.values.items()}})
        case OrderKey():
            return key.model_copy(update={"order": tuple(names[id_] for id_ in key.order)})
        case NumberKey():
            return key.model_copy(update={"unit": names[key.unit] if key.unit is not None else None})
        case _:
            return key


def _pair_key(key: ItemKey, rename: Callable[[tuple[str, str]], tuple[str, str]]) -> ItemKey:
    if not isinstance(key, PairKey):
        return key

    def renamed_pair(text: str) -> str:
        first, _, second = text.partition(" ")
        return " ".join(rename((first, second)))

    changes = {
        "pairs": tuple(rename(pair) for pair in key.pairs),
        "scoring": _scoring(key.scoring, renamed_pair),
    }
    return key.model_copy(update=changes)


def _scoring(scoring: BaseModel, rename: Rename) -> BaseModel:
    if not isinstance(scoring, Mapped):
        return scoring
    return scoring.model_copy(update={"shares": {rename(name): share for name, share in scoring.shares.items()}})
