"""From attempts to released results: who must wait for what, who may do what, what is fixed."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from exam_engine.audit.models import AuditEntry
from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.core.errors import InvalidInputError, NotFoundError, SecondPersonError
from exam_engine.core.time import VIETNAM
from exam_engine.marking.models import MarkedAttempt
from exam_engine.results import service
from exam_engine.results.errors import (
    ResultsAlreadyProposedError,
    ResultsChangedError,
    ResultsNotProposedError,
    ResultsNotReadyError,
)
from exam_engine.results.models import Result
from exam_engine.results.service import SittingResults
from exam_engine.sittings import registering
from exam_engine.sittings import service as sittings
from exam_engine.sittings.errors import SittingSettledError
from tests.conftest import NINE, make_actor
from tests.exam_engine.results.finished import AFTER, ENDS, FinishedSitting, finished_sitting

PROPOSER = make_actor("board_member", name="Lê Văn Đề")
APPROVER = make_actor("board_member", name="Trần Thị Duyệt")
EXAM_DAY = date(2026, 12, 12)


@pytest.fixture
async def sitting(database: Database, settings: Settings) -> FinishedSitting:
    return await finished_sitting(database, settings)


async def read(sitting: FinishedSitting, now: Any = AFTER) -> SittingResults:
    async with sitting.database.read() as session:
        return await service.results_of_sitting(session, sitting.sitting_id, now=now)


async def propose(sitting: FinishedSitting, now: Any = AFTER) -> SittingResults:
    async with sitting.database.write() as session:
        return await service.propose(session, sitting.sitting_id, actor=PROPOSER, now=now)


async def approve(sitting: FinishedSitting, actor: Any = APPROVER, now: Any = AFTER, **values: Any) -> SittingResults:
    decision: dict[str, Any] = {"decision_number": "125/QĐ-SGDĐT", "decided_on": None} | values
    async with sitting.database.write() as session:
        return await service.approve(session, sitting.sitting_id, actor=actor, now=now, **decision)


async def send_back(sitting: FinishedSitting, reason: str = "Xem lại phòng 1") -> SittingResults:
    async with sitting.database.write() as session:
        return await service.send_back(session, sitting.sitting_id, reason=reason, actor=APPROVER, now=AFTER)


async def refusal(sitting: FinishedSitting, now: Any = AFTER) -> list[str]:
    with pytest.raises(ResultsNotReadyError) as caught:
        await propose(sitting, now)
    return [fault.code for fault in caught.value.faults]


def decisions(results: SittingResults) -> list[tuple[str | None, str | None, str | None]]:
    return [(str(row.mark) if row.mark is not None else None, row.decision, row.finish_kind) for row in results.rows]


async def test_a_pass_begins_at_five_and_the_absent_have_no_mark(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=20)
    await sitting.attempt(2, right=19, finish_kind="time_over")
    await sitting.attempt(3, right=40)
    results = await propose(sitting)
    assert decisions(results) == [
        ("5.00", "pass", "submitted"),
        ("4.75", "fail", "time_over"),
        ("10.00", "pass", "submitted"),
        (None, "absent", "absent"),
    ]
    assert results.counts == {"pass": 2, "fail": 1, "absent": 1, "open": 0}
    assert [row.registration_id for row in results.rows] == sitting.registration_ids
    assert (results.rows[0].raw, results.rows[0].max_points) == (Decimal(20), Decimal(40))


async def test_results_wait_for_the_end_of_the_sitting_while_somebody_may_still_come(sitting: FinishedSitting) -> None:
    for seat in (1, 2, 3):
        await sitting.attempt(seat, right=20)
    assert (await read(sitting, ENDS)).status == "running"
    assert await refusal(sitting, ENDS) == ["sitting_still_open"]
    assert (await read(sitting, AFTER)).status == "ready"
    assert (await propose(sitting, AFTER)).status == "proposed"


async def test_nobody_is_absent_while_the_sitting_runs(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=20)
    assert [row.decision for row in (await read(sitting, ENDS)).rows] == ["pass", None, None, None]


async def test_when_everybody_has_submitted_nobody_waits_for_the_clock(sitting: FinishedSitting) -> None:
    for seat in (1, 2, 3, 4):
        await sitting.attempt(seat, right=20)
    results = await propose(sitting, NINE + timedelta(minutes=30))
    assert results.counts["pass"] == 4


async def test_granted_extra_time_puts_the_end_off_for_everybody(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=20)
    async with sitting.database.write() as session:
        await registering.change_registration(
            session, sitting.registration_ids[1], changes={"extra_minutes": 15}, actor=PROPOSER, now=NINE
        )
    assert await refusal(sitting, AFTER) == ["sitting_still_open"]
    assert await refusal(sitting, ENDS + timedelta(minutes=15)) == ["sitting_still_open"]
    assert (await propose(sitting, AFTER + timedelta(minutes=15))).status == "proposed"


async def test_an_open_or_unmarked_attempt_holds_the_results_up(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=20)
    left_open = await sitting.attempt(2, right=0, is_closed=False)
    unmarked = await sitting.attempt(3, right=0, is_marked=False)
    assert (await read(sitting)).status == "marking"
    assert await refusal(sitting) == ["attempts_open", "attempts_unmarked"]
    await sitting.close(left_open, right=10)
    assert await refusal(sitting) == ["attempts_unmarked"]
    await sitting.close(unmarked, right=30)
    assert [row.decision for row in (await propose(sitting)).rows] == ["pass", "fail", "pass", "absent"]


async def test_a_written_answer_that_nobody_has_marked_holds_the_results_up(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=40)
    attempt_id = await sitting.attempt(2, right=40)
    async with sitting.database.write() as session:
        marked = await session.get_one(MarkedAttempt, attempt_id)
        first, *rest = marked.items
        marked.items = [first | {"points": "0", "is_correct": False, "flag": "awaiting_marker"}, *rest]
        session.add(marked)
    assert await refusal(sitting) == ["attempts_await_markers"]
    assert [row.decision for row in (await read(sitting)).rows] == ["pass", None, "absent", "absent"]


async def test_a_rule_with_a_paper_that_has_no_marks_here_decides_nothing(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=40)
    papers = [
        {"code": code, "name": {"vi": code, "en": code}, "minimum": "5.00"} for code in ("multiple_choice", "practical")
    ]
    await sitting.set_rule(papers=papers)
    assert await refusal(sitting) == ["paper_without_marks"]
    assert (await read(sitting)).rows[0].decision is None
    await sitting.set_rule(papers="?")
    assert await refusal(sitting) == ["rule_unreadable"]


async def test_the_rule_decides_how_marks_are_rounded(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=19)
    paper = {"code": "multiple_choice", "name": {"vi": "Trắc nghiệm", "en": "Multiple choice"}, "minimum": "5"}
    await sitting.set_rule(papers=[paper], decimals=0)
    assert decisions(await propose(sitting))[0] == ("5", "pass", "submitted")


async def test_proposed_results_stay_as_they_were_whatever_changes_around_them(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=20)
    before = await propose(sitting)
    await sitting.set_rule(papers=[{"code": "multiple_choice", "name": {"vi": "x", "en": "x"}, "minimum": "9.00"}])
    assert (await read(sitting)).rows == before.rows
    assert (await approve(sitting)).rows == before.rows
    with pytest.raises(SittingSettledError):
        async with sitting.database.write() as session:
            await registering.change_registration(
                session, sitting.registration_ids[0], changes={"full_name": "Lê Khác"}, actor=PROPOSER, now=AFTER
            )


async def test_results_are_proposed_once_and_approved_once(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=20)
    with pytest.raises(ResultsNotProposedError):
        await approve(sitting)
    await propose(sitting)
    with pytest.raises(ResultsAlreadyProposedError):
        await propose(sitting)
    await approve(sitting)
    with pytest.raises(ResultsAlreadyProposedError):
        await propose(sitting)
    with pytest.raises(ResultsNotProposedError):
        await approve(sitting)
    with pytest.raises(ResultsNotProposedError):
        await send_back(sitting)


async def test_who_proposed_does_not_approve(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=20)
    await propose(sitting)
    with pytest.raises(SecondPersonError):
        await approve(sitting, actor=PROPOSER)
    results = await approve(sitting)
    assert results.round is not None
    assert (results.status, results.round.proposed_by_name, results.round.approved_by_name) == (
        "approved",
        "Lê Văn Đề",
        "Trần Thị Duyệt",
    )


async def test_returned_results_are_open_again_and_may_be_proposed_anew(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=20)
    await propose(sitting)
    returned = await send_back(sitting)
    assert returned.status == "ready"
    assert returned.round is not None
    assert returned.round.return_reason == "Xem lại phòng 1"
    async with sitting.database.read() as session:
        assert (await sittings.find_sitting(session, sitting.sitting_id)).status == "ready"
    assert (await propose(sitting)).status == "proposed"
    assert (await approve(sitting)).status == "approved"


async def test_results_go_back_only_with_a_reason(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=20)
    await propose(sitting)
    with pytest.raises(InvalidInputError):
        await send_back(sitting, reason="  ")
    assert (await read(sitting)).status == "proposed"


@pytest.mark.parametrize(
    ("decided_on", "is_allowed"),
    [
        (EXAM_DAY - timedelta(days=1), False),
        (EXAM_DAY, True),
        (EXAM_DAY + timedelta(days=3), True),
        (EXAM_DAY + timedelta(days=4), False),
    ],
)
async def test_a_decision_is_dated_from_the_exam_to_today(
    sitting: FinishedSitting, decided_on: date, is_allowed: bool
) -> None:
    await sitting.attempt(1, right=20)
    await propose(sitting)
    three_days_later = AFTER + timedelta(days=3)
    if is_allowed:
        results = await approve(sitting, now=three_days_later, decided_on=decided_on)
        assert results.round is not None
        assert results.round.decided_on == decided_on
        return
    with pytest.raises(InvalidInputError) as caught:
        await approve(sitting, now=three_days_later, decided_on=decided_on)
    assert [fault.code for fault in caught.value.faults] == ["decision_date_impossible"]


async def test_an_approval_needs_the_number_of_the_decision(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=20)
    await propose(sitting)
    with pytest.raises(InvalidInputError) as caught:
        await approve(sitting, decision_number="  ")
    assert [fault.code for fault in caught.value.faults] == ["decision_number_missing"]


@pytest.mark.parametrize("change", [{"mark": "9.00"}, {"decision": "pass"}, {"full_name": "Lê Khác"}, {"raw": "36"}])
async def test_a_row_changed_by_hand_is_neither_approved_nor_certified(
    sitting: FinishedSitting, change: dict[str, str]
) -> None:
    await sitting.attempt(1, right=10)

    async def tamper() -> None:
        async with sitting.database.write() as session:
            statement = select(Result).where(Result.registration_id == sitting.registration_ids[0])
            stored = (await session.exec(statement)).one()
            for name, value in change.items():
                setattr(stored, name, value)
            session.add(stored)

    await propose(sitting)
    await tamper()
    with pytest.raises(ResultsChangedError):
        await approve(sitting)
    await send_back(sitting)
    await propose(sitting)
    await approve(sitting)
    await tamper()
    async with sitting.database.read() as session:
        with pytest.raises(ResultsChangedError):
            await service.approved_passes(session, sitting.sitting_id)


async def test_candidates_learn_nothing_before_the_approval(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=29)

    async def told(seat: int) -> Any:
        async with sitting.database.read() as session:
            return await service.released_result(session, sitting.registration_ids[seat - 1])

    assert await told(1) is None
    await propose(sitting)
    assert await told(1) is None
    await approve(sitting)
    released = await told(1)
    assert (released.mark, released.mark_in_words) == (Decimal("7.25"), "Bảy phẩy hai mươi lăm")
    assert (released.decision, released.raw, released.max_points) == ("pass", Decimal(29), Decimal(40))
    assert released.released_at == AFTER
    absent = await told(2)
    assert (absent.decision, absent.mark, absent.mark_in_words) == ("absent", None, None)


async def test_only_passes_of_approved_results_are_certified(sitting: FinishedSitting) -> None:
    for seat, right in enumerate((20, 19, 40), start=1):
        await sitting.attempt(seat, right=right)

    async def passes() -> list[service.ApprovedPass]:
        async with sitting.database.read() as session:
            return await service.approved_passes(session, sitting.sitting_id)

    assert await passes() == []
    await propose(sitting)
    assert await passes() == []
    await approve(sitting)
    found = await passes()
    assert [one.registration_id for one in found] == [sitting.registration_ids[0], sitting.registration_ids[2]]
    async with sitting.database.read() as session:
        facts = await sittings.find_registration(session, sitting.registration_ids[0])
        (listed,) = await service.approved_sittings(session)
    first = found[0]
    assert (first.full_name, first.birth_date, first.sex) == (facts.full_name, facts.birth_date, facts.sex)
    assert (first.marks, first.mark) == ((("Trắc nghiệm", "5.00"),), "5.00")
    assert (first.decision_number, first.decision_date, first.exam_date) == ("125/QĐ-SGDĐT", EXAM_DAY, EXAM_DAY)
    assert (listed.sitting_id, listed.standard_level, listed.passed) == (sitting.sitting_id, "basic", 2)


async def test_the_day_of_a_decision_is_vietnams(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=20)
    await propose(sitting)
    just_after_midnight = (NINE + timedelta(days=1)).astimezone(VIETNAM).replace(hour=0, minute=1)
    results = await approve(sitting, now=just_after_midnight)
    assert results.round is not None
    assert results.round.decided_on == EXAM_DAY + timedelta(days=1)


async def test_the_list_follows_a_sitting_from_its_opening_on(sitting: FinishedSitting) -> None:
    async def listed(now: Any) -> list[tuple[str, dict[str, int]]]:
        async with sitting.database.read() as session:
            return [(s.status, dict(s.counts)) for s in await service.list_results(session, now=now)]

    assert await listed(NINE - timedelta(microseconds=1)) == []
    await sitting.attempt(1, right=20)
    await sitting.attempt(2, right=0, is_closed=False)
    counts = {"registered": 4, "started": 2, "closed": 1, "marked": 1}
    assert await listed(NINE) == [("running", counts)]
    assert await listed(AFTER) == [("marking", counts)]


async def test_the_list_counts_decisions_once_results_are_proposed(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=20)
    await sitting.attempt(2, right=19)
    counts = {"pass": 1, "fail": 1, "absent": 2, "registered": 4}

    async def listed() -> list[tuple[str, dict[str, int]]]:
        async with sitting.database.read() as session:
            return [(s.status, dict(s.counts)) for s in await service.list_results(session, now=AFTER)]

    await propose(sitting)
    assert await listed() == [("proposed", counts)]
    await approve(sitting)
    assert await listed() == [("approved", counts)]


async def test_of_two_proposals_at_once_one_is_refused(sitting: FinishedSitting) -> None:
    await sitting.attempt(1, right=20)
    outcomes = await asyncio.gather(propose(sitting), propose(sitting), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ResultsAlreadyProposedError", "SittingResults"]


async def test_a_sitting_that_does_not_exist_has_no_results(sitting: FinishedSitting) -> None:
    unknown = FinishedSitting(sitting.database, new_id())
    for act in (read, propose, approve, send_back):
        with pytest.raises(NotFoundError):
            await act(unknown)


async def test_proposal_return_and_approval_are_on_record_with_the_hash_of_what_was_decided(
    sitting: FinishedSitting,
) -> None:
    await sitting.attempt(1, right=20)
    await propose(sitting)
    await send_back(sitting)
    await propose(sitting)
    approved = await approve(sitting)
    async with sitting.database.read() as session:
        statement = select(AuditEntry).where(AuditEntry.object_id == str(sitting.sitting_id)).order_by("seq")
        entries = (await session.exec(statement)).all()
    acts = [entry for entry in entries if entry.action.startswith("results.")]
    assert [(entry.action, UUID(str(entry.actor_id))) for entry in acts] == [
        ("results.proposed", PROPOSER.id),
        ("results.returned", APPROVER.id),
        ("results.proposed", PROPOSER.id),
        ("results.approved", APPROVER.id),
    ]
    assert approved.round is not None
    assert acts[-1].details["snapshot"] == approved.round.snapshot_hash
