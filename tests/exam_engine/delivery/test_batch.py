"""One group commit: requests of one attempt see each other, fenced work is kept apart, strangers are told so."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from exam_engine.delivery.batch import (
    SILENCE,
    AppendRequest,
    SilentTime,
    WaitingInstruction,
    decide,
    numbers_to_look_up,
)
from exam_engine.delivery.journal import Head, Operation, Refusal, admit
from tests.exam_engine.delivery.requests import DURING, make_head, make_operations, make_request

ONE, TWO = UUID(int=11), UUID(int=12)
HEADS = {ONE: make_head(ONE), TWO: make_head(TWO)}


def test_two_requests_of_one_attempt_follow_each_other_in_one_batch() -> None:
    operations = make_operations(ONE, 4)
    decision = decide([make_request(ONE, operations[:2]), make_request(ONE, operations[2:])], HEADS, {}, {})
    assert [entry.seq for entry in decision.changes.entries] == [1, 2, 3, 4]
    last_seqs = [outcome.admission.head.last_seq for outcome in decision.outcomes if outcome.admission]
    assert last_seqs == [2, 4]
    assert [head.last_seq for head in decision.changes.heads] == [4]


def test_the_same_request_twice_in_one_batch_is_stored_once_and_acknowledged_twice() -> None:
    request = make_request(ONE, make_operations(ONE, 3))
    decision = decide([request, request], HEADS, {}, {})
    assert [entry.seq for entry in decision.changes.entries] == [1, 2, 3]
    assert decision.changes.refused == ()
    assert [outcome.admission.head.last_seq for outcome in decision.outcomes if outcome.admission] == [3, 3]


def test_two_different_operations_under_one_number_in_one_batch_are_a_conflict() -> None:
    first, other = make_operations(ONE, 1), make_operations(ONE, 1, option="bbbb")
    decision = decide([make_request(ONE, first), make_request(ONE, other)], HEADS, {}, {})
    assert [entry.body for entry in decision.changes.entries] == [first[0].body]
    assert [(r.body, r.reason) for r in decision.changes.refused] == [(other[0].body, Refusal.DIFFERENT_OPERATION)]


def test_a_later_request_may_fill_the_gap_of_an_earlier_one() -> None:
    operations = make_operations(ONE, 3)
    decision = decide([make_request(ONE, operations[2:]), make_request(ONE, operations[:2])], HEADS, {}, {})
    early, late = (outcome.admission for outcome in decision.outcomes)
    assert early is not None
    assert late is not None
    assert (early.head.last_seq, early.want_from) == (0, 1)
    assert (late.head.last_seq, late.want_from) == (2, None)


def test_attempts_in_one_batch_do_not_touch_each_other() -> None:
    decision = decide(
        [make_request(ONE, make_operations(ONE, 2)), make_request(TWO, make_operations(TWO, 1))], HEADS, {}, {}
    )
    assert {head.attempt_id: head.last_seq for head in decision.changes.heads} == {ONE: 2, TWO: 1}


def test_another_candidates_attempt_is_answered_like_none_and_nothing_is_kept() -> None:
    thief = make_request(ONE, make_operations(ONE, 1), registration_id=HEADS[TWO].registration_id)
    decision = decide([thief], HEADS, {}, {})
    assert decision.outcomes[0].is_unknown
    assert (decision.changes.entries, decision.changes.refused, decision.changes.heads) == ((), (), ())


def test_an_unknown_attempt_is_told_so_and_nothing_is_kept_of_it() -> None:
    stranger = UUID(int=99)
    decision = decide([make_request(stranger, make_operations(stranger, 1))], HEADS, {}, {})
    assert decision.outcomes[0].is_unknown
    assert decision.outcomes[0].admission is None
    changes = decision.changes
    assert (changes.entries, changes.refused, changes.heads, dict(changes.seen_at)) == ((), (), (), {})


def test_a_browser_with_an_older_epoch_or_another_session_is_fenced_and_its_work_kept_apart() -> None:
    head = make_head(ONE, epoch=2)
    operations = make_operations(ONE, 2)
    requests = [
        make_request(ONE, operations, epoch=1),
        make_request(ONE, operations, epoch=2, session_id=UUID(int=3)),
        make_request(ONE, operations, epoch=3),
    ]
    decision = decide(requests, {ONE: head}, {}, {})
    assert all(outcome.is_fenced and outcome.admission is None for outcome in decision.outcomes)
    assert decision.changes.entries == ()
    assert {(r.seq, r.epoch, r.reason) for r in decision.changes.refused} == {
        (seq, epoch, Refusal.FENCED) for seq in (1, 2) for epoch in (1, 2, 3)
    }
    # A fenced browser is no sign of life of the seat.
    assert decision.changes.heads == ()


def test_what_a_fenced_browser_had_stored_before_is_not_kept_a_second_time() -> None:
    operations = make_operations(ONE, 3)
    head = make_head(ONE, epoch=2, last_seq=2, chain_head=operations[1].hash)
    stored = {ONE: {1: operations[0].hash, 2: operations[1].hash}}
    decision = decide([make_request(ONE, operations, epoch=1)], {ONE: head}, stored, {})
    assert [r.seq for r in decision.changes.refused] == [3]


def test_hashes_are_looked_up_only_for_numbers_that_arrive_again() -> None:
    operations = make_operations(ONE, 5)
    head = make_head(ONE, last_seq=3, chain_head=operations[2].hash)
    requests = [make_request(ONE, operations[1:4]), make_request(ONE, operations[2:5]), make_request(TWO)]
    assert numbers_to_look_up(requests, {ONE: head, TWO: HEADS[TWO]}) == {ONE: {2, 3}}


def test_instructions_ride_along_until_they_are_confirmed() -> None:
    first = WaitingInstruction(UUID(int=71), "message", "Còn 15 phút.", DURING)
    second = WaitingInstruction(UUID(int=72), "message", "Còn 5 phút.", DURING)
    registration = HEADS[ONE].registration_id
    decision = decide(
        [make_request(ONE), make_request(ONE, confirmed=(first.id,)), make_request(TWO, confirmed=(second.id,))],
        HEADS,
        {},
        {registration: [first, second]},
    )
    assert [outcome.instructions for outcome in decision.outcomes] == [(first, second), (second,), ()]
    # Each confirmation is bound to the registration that sent it: nobody confirms another's message.
    assert decision.changes.confirmed == ((registration, first.id), (HEADS[TWO].registration_id, second.id))


def test_a_seat_was_last_seen_at_the_latest_of_its_requests() -> None:
    late, early = make_request(ONE, arrived_at=DURING + timedelta(seconds=9)), make_request(ONE, arrived_at=DURING)
    assert decide([late, early], HEADS, {}, {}).changes.seen_at == {ONE: DURING + timedelta(seconds=9)}


def one_by_one(requests: list[AppendRequest]) -> tuple[Head, list[Operation]]:
    head, stored, kept = HEADS[ONE], dict[int, str](), list[Operation]()
    for request in requests:
        admission = admit(head, request.operations, stored, epoch=1, now=DURING)
        head = admission.head
        stored |= {entry.seq: entry.hash for entry in admission.entries}
        kept += [Operation(entry.seq, entry.hash, entry.body) for entry in admission.entries]
    return head, kept


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.sampled_from(["aaaa", "bbbb"])), max_size=8))
def test_a_batch_stores_what_the_same_requests_would_store_one_by_one(
    spans: list[tuple[int, int, str]],
) -> None:
    requests = [
        make_request(ONE, make_operations(ONE, 12, option=option)[min(a, b) : max(a, b)]) for a, b, option in spans
    ]
    decision = decide(requests, HEADS, {}, {})
    head, kept = one_by_one(requests)
    assert [Operation(e.seq, e.hash, e.body) for e in decision.changes.entries] == kept
    assert [entry.seq for entry in decision.changes.entries] == list(range(1, head.last_seq + 1))
    assert decision.changes.heads == ((replace(head),) if requests else ())


def test_a_silence_is_noted_when_something_is_heard_again_and_only_once() -> None:
    heard, tick = HEADS[ONE].seen_at, timedelta(microseconds=1)
    just, over = heard + SILENCE, heard + SILENCE + tick
    assert decide([make_request(ONE, arrived_at=just)], HEADS, {}, {}).changes.silences == ()
    requests = [make_request(ONE, arrived_at=over), make_request(ONE, arrived_at=over + tick)]
    changes = decide(requests, HEADS, {}, {}).changes
    assert changes.silences == (SilentTime(ONE, heard, over),)
    assert changes.heads[0].seen_at == over + tick
    # A request that was held up on its way says nothing of the time between.
    late = decide([make_request(ONE, arrived_at=over), make_request(ONE, arrived_at=heard)], HEADS, {}, {})
    assert late.changes.silences == (SilentTime(ONE, heard, over),)
    assert late.changes.heads[0].seen_at == over


def test_whoever_has_no_seat_breaks_no_silence() -> None:
    fenced = make_request(ONE, epoch=2, arrived_at=HEADS[ONE].seen_at + 2 * SILENCE)
    assert decide([fenced], HEADS, {}, {}).changes.silences == ()
