"""What the blocks do not show, collected with the place where it stands."""

from dataclasses import dataclass, field
from typing import Any

from exam_engine.core.errors import Fault
from item_bank.exchange.word.blocks import Place
from item_bank.exchange.word.errors import NoteCode

_VALUE_LENGTH = 100


@dataclass(slots=True)
class Notes:
    """Notes of a document in order; those of a paragraph get their place when its first words are known."""

    settled: list[Fault] = field(default_factory=list)
    _pending: list[tuple[NoteCode, dict[str, Any]]] = field(default_factory=list)

    def add(self, code: NoteCode, **params: Any) -> None:
        """Note something of the paragraph that is being read; the same thing is noted once a paragraph.

        Values are names and words from the file; they are cut to a length that can be shown.
        """
        params = {name: str(value)[:_VALUE_LENGTH] for name, value in params.items()}
        if (code, params) not in self._pending:
            self._pending.append((code, params))

    def take(self) -> list[tuple[NoteCode, dict[str, Any]]]:
        """Return what waits for a place, and forget it."""
        taken, self._pending = self._pending, []
        return taken

    def put_back(self, noted: list[tuple[NoteCode, dict[str, Any]]]) -> None:
        """Let notes wait again that were taken."""
        self._pending = noted

    def settle(self, noted: list[tuple[NoteCode, dict[str, Any]]], place: Place) -> None:
        """Give notes their place."""
        self.settled += [Fault(code.value, str(place), params) for code, params in noted]
