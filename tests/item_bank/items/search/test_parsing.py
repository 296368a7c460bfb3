"""What is typed and what it asks for."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.items.search.parsing import Condition, Range, Term, parse
from item_bank.items.search.words import indexed_text, tag_keys, tags_in, words


def test_the_word_being_typed_is_a_beginning_and_the_others_are_whole() -> None:
    assert parse("Công thức Exc").terms == (Term(("cong",)), Term(("thuc",)), Term(("exc",), is_prefix=True))
    assert parse("Excel ").terms == (Term(("excel",)),)


def test_quotes_keep_words_together_also_before_they_are_closed() -> None:
    assert parse('"bảng tính"').terms == (Term(("bang", "tinh")),)
    assert parse('"bảng tí').terms == (Term(("bang", "ti")),)


def test_signs_inside_a_word_part_it_into_neighbours() -> None:
    assert parse("IU04-0").terms == (Term(("iu04", "0"), is_prefix=True),)
    assert parse("=SUM(A1:A5) ").terms == (Term(("sum", "a1", "a5")),)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("code:IU04-0", Condition("code", ("iu04-0",))),
        ("mã:IU04", Condition("code", ("iu04",))),
        (unicodedata.normalize("NFD", "mã:IU04"), Condition("code", ("iu04",))),
        ('thẻ:"Công thức"', Condition("tag", ("cong thuc",))),
        ("-status:draft,retired", Condition("status", ("draft", "retired"), is_excluded=True)),
        ("level:vd", Condition("level", ("VD",))),
        ("loại:match", Condition("kind", ("match",))),
    ],
)
def test_filters_have_names_in_both_languages(text: str, condition: Condition) -> None:
    assert parse(text).conditions == (condition,)
    assert parse(text).terms == ()


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("p:0.2..0.8", Range("p", 0.2, 0.8)),
        ("p:0,2..", Range("p", 0.2, None)),
        ("b:..-1", Range("b", None, -1.0)),
        ("b:<-0.5", Range("b", None, -0.5, is_high_open=True)),
        ("r:>=0.3", Range("item_rest", 0.3, None)),
        ("a:>1", Range("a", 1.0, None, is_low_open=True)),
        ("đề:0", Range("forms", 0.0, 0.0)),
    ],
)
def test_figures_are_asked_for_by_range(text: str, span: Range) -> None:
    assert parse(text).ranges == (span,)


def test_a_filter_being_typed_asks_for_nothing_yet() -> None:
    assert parse("status:") == parse("")
    assert parse("bảng status:").terms == (Term(("bang",)),)


@pytest.mark.parametrize("text", ["status:open", "level:X", "kind:essay", "has:wings", "forms:many", "-p:0.5"])
def test_a_value_that_nobody_knows_is_named(text: str) -> None:
    assert parse(f"bảng {text}").unknown == (text,)


def test_other_colons_are_text() -> None:
    assert parse("http://vnu.edu.vn").terms == (Term(("http", "vnu", "edu", "vn"), is_prefix=True),)
    assert parse("chú ý: lưu").conditions == ()


@given(st.text(max_size=60))
def test_nothing_that_can_be_typed_is_an_error(text: str) -> None:
    query = parse(text)
    assert all(word.isascii() and word.isalnum() for term in query.terms for word in term.words)


@given(st.text(max_size=80))
def test_words_are_the_same_however_the_text_is_composed_and_cased(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert words(unicodedata.normalize("NFD", composed)) == words(composed)
    assert words(" ".join(words(text))) == words(text)


@given(st.lists(st.text(min_size=1, max_size=20).map(str.strip).filter(bool), max_size=4))
def test_each_tag_is_kept_under_its_key(tags: list[str]) -> None:
    held = tag_keys(tags)
    assert held.count("|") == (len(tags) + 1 if tags else 0)
    assert len(tags_in(held)) == len(tags)


def test_the_index_keeps_code_and_stem_apart_from_the_rest() -> None:
    assert indexed_text("IU04-1", "Ô nào?", ["=A1+B2", "Đúng"]) == "iu04 1 o nao\na1 b2 dung"
