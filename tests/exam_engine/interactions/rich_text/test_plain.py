"""What a reader hears of rich text."""

import pytest

from exam_engine.interactions.rich_text import latex_to_mathml, plain_text, text_to_html

HASH = "ab" * 32
CELL = "<mtd><mn>1</mn></mtd>"


@pytest.mark.parametrize(
    ("html", "heard"),
    [
        ("", ""),
        ("a &lt; b &amp; c", "a < b & c"),
        ("  a \n b\t ", "a b"),
        ("<p>a</p><p>b</p>", "a\nb"),
        ("a<br>b", "a\nb"),
        ("a<br><br>b", "a\n\nb"),
        ("<p>a <strong>b</strong>c</p>", "a bc"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "a\nb\nc"),
        (
            "<table><caption>Bảng</caption><thead><tr><th>A</th><th>B</th></tr></thead>"
            "<tbody><tr><td>1</td><td><p>x</p><p>y</p></td></tr></tbody></table>",
            "Bảng\nA\tB\n1\tx y",
        ),
        (f'<p>Xem <img src="media:{HASH}" alt="sơ đồ mạng">.</p>', "Xem sơ đồ mạng."),
        (f'a <audio src="media:{HASH}" controls=""></audio>b', "a b"),
        ('Điền <span data-gap="g1"></span> và <span data-gap="g2"></span>.', "Điền ___ và ___."),
        ('Chọn <span data-hottext="h1">từ này</span>', "Chọn từ này"),
        ("<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"),
        ("<p>a</p><pre>  b</pre><p>c</p>", "a\n  b\nc"),
    ],
)
def test_blocks_are_lines_and_pictures_are_their_words(html: str, heard: str) -> None:
    assert plain_text(html) == heard


def test_a_formula_is_heard_as_its_latex() -> None:
    half = latex_to_mathml(r"\frac{1}{2}")
    assert plain_text(f"<p>Tính {half}.</p>") == r"Tính \frac{1}{2}."


@pytest.mark.parametrize(
    ("mathml", "heard"),
    [
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mn>2</mn></mfrac>", "(a+1)/2"),
        ("<msqrt><mi>x</mi></msqrt>", "√x"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "3√x"),
        ("<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>", "x_1^2"),
        ("<mi>x</mi><mphantom><mi>y</mi></mphantom>", "x"),
        (
            f"<mtable><mtr>{CELL}{CELL}</mtr><mtr>{CELL}</mtr></mtable>",
            "1, 1; 1",
        ),
    ],
)
def test_a_formula_without_latex_is_heard_by_its_signs(mathml: str, heard: str) -> None:
    assert plain_text(f"<math>{mathml}</math>") == heard


def test_plain_text_becomes_html_that_says_the_same() -> None:
    assert text_to_html('a < b\r\nR&D "x"') == 'a &lt; b<br>R&amp;D "x"'
