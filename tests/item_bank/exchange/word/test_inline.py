"""What stands inside a paragraph: text, tracked changes, fields, links, notes at the foot of the page."""

import pytest

from item_bank.exchange.word.blocks import PLAIN, Format, Formula, Paragraph, Run
from tests.item_bank.exchange.word.word_files import (
    note_codes,
    notes_of,
    paragraph,
    paragraph_of,
    paragraphs_of,
    read,
    relationship,
    run,
    word_file,
)


def text_of(content: str) -> str:
    return paragraph_of(content).text


def field(code: str, result: str = "") -> str:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    shown = mark("separate") + result if result else ""
    return f"{mark('begin')}<w:r><w:instrText>{code}</w:instrText></w:r>{shown}{mark('end')}"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r>", "a\tb"),
        ("<w:r><w:t>a</w:t><w:ptab/><w:t>b</w:t></w:r>", "a\tb"),
        ("<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:cr/><w:t>c</w:t></w:r>", "a\nb\nc"),
        ("<w:r><w:t>e</w:t><w:noBreakHyphen/><w:t>mail</w:t></w:r>", "e-mail"),
        ("<w:r><w:t>thông</w:t><w:softHyphen/><w:t>tin</w:t></w:r>", "thôngtin"),
        ("<w:r><w:t>  cắt  </w:t></w:r>", "cắt"),
        ('<w:r><w:t xml:space="preserve">  giữ  </w:t></w:r>', "  giữ  "),
        ('<w:r><w:t xml:space="preserve">một\ndòng\tthôi</w:t></w:r>', "một dòng thôi"),
        (run("Hệ ") + '<w:bookmarkStart w:id="1" w:name="b"/>' + run("điều hành"), "Hệ điều hành"),
        (f"<w:smartTag>{run('a')}<w:smartTag>{run('b')}</w:smartTag></w:smartTag>", "ab"),
        (f"<w:customXml>{run('a')}</w:customXml>", "a"),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{run('☒ Đúng')}</w:sdtContent></w:sdt>", "☒ Đúng"),
        (f"<w:dir>{run('a')}</w:dir><w:bdo>{run('b')}</w:bdo>", "ab"),
        (f"<w:r><w:ruby><w:rt>{run('chú')}</w:rt><w:rubyBase>{run('chữ')}</w:rubyBase></w:ruby></w:r>", "chữ"),
        ("<w:r><w:lastRenderedPageBreak/><w:t>a</w:t></w:r>", "a"),
        (run("") + "<w:r/>", ""),
    ],
)  # fmt: skip
def test_text_is_what_the_page_shows(content: str, text: str) -> None:
    assert text_of(content) == text
    assert note_codes(paragraph(content)) == []


def test_text_is_composed_even_across_runs() -> None:
    """macOS writes the marks of letters as characters of their own; a format may begin between them."""
    block = paragraph_of(run("ho\u0300a bi\u0300nh va\u0302") + run("\u0323t ly\u0301", "<w:b/>"))
    assert [(piece.text, piece.format.is_bold) for piece in block.runs] == [("hòa bình vậ", False), ("t lý", True)]


def test_neighbours_of_one_format_are_one_run() -> None:
    block = paragraph_of(run("H") + run("ệ", "") + run(" điều", "<w:b/>") + run(" hành", "<w:b w:val='1'/>") + run("?"))
    assert block.content == (Run("Hệ"), Run(" điều hành", Format(is_bold=True)), Run("?"))


def test_hidden_text_is_kept_in_its_run_noted_and_not_shown() -> None:
    content = run("A. ") + run("Đúng", "<w:vanish/>")
    block = paragraph_of(content)
    assert (block.text, [piece.format.is_hidden for piece in block.runs]) == ("A. ", [False, True])
    assert note_codes(paragraph(content)) == ["word_hidden_text"]


