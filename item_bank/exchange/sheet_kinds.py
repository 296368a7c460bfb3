"""What a row of cells asks, by kind of question: its content, and its key where the cells say it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exam_engine.core.text import clean_line
from exam_engine.interactions.content import (
    ItemContent,
    Match,
    MultipleResponse,
    NumericEntry,
    Option,
    Order,
    SingleChoice,
    Statement,
    TextEntry,
    TextGap,
    TrueFalseTable,
)
from exam_engine.interactions.keys import (
    AcceptedText,
    AllOrNothing,
    ChoiceKey,
    ItemKey,
    NumberKey,
    OrderKey,
    PairKey,
    TextGapKey,
    TextKey,
    TrueFalseKey,
)
from exam_engine.interactions.typed_numbers import readings
from item_bank.exchange.values import (
    SheetKind,
    UnreadableValueError,
    read_key,
    read_keys,
    read_order,
    read_truths,
)
from item_bank.items.content import OPTION_IDS

GAP_MARK = re.compile(r"_{3,}|…{2,}|\.{5,}")
"""How a gap is written in the text of a question."""

_PAIR = re.compile(r"\s*(?:=>|->|→|⇒)\s*")
_TOLERANCE = re.compile(r"\s*\(?\s*(?:±|\+/-|\+-)\s*")
_RANGE = re.compile(r"\s*\.{2,3}\s*")
_STATEMENT_IDS = tuple("abcdefghijkl")


@dataclass(frozen=True, slots=True)
class Cells:
    """The texts of a row that make an item; ``render`` turns a text into the HTML that is kept.

    ``options`` has a place for each option column, empty where nothing stands.
    """

    stem: str
    options: Sequence[str]
    key: str
    unit: str
    render: Callable[[str], str]
    language: str

    @property
    def written(self) -> list[str]:
        """The options that are there, in order."""
        return [option for option in self.options if option]


Build = Callable[[Cells], ItemContent]
ReadKey = Callable[[Cells, ItemContent], ItemKey]


def content_of(kind: SheetKind, cells: Cells) -> ItemContent:
    """Return what a row asks.

    Raises
    ------
    UnreadableValueError
        A pair to match cannot be read.
    """
    return _BUILDERS[kind](cells)


def key_of(kind: SheetKind, cells: Cells, content: ItemContent) -> ItemKey:
    """Return the key that the cells state.

    Raises
    ------
    UnreadableValueError
        They state none, or nothing that can be understood.
    """
    return _KEYS[kind](cells, content)


def least_options(kind: SheetKind) -> int:
    """Return how many options a kind needs."""
    return {"true_false_table": 1, "text_entry": 0, "numeric_entry": 0, "match": 2}.get(kind, 2)


def _options(cells: Cells) -> tuple[Option, ...]:
    return tuple(
        Option(id=id_, content=cells.render(text)) for id_, text in zip(OPTION_IDS, cells.written, strict=False)
    )


def _single_choice(cells: Cells) -> ItemContent:
    return SingleChoice(language=cells.language, stem=cells.render(cells.stem), options=_options(cells))


def _multiple_response(cells: Cells) -> ItemContent:
    return MultipleResponse(language=cells.language, stem=cells.render(cells.stem), options=_options(cells))


def _order(cells: Cells) -> ItemContent:
    return Order(language=cells.language, stem=cells.render(cells.stem), options=_options(cells))


def _true_false(cells: Cells) -> ItemContent:
    if len(cells.written) > len(_STATEMENT_IDS):
        raise UnreadableValueError("statements_too_many", most=str(len(_STATEMENT_IDS)))
    statements = tuple(
        Statement(id=id_, content=cells.render(text)) for id_, text in zip(_STATEMENT_IDS, cells.written, strict=False)
    )
    return TrueFalseTable(language=cells.language, stem=cells.render(cells.stem), statements=statements)


def _text_entry(cells: Cells) -> ItemContent:
    pieces = GAP_MARK.split(cells.stem)
    if len(pieces) == 1:
        stem, passage = cells.render(cells.stem), '<span data-gap="g1"></span>'
    else:
        stem = ""
        passage = cells.render(pieces[0]) + "".join(
            f'<span data-gap="g{number}"></span>{cells.render(piece)}' for number, piece in enumerate(pieces[1:], 1)
        )
    accepted = _accepted(cells.key, max(len(pieces) - 1, 1)) if cells.key else None
    gaps = tuple(
        TextGap(id=f"g{number}", expected_length=_width(accepted[number - 1]) if accepted else 12)
        for number in range(1, max(len(pieces), 2))
    )
    return TextEntry(language=cells.language, stem=stem, passage=passage, gaps=gaps)


def _numeric_entry(cells: Cells) -> ItemContent:
    return NumericEntry(language=cells.language, stem=cells.render(cells.stem), unit=clean_line(cells.unit)[:24])


def _match(cells: Cells) -> ItemContent:
    sources, targets, _ = _pairs(cells)
    return Match(
        language=cells.language,
        stem=cells.render(cells.stem),
        sources=tuple(Option(id=f"s{n}", content=cells.render(text)) for n, text in enumerate(sources, 1)),
        targets=tuple(Option(id=f"t{n}", content=cells.render(text)) for n, text in enumerate(targets, 1)),
    )


def _pairs(cells: Cells) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """Return sources, targets and the pairs of their ids; an option without a source is a target that fits none."""
    sources: list[str] = []
    targets: list[str] = []
    pairs = []
    for text in cells.written:
        parts = _PAIR.split(text.strip())
        if len(parts) != 2 or not parts[1]:
            raise UnreadableValueError("pair_unreadable", value=text[:60])
        source, target = parts
        if target not in targets:
            targets.append(target)
        if source:
            sources.append(source)
            pairs.append((f"s{len(sources)}", f"t{targets.index(target) + 1}"))
    if not sources or len(targets) < 2:
        raise UnreadableValueError("pairs_too_few")
    return sources, targets, pairs


def _choice_key(cells: Cells, _content: ItemContent) -> ItemKey:
    return ChoiceKey(correct=(OPTION_IDS[read_key(cells.key, cells.options)],))


def _choices_key(cells: Cells, _content: ItemContent) -> ItemKey:
    return ChoiceKey(correct=tuple(OPTION_IDS[index] for index in sorted(read_keys(cells.key, cells.options))))


def _order_key(cells: Cells, _content: ItemContent) -> ItemKey:
    return OrderKey(order=tuple(OPTION_IDS[index] for index in read_order(cells.key, cells.options)))


def _true_false_key(cells: Cells, _content: ItemContent) -> ItemKey:
    truths = read_truths(cells.key, len(cells.written))
    values = dict(zip(_STATEMENT_IDS, truths, strict=False))
    # The 2025 rule of the graduation examination speaks of four statements; others are all or nothing.
    return TrueFalseKey(values=values) if len(truths) == 4 else TrueFalseKey(values=values, scoring=AllOrNothing())


def _text_key(cells: Cells, content: ItemContent) -> ItemKey:
    if not cells.key:
        raise UnreadableValueError("key_missing")
    gaps = content.gaps if isinstance(content, TextEntry) else ()
    accepted = _accepted(cells.key, len(gaps))
    if accepted is None:
        raise UnreadableValueError("key_gaps_differ", gaps=str(len(gaps)))
    return TextKey(
        gaps={
            gap.id: TextGapKey(accepted=tuple(AcceptedText(text=text) for text in texts))
            for gap, texts in zip(gaps, accepted, strict=True)
        }
    )


def _accepted(key: str, gaps: int) -> list[list[str]] | None:
    """Return the accepted texts of each gap: gaps on lines of their own, texts parted by ``|``."""
    lines = [[text for part in line.split("|") if (text := clean_line(part))] for line in key.split("\n")]
    if gaps == 1:
        lines = [[text for line in lines for text in line]]
    if len(lines) != gaps or not all(lines):
        return None
    return [list(dict.fromkeys(line)) for line in lines]


def _width(texts: Sequence[str]) -> int:
    return min(max(max(map(len, texts)) + 2, 6), 60)


def _number_key(cells: Cells, _content: ItemContent) -> ItemKey:
    text = clean_line(cells.key)
    if not text:
        raise UnreadableValueError("key_missing")
    if len(bounds := _RANGE.split(text)) == 2:
        lower, upper = (_number(bound, cells.unit, text) for bound in bounds)
        if lower > upper:
            raise UnreadableValueError("key_number_unreadable", value=text)
        return NumberKey(value=_decimal((lower + upper) / 2, text), tolerance=_decimal((upper - lower) / 2, text))
    value, *tolerance = _TOLERANCE.split(text)
    if len(tolerance) > 1:
        raise UnreadableValueError("key_number_unreadable", value=text)
    number = _decimal(_number(value, cells.unit, text), text)
    if not tolerance:
        return NumberKey(value=number)
    stated = tolerance[0].rstrip(") ")
    if stated.endswith("%") and cells.unit != "%":
        off = _decimal(_number(stated[:-1], "", text), text)
        return NumberKey(value=number, tolerance=off, tolerance_in="percent")
    return NumberKey(value=number, tolerance=_decimal(_number(stated, cells.unit, text), text))


def _number(text: str, unit: str, whole: str) -> Fraction:
    """Return the one value that a number has; 1.234 has two and is refused."""
    values = readings(text, unit)
    if len(values) != 1:
        raise UnreadableValueError("key_number_ambiguous" if values else "key_number_unreadable", value=whole)
    return values[0]


def _decimal(value: Fraction, whole: str) -> str:
    scaled = value * 10**9
    if scaled.denominator != 1 or abs(value) >= 10**15:
        raise UnreadableValueError("key_number_unreadable", value=whole)
    sign, digits = "-" if scaled < 0 else "", f"{abs(scaled.numerator):010d}"
    decimals = digits[-9:].rstrip("0")
    return f"{sign}{digits[:-9]}" + (f".{decimals}" if decimals else "")


def _pair_key(cells: Cells, _content: ItemContent) -> ItemKey:
    return PairKey(pairs=tuple(_pairs(cells)[2]))


_BUILDERS: dict[SheetKind, Build] = {
    "single_choice": _single_choice,
    "multiple_response": _multiple_response,
    "true_false_table": _true_false,
    "text_entry": _text_entry,
    "numeric_entry": _numeric_entry,
    "order": _order,
    "match": _match,
}
_KEYS: dict[SheetKind, ReadKey] = {
    "single_choice": _choice_key,
    "multiple_response": _choices_key,
    "true_false_table": _true_false_key,
    "text_entry": _text_key,
    "numeric_entry": _number_key,
    "order": _order_key,
    "match": _pair_key,
}
