"""Automatic numbers are those that Word prints."""

import pytest

from item_bank.exchange.word.number_formats import printed_number
from tests.item_bank.exchange.word.word_files import (
    definition,
    labels,
    level,
    listed,
    note_codes,
    paragraph,
    paragraphs_of,
    restarted,
    style,
    use,
)


@pytest.mark.parametrize(
    ("number", "number_format", "printed"),
    [
        (7, "decimal", "7"),
        (7, "decimalZero", "07"),
        (12, "decimalZero", "12"),
        (1, "upperLetter", "A"),
        (26, "upperLetter", "Z"),
        (27, "upperLetter", "AA"),
        (28, "lowerLetter", "bb"),
        (53, "lowerLetter", "aaa"),
        (1994, "upperRoman", "MCMXCIV"),
        (48, "lowerRoman", "xlviii"),
        (4, "russianLower", "г"),
        (11, "ordinal", "11th"),
        (22, "ordinal", "22nd"),
        (3, "numberInDash", "- 3 -"),
        (20, "decimalEnclosedCircle", "⑳"),
        (21, "decimalEnclosedCircle", "21"),
        (255, "hex", "FF"),
        (12, "decimalFullWidth", "１２"),
        (5, "none", ""),
        (7, "001, 002, 003, ...", "007"),
        (1000, "001, 002, 003, ...", "1000"),
        (21, "vietnameseCounting", "hai mươi mốt"),
        (15, "vietnameseCounting", "mười lăm"),
        (10, "vietnameseCounting", "mười"),
        (30, "vietnameseCounting", "ba mươi"),
    ],
)
def test_numbers_are_printed_in_every_common_format(number: int, number_format: str, printed: str) -> None:
    assert printed_number(number, number_format) == printed


@pytest.mark.parametrize("number_format", ["upperRoman", "lowerLetter", "decimalEnclosedCircle", "vietnameseCounting"])
@pytest.mark.parametrize("number", [-3, 0])
def test_numbers_without_a_letter_are_printed_as_digits(number: int, number_format: str) -> None:
    assert printed_number(number, number_format) in {str(number), "không"}


def test_a_format_that_is_not_known_is_told() -> None:
    assert printed_number(3, "thaiLetters") is None
    numbering = definition(0, level(0, "thaiLetters", "%1.")) + use(1, 0)
    assert labels(listed("a", 1) + listed("b", 1), numbering=numbering) == ["1.", "2."]
    assert note_codes(listed("a", 1), numbering=numbering) == ["word_number_format"]


QUESTIONS = definition(0, level(0, "decimal", "Câu %1."), level(1, "upperLetter", "%2."), level(2, "lowerRoman", "%3)"))


def test_options_begin_anew_under_every_question() -> None:
    body = "".join(listed("x", 1, depth) for depth in (0, 1, 1, 2, 2, 1, 0, 1, 2))
    assert labels(body, numbering=QUESTIONS + use(1, 0)) == [
        "Câu 1.", "A.", "B.", "i)", "ii)", "C.", "Câu 2.", "A.", "i)",
    ]  # fmt: skip


def test_the_label_carries_its_value_and_level() -> None:
    blocks = paragraphs_of(listed("x", 1) + listed("y", 1, 1) + listed("z", 1, 1), numbering=QUESTIONS + use(1, 0))
    assert [(block.label.kind, block.label.number, block.level, block.list_id) for block in blocks] == [
        ("number", 1, 0, "1"),
        ("number", 1, 1, "1"),
        ("number", 2, 1, "1"),
    ]


def test_lists_of_one_definition_count_on_together() -> None:
    assert labels(listed("a", 1) + listed("b", 2) + listed("c", 1), numbering=QUESTIONS + use(1, 0) + use(2, 0)) == [
        "Câu 1.", "Câu 2.", "Câu 3.",
    ]  # fmt: skip


def test_lists_of_two_definitions_count_apart() -> None:
    second = definition(1, level(0, "lowerLetter", "%1)"))
    numbering = QUESTIONS + second + use(1, 0) + use(2, 1)
    body = listed("a", 1) + listed("b", 2) + listed("c", 2) + listed("d", 1)
    assert labels(body, numbering=numbering) == ["Câu 1.", "a)", "b)", "Câu 2."]


def test_a_list_that_says_where_it_starts_begins_there_once() -> None:
    numbering = QUESTIONS + use(1, 0) + use(2, 0, restarted(0, 40))
    body = "".join(listed("x", number) for number in (1, 1, 2, 1, 2))
    assert labels(body, numbering=numbering) == ["Câu 1.", "Câu 2.", "Câu 40.", "Câu 41.", "Câu 42."]


