"""The document around the questions: A4, heading, lines for the candidate, parts, answers, page numbers."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from item_bank.exchange.exported import ExportedItem, ExportedMedia, WrittenFile, media_of_items
from item_bank.exchange.imported import Notice
from item_bank.exchange.paper.answers import answer_line
from item_bank.exchange.paper.arranging import arranged
from item_bank.exchange.paper.questions import set_question
from item_bank.exchange.paper.texts import TextSetter, dotted, new_table

_FONT = "Times New Roman"
_WIDTH = Cm(17)
_DOTS = "." * 30
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII")
Parts = Sequence[tuple[str, frozenset[str]]]
"""Titles of parts with the kinds of interaction that stand in each."""
_PARTS: Parts = (
    ("Câu trắc nghiệm nhiều phương án lựa chọn", frozenset({"single_choice", "multiple_response"})),
    ("Câu trắc nghiệm đúng sai", frozenset({"true_false_table"})),
    ("Câu trắc nghiệm trả lời ngắn", frozenset({"text_entry", "numeric_entry", "slider"})),
    (
        "Câu ghép nối, sắp xếp, điền khuyết và chọn trên hình",
        frozenset({"match", "order", "gap_match", "inline_choice", "hot_text", "hotspot", "select_point"}),
    ),
    ("Câu tự luận và bài thực hành", frozenset({"extended_text", "file_upload"})),
)


@dataclass(frozen=True, slots=True)
class PaperHeading:
    """What stands above the questions; what is empty is left as dots to fill in. ``minutes`` is the working time."""

    agency: str = ""
    school: str = ""
    title: str = "ĐỀ KIỂM TRA"
    form_code: str = ""
    minutes: int | None = None


def write_paper(
    items: Sequence[ExportedItem],
    media: Mapping[str, ExportedMedia],
    *,
    heading: PaperHeading = PaperHeading(),
    parts: Parts = _PARTS,
    has_answers: bool = False,
) -> WrittenFile:
    """Return a Word document with items as questions, in parts by their kind; with answers at the end if asked for.

    Items of a kind that no part takes stand last, in the part of their kind on other papers.

    Without answers it holds neither key nor explanation. Media that are not there are named in ``left_out``, and their
    alternative text stands in their place.
    """
    document = Document()
    _lay_out(document)
    _head(document, heading)
    numbered = _set_parts(document, items, media, parts)
    end = document.add_paragraph()
    end.alignment = WD_ALIGN_PARAGRAPH.CENTER
    end.add_run("–––––– HẾT ––––––").bold = True
    if has_answers:
        _answers(document, numbered, media, heading)
    buffer = io.BytesIO()
    document.save(buffer)
    left_out = tuple(
        Notice("warning", "export_media_missing", one.draft.code, params={"media": sha256[:12]})
        for one in items
        for sha256 in media_of_items([one])
        if sha256 not in media
    )
    return WrittenFile(buffer.getvalue(), left_out)


def _lay_out(document: Any) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    style.paragraph_format.space_after, style.paragraph_format.line_spacing = Pt(2), 1.08
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run("Trang ")
    _field(footer, "PAGE")
    footer.add_run("/")
    _field(footer, "NUMPAGES")


def _field(paragraph: Any, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)  # the library has no way to add a field


def _head(document: Any, heading: PaperHeading) -> None:
    table = document.add_table(1, 2)
    left, right = table.rows[0].cells
    form = f"Mã đề: {heading.form_code or '........'}"
    time = f"Thời gian làm bài: {heading.minutes or '......'} phút, không kể thời gian phát đề"
    lines = (
        (left, ((heading.agency or _DOTS, False), (heading.school or _DOTS, True), (form, True))),
        (right, ((heading.title, True), (time, False))),
    )
    for cell, texts in lines:
        for number, (text, is_bold) in enumerate(texts):
            line = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            line.add_run(text).bold = is_bold
    candidate = document.add_paragraph("Họ và tên thí sinh: ")
    candidate.paragraph_format.space_before = Pt(6)
    dotted(candidate, Cm(11))
    candidate.add_run(" Số báo danh: ")
    dotted(candidate, _WIDTH)


def _divided(items: Sequence[ExportedItem], parts: Parts) -> list[tuple[str, list[ExportedItem]]]:
    """Return the parts that have items; what no part takes goes by the usual parts."""
    taken = frozenset[str]().union(*(kinds for _, kinds in parts))
    rest = [(title, kinds - taken) for title, kinds in _PARTS]
    found = [
        (title, [one for one in items if one.draft.content.interaction in kinds]) for title, kinds in [*parts, *rest]
    ]
    return [(title, members) for title, members in found if members]


def _set_parts(
    document: Any, items: Sequence[ExportedItem], media: Mapping[str, ExportedMedia], parts: Parts
) -> list[tuple[int, ExportedItem]]:
    divided = _divided(items, parts)
    numbered: list[tuple[int, ExportedItem]] = []
    for part, (title, members) in enumerate(divided):
        if len(divided) > 1:
            line = document.add_paragraph()
            line.paragraph_format.space_before, line.paragraph_format.keep_with_next = Pt(8), True
            line.add_run(f"PHẦN {_ROMAN[part]}. {title}").bold = True
        for group in _by_stimulus(members):
            first = len(numbered) + 1
            if group[0].stimulus is not None:
                last = first + len(group) - 1
                asked = f"câu {first}" if last == first else f"các câu từ {first} đến {last}"
                document.add_paragraph().add_run(f"Đọc ngữ liệu sau và trả lời {asked}:").italic = True
                TextSetter(document, media, {}, _WIDTH).set(group[0].stimulus.content)
            for item in group:
                numbered.append((len(numbered) + 1, item))
                set_question(document, len(numbered), arranged(item.draft.content, item.draft.code), media)
    return numbered


def _by_stimulus(items: Sequence[ExportedItem]) -> list[list[ExportedItem]]:
    """Return items with those of one stimulus together, at the place of the first of them."""
    groups: dict[str, list[ExportedItem]] = {}
    for number, item in enumerate(items):
        groups.setdefault(f"#{number}" if item.stimulus is None else item.stimulus.code, []).append(item)
    return list(groups.values())


def _answers(
    document: Any,
    numbered: Sequence[tuple[int, ExportedItem]],
    media: Mapping[str, ExportedMedia],
    heading: PaperHeading,
) -> None:
    document.add_page_break()
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(f"ĐÁP ÁN – {heading.title}").bold = True
    table = new_table(document, len(numbered) + 1, 4, _WIDTH)
    table.autofit = False
    columns = (("Câu", Cm(1.5)), ("Mã câu hỏi", Cm(4)), ("Đáp án", Cm(9.5)), ("Điểm", Cm(2)))
    for column, (_, width) in zip(table.columns, columns, strict=True):
        column.width = width
    # Cells are taken row by row: the library walks the whole table for each cell asked for by place.
    for row, texts in zip(table.rows, [[name for name, _ in columns], *map(_answer_row, numbered)], strict=True):
        for cell, text, (_, width) in zip(row.cells, texts, columns, strict=True):
            cell.width = width
            cell.paragraphs[0].add_run(text)
    # The heading of the table stands on each of its pages.
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # the library cannot say it
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    explained = [(number, item) for number, item in numbered if item.draft.explanation]
    if explained:
        line = document.add_paragraph()
        line.paragraph_format.space_before = Pt(12)
        line.add_run("HƯỚNG DẪN GIẢI").bold = True
    for number, item in explained:
        line = document.add_paragraph()
        line.add_run(f"Câu {number}. ").bold = True
        TextSetter(document, media, {}, _WIDTH).set(item.draft.explanation, line)


def _answer_row(numbered: tuple[int, ExportedItem]) -> list[str]:
    number, item = numbered
    draft = item.draft
    points = format(draft.metadata.points, "f").replace(".", ",")
    return [str(number), draft.code, answer_line(arranged(draft.content, draft.code), draft.key), points]
