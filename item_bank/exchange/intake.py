"""From a file to the rows of a run: work on bytes and texts alone, for any thread or process."""

import resource
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from exam_engine.core.errors import DomainError, Fault
from exam_engine.core.garbage import settle_garbage
from exam_engine.interactions.rich_text import media_of
from exam_engine.interactions.texts import media_hashes, texts
from exam_engine.media.preparing import PreparedMedia
from item_bank.exchange.advising import AdvisedItem, TwinsInFile, linted, short_stem, writing_notices
from item_bank.exchange.checking import ITEM, stored_notice
from item_bank.exchange.formats import format_of
from item_bank.exchange.imported import FileReading, ImportedFile, ImportedItem, reading_of
from item_bank.items.content import content_hash, digest_of_stem
from item_bank.quality.reading import linted_text

LARGEST_MEMORY = 2 * 1024**3
"""Bytes that a process may take for one file; a file that needs more is refused by the system."""

ROWS_AT_ONCE = 500
"""Rows that are handed on together; no more are held."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a run keeps of a file besides its rows, known when all of them were read.

    ``media_named`` and ``twins`` are, by number of the item, the media that it shows with their places, and that it
    resembles an earlier item of the file.
    """

    stimuli: list[dict[str, Any]]
    media: dict[str, PreparedMedia]
    notices: list[dict[str, Any]]
    media_named: dict[int, tuple[tuple[str, str], ...]]
    twins: dict[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PreparedImport:
    """What a run begins with: the values of its rows, and what else the file holds."""

    rows: list[dict[str, Any]]
    facts: FileFacts


def begin_reading(content: bytes, name: str, format_code: str) -> FileReading:
    """Begin to read a file in a known format.

    Raises
    ------
    DomainError
        The reader refuses it, now or while items are taken; the faults say why.
    """
    format_ = format_of(format_code)
    if format_ is None:
        raise ValueError(f"no format {format_code!r}")
    return format_.reading(content, name)


def read_file(content: bytes, name: str, format_code: str) -> ImportedFile:
    """Read a file in a known format.

    Raises
    ------
    DomainError
        The reader refuses it; the faults say why.
    """
    return begin_reading(content, name, format_code).whole()


def prepare(file: ImportedFile) -> PreparedImport:
    """Return what is stored of a file, with flaws of writing and repetitions within the file."""
    intake = Intake(reading_of(file))
    return PreparedImport([row for rows in intake.batches() for row in rows], intake.facts())


def read_and_prepare(
    content: bytes, name: str, format_code: str, tell: Callable[[Any], None]
) -> FileFacts | tuple[Fault, ...]:
    """Read and prepare a large file in a process of its own, under a bound of memory; faults when it is refused.

    Its rows are told in batches, as they are read. Errors would reach the waiting process as mere text.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (LARGEST_MEMORY, LARGEST_MEMORY))
    settle_garbage()
    try:
        intake = Intake(begin_reading(content, name, format_code))
        for rows in intake.batches():
            tell(rows)
        return intake.facts()
    except DomainError as error:
        return error.faults or (Fault(error.code, "", error.params),)


class Intake:
    """Takes the items of a file in, one after another; only small figures of each are kept."""

    def __init__(self, reading: FileReading) -> None:
        self._reading = reading
        self._twins = TwinsInFile()
        self._media_named: dict[int, tuple[tuple[str, str], ...]] = {}

    def batches(self) -> Iterator[list[dict[str, Any]]]:
        """Yield the values of the rows, with flaws of writing, some at a time.

        Raises
        ------
        DomainError
            The reader refuses the file.
        """
        rows: list[dict[str, Any]] = []
        for item in self._reading.items:
            rows.append(self._row(item))
            if len(rows) == ROWS_AT_ONCE:
                yield rows
                rows = []
        if rows:
            yield rows

    def facts(self) -> FileFacts:
        """Return what else the file holds, when all rows were taken."""
        reading = self._reading
        return FileFacts(
            stimuli=[
                {
                    "ref": one.ref,
                    "place": one.place,
                    "title": one.title,
                    "content": one.content,
                    "language": one.language,
                    "code": one.code,
                }
                for one in reading.stimuli
            ],
            media=dict(reading.media),
            notices=[
                stored_notice(notice)
                for notice in (*reading.notices, *(notice for one in reading.stimuli for notice in one.notices))
            ],
            media_named=self._media_named,
            twins={number: stored_notice(notice) for number, notice in self._twins.found().items()},
        )

    def _row(self, item: ImportedItem) -> dict[str, Any]:
        said = ITEM.dump_python(item, mode="json", exclude={"notices"}) | {"notices": []}
        row = {
            "number": item.number,
            "place": item.place[:200],
            "stated_code": item.code[:64] if item.code else None,
            "code": None,
            "interaction": "",
            "stem": "",
            "content_hash": "",
            "stem_digest": "",
            "item": said,
            "changes": {},
            "notices": [stored_notice(notice) for notice in item.notices],
            "advice": [],
            "checks": [],
            "final_metadata": None,
            "comparison": "",
            "has_errors": False,
            "has_warnings": False,
            "is_left_out": False,
        }
        advised = advised_item(item)
        if advised is None:
            return row
        if media := _media_named(advised):
            self._media_named[item.number] = media
        read = linted(advised)
        self._twins.add(item.number, item.place, linted_text(read))
        return row | {
            "interaction": advised.content.interaction,
            "stem": short_stem(advised.content),
            "content_hash": content_hash(said["content"]),
            "stem_digest": digest_of_stem(read.stem),
            "advice": [stored_notice(notice) for notice in writing_notices(advised, read)],
        }


def advised_item(item: ImportedItem, code: str = "") -> AdvisedItem | None:
    """Return what advice on an item needs, None for one without content."""
    if item.content is None:
        return None
    return AdvisedItem(
        number=item.number,
        place=item.place,
        content=item.content,
        key=item.key,
        code=code or item.code or "",
        level=item.metadata.cognitive_level or "",
        explanation=item.explanation,
        has_stimulus=item.stimulus is not None,
    )


def _media_named(item: AdvisedItem) -> tuple[tuple[str, str], ...]:
    shown = [*texts(item.content), ("explanation", item.explanation)]
    named = [(place, sha256) for place, html in shown if "media:" in html for sha256 in media_of(html)]
    named += [("", sha256) for sha256 in media_hashes(item.content)]
    return tuple(named)
