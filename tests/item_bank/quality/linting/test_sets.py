"""What only shows over a set of items."""

from collections.abc import Sequence

import pytest
from scipy.stats import chisquare

from item_bank.quality.linting import LintedItem, lint_set
from tests.item_bank.quality.linting.makers import choice


def keyed(places: str, options: int = 4) -> list[LintedItem]:
    texts = ("một", "hai", "ba", "bốn", "năm")[:options]
    return [choice(f"Số nào, lần {i}?", *texts, key=place, code=f"Q{i}") for i, place in enumerate(places)]


def rules(items: Sequence[LintedItem]) -> set[str]:
    return {finding.rule for finding in lint_set(items).findings}


def test_positions_of_keys_are_held_against_equal_chances() -> None:
    positions = lint_set(keyed("A" * 20 + "B" * 8 + "C" * 7 + "D" * 5)).key_positions
    expected = chisquare([20, 8, 7, 5])
    assert positions.counts == (20, 8, 7, 5)
    assert positions.chi_square == pytest.approx(expected.statistic)
    assert positions.p_value == pytest.approx(expected.pvalue)


def test_unbalanced_keys_are_a_hint_and_balanced_ones_are_none() -> None:
    assert "flaw_key_positions" in rules(keyed("A" * 20 + "B" * 8 + "C" * 7 + "D" * 5))
    assert "flaw_key_positions" not in rules(keyed("ABCD" * 10))


def test_items_with_other_numbers_of_options_are_a_stratum_of_their_own() -> None:
    # With three options D cannot be right; counted together the keys would look unbalanced.
    report = lint_set(keyed("ABC" * 40, options=3) + keyed("ABCD" * 5))
    assert report.key_positions.chi_square == pytest.approx(0.0)
    assert report.key_positions.degrees == 2 + 3
    assert report.key_positions.counts == (45, 45, 45, 5)


def test_few_items_tell_nothing_about_positions() -> None:
    report = lint_set(keyed("A" * 19))
    assert report.key_positions.p_value is None
    assert report.findings == ()
    assert lint_set(keyed("A" * 20)).key_positions.p_value == pytest.approx(chisquare([20, 0, 0, 0]).pvalue)


def test_without_keys_nothing_is_said_about_them() -> None:
    blind = [choice(f"Số nào, lần {i}?", "một", "hai", "ba", code=f"Q{i}") for i in range(40)]
    report = lint_set(blind)
    assert (report.key_positions.counts, report.key_positions.p_value) == ((), None)
    assert (report.cross_cues, report.findings) == ((), ())


def test_a_stem_that_answers_another_item_is_named() -> None:
    asked = choice(
        "Giao thức nào mã hóa dữ liệu giữa trình duyệt và máy chủ web?",
        "HTTPS",
        "FTP",
        "SMTP",
        "POP3",
        key="A",
        code="Q1",
    )
    tells = choice(
        "Giao thức HTTPS mã hóa dữ liệu giữa trình duyệt và máy chủ web bằng gì?",
        "Chứng thư số",
        "Mã vạch",
        "Dấu vân tay",
        "Con dấu",
        key="A",
        code="Q2",
    )
    other = choice("Trang bán hàng dùng HTTPS, tại sao?", "An toàn", "Nhanh", "Rẻ", "Đẹp", key="A", code="Q3")
    report = lint_set([asked, tells, other])
    assert [(cue.source, cue.target, cue.words) for cue in report.cross_cues] == [("Q2", "Q1", "HTTPS")]
    (finding,) = report.findings
    assert (finding.rule, finding.place) == ("flaw_cross_cue", "Q1")


def test_a_stem_that_names_a_distractor_too_gives_nothing_away() -> None:
    asked = choice("Giao thức nào mã hóa dữ liệu web?", "HTTPS", "HTTP cũ", "SMTP", "POP3", key="A", code="Q1")
    tells = choice("Giao thức nào mã hóa dữ liệu web: HTTPS hay SMTP?", "Một", "Hai", "Ba", "Bốn", key="A", code="Q2")
    assert lint_set([asked, tells]).cross_cues == ()


@pytest.mark.parametrize(("negative", "is_flawed"), [(2, False), (3, True)])
def test_more_than_a_tenth_of_negative_stems_is_a_hint(negative: int, is_flawed: bool) -> None:
    items = [choice(f"Thiết bị nào KHÔNG phải là thiết bị số {i}?") for i in range(negative)]
    items += [choice(f"Thiết bị nào là thiết bị số {i}?") for i in range(20 - negative)]
    report = lint_set(items)
    assert (report.negative_stems, report.items) == (negative, 20)
    assert ("flaw_negative_share" in rules(items)) is is_flawed


def test_levels_are_counted() -> None:
    items = [choice("Gì?", cognitive_level=level) for level in ("NB", "TH", "NB", "")]
    assert lint_set(items).levels == {"NB": 2, "TH": 1}


def test_an_empty_set_has_no_findings() -> None:
    report = lint_set([])
    assert (report.items, report.findings, report.levels) == (0, (), {})