def test_a_definition_may_start_anywhere() -> None:
    numbering = definition(0, level(0, "decimal", "%1.", start=0), level(1, "upperLetter", "%2.", start=3)) + use(1, 0)
    assert labels(listed("a", 1) + listed("b", 1, 1), numbering=numbering) == ["0.", "C."]


def test_a_list_may_print_its_numbers_differently_and_still_count_on() -> None:
    override = f'<w:lvlOverride w:ilvl="0">{level(0, "upperRoman", "%1)", start=5)}</w:lvlOverride>'
    numbering = QUESTIONS + use(1, 0) + use(2, 0, override)
    body = "".join(listed("x", number) for number in (1, 1, 2, 1))
    assert labels(body, numbering=numbering) == ["Câu 1.", "Câu 2.", "III)", "Câu 4."]


def test_levels_that_were_passed_over_count_as_one() -> None:
    levels = [level(0, "decimal", "%1."), level(1, "decimal", "%1.%2."), level(2, "decimal", "%1.%2.%3.")]
    body = "".join(listed("x", 1, depth) for depth in (1, 0, 2, 1, 0))
    assert labels(body, numbering=definition(0, *levels) + use(1, 0)) == ["1.1.", "2.", "2.1.1.", "2.2.", "3."]


@pytest.mark.parametrize(
    ("restart", "printed"),
    [
        ("", ["1", "1.a", "1.a.i", "1.b", "1.b.i", "2", "2.a", "2.a.i"]),
        ('<w:lvlRestart w:val="0"/>', ["1", "1.a", "1.a.i", "1.b", "1.b.ii", "2", "2.a", "2.a.iii"]),
        ('<w:lvlRestart w:val="1"/>', ["1", "1.a", "1.a.i", "1.b", "1.b.ii", "2", "2.a", "2.a.i"]),
    ],
)
def test_levels_restart_where_the_list_says(restart: str, printed: list[str]) -> None:
    levels = [level(0, "decimal", "%1"), level(1, "lowerLetter", "%1.%2"), level(2, "lowerRoman", "%1.%2.%3", restart)]
    body = "".join(listed("x", 1, depth) for depth in (0, 1, 2, 1, 2, 0, 1, 2))
    assert labels(body, numbering=definition(0, *levels) + use(1, 0)) == printed


def test_legal_numbering_prints_digits_for_every_level_and_keeps_leading_zeros() -> None:
    """The scheme "Article I. / Section 1.01" that Word offers."""
    levels = [level(0, "upperRoman", "Article %1."), level(1, "decimalZero", "Section %1.%2", "<w:isLgl/>")]
    body = listed("x", 1) + listed("y", 1, 1)
    assert labels(body, numbering=definition(0, *levels) + use(1, 0)) == ["Article I.", "Section 1.01"]


def test_legal_numbering_that_is_switched_off_is_none() -> None:
    levels = [level(0, "upperRoman", "%1."), level(1, "decimal", "%1.%2", '<w:isLgl w:val="0"/>')]
    assert labels(listed("x", 1) + listed("y", 1, 1), numbering=definition(0, *levels) + use(1, 0)) == ["I.", "I.1"]


def test_numbers_of_deeper_levels_are_not_printed_before_they_exist() -> None:
    numbering = definition(0, level(0, "decimal", "%1%2."), level(1, "decimal", "%2")) + use(1, 0)
    assert labels(listed("x", 1), numbering=numbering) == ["1."]


def test_an_empty_paragraph_of_a_list_counts() -> None:
    body = listed("a", 1) + listed("", 1) + listed("b", 1)
    assert labels(body, numbering=QUESTIONS + use(1, 0)) == ["Câu 1.", "Câu 2.", "Câu 3."]


def test_text_between_does_not_stop_the_count() -> None:
    body = listed("a", 1) + paragraph("Hình 1") + listed("b", 1)
    assert labels(body, numbering=QUESTIONS + use(1, 0)) == ["Câu 1.", "", "Câu 2."]


def numbered_style(name: str, num_id: int, more: str = "") -> str:
    return style(name, f'<w:pPr><w:numPr>{more}<w:numId w:val="{num_id}"/></w:numPr></w:pPr>')


