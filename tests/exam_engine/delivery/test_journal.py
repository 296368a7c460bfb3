"""Admission of operations to the journal and the fold to answers."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.delivery.clock import AttemptTiming
from exam_engine.delivery.journal import (
    Admission,
    Entry,
    Head,
    Kind,
    Operation,
    ParsedBody,
    Refusal,
    admit,
    chain_hash,
    fold,
    genesis_hash,
    parse_body,
)
from exam_engine.delivery.window_events import KIND_OF

ATTEMPT = UUID("6f1c2d9e-0000-4000-8000-000000000001")
START = datetime(2026, 12, 12, 2, 0, tzinfo=UTC)
TIMING = AttemptTiming(
    opens_at=START,
    closes_at=START + timedelta(hours=2),
    duration=timedelta(minutes=45),
    started_at=START,
    grace=timedelta(seconds=60),
)
DURING = START + timedelta(minutes=5)


def make_head(**changes: Any) -> Head:
    head = Head(ATTEMPT, UUID(int=1), UUID(int=2), 1, 0, genesis_hash(ATTEMPT), TIMING, START, is_closed=False)
    return replace(head, **changes)


def chain(*bodies: dict[str, Any], after: str | None = None, first: int = 1) -> list[Operation]:
    previous, operations = after or genesis_hash(ATTEMPT), []
    for seq, body in enumerate(bodies, start=first):
        text = json.dumps({"seq": seq, **body})
        previous = chain_hash(previous, text)
        operations.append(Operation(seq, previous, text))
    return operations


def answer(item: str, option: str, at_ms: int = 1000) -> dict[str, Any]:
    return {"kind": "answer", "item": item, "value": [option], "at_ms": at_ms}


THREE = chain(answer("q01", "aaaa"), answer("q02", "bbbb"), answer("q01", "cccc"))


def admit_now(head: Head, operations: list[Operation], stored: dict[int, str] | None = None, **how: Any) -> Admission:
    return admit(head, operations, stored or {}, epoch=1, now=how.get("now", DURING))


def test_the_hash_is_sha256_over_previous_hash_line_feed_and_text() -> None:
    # Written out with hashlib alone: the browser has to arrive at the same bytes.
    previous = hashlib.sha256(b"journal\n6f1c2d9e-0000-4000-8000-000000000001").hexdigest()
    body = '{"seq":1,"kind":"answer","item":"q07","value":["k3f9"],"at_ms":81234}'
    assert genesis_hash(ATTEMPT) == previous
    assert chain_hash(previous, body) == hashlib.sha256(previous.encode() + b"\n" + body.encode()).hexdigest()


def test_operations_in_order_are_all_stored() -> None:
    admission = admit_now(make_head(), THREE)
    assert [entry.seq for entry in admission.entries] == [1, 2, 3]
    assert (admission.head.last_seq, admission.head.chain_head) == (3, THREE[2].hash)
    assert admission.refused == ()
    assert admission.want_from is None


def test_the_same_operation_again_changes_nothing_and_is_no_conflict() -> None:
    head = admit_now(make_head(), THREE).head
    again = admit_now(head, THREE, {op.seq: op.hash for op in THREE})
    assert (again.entries, again.refused, again.head) == ((), (), head)


def test_a_different_operation_under_a_stored_number_is_kept_beside_and_overwrites_nothing() -> None:
    head = admit_now(make_head(), THREE).head
    other = chain(answer("q01", "zzzz"))
    admission = admit_now(head, other, {1: THREE[0].hash})
    assert [(r.seq, r.reason) for r in admission.refused] == [(1, Refusal.DIFFERENT_OPERATION)]
    assert admission.head == head


def test_a_gap_is_asked_for_by_number_and_nothing_after_it_is_stored() -> None:
    admission = admit_now(make_head(), [THREE[0], THREE[2]])
    assert [entry.seq for entry in admission.entries] == [1]
    assert admission.want_from == 2


def test_an_operation_that_is_not_chained_to_the_end_is_refused() -> None:
    forged = Operation(1, "0" * 64, THREE[0].body)
    assert [r.reason for r in admit_now(make_head(), [forged]).refused] == [Refusal.BROKEN_CHAIN]


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{",
        "[" * 30_000,
        '{"seq": 1, "kind": "answer", "item": "q01", "value": ' + "[" * 30_000,
        '{"seq": 2, "kind": "answer", "item": "q01", "value": ["a"], "at_ms": 1}',
        '{"seq": 1, "kind": "cheat", "item": "q01", "value": ["a"], "at_ms": 1}',
        '{"seq": 1, "kind": ["answer"], "item": "q01", "value": ["a"], "at_ms": 1}',
        '{"seq": 1, "item": "q01", "value": ["a"], "at_ms": 1}',
        '{"seq": 1, "kind": "answer", "value": ["a"], "at_ms": 1}',
        '{"seq": 1, "kind": "answer", "item": "q01\\u0000", "value": ["a"], "at_ms": 1}',
        '{"seq": 1, "kind": "answer", "item": "q01", "value": "a", "at_ms": 1}',
        '{"seq": 1, "kind": "answer", "item": "q01", "value": [1], "at_ms": 1}',
        '{"seq": 1, "kind": "answer", "item": "q01", "value": ["a"], "at_ms": -1}',
        '{"seq": 1, "kind": "answer", "item": "q01", "value": ["a"], "at_ms": true}',
        '{"seq": 1, "kind": "answer", "item": "q01", "value": ["a"], "at_ms": 1.5}',
        '{"seq": 1, "kind": "answer", "item": "q01", "value": ["' + "a" * 10_101 + '"], "at_ms": 1}',
    ],
)
def test_a_text_that_breaks_the_protocol_is_refused(body: str) -> None:
    operation = Operation(1, chain_hash(genesis_hash(ATTEMPT), body), body)
    admission = admit_now(make_head(), [operation])
    assert [r.reason for r in admission.refused] == [Refusal.MALFORMED]
    assert admission.entries == ()


def test_half_a_character_that_a_browser_left_in_an_answer_is_kept_as_one_that_says_so() -> None:
    body = json.dumps({"seq": 1, "kind": "answer", "item": "q01", "value": ["a\ud83d", "\ude00", "😀"], "at_ms": 1})
    parsed = parse_body(body, 1)
    assert parsed is not None
    assert parsed.value == ("a\ufffd", "\ufffd", "😀")


DEADLINE_MS = 45 * 60 * 1000


@pytest.mark.parametrize(
    ("captured_ms", "arrives_after_deadline", "reason"),
    [
        (DEADLINE_MS, timedelta(0), None),
        (DEADLINE_MS, timedelta(seconds=60), None),
        (DEADLINE_MS, timedelta(seconds=60, microseconds=1), Refusal.CLOSED),
        (DEADLINE_MS + 1, timedelta(seconds=1), Refusal.CAPTURED_LATE),
        # The server's clock alone decides while the attempt runs: a browser whose clock is ahead loses nothing.
        (DEADLINE_MS + 1, timedelta(0), None),
    ],
)
def test_work_captured_before_the_deadline_may_arrive_within_the_grace(
    captured_ms: int, arrives_after_deadline: timedelta, reason: Refusal | None
) -> None:
    operations = chain(answer("q01", "aaaa", at_ms=captured_ms))
    now = START + timedelta(minutes=45) + arrives_after_deadline
    admission = admit_now(make_head(), operations, now=now)
    assert [r.reason for r in admission.refused] == ([reason] if reason else [])
    assert len(admission.entries) == (0 if reason else 1)


def test_a_closed_attempt_takes_nothing() -> None:
    admission = admit_now(make_head(is_closed=True), THREE)
    # What is chained to a refused operation is kept for the board like it.
    assert [(r.seq, r.reason) for r in admission.refused] == [(seq, Refusal.CLOSED) for seq in (1, 2, 3)]
    assert admission.entries == ()


def test_the_fold_keeps_the_last_answer_and_forgets_cleared_ones() -> None:
    def body(kind: Kind, item: str | None, *value: str) -> ParsedBody:
        return ParsedBody(kind, item, value, 0)

    answers = fold(
        [
            body(Kind.ANSWER, "q01", "aaaa"),
            body(Kind.ANSWER, "q02", "bbbb"),
            body(Kind.ANSWER, "q01", "cccc"),
            body(Kind.CLEAR, "q02"),
            body(Kind.FLAG, "q03"),
            body(Kind.FLAG, "q04"),
            body(Kind.UNFLAG, "q03"),
            body(Kind.FOCUS_LOST, None),
            body(Kind.ANSWER, "q05"),
            *(body(kind, None, "7") for kind in KIND_OF.values() if kind is not Kind.FOCUS_LOST),
        ]
    )
    assert answers.values == {"q01": ("cccc",)}
    assert answers.flagged == {"q04"}
    assert answers.focus_lost_count == 1


steps = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.sampled_from(["q01", "q02", "q03"]), st.sampled_from(["aaaa", "bbbb"])),
        st.tuples(st.just("clear"), st.sampled_from(["q01", "q02", "q03"]), st.just("")),
    ),
    min_size=1,
    max_size=30,
)


slices = st.lists(st.tuples(st.integers(0, 29), st.integers(1, 30)), max_size=20)


@given(steps=steps, slices=slices)
def test_however_batches_are_repeated_cut_and_lost_the_journal_ends_the_same(
    steps: list[tuple[str, str, str]], slices: list[tuple[int, int]]
) -> None:
    """Sends arbitrary overlapping slices of which none leaves a gap, in the end everything once more."""
    operations = chain(
        *({"kind": kind, "item": item, "value": [v] if v else [], "at_ms": 5} for kind, item, v in steps)
    )
    head, stored, entries = make_head(), dict[int, str](), list[Entry]()
    for start, length in [*slices, (0, len(operations))]:
        first = min(start, head.last_seq, len(operations) - 1)
        admission = admit_now(head, operations[first : first + length], stored)
        assert admission.refused == ()
        head = admission.head
        entries.extend(admission.entries)
        stored.update((entry.seq, entry.hash) for entry in admission.entries)
    assert [entry.seq for entry in entries] == list(range(1, len(operations) + 1))
    assert head.chain_head == operations[-1].hash
    expected: dict[str, tuple[str, ...]] = {}
    for kind, item, value in steps:
        if kind == "answer":
            expected[item] = (value,)
        else:
            expected.pop(item, None)
    assert fold(entry.parsed for entry in entries).values == expected


@given(text=st.text(max_size=200), seq=st.integers(0, 5))
def test_no_text_whatever_breaks_the_parser(text: str, seq: int) -> None:
    parsed = parse_body(text.encode("utf-8", "ignore").decode(), seq)
    assert parsed is None or parsed.kind in set(Kind)
