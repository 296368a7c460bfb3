"""Word-by-word differences of rich texts: exact on both sides, readable in between."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.interactions.rich_text import plain_text, sanitise
from item_bank.reviewing import text_differences
from item_bank.reviewing.text_differences import Change, compare_texts, tokens_of

PICTURE = f'<img src="media:{"a" * 64}" alt="Sơ đồ" width="40" height="30">'
OTHER_PICTURE = f'<img src="media:{"b" * 64}" alt="Sơ đồ" width="40" height="30">'
HALF = "<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>"
THIRD = "<math><mfrac><mn>1</mn><mn>3</mn></mfrac></math>"

_snippets = st.sampled_from(
    [
        "Hàm nào tính tổng? ",
        "hàm ",
        "a < b &amp; c",
        "<strong>đậm <em>nghiêng</em></strong>",
        "<p>Một đoạn</p>",
        "<p>Một</p><p>Hai</p>",
        "<ul><li>một</li><li>hai <code>=SUM(A1)</code></li></ul>",
        "<table><tbody><tr><th>Tên</th><td>Số</td></tr><tr><td>An</td><td>3</td></tr></tbody></table>",
        "<pre>x = 1\n  y = 2</pre>",
        "<blockquote><p>lời</p></blockquote>",
        '<span data-gap="g1"></span>',
        '<span data-hottext="h1">từ</span>',
        '<span lang="en">file</span>',
        "<br>",
        PICTURE,
        HALF,
        "\u00a0",
        " ",
    ]
)
texts = st.lists(_snippets, max_size=8).map(lambda pieces: sanitise("".join(pieces)).html)


def shown(before: str, after: str) -> list[tuple[Change, str]]:
    """What the lines show of each side, without the structure."""
    return [(run.change, run.html) for line in compare_texts(before, after).lines() for run in line.runs if run.html]


@given(texts)
def test_the_pieces_of_a_text_are_the_text(text: str) -> None:
    assert "".join(token.html for token in tokens_of(text)) == text


@given(texts, texts)
@settings(max_examples=300)
def test_a_difference_gives_back_both_sides(before: str, after: str) -> None:
    difference = compare_texts(before, after)
    assert (difference.before, difference.after) == (before, after)
    assert difference.is_same == (before == after)


@given(texts, texts)
def test_the_lines_show_every_word_of_both_sides(before: str, after: str) -> None:
    lines = compare_texts(before, after).lines()
    for side, hidden in ((before, "added"), (after, "removed")):
        kept = "".join(run.html for line in lines for run in line.runs if run.change != hidden)
        assert _words(kept) == _words(side)


def _words(html: str) -> str:
    """All signs of a text in order, however it is broken into lines."""
    return "".join(plain_text(html).split())


@given(texts, texts)
def test_what_is_shown_is_canonical_inline_html(before: str, after: str) -> None:
    for line in compare_texts(before, after).lines():
        for run in line.runs:
            if run.html.strip():
                cleaned = sanitise(run.html)
                assert cleaned.removed == ()
                assert not re.search(r"<(p|ul|ol|li|table|tr|td|th|pre|blockquote)\b", cleaned.html)


def test_only_the_words_that_changed_are_marked() -> None:
    assert shown("Hàm nào tính tổng các ô?", "Hàm nào tính trung bình các ô?") == [
        ("same", "Hàm nào tính "),
        ("removed", "tổng"),
        ("added", "trung bình"),
        ("same", " các ô?"),
    ]


def test_a_phrase_that_changed_reads_as_one() -> None:
    assert shown("chọn một phương án", "đánh dấu mọi phương án") == [
        ("removed", "chọn một"),
        ("added", "đánh dấu mọi"),
        ("same", " phương án"),
    ]


def test_a_change_of_tone_is_a_change_of_the_word() -> None:
    assert shown("má tính", "máy tính")[:2] == [("removed", "má"), ("added", "máy")]


def test_formatting_is_a_change_of_what_it_is_around() -> None:
    assert shown("Chọn câu sai nhất", "Chọn câu <strong>sai</strong> nhất") == [
        ("same", "Chọn câu "),
        ("removed", "sai"),
        ("added", "<strong>sai</strong>"),
        ("same", " nhất"),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PICTURE, OTHER_PICTURE),
        (HALF, THIRD),
        ('<span data-gap="g1"></span>', '<span data-gap="g2"></span>'),
    ],
)
def test_pictures_formulas_and_gaps_change_as_a_whole(before: str, after: str) -> None:
    assert shown(f"Xem {before} rồi chọn", f"Xem {after} rồi chọn") == [
        ("same", "Xem "),
        ("removed", before),
        ("added", after),
        ("same", " rồi chọn"),
    ]


def test_a_paragraph_that_was_parted_says_where() -> None:
    lines = compare_texts("<p>Đọc kĩ rồi trả lời</p>", "<p>Đọc kĩ</p><p>rồi trả lời</p>").lines()
    runs = [(run.change, run.html, run.block) for line in lines for run in line.runs]
    assert runs == [
        ("same", "Đọc kĩ", ""),
        ("removed", " ", ""),
        ("added", "", "p"),
        ("same", "rồi trả lời", ""),
    ]
    assert [line.kind for line in lines] == ["p", "p"]


def test_rows_are_lines_and_cells_are_parted() -> None:
    before = "<table><tbody><tr><td>An</td><td>3</td></tr><tr><td>Bình</td><td>4</td></tr></tbody></table>"
    [first, second] = compare_texts(before, before.replace("4", "5")).lines()
    assert [(run.change, run.html or run.block) for run in first.runs] == [
        ("same", "An"),
        ("same", "td"),
        ("same", "3"),
    ]
    assert [(run.change, run.html or run.block) for run in second.runs] == [
        ("same", "Bình"),
        ("same", "td"),
        ("removed", "4"),
        ("added", "5"),
    ]


def test_code_keeps_its_spaces() -> None:
    [line] = compare_texts("<pre>x = 1\n  y</pre>", "<pre>x = 2\n  y</pre>").lines()
    assert line.kind == "pre"
    assert line.runs[-1].html == "\n  y"


def test_a_text_that_repeats_one_word_is_compared_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 0
    matched = text_differences._matched

    def counted(old: list[object], new: list[object]) -> object:
        nonlocal steps
        steps += text_differences._steps(old, new)
        return matched(old, new)

    monkeypatch.setattr(text_differences, "_matched", counted)
    lines = [f"<p>{'a ' * 3000}{number}</p>" for number in range(4)]
    before, after = "".join(lines), "".join([lines[0].replace("0", "x"), *lines[1:3], lines[3].replace("3", "y")])
    difference = compare_texts(before, after)
    assert (difference.before, difference.after) == (before, after)
    assert steps <= text_differences.MOST_STEPS
    assert [line.runs[0].change for line in difference.lines()].count("same") >= 2, "unchanged lines stay unchanged"
