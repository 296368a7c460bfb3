"""Items as questions on paper: what is asked, and the room to answer in."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from docx.shared import Cm, Pt

from exam_engine.interactions.content import (
    ExtendedText,
    FileUpload,
    GapMatch,
    HotspotChoice,
    HotText,
    InlineChoice,
    ItemContent,
    Match,
    MultipleResponse,
    NumericEntry,
    Option,
    Order,
    SelectPoint,
    SingleChoice,
    Slider,
    TextEntry,
    TrueFalseTable,
)
from exam_engine.interactions.rich_text import plain_text
from item_bank.exchange.exported import ExportedMedia
from item_bank.exchange.paper.texts import TextSetter, add_picture, dotted, new_table
from item_bank.items.content import OPTION_IDS

_WIDTH = Cm(17)
_ANSWER_ENDS = Cm(12)
_LONGEST_OF_FOUR, _LONGEST_OF_TWO = 16, 38
_MOST_LINES = 15
_TALL = re.compile(r"<(?:img|table|ul|ol|pre|br|figure|math display)|</p>.*<p>", re.DOTALL)


def set_question(document: Any, number: int, content: ItemContent, media: Mapping[str, ExportedMedia]) -> None:
    """Add a numbered question with its options, tables and lines to answer on."""
    gaps = {gap.id: at for at, gap in enumerate(getattr(content, "gaps", ()), start=1)}
    setter = TextSetter(document, media, gaps, _WIDTH)
    first = document.add_paragraph()
    first.paragraph_format.space_before = Pt(6)
    first.paragraph_format.keep_with_next = True
    first.add_run(f"Câu {number}. ").bold = True
    passage = getattr(content, "passage", "")
    setter.set(content.stem or passage, first)
    if content.stem and passage:
        setter.set(passage)
    _answering(document, content, setter)


def _answering(document: Any, content: ItemContent, setter: TextSetter) -> None:
    match content:
        case SingleChoice() | MultipleResponse():
            if isinstance(content, MultipleResponse):
                document.add_paragraph().add_run("(Có thể có nhiều phương án đúng.)").italic = True
            set_options(document, content.options, setter)
        case Order():
            set_options(document, content.options, setter)
            _line(document, "Thứ tự đúng: ")
        case TrueFalseTable():
            _true_false(document, content, setter)
        case Match():
            _match(document, content, setter)
            _line(document, "Ghép: ")
        case GapMatch():
            document.add_paragraph("Chọn trong các từ, cụm từ sau:")
            set_options(document, content.texts, setter)
        case InlineChoice():
            for number, gap in enumerate(content.gaps, start=1):
                line = document.add_paragraph()
                line.add_run(f"({number})").bold = True
                set_options(document, gap.options, setter)
        case NumericEntry():
            units = content.unit or " / ".join(plain_text(unit.content) for unit in content.units)
            _line(document, "Trả lời: ", f" {units}" if units else "")
        case Slider():
            unit = f" {content.unit}" if content.unit else ""
            _line(document, f"Trả lời (từ {_decimal(content.lower)} đến {_decimal(content.upper)}): ", unit)
        case HotspotChoice() | SelectPoint():
            _picture(document, content, setter)
        case ExtendedText():
            for _ in range(min(content.expected_lines, _MOST_LINES)):
                dotted(document.add_paragraph(), _WIDTH)
        case FileUpload():
            names = ", ".join(file.name for file in content.starting_files)
            if names:
                document.add_paragraph(f"Tệp cho sẵn: {names}")
            endings = ", ".join(f".{ending}" for ending in content.file_types)
            document.add_paragraph(f"Nộp tối đa {content.max_files} tệp ({endings}).")
        case TextEntry() | HotText():
            return


def set_options(document: Any, options: Sequence[Option], setter: TextSetter) -> None:
    """Add options A, B, C …: four on a line when all are short, two when none is long, else one."""
    longest = max(len(plain_text(option.content)) for option in options)
    is_tall = any(_TALL.search(option.content) for option in options)
    many = 4 if longest <= _LONGEST_OF_FOUR else 2 if longest <= _LONGEST_OF_TWO else 1
    on_a_line = 1 if is_tall or len(options) > 8 else many
    step = _WIDTH // on_a_line
    for start in range(0, len(options), on_a_line):
        line = document.add_paragraph()
        line.paragraph_format.left_indent = Cm(0.5)
        for at in range(1, on_a_line):
            line.paragraph_format.tab_stops.add_tab_stop(Cm(0.5) + at * step)
        for at, option in enumerate(options[start : start + on_a_line]):
            if at:
                line.add_run("\t")
            line.add_run(f"{OPTION_IDS[start + at] if start + at < len(OPTION_IDS) else start + at + 1}. ").bold = True
            setter.set(option.content, line)


def _true_false(document: Any, content: TrueFalseTable, setter: TextSetter) -> None:
    table = new_table(document, len(content.statements) + 1, 3, _WIDTH)
    table.autofit = False
    for column, (title, width) in enumerate((("Phát biểu", Cm(13)), ("Đúng", Cm(2)), ("Sai", Cm(2)))):
        table.columns[column].width = width
        table.cell(0, column).paragraphs[0].add_run(title).bold = True
        for row in table.rows:
            row.cells[column].width = width
    for number, statement in enumerate(content.statements, start=1):
        cell = table.cell(number, 0)
        cell.paragraphs[0].add_run(f"{OPTION_IDS[number - 1].lower()}) ").bold = True
        inner = TextSetter(cell, setter.media, {}, Cm(12))
        inner.set(statement.content, cell.paragraphs[0])
    # The statements stay together with their heading.
    for row in table.rows[:-1]:
        row.cells[0].paragraphs[0].paragraph_format.keep_with_next = True


def _match(document: Any, content: Match, setter: TextSetter) -> None:
    rows = max(len(content.sources), len(content.targets))
    table = new_table(document, rows, 2, _WIDTH)
    for column, options in enumerate((content.sources, content.targets)):
        for row, option in enumerate(options):
            cell = table.cell(row, column)
            label = str(row + 1) if column == 0 else OPTION_IDS[row].lower()
            cell.paragraphs[0].add_run(f"{label}) ").bold = True
            TextSetter(cell, setter.media, {}, Cm(8)).set(option.content, cell.paragraphs[0])


def _picture(document: Any, content: HotspotChoice | SelectPoint, setter: TextSetter) -> None:
    medium = setter.media.get(content.picture.media)
    line = document.add_paragraph()
    if medium is None:
        line.add_run(f"[Hình: {content.picture.alternative_text}]")
    else:
        add_picture(line, medium, content.picture.alternative_text, _WIDTH)
    document.add_paragraph().add_run("Đánh dấu × vào hình.").italic = True


def _line(document: Any, before: str, after: str = "") -> None:
    line = document.add_paragraph(before)
    dotted(line, _ANSWER_ENDS)
    line.add_run(after)


def _decimal(number: str) -> str:
    return number.replace(".", ",")
