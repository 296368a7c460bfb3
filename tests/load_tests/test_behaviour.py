"""The model of behaviour: seeded, with the distributions it states."""

import math
import random
import statistics
from typing import Any

import pytest

from load_tests.behaviour import Habits, Person, course_of, make_person, reading_seconds, work_on

SECONDS = 2_700.0
NOBODY_SPECIAL = Person(speed=0.0, late_seconds=0.0)
PLAIN = Habits(
    changes_mind=0.0, flags=0.0, leaves_for_later=0.0, leaves_blank=0.0, looks_away=0.0, reloads=0.0, goes_offline=0.0
)


def make_items(count: int, words: int = 12) -> list[dict[str, Any]]:
    return [
        {
            "ref": f"q{number:02d}",
            "interaction": "single_choice",
            "stem": "chữ " * words,
            "options": [{"id": id_, "content": "phương án"} for id_ in "abcd"],
        }
        for number in range(count)
    ]


def test_the_same_seed_gives_the_same_course_and_another_seed_another() -> None:
    courses = [course_of(make_items(20), SECONDS, NOBODY_SPECIAL, Habits(), random.Random(seed)) for seed in (1, 1, 2)]
    assert courses[0] == courses[1] != courses[2]


def test_times_on_an_item_are_log_normal_around_what_the_length_asks_for() -> None:
    items = make_items(1_000)
    acts = work_on(items, SECONDS * 25, NOBODY_SPECIAL, PLAIN, random.Random(3))
    arrivals = [act.at for act in acts if act.kind == "navigate"]
    answers = [act.at for act in acts if act.kind == "answer"]
    logs = [math.log(answer - arrival) for arrival, answer in zip(arrivals, answers, strict=True)]
    assert statistics.stdev(logs) == pytest.approx(PLAIN.spread_of_times, rel=0.08)
    # Of a normal distribution, two thirds lie within one standard deviation.
    middle, spread = statistics.mean(logs), statistics.stdev(logs)
    assert sum(abs(log - middle) < spread for log in logs) / len(logs) == pytest.approx(0.683, abs=0.04)
    assert answers[-1] == pytest.approx(PLAIN.usual_share * SECONDS * 25, rel=0.06)


def test_longer_questions_take_longer_and_faster_people_less() -> None:
    short, long = make_items(1, words=5)[0], make_items(1, words=80)[0]
    assert reading_seconds(long) > 2 * reading_seconds(short)
    items = make_items(30)
    usual = work_on(items, SECONDS, NOBODY_SPECIAL, PLAIN, random.Random(4))[-1].at
    fast = work_on(items, SECONDS, Person(speed=0.5, late_seconds=0.0), PLAIN, random.Random(4))[-1].at
    assert fast == pytest.approx(usual * math.exp(-0.5))


def test_minds_change_and_questions_are_flagged_as_often_as_habits_say() -> None:
    habits = Habits(changes_mind=0.2, flags=0.1, leaves_for_later=0.0, leaves_blank=0.0)
    acts = work_on(make_items(3_000), SECONDS, NOBODY_SPECIAL, habits, random.Random(5))
    answered: dict[int | None, int] = {}
    for act in acts:
        if act.kind == "answer":
            answered[act.item] = answered.get(act.item, 0) + 1
    flagged = {act.item for act in acts if act.kind == "flag"}
    assert len(flagged) / 3_000 == pytest.approx(0.1, abs=0.02)
    changed = sum(count > 1 for item, count in answered.items() if item not in flagged) / (3_000 - len(flagged))
    assert changed == pytest.approx(0.2, abs=0.025)
    # Who flagged a question comes back to it and takes the flag away.
    assert [act.item for act in acts if act.kind == "unflag"] == sorted(flagged, key=lambda item: item or 0)


def test_a_course_is_in_order_within_the_time_and_ends_with_handing_in_or_at_the_end() -> None:
    habits = Habits(hands_in=0.8)
    ends = []
    for seed in range(400):
        rng = random.Random(seed)
        course = course_of(make_items(40), SECONDS, make_person(habits, rng), habits, rng)
        times = [act.at for act in course]
        assert times == sorted(times)
        assert times[0] >= 0.0
        assert times[-1] < SECONDS
        assert all(act.kind != "hand_in" for act in course[:-1])
        ends.append(course[-1].kind == "hand_in")
    # Some of those who would hand in run out of time.
    assert 0.6 < sum(ends) / len(ends) < 0.8


def test_lateness_reloads_and_network_loss_come_as_often_as_habits_say() -> None:
    habits = Habits(is_late=0.1, late_seconds=100.0, reloads=0.3, goes_offline=0.4)
    people = [make_person(habits, random.Random(seed)) for seed in range(3_000)]
    late = [person.late_seconds for person in people if person.late_seconds]
    assert len(late) / len(people) == pytest.approx(0.1, abs=0.02)
    assert statistics.mean(late) == pytest.approx(100.0, rel=0.15)
    courses = [course_of(make_items(10), SECONDS, NOBODY_SPECIAL, habits, random.Random(seed)) for seed in range(1_000)]
    for kind, share in (("reload", 0.3), ("offline", 0.4)):
        assert sum(any(act.kind == kind for act in course) for course in courses) / 1_000 == pytest.approx(
            share, abs=0.05
        )
