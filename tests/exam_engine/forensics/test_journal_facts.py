"""Time on items, first answers and departures as a journal tells them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.delivery.journal import Kind, ParsedBody
from exam_engine.delivery.window_events import KIND_OF
from exam_engine.forensics.journal_facts import journal_facts

WINDOW = {*KIND_OF.values(), Kind.FULLSCREEN_BACK} - {Kind.FOCUS_LOST}


def said(kind: Kind, at_seconds: float, item: str | None = None, *value: str) -> ParsedBody:
    return ParsedBody(kind, item, value, round(at_seconds * 1000))


def test_time_belongs_to_the_item_in_sight_over_all_visits() -> None:
    facts = journal_facts(
        [
            said(Kind.ANSWER, 10, "a", "x"),
            said(Kind.NAVIGATE, 12, "b"),
            said(Kind.ANSWER, 32, "b", "y"),
            said(Kind.NAVIGATE, 33, "a"),
            said(Kind.ANSWER, 40, "a", "z"),
        ],
        "a",
    )

    assert facts.seconds == {"a": 12.0 + 7.0, "b": 21.0}
    assert facts.first == {"a": ("x",), "b": ("y",)}
    assert (facts.departures, facts.away_seconds) == (0, 0.0)


def test_time_away_belongs_to_no_item() -> None:
    facts = journal_facts(
        [
            said(Kind.FOCUS_LOST, 5),
            said(Kind.FOCUS_GAINED, 25),
            said(Kind.ANSWER, 30, "a", "x"),
            said(Kind.FOCUS_LOST, 31),
            said(Kind.FOCUS_LOST, 32),
            said(Kind.ANSWER, 41, "a", "y"),
        ],
        "a",
    )

    assert facts.seconds == {"a": 5.0 + 5.0 + 1.0}
    assert facts.departures == 2
    assert facts.away_seconds == pytest.approx(30.0)


@given(st.lists(st.tuples(st.sampled_from(sorted(WINDOW)), st.floats(0, 45)), max_size=12))
def test_events_of_the_window_change_neither_times_nor_departures(told: list[tuple[Kind, float]]) -> None:
    work = [
        said(Kind.ANSWER, 10, "a", "x"),
        said(Kind.FOCUS_LOST, 12),
        said(Kind.FOCUS_GAINED, 20),
        said(Kind.NAVIGATE, 25, "b"),
        said(Kind.ANSWER, 40, "b", "y"),
    ]
    window = [said(kind, at) for kind, at in told if at < 40]
    with_window = sorted(work + window, key=lambda one: one.at_ms)

    plain, told_too = journal_facts(work, "a"), journal_facts(with_window, "a")

    assert told_too.seconds == pytest.approx(plain.seconds)
    assert (told_too.first, told_too.departures) == (plain.first, plain.departures)
    assert told_too.away_seconds == pytest.approx(plain.away_seconds)


def test_a_pause_belongs_to_no_item() -> None:
    operations = [said(Kind.ANSWER, 100, "a", "x"), said(Kind.NAVIGATE, 110, "b")]

    assert journal_facts(operations, "a", [(20_000, 80_000), (105_000, 200_000)]).seconds == {"a": 40.0 + 5.0}


def test_a_clock_that_jumps_back_takes_nothing_away() -> None:
    facts = journal_facts([said(Kind.NAVIGATE, 50, "b"), said(Kind.ANSWER, 40, "b", "x")], "a")

    assert facts.seconds == {"a": 50.0, "b": 0.0}


def test_a_cleared_answer_is_still_the_first_one() -> None:
    facts = journal_facts(
        [said(Kind.ANSWER, 1, "a", "x"), said(Kind.CLEAR, 2, "a"), said(Kind.ANSWER, 3, "a", "y")], "a"
    )

    assert facts.first == {"a": ("x",)}


def test_an_empty_journal_says_nothing() -> None:
    facts = journal_facts([], None)

    assert (facts.seconds, facts.first, facts.departures) == ({}, {}, 0)
