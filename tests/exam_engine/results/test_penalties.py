"""What violations take off a mark: by hand-checked numbers, told everywhere, and never without a decision."""

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from exam_engine.core.actor import SYSTEM
from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.incidents import queries as incident_queries
from exam_engine.incidents.models import Violation
from exam_engine.incidents.violations import Penalty
from exam_engine.results import queries, service
from exam_engine.results.errors import ResultsNotReadyError
from exam_engine.results.mark_sheet import MarkSheet, mark_sheet
from exam_engine.results.marks import SCALE
from exam_engine.results.penalties import deduct
from exam_engine.sittings import service as sittings
from tests.conftest import NINE
from tests.exam_engine.proctoring.test_api import embedded
from tests.exam_engine.results.finished import AFTER, FinishedSitting, finished_sitting
from tests.exam_engine.sittings.test_violation_ladder import usual


def penalty(code: str) -> Penalty:
    return Penalty(usual().reached(code, []), usual().legal_basis)


@pytest.mark.parametrize(
    ("mark", "code", "decimals", "left", "taken"),
    [
        ("7.25", "reprimand", 2, "5.44", "1.81"),
        ("7.24", "reprimand", 2, "5.43", "1.81"),
        ("7.25", "warning", 2, "3.63", "3.62"),
        ("7.2", "warning", 1, "3.6", "3.6"),
        ("7.3", "warning", 1, "3.7", "3.6"),
        ("9", "warning", 0, "5", "4"),
        # On both sides of a pass mark of 5: ten less a half passes, the mark below it does not.
        ("10.00", "warning", 2, "5.00", "5.00"),
        ("9.98", "warning", 2, "4.99", "4.99"),
        ("10.00", "suspension", 2, "0.00", "10.00"),
        ("0.00", "reprimand", 2, "0.00", "0.00"),
    ],
)
def test_the_share_is_of_the_printed_mark_and_the_rest_is_rounded_half_up(
    mark: str, code: str, decimals: int, left: str, taken: str
) -> None:
    found, said = deduct(Decimal(mark), penalty(code), decimals=decimals)
    assert (str(found), said.deducted) == (left, Decimal(taken))


@given(st.integers(0, SCALE * 100), st.sampled_from(["reprimand", "warning", "suspension"]))
def test_what_is_left_and_what_is_taken_are_the_mark_together(hundredths: int, code: str) -> None:
    mark = Decimal(hundredths) / 100
    left, said = deduct(mark, penalty(code), decimals=2)
    assert left + said.deducted == mark
    assert 0 <= left <= mark
    assert abs(left - mark * (1 - said.share)) <= Decimal("0.005")


async def give(finished: FinishedSitting, seat: int, code: str, *, is_confirmed: bool = True) -> None:
    """Store a violation of the candidate at a seat, decided about or waiting."""
    async with finished.database.write() as session:
        facts = await sittings.find_registration(session, finished.registration_ids[seat - 1])
        assert facts.room_id is not None
        session.add(
            Violation(
                sitting_id=finished.sitting_id,
                room_id=facts.room_id,
                registration_id=facts.registration_id,
                rule_set_code="TTLT17-2016-basic",
                ladder=usual().model_dump(mode="json"),
                step=code,
                statement="Trao đổi bài",
                proposed_at=NINE,
                proposed_by=new_id(),
                proposed_by_name="Cán bộ coi thi",
                decision="confirmed" if is_confirmed else None,
                decided_at=NINE if is_confirmed else None,
            )
        )


async def test_results_say_what_was_earned_taken_and_left(database: Database, settings: Settings) -> None:
    finished = await finished_sitting(database, settings)
    for seat, right in ((1, 29), (2, 40), (3, 40)):
        await finished.attempt(seat, right=right)
    await give(finished, 1, "reprimand")
    await give(finished, 2, "warning")
    await give(finished, 3, "warning", is_confirmed=False)
    await give(finished, 4, "suspension")
    async with database.read() as session:
        rows = (await service.results_of_sitting(session, finished.sitting_id, now=AFTER)).rows
    said = [(str(row.mark), row.decision, row.penalty.step if row.penalty else None) for row in rows]
    # 29 of 40 is 7.25; a proposal takes nothing; whoever was sent away before the start was not absent.
    assert said == [
        ("5.44", "pass", "reprimand"),
        ("5.00", "pass", "warning"),
        ("10.00", "pass", None),
        ("0.00", "fail", "suspension"),
    ]
    async with database.write() as session:
        with pytest.raises(ResultsNotReadyError) as refused:
            await service.propose(session, finished.sitting_id, actor=SYSTEM, now=AFTER)
    assert [fault.code for fault in refused.value.faults] == ["violations_undecided"]
    async with database.write() as session:
        for one in await incident_queries.violations_of_sitting(session, finished.sitting_id):
            one.decision = one.decision or "rejected"
            session.add(one)
    async with database.write() as session:
        proposed = await service.propose(session, finished.sitting_id, actor=SYSTEM, now=AFTER)
    first = proposed.rows[0].penalty
    assert first is not None
    assert (first.mark_before, first.deducted, first.percent) == (Decimal("7.25"), Decimal("1.81"), "25")
    content = MarkSheet("HĐ", "Lâm Đồng", "CNTT", "Ca 1", NINE, "", "", None, proposed.rows, proposed.counts)
    sheet = load_workbook(io.BytesIO(mark_sheet(content, lambda code, **params: f"{code} {params}"))).worksheets[0]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert any("7,25" in cell and "1,81" in cell and "5,44" in cell for cell in cells)


@embedded
async def test_a_result_without_a_deduction_has_the_digest_it_always_had(
    database: Database, settings: Settings
) -> None:
    finished = await finished_sitting(database, settings)
    for seat in range(1, 5):
        await finished.attempt(seat, right=30)
    async with database.write() as session:
        await service.propose(session, finished.sitting_id, actor=SYSTEM, now=AFTER)
    async with database.read() as session:
        stored = await queries.results_of(session, finished.sitting_id)
    assert all(row.penalty is None and service._untold(row) == {"penalty"} for row in stored)
