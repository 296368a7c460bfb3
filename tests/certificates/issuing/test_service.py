"""Issuing: all or nothing, once for each pass, dated and signed by who may, provable from the paper."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from certificates.errors import (
    CertificateDataError,
    IssueDateError,
    NoAuthorityError,
    NothingToIssueError,
    SigningKeyError,
)
from certificates.public_id import decode_public_id
from certificates.qr_payload import Level, read_payload
from certificates.registry import authorities, keys, queries
from certificates.registry.models import Certificate, RegisterEvent
from certificates.registry.snapshot import from_snapshot, to_snapshot
from certificates.signing import key_file
from exam_engine.audit import service as audit
from exam_engine.core.db import Database
from tests.certificates.makers import make_content
from tests.certificates.register import DECISION_DAY, ISSUE_TIME, OFFICER, issue, make_terms, prepare

NAMES = ["Nguyễn Thị Thuỳ Dương", "K' Brếp"]


async def test_the_code_on_the_paper_proves_what_the_register_holds(database: Database, tmp_path: Path) -> None:
    for certificate in await issue(database, tmp_path, await prepare(database, NAMES)):
        printed = from_snapshot(certificate.printed)
        address, digits = printed.qr_text.split("#")
        assert address == "https://chungchi.example.vn/v"
        async with database.read() as session:
            [key] = await keys.known_keys(session)
        facts = read_payload(digits).verify(key.verifier)
        assert facts.name == certificate.holder_name == printed.holder_name
        assert facts.public_id == decode_public_id(certificate.public_id)
        assert facts.status_index == certificate.status_index
        assert facts.level is Level.BASIC
        assert facts.issued_on == certificate.issued_on
        assert facts.serial_number == certificate.serial_number
        assert (facts.board, facts.kid) == ("LD", key.kid)


async def test_a_second_issue_adds_only_who_was_missing(database: Database, tmp_path: Path) -> None:
    passes = await prepare(database, NAMES)
    [first] = await issue(database, tmp_path, passes[:1])
    [second] = await issue(database, tmp_path, passes)
    assert (first.holder_name, second.holder_name) == (NAMES[0], NAMES[1])
    with pytest.raises(NothingToIssueError):
        await issue(database, tmp_path, passes)


async def test_a_sitting_without_passes_has_nothing_to_issue(database: Database, tmp_path: Path) -> None:
    with pytest.raises(NothingToIssueError):
        await issue(database, tmp_path, [])


@pytest.mark.parametrize(
    ("issued_on", "is_allowed"),
    [
        (date(2026, 12, 19), False),
        (date(2026, 12, 20), True),
        (date(2026, 12, 22), True),
        (date(2026, 12, 23), False),
    ],
)
async def test_a_certificate_is_dated_from_the_decision_to_today(
    database: Database, tmp_path: Path, issued_on: date, is_allowed: bool
) -> None:
    passes = await prepare(database, NAMES[:1])
    if is_allowed:
        [made] = await issue(database, tmp_path, passes, issued_on=issued_on)
        assert made.issued_on == issued_on
    else:
        with pytest.raises(IssueDateError):
            await issue(database, tmp_path, passes, issued_on=issued_on)


async def test_today_is_vietnams_day(database: Database, tmp_path: Path) -> None:
    passes = await prepare(database, NAMES[:1])
    late_evening_utc = datetime(2026, 12, 22, 17, 0, tzinfo=UTC)
    [made] = await issue(database, tmp_path, passes, issued_on=date(2026, 12, 23), now=late_evening_utc)
    assert made.issued_on == date(2026, 12, 23)


async def test_the_signatory_is_the_one_of_the_issue_date(database: Database, tmp_path: Path) -> None:
    passes = await prepare(database, NAMES)
    async with database.write() as session:
        terms = make_terms(signatory_name="Lê Thị Thu", valid_from=date(2026, 12, 22))
        await authorities.add_authority(session, terms=terms, actor=OFFICER, now=ISSUE_TIME)
    [before] = await issue(database, tmp_path, passes[:1], issued_on=date(2026, 12, 21))
    [after] = await issue(database, tmp_path, passes[1:], issued_on=date(2026, 12, 22))
    assert from_snapshot(before.printed).signatory_name == "Trần Quốc Bảo"
    assert from_snapshot(after.printed).signatory_name == "Lê Thị Thu"


async def test_a_demonstration_signs_that_its_certificates_are_specimens(database: Database, tmp_path: Path) -> None:
    passes = await prepare(database, NAMES)
    async with database.write() as session:
        terms = make_terms(is_specimen=True, valid_from=date(2026, 12, 22))
        await authorities.add_authority(session, terms=terms, actor=OFFICER, now=ISSUE_TIME)
    [real] = await issue(database, tmp_path, passes[:1], issued_on=date(2026, 12, 21))
    [specimen] = await issue(database, tmp_path, passes[1:], issued_on=date(2026, 12, 22))
    boards = [read_payload(made.printed["qr_text"].split("#")[1]).facts.board for made in (real, specimen)]
    assert boards == ["LD", "MAU"]
    assert [from_snapshot(made.printed).is_specimen for made in (real, specimen)] == [False, True]


async def test_nobody_issues_outside_an_authority(database: Database, tmp_path: Path) -> None:
    passes = await prepare(database, NAMES[:1])
    early = [replace(passes[0], decision_date=date(2025, 12, 31))]
    with pytest.raises(NoAuthorityError):
        await issue(database, tmp_path, early, issued_on=date(2025, 12, 31))


async def test_one_bad_name_stops_the_whole_list_and_every_fault_is_named(database: Database, tmp_path: Path) -> None:
    passes = await prepare(database, ["Nguyễn An", "Lê B1nh", "Trần \u0421hi"])
    passes[0] = replace(passes[0], birth_place="漢")
    with pytest.raises(CertificateDataError) as caught:
        await issue(database, tmp_path, passes)
    found = [(fault.place, fault.code) for fault in caught.value.faults]
    assert found == [("0001", "text_unprintable"), ("0002", "name_digit"), ("0003", "name_foreign_script")]
    async with database.read() as session:
        assert (await session.exec(select(Certificate))).all() == []


async def test_a_decomposed_name_is_composed_on_the_certificate(database: Database, tmp_path: Path) -> None:
    [made] = await issue(database, tmp_path, await prepare(database, ["Hoa\u0300ng Thu\u0309y"]))
    assert made.holder_name == "Hoàng Thủy"


async def test_issuing_is_recorded_with_the_decision_and_in_the_audit(database: Database, tmp_path: Path) -> None:
    [made] = await issue(database, tmp_path, await prepare(database, NAMES[:1]))
    async with database.read() as session:
        [event] = await queries.events_of(session, made.id)
        entries, _ = await audit.find_entries(
            session, q=None, action="certificates.issued", object_id=None, offset=0, limit=10
        )
    assert (event.kind, event.decision_number, event.decision_date) == ("issued", "05/QĐ-TTSH", DECISION_DAY)
    assert event.actor_name == "Lê Thị Cấp Phát"
    assert entries[0].details == {"count": 1, "first": "0001/2026-CB", "last": "0001/2026-CB"}


async def test_an_act_in_the_register_cannot_be_changed_or_deleted(database: Database, tmp_path: Path) -> None:
    [made] = await issue(database, tmp_path, await prepare(database, NAMES[:1]))

    async def alter(is_deleting: bool) -> None:
        async with database.write() as session:
            event = (await session.exec(select(RegisterEvent).where(RegisterEvent.certificate_id == made.id))).one()
            if is_deleting:
                await session.delete(event)
            else:
                event.decision_number = "06/QĐ-TTSH"
            await session.flush()

    for is_deleting in (True, False):
        with pytest.raises(RuntimeError, match="may not be changed"):
            await alter(is_deleting)


async def test_a_lost_private_key_stops_issuing_instead_of_being_replaced(database: Database, tmp_path: Path) -> None:
    passes = await prepare(database, NAMES)
    [made] = await issue(database, tmp_path, passes[:1])
    key_file(tmp_path, bytes.fromhex(made.kid)).unlink()
    with pytest.raises(SigningKeyError):
        await issue(database, tmp_path, passes[1:])


async def test_after_a_key_is_revoked_a_new_one_signs(database: Database, tmp_path: Path) -> None:
    passes = await prepare(database, NAMES)
    [before] = await issue(database, tmp_path, passes[:1])
    async with database.write() as session:
        await keys.revoke_key(session, kid=before.kid, actor=OFFICER, now=ISSUE_TIME)
    [after] = await issue(database, tmp_path, passes[1:], rng=random.Random(8))
    assert after.kid != before.kid
    async with database.read() as session:
        known = {key.kid.hex(): key for key in await keys.known_keys(session)}
    assert not known[before.kid].vouches_for(before.issued_on)
    assert known[after.kid].vouches_for(after.issued_on)


def test_the_snapshot_gives_the_same_content_back() -> None:
    import json

    for content in (make_content(), make_content(level=Level.ADVANCED, birth_date="1968", is_specimen=True)):
        assert from_snapshot(json.loads(json.dumps(to_snapshot(content)))) == content
