"""What a reader of any file format hands over: items and stimuli with their places, media, and all that was noticed."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from exam_engine.interactions.content import ItemContent
from exam_engine.interactions.keys import ItemKey
from exam_engine.media.preparing import PreparedMedia
from item_bank.items.content import CognitiveLevel

Severity = Literal["error", "warning", "left_out"]
"""An error keeps its item out; a warning does not; what is left out could not be carried over from the file."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something noticed at a place of a file; ``code`` names a message whose fix says what to do.

    ``place`` is what a person finds in the program that made the file: ``12`` (row), ``I5``, ``¶ 31 “Câu 7”``; ``part``
    is the part of the item that is meant, such as ``options/B`` or ``key``, empty for the item as a whole.
    """

    severity: Severity
    code: str
    place: str
    part: str = ""
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatedMetadata:
    """What a file says about an item besides what it asks; None where it says nothing, which is never guessed."""

    module: str | None = None
    reference_code: str | None = None
    cognitive_level: CognitiveLevel | None = None
    points: Decimal | None = None
    expected_seconds: int | None = None
    source: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedItem:
    """One item of a file; texts are sanitised HTML whose media are named by the hash of their stored bytes.

    ``number`` counts the items of the file from 1, good ones and bad ones. ``code`` is None where the file gives none.
    ``content`` is None when it could not be read at all; ``key`` is None when the file does not say what is right.
    ``stimulus`` names one of the file's stimuli.
    """

    number: int
    place: str
    content: ItemContent | None
    key: ItemKey | None
    code: str | None = None
    explanation: str = ""
    metadata: StatedMetadata = StatedMetadata()
    stimulus: str | None = None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedStimulus:
    """A passage, picture or table that several items of a file share; ``ref`` is its name within the file."""

    ref: str
    place: str
    title: str
    content: str
    language: str = "vi"
    code: str | None = None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """All that a file holds; ``notices`` are those of the file as a whole.

    ``media`` holds what the items and stimuli show, by the hash of the stored bytes.
    """

    format: str
    items: tuple[ImportedItem, ...]
    stimuli: tuple[ImportedStimulus, ...] = ()
    media: dict[str, PreparedMedia] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


@dataclass(slots=True)
class FileReading:
    """A file while it is read: its items come one at a time and are forgotten by who has done with them.

    ``stimuli``, ``media`` and ``notices`` are whole when the last item was taken. Taking an item may raise a
    DomainError, as a reader does.
    """

    format: str
    items: Iterator[ImportedItem]
    stimuli: list[ImportedStimulus] = field(default_factory=list)
    media: dict[str, PreparedMedia] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)

    def whole(self) -> ImportedFile:
        """Return all that the file holds."""
        items = tuple(self.items)
        return ImportedFile(self.format, items, tuple(self.stimuli), self.media, tuple(self.notices))


def reading_of(file: ImportedFile) -> FileReading:
    """Return a file that was read at once as one that is read; it lets go of each item that was taken."""
    waiting = deque(file.items)

    def taken() -> Iterator[ImportedItem]:
        while waiting:
            yield waiting.popleft()

    return FileReading(file.format, taken(), list(file.stimuli), file.media, list(file.notices))
