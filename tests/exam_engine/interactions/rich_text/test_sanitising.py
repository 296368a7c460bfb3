"""From the HTML of editors, word processors and web pages to the subset."""

import pytest

from exam_engine.interactions.rich_text import (
    RichTextTooComplexError,
    RichTextTooLongError,
    Sanitised,
    sanitise,
)
from exam_engine.interactions.rich_text.sanitising import MAX_LENGTH, MAX_TAGS

HASH = "0123456789abcdef" * 4
IMAGE = f'<img src="media:{HASH}" alt="Sơ đồ mạng">'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<b>a</b> <i>b</i> <strike>c</strike> <ins>d</ins>", "<strong>a</strong> <em>b</em> <s>c</s> <u>d</u>"),
        ("<h2>Đọc</h2><div>a<br>b</div><div>c</div>", "<p><strong>Đọc</strong></p><p>a<br>b</p><p>c</p>"),
        ("<div><p>a</p>b</div>", "<p>a</p><p>b</p>"),
        ("a<p>b</p>c", "<p>a</p><p>b</p><p>c</p>"),
        ("<p>a</p>\n\n<p> </p><p>b</p>", "<p>a</p><p>b</p>"),
        ("<b><p>a</p><p>b</p></b>", "<p><strong>a</strong></p><p><strong>b</strong></p>"),
        ("<u><em></em></u>x", "x"),
        ("H<sub>2</sub>O, 10<sup>3</sup>", "H<sub>2</sub>O, 10<sup>3</sup>"),
        ("<blockquote>a</blockquote>", "<blockquote>a</blockquote>"),
        (
            f"<figure>{IMAGE}<figcaption>Hình 1</figcaption></figure>",
            f"<figure>{IMAGE}<figcaption>Hình 1</figcaption></figure>",
        ),
    ],
)
def test_formatting_is_written_in_one_way(html: str, expected: str) -> None:
    assert sanitise(html) == Sanitised(expected)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ol start=3 type=a><li>x<li>y</ol>", '<ol start="3" type="a"><li>x</li><li>y</li></ol>'),
        ("<li>a</li> <li>b</li>", "<ul><li>a</li><li>b</li></ul>"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<ol start=x type=q><li>a</ol>", "<ol><li>a</li></ol>"),
        ("<ul></ul>a", "a"),
    ],
)
def test_lists_hold_items_only(html: str, expected: str) -> None:
    assert sanitise(html).html == expected


def test_a_table_gets_its_parts_and_keeps_spans_and_scopes() -> None:
    html = "<table border=1><caption>Bảng <b>1</b><tr><th scope=col>A<th>B<tr><td colspan=2 rowspan=1>c<tr></table>"
    assert sanitise(html).html == (
        "<table><caption>Bảng <strong>1</strong></caption><tbody>"
        '<tr><th scope="col">A</th><th>B</th></tr><tr><td colspan="2" rowspan="1">c</td></tr></tbody></table>'
    )


def test_code_keeps_its_lines_and_its_signs() -> None:
    html = "<pre><code>if (a &lt; b) {\n    x();\n}</code></pre>"
    assert sanitise(html) == Sanitised(html)


def test_pasted_word_markup_loses_its_dress_and_says_so() -> None:
    html = (
        '<p class=MsoNormal style="margin:0cm"><!--[if !mso]><b>x</b><![endif]--><b>Câu 1.</b><o:p></o:p> '
        '<font color=red>Thủ đô</font>?</p><p class="MsoNormal">&nbsp;</p>'
    )
    assert sanitise(html) == Sanitised("<p><strong>Câu 1.</strong> Thủ đô?</p>", ("@class", "@style", "font", "o:p"))


def test_pictures_and_sounds_of_the_bank_stay_with_their_harmless_attributes() -> None:
    html = (
        f'<img onerror=x src="media:{HASH}" height=200 width=300 alt="Sơ đồ mạng"><audio autoplay src="media:{HASH}">'
    )
    assert sanitise(html).html == (
        f'<img src="media:{HASH}" alt="Sơ đồ mạng" width="300" height="200">'
        f'<audio src="media:{HASH}" controls=""></audio>'
    )


@pytest.mark.parametrize(
    "source",
    [
        "https://example.org/a.png",
        "data:image/png;base64,AAAA",
        "a.png",
        "//example.org/a.png",
        "media:",
        f"media:{HASH[:-1]}",
        f"media:{HASH}0",
        f"media:{HASH.upper()}",
        f"media:{HASH}/x",
        f"media://{HASH}",
    ],
)
def test_pictures_from_elsewhere_are_left_out_and_named(source: str) -> None:
    found = sanitise(f'a<img src="{source}" alt="x">')
    assert found.html == "a"
    assert "img" in found.removed


