"""Formulas typed as LaTeX: what they become, what is refused and where."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from exam_engine.interactions.rich_text import LatexError, latex_to_mathml, plain_text, sanitise
from tests.exam_engine.interactions.rich_text.test_properties import assert_in_subset

# Number of arguments in MathML 3, section 3.1.3.2.
ARGUMENTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}


def content(latex: str, *, display: bool = False) -> str:
    """Return what is drawn, without the frame of formula and source."""
    html = latex_to_mathml(latex, display=display)
    before, after = f"<math{' display=' + chr(34) + 'block' + chr(34) if display else ''}><semantics>", "<annotation "
    assert html.startswith(before)
    drawn = html.removeprefix(before).split(after)[0]
    return drawn.removeprefix("<mrow>").removesuffix("</mrow>") if drawn.startswith("<mrow>") else drawn


def fault_of(latex: str) -> tuple[str, str]:
    with pytest.raises(LatexError) as caught:
        latex_to_mathml(latex)
    return caught.value.fault.code, caught.value.fault.place


def test_the_source_stays_beside_the_formula() -> None:
    assert latex_to_mathml(" a<b ") == (
        "<math><semantics><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow>"
        '<annotation encoding="application/x-tex">a&lt;b</annotation></semantics></math>'
    )
    assert latex_to_mathml("x", display=True).startswith('<math display="block">')


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\frac12", "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
        ("x_1^2", "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>"),
        (r"\mathbb{R}", "<mi>ℝ</mi>"),
        (r"5\%", "<mn>5</mn><mi>%</mi>"),
        (r"\{1;2\}", '<mo stretchy="false">{</mo><mn>1</mn><mo>;</mo><mn>2</mn><mo stretchy="false">}</mo>'),
        (r"90^\circ", "<msup><mn>90</mn><mo>∘</mo></msup>"),
        (r"10\,\text{km/h}", '<mn>10</mn><mspace width="0.167em"></mspace><mtext>km/h</mtext>'),
        (r"\mathrm{d}x", '<mi mathvariant="normal">d</mi><mi>x</mi>'),
    ],
)
def test_common_formulas_become_the_mathml_that_they_stand_for(latex: str, expected: str) -> None:
    assert content(latex) == expected


@pytest.mark.parametrize("latex", ["3,14", "3{,}14"])
def test_a_comma_between_two_numbers_is_a_decimal_comma(latex: str) -> None:
    assert content(latex) == "<mn>3,14</mn>"


@pytest.mark.parametrize(("latex", "commas"), [("1, 2", 1), ("1,2,3", 2), ("a,2", 1)])
def test_other_commas_part_the_members_of_a_list(latex: str, commas: int) -> None:
    assert content(latex).count("<mo>,</mo>") == commas


def test_a_comma_inside_words_stays_as_typed() -> None:
    assert content(r"\text{khoảng 1,5 giờ}") == "<mtext>khoảng 1,5 giờ</mtext>"


def test_words_are_shown_as_typed_with_their_escaped_signs() -> None:
    assert content(r"\text{giảm 5\% \& a\_b}") == "<mtext>giảm 5% &amp; a_b</mtext>"


def test_names_of_operators_may_be_vietnamese() -> None:
    assert content(r"\operatorname{ƯCLN}").startswith("<mtext>ƯCLN</mtext>")
    assert content(r"\operatorname{rank}") == "<mo>rank</mo>"


@pytest.mark.parametrize(
    ("latex", "letters"),
    [
        (r"\mathbf{AB}", "𝐀𝐁"),
        (r"\boldsymbol{x}", "𝒙"),
        (r"\mathcal{BL}", "ℬℒ"),
        (r"\mathbb{NX}", "ℕ𝕏"),
        (r"\mathtt{a1}", "𝚊𝟷"),
        (r"\mathfrak{C}", "ℭ"),
    ],
)
def test_alphabets_are_written_in_their_own_characters(latex: str, letters: str) -> None:
    drawn = content(latex)
    assert etree.fromstring(f"<x>{drawn}</x>").xpath("string()") == letters
    assert "mathvariant" not in drawn


def test_letters_without_a_character_in_the_alphabet_keep_its_name() -> None:
    assert content(r"\textbf{đúng}") == '<mtext mathvariant="bold">đúng</mtext>'


def test_a_line_over_a_term_is_marked_for_the_style_sheet() -> None:
    bar = '<mo accent="true" stretchy="true">‾</mo>'
    base = "<mrow><mi>A</mi><mo>+</mo><mi>B</mi></mrow>"
    assert content(r"\overline{A+B}") == f'<mover accent="true">{base}{bar}</mover>'
    assert content(r"\underline{A+B}") == f'<munder accentunder="true">{base}{bar}</munder>'


def test_an_accent_is_as_wide_as_a_term_and_as_narrow_as_a_letter() -> None:
    wide = '<mover accent="true"><mrow><mi>A</mi><mi>B</mi></mrow><mo stretchy="true">{}</mo></mover>'
    assert content(r"\vec{AB}") == wide.format("→")
    assert content(r"\overset{\frown}{AB}") == wide.format("⌢")
    assert content(r"\wideparen{AB}") == wide.format("⏜")
    assert content(r"\hat x") == '<mover accent="true"><mi>x</mi><mo>^</mo></mover>'


def test_limits_stand_under_the_sign_where_there_is_room() -> None:
    assert content(r"\sum_{i}^n") == "<munderover><mo>∑</mo><mrow><mi>i</mi></mrow><mi>n</mi></munderover>"
    assert content(r"\max_i") == '<munder><mo movablelimits="true">max</mo><mi>i</mi></munder>'
    assert content(r"\sum\limits_i").startswith('<munder><mo movablelimits="false">∑</mo>')
    assert content(r"\int_0^1") == "<msubsup><mo>∫</mo><mn>0</mn><mn>1</mn></msubsup>"
    assert content(r"\log_2 n") == "<msub><mi>log</mi><mn>2</mn></msub><mi>n</mi>"


def test_a_negated_sign_is_one_sign() -> None:
    assert content(r"a \not= b") == content(r"a \neq b") == "<mi>a</mi><mo>≠</mo><mi>b</mi>"


def test_signs_of_relations_are_operators_and_things_are_not() -> None:
    assert content(r"a\leqslant b") == "<mi>a</mi><mo>⩽</mo><mi>b</mi>"
    assert content("a×b") == "<mi>a</mi><mo>×</mo><mi>b</mi>"
    assert content(r"A=\varnothing").endswith("<mo>=</mo><mi>∅</mi>")
    assert content(r"\infty") == "<mi>∞</mi>"


def test_lines_of_a_formula_stand_below_each_other() -> None:
    rows = "<mtr><mtd><mi>a</mi></mtd></mtr><mtr><mtd><mi>b</mi></mtd></mtr>"
    assert content(r"a\\b") == f'<mtable displaystyle="true">{rows}</mtable>'


@pytest.mark.parametrize("name", ["cases", "aligned", "gathered", "pmatrix", "array"])
def test_environments_have_a_row_for_each_line(name: str) -> None:
    columns = "{cc}" if name == "array" else ""
    drawn = content(rf"\begin{{{name}}}{columns} a & b \\ c & d \end{{{name}}}")
    assert drawn.count("<mtr>") == 2
    assert drawn.count("<mtd") == 4


@pytest.mark.parametrize(
    ("latex", "code", "place"),
    [
        ("", "latex_empty", ""),
        (" \u200b ", "latex_empty", ""),
        ("a" * 2001, "latex_too_long", ""),
        ("{" * 21 + "}" * 21, "latex_too_deep", "21"),
        ("a+x_{", "latex_not_closed", "5"),
        (r"\left( x", "latex_not_closed", "1"),
        ("a}b", "latex_not_opened", "2"),
        (r"x\right)", "latex_not_opened", "2"),
        (r"\begin{align}a\end{cases}", "latex_not_opened", "15"),
        (r"a+\fooo b", "latex_command_unknown", "3"),
        (r"\def\x{\x\x}\x", "latex_command_unknown", "1"),
        (r"\href{javascript:alert(1)}{x}", "latex_command_unknown", "1"),
        (r"\color{red}x", "latex_command_unknown", "1"),
        (r"\boxed{x}", "latex_command_unknown", "1"),
        (r"\hline", "latex_command_unknown", ""),
        (r"\begin{tikzpicture}\end{tikzpicture}", "latex_environment_unknown", "1"),
        ("giảm 5 %", "latex_bare_percent", "8"),
        ("5$", "latex_bare_dollar", "2"),
        ("a & b", "latex_bare_ampersand", "3"),
        (r"\text{a {b} c}", "latex_text_nested", "9"),
        (r"\text{a \textbf{b}}", "latex_text_nested", "9"),
        (r"\text ab", "latex_text_unbraced", "1"),
        (r"\frac{a}{b\\c}", "latex_line_break", ""),
        (r"\frac{1}", "latex_incomplete", ""),
        ("x^", "latex_incomplete", ""),
        ("  a}b", "latex_not_opened", "4"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(latex: str, code: str, place: str) -> None:
    assert fault_of(latex) == (code, place)


def test_the_limits_themselves_are_taken() -> None:
    assert "<mi>a</mi>" in latex_to_mathml("a" * 2000)
    assert latex_to_mathml("{" * 20 + "x" + "}" * 20).count("<mi>x</mi>") == 1


def drawn_or_refused(latex: str, *, display: bool = False) -> str | LatexError:
    try:
        return latex_to_mathml(latex, display=display)
    except LatexError as error:
        return error


LONG = [
    r"\frac",
    r"\sqrt",
    r"x^",
    r"x_",
    r"'",
    r"\left(",
    r"\begin{cases}",
    r"&",
    r"\\",
    r"\not",
    r"\text{",
    r"^^",
    r"{}",
    r"\overline",
    r"\frac12",
    r"\text{a}",
    r"a,1",
]


@pytest.mark.parametrize("piece", LONG)
def test_the_longest_formulas_of_every_kind_end(piece: str) -> None:
    found = drawn_or_refused((piece * 2000)[:2000])
    assert isinstance(found, LatexError) or sanitise(found).html == found


COMMANDS = [
    r"\frac",
    r"\sqrt",
    r"\left(",
    r"\right)",
    r"\left.",
    r"\right|",
    r"{",
    r"}",
    r"[",
    r"]",
    r"^",
    r"_",
    r"'",
    r"&",
    r"\\",
    r"\text{",
    r"\text{a}",
    r"\begin{cases}",
    r"\end{cases}",
    r"\begin{array}{c|c}",
    r"\end{array}",
    r"\sum",
    r"\int",
    r"\lim",
    r"\limits",
    r"\overline",
    r"\vec",
    r"\hat",
    r"\not",
    r"\mathbf",
    r"\mathrm",
    r"\binom",
    r"\over",
    r"\choose",
    r"\operatorname{",
    r"\quad",
    r"\,",
    r"\:",
    r"\overset",
    r"\underbrace",
    r"\xrightarrow",
    r"\substack",
    r"\big",
    r"\tag{1}",
    r"\displaystyle",
    r"\mathchoice",
    r"\hspace{1cm}",
    r"\phantom",
    r"\sideset",
    r"\middle|",
    r"\prime",
    r"\root",
    r"\of",
    r"\atop",
    r"\DeclareMathOperator",
]
PIECES = st.one_of(
    st.sampled_from(COMMANDS),
    st.sampled_from(list('abx12 ,.;:<>=+-|/!%$#~"đƯ½×≤√\u0338\u200b')),
    st.text(max_size=3),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join), st.booleans())
def test_any_input_is_drawn_soundly_or_refused(latex: str, display: bool) -> None:
    html = drawn_or_refused(latex, display=display)
    if isinstance(html, LatexError):
        assert html.position is None or 1 <= html.position <= len(latex) + 1
        assert html.fault.code.startswith("latex_")
        return
    assert_in_subset(html)
    assert sanitise(html).html == html
    tree = etree.fromstring(html)
    assert all(len(element) == ARGUMENTS.get(element.tag, len(element)) for element in tree.iter())
    assert not any((element.text or "").startswith("\\") for element in tree.iter("mi", "mo", "mn"))
    source = tree.findtext("semantics/annotation")
    assert source
    assert plain_text(html) == re.sub("[ \t\n\f]+", " ", source)
    assert latex_to_mathml(source, display=display) == html
