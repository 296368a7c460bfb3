"""After the issue: revocation and replacement by decision, nothing ever deleted."""

import random
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from certificates.errors import BlankShortageError, CertificateNotValidError, DecisionDateError
from certificates.issuing.changes import Correction, replace_certificate, revoke
from certificates.issuing.service import Office
from certificates.registry import queries
from certificates.registry.models import Certificate
from certificates.registry.snapshot import from_snapshot
from exam_engine.core.db import Database, new_id
from exam_engine.core.errors import NotFoundError
from tests.certificates.register import ISSUE_DAY, ISSUE_TIME, OFFICER, issue, prepare


async def take_back(database: Database, certificate_id: UUID, **changes: Any) -> Certificate:
    values: dict[str, Any] = {
        "reason_code": "no_authority",
        "decision_number": "109/QĐ-SGDĐT",
        "decision_date": ISSUE_DAY,
        "note": "",
        "actor": OFFICER,
        "now": ISSUE_TIME,
    }
    async with database.write() as session:
        return await revoke(session, certificate_id=certificate_id, **(values | changes))


async def put_right(database: Database, data_dir: Path, certificate_id: UUID, correction: Correction) -> Certificate:
    async with database.write() as session:
        return await replace_certificate(
            session,
            certificate_id=certificate_id,
            correction=correction,
            decision_number="12/QĐ-TTSH",
            decision_date=ISSUE_DAY,
            note="In sai họ tên",
            issued_on=ISSUE_DAY,
            office=Office(data_dir, "https://chungchi.example.vn"),
            actor=OFFICER,
            now=ISSUE_TIME,
            rng=random.Random(9),
        )


async def test_a_revoked_certificate_stays_with_its_decision_and_reason(database: Database, tmp_path: Path) -> None:
    [made] = await issue(database, tmp_path, await prepare(database, ["Ya Ly"]))
    await take_back(database, made.id)
    async with database.read() as session:
        certificate = await queries.find_certificate(session, made.id)
        events = await queries.events_of(session, made.id)
    assert certificate is not None
    assert (certificate.status, certificate.register_number) == ("revoked", made.register_number)
    assert certificate.printed == made.printed
    revoked = next(event for event in events if event.kind == "revoked")
    assert (revoked.reason_code, revoked.decision_number) == ("no_authority", "109/QĐ-SGDĐT")


async def test_a_certificate_is_revoked_once(database: Database, tmp_path: Path) -> None:
    [made] = await issue(database, tmp_path, await prepare(database, ["Ya Ly"]))
    await take_back(database, made.id)
    with pytest.raises(CertificateNotValidError):
        await take_back(database, made.id)


async def test_what_was_never_issued_cannot_be_revoked(database: Database) -> None:
    with pytest.raises(NotFoundError):
        await take_back(database, new_id())


@pytest.mark.parametrize(
    ("day", "is_allowed"), [(date(2026, 12, 21), False), (date(2026, 12, 22), True), (date(2026, 12, 23), False)]
)
async def test_the_decision_lies_between_issue_and_today(
    database: Database, tmp_path: Path, day: date, is_allowed: bool
) -> None:
    [made] = await issue(database, tmp_path, await prepare(database, ["Ya Ly"]))
    if is_allowed:
        assert (await take_back(database, made.id, decision_date=day)).status == "revoked"
    else:
        with pytest.raises(DecisionDateError):
            await take_back(database, made.id, decision_date=day)


async def test_a_revoked_certificate_is_not_issued_again(database: Database, tmp_path: Path) -> None:
    passes = await prepare(database, ["Ya Ly", "Ka Hồng"])
    [made] = await issue(database, tmp_path, passes[:1])
    await take_back(database, made.id)
    [other] = await issue(database, tmp_path, passes)
    assert other.holder_name == "Ka Hồng"


async def test_a_replacement_has_numbers_of_its_own_and_the_old_one_points_to_it(
    database: Database, tmp_path: Path
) -> None:
    [old] = await issue(database, tmp_path, await prepare(database, ["Ya Li"]))
    new = await put_right(database, tmp_path, old.id, Correction(holder_name="Ya Ly", birth_date="1988"))
    async with database.read() as session:
        kept = await queries.find_certificate(session, old.id)
        kinds = [event.kind for event in await queries.events_of(session, old.id)]
    assert kept is not None
    assert (kept.status, kept.replaced_by, kept.holder_name) == ("superseded", new.id, "Ya Li")
    assert set(kinds) == {"issued", "superseded"}
    printed = from_snapshot(new.printed)
    assert (printed.holder_name, printed.birth_date, printed.birth_place) == ("Ya Ly", "1988", "Lâm Đồng")
    assert printed.marks == from_snapshot(old.printed).marks
    assert printed.decision_number == "12/QĐ-TTSH"
    assert new.register_number == "0002/2026-CB"
    assert new.serial_number != old.serial_number
    assert new.public_id != old.public_id
    assert new.status_index != old.status_index


async def test_only_a_valid_certificate_is_replaced(database: Database, tmp_path: Path) -> None:
    [made] = await issue(database, tmp_path, await prepare(database, ["Ya Ly"]))
    await take_back(database, made.id)
    with pytest.raises(CertificateNotValidError):
        await put_right(database, tmp_path, made.id, Correction())


async def test_a_replacement_that_fails_leaves_the_old_one_valid(database: Database, tmp_path: Path) -> None:
    [made] = await issue(database, tmp_path, await prepare(database, ["Ya Ly"], blanks=1))
    with pytest.raises(BlankShortageError):
        await put_right(database, tmp_path, made.id, Correction())
    async with database.read() as session:
        kept = await queries.find_certificate(session, made.id)
    assert kept is not None
    assert kept.status == "valid"
