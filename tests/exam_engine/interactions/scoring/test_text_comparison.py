"""When two Vietnamese texts count as the same."""

import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exam_engine.interactions.keys import TextComparison
from exam_engine.interactions.scoring.text_comparison import comparison_form, is_same_text
from tests.exam_engine.interactions.scoring.syllables import syllables

DEFAULT = TextComparison()
STRICT = TextComparison(is_case_sensitive=True, is_tone_placement_sensitive=True)
UNMARKED = TextComparison(are_marks_required=False)


def test_the_place_of_a_tone_mark_never_matters_in_any_syllable() -> None:
    unequal = [
        (syllable, other)
        for syllable in syllables()
        for other in (syllable.older, syllable.mistaken)
        if not is_same_text(other, syllable.written, DEFAULT)
    ]
    assert unequal == []


def test_no_two_syllables_count_as_the_same() -> None:
    written = {syllable.written for syllable in syllables()}
    assert len(written) > 15_000
    assert len({comparison_form(text, DEFAULT) for text in written}) == len(written)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"), ("thuý", "thúy"), ("khoẻ", "khỏe"), ("quý", "qúy"), ("trí tuệ", "trí tụê"),
        ("toà nhà", "tòa nhà"), ("huỷ", "hủy"), ("loè", "lòe"), ("già", "gìa"), ("giúp", "gíup"), ("HOÀ", "HÒA"),
    ],
)  # fmt: skip
def test_tone_placement_matters_only_where_the_key_says_so(one: str, other: str) -> None:
    assert is_same_text(one, other, DEFAULT)
    assert is_same_text(one, other, TextComparison(is_case_sensitive=True))
    assert not is_same_text(one, other, STRICT)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("má", "mà"), ("ma", "má"), ("đa", "da"), ("lý", "lí"), ("mỹ", "mĩ"), ("mua", "mưa"), ("quyt", "quýt"),
        ("hoá", "hoa"), ("của", "cua"), ("cúa", "cùa"), ("máy tính", "máytính"), ("tên", "tén"), ("о", "o"),
        ("ма", "ma"), ("x²", "x2"), ("`", "'"), ("a/b", "a\\b"),
    ],
)  # fmt: skip
def test_other_words_and_letters_are_not_the_same(one: str, other: str) -> None:
    assert not is_same_text(one, other, DEFAULT)


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("  Máy \t tính\n", "máy tính"),
        ("máy\u00a0tính", "máy tính"),
        (unicodedata.normalize("NFD", "bộ nhớ trong"), "bộ nhớ trong"),
        ("bộ\u200b nhớ\ufeff", "bộ nhớ"),
        ("“A”", '"A"'),
        ("«A»", '"A"'),
        ("it’s", "it's"),
        ("A1–B2", "A1-B2"),
        ("A1\u2212B2", "A1-B2"),
        ("vân vân…", "vân vân..."),
        ("STRASSE", "straße"),
    ],
)
def test_what_typing_and_programs_do_to_a_text_never_matters(typed: str, accepted: str) -> None:
    assert is_same_text(typed, accepted, DEFAULT)


@pytest.mark.parametrize(
    ("comparison", "typed", "accepted", "is_same"),
    [
        ({}, "CTRL+c", "Ctrl+C", True),
        ({"is_case_sensitive": True}, "CTRL+c", "Ctrl+C", False),
        ({"is_case_sensitive": True}, "Ctrl+C", "Ctrl+C", True),
        ({}, "= SUM( A1 )", "=SUM(A1)", False),
        ({"are_spaces_ignored": True}, "= SUM( A1 )", "=SUM(A1)", True),
        ({"are_spaces_ignored": True}, "hòaâm", "hoà âm", True),
        ({"are_spaces_ignored": True}, "khỏeà", "khoẻ à", True),
        ({"are_spaces_ignored": True}, "khỏeá", "khoẻ à", False),
        ({"are_marks_required": False}, "may tinh dien tu", "máy tính điện tử", True),
        ({"are_marks_required": False}, "ĐƯỜNG DẪN", "duong dan", True),
        ({"are_marks_required": False}, "duong dam", "đường dẫn", False),
        ({"are_marks_required": False, "is_case_sensitive": True}, "Da Lat", "Đà Lạt", True),
        ({"are_marks_required": False, "is_case_sensitive": True}, "da lat", "Đà Lạt", False),
        ({"are_marks_required": True}, "may tinh", "máy tính", False),
    ],
)
def test_the_key_says_what_else_does_not_matter(
    comparison: dict[str, Any], typed: str, accepted: str, is_same: bool
) -> None:
    assert is_same_text(typed, accepted, TextComparison(**comparison)) == is_same


@given(st.text(max_size=40), st.sampled_from([DEFAULT, STRICT, UNMARKED]))
def test_any_text_equals_itself_in_every_unicode_form(text: str, comparison: TextComparison) -> None:
    for form in ("NFC", "NFD"):
        assert is_same_text(unicodedata.normalize(form, text), text, comparison)


_vietnamese = st.text("aàáoòóọuùúyýỳieêềếăắâấơớưứđdbchqgnt HA'-", max_size=20)


@given(_vietnamese, _vietnamese, st.booleans(), st.booleans())
@example(one="à a", other="àa", is_case_sensitive=False, are_spaces_ignored=True)
def test_what_counts_as_the_same_strictly_does_so_when_less_is_asked(
    one: str, other: str, is_case_sensitive: bool, are_spaces_ignored: bool
) -> None:
    strict = TextComparison(
        is_case_sensitive=is_case_sensitive,
        is_tone_placement_sensitive=True,
        are_spaces_ignored=are_spaces_ignored,
    )
    lenient = strict.model_copy(update={"is_tone_placement_sensitive": False})
    unmarked = strict.model_copy(update={"are_marks_required": False})
    if is_same_text(one, other, strict):
        assert is_same_text(one, other, lenient)
    if is_same_text(one, other, lenient):
        assert is_same_text(one, other, unmarked)


@given(_vietnamese, st.sampled_from([DEFAULT, STRICT, UNMARKED, TextComparison(are_spaces_ignored=True)]))
@example(text="à A", comparison=TextComparison(are_spaces_ignored=True))
def test_the_compared_form_of_a_form_is_itself(text: str, comparison: TextComparison) -> None:
    form = comparison_form(text, comparison)
    assert comparison_form(form, comparison) == form