def test_styles_bring_their_list_and_the_level_that_names_them() -> None:
    levels = [
        level(0, "decimal", "Câu %1:", '<w:pStyle w:val="Question"/>'),
        level(1, "upperLetter", "%2.", '<w:pStyle w:val="Option"/>'),
    ]
    numbering = definition(0, *levels) + use(1, 0)
    styles = numbered_style("Question", 1) + numbered_style("Option", 1) + style("Key", based_on="Option")
    body = "".join(paragraph("x", f'<w:pStyle w:val="{name}"/>') for name in ("Question", "Option", "Key", "Question"))
    assert labels(body, numbering=numbering, styles=styles) == ["Câu 1:", "A.", "B.", "Câu 2:"]


def test_a_paragraph_leaves_the_list_of_its_style() -> None:
    numbering = QUESTIONS + use(1, 0)
    body = paragraph("x", '<w:pStyle w:val="Question"/>') + paragraph(
        "y", '<w:pStyle w:val="Question"/><w:numPr><w:numId w:val="0"/></w:numPr>'
    )
    blocks = paragraphs_of(body, numbering=numbering, styles=numbered_style("Question", 1))
    assert [(block.label.text, block.is_list) for block in blocks] == [("Câu 1.", True), ("", False)]


def test_a_definition_that_names_a_style_is_found_through_it() -> None:
    numbering = (
        definition(0, '<w:numStyleLink w:val="Exam"/>')
        + definition(1, '<w:styleLink w:val="Exam"/>', level(0, "decimal", "Bài %1."))
        + use(1, 0)
        + use(2, 1)
    )
    styles = style("Exam", '<w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr>', kind="numbering")
    assert labels(listed("a", 1) + listed("b", 1), numbering=numbering, styles=styles) == ["Bài 1.", "Bài 2."]


def test_a_format_of_the_documents_own_is_read_from_its_sample() -> None:
    own = (
        '<mc:AlternateContent><mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="001, 002, 003, ..."/>'
        '</mc:Choice><mc:Fallback><w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent>'
    )
    numbering = definition(0, f'<w:lvl w:ilvl="0"><w:start w:val="9"/>{own}<w:lvlText w:val="%1/"/></w:lvl>') + use(
        1, 0
    )
    assert labels(listed("a", 1) + listed("b", 1), numbering=numbering) == ["009/", "010/"]


@pytest.mark.parametrize(
    ("font", "sign", "printed"),
    [
        ("Symbol", "\uf0b7", "•"),
        ("Wingdings", "\uf0fc", "✓"),
        ("Wingdings", "\uf001", "•"),
        ("", "–", "–"),
        ("", "", "•"),
    ],
)
def test_bullets_are_shown_as_a_sign_that_every_font_has(font: str, sign: str, printed: str) -> None:
    properties = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr>' if font else ""
    bullet = level(0, "bullet", sign).replace("</w:lvl>", f"{properties}</w:lvl>")
    (block,) = paragraphs_of(listed("x", 1), numbering=definition(0, bullet) + use(1, 0))
    assert (block.label.kind, block.label.text, block.label.number) == ("bullet", printed, 0)


def test_labels_in_a_legacy_font_are_decoded() -> None:
    properties = '<w:rPr><w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/></w:rPr>'
    question = level(0, "decimal", "C©u %1:").replace("</w:lvl>", f"{properties}</w:lvl>")
    assert labels(listed("x", 1), numbering=definition(0, question) + use(1, 0)) == ["Câu 1:"]


def test_the_label_is_drawn_like_the_end_of_its_paragraph() -> None:
    properties = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:u w:val="single"/></w:rPr>'
    (block,) = paragraphs_of(paragraph("x", properties), numbering=QUESTIONS + use(1, 0))
    assert block.label.format.underline == "single"
    assert block.runs[0].format.underline == ""


@pytest.mark.parametrize("num_id", [7, 1])
def test_a_list_that_the_file_does_not_define_is_noted(num_id: int) -> None:
    body = listed("a", num_id, 5)
    (block,) = paragraphs_of(body, numbering=QUESTIONS + use(1, 0))
    assert (block.label.text, block.is_list) == ("", True)
    assert note_codes(body, numbering=QUESTIONS + use(1, 0)) == ["word_numbering_missing"]


def test_numbers_beyond_any_list_do_no_harm() -> None:
    numbering = definition(0, level(0, "decimal", "%1" * 5000, start=10**30)) + use(1, 0)
    (label,) = labels(listed("a", 1), numbering=numbering)
    assert len(label) <= 100
