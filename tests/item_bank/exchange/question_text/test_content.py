"""What questions hold besides words: formatting, formulas, pictures, and what cannot be carried."""

import io

import pytest
from PIL import Image

from exam_engine.interactions.rich_text import media_of
from item_bank.exchange.imported import ImportedFile
from item_bank.exchange.question_text.reading import read_word_questions
from tests.item_bank.exchange.question_text.documents import (
    BOLD,
    ITALIC,
    UNDERLINE,
    codes,
    correct,
    errors,
    line,
    lines,
    only,
    option_texts,
    options,
    question,
    text_file,
    word_document,
)
from tests.item_bank.exchange.word.test_drawings import drawing
from tests.item_bank.exchange.word.word_files import (
    definition,
    level,
    listed,
    paragraph,
    relationship,
    run,
    use,
    word_file,
)


def png(colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 20), colour).save(buffer, "PNG")
    return buffer.getvalue()


def with_pictures(*body: str) -> ImportedFile:
    links = "".join(
        relationship(name, "image", f"media/{file}")
        for name, file in (
            ("p1", "one.png"),
            ("p2", "two.png"),
            ("wmf", "three.wmf"),
            ("bad", "bad.png"),
            ("gone", "gone.png"),
        )
    )
    files = {
        "word/media/one.png": png(),
        "word/media/two.png": png("blue"),
        "word/media/three.wmf": b"wmf",
        "word/media/bad.png": b"\x89PNG\r\n\x1a\nnot a picture",
    }
    return read_word_questions(word_file("".join(body), files=files, links=links), "a.docx")


def stem_of(*pieces: str | tuple[str, str]) -> str:
    content = only(word_document(line("Câu 1. ", *pieces), *options("A", "B", right="A"))).content
    assert content is not None
    return content.stem


@pytest.mark.parametrize(
    ("properties", "html"),
    [
        (BOLD, "<strong>x</strong>"),
        (ITALIC, "<em>x</em>"),
        (UNDERLINE, "<u>x</u>"),
        ("<w:strike/>", "<s>x</s>"),
        ('<w:vertAlign w:val="subscript"/>', "<sub>x</sub>"),
        ('<w:vertAlign w:val="superscript"/>', "<sup>x</sup>"),
        ('<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New"/>', "<code>x</code>"),
        (BOLD + ITALIC, "<strong><em>x</em></strong>"),
        ('<w:color w:val="00FF00"/>', "x"),
        ("<w:caps/>", "X"),
    ],
)
def test_formatting_of_the_subset_is_carried(properties: str, html: str) -> None:
    assert stem_of("Cho ", ("x", properties), " và y") == f"Cho {html} và y"


def test_signs_of_markup_in_a_text_are_signs() -> None:
    item = only(text_file("Câu 1. Thẻ <b> và &amp; là?\nA. <i>\nB. <script>alert(1)</script>\nĐáp án: A"))
    assert item.content.stem == "Thẻ &lt;b&gt; và &amp;amp; là?"  # type: ignore[union-attr]
    assert option_texts(item.content) == ["&lt;i&gt;", "&lt;script&gt;alert(1)&lt;/script&gt;"]


def test_underlined_spaces_are_a_place_to_write_on() -> None:
    assert stem_of("Thủ đô là ", ("        ", UNDERLINE), ".") == "Thủ đô là ______."


def test_bullets_become_a_list() -> None:
    numbering = definition(1, level(0, "bullet", "•")) + use(1, 1)
    item = only(
        word_document(
            lines("Câu 1. Cho"), listed("một", 1), listed("hai", 1), *options("A", "B", right="B"), numbering=numbering
        )
    )
    assert item.content.stem == "<p>Cho</p><ul><li>một</li><li>hai</li></ul>"  # type: ignore[union-attr]


def test_latex_between_dollar_signs_is_a_formula() -> None:
    item = only(text_file("Câu 1. Tính $x^2$ khi giá 5$?\nA. $\\frac{1}{2}$\nB. 2\nĐáp án: A"))
    assert "<msup>" in item.content.stem  # type: ignore[union-attr]
    assert item.content.stem.endswith("khi giá 5$?")  # type: ignore[union-attr]
    assert "<mfrac>" in option_texts(item.content)[0]


def test_a_formula_that_cannot_be_read_stays_text_and_is_told() -> None:
    item = only(text_file("Câu 1. Tính $\\foo{x}$?\nA. 1\nB. 2\nĐáp án: A"))
    assert codes(item) == ["formula_unreadable"]
    assert item.content.stem == "Tính $\\foo{x}$?"  # type: ignore[union-attr]


def test_a_formula_of_word_is_one_in_the_option() -> None:
    formula = (
        "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>"
    )
    item = only(word_document(lines("Câu 1. Hỏi?"), paragraph(run("A. ") + formula), lines("B. hai\nĐáp án: A")))
    assert "\\frac{1}{2}" in option_texts(item.content)[0]
    assert "<mfrac>" in option_texts(item.content)[0]


def test_pictures_stand_where_they_stood() -> None:
    file = with_pictures(
        paragraph(run("Câu 1. Hình nào? ") + drawing("p1", text="Hình vuông đỏ")),
        paragraph(run("A. ") + drawing("p2", text="Xanh")),
        paragraph(drawing("p1", text="Đỏ")),
        lines("B. không\nĐáp án: B"),
    )
    item = only(file)
    assert len(file.media) == 2
    assert set(media_of(item.content.stem)) < set(file.media)  # type: ignore[union-attr]
    assert 'alt="Hình vuông đỏ"' in item.content.stem  # type: ignore[union-attr]
    assert option_texts(item.content)[0].count("<img") == 2
    assert codes(item) == []


