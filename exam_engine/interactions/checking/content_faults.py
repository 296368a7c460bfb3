"""What can be wrong with an item's content, whatever its key."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain

from exam_engine.core.errors import Fault
from exam_engine.core.text import clean_line
from exam_engine.interactions.checking.file_types import PERMITTED_FILE_TYPES, STARTING_FILE_TYPES
from exam_engine.interactions.checking.picture_faults import shape_faults
from exam_engine.interactions.content import (
    FileUpload,
    GapMatch,
    HotspotChoice,
    HotText,
    InlineChoice,
    ItemContent,
    Match,
    MultipleResponse,
    NumericEntry,
    Order,
    SelectPoint,
    SingleChoice,
    Slider,
    TextEntry,
    TrueFalseTable,
)
from exam_engine.interactions.responses import ending_of
from exam_engine.interactions.rich_text import gaps_of, hottexts_of, media_of, plain_text
from exam_engine.interactions.texts import part_texts, texts

_BLOCK_TAG = re.compile(r"</?(?:p|br)\b[^>]*>")


def content_faults(content: ItemContent) -> Iterator[Fault]:
    """Yield what is wrong with the content."""
    for group, ids in _groups(content):
        yield from repeat_faults(group, ids)
    yield from _empty_text_faults(content)
    yield from _same_look_faults(content)
    yield from _gap_faults(content)
    match content:
        case MultipleResponse():
            yield from _limit_faults(content.min_choices, content.max_choices, len(content.options))
        case HotText():
            yield from _limit_faults(content.min_choices, content.max_choices, len(content.hottexts))
        case HotspotChoice():
            yield from _limit_faults(content.min_choices, content.max_choices, len(content.hotspots))
            for hotspot in content.hotspots:
                place = f"hotspots/{hotspot.id}"
                yield from shape_faults(content.picture, place, hotspot.shape, hotspot.coordinates)
        case Match():
            yield from _above_faults("max_per_source", content.max_per_source, len(content.targets))
            yield from _above_faults("max_per_target", content.max_per_target, len(content.sources))
        case NumericEntry():
            if content.unit and content.units:
                yield Fault("item_unit_and_units", "unit", {"unit": content.unit})
        case Slider():
            yield from _scale_faults(content)
        case FileUpload():
            yield from _file_faults(content)
        case _:
            pass


def repeat_faults(group: str, ids: Iterable[str]) -> Iterator[Fault]:
    """Yield a fault for each name that occurs more than once in a group."""
    for id_, count in Counter(ids).items():
        if count > 1:
            yield Fault("item_part_twice", f"{group}/{id_}", {"part": id_})


def _groups(content: ItemContent) -> Iterator[tuple[str, list[str]]]:
    match content:
        case SingleChoice() | MultipleResponse() | Order():
            yield "options", [option.id for option in content.options]
        case TrueFalseTable():
            yield "statements", [statement.id for statement in content.statements]
        case Match():
            yield "sources", [source.id for source in content.sources]
            yield "targets", [target.id for target in content.targets]
        case GapMatch():
            yield "texts", [text.id for text in content.texts]
            yield "gaps", [gap.id for gap in content.gaps]
        case InlineChoice():
            yield "gaps", [gap.id for gap in content.gaps]
            yield from ((f"gaps/{gap.id}", [option.id for option in gap.options]) for gap in content.gaps)
        case TextEntry():
            yield "gaps", [gap.id for gap in content.gaps]
        case NumericEntry():
            yield "units", [unit.id for unit in content.units]
        case HotText():
            yield "hottexts", list(content.hottexts)
        case HotspotChoice():
            yield "hotspots", [hotspot.id for hotspot in content.hotspots]
        case FileUpload():
            yield "starting_files", [file.name.casefold() for file in content.starting_files]
            yield "file_types", list(content.file_types)
        case _:
            pass


def _empty_text_faults(content: ItemContent) -> Iterator[Fault]:
    """Yield texts that show nothing; the stem may be empty where a passage asks."""
    has_passage = isinstance(content, GapMatch | InlineChoice | TextEntry | HotText)
    for place, html in texts(content):
        if shows_nothing(html) and not (place == "stem" and has_passage):
            yield Fault("item_text_empty", place)
    if isinstance(content, HotspotChoice | SelectPoint) and not clean_line(content.picture.alternative_text):
        yield Fault("item_text_empty", "picture/alternative_text")
    if isinstance(content, HotspotChoice):
        for hotspot in content.hotspots:
            if not clean_line(hotspot.label):
                yield Fault("item_text_empty", f"hotspots/{hotspot.id}/label")


def shows_nothing(html: str) -> bool:
    """Return whether a text has no words, no formula, no picture and no sound."""
    # Most texts begin with a letter; what they show need not be worked out.
    return not html[:1].isalnum() and not clean_line(plain_text(html)) and not media_of(html)


def _same_look_faults(content: ItemContent) -> Iterator[Fault]:
    """Yield parts of one group that nobody can tell apart; x² and x2 differ, as do capital and small letters."""
    seen: dict[tuple[str, str], str] = {}
    for place, look in _looks(content):
        group, _, id_ = place.rpartition("/")
        other = seen.setdefault((group, look), id_)
        # A name used twice, or no text at all, is reported as such.
        if look and other != id_:
            yield Fault("item_parts_look_same", place, {"part": id_, "other": other})


def _looks(content: ItemContent) -> Iterator[tuple[str, str]]:
    """Yield what tells parts apart: their texts as they are shown, the labels of hotspots as they are read out."""
    for place, html in part_texts(content):
        shown = _BLOCK_TAG.sub(" ", html) if "<" in html else html
        yield place, clean_line(shown.replace("&nbsp;", " "))
    if isinstance(content, HotspotChoice):
        for hotspot in content.hotspots:
            yield f"hotspots/{hotspot.id}", clean_line(hotspot.label).casefold()


def _gap_faults(content: ItemContent) -> Iterator[Fault]:
    """Yield gaps and marked words that are in the passage or in the list only, or where no control can stand."""
    match content:
        case GapMatch() | InlineChoice() | TextEntry():
            in_passage = gaps_of(content.passage)
            yield from _agreement_faults("gap", "gaps", in_passage, [gap.id for gap in content.gaps])
            yield from _stray_faults("passage", hottexts_of(content.passage))
        case HotText():
            yield from _agreement_faults("hottext", "hottexts", hottexts_of(content.passage), content.hottexts)
            yield from _stray_faults("passage", gaps_of(content.passage))
        case _:
            pass
    for place, html in texts(content):
        if place != "passage" and "data-" in html:
            yield from _stray_faults(place, chain(gaps_of(html), hottexts_of(html)))


def _agreement_faults(kind: str, group: str, in_passage: Sequence[str], listed: Sequence[str]) -> Iterator[Fault]:
    for id_ in sorted(set(listed) - set(in_passage)):
        yield Fault(f"item_{kind}_not_in_passage", f"{group}/{id_}", {"part": id_})
    for id_, count in Counter(in_passage).items():
        if id_ not in listed:
            yield Fault(f"item_{kind}_not_listed", "passage", {"part": id_})
        elif count > 1:
            yield Fault(f"item_{kind}_twice_in_passage", "passage", {"part": id_})


def _stray_faults(place: str, ids: Iterable[str]) -> Iterator[Fault]:
    for id_ in ids:
        yield Fault("item_gap_out_of_place", place, {"part": id_})


def _limit_faults(at_least: int, at_most: int | None, parts: int) -> Iterator[Fault]:
    yield from _above_faults("max_choices", at_most, parts)
    yield from _above_faults("min_choices", at_least, parts)
    if at_most is not None and at_least > at_most:
        yield Fault("item_min_above_max", "min_choices", {"min": at_least, "max": at_most})


def _above_faults(place: str, limit: int | None, parts: int) -> Iterator[Fault]:
    if limit is not None and limit > parts:
        yield Fault("item_limit_above_parts", place, {"limit": limit, "parts": parts})


def _scale_faults(content: Slider) -> Iterator[Fault]:
    lower, upper, step = Fraction(content.lower), Fraction(content.upper), Fraction(content.step)
    if lower >= upper:
        yield Fault("item_scale_empty", "upper", {"lower": content.lower, "upper": content.upper})
    elif step <= 0 or (upper - lower) % step != 0:
        yield Fault("item_scale_step", "step", {"step": content.step, "lower": content.lower, "upper": content.upper})


def _file_faults(content: FileUpload) -> Iterator[Fault]:
    for type_ in content.file_types:
        if type_ not in PERMITTED_FILE_TYPES:
            yield Fault("item_file_type_not_permitted", f"file_types/{type_}", {"type": type_})
    for file in content.starting_files:
        type_ = ending_of(file.name)
        if type_ not in STARTING_FILE_TYPES:
            yield Fault("item_file_type_not_permitted", f"starting_files/{file.name}", {"type": type_})
