"""Formulas between dollar signs in plain text, and as an editor holds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.interactions.rich_text import (
    LatexError,
    RichTextTooLongError,
    editable,
    formulas,
    latex_to_mathml,
    sanitise,
    set_formulas,
    text_to_html,
)
from exam_engine.interactions.rich_text.formulas import MAX_FORMULAS
from exam_engine.interactions.rich_text.sanitising import MAX_LENGTH

X = latex_to_mathml("x")
X_BLOCK = latex_to_mathml("x", display=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$x$", X),
        ("Nếu $x$, thì ($x$).", f"Nếu {X}, thì ({X})."),
        (r"\(x\) và \[x\]", f"{X} và {X_BLOCK}"),
        ("Giải: $$x$$ xong", f"Giải: {X_BLOCK} xong"),
        (r"Giá \$5 khi $x$", f"Giá $5 khi {X}"),
        (r"\\(x\\) trong mã", r"\(x\\) trong mã"),
        ("a & b $x$\nc", f"a &amp; b {X}<br>c"),
        (r"$\$5$", latex_to_mathml(r"\$5")),
    ],
)
def test_marked_formulas_become_mathml(text: str, expected: str) -> None:
    assert formulas(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "5$ và 10$",
        "$5 hoặc $10",
        "Giá là $5, giảm còn $3, thuế $1.",
        "từ $100-$200 trở lên",
        "US$3 và CA$4",
        "$HOME/$USER",
        "echo $1",
        "a $x\ny$ b",
        "$ x $",
        "$$",
        "$$$$",
        "$",
        r"C:\(tạm",
        r"\(a\nb",
        "không có gì",
    ],
)
def test_prices_and_variables_stay_text(text: str) -> None:
    assert formulas(text) == text_to_html(text)


def test_a_fault_counts_its_place_in_the_whole_text() -> None:
    with pytest.raises(LatexError) as caught:
        formulas(r"Cho $x$ và $a+\foo$.")
    assert caught.value.fault.code == "latex_command_unknown"
    assert caught.value.position == len("Cho $x$ và $a+") + 1


def test_a_fault_without_a_known_place_points_at_the_start_of_its_formula() -> None:
    with pytest.raises(LatexError) as caught:
        formulas("Cho $x^$")
    assert caught.value.fault.place == str(len("Cho $") + 1)


def formulas_or_fault(text: str) -> str | LatexError:
    try:
        return formulas(text)
    except LatexError as error:
        return error


@given(st.text("$\\()[] ab1\n^{}", max_size=30))
def test_text_with_any_signs_becomes_canonical_html_or_names_the_faulty_formula(text: str) -> None:
    found = formulas_or_fault(text)
    if isinstance(found, LatexError):
        assert found.position is not None
        assert 1 <= found.position <= len(text) + 1
    else:
        assert sanitise(found).html == found


def test_a_span_of_the_editor_becomes_mathml() -> None:
    assert set_formulas('<p>Cho <span data-latex="x"></span>.</p>') == f"<p>Cho {X}.</p>"
    assert set_formulas("<span data-display='block' data-latex='x'></span>") == X_BLOCK
    assert set_formulas('<span data-latex="a&lt;b"></span>') == latex_to_mathml("a<b")


def test_the_preview_inside_the_span_is_dropped() -> None:
    html = '<span class="f" data-latex="x"><span><b>x</b></span></span> và <span lang="en">y</span>'
    assert set_formulas(html) == f'{X} và <span lang="en">y</span>'


def test_an_unclosed_span_does_not_swallow_what_follows() -> None:
    assert set_formulas('<span data-latex="x">tiếp') == f"{X}tiếp"


def test_html_without_formulas_is_left_alone() -> None:
    html = '<p><span data-gap="g1"></span> và <span lang="en">x</span></p>'
    assert set_formulas(html) == html
    assert editable(html) == html


def test_a_fault_in_the_editor_names_the_formula() -> None:
    with pytest.raises(LatexError) as caught:
        set_formulas(r'<p><span data-latex="\foo"></span></p>')
    assert caught.value.fault.params["latex"] == r"\foo"
    assert caught.value.fault.place == "1"


def test_the_number_of_formulas_and_the_length_are_limited() -> None:
    span = '<span data-latex="x"></span>'
    assert set_formulas(span * MAX_FORMULAS) == X * MAX_FORMULAS
    with pytest.raises(LatexError) as caught:
        set_formulas(span * (MAX_FORMULAS + 1))
    assert caught.value.fault.code == "latex_too_many"
    with pytest.raises(RichTextTooLongError):
        set_formulas(span + "a" * MAX_LENGTH)


@pytest.mark.parametrize("latex", ["x", "a<b", r"\frac{1}{2}", r"\text{“đúng” & sai}", 'a"b', "3,14", r"a\\b"])
@pytest.mark.parametrize("display", [False, True])
def test_editing_without_a_change_changes_nothing(latex: str, display: bool) -> None:
    html = f"<p>Tính {latex_to_mathml(latex, display=display)} ngay</p>"
    edited = editable(html)
    assert "<math" not in edited
    assert set_formulas(edited) == html


def test_a_formula_without_source_stays_mathml() -> None:
    html = sanitise("<math><mi>x</mi></math>").html
    assert editable(html) == html
