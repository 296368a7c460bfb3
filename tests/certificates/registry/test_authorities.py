"""Dated authorities: on every day exactly one person may sign, and nobody by chance."""

from datetime import date

import pytest

from certificates.errors import AuthorityOverlapError, BoardCodeError, NoAuthorityError, RegisterTemplateError
from certificates.registry.authorities import add_authority, authority_on, check_template, register_number
from exam_engine.core.db import Database
from tests.certificates.register import ISSUE_TIME, OFFICER, make_terms


async def test_the_signatory_changes_on_the_first_day_of_the_new_one(database: Database) -> None:
    async with database.write() as session:
        for name, start in (("Trần Quốc Bảo", date(2026, 1, 1)), ("Lê Thị Thu", date(2026, 12, 15))):
            terms = make_terms(signatory_name=name, valid_from=start)
            await add_authority(session, terms=terms, actor=OFFICER, now=ISSUE_TIME)
    async with database.read() as session:
        signatories = [
            (await authority_on(session, day)).signatory_name
            for day in (date(2026, 1, 1), date(2026, 12, 14), date(2026, 12, 15), date(2031, 1, 1))
        ]
    assert signatories == ["Trần Quốc Bảo", "Trần Quốc Bảo", "Lê Thị Thu", "Lê Thị Thu"]


async def test_before_the_first_and_after_the_last_day_nobody_may_sign(database: Database) -> None:
    async with database.write() as session:
        terms = make_terms(valid_from=date(2026, 1, 1), valid_to=date(2026, 7, 1))
        await add_authority(session, terms=terms, actor=OFFICER, now=ISSUE_TIME)
    async with database.read() as session:
        assert (await authority_on(session, date(2026, 6, 30))).signatory_name == "Trần Quốc Bảo"
        for day in (date(2025, 12, 31), date(2026, 7, 1)):
            with pytest.raises(NoAuthorityError):
                await authority_on(session, day)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 6, 30), None),
        (date(2025, 1, 1), None),
        (date(2025, 1, 1), date(2026, 1, 2)),
        (date(2026, 1, 1), date(2026, 7, 1)),
    ],
)
async def test_two_authorities_never_hold_on_the_same_day(database: Database, start: date, end: date | None) -> None:
    async with database.write() as session:
        terms = make_terms(valid_from=date(2026, 1, 1), valid_to=date(2026, 7, 1))
        await add_authority(session, terms=terms, actor=OFFICER, now=ISSUE_TIME)
    later = make_terms(valid_from=start, valid_to=end)
    with pytest.raises(AuthorityOverlapError):
        async with database.write() as session:
            await add_authority(session, terms=later, actor=OFFICER, now=ISSUE_TIME)


@pytest.mark.parametrize(("start", "end"), [(date(2025, 1, 1), date(2026, 1, 1)), (date(2026, 7, 1), None)])
async def test_authorities_may_follow_each_other_without_a_gap(
    database: Database, start: date, end: date | None
) -> None:
    async with database.write() as session:
        for terms in (
            make_terms(valid_from=date(2026, 1, 1), valid_to=date(2026, 7, 1)),
            make_terms(valid_from=start, valid_to=end, signatory_name="Lê Thị Thu"),
        ):
            await add_authority(session, terms=terms, actor=OFFICER, now=ISSUE_TIME)
    async with database.read() as session:
        assert (await authority_on(session, start)).signatory_name == "Lê Thị Thu"


def test_a_register_number_tells_sequence_year_and_standard() -> None:
    template = "{seq:04}/{year}-{kind}"
    assert register_number(template, sequence=123, year=2026, standard_level="basic") == "0123/2026-CB"
    assert register_number(template, sequence=12345, year=2027, standard_level="advanced") == "12345/2027-NC"


@pytest.mark.parametrize(
    "template",
    [
        "",
        "{seq}",
        "{seq}/{year}",
        "{year}-{kind}",
        "{seq}{year}{kind}{board}",
        "{seq.real}/{year}-{kind}",
        "{seq",
        "{0}",
        "{seq:x!}/{year}-{kind}",
        "{seq:060}/{year}-{kind}",
    ],
)
def test_a_template_that_could_repeat_a_number_is_refused(template: str) -> None:
    with pytest.raises(RegisterTemplateError):
        check_template(template)


async def test_the_code_of_specimens_is_no_boards_code(database: Database) -> None:
    with pytest.raises(BoardCodeError):
        async with database.write() as session:
            await add_authority(session, terms=make_terms(board_code="MAU"), actor=OFFICER, now=ISSUE_TIME)
