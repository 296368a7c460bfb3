"""What stands beside a question: level, points, outcomes and references, in brackets or on lines of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from exam_engine.core.text import search_key
from item_bank.exchange.imported import StatedMetadata
from item_bank.exchange.question_text import signs
from item_bank.exchange.question_text.lines import Line, cut
from item_bank.items.content import CognitiveLevel

_MOST_TAGS = 12
_LONGEST_LEVEL = 40
LEVELS: dict[str, CognitiveLevel] = {
    **dict.fromkeys(("nb", "nhan biet", "biet", "1", "muc 1"), "NB"),
    **dict.fromkeys(("th", "thong hieu", "hieu", "2", "muc 2"), "TH"),
    **dict.fromkeys(("vd", "van dung", "van dung thap", "vdt", "3", "muc 3"), "VD"),
    **dict.fromkeys(("vdc", "vc", "van dung cao", "4", "muc 4"), "VDC"),
}
"""Levels by search key; ``VC`` is how AZtest abbreviates a high level of application."""


@dataclass(slots=True)
class Beside:
    """What has been read so far; ``conflicts`` names what is said twice and differently."""

    level: CognitiveLevel | None = None
    points: Decimal | None = None
    reference: str | None = None
    tags: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)

    def take(self, value: str) -> bool:
        """Take a value from brackets; False when it says nothing about the question, and so belongs to its text."""
        text = value.strip()
        level = level_of(text)
        if level is not None and not text.isdigit():
            self.set_level(level)
        elif signs.LEARNING_OUTCOME.fullmatch(text):
            tag = text.replace(" ", "").upper()
            if tag not in self.tags and len(self.tags) < _MOST_TAGS:
                self.tags.append(tag)
        elif signs.REFERENCE.fullmatch(text):
            if self.reference not in {None, text}:
                self.conflicts.append("reference_code")
            self.reference = text
        elif points := signs.POINTS.fullmatch(text):
            self._set_points(points["value"])
        else:
            return False
        return True

    def set_level(self, level: CognitiveLevel) -> None:
        """Set the level; another one that was set before is a conflict, and then none is taken."""
        if self.level not in {None, level}:
            self.conflicts.append("cognitive_level")
        self.level = level

    def stated(self) -> StatedMetadata:
        """Return what the document says; nothing where it says two things."""
        return StatedMetadata(
            module=self.reference[:4] if self.reference and "reference_code" not in self.conflicts else None,
            reference_code=None if "reference_code" in self.conflicts else self.reference,
            cognitive_level=None if "cognitive_level" in self.conflicts else self.level,
            points=self.points,
            tags=tuple(self.tags),
        )

    def _set_points(self, text: str) -> None:
        try:
            self.points = Decimal(text.replace(",", "."))
        except InvalidOperation:
            return


def level_of(text: str) -> CognitiveLevel | None:
    """Return the level that a word or abbreviation names, such as ``NB``, ``Thông hiểu`` or ``2``."""
    return LEVELS.get(search_key(text).rstrip(".")) if len(text) <= _LONGEST_LEVEL else None


def take_beside(lines: Iterable[Line]) -> tuple[list[Line], Beside]:
    """Return the lines of a question without what stands beside it, and that."""
    beside = Beside()
    kept: list[Line] = []
    for line in lines:
        found = None if line.grid else signs.LEVEL_LINE.match(line.text)
        level = level_of(found["value"]) if found else None
        if level is None:
            kept.append(line)
        else:
            beside.set_level(level)
    return kept, beside


def take_brackets(stem: Sequence[Line], beside: Beside) -> list[Line]:
    """Return a stem without the brackets at its two ends that say something about the question."""
    lines = [line for line in stem if not line.is_blank]
    while lines and (found := signs.TAG.match(lines[0].text)) and beside.take(found["value"]):
        lines[0] = cut(lines[0], found.end())
        if lines[0].is_blank:
            lines.pop(0)
    # A mark such as ": " may stand between the brackets and the text.
    if lines and lines[0].text.lstrip()[:1] in {":", "."} and (beside.level or beside.tags or beside.points):
        lines[0] = cut(lines[0], len(lines[0].text) - len(lines[0].text.lstrip(" :.")))
    while lines and (found := signs.TAG_AT_END.search(lines[-1].text[-60:])) and beside.take(found["value"]):
        shift = max(0, len(lines[-1].text) - 60)
        lines[-1] = cut(lines[-1], 0, shift + found.start())
        if lines[-1].is_blank:
            lines.pop()
    return lines
