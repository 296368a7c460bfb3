"""Register numbers and blanks: in order, without gaps, none twice, every blank accounted for."""

import asyncio
import random
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from certificates.errors import BlankNotAvailableError, BlankRangeOverlapError, BlankShortageError
from certificates.registry.models import Certificate
from certificates.registry.numbers import blank_balances, write_off_blank
from exam_engine.core.db import Database
from tests.certificates.register import ISSUE_TIME, OFFICER, add_blanks, add_passes, add_sitting, issue, prepare

NAMES = ["Đặng An", "Lê Bình", "Nguyễn Chi"]


async def test_numbers_and_blanks_follow_the_order_of_the_list(database: Database, tmp_path: Path) -> None:
    made = await issue(database, tmp_path, await prepare(database, NAMES))
    assert [certificate.holder_name for certificate in made] == NAMES
    assert [certificate.register_number for certificate in made] == ["0001/2026-CB", "0002/2026-CB", "0003/2026-CB"]
    assert [certificate.serial_number for certificate in made] == ["CB 0000001", "CB 0000002", "CB 0000003"]


async def test_the_register_starts_again_each_year_and_blanks_go_on(database: Database, tmp_path: Path) -> None:
    passes = await prepare(database, NAMES)
    last = await issue(
        database, tmp_path, passes[:1], issued_on=date(2026, 12, 31), now=datetime(2027, 1, 3, tzinfo=UTC)
    )
    first = await issue(
        database, tmp_path, passes[1:2], issued_on=date(2027, 1, 1), now=datetime(2027, 1, 3, tzinfo=UTC)
    )
    late = await issue(
        database, tmp_path, passes[2:], issued_on=date(2026, 12, 31), now=datetime(2027, 1, 3, tzinfo=UTC)
    )
    numbers = [made[0].register_number for made in (last, first, late)]
    assert numbers == ["0001/2026-CB", "0001/2027-CB", "0002/2026-CB"]
    assert [made[0].serial_number for made in (last, first, late)] == ["CB 0000001", "CB 0000002", "CB 0000003"]


async def test_the_two_standards_have_series_and_blanks_of_their_own(database: Database, tmp_path: Path) -> None:
    passes = await prepare(database, NAMES[:1])
    async with database.write() as session:
        await add_blanks(session, 5, 6, standard_level="advanced")
        sitting_id = await add_sitting(session)
        advanced = await add_passes(session, sitting_id, NAMES[1:2], standard_level="advanced")
    [basic] = await issue(database, tmp_path, passes)
    [higher] = await issue(database, tmp_path, advanced)
    assert (basic.register_number, basic.serial_number) == ("0001/2026-CB", "CB 0000001")
    assert (higher.register_number, higher.serial_number) == ("0001/2026-NC", "NC 0000005")


async def test_a_failed_issue_uses_up_no_number_and_no_blank(database: Database, tmp_path: Path) -> None:
    passes = await prepare(database, NAMES, blanks=2)
    with pytest.raises(BlankShortageError) as caught:
        await issue(database, tmp_path, passes)
    assert caught.value.params == {"needed": 3, "available": 2}
    [made] = await issue(database, tmp_path, passes[:1])
    assert (made.register_number, made.serial_number) == ("0001/2026-CB", "CB 0000001")


async def test_many_issues_at_the_same_moment_leave_no_gap_and_share_no_number(
    database: Database, tmp_path: Path
) -> None:
    passes = await prepare(database, [f"Nguyễn {letter}" for letter in "ABCDĐEGHIKLM"], blanks=12)
    groups = [passes[start : start + 3] for start in range(0, 12, 3)]
    # The first key is made before: what runs at once here is the numbering.
    made = await issue(database, tmp_path, groups[0])
    rest = await asyncio.gather(
        *(issue(database, tmp_path, group, rng=random.Random(seed)) for seed, group in enumerate(groups[1:]))
    )
    every: list[Certificate] = [*made, *(certificate for group in rest for certificate in group)]
    assert sorted(certificate.register_sequence for certificate in every) == list(range(1, 13))
    assert sorted(certificate.serial_number for certificate in every) == [f"CB {n:07}" for n in range(1, 13)]
    assert len({certificate.status_index for certificate in every}) == 12


async def test_the_first_numbers_of_a_year_asked_for_at_the_same_moment_do_not_collide(
    database: Database, tmp_path: Path
) -> None:
    passes = await prepare(database, NAMES)
    groups = await asyncio.gather(
        *(issue(database, tmp_path, [entry], rng=random.Random(seed)) for seed, entry in enumerate(passes))
    )
    assert sorted(made[0].register_number for made in groups) == ["0001/2026-CB", "0002/2026-CB", "0003/2026-CB"]


async def test_a_written_off_blank_is_skipped_and_stays_accounted_for(database: Database, tmp_path: Path) -> None:
    passes = await prepare(database, NAMES, blanks=5)
    async with database.write() as session:
        await write_off_blank(
            session, serial_number="CB 0000002", outcome="spoiled", note="Rách góc", actor=OFFICER, now=ISSUE_TIME
        )
    made = await issue(database, tmp_path, passes)
    assert [certificate.serial_number for certificate in made] == ["CB 0000001", "CB 0000003", "CB 0000004"]
    async with database.read() as session:
        [balance] = await blank_balances(session)
    assert balance.counts == {"used": 3, "spoiled": 1, "available": 1}


@pytest.mark.parametrize("serial_number", ["CB 0000001", "CB 0000099"])
async def test_a_used_or_unknown_blank_cannot_be_written_off(
    database: Database, tmp_path: Path, serial_number: str
) -> None:
    await issue(database, tmp_path, await prepare(database, NAMES[:1]))
    with pytest.raises(BlankNotAvailableError):
        async with database.write() as session:
            await write_off_blank(
                session, serial_number=serial_number, outcome="lost", note="Mất", actor=OFFICER, now=ISSUE_TIME
            )


@pytest.mark.parametrize(("first", "last", "is_overlap"), [(20, 25, True), (21, 25, False), (1, 1, True)])
async def test_a_blank_enters_the_ledger_once(database: Database, first: int, last: int, is_overlap: bool) -> None:
    await prepare(database, NAMES[:1], blanks=20)
    if not is_overlap:
        async with database.write() as session:
            await add_blanks(session, first, last)
        return
    with pytest.raises(BlankRangeOverlapError):
        async with database.write() as session:
            await add_blanks(session, first, last)
    async with database.read() as session:
        assert [balance.counts for balance in await blank_balances(session)] == [{"available": 20}]
