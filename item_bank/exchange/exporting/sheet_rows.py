"""Items as rows of an item sheet; a row is written only when it is read back as the very item it came from."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from exam_engine.core.workbook import Cell, Header, Row
from exam_engine.interactions.content import (
    ItemContent,
    Match,
    MultipleResponse,
    NumericEntry,
    Order,
    SingleChoice,
    TextEntry,
    TrueFalseTable,
)
from exam_engine.interactions.keys import ChoiceKey, ItemKey, NumberKey, OrderKey, PairKey, TextKey, TrueFalseKey
from exam_engine.interactions.rich_text import plain_text
from item_bank.exchange.columns import COLUMNS, option_field
from item_bank.exchange.rows import items_of_rows
from item_bank.exchange.values import SheetKind
from item_bank.items.content import OPTION_IDS, ItemDraft

_NAMES: dict[str, str] = {
    "single_choice": "Một lựa chọn",
    "multiple_response": "Nhiều lựa chọn",
    "true_false_table": "Đúng sai",
    "text_entry": "Trả lời ngắn",
    "numeric_entry": "Điền số",
    "order": "Sắp xếp",
    "match": "Ghép nối",
}
SHEET_KINDS: frozenset[SheetKind] = frozenset(_NAMES)  # type: ignore[arg-type]  # the same names
"""Kinds of items that a row can carry."""

_HEADER = Header(1, {column.field: number for number, column in enumerate(COLUMNS, start=1)}, {})
_GAP = "___"


def row_of(draft: ItemDraft) -> dict[str, str] | None:
    """Return the cells of an item by field, None when no row says exactly what the item is.

    Texts are plain where that says all, else the HTML that is kept. The stimulus is not looked at: sheets have no
    place for it.
    """
    return next((row for row in _candidates(draft) if _says(row, draft)), None)


def _candidates(draft: ItemDraft) -> Iterator[dict[str, str]]:
    """Yield ways of writing an item, those that are easiest to read first."""
    content = draft.content
    name = _NAMES.get(content.interaction)
    if name is None:
        return
    said = draft.metadata
    for is_html in (False, True):
        for key in _keys(content, draft.key):
            yield {
                "code": draft.code,
                "module": said.module_code,
                "reference": said.reference_code,
                "stem": _stem(content, is_html=is_html),
                **{option_field(id_): text for id_, text in zip(OPTION_IDS, _options(draft, is_html), strict=False)},
                "key": key,
                "level": said.cognitive_level,
                "explanation": _text(draft.explanation, is_html=is_html),
                "kind": name,
                "points": _decimal(format(said.points, "f")),
                "unit": content.unit if isinstance(content, NumericEntry) else "",
                "seconds": "" if said.expected_seconds is None else str(said.expected_seconds),
                "tags": ", ".join(said.tags),
                "source": said.source,
                "language": content.language,
                "markup": "html" if is_html else "",
            }


def _text(html: str, *, is_html: bool) -> str:
    return html if is_html else plain_text(html)


def _stem(content: ItemContent, *, is_html: bool) -> str:
    if not isinstance(content, TextEntry):
        return _text(content.stem, is_html=is_html)
    passage = content.passage
    if content.stem and passage == f'<span data-gap="{content.gaps[0].id}"></span>':
        return _text(content.stem, is_html=is_html)
    if not is_html:
        return plain_text(passage)
    for gap in content.gaps:
        passage = passage.replace(f'<span data-gap="{gap.id}"></span>', _GAP)
    return passage


def _options(draft: ItemDraft, is_html: bool) -> list[str]:
    match draft.content:
        case SingleChoice(options=options) | MultipleResponse(options=options) | Order(options=options):
            return [_text(option.content, is_html=is_html) for option in options]
        case TrueFalseTable(statements=statements):
            return [_text(statement.content, is_html=is_html) for statement in statements]
        case Match():
            return _pairs(draft.content, draft.key, is_html=is_html)
    return []


def _pairs(content: Match, key: ItemKey | None, *, is_html: bool) -> list[str]:
    pairs = dict(key.pairs) if isinstance(key, PairKey) else {}
    targets = {target.id: _text(target.content, is_html=is_html) for target in content.targets}
    lines = [
        f"{_text(source.content, is_html=is_html)} => {targets.get(pairs.get(source.id, ''), '')}"
        for source in content.sources
    ]
    paired = set(pairs.values())
    return [*lines, *(f" => {text}" for id_, text in targets.items() if id_ not in paired)]


def _keys(content: ItemContent, key: ItemKey | None) -> tuple[str, ...]:
    """Return the ways to write a key; a number with three decimals could be read as thousands and gets one more."""
    match key:
        case ChoiceKey():
            return (", ".join(key.correct),)
        case OrderKey():
            return (", ".join(key.order),)
        case TrueFalseKey() if isinstance(content, TrueFalseTable):
            return ("".join("Đ" if key.values.get(line.id) else "S" for line in content.statements),)
        case TextKey() if isinstance(content, TextEntry):
            lines = [" | ".join(one.text for one in key.gaps[gap.id].accepted) for gap in content.gaps]
            return ("\n".join(lines),)
        case NumberKey():
            return tuple(_number_key(key, zeros) for zeros in ("", "0"))
    return ("",)


def _number_key(key: NumberKey, zeros: str) -> str:
    value = _decimal(key.value, zeros)
    if Decimal(key.tolerance) == 0:
        return value
    return f"{value} ± {_decimal(key.tolerance, zeros)}{'%' if key.tolerance_in == 'percent' else ''}"


def _decimal(number: str, zeros: str = "") -> str:
    return number.replace(".", ",") + zeros if "." in number else number


def _says(row: Mapping[str, str], draft: ItemDraft) -> bool:
    """Return whether a row is read as exactly the item; a missing key is the one fault that may be there."""
    cells = {
        number: Cell(2, number, "text", text) for field, number in _HEADER.columns.items() if (text := row.get(field))
    }
    found = next(items_of_rows(_HEADER, [Row(2, cells)]), None)
    if found is None or found.content != draft.content or found.key != draft.key:
        return False
    faults = {(notice.code, notice.part) for notice in found.notices if notice.severity in {"error", "left_out"}}
    if draft.key is None:
        faults -= {("key_missing", "key")}
    said, meant = found.metadata, draft.metadata
    return not faults and (
        found.code,
        found.explanation,
        said.module,
        said.reference_code,
        said.cognitive_level,
        said.points,
        said.expected_seconds,
        said.source,
        said.tags,
    ) == (
        draft.code,
        draft.explanation,
        meant.module_code,
        meant.reference_code,
        meant.cognitive_level,
        meant.points,
        meant.expected_seconds,
        meant.source,
        meant.tags,
    )