def test_gaps_hot_texts_and_languages_stay() -> None:
    html = (
        '<p lang="en-GB">Fill <span data-gap="g1"></span>, '
        '<span data-hottext="h2">mark</span> <span lang="fr">oui</span></p>'
    )
    assert sanitise(html) == Sanitised(html)


@pytest.mark.parametrize("identifier", ["", "G1", "g_1", "g123456789", "g 1", "đ"])
def test_gaps_with_other_identifiers_are_left_out(identifier: str) -> None:
    assert sanitise(f'a <span data-gap="{identifier}">b</span>').html == "a b"


def test_a_span_without_meaning_goes() -> None:
    assert sanitise("<span style='color:red'>a</span>") == Sanitised("a", ("@style",))


def test_fenced_terms_become_rows_with_their_fences() -> None:
    html = "<math><mfenced open='[' separators=';'><mi>a</mi><mi>b</mi><mi>c</mi></mfenced></math>"
    assert sanitise(html).html == (
        '<math><mrow><mo fence="true" stretchy="true" form="prefix">[</mo><mi>a</mi>'
        '<mo separator="true">;</mo><mi>b</mi>'
        '<mo separator="true">;</mo><mi>c</mi><mo fence="true" stretchy="true" form="postfix">)</mo></mrow></math>'
    )


def test_a_formula_keeps_its_latex_and_loses_other_annotations() -> None:
    html = (
        "<math xmlns='http://www.w3.org/1998/Math/MathML' display='inline'><semantics>"
        "<mfrac><mn>1</mn><mi>x</mi></mfrac>"
        "<annotation encoding='application/x-tex'>\\frac1x</annotation>"
        "<annotation encoding='StarMath 5.0'>1 over x</annotation></semantics></math>"
    )
    assert sanitise(html).html == (
        "<math><semantics><mfrac><mn>1</mn><mi>x</mi></mfrac>"
        '<annotation encoding="application/x-tex">\\frac1x</annotation></semantics></math>'
    )


def test_a_fraction_without_its_denominator_is_no_fraction() -> None:
    assert sanitise("<math><mfrac><mn>1</mn></mfrac></math>").html == "<math><mrow><mn>1</mn></mrow></math>"


def test_text_is_composed_and_loses_what_nobody_sees() -> None:
    assert sanitise("<p>a\u0302\u0301\u200b\u00ad\ufeff\x00\x08 b</p>").html == "<p>ấ b</p>"


def test_a_sign_that_opens_no_tag_is_a_sign() -> None:
    assert sanitise("1 < 2, a<b") == Sanitised("1 &lt; 2, a&lt;b")
    assert sanitise("<b>a</b><c") == Sanitised("<strong>a</strong>&lt;c")


def test_what_is_left_out_is_named() -> None:
    html = "<script>x()</script><iframe src=x></iframe><p onclick=x() id=a><a href=x>b</a><hr>"
    assert sanitise(html) == Sanitised("<p>b</p>", ("@id", "@onclick", "a", "hr", "iframe", "script"))


def test_the_length_is_limited() -> None:
    assert sanitise("a" * MAX_LENGTH).html == "a" * MAX_LENGTH
    with pytest.raises(RichTextTooLongError):
        sanitise("a" * (MAX_LENGTH + 1))


def test_the_number_of_tags_is_limited() -> None:
    assert sanitise("<br>" * MAX_TAGS).html == "<br>" * MAX_TAGS
    with pytest.raises(RichTextTooComplexError):
        sanitise("<br>" * (MAX_TAGS + 1))


def test_formatting_that_parsers_would_open_again_in_every_paragraph_is_refused() -> None:
    opened = "".join(f"<font color=c{number}>" for number in range(500))
    with pytest.raises(RichTextTooComplexError):
        sanitise(opened + "<p>x" * 500)


@pytest.mark.parametrize("tag", ["blockquote", "span lang=vi", "ul><li", "math><mrow", "em"])
def test_nesting_of_any_depth_keeps_its_words(tag: str) -> None:
    html = sanitise(f"<{tag}>" * 300 + "chữ").html
    assert "chữ" in html
    assert html.count("<") < 500
    assert sanitise(html).html == html
