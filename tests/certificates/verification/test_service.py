"""What the public learns: valid, revoked, superseded or unknown, and never more than that."""

from datetime import timedelta
from pathlib import Path

import pytest

from certificates.errors import SigningKeyError
from certificates.issuing.changes import Correction
from certificates.public_id import ALPHABET, encode_public_id, group_public_id
from certificates.registry import keys
from certificates.verification.service import LIST_TTL, UNKNOWN, current_status_list, look_up
from certificates.verification.status_list import Status
from exam_engine.core.db import Database
from tests.certificates.issuing.test_changes import put_right, take_back
from tests.certificates.register import ISSUE_DAY, ISSUE_TIME, OFFICER, issue, prepare


async def test_a_valid_certificate_is_told_by_name_level_number_and_date(database: Database, tmp_path: Path) -> None:
    [made] = await issue(database, tmp_path, await prepare(database, ["Ya Ly"]))
    async with database.read() as session:
        answer = await look_up(session, group_public_id(made.public_id).lower())
    assert (answer.state, answer.holder_name, answer.standard_level) == ("valid", "Ya Ly", "basic")
    assert (answer.serial_number, answer.issued_on) == (made.serial_number, ISSUE_DAY)
    assert answer.decision_number is None


async def test_a_revoked_certificate_names_its_decision(database: Database, tmp_path: Path) -> None:
    [made] = await issue(database, tmp_path, await prepare(database, ["Ya Ly"]))
    await take_back(database, made.id)
    async with database.read() as session:
        answer = await look_up(session, made.public_id)
    assert (answer.state, answer.decision_number, answer.decided_on) == ("revoked", "109/QĐ-SGDĐT", ISSUE_DAY)


async def test_a_replaced_certificate_says_so_and_its_successor_is_valid(database: Database, tmp_path: Path) -> None:
    [old] = await issue(database, tmp_path, await prepare(database, ["Ya Li"]))
    new = await put_right(database, tmp_path, old.id, Correction(holder_name="Ya Ly"))
    async with database.read() as session:
        assert (await look_up(session, old.public_id)).state == "superseded"
        assert (await look_up(session, new.public_id)).state == "valid"


async def test_unknown_malformed_and_almost_right_ids_answer_alike(database: Database, tmp_path: Path) -> None:
    [made] = await issue(database, tmp_path, await prepare(database, ["Ya Ly"]))
    last = ALPHABET[(ALPHABET.index(made.public_id[-1]) + 1) % 32]
    typed = [
        encode_public_id(bytes(8)),
        made.public_id[:-1] + last,
        made.public_id[:-1],
        "",
        "-",
        "' OR 1=1 --",
        "漢" * 14,
    ]
    async with database.read() as session:
        for text in typed:
            assert await look_up(session, text) == UNKNOWN


async def test_the_status_list_shows_every_certificate_as_it_is(database: Database, tmp_path: Path) -> None:
    made = await issue(database, tmp_path, await prepare(database, ["Ya Ly", "Ka Hồng", "K' Brếp"]))
    await take_back(database, made[1].id)
    new = await put_right(database, tmp_path, made[2].id, Correction())
    async with database.read() as session:
        built = await current_status_list(session, data_dir=tmp_path, now=ISSUE_TIME)
        [key] = await keys.known_keys(session)
    assert built.verify(key.verifier)
    statuses = [built.status_at(certificate.status_index) for certificate in (*made, new)]
    assert statuses == [Status.VALID, Status.REVOKED, Status.SUPERSEDED, Status.VALID]
    assert not built.is_stale(ISSUE_TIME + LIST_TTL)
    assert built.is_stale(ISSUE_TIME + LIST_TTL + timedelta(seconds=1))


async def test_places_in_the_list_do_not_tell_the_order_of_issue(database: Database, tmp_path: Path) -> None:
    made = await issue(database, tmp_path, await prepare(database, [f"Lê {letter}" for letter in "ABCDEGHIKL"]))
    places = [certificate.status_index for certificate in made]
    assert places != sorted(places)
    assert max(places) - min(places) > 1000


async def test_without_a_usable_key_there_is_no_list(database: Database, tmp_path: Path) -> None:
    async with database.read() as session:
        with pytest.raises(SigningKeyError):
            await current_status_list(session, data_dir=tmp_path, now=ISSUE_TIME)
    [made] = await issue(database, tmp_path, await prepare(database, ["Ya Ly"]))
    async with database.write() as session:
        await keys.revoke_key(session, kid=made.kid, actor=OFFICER, now=ISSUE_TIME)
    async with database.read() as session:
        with pytest.raises(SigningKeyError):
            await current_status_list(session, data_dir=tmp_path, now=ISSUE_TIME)
