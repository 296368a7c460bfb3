"""What values earn, as mappings of QTI."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from exam_engine.interactions.content import (
    GapMatch,
    HotspotChoice,
    HotText,
    ItemContent,
    Match,
    MultipleResponse,
    SingleChoice,
)
from exam_engine.interactions.keys import Mapped, PerOption
from exam_engine.interactions.rich_text.markup import Element
from item_bank.exchange.qti.writing.dialect import identifier, qti


def value_mapping(
    entries: Mapping[str, str], default: str = "0", lower: str | None = None, upper: str | None = None
) -> Element:
    """Return the mapping of values; one that is not listed earns ``default``, the sum is held between the bounds."""
    bounds = {"lower-bound": lower, "upper-bound": upper}
    attributes = {name: value for name, value in bounds.items() if value is not None}
    # Players that compare keys as texts would take the option "j" for "J".
    listed = [
        qti("map-entry", {"map-key": name, "mapped-value": value, "case-sensitive": "true"})
        for name, value in entries.items()
    ]
    return qti("mapping", {**attributes, "default-value": default}, *listed)


def choices_mapping(content: ItemContent, correct: Sequence[str], scoring: PerOption | Mapped) -> Element:
    """Return what each choice or pair earns in shares: of the right ones for ``PerOption``, else of the item.

    Choices that cost something are listed one by one, since not all players count the default in a set of choices.
    """
    if isinstance(scoring, PerOption):
        cost = cost_text(scoring.penalty)
        entries = dict.fromkeys(correct, "1")
        return value_mapping(_with_others(content, entries, cost), cost, "0", str(len(correct)))
    entries = {" ".join(map(identifier, name.split(" "))): share for name, share in scoring.shares.items()}
    entries = _with_others(content, entries, scoring.default)
    # A mapping has at least one entry.
    return value_mapping(
        entries or dict.fromkeys(correct[:1], scoring.default), scoring.default, scoring.lower, scoring.upper
    )


def cost_text(penalty: str) -> str:
    """Return what a penalty adds to a score.

    >>> cost_text("0.50"), cost_text("0.0")
    ('-0.50', '0')
    """
    return f"-{penalty}" if Fraction(penalty) else "0"


def _with_others(content: ItemContent, entries: Mapping[str, str], default: str) -> dict[str, str]:
    others = dict.fromkeys(_offered(content), default) if Fraction(default) else {}
    return {**others, **entries}


def _offered(content: ItemContent) -> list[str]:
    """Return all that can be chosen, as values of the response variable."""
    match content:
        case SingleChoice() | MultipleResponse():
            return [identifier(option.id) for option in content.options]
        case HotText():
            return [identifier(name) for name in content.hottexts]
        case HotspotChoice():
            return [identifier(hotspot.id) for hotspot in content.hotspots]
        case Match():
            return _paired([source.id for source in content.sources], [target.id for target in content.targets])
        case GapMatch():
            return _paired([text.id for text in content.texts], [gap.id for gap in content.gaps])
        case _:
            raise TypeError(f"{content.interaction} has no choices in one variable")


def _paired(firsts: Sequence[str], seconds: Sequence[str]) -> list[str]:
    return [f"{identifier(first)} {identifier(second)}" for first in firsts for second in seconds]
