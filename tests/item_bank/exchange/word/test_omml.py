"""Formulas of Word become the LaTeX that a teacher would type for them."""

import pytest
from lxml import etree

from exam_engine.interactions.rich_text.latex import latex_to_mathml
from item_bank.exchange.word.omml import Converted, latex_of
from tests.item_bank.exchange.word.word_files import NAMESPACES


def r(text: str, properties: str = "") -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<m:r><m:rPr>{properties}</m:rPr><m:t xml:space="preserve">{escaped}</m:t></m:r>'


def e(*inside: str, tag: str = "e") -> str:
    return f"<m:{tag}>{''.join(part if part.startswith('<') else r(part) for part in inside)}</m:{tag}>"


def s(tag: str, *inside: str, **settings: str) -> str:
    """A structure with its properties."""
    properties = "".join(f'<m:{name} m:val="{value}"/>' for name, value in settings.items())
    return f"<m:{tag}><m:{tag}Pr>{properties}<m:ctrlPr/></m:{tag}Pr>{''.join(inside)}</m:{tag}>"


def converted(content: str) -> Converted:
    return latex_of(etree.fromstring(f"<m:oMath {NAMESPACES}>{content}</m:oMath>"))


def fraction(above: str, below: str, **settings: str) -> str:
    return s("f", e(above, tag="num"), e(below, tag="den"), **settings)


def power(base: str, exponent: str) -> str:
    return s("sSup", e(base), e(exponent, tag="sup"))


def nary(sign: str, lower: str, upper: str, body: str, **settings: str) -> str:
    return s("nary", e(lower, tag="sub"), e(upper, tag="sup"), e(body), chr=sign, **settings)


def matrix(*rows: tuple[str, ...]) -> str:
    return s("m", *("<m:mr>" + "".join(e(cell) for cell in row) + "</m:mr>" for row in rows))