def test_a_picture_without_alternative_text_is_told() -> None:
    item = only(with_pictures(paragraph(run("Câu 1. Hình? ") + drawing("p1")), *options("A", "B", right="A")))
    assert [(notice.severity, notice.code) for notice in item.notices] == [("warning", "picture_without_text")]


def test_pictures_only_in_options_leave_the_letters_to_carry_the_mark() -> None:
    file = with_pictures(
        lines("Câu 1. Hình nào?"),
        paragraph(run("A. ", UNDERLINE) + drawing("p1", text="Đỏ")),
        paragraph(run("B. ") + drawing("p2", text="Xanh")),
    )
    assert correct(only(file)) == "A"


@pytest.mark.parametrize(("link", "code"), [("wmf", "word_metafile"), ("gone", "word_picture_missing")])
def test_a_picture_that_cannot_be_shown_is_told_at_its_question(link: str, code: str) -> None:
    file = with_pictures(
        question(1, *options("A", "B", right="A")),
        paragraph(run("Câu 2. Hình? ") + drawing(link)),
        *options("A", "B", right="B"),
    )
    assert codes(file.items[0]) == []
    assert [(notice.severity, notice.code) for notice in file.items[1].notices] == [("left_out", code)]


def test_a_damaged_picture_is_told_with_the_reason() -> None:
    item = only(
        with_pictures(paragraph(run("Câu 1. Hình? ") + drawing("bad", text="x")), *options("A", "B", right="A"))
    )
    assert [notice.severity for notice in item.notices] == ["left_out"]
    assert correct(item) == "A"


def test_an_option_whose_picture_is_lost_has_no_key() -> None:
    item = only(
        with_pictures(lines("Câu 1. Hình?"), paragraph(run("A. ", UNDERLINE) + drawing("wmf")), lines("B. hai"))
    )
    assert correct(item) is None
    assert errors(item) == ["option_without_text"]


@pytest.mark.parametrize(
    ("content", "severity", "code"),
    [
        ('<w:del w:author="An"><w:r><w:delText>cũ</w:delText></w:r></w:del>', "left_out", "word_tracked_deletion"),
        ('<w:ins w:author="An"><w:r><w:t>mới</w:t></w:r></w:ins>', "warning", "word_tracked_insertion"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r>", "left_out", "word_hidden_text"),
        ('<w:r><w:footnoteReference w:id="2"/></w:r>', "left_out", "word_footnote"),
    ],
)
def test_what_the_reader_of_word_files_noted_stands_at_its_question(content: str, severity: str, code: str) -> None:
    notes = '<w:footnote w:id="2"><w:p><w:r><w:t>chú thích</w:t></w:r></w:p></w:footnote>'
    file = word_document(
        question(1, *options("A", "B", right="A")),
        paragraph(run("Câu 2. Hỏi? ") + content),
        *options("A", "B", right="B"),
        footnotes=notes,
    )
    assert codes(file.items[0]) == []
    assert [(notice.severity, notice.code) for notice in file.items[1].notices] == [(severity, code)]


def test_a_note_outside_of_questions_is_the_files() -> None:
    file = word_document(
        paragraph(run("Đề thi ") + '<w:del w:author="An"><w:r><w:delText>cũ</w:delText></w:r></w:del>'),
        question(1, *options("A", "B", right="A")),
    )
    assert "word_tracked_deletion" in codes(file)


def test_text_in_a_legacy_font_is_read_as_vietnamese() -> None:
    old = '<w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/>'
    file = word_document(
        line(("C©u 1. Hµ Néi lµ g×?", old)), line(("A. thñ ®«", old + UNDERLINE)), line(("B. lµng", old))
    )
    item = only(file)
    assert correct(item) == "A"
    assert item.content.stem == "Hà Nội là gì?"  # type: ignore[union-attr]
    assert option_texts(item.content) == ["thủ đô", "làng"]


def test_a_question_too_long_to_be_kept_is_told() -> None:
    text = "\n".join(["Câu 1. Hỏi?", *["x" * 90_000] * 3, "A. 1", "B. 2", "Đáp án: A"])
    item = only(text_file(text))
    assert (item.content, item.key) == (None, None)
    assert errors(item) == ["question_too_long"]


def test_lines_of_program_code_keep_their_indents() -> None:
    code = '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/>'
    item = only(
        word_document(
            line("Câu 1. Chạy gì?"),
            line(("for i in range(3):", code)),
            line(("    if i < 2:", code)),
            line(("        print(i)", code)),
            *options("A", "B", right="A"),
        )
    )
    assert item.content.stem == (  # type: ignore[union-attr]
        "<p>Chạy gì?</p><pre>for i in range(3):\n    if i &lt; 2:\n        print(i)</pre>"
    )


def test_one_line_of_code_is_no_block() -> None:
    code = '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/>'
    item = only(word_document(line("Câu 1. Chạy gì?"), line(("  print(1)", code)), *options("A", "B", right="A")))
    assert item.content.stem == "<p>Chạy gì?</p><p><code>print(1)</code></p>"  # type: ignore[union-attr]
