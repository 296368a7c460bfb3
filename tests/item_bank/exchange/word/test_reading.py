"""Blocks of a document in order, with the places where a person finds them."""

from hypothesis import given
from hypothesis import strategies as st

from item_bank.exchange.word.blocks import Paragraph, Place, WordTable, first_words
from item_bank.exchange.word.document import open_word
from tests.item_bank.exchange.word.word_files import (
    blocks_of,
    note_codes,
    notes_of,
    paragraph,
    paragraphs_of,
    run,
    table_of,
    word_file,
)


def cell(inside: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def test_paragraphs_and_tables_come_in_the_order_of_the_document() -> None:
    body = (
        paragraph("một") + table(row(cell(paragraph("hai")), cell(paragraph("ba")))) + paragraph("bốn") + "<w:sectPr/>"
    )
    assert [(type(block), block.text) for block in blocks_of(body)] == [
        (Paragraph, "một"),
        (WordTable, "hai\tba"),
        (Paragraph, "bốn"),
    ]


def test_paragraphs_in_cells_count_and_know_their_cell() -> None:
    body = paragraph("trước") + table(
        row(cell(paragraph("a")), cell(paragraph("b"))),
        row(cell(paragraph("c") + paragraph("d")), cell(paragraph("e"))),
    )
    blocks = blocks_of(body + paragraph("sau"))
    found = blocks[1]
    assert isinstance(found, WordTable)
    places = [str(block.place) for line in found.rows for inside in line for block in inside.blocks]
    assert places == ["¶ 2 [1: A1] “a”", "¶ 3 [1: B1] “b”", "¶ 4 [1: A2] “c”", "¶ 5 [1: A2] “d”", "¶ 6 [1: B2] “e”"]
    assert (str(found.place), str(blocks[2].place)) == ("¶ 2 “a”", "¶ 7 “sau”")


def test_tables_in_cells_are_blocks_of_the_cell() -> None:
    inner = table(row(cell(paragraph("trong"))))
    outer = table_of(table(row(cell(paragraph("ngoài") + inner + paragraph("")))))
    found = outer.rows[0][0].blocks[1]
    assert isinstance(found, WordTable)
    assert (str(found.place), str(found.rows[0][0].blocks[0].place)) == ("¶ 2 [1: A1] “trong”", "¶ 2 [2: A1] “trong”")
    assert outer.text == "ngoài\ntrong\n"


def test_merged_cells_say_how_far_they_reach() -> None:
    start, under = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    wide = '<w:gridSpan w:val="2"/>'
    found = table_of(
        table(
            row(cell(paragraph("a"), start), cell(paragraph("b"), wide)),
            row(cell(paragraph(), under), cell(paragraph("c")), cell(paragraph("d"), start)),
            row(cell(paragraph(), under), cell(paragraph("e")), cell(paragraph(), under)),
            row(cell(paragraph("f"), start), cell(paragraph("g")), cell(paragraph("h"))),
        )
    )
    assert [[(inside.text, inside.columns, inside.rows) for inside in line] for line in found.rows] == [
        [("a", 1, 3), ("b", 2, 1)],
        [("", 1, 0), ("c", 1, 1), ("d", 1, 2)],
        [("", 1, 0), ("e", 1, 1), ("", 1, 0)],
        [("f", 1, 1), ("g", 1, 1), ("h", 1, 1)],
    ]


def test_cells_left_out_at_the_start_of_a_row_are_counted_when_merging() -> None:
    found = table_of(
        table(
            row(cell(paragraph("a")), cell(paragraph("b"), '<w:vMerge w:val="restart"/>')),
            row(cell(paragraph(), "<w:vMerge/>"), properties='<w:gridBefore w:val="1"/>'),
        )
    )
    assert found.rows[0][1].rows == 2


def test_absurd_spans_are_bounded() -> None:
    found = table_of(table(row(cell(paragraph("a"), '<w:gridSpan w:val="999999999"/>'))))
    assert found.rows[0][0].columns <= 100


def test_rows_and_cells_inside_content_controls_are_read() -> None:
    inside = f"<w:sdt><w:sdtContent>{cell(paragraph('b'))}</w:sdtContent></w:sdt>"
    wrapped = f"<w:sdt><w:sdtPr/><w:sdtContent>{row(cell(paragraph('a')), inside)}</w:sdtContent></w:sdt>"
    assert table_of(table(wrapped)).text == "a\tb"


def test_a_row_deleted_under_change_tracking_is_left_out_with_a_note() -> None:
    body = table(
        row(cell(paragraph("giữ"))), row(cell(paragraph("Câu bị xoá")), properties='<w:del w:id="1" w:author="Lan"/>')
    )
    assert table_of(body).text == "giữ"
    assert [(note.code, note.params["words"]) for note in notes_of(body)] == [("word_tracked_deletion", "Câu bị xoá")]


def test_blocks_inside_content_controls_and_insertions_are_read() -> None:
    body = "".join(
        f"<w:{name}>{paragraph(name)}</w:{name}>" for name in ("sdtContent", "customXml", "ins", "moveTo", "smartTag")
    )
    body = f"<w:sdt><w:sdtPr/>{body}</w:sdt><mc:AlternateContent><mc:Choice>{paragraph('mới')}</mc:Choice>"
    body += f"<mc:Fallback>{paragraph('cũ')}</mc:Fallback></mc:AlternateContent>"
    assert [block.text for block in blocks_of(body)] == ["sdtContent", "customXml", "ins", "moveTo", "smartTag", "mới"]


def test_documents_inside_the_document_are_noted() -> None:
    body = paragraph("a") + '<w:altChunk r:id="x"/>' + paragraph("b")
    assert note_codes(body) == ["word_embedded_document"]


def test_a_formula_between_paragraphs_is_a_paragraph() -> None:
    formula = "<m:oMathPara><m:oMath><m:r><m:t>x</m:t></m:r></m:oMath></m:oMathPara>"
    assert [block.text for block in blocks_of(paragraph("a") + formula)] == ["a", r"\(x\)"]


def test_the_end_of_a_cell_is_never_joined_with_what_follows_it() -> None:
    deleted = paragraph("trong ô", '<w:rPr><w:del w:id="1"/></w:rPr>')
    blocks = blocks_of(table(row(cell(deleted))) + paragraph("sau"))
    assert [block.text for block in blocks] == ["trong ô", "sau"]


def test_a_document_without_text_has_no_blocks() -> None:
    assert blocks_of("<w:sectPr/>") == []


def test_places_show_the_label_and_the_first_words() -> None:
    (block,) = paragraphs_of(paragraph("Hệ điều hành nào sau đây là hệ điều hành mã nguồn mở được dùng rộng rãi nhất?"))
    assert str(block.place) == "¶ 1 “Hệ điều hành nào sau đây là hệ điều hành mã nguồn mở được…”"


@given(st.text(max_size=300))
def test_first_words_are_one_short_line_of_the_beginning(text: str) -> None:
    words = first_words(text)
    assert len(words) <= 61
    assert words == " ".join(words.split())
    assert " ".join(text.replace("\ufffc", " ").split()).startswith(words.removesuffix("…"))


def test_columns_are_lettered_as_in_a_spreadsheet() -> None:
    assert [str(Place(1, "", 1, 2, column)) for column in (1, 26, 27, 52, 53)] == [
        "¶ 1 [1: A2]", "¶ 1 [1: Z2]", "¶ 1 [1: AA2]", "¶ 1 [1: AZ2]", "¶ 1 [1: BA2]",
    ]  # fmt: skip


def test_a_second_pass_reads_the_same_and_begins_the_notes_anew() -> None:
    document = open_word(word_file(paragraph(run("a", "<w:vanish/>")) + paragraph("b")))
    first, notes = list(document.blocks()), list(document.notes)
    assert (list(document.blocks()), document.notes) == (first, notes)
    assert len(notes) == 1


@given(st.lists(st.text("abcđêộ A.1", max_size=20), max_size=30))
def test_no_paragraph_is_lost_or_moved(texts: list[str]) -> None:
    blocks = paragraphs_of("".join(paragraph(run(text)) for text in texts))
    assert [(block.place.paragraph, block.text) for block in blocks] == list(enumerate(texts, start=1))
