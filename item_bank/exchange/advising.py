"""What is doubtful about imported items in themselves: flaws of writing, missing descriptions, near-duplicates."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from exam_engine.interactions.content import ItemContent
from exam_engine.interactions.keys import ItemKey
from exam_engine.interactions.rich_text import check, plain_text
from exam_engine.interactions.texts import texts
from item_bank.exchange.imported import Notice
from item_bank.quality.duplicates import DuplicateIndex, ItemText, Match
from item_bank.quality.linting import RULES_BESIDES_HINTS, LintedItem
from item_bank.quality.reading import ReadableItem, findings_in, item_text, linted_item

_NEARLY_ALL = 0.995


@dataclass(frozen=True, slots=True)
class AdvisedItem:
    """An item with its number and place in the file; ``code`` is that of the bank's item that it is, if it is one."""

    number: int
    place: str
    content: ItemContent
    key: ItemKey | None
    code: str
    level: str
    explanation: str
    has_stimulus: bool


def linted(item: AdvisedItem) -> LintedItem:
    """Return the item as the linter reads it."""
    return linted_item(
        ReadableItem(
            content=item.content,
            code=item.code,
            cognitive_level=item.level,
            key=item.key,
            explanation=item.explanation,
            has_stimulus=item.has_stimulus,
        )
    )


def writing_notices(item: AdvisedItem, read: LintedItem) -> list[Notice]:
    """Return flaws of writing of an item, and what its rich texts lack; hints are left to the review of the item."""
    notices = [
        Notice("warning", fault.code, item.place, place, fault.params)
        for place, html in [*texts(item.content), ("explanation", item.explanation)]
        if "<" in html
        for fault in check(html)
    ]
    notices += [
        Notice("warning", finding.rule, item.place, finding.place, finding.params)
        for finding in findings_in(read, item.content, RULES_BESIDES_HINTS)
    ]
    return notices


class TwinsInFile:
    """Finds the items of a file that resemble an earlier one; of each item it keeps the words as numbers."""

    def __init__(self) -> None:
        self._index = DuplicateIndex()
        self._numbers = array("q")
        self._places: list[str] = []

    def add(self, number: int, place: str, text: ItemText) -> None:
        """Take an item in, by its number in the file."""
        self._index.add(str(len(self._places)), text)
        self._numbers.append(number)
        self._places.append(place)

    def found(self) -> dict[int, Notice]:
        """Return for items that resemble an earlier one which one that is."""
        found: dict[int, Notice] = {}
        for pair in self._index.pairs():
            first, second = sorted((int(pair.first), int(pair.second)))
            number = self._numbers[second]
            if number not in found:
                code = "same_item_in_file" if pair.similarity >= _NEARLY_ALL else "similar_item_in_file"
                params = {"other": self._places[first], "percent": round(100 * pair.similarity)}
                found[number] = Notice("warning", code, self._places[second], "", params)
        return found


def twins_in_bank(items: Sequence[AdvisedItem]) -> Callable[[DuplicateIndex], dict[int, list[Notice]]]:
    """Return the question to the index of the bank which items resemble another one there."""
    asked = [(item.number, item.place, item.code, _text(item.content)) for item in items]

    def question(bank: DuplicateIndex) -> dict[int, list[Notice]]:
        found: dict[int, list[Notice]] = {}
        for number, place, code, text in asked:
            matches = bank.similar(text, 1, besides=code)
            if matches:
                found[number] = [_twin(place, matches[0])]
        return found

    return question


def _twin(place: str, match: Match) -> Notice:
    code = "same_item_in_bank" if match.similarity >= _NEARLY_ALL else "similar_item_in_bank"
    return Notice("warning", code, place, "", {"other": match.code, "percent": round(100 * match.similarity)})


def _text(content: ItemContent) -> ItemText:
    return item_text(content)


def short_stem(content: ItemContent | None, longest: int = 300) -> str:
    """Return the beginning of what an item asks, as plain text on one line."""
    if content is None:
        return ""
    passage = getattr(content, "passage", "")
    text = " ".join(plain_text(content.stem + (f"<p>{passage}</p>" if passage else "")).split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
