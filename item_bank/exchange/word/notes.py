"""What the blocks do not show, collected with the place where it stands."""

from dataclasses import dataclass, field
from typing import Any

from exam_engine.core.errors import Fault
from item_bank.exchange.word.blocks import Place
from item_bank.exchange.word.errors import NoteCode

_VALUE_LENGTH = 100
Noted = dict[tuple[NoteCode, tuple[tuple[str, str], ...]], None]
"""Notes in order, each once."""


@dataclass(slots=True)
class Notes:
    """Notes of a document in order; those of a paragraph get their place when its first words are known."""

    settled: list[Fault] = field(default_factory=list)
    _pending: Noted = field(default_factory=dict)

    def add(self, code: NoteCode, **params: Any) -> None:
        """Note something of the paragraph that is being read; the same thing is noted once a paragraph.

        Values are names and words from the file; they are cut to a length that can be shown.
        """
        values = tuple((name, str(value)[:_VALUE_LENGTH]) for name, value in params.items())
        self._pending.setdefault((code, values))

    def take(self) -> Noted:
        """Return what waits for a place, and forget it."""
        taken, self._pending = self._pending, {}
        return taken

    def put_back(self, noted: Noted) -> None:
        """Let notes wait again that were taken."""
        self._pending = noted

    def settle(self, place: Place) -> None:
        """Give the notes that wait their place."""
        for code, values in self.take():
            self.settled.append(Fault(code.value, str(place), dict(values)))