def test_tracked_insertions_are_read_and_deletions_left_out_both_with_a_note() -> None:
    content = (
        run("RAM là ")
        + f'<w:ins w:id="1" w:author="Lan">{run("bộ nhớ trong")}</w:ins>'
        + '<w:del w:id="2" w:author="Minh"><w:r><w:delText>bộ nhớ ngoài</w:delText></w:r></w:del>'
        + f'<w:moveFrom w:id="3" w:author="Minh">{run("đi")}</w:moveFrom><w:moveTo w:id="4">{run(".")}</w:moveTo>'
    )
    assert text_of(content) == "RAM là bộ nhớ trong."
    notes = notes_of(paragraph(content))
    assert [(note.code, note.params) for note in notes] == [
        ("word_tracked_insertion", {"author": "Lan"}),
        ("word_tracked_deletion", {"author": "Minh", "words": "bộ nhớ ngoài"}),
        ("word_tracked_deletion", {"author": "Minh", "words": "đi"}),
        ("word_tracked_insertion", {"author": ""}),
    ]
    assert {note.place for note in notes} == {"¶ 1 “RAM là bộ nhớ trong.”"}


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next() -> None:
    deleted = '<w:rPr><w:del w:id="1" w:author="Lan"/></w:rPr>'
    blocks = paragraphs_of(paragraph("Thiết bị ", deleted) + paragraph("vào là") + paragraph("Chuột"))
    assert [(block.text, block.place.paragraph) for block in blocks] == [("Thiết bị vào là", 1), ("Chuột", 2)]


def test_the_last_paragraph_is_read_though_its_end_was_deleted() -> None:
    deleted = '<w:rPr><w:del w:id="1"/></w:rPr>'
    assert [block.text for block in paragraphs_of(paragraph("a") + paragraph("b", deleted))] == ["a", "b"]


def test_fields_show_their_result_and_never_their_code() -> None:
    inner = field("PAGE", run("7"))
    content = (
        run("Xem ")
        + field(" REF hinh1 ", run("Hình ") + inner)
        + f'<w:fldSimple w:instr="SEQ">{run("3")}</w:fldSimple>'
    )
    assert text_of(content) == "Xem Hình 73"
    assert note_codes(paragraph(content)) == []


def test_text_inside_the_code_of_a_field_is_no_text() -> None:
    content = field(f"IF </w:instrText></w:r>{field('X', run('3'))}<w:r><w:instrText> = 3", run("ba"))
    assert text_of(content + run(".")) == "ba."


def test_results_over_several_paragraphs_are_read() -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r>'
    separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("separate", "end"))
    body = paragraph(begin + separate + run("Chương 1")) + paragraph(run("Chương 2") + end) + paragraph("Hết")
    assert [block.text for block in paragraphs_of(body)] == ["Chương 1", "Chương 2", "Hết"]


def test_a_code_that_never_ends_does_not_swallow_the_document() -> None:
    opened = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> REF  x </w:instrText></w:r>'
    body = paragraph(opened + run("mất")) + paragraph("Câu 2")
    assert [block.text for block in paragraphs_of(body)] == ["", "Câu 2"]
    assert [(note.code, note.params) for note in notes_of(body)] == [("word_field_unclosed", {"field": "REF x"})]


@pytest.mark.parametrize(
    ("content", "code", "shown"),
    [
        (field("AUTONUM"), "word_number_field", "AUTONUM"),
        (field(" LISTNUM \\l 1 "), "word_number_field", "LISTNUM"),
        (field(r"EQ \f(1;2)"), "word_formula_field", r"EQ \f(1;2)"),
        ('<w:fldSimple w:instr="EQ \\r(3)"/>', "word_formula_field", r"EQ \r(3)"),
        (field("SYMBOL 163"), "word_formula_field", "SYMBOL 163"),
    ],
)
def test_what_only_word_computes_is_noted(content: str, code: str, shown: str) -> None:
    assert [(note.code, note.params) for note in notes_of(paragraph(content))] == [(code, {"field": shown})]


def test_thousands_of_nested_fields_take_no_longer_than_their_number() -> None:
    opened = '<w:r><w:fldChar w:fldCharType="begin"/><w:fldChar w:fldCharType="separate"/></w:r>'
    block = paragraph_of(opened * 20_000 + run("a") * 20_000)
    assert len(block.text) == 20_000


def test_links_are_kept_with_their_address() -> None:
    links = relationship("l1", "hyperlink", "https://example.org/a?b=1", external=True)
    outside, inside = run("trang"), run(" này")
    body = paragraph(f'<w:hyperlink r:id="l1">{outside}</w:hyperlink><w:hyperlink w:anchor="x">{inside}</w:hyperlink>')
    (block,), notes = read(word_file(body, links=links))
    assert isinstance(block, Paragraph)
    assert block.content == (Run("trang", link="https://example.org/a?b=1"), Run(" này"))
    assert notes == []


