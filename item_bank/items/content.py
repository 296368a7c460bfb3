"""What is kept of an item: content, key and metadata as an author hands them in, their texts, their hash."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from exam_engine.core.text import search_key
from exam_engine.interactions.content import ItemContent
from exam_engine.interactions.keys import ItemKey
from exam_engine.interactions.rich_text import plain_text
from exam_engine.interactions.texts import part_texts, texts
from item_bank.items.search.words import indexed_text, tag_keys

CognitiveLevel = Literal["NB", "TH", "VD", "VDC"]
COGNITIVE_LEVELS: tuple[CognitiveLevel, ...] = ("NB", "TH", "VD", "VDC")
"""Recognise, understand, apply, apply at a high level; in alphabetical order, which is also the order of demand."""

OPTION_IDS = tuple("ABCDEFGHIJKLMNOPQRST")

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class ItemMetadata:
    """What the bank knows about an item besides what it asks.

    ``expected_seconds`` is the time an author expects a candidate to take; ``stimulus_code`` names the passage, picture
    or table that several items share.
    """

    module_code: str
    reference_code: str
    cognitive_level: CognitiveLevel
    points: Decimal = Decimal(1)
    expected_seconds: int | None = None
    source: str = ""
    tags: tuple[str, ...] = ()
    stimulus_code: str | None = None


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """An item as an author or a file hands it in; texts are sanitised HTML.

    ``key`` is None while nobody has said what is right: such an item can be kept and worked on, but not reviewed.
    """

    code: str
    content: ItemContent
    key: ItemKey | None
    metadata: ItemMetadata
    explanation: str = ""

    @property
    def stored_key(self) -> dict[str, Any] | None:
        """The key as it is stored."""
        return None if self.key is None else self.key.model_dump(mode="json")

    @property
    def stem_digest(self) -> str:
        """The digest by which items with the same stem find each other, however it is accented or spaced."""
        return stem_digest(self.content)

    def resembles(self, other: ItemContent) -> bool:
        """Whether an item with the same stem asks the same: it has no parts, or at least one part is shared.

        Stems such as "Phát biểu nào đúng?" recur with other options and are then other items.
        """
        own, others = _folded_parts(self.content), _folded_parts(other)
        return own == others or bool(own & others)


@dataclass(frozen=True, slots=True)
class StoredForm:
    """A draft as it is stored, with what lists and look-ups need of it; worked out once, since files hold thousands."""

    content: dict[str, Any]
    content_hash: str
    stem_text: str
    stem_digest: str
    search_text: str
    tag_keys: str
    word_count: int


def stored_form(draft: ItemDraft) -> StoredForm:
    """Return what is stored of a draft besides its key and metadata."""
    plain = [(place, plain_text(html)) for place, html in texts(draft.content)]
    beside_stem = [text for place, text in plain if place not in {"stem", "passage"}]
    content = draft.content.model_dump(mode="json")
    stem = stem_text(draft.content)
    return StoredForm(
        content=content,
        content_hash=content_hash(content),
        stem_text=stem,
        stem_digest=digest_of_stem(stem),
        search_text=indexed_text(draft.code, stem, [*beside_stem, *draft.metadata.tags]),
        tag_keys=tag_keys(draft.metadata.tags),
        word_count=sum(len(text.split()) for _, text in plain),
    )


def stem_text(content: ItemContent) -> str:
    """Return the stem, with the passage that belongs to it, as plain text."""
    passage = getattr(content, "passage", "")
    return "\n".join(plain_text(html) for html in (content.stem, passage) if html)


def stem_digest(content: ItemContent) -> str:
    """Return the digest by which items with the same stem find each other."""
    return digest_of_stem(stem_text(content))


def digest_of_stem(stem: str) -> str:
    """Return the digest of a plain stem, as :func:`stem_digest`."""
    return hashlib.sha256(search_key(stem).encode()).hexdigest()


def _folded_parts(content: ItemContent) -> frozenset[str]:
    return frozenset(search_key(plain_text(html)) for _, html in part_texts(content))


def content_hash(content: dict[str, Any]) -> str:
    """Return the SHA-256 of what candidates see.

    The key is left out on purpose: with four options, a hash over it would give it away to whoever tries four times.
    """
    return hashlib.sha256(_CANONICAL.encode(content).encode()).hexdigest()
