"""What would have become of work that a lost browser still held, and what counts once it is admitted."""

import json
from datetime import timedelta
from typing import Any

import pytest

from exam_engine.delivery.clock import AttemptTiming
from exam_engine.delivery.journal import chain_hash, fold, genesis_hash
from exam_engine.delivery.leftovers import HeldOperation, JudgedOperation, Judgement, judge, with_admitted
from exam_engine.delivery.queries import StoredOperation
from exam_engine.delivery.sectioning import parsed
from tests.exam_engine.delivery.test_journal import ATTEMPT, START, TIMING

MINUTE = 60_000


def held(*bodies: dict[str, Any], first: int = 1, epoch: int = 1, minutes: float = 20) -> list[HeldOperation]:
    previous, operations = genesis_hash(ATTEMPT), []
    for seq, body in enumerate(bodies, start=first):
        text = json.dumps({"seq": seq, **body})
        previous = chain_hash(previous, text)
        operations.append(HeldOperation(seq, previous, text, epoch, START + timedelta(minutes=minutes)))
    return operations


def answer(item: str, at: float, value: str | None = "aaaa") -> dict[str, Any]:
    said: dict[str, Any] = (
        {"kind": "answer", "item": item, "value": [value]} if value else {"kind": "clear", "item": item}
    )
    return said | {"at_ms": int(at * MINUTE)}


def judged(operations: list[HeldOperation], *, timing: AttemptTiming = TIMING, **facts: Any) -> list[Judgement]:
    known: dict[str, Any] = {
        "hashes": {0: genesis_hash(ATTEMPT)},
        "last_answers": {},
        "went_on_at": {},
        "section_of": {},
    }
    found: list[JudgedOperation] = judge(operations, timing=timing, **(known | facts))
    return [one.judgement for one in found]


def test_an_answer_captured_in_time_with_no_later_word_counts() -> None:
    assert judged(held(answer("q01", 10), answer("q02", 11, None))) == [Judgement.COUNTS, Judgement.COUNTS]


@pytest.mark.parametrize(
    ("last", "judgement"),
    [
        (10 * MINUTE - 1, Judgement.COUNTS),
        (10 * MINUTE, Judgement.ANSWERED_LATER),
        (11 * MINUTE, Judgement.ANSWERED_LATER),
    ],
)
def test_a_later_word_in_the_journal_stands(last: int, judgement: Judgement) -> None:
    assert judged(held(answer("q01", 10)), last_answers={"q01": last}) == [judgement]
    assert judged(held(answer("q01", 10)), last_answers={"q02": last}) == [Judgement.COUNTS]


def test_of_several_words_on_one_item_the_last_counts() -> None:
    assert judged(held(answer("q01", 10), answer("q01", 11), answer("q02", 9))) == [
        Judgement.OVERTAKEN,
        Judgement.COUNTS,
        Judgement.COUNTS,
    ]


@pytest.mark.parametrize(("at", "judgement"), [(45, Judgement.COUNTS), (45 + 1 / MINUTE, Judgement.AFTER_DEADLINE)])
def test_both_sides_of_the_deadline(at: float, judgement: Judgement) -> None:
    assert judged(held(answer("q01", at), minutes=45.5)) == [judgement]


@pytest.mark.parametrize(("minutes", "judgement"), [(46, Judgement.COUNTS), (46.01, Judgement.ARRIVED_LATE)])
def test_both_sides_of_the_last_arrival(minutes: float, judgement: Judgement) -> None:
    assert judged(held(answer("q01", 10), minutes=minutes)) == [judgement]
    assert judgement.is_admissible


@pytest.mark.parametrize(("at", "judgement"), [(12, Judgement.COUNTS), (12 + 1 / MINUTE, Judgement.AFTER_MOVE)])
def test_who_works_on_at_the_old_computer_after_the_move_works_for_nothing(at: float, judgement: Judgement) -> None:
    moved = {1: START + timedelta(minutes=12)}
    assert judged(held(answer("q01", at)), went_on_at=moved) == [judgement]


def test_only_what_follows_from_the_journal_or_from_what_is_held_can_count() -> None:
    operations = held(answer("q01", 10), answer("q02", 11), answer("q03", 12))
    assert judged(operations[1:], hashes={1: operations[0].hash}) == [Judgement.COUNTS, Judgement.COUNTS]
    assert judged(operations[1:]) == [Judgement.BROKEN_CHAIN, Judgement.COUNTS]
    assert judged([operations[0], operations[2]]) == [Judgement.COUNTS, Judgement.BROKEN_CHAIN]


def test_flags_and_nonsense_are_named_as_what_they_are() -> None:
    operations = held({"kind": "flag", "item": "q01", "at_ms": 1}, {"kind": "dance", "at_ms": 2})
    assert judged(operations) == [Judgement.NO_ANSWER, Judgement.UNREADABLE]
    assert not any(one.is_admissible for one in judged(operations))


@pytest.mark.parametrize(
    ("at", "judgement"),
    [
        (10, Judgement.COUNTS),
        (20, Judgement.COUNTS),
        (20.01, Judgement.OUTSIDE_SECTION),
        (9.99, Judgement.OUTSIDE_SECTION),
    ],
)
def test_both_ends_of_the_section_of_the_item(at: float, judgement: Judgement) -> None:
    section = (START + timedelta(minutes=10), START + timedelta(minutes=20))
    assert judged(held(answer("q01", at)), section_of={"q01": section, "q02": (START, START)}) == [judgement]


def stored(seq: int, item: str, at: float, value: str | None = "aaaa") -> StoredOperation:
    return StoredOperation(seq, json.dumps({"seq": seq, **answer(item, at, value)}))


def test_what_was_admitted_stands_where_it_was_captured_so_that_a_later_word_counts() -> None:
    journal = [stored(1, "q01", 10, "aaaa"), stored(2, "q02", 20, "bbbb"), stored(3, "q03", 20, None)]
    admitted = [
        stored(3, "q01", 11, "new1"),
        stored(4, "q02", 11, "old2"),
        stored(5, "q03", 20, "old3"),
        stored(6, "q04", 30, "new4"),
    ]

    def values(merged: list[StoredOperation]) -> dict[str, tuple[str, ...]]:
        return dict(fold(parsed(merged)).values)

    merged = with_admitted(journal, admitted)
    assert values(merged) == {"q01": ("new1",), "q02": ("bbbb",), "q04": ("new4",)}
    assert [one for one in merged if one in journal] == journal
    assert values(with_admitted(journal, [stored(3, "q01", 11, None)])) == {"q02": ("bbbb",)}
    assert with_admitted(journal, []) == journal
