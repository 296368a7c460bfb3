"""The body of a document as blocks: paragraphs with their labels, tables with their cells."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace

from lxml import etree

from item_bank.exchange.word.blocks import (
    NO_LABEL,
    Block,
    Cell,
    Label,
    Paragraph,
    Place,
    WordTable,
    first_words,
    inline_text,
)
from item_bank.exchange.word.errors import NoteCode, Refusal, refusal
from item_bank.exchange.word.inline import Gathering, InlineReader
from item_bank.exchange.word.joining import join_pieces, label_text
from item_bank.exchange.word.names import MC, VAL, W, name_of, number_of, text_of
from item_bank.exchange.word.numbering import Numbering
from item_bank.exchange.word.properties import ParagraphProperties, read_paragraph_properties
from item_bank.exchange.word.styles import Styles

_NO_LIST = "0"
_MOST_COLUMNS = 100
# Of one paragraph that goes on over others whose ends were deleted.
_MOST_PIECES = 10_000


@dataclass(frozen=True, slots=True)
class _Where:
    """The cell and box in which blocks are read."""

    table: int = 0
    row: int = 0
    column: int = 0
    is_in_text_box: bool = False


@dataclass(slots=True)
class _RawCell:
    blocks: tuple[Block, ...]
    first_column: int
    columns: int
    is_under_merged: bool
    rows: int = 1


@dataclass(slots=True)
class BodyReader:
    """Reads blocks one after another; numbers of paragraphs, tables and lists count on from block to block."""

    styles: Styles
    numbering: Numbering
    inline: InlineReader
    depth: int
    _paragraphs: int = 0
    _tables: int = 0
    _carried: Gathering | None = field(default=None)

    def read(self, element: etree._Element, where: _Where = _Where(), depth: int = 0) -> Iterator[Block]:
        """Yield the blocks of one child of the body, of a cell or of a text box."""
        if depth > self.depth:
            raise refusal(Refusal.TOO_DEEP)
        match name_of(element.tag):
            case "w:p":
                yield from self._paragraph(element, where, depth)
            case "w:tbl":
                yield self._table(element, where, depth)
            case "w:sdt" | "w:sdtContent" | "w:customXml" | "w:ins" | "w:moveTo" | "w:smartTag":
                for child in element:
                    yield from self.read(child, where, depth + 1)
            case "mc:AlternateContent":
                choice = element.find(f"{MC}Choice")
                for child in choice if choice is not None else element.iterfind(f"{MC}Fallback/*"):
                    yield from self.read(child, where, depth + 1)
            case "w:del" | "w:moveFrom":
                self.inline.notes.add(NoteCode.TRACKED_DELETION, author=element.get(f"{W}author", ""), words="")
            case "w:altChunk" | "w:subDoc":
                self.inline.notes.add(NoteCode.EMBEDDED_DOCUMENT)
            case "m:oMathPara" | "m:oMath":
                # Converters put formulas between paragraphs; Word shows them as a paragraph.
                holder = etree.Element(f"{W}p")
                holder.append(deepcopy(element))
                yield from self._paragraph(holder, where, depth)

    def finish(self, where: _Where = _Where()) -> Iterator[Block]:
        """Yield what waited for a following paragraph that never came, and give the last notes their place."""
        carried, self._carried = self._carried, None
        if carried is not None and (carried.pieces or carried.boxes):
            yield from self._finished(carried, ParagraphProperties(style=carried.paragraph_style), where, 0)
        self.inline.notes.settle(Place(max(self._paragraphs, 1)))

    def _paragraph(self, element: etree._Element, where: _Where, depth: int) -> Iterator[Block]:
        stated = read_paragraph_properties(element.find(f"{W}pPr"), self.inline.theme)
        style = self.styles.paragraph_style(stated.style)
        carried, self._carried = self._carried, None
        gathered = carried or Gathering()
        gathered.paragraph_style = style
        self.inline.read(element, gathered)
        self.inline.fields.end_paragraph()
        if stated.is_mark_deleted and len(gathered.pieces) < _MOST_PIECES:
            # Its end was deleted under change tracking: the next paragraph goes on here.
            self._carried = gathered
            return
        yield from self._finished(gathered, stated, where, depth)

    def _finished(self, gathered: Gathering, stated: ParagraphProperties, where: _Where, depth: int) -> Iterator[Block]:
        style = self.styles.paragraph_style(stated.style)
        inherited = self.styles.paragraph(style)
        self._paragraphs += 1
        content = join_pieces(gathered.pieces, self.inline.notes)
        label, num_id, level = self._label(stated, inherited, style)
        outline = stated.outline_level if stated.outline_level is not None else inherited.outline_level
        if not num_id and outline is not None and outline < 9:
            level = outline
        centred = stated.is_centred if stated.is_centred is not None else inherited.is_centred
        indent = stated.indent if stated.indent is not None else inherited.indent
        text = "".join(map(inline_text, content))
        words = first_words(f"{label.text} {text}")
        paragraph = Paragraph(
            place=Place(self._paragraphs, words, where.table, where.row, where.column),
            content=content,
            label=label,
            style=self.styles.name(style),
            is_list=bool(num_id),
            level=level,
            list_id=num_id,
            indent=indent or 0.0,
            is_centred=bool(centred),
            is_in_text_box=where.is_in_text_box,
        )
        if gathered.boxes and not where.is_in_text_box:
            self.inline.notes.add(NoteCode.TEXT_BOX)
        self.inline.notes.settle(paragraph.place)
        yield paragraph
        for box in gathered.boxes:
            for child in box:
                yield from self.read(child, replace(where, is_in_text_box=True), depth + 1)

    def _label(self, stated: ParagraphProperties, inherited: ParagraphProperties, style: str) -> tuple[Label, str, int]:
        num_id = stated.num_id if stated.num_id is not None else inherited.num_id
        if num_id is None or num_id == _NO_LIST:
            return NO_LABEL, "", 0
        level = stated.level
        if level is None and stated.num_id is None:
            # Of a list that comes with the style, the level is the one that names the style.
            linked = self.numbering.level_of_style(num_id, inherited.style or style)
            level = linked if linked is not None else inherited.level
        level = level or 0
        printed = self.numbering.next(num_id, level)
        if printed is None:
            self.inline.notes.add(NoteCode.NUMBERING_MISSING)
            return NO_LABEL, num_id, level
        if printed.unknown_format:
            self.inline.notes.add(NoteCode.NUMBER_FORMAT, name=printed.unknown_format[:40])
        drawn = self.styles.format(style, stated.mark_style, {**stated.mark, **printed.run})
        text = printed.text if printed.kind == "bullet" else label_text(printed.text, drawn.font)
        return Label(printed.kind, text, printed.number, drawn), num_id, level

    def _table(self, element: etree._Element, where: _Where, depth: int) -> WordTable:
        self._tables += 1
        number = self._tables
        first = self._paragraphs + 1
        rows: list[list[_RawCell]] = []
        for row in _unwrapped(element, f"{W}tr"):
            if row.find(f"{W}trPr/{W}del") is not None:
                words = first_words(text_of(row, f"{W}t", f"{W}delText"))
                self.inline.notes.add(NoteCode.TRACKED_DELETION, author="", words=words)
                continue
            inside = replace(where, table=number, row=len(rows) + 1)
            rows.append(self._row(row, inside, depth))
        _measure_merged(rows)
        place = Place(first, _words_of(rows), where.table, where.row, where.column)
        return WordTable(place, tuple(tuple(Cell(raw.blocks, raw.columns, raw.rows) for raw in row) for row in rows))

    def _row(self, element: etree._Element, where: _Where, depth: int) -> list[_RawCell]:
        cells: list[_RawCell] = []
        skipped = element.find(f"{W}trPr/{W}gridBefore")
        column = number_of(skipped.get(VAL)) if skipped is not None else 0
        for number, cell in enumerate(_unwrapped(element, f"{W}tc"), start=1):
            properties = cell.find(f"{W}tcPr")
            span = properties.find(f"{W}gridSpan") if properties is not None else None
            merged = properties.find(f"{W}vMerge") if properties is not None else None
            columns = min(max(number_of(span.get(VAL), 1), 1), _MOST_COLUMNS) if span is not None else 1
            inside = replace(where, column=number)
            blocks = tuple(block for child in cell for block in self.read(child, inside, depth + 2))
            blocks += tuple(self._unfinished(inside))
            is_under = merged is not None and merged.get(VAL, "continue") == "continue"
            cells.append(_RawCell(blocks, column, columns, is_under))
            column += columns
        return cells

    def _unfinished(self, where: _Where) -> Iterator[Block]:
        # The last paragraph of a cell cannot be joined with one outside of it.
        if self._carried is not None:
            yield from self.finish(where)


def _unwrapped(element: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Yield rows or cells, also those inside content controls and the like."""
    for child in element:
        if child.tag == tag:
            yield child
        elif name_of(child.tag) in {"w:sdt", "w:sdtContent", "w:customXml"}:
            yield from _unwrapped(child, tag)


def _measure_merged(rows: Sequence[Sequence[_RawCell]]) -> None:
    heads: dict[int, _RawCell] = {}
    for row in rows:
        above, heads = heads, {}
        for cell in row:
            head = above.get(cell.first_column) if cell.is_under_merged else None
            if head is not None:
                head.rows += 1
                cell.rows = 0
            heads[cell.first_column] = head or cell


def _words_of(rows: Sequence[Sequence[_RawCell]]) -> str:
    for row in rows:
        for cell in row:
            words = next((block.place.words for block in cell.blocks if block.place.words), "")
            if words:
                return words
    return ""
