"""The texts of an item, whatever its interaction: to search them, to count words, to check what they hold."""

from collections.abc import Iterator

from exam_engine.interactions.content import (
    ExtendedText,
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


def texts(content: ItemContent) -> Iterator[tuple[str, str]]:
    """Yield each rich text with its place, such as ``stem`` or ``options/A``, in reading order."""
    yield "stem", content.stem
    if isinstance(content, GapMatch | InlineChoice | TextEntry | HotText):
        yield "passage", content.passage
    yield from part_texts(content)


def part_texts(content: ItemContent) -> Iterator[tuple[str, str]]:
    """Yield the rich texts of options, statements and the like with their places."""
    match content:
        case SingleChoice() | MultipleResponse() | Order():
            yield from ((f"options/{option.id}", option.content) for option in content.options)
        case TrueFalseTable():
            yield from ((f"statements/{line.id}", line.content) for line in content.statements)
        case Match():
            yield from ((f"sources/{source.id}", source.content) for source in content.sources)
            yield from ((f"targets/{target.id}", target.content) for target in content.targets)
        case GapMatch():
            yield from ((f"texts/{text.id}", text.content) for text in content.texts)
        case InlineChoice():
            for gap in content.gaps:
                yield from ((f"gaps/{gap.id}/{option.id}", option.content) for option in gap.options)
        case NumericEntry():
            yield from ((f"units/{unit.id}", unit.content) for unit in content.units)
        case HotText() | HotspotChoice() | SelectPoint() | TextEntry() | Slider() | ExtendedText() | FileUpload():
            return


def media_hashes(content: ItemContent) -> Iterator[str]:
    """Yield the media that an item names outside its texts: the picture pointed at, the files of a task."""
    if isinstance(content, HotspotChoice | SelectPoint):
        yield content.picture.media
    if isinstance(content, FileUpload):
        yield from (file.media for file in content.starting_files)