CONSTRUCTS = {
    "letters": (r("x") + r("+") + r("y"), "x+y"),
    "less": (r("a<b"), "a<b"),
    "greek": (r("αβ") + r("Ω"), r"\alpha\beta\Omega"),
    "command before letter": (r("α") + r("x"), r"\alpha x"),
    "command before digit": (r("α") + r("2"), r"\alpha2"),
    "operators": (r("a×b÷c±d⋅e"), r"a\times b\div c\pm d\cdot e"),
    "relations": (r("x≤y≥z≠0≈1"), r"x\le y\ge z\ne0\approx1"),
    "sets": (r("x∈A∪B∩∅⊂ℝ"), r"x\in A\cup B\cap\varnothing\subset\mathbb{R}"),
    "arrows": (r("A→B⇔C⇒D"), r"A\to B\Leftrightarrow C\Rightarrow D"),
    "minus sign": (r("a−b"), "a-b"),
    "degrees": (r("90°"), r"90^{\circ}"),
    "prime": (r("f′"), "f'"),
    "reserved signs": (r("50%{a_b}#$"), r"50\%\{a\_b\}\#\$"),
    "fraction": (fraction("a+b", "2"), r"\frac{a+b}{2}"),
    "nested fraction": (s("f", e("1", tag="num"), e("1+", fraction("1", "x"), tag="den")), r"\frac{1}{1+\frac{1}{x}}"),
    "linear fraction": (fraction("a", "b", type="lin"), "a/b"),
    "linear fraction of sums": (fraction("a+b", "c", type="lin"), "{a+b}/c"),
    "binomial": (s("d", e(fraction("n", "k", type="noBar"))), r"\left({n\atop k}\right)"),
    "superscript": (power("x", "2"), "x^{2}"),
    "superscript of a sum": (power("x+y", "2"), "{x+y}^{2}"),
    "subscript": (s("sSub", e("a"), e("n+1", tag="sub")), "a_{n+1}"),
    "both scripts": (s("sSubSup", e("x"), e("1", tag="sub"), e("2", tag="sup")), "x_{1}^{2}"),
    "scripts before": (s("sPre", e("Z", tag="sub"), e("A", tag="sup"), e("X")), "{}_{Z}^{A}X"),
    "superscript of a delimiter": (s("sSup", e(s("d", e("x+1"))), e("2", tag="sup")), "{(x+1)}^{2}"),
    "script of a command": (s("sSub", e("α"), e("1", tag="sub")), r"\alpha_{1}"),
    "square root": (s("rad", e(tag="deg"), e("x"), degHide="1"), r"\sqrt{x}"),
    "cube root": (s("rad", e("3", tag="deg"), e("x")), r"\sqrt[3]{x}"),
    "sum": (nary("∑", "i=1", "n", "i"), r"\sum_{i=1}^{n}i"),
    "sum with limits beside": (nary("∑", "i", "n", "i", limLoc="subSup"), r"\sum\nolimits_{i}^{n}i"),
    "product without upper": (nary("∏", "k", "", "k", supHide="1"), r"\prod_{k}k"),
    "integral": (s("nary", e("0", tag="sub"), e("1", tag="sup"), e("f")), r"\int_{0}^{1}f"),
    "integral with limits above": (nary("∫", "a", "b", "f", limLoc="undOvr"), r"\int\limits_{a}^{b}f"),
    "parentheses": (s("d", e("a+b")), "(a+b)"),
    "tall parentheses": (s("d", e(fraction("a", "b"))), r"\left(\frac{a}{b}\right)"),
    "brackets": (s("d", e("0"), e("1"), begChr="[", endChr=")", sepChr=";"), "[0;1)"),
    "absolute value": (s("d", e("x"), begChr="|", endChr="|"), "|x|"),
    "floor": (s("d", e("x"), begChr="⌊", endChr="⌋"), r"\lfloor x\rfloor"),
    "one-sided": (s("d", e("x"), begChr="{", endChr=""), r"\left\{x\right."),
    "system": (
        s("d", e(s("eqArr", e("x+y=1"), e("x-y=0"))), begChr="{", endChr=""),
        r"\begin{cases}x+y=1\\x-y=0\end{cases}",
    ),
    "aligned": (s("eqArr", e("a&=b"), e("&=c")), r"\begin{array}{rl}a&=b\\&=c\end{array}"),
    "matrix": (matrix(("a", "b"), ("c", "d")), r"\begin{matrix}a&b\\c&d\end{matrix}"),
    "matrix in parentheses": (s("d", e(matrix(("a", "b"), ("c", "d")))), r"\begin{pmatrix}a&b\\c&d\end{pmatrix}"),
    "determinant": (s("d", e(matrix(("a",))), begChr="|", endChr="|"), r"\begin{vmatrix}a\end{vmatrix}"),
    "sine": (s("func", e(r("sin", '<m:sty m:val="p"/>'), tag="fName"), e("x")), r"\sin x"),
    "function without a command": (s("func", e("arccot", tag="fName"), e("x")), r"\operatorname{arccot}x"),
    "function to a power": (
        s("func", e(s("sSup", e("cos"), e("2", tag="sup")), tag="fName"), e("x")),
        r"\cos^{2}x",
    ),
    "limit": (s("func", e(s("limLow", e("lim"), e("x→0", tag="lim")), tag="fName"), e("f")), r"\lim_{x\to0}f"),
    "limit below": (s("limLow", e("a"), e("b", tag="lim")), r"\underset{b}{a}"),
    "limit above": (s("limUpp", e("="), e("?", tag="lim")), r"\overset{?}{=}"),
    "vector": (s("acc", e("v"), chr="\u20d7"), r"\vec{v}"),
    "long vector": (s("acc", e("AB"), chr="\u20d7"), r"\overrightarrow{AB}"),
    "hat": (s("acc", e("p")), r"\hat{p}"),
    "wide hat": (s("acc", e("ABC")), r"\widehat{ABC}"),
    "bar above": (s("bar", e("A∩B"), pos="top"), r"\overline{A\cap B}"),
    "bar below": (s("bar", e("x")), r"\underline{x}"),
    "brace below": (s("limLow", e(s("groupChr", e("a+b"))), e("n", tag="lim")), r"\underbrace{a+b}_{n}"),
    "brace above": (s("groupChr", e("a"), chr="⏞", pos="top"), r"\overbrace{a}"),
    "arrow with text": (s("groupChr", e("t"), chr="→", pos="top"), r"\xrightarrow[t]{}"),
    "box": (s("box", e("x")), "x"),
    "box without a border": (s("borderBox", e("x"), hideTop="1", hideBot="1", hideLeft="1", hideRight="1"), "x"),
    "phantom": (s("phant", e("x"), show="0"), r"\phantom{x}"),
    "shown phantom": (s("phant", e("x")), "x"),
    "text": (r("nếu x", "<m:nor/>"), r"\text{nếu x}"),
    "vietnamese word": (r("số"), r"\text{số}"),
    "upright word": (r("kg", '<m:sty m:val="p"/>'), r"\mathrm{kg}"),
    "bold": (r("v", '<m:sty m:val="b"/>'), r"\mathbf{v}"),
    "double-struck": (r("N", '<m:scr m:val="double-struck"/>'), r"\mathbb{N}"),
    "mathematical alphabet": (r("𝑥+𝐀+𝔽"), r"x+\mathbf{A}+\mathbb{F}"),
    "space between words": (r("x khi y"), r"x\ khi\ y"),
    "space around operators": (r("x = 1"), "x=1"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "latex"), CONSTRUCTS.values(), ids=CONSTRUCTS)
