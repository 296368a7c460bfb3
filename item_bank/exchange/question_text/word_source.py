"""The lines of a Word document."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from item_bank.exchange.question_text.lines import GridCell, Line, Piece, line_of, table_line
from item_bank.exchange.question_text.objects import Objects
from item_bank.exchange.question_text.signs import OPTION_AT_START, QUESTION_WORD
from item_bank.exchange.word.blocks import OBJECT, Block, Format, Formula, Inline, Paragraph, Picture, Run, WordTable

_LONGEST_CELL_OF_ANSWERS = 24
_SHORTEST_BLANK = 3
_BLANK = "______"
"""How a stretch of underlined spaces, a place to write on, is shown."""


def word_lines(blocks: Iterator[Block], objects: Objects) -> Iterator[Line]:
    """Yield the lines of a document; tables that only put questions or options in place are read cell by cell."""
    for block in blocks:
        yield from _block_lines(block, objects)


def _block_lines(block: Block, objects: Objects) -> Iterator[Line]:
    if isinstance(block, Paragraph):
        yield from _paragraph_lines(block, objects)
        return
    table = _table(block, objects)
    if _is_layout(table):
        yield from _cells_in_order(table)
    else:
        yield table


def _paragraph_lines(paragraph: Paragraph, objects: Objects) -> Iterator[Line]:
    lines: list[list[Piece]] = [[]]
    is_bullet = paragraph.label.kind == "bullet"
    label_length = 0
    if paragraph.label.kind == "number" and paragraph.label.text:
        lines[0] += [Piece(paragraph.label.text, paragraph.label.format), Piece(" ", paragraph.label.format)]
        label_length = len(paragraph.label.text) + 1
    for inline in paragraph.content:
        if isinstance(inline, Run) and "\n" in inline.text and not inline.format.is_hidden:
            first, *others = inline.text.split("\n")
            lines[-1].append(Piece(first, _shape(inline)))
            lines += [[Piece(text, _shape(inline))] for text in others]
        elif piece := _piece(inline, paragraph, objects):
            lines[-1].append(piece)
    for number, pieces in enumerate(lines):
        line = line_of(paragraph.place, [piece for piece in pieces if piece.text], is_soft=number > 0)
        yield replace(line, is_bullet=is_bullet, label_length=label_length) if number == 0 else line


def _piece(inline: Inline, paragraph: Paragraph, objects: Objects) -> Piece | None:
    match inline:
        case Run():
            if inline.format.is_hidden:
                return None
            if inline.format.underline and inline.text.isspace() and len(inline.text) >= _SHORTEST_BLANK:
                return Piece(_BLANK)
            return Piece(inline.text, _shape(inline))
        case Picture():
            html = objects.picture(inline, paragraph.place)
            return Piece(OBJECT, html=html) if html else None
        case Formula():
            return Piece(OBJECT, html=objects.formula(inline, paragraph.place))


def _shape(run: Run) -> Format:
    """Return the format of a run; the line and the colour of a link say nothing."""
    return replace(run.format, underline="", colour="") if run.link else run.format


def _table(table: WordTable, objects: Objects) -> Line:
    grid = tuple(
        tuple(GridCell(tuple(_cell_lines(cell.blocks, objects)), cell.columns, cell.rows) for cell in row)
        for row in table.rows
    )
    return table_line(table.place, grid)


def _cell_lines(blocks: Sequence[Block], objects: Objects) -> Iterator[Line]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from _paragraph_lines(block, objects)
        else:
            yield _table(block, objects)


def _is_layout(table: Line) -> bool:
    """Whether the cells are questions, or options side by side, rather than something to be read as a table."""
    cells = [cell for row in table.grid for cell in row if cell.text]
    if not cells:
        return True
    starts = [cell.lines[0].text if cell.lines else "" for cell in cells]
    if any(
        QUESTION_WORD.match(line.text) and len(cell.text) > _LONGEST_CELL_OF_ANSWERS
        for cell in cells
        for line in cell.lines
    ):
        return True
    labels = [found for found in map(OPTION_AT_START.match, starts) if found]
    # Options side by side: each cell begins with a letter, or letters and texts alternate.
    letters = "".join(found["letter"] for found in labels)
    return len(labels) >= 2 and letters.upper() in "ABCDEFGH" and len(cells) <= 2 * len(labels)


def _cells_in_order(table: Line) -> Iterator[Line]:
    """Yield the lines of the cells; a letter in a cell of its own goes before the text of the next."""
    label: Line | None = None
    for row in table.grid:
        for cell in row:
            for line in cell.lines:
                if line.grid:
                    yield line
                    continue
                found = OPTION_AT_START.match(line.text)
                if label is not None and not line.is_blank:
                    joined = line_of(label.place, (*label.pieces, Piece(" "), *line.pieces))
                    label = None
                    yield joined
                elif found and not line.text[found.end() :].strip():
                    label = line
                else:
                    yield line
    if label is not None:
        yield label
