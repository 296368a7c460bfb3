"""What holds for every text: canonical HTML is a fixed point, holds the subset only, and keeps the words."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.interactions.rich_text import Sanitised, editable, plain_text, sanitise, set_formulas, text_to_html
from tests.exam_engine.interactions.rich_text.hostile_html import HOSTILE
from tests.exam_engine.interactions.rich_text.soup import SOUP

# Written out again here, so that a slip in the tables of the package is seen.
ALLOWED = {
    "p",
    "br",
    "strong",
    "em",
    "u",
    "s",
    "sub",
    "sup",
    "ul",
    "ol",
    "li",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "pre",
    "code",
    "blockquote",
    "figure",
    "figcaption",
    "span",
    "img",
    "audio",
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "mtext",
    "mspace",
    "mfrac",
    "msqrt",
    "mroot",
    "msub",
    "msup",
    "msubsup",
    "munder",
    "mover",
    "munderover",
    "mtable",
    "mtr",
    "mtd",
    "mstyle",
    "mpadded",
    "mphantom",
    "semantics",
    "annotation",
}
TAG = re.compile(r'</?([a-z]+)((?: [a-z-]+="[^"<>]*")*)>')


def assert_in_subset(html: str) -> None:
    rest = TAG.sub("", html)
    assert "<" not in rest
    assert ">" not in rest
    for name, attributes in TAG.findall(html):
        assert name in ALLOWED
        for key, value in re.findall(r' ([a-z-]+)="([^"]*)"', attributes):
            assert not key.startswith("on")
            assert key not in {"style", "class", "id", "href", "srcdoc", "xmlns"}
            assert key != "src" or re.fullmatch("media:[0-9a-f]{64}", value)


def assert_canonical(html: str) -> None:
    once = sanitise(html)
    assert_in_subset(once.html)
    assert sanitise(once.html) == Sanitised(once.html)
    assert unicodedata.is_normalized("NFC", once.html)


@pytest.mark.parametrize("html", HOSTILE)
def test_known_attacks_become_canonical_html_of_the_subset(html: str) -> None:
    assert_canonical(html)


@settings(max_examples=400, deadline=None)
@given(SOUP)
def test_canonical_html_stays_as_it_is_and_holds_the_subset_only(html: str) -> None:
    assert_canonical(html)


@settings(max_examples=150, deadline=None)
@given(SOUP)
def test_canonical_html_can_be_edited_and_read(html: str) -> None:
    canonical = sanitise(html).html
    spoken = plain_text(canonical)
    assert "\x00" not in spoken
    edited = editable(canonical)
    assert ("data-latex" in edited) == ("<annotation" in canonical)
    if "<annotation" not in canonical:
        assert set_formulas(edited) == canonical


@pytest.mark.parametrize(("depth", "is_kept"), [(99, True), (100, False), (140, False)])
def test_a_formula_deeper_than_is_read_again_becomes_its_words(depth: int, is_kept: bool) -> None:
    canonical = sanitise("<math>" * depth + "x").html
    assert ("<math" in canonical) is is_kept
    assert plain_text(canonical) == "x"
    assert set_formulas(editable(canonical)) == canonical


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"]), max_size=40))
def test_plain_text_is_only_escaped(text: str) -> None:
    composed = unicodedata.normalize("NFC", text).lstrip("\u0338")
    escaped = composed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert text_to_html(text) == escaped
    assert sanitise(escaped).html == escaped


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("abắ<>&\"'", min_size=1, max_size=8), min_size=1, max_size=5))
def test_lines_of_plain_text_come_back(lines: list[str]) -> None:
    html = text_to_html("\n".join(lines))
    assert html.count("<br>") == len(lines) - 1
    assert sanitise(html).html == html
    assert plain_text(html) == "\n".join(lines)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_characters_at_all_are_taken(text: str) -> None:
    for made in (text_to_html(text), sanitise(text).html, sanitise(f"<p>{text}</p>").html):
        assert sanitise(made).html == made
        made.encode()
