"""Texts that mean the same are the same tokens."""

import pytest

from item_bank.quality.duplicates.folding import option_tokens, placed_tokens, stem_tokens


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Câu 5: Máy nào?", "Máy nào?"),
        ("Câu hỏi số 12. Máy nào?", "Máy nào?"),
        ("cau 7) may nao", "Máy nào?"),
        ("Question 3: Which?", "Which?"),
        ("[NB] Máy nào?", "Máy nào?"),
        ("15. Máy nào?", "Máy nào?"),
        ("Kĩ thuật lí thú", "kỹ thuật lý thú"),
        ("Hoà mạng", "hòa mạng"),
        ("1.000 đồng", "1000 đồng"),
        ("1,234,567 byte", "1234567 byte"),
        ("7,5 giây", "7.5 giây"),
        ("m\u00e1y \u200bt\u00ednh", "may tinh"),
        ("Đ\u1ed1i t\u01b0\u1ee3ng", "doi tuong"),
    ],
)
def test_these_stems_are_the_same(text: str, same: str) -> None:
    assert stem_tokens(text) == stem_tokens(same) != []


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("5 máy nào nối mạng?", "Máy nào nối mạng?"),
        ("7,5 giây", "75 giây"),
        ("0,125", "125"),
        ("=A1+B1", "=A1*B1"),
        ("a < b", "a > b"),
        ("SUM(A1:A5)", "SUM(A1:A6)"),
    ],
)
def test_these_stems_differ(text: str, other: str) -> None:
    assert stem_tokens(text) != stem_tokens(other)


def test_letters_before_options_fall_and_options_that_are_letters_stay() -> None:
    assert option_tokens("A. Chuột") == option_tokens("*B) chuột") == option_tokens("Chuột")
    assert option_tokens("C") == ["c"]
    assert option_tokens("D.") != []


def test_placed_tokens_point_into_the_text() -> None:
    text = "Câu 1.\n  M\u0301áy TÍNH, để bàn"
    tokens = placed_tokens(text)
    assert [token.text for token in tokens][-3:] == ["tinh", "de", "ban"]
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert text[tokens[-1].start : tokens[-1].end] == "bàn"
