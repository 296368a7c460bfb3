"""The time of sections against a judge that counts seconds, and the answers that count in them."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.delivery.journal import ParsedBody, parse_body
from exam_engine.delivery.pauses import Interval, length, within
from exam_engine.delivery.sections import (
    PaperSection,
    SectionClock,
    SectionTime,
    counted_answers,
    leavings,
    section_times,
)
from exam_engine.sittings.section_plan import PlannedSection
from tests.exam_engine.delivery.requests import START

MINUTE = timedelta(minutes=1)
FAR = START + timedelta(days=1)


def plan(*minutes: int) -> list[PlannedSection]:
    return [PlannedSection(title=f"Phần {n}", minutes=m) for n, m in enumerate(minutes, start=1)]


def bounds(times: Sequence[SectionTime]) -> list[tuple[float, float]]:
    """Minutes since the start at which each section begins and ends."""
    return [((time.starts_at - START) / MINUTE, (time.ends_at - START) / MINUTE) for time in times]


def clock(**facts: Any) -> SectionClock:
    return SectionClock(**({"started_at": START, "deadline": FAR} | facts))


def span(since: float, until: float) -> Interval:
    return START + since * MINUTE, START + until * MINUTE


def test_sections_follow_one_another() -> None:
    assert bounds(section_times(plan(30, 90), clock(), {})) == [(0, 30), (30, 120)]


def test_leaving_a_section_early_begins_the_next_one_and_gives_its_time_away() -> None:
    assert bounds(section_times(plan(30, 90), clock(), {1: 10 * MINUTE})) == [(0, 10), (10, 100)]


def test_leaving_a_section_after_its_end_changes_nothing() -> None:
    assert bounds(section_times(plan(30, 90), clock(), {1: 31 * MINUTE})) == [(0, 30), (30, 120)]


def test_extra_time_is_shared_out_by_the_length_of_sections() -> None:
    assert bounds(section_times(plan(30, 90), clock(extra_time=40 * MINUTE), {})) == [(0, 40), (40, 160)]


def test_a_pause_moves_the_end_of_the_section_in_which_it_lies() -> None:
    # The second one begins in the first section and goes on in the second, as far as the first has moved.
    assert bounds(section_times(plan(30, 90), clock(stood=[span(10, 15)]), {})) == [(0, 35), (35, 125)]
    assert bounds(section_times(plan(30, 90), clock(stood=[span(50, 60)]), {})) == [(0, 30), (30, 130)]
    assert bounds(section_times(plan(30, 90), clock(stood=[span(30, 40)]), {})) == [(0, 30), (30, 130)]


def test_time_given_back_belongs_to_the_section_in_which_it_was_given() -> None:
    given_in_first = clock(credits=[(START + 10 * MINUTE, 5 * MINUTE)])
    assert bounds(section_times(plan(30, 90), given_in_first, {})) == [(0, 35), (35, 125)]
    given_in_second = clock(credits=[(START + 40 * MINUTE, 5 * MINUTE)])
    assert bounds(section_times(plan(30, 90), given_in_second, {})) == [(0, 30), (30, 125)]
    # Within the grace the last section has ended by its own time, and is the one that gets it.
    given_after = clock(credits=[(START + 121 * MINUTE, 5 * MINUTE)])
    assert bounds(section_times(plan(30, 90), given_after, {})) == [(0, 30), (30, 125)]


def test_time_given_back_in_time_that_was_given_back_counts_too() -> None:
    twice = clock(credits=[(START + 29 * MINUTE, 5 * MINUTE), (START + 33 * MINUTE, 2 * MINUTE)])
    assert bounds(section_times(plan(30, 90), twice, {})) == [(0, 37), (37, 127)]


def test_no_section_outlasts_the_attempt() -> None:
    cut = clock(deadline=START + 100 * MINUTE)
    assert bounds(section_times(plan(30, 90), cut, {})) == [(0, 30), (30, 100)]
    ended = clock(deadline=START + 20 * MINUTE)
    assert bounds(section_times(plan(30, 90), ended, {})) == [(0, 20), (20, 20)]


@given(
    minutes=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    pauses=st.lists(st.tuples(st.integers(0, 900), st.integers(1, 300)), max_size=3),
    credits=st.lists(st.tuples(st.integers(0, 1200), st.integers(1, 120)), max_size=3),
    left=st.dictionaries(st.integers(1, 4), st.integers(0, 1500), max_size=3),
    deadline=st.integers(1, 3000),
)
def test_times_are_those_of_a_judge_that_counts_seconds(
    minutes: list[int],
    pauses: list[tuple[int, int]],
    credits: list[tuple[int, int]],
    left: dict[int, int],
    deadline: int,
) -> None:
    second = timedelta(seconds=1)
    stood = [(START + at * second, START + (at + lasts) * second) for at, lasts in pauses]
    facts = clock(
        stood=stood,
        credits=[(START + at * second, given * second) for at, given in credits],
        deadline=START + deadline * second,
    )
    times = section_times(plan(*minutes), facts, {number: at * second for number, at in left.items()})
    expected = _counted(minutes, pauses, credits, left, deadline)
    assert [((t.starts_at - START) / second, (t.ends_at - START) / second) for t in times] == expected
    # No section runs longer by its own clock than it was given.
    for time, own in zip(times, minutes, strict=True):
        ran = (time.ends_at - time.starts_at) - length(within(stood, time.starts_at, time.ends_at))
        assert ran <= (own * 60 + sum(given for _, given in credits)) * second


def _counted(
    minutes: list[int],
    pauses: list[tuple[int, int]],
    credits: list[tuple[int, int]],
    left: dict[int, int],
    deadline: int,
) -> list[tuple[int, int]]:
    """The bounds of sections in seconds, by watching every second."""
    now, found = 0, []
    for number, own in enumerate(minutes, start=1):
        begin, budget, given = min(now, deadline), own * 60, 0
        now = begin
        while True:
            due = sum(credit for at, credit in credits if at >= begin and (at <= now or number == len(minutes)))
            budget, given = budget + due - given, due
            if now >= deadline or (number in left and now >= left[number]):
                break
            if budget <= 0:
                break
            if not any(at <= now < at + lasts for at, lasts in pauses):
                budget -= 1
            now += 1
        found.append((begin, now))
    return found


def journal(*operations: tuple[str, str | None, list[str], float]) -> list[ParsedBody]:
    bodies = []
    for seq, (kind, item, value, minute) in enumerate(operations, start=1):
        body: dict[str, Any] = {"seq": seq, "kind": kind, "value": value, "at_ms": round(minute * 60_000)}
        parsed = parse_body(json.dumps(body | ({"item": item} if item else {})), seq)
        assert parsed is not None
        bodies.append(parsed)
    return bodies


def answer(item: str, value: str, minute: float) -> tuple[str, str, list[str], float]:
    return ("answer", item, [value], minute)


def leave(number: int, minute: float) -> tuple[str, None, list[str], float]:
    return ("leave_section", None, [str(number)], minute)


def visit(item: str, minute: float) -> tuple[str, str, list[str], float]:
    return ("navigate", item, [], minute)


SECTIONS = [PaperSection(1, ("a", "b")), PaperSection(2, ("c", "d"))]


def counted(
    *operations: tuple[str, str | None, list[str], float], sections: list[PaperSection] = SECTIONS
) -> dict[str, list[str]]:
    bodies = journal(*operations)
    times = section_times(plan(30, 90), clock(), leavings(bodies, 2))
    return counted_answers(bodies, sections, times)


def test_an_answer_counts_until_the_very_end_of_its_section() -> None:
    millisecond = 1 / 60_000
    assert counted(answer("a", "1", 5), answer("a", "2", 30)) == {"a": ["2"]}
    assert counted(answer("a", "1", 5), answer("a", "2", 30 + millisecond)) == {"a": ["1"]}
    assert counted(answer("c", "1", 30)) == {"c": ["1"]}
    assert counted(answer("c", "1", 30 - millisecond)) == {}


def test_what_is_changed_after_leaving_a_section_counts_no_more() -> None:
    given = counted(answer("a", "1", 5), leave(1, 6), answer("a", "2", 7), answer("c", "3", 8), leave(2, 9))
    assert given == {"a": ["1"], "c": ["3"]}


def test_clearing_an_answer_after_its_section_leaves_it() -> None:
    assert counted(answer("a", "1", 5), leave(1, 6), ("clear", "a", [], 7)) == {"a": ["1"]}
    assert counted(answer("a", "1", 5), ("clear", "a", [], 5.5), leave(1, 6)) == {}


def test_time_of_a_section_cannot_be_spent_on_the_next_one() -> None:
    assert counted(answer("c", "1", 5)) == {}
    # Leaving is a beginning, even where a browser's clock is a little behind.
    assert counted(leave(1, 6), answer("c", "1", 5.99)) == {"c": ["1"]}


def test_leaving_a_later_section_leaves_those_before_it() -> None:
    assert leavings(journal(leave(2, 4)), 2) == {1: 4 * MINUTE, 2: 4 * MINUTE}
    assert counted(leave(2, 4), answer("a", "1", 5), answer("c", "1", 5)) == {}


@pytest.mark.parametrize("value", [[], ["0"], ["3"], ["x"], ["1", "2"], ["-1"], ["٢"], ["999"]])
def test_leaving_what_is_no_section_is_no_leaving(value: list[str]) -> None:
    strange = ("leave_section", None, value, 6.0)
    assert leavings(journal(strange), 2) == {}
    assert counted(strange, answer("a", "1", 7)) == {"a": ["1"]}


def test_in_a_section_that_only_goes_forward_earlier_items_are_settled() -> None:
    forward = [PaperSection(1, ("a", "b"), "forward"), PaperSection(2, ("c", "d"))]
    steps = (visit("a", 0), answer("a", "1", 1), visit("b", 2), answer("a", "2", 3), answer("b", "1", 4))
    assert counted(*steps, sections=forward) == {"a": ["1"], "b": ["1"]}
    assert counted(*steps) == {"a": ["2"], "b": ["1"]}
    # Going to an item of another section settles nothing of this one.
    assert counted(visit("d", 0), answer("a", "1", 1), sections=forward) == {"a": ["1"]}


def test_items_outside_every_section_count_nothing() -> None:
    assert counted(answer("zz", "1", 1)) == {}
