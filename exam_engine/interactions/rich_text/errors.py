"""What rich text refuses."""

from exam_engine.core.errors import Fault, InvalidInputError


class RichTextTooLongError(InvalidInputError):
    """The HTML is longer than any text of an item."""

    code = "rich_text_too_long"


class RichTextTooComplexError(InvalidInputError):
    """The HTML holds so many elements that reading it would take unbounded time or memory."""

    code = "rich_text_too_complex"


class LatexError(InvalidInputError):
    """A formula cannot be read; ``faults`` holds the one fault, whose place is a character counted from 1.

    ``position`` is that character as a number (None when only the formula as a whole is known to be wrong), counted
    in the text that was given: the formula, or the whole text for formulas inside plain text.
    """

    code = "latex_fault"

    _SHOWN = 80

    def __init__(self, code: str, *, position: int | None = None, latex: str = "", **params: object) -> None:
        self.position = position
        self.latex = latex
        place = "" if position is None else str(position)
        shown = latex if len(latex) <= self._SHOWN else f"{latex[: self._SHOWN]}…"
        super().__init__(faults=[Fault(code, place, {"latex": shown, **params})], latex=shown)

    @property
    def fault(self) -> Fault:
        """Return what is wrong."""
        return self.faults[0]

    def moved(self, offset: int) -> "LatexError":
        """Return the same fault in a text in which the formula starts after ``offset`` characters."""
        params = {name: value for name, value in self.fault.params.items() if name != "latex"}
        position = offset + (self.position or 1)
        return LatexError(self.fault.code, position=position, latex=self.latex, **params)
