"""What is noticed while a document is read, by the paragraph where it stands."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from exam_engine.core.errors import Fault
from item_bank.exchange.imported import Notice, Severity
from item_bank.exchange.word.blocks import Place
from item_bank.exchange.word.errors import NoteCode

_PARAGRAPH = re.compile(r"¶ (\d+)")
_ACCEPTED = frozenset(
    {
        NoteCode.TRACKED_INSERTION,
        NoteCode.TEXT_BOX,
        NoteCode.FORMULA_LOSS,
        NoteCode.FIELD_UNCLOSED,
        NoteCode.NUMBER_FORMAT,
        NoteCode.NUMBERING_MISSING,
        NoteCode.LEGACY_FONT_OTHER,
        NoteCode.LEGACY_FONT_UNICODE,
        NoteCode.LEGACY_TEXT_SUSPECTED,
    }
)


@dataclass
class Findings:
    """Notices by paragraph number: those of an item's paragraphs are the item's, all others the file's."""

    by_paragraph: dict[int, list[Notice]] = field(default_factory=dict)

    def add(self, severity: Severity, code: str, place: Place, part: str = "", **params: Any) -> None:
        """Note something; the same thing is noted once a paragraph."""
        notice = Notice(severity, code, str(place), part, params)
        noted = self.by_paragraph.setdefault(place.paragraph, [])
        if notice not in noted:
            noted.append(notice)

    def add_word_notes(self, notes: Iterable[Fault]) -> None:
        """Take over what the reader of Word files noted."""
        accepted = {code.value for code in _ACCEPTED}
        for note in notes:
            found = _PARAGRAPH.match(note.place)
            severity: Severity = "warning" if note.code in accepted else "left_out"
            notice = Notice(severity, note.code, note.place, "", dict(note.params))
            self.by_paragraph.setdefault(int(found[1]) if found else 0, []).append(notice)

    def take(self, paragraphs: Iterable[int]) -> list[Notice]:
        """Return what was noted in some paragraphs, and forget it."""
        return [notice for number in paragraphs for notice in self.by_paragraph.pop(number, ())]

    def rest(self) -> list[Notice]:
        """Return all that belongs to no item, in the order of the document."""
        return [notice for number in sorted(self.by_paragraph) for notice in self.by_paragraph[number]]
