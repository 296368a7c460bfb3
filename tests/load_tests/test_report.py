"""The report of a run: words in both languages, figures where they belong, nothing from outside."""

import re

import pytest

from exam_engine.core.i18n import LANGUAGES, Language, load_messages
from load_tests.criteria import Surroundings, judge
from load_tests.records import ErrorExample
from load_tests.report.charts import Line, line_chart
from load_tests.report.page import About, RunLine, ramp_page, run_page
from load_tests.report.words import milliseconds, number, share, size
from load_tests.summary import Summary
from tests.conftest import NINE
from tests.load_tests.test_summary import clean, make_calls, make_usage

ABOUT = About(NINE, "http://127.0.0.1:1", "SQLite", "report.html")


def page(summary: Summary, language: Language, about: About = ABOUT) -> str:
    return run_page(summary, judge(summary, Surroundings(16e9, 100e9)), about, language)


def test_both_languages_have_the_same_texts_with_the_same_values() -> None:
    vietnamese, english = load_messages("load_tests", "vi"), load_messages("load_tests", "en")
    assert vietnamese.keys() == english.keys()
    places = re.compile(r"\{(\w+)\}")
    for code, text in vietnamese.items():
        assert set(places.findall(text)) == set(places.findall(english[code])), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_every_text_and_asks_nobody_for_anything(language: Language) -> None:
    shown = page(clean(usage=make_usage(*[0.9] * 10)), language)
    assert f'<html lang="{language}">' in shown
    # A code without a text would be shown as it is.
    assert not re.search(r"\bload\.[a-z]", shown)
    assert not re.search(r"""(src|href)=["'](https?:)?//""", shown)
    assert "@import" not in shown
    assert "<script" not in shown


def test_the_verdict_and_what_to_do_stand_on_the_page() -> None:
    good, bad = clean(), clean({"save": make_calls([5.0] * 100, FAILED=3)})
    assert ">ĐẠT<" in page(good, "vi")
    shown = page(bad, "vi")
    assert ">KHÔNG ĐẠT<" in shown
    assert "Xem mục Lỗi. Hết thời gian chờ" in shown
    assert ">FAILED<" in page(bad, "en")


def test_a_rehearsal_says_whose_copy_it_was_and_what_it_did_not_see() -> None:
    about = About(NINE, "http://127.0.0.1:1", "SQLite", "report.html", rehearsed="Ca 1 <sáng>")
    shown = page(clean(), "vi", about)
    assert "ĐẠT – có thể tổ chức thi" in shown
    assert "Ca 1 &lt;sáng&gt;" in shown
    assert "Máy tính và trình duyệt trong phòng thi." in shown
    assert "tổng duyệt của ca thi" not in page(clean(), "vi")


def test_what_a_server_answered_is_shown_as_text_only() -> None:
    summary = clean()
    summary.errors.append(ErrorExample("save", "500 <script>alert(1)</script>", 0.0, 1_234))
    shown = page(summary, "vi")
    assert "&lt;script&gt;alert(1)" in shown
    assert "1.234 lần" in shown


def test_several_runs_stand_in_one_table_with_their_reports() -> None:
    runs = [RunLine(f"{size_}/bao-cao.html", clean(), []) for size_ in ("00010", "00100")]
    shown = ramp_page(runs, ABOUT, "vi")
    assert re.findall(r'<a href="(\d+/bao-cao.html)"', shown) == [run.file for run in runs]


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert [number(12_345.6, language, 1) for language in LANGUAGES] == ["12.345,6", "12,345.6"]
    assert [milliseconds(ms, "vi") for ms in (4.25, 1_234.5)] == ["4,2", "1.234"]
    assert [share(value, "vi") for value in (0.0, 0.0012, 0.5)] == ["0 %", "0,12 %", "50 %"]
    assert [size(value, "en") for value in (5e8, 4.26e9)] == ["500 MB", "4.3 GB"]


def test_a_chart_keeps_its_points_inside_and_is_empty_without_any() -> None:
    drawn = line_chart("Lưu bài", [Line("server", "", [(-5, 0.0), (0, 3.7), (60, 9.2)])], (-5, 60), "vi")
    points = re.search(r'<polyline class="line server" points="([^"]+)"', drawn)
    assert points is not None
    places = [tuple(map(float, point.split(","))) for point in points[1].split()]
    assert all(46 <= x <= 712 and 10 <= y <= 166 for x, y in places)
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert line_chart("Lưu bài", [Line("server", "", [])], (0, 1), "vi") == ""