def test_constructs_become_latex_without_loss(content: str, latex: str) -> None:
    assert converted(content) == Converted(latex)


@pytest.mark.parametrize("content", [content for content, _ in CONSTRUCTS.values()], ids=CONSTRUCTS)
def test_items_can_hold_what_is_written(content: str) -> None:
    assert latex_to_mathml(converted(content).latex).startswith("<math")


def test_the_quadratic_formula_as_word_writes_it() -> None:
    under = s("rad", e(tag="deg"), e(power("b", "2"), "-4ac"), degHide="1")
    content = r("x=") + s("f", e("-b±", under, tag="num"), e("2a", tag="den"))
    assert converted(content).latex == r"x=\frac{-b\pm\sqrt{b^{2}-4ac}}{2a}"


def test_what_has_no_latex_is_named_and_its_text_kept() -> None:
    assert converted(r("a") + "<m:unknown><m:r><m:t>b</m:t></m:r></m:unknown>") == Converted("ab", ("m:unknown",))
    assert converted(s("acc", e("x"), chr="\u20e7")) == Converted("x", ("m:acc U+20E7",))
    assert converted("<m:r><w:drawing/></m:r>").losses == ("w:drawing",)
    assert converted(s("borderBox", e("x"))) == Converted("x", ("m:borderBox",))


def test_deletions_are_left_out_and_insertions_read() -> None:
    content = f'{r("a")}<w:del w:id="1">{r("b")}</w:del><w:ins w:id="2">{r("c")}</w:ins>'
    assert converted(content) == Converted("ac")


def test_formulas_nested_without_end_are_cut_with_a_loss() -> None:
    content = r("x")
    for _ in range(60):
        content = s("rad", e(tag="deg"), e(content), degHide="1")
    found = converted(content)
    assert found.losses == ("depth",)
    assert found.latex.startswith(r"\sqrt{\sqrt{")


def test_a_formula_without_content_is_empty() -> None:
    assert converted("") == Converted("")


def test_long_formulas_take_no_longer_than_their_length() -> None:
    latex = converted(r("α") * 50_000).latex
    assert latex == r"\alpha" * 50_000
