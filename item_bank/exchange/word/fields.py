"""Fields: what Word computes, such as references and dates; their last result is text, their code is not."""

import re
from dataclasses import dataclass, field

from item_bank.exchange.word.errors import NoteCode
from item_bank.exchange.word.notes import Notes

_WHITE_SPACE = re.compile(r"\s+")
_CODE_LENGTH = 60
_CODE_READ = 1000
# Numbers that these fields print are computed on the screen and not kept in the file.
_NUMBERS = frozenset({"AUTONUM", "AUTONUMLGL", "AUTONUMOUT", "LISTNUM"})


@dataclass(slots=True)
class _Field:
    code: str = ""
    is_in_code: bool = True
    has_result: bool = False


@dataclass(slots=True)
class Fields:
    """The fields open at a point of the document, outermost first."""

    notes: Notes
    _open: list[_Field] = field(default_factory=list)
    _in_code: int = 0

    @property
    def is_code(self) -> bool:
        """Whether text at this point belongs to the code of a field."""
        return self._in_code > 0

    def mark(self, kind: str) -> None:
        """Take a mark of the file: ``begin``, ``separate`` or ``end``."""
        if kind == "begin":
            self._open.append(_Field())
            self._in_code += 1
        elif kind == "separate" and self._open:
            self._leave_code(self._open[-1])
        elif kind == "end" and self._open:
            closed = self._open.pop()
            self._leave_code(closed)
            self._close(closed)
            if closed.has_result:
                self.saw_result()

    def add_code(self, text: str) -> None:
        """Take a piece of the code of the innermost field."""
        if self._open and self._open[-1].is_in_code and len(self._open[-1].code) < _CODE_READ:
            self._open[-1].code += text

    def saw_result(self) -> None:
        """Note that the innermost open field shows something; those around it learn it when it ends."""
        if self._open:
            self._open[-1].has_result = True

    def simple(self, code: str, *, has_result: bool) -> None:
        """Take a field that stands in one element."""
        self._close(_Field(code, has_result=has_result))

    def end_paragraph(self) -> None:
        """Leave codes that the file never ends, lest they swallow the rest of the document."""
        if self.is_code:
            self.notes.add(NoteCode.FIELD_UNCLOSED, field=_short(self._open[-1].code))
            self._open = [opened for opened in self._open if not opened.is_in_code]
            self._in_code = 0

    def _leave_code(self, opened: _Field) -> None:
        self._in_code -= opened.is_in_code
        opened.is_in_code = False

    def _close(self, closed: _Field) -> None:
        words = closed.code.split(None, 1)
        name = words[0].upper() if words else ""
        if name in _NUMBERS:
            self.notes.add(NoteCode.NUMBER_FIELD, field=name)
        elif name in {"EQ", "SYMBOL"} and not closed.has_result:
            self.notes.add(NoteCode.FORMULA_FIELD, field=_short(closed.code))


def _short(code: str) -> str:
    line = _WHITE_SPACE.sub(" ", code).strip()
    return line if len(line) <= _CODE_LENGTH else f"{line[:_CODE_LENGTH]}…"
