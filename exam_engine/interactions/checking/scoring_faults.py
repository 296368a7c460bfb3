"""What can be wrong with the rule of points in a key."""

from collections.abc import Collection, Iterator
from fractions import Fraction
from itertools import pairwise

from exam_engine.core.errors import Fault
from exam_engine.interactions.content import (
    GapMatch,
    HotspotChoice,
    HotText,
    InlineChoice,
    ItemContent,
    Match,
    MultipleResponse,
    Order,
    SingleChoice,
    TextEntry,
    TrueFalseTable,
)
from exam_engine.interactions.keys import (
    AreaKey,
    ByCount,
    ChoiceKey,
    ItemKey,
    Mapped,
    NumberKey,
    OrderKey,
    PairKey,
    PerOption,
    RubricKey,
    TextKey,
    TrueFalseKey,
)
from exam_engine.interactions.responses import response_flag
from exam_engine.interactions.right_responses import right_response
from exam_engine.interactions.scoring import score
from exam_engine.interactions.scoring.pairs import parts_of


def scoring_faults(content: ItemContent, key: ItemKey) -> Iterator[Fault]:
    """Yield what is wrong with the rule of points and with single shares."""
    match key:
        case ChoiceKey() | TrueFalseKey() | PairKey() | OrderKey():
            yield from _rule_faults(content, key)
        case TextKey():
            yield from _rule_faults(content, key)
            for gap, gap_key in key.gaps.items():
                for number, accepted in enumerate(gap_key.accepted, start=1):
                    yield from _range_faults(f"key/gaps/{gap}/{number}", accepted.share)
        case NumberKey():
            yield from _range_faults("key/share_with_wrong_unit", key.share_with_wrong_unit)
        case AreaKey():
            yield from _range_faults("key/penalty", key.penalty)
            for number, area in enumerate(key.areas, start=1):
                yield from _range_faults(f"key/areas/{number}", area.share)
        case RubricKey():
            pass


def reach_faults(content: ItemContent, key: ItemKey) -> Iterator[Fault]:
    """Yield a fault when the right response would not earn all points, or choosing everything would.

    Asked of keys that are sound otherwise.
    """
    if isinstance(key, RubricKey):
        return
    response = right_response(content, key)
    scored = score(content, key, response)
    if response_flag(content, response) is not None:
        yield Fault("item_key_not_answerable", "key")
    elif not scored.is_correct:
        yield Fault("item_key_not_full", "key/scoring", {"percent": str(round(float(scored.share) * 100, 2))})
    elif isinstance(key, ChoiceKey):
        offered = _choosable(content)
        if set(key.correct) < offered and score(content, key, sorted(offered)).is_correct:
            yield Fault("item_key_all_chosen_full", "key/scoring")


def _rule_faults(content: ItemContent, key: ChoiceKey | TrueFalseKey | PairKey | OrderKey | TextKey) -> Iterator[Fault]:
    match key.scoring:
        case PerOption(penalty=penalty):
            yield from _range_faults("key/scoring/penalty", penalty)
        case ByCount(shares=shares):
            yield from _by_count_faults(shares, _part_count(content, key))
        case Mapped() as mapped:
            yield from _mapped_faults(mapped, _choosable(content))
        case _:
            pass


def _by_count_faults(shares: tuple[str, ...], parts: int) -> Iterator[Fault]:
    if len(shares) != parts + 1:
        yield Fault("item_key_by_count_length", "key/scoring/shares", {"parts": parts, "entries": len(shares)})
    values = [Fraction(share) for share in shares]
    if values[0] != 0 or values[-1] != 1 or any(later < earlier for earlier, later in pairwise(values)):
        yield Fault("item_key_by_count_not_rising", "key/scoring/shares")


def _mapped_faults(mapped: Mapped, choosable: Collection[str]) -> Iterator[Fault]:
    for name in mapped.shares:
        if name not in choosable:
            yield Fault("item_key_unknown_part", f"key/scoring/shares/{name}", {"part": name})
    for name, share in [*mapped.shares.items(), ("default", mapped.default)]:
        if abs(Fraction(share)) > 1:
            yield Fault("item_key_share_range", f"key/scoring/shares/{name}", {"share": share})
    yield from _range_faults("key/scoring/lower", mapped.lower)
    yield from _range_faults("key/scoring/upper", mapped.upper)
    if Fraction(mapped.lower) > Fraction(mapped.upper):
        yield Fault("item_key_share_range", "key/scoring/lower", {"share": mapped.lower})


def _range_faults(place: str, share: str) -> Iterator[Fault]:
    if not 0 <= Fraction(share) <= 1:
        yield Fault("item_key_share_range", place, {"share": share})


def _part_count(content: ItemContent, key: ItemKey) -> int:
    match content, key:
        case TrueFalseTable(), _:
            return len(content.statements)
        case Match() | GapMatch() | InlineChoice(), PairKey():
            return len(parts_of(content, key)[1])
        case TextEntry(), _:
            return len(content.gaps)
        case Order(), _:
            return len(content.options)
        case _:
            return 1


def _choosable(content: ItemContent) -> set[str]:
    """Return what a share can be given to: options, or pairs as they stand in responses."""
    match content:
        case SingleChoice() | MultipleResponse():
            return {option.id for option in content.options}
        case HotText():
            return set(content.hottexts)
        case HotspotChoice():
            return {hotspot.id for hotspot in content.hotspots}
        case Match():
            return {f"{source.id} {target.id}" for source in content.sources for target in content.targets}
        case GapMatch():
            return {f"{text.id} {gap.id}" for text in content.texts for gap in content.gaps}
        case InlineChoice():
            return {f"{gap.id} {option.id}" for gap in content.gaps for option in gap.options}
        case _:
            return set()
