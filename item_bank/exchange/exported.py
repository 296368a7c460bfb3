"""What writers of file formats are given, and what they hand back: items with their stimuli, media, a file."""

from dataclasses import dataclass

from item_bank.exchange.imported import Notice
from item_bank.items.content import ItemDraft


@dataclass(frozen=True, slots=True)
class ExportedStimulus:
    """A passage, picture or table that several items share; ``content`` is sanitised HTML."""

    code: str
    title: str
    content: str
    language: str = "vi"


@dataclass(frozen=True, slots=True)
class ExportedItem:
    """An item as it leaves the bank, with the stimulus that its metadata name."""

    draft: ItemDraft
    stimulus: ExportedStimulus | None = None


@dataclass(frozen=True, slots=True)
class ExportedMedia:
    """The stored bytes of a picture, a sound or a starting file."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file as a writer made it; ``left_out`` says by item code what the format could not carry, and why."""

    content: bytes
    left_out: tuple[Notice, ...] = ()