def test_footnotes_and_comments_are_noted_with_their_words() -> None:
    content = (
        run("Mạng LAN")
        + '<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:endnoteReference w:id="1"/></w:r>'
        + '<w:r><w:commentReference w:id="0"/></w:r>'
    )
    notes = notes_of(
        paragraph(content),
        footnotes=f'<w:footnote w:id="2">{paragraph("Mạng cục bộ")}{paragraph("nhỏ")}</w:footnote>',
        endnotes=f'<w:endnote w:id="1">{paragraph("Theo SGK")}</w:endnote>',
        comments=f'<w:comment w:id="0">{paragraph("Sai đáp án?")}</w:comment>',
    )
    assert [(note.code, note.params["words"]) for note in notes] == [
        ("word_footnote", "Mạng cục bộ nhỏ"),
        ("word_footnote", "Theo SGK"),
        ("word_comment", "Sai đáp án?"),
    ]


@pytest.mark.parametrize(
    ("font", "code", "sign"),
    [
        ("Symbol", "F061", "α"),
        ("Symbol", "00B3", "≥"),
        ("Symbol", "F0DE", "⇒"),
        ("Wingdings", "F0FC", "✓"),
        ("Wingdings 2", "F052", "☑"),
    ],
)
def test_symbols_of_special_fonts_are_translated(font: str, code: str, sign: str) -> None:
    assert text_of(f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>') == sign
    if code.startswith("F"):
        properties = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}"/>'
        assert text_of(run(chr(int(code, 16)), properties)) == sign


@pytest.mark.parametrize(
    "content",
    [
        '<w:r><w:sym w:font="Webdings" w:char="F061"/></w:r>',
        '<w:r><w:sym w:font="Symbol" w:char="zz"/></w:r>',
        run("\uf061", '<w:rFonts w:ascii="Webdings" w:hAnsi="Webdings"/>'),
    ],
)
def test_symbols_that_are_not_known_are_noted_and_leave_a_mark(content: str) -> None:
    assert note_codes(paragraph(content)) == ["word_unknown_symbol"]
    assert len(text_of(content)) == 1


def test_formulas_stand_in_order_between_the_runs() -> None:
    formula = "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>"
    block = paragraph_of(run("Tìm ") + formula + run(" biết ") + f"<m:oMathPara>{formula}</m:oMathPara>")
    assert block.content == (Run("Tìm "), Formula("x"), Run(" biết "), Formula("x", is_display=True))
    assert block.text == r"Tìm \(x\) biết \(x\)"


def test_the_first_alternative_with_content_is_taken() -> None:
    def alternatives(first: str, second: str) -> str:
        choice = f'<mc:Choice Requires="wps">{first}</mc:Choice><mc:Fallback>{second}</mc:Fallback>'
        return f"<mc:AlternateContent>{choice}</mc:AlternateContent>"

    assert text_of(alternatives(run("mới"), run("cũ"))) == "mới"
    assert text_of(alternatives("<w:unknown/>", run("cũ"))) == "cũ"
    inside = f"<w:r>{alternatives('<w:t>mới</w:t>', '<w:t>cũ</w:t>')}</w:r>"
    assert text_of(inside) == "mới"


def test_notes_of_an_alternative_that_is_not_taken_are_dropped() -> None:
    drawing = "<w:drawing><wp:inline/></w:drawing>"
    choices = f"<mc:Choice>{drawing}</mc:Choice><mc:Fallback><w:t>hình</w:t></mc:Fallback>"
    content = f"<w:r><mc:AlternateContent>{choices}</mc:AlternateContent></w:r>"
    assert (text_of(content), note_codes(paragraph(content))) == ("hình", [])


def test_the_same_note_is_made_once_a_paragraph() -> None:
    hidden = run("a", "<w:vanish/>") + run("b") + run("c", "<w:vanish/>")
    assert note_codes(paragraph(hidden) + paragraph(hidden)) == ["word_hidden_text"] * 2


def test_a_plain_run_has_the_plain_format() -> None:
    assert paragraph_of(run("x")).runs[0].format is PLAIN
