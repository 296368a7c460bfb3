"""What an item says: a draft as an author wrote it, its HTML, its text, its hash."""

import hashlib
import html
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from exam_engine.core.text import search_key

CognitiveLevel = Literal["NB", "TH", "VD", "VDC"]
COGNITIVE_LEVELS: tuple[CognitiveLevel, ...] = ("NB", "TH", "VD", "VDC")
"""Recognise, understand, apply, apply at a high level; in alphabetical order, which is also the order of demand."""

OPTION_IDS = tuple("ABCDEFGH")


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """A single-choice item as an author hands it in: plain, cleaned text; ``correct`` indexes ``options``."""

    code: str
    module_code: str
    reference_code: str
    cognitive_level: CognitiveLevel
    stem: str
    options: tuple[str, ...]
    correct: int
    explanation: str = ""
    points: Decimal = Decimal(1)

    @property
    def content(self) -> dict[str, Any]:
        """What a candidate would see, as it is stored."""
        return {
            "interaction": "single_choice",
            "stem": text_to_html(self.stem),
            "options": [
                {"id": id_, "html": text_to_html(text)} for id_, text in zip(OPTION_IDS, self.options, strict=False)
            ],
        }

    @property
    def key(self) -> tuple[str, ...]:
        """The ids of the right options."""
        return (OPTION_IDS[self.correct],)

    @property
    def search_text(self) -> str:
        """The folded text in which the item is looked up."""
        return "\n".join(search_key(text) for text in (self.code, self.stem, *self.options))

    @property
    def word_count(self) -> int:
        """Words that a candidate reads, of stem and options; words are what white space parts."""
        return sum(len(text.split()) for text in (self.stem, *self.options))

    @property
    def stem_digest(self) -> str:
        """The digest by which items with the same stem find each other, however it is accented or spaced."""
        return hashlib.sha256(search_key(self.stem).encode()).hexdigest()

    def resembles(self, options: tuple[str, ...]) -> bool:
        """Whether an item with the same stem and these options asks the same: at least one option is shared.

        Stems such as "Phát biểu nào đúng?" recur with other options and are then other items.
        """
        return bool({search_key(text) for text in self.options} & {search_key(text) for text in options})


def content_hash(content: dict[str, Any]) -> str:
    """Return the SHA-256 of what candidates see.

    The key is left out on purpose: with four options, a hash over it would give it away to whoever tries four times.
    """
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def text_to_html(text: str) -> str:
    """Return plain text as HTML that shows exactly what was typed; line breaks become ``<br>``."""
    return html.escape(text, quote=True).replace("\n", "<br>")


def html_to_text(markup: str) -> str:
    """Return the plain text of what :func:`text_to_html` wrote."""
    return html.unescape(markup.replace("<br>", "\n"))


def option_texts(content: dict[str, Any]) -> tuple[str, ...]:
    """Return the plain options of stored content."""
    return tuple(html_to_text(option["html"]) for option in content["options"])
