"""What writers of file formats are given, and what they hand back: items with their stimuli, media, a file."""

from collections.abc import Iterable
from dataclasses import dataclass

from exam_engine.interactions.keys import RubricKey
from exam_engine.interactions.rich_text import media_of
from exam_engine.interactions.texts import media_hashes, texts
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


def media_of_items(items: Iterable[ExportedItem]) -> tuple[str, ...]:
    """Return the hashes of all media that items, their explanations, model answers and stimuli show; sorted."""
    found: set[str] = set()
    for item in items:
        draft = item.draft
        html = [*(text for _, text in texts(draft.content)), draft.explanation]
        if isinstance(draft.key, RubricKey):
            html.append(draft.key.model_answer)
        if item.stimulus is not None:
            html.append(item.stimulus.content)
        found.update(media_hashes(draft.content))
        found.update(sha256 for text in html for sha256 in media_of(text))
    return tuple(sorted(found))
