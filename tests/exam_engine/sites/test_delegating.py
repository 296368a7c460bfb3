"""What a board may hand over and take back, who may pull, and what a pull brings."""

import base64
import json
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exam_engine.accounts.permissions import PERMISSIONS, Permission, Role
from exam_engine.core.errors import DomainError
from exam_engine.core.time import utc_now
from exam_engine.delivery import pausing
from exam_engine.delivery import service as delivery
from exam_engine.delivery.engine import signing_seed
from exam_engine.delivery.pausing import Scope
from exam_engine.delivery.seat_rows import seat_rows
from exam_engine.sites import brought, pulling, queries
from exam_engine.sites.codes import in_groups, new_code, read_code
from exam_engine.sites.errors import CentralRefusalError, CodeMistypedError, ReleaseCodeWrongError
from exam_engine.sites.handing_over import signed_text
from exam_engine.sittings.models import Sitting
from tests.conftest import make_actor
from tests.exam_engine.sites.course import Course

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def opens_in(course: Course, minutes: int) -> None:
    """Let the sitting open at another time."""
    opens_at = utc_now() + timedelta(minutes=minutes)
    async with course.home.write() as session:
        stored = await session.get_one(Sitting, course.sitting_id)
        stored.opens_at, stored.closes_at = opens_at, opens_at + timedelta(hours=2)
        session.add(stored)


async def refused_pull(course: Course, code: str, seed: bytes) -> str:
    """Return the code with which the central server refuses a pull."""
    with pytest.raises(CentralRefusalError) as refusal:
        async with course.central() as central:
            await pulling.fetch(central, code=code, signing_seed=seed, folder=course.folder / "other")
    return str(refusal.value.params["refused"])


def test_only_the_board_delegates_and_only_sites_come_home() -> None:
    holders = {
        permission: [role for role in Role if permission in PERMISSIONS[role]]
        for permission in (Permission.SITE_DELEGATE, Permission.SITE_SYNC)
    }
    assert holders == {Permission.SITE_DELEGATE: [Role.BOARD_MEMBER], Permission.SITE_SYNC: [Role.SITE]}


@SQLITE
async def test_a_delegation_is_seen_and_recorded_from_the_first_to_the_last(course: Course) -> None:
    made = await course.delegate(release_lead_minutes=10)
    assert (made["state"], made["seats"], made["rooms"]) == ("waiting", 4, ["Phòng máy 1"])
    assert read_code(made["pull_code"])
    await course.pull()
    url = f"/api/sittings/{course.sitting_id}/delegations"
    listed = (await course.board.get(url)).json()["items"]
    assert [(one["state"], "pull_code" in one) for one in listed] == [("pulled", False)]
    withdrawal = f"/api/site-delegations/{made['id']}/withdrawal"
    assert (await course.board.post(withdrawal, json={"reason": " "})).status_code == 422
    back = await course.board.post(withdrawal, json={"reason": "Điểm thi mất điện"})
    assert (back.json()["state"], back.json()["withdrawal_reason"]) == ("withdrawn", "Điểm thi mất điện")
    assert (await course.board.post(withdrawal, json={"reason": "nữa"})).json()["code"] == "delegation_withdrawn"

    # The candidates start here again, and the site is let in no more.
    candidate = course.candidate(0, await course.browser(course.centre))
    await candidate.log_in()
    async with course.way_home() as central:
        with pytest.raises(CentralRefusalError) as refusal:
            await central.release_code()
    assert refusal.value.params["refused"] == "not_authenticated"
    async with course.home.read() as session:
        kinds = (
            await (await session.connection()).execute(
                sa.text("SELECT kind FROM sitting_log_row WHERE kind LIKE 'site.%' ORDER BY id")
            )
        ).scalars()
        assert list(kinds) == ["site.delegated", "site.pulled", "site.withdrawn"]
        acts = (
            await (await session.connection()).execute(
                sa.text("SELECT action FROM audit_entry WHERE action LIKE 'site.%' ORDER BY seq")
            )
        ).scalars()
        assert list(acts) == ["site.delegated", "site.pulled", "site.withdrawn"]


@SQLITE
async def test_a_room_goes_to_one_site_and_not_when_somebody_has_started(course: Course) -> None:
    await course.delegate()
    url = f"/api/sittings/{course.sitting_id}/delegations"
    again = await course.board.post(url, json={"site_name": "Nơi khác"})
    assert [fault["code"] for fault in again.json()["errors"]] == ["site_room_taken"]
    elsewhere = await course.board.post(url, json={"site_name": "x", "centre_id": str(UUID(int=5))})
    assert [fault["code"] for fault in elsewhere.json()["errors"]] == ["site_without_rooms"]

    # Delegated but not pulled, the room is still held here; then it cannot go any more.
    proctor = await course.browser(course.centre)
    body = {"username": course.sitting.proctor_name, "password": "giam thi phong may"}
    proctor.headers["x-csrf-token"] = (await proctor.post("/api/session", json=body)).json()["csrf_token"]
    candidate = course.candidate(0, await course.browser(course.centre))
    await candidate.log_in()
    await candidate.check_own_data()
    assert (await proctor.post(f"{course.room}/unlock", json={"all": True})).status_code == 200
    await candidate.start()
    seed = signing_seed(course.site_settings)
    assert await refused_pull(course, course.delegation["pull_code"], seed) == "cannot_delegate"


@SQLITE
async def test_forms_whose_items_come_one_by_one_stay(course: Course) -> None:
    async with course.home.write() as session:
        await (await session.connection()).execute(
            sa.text("UPDATE form SET design = 'adaptive' WHERE form_code = '101'")
        )
    url = f"/api/sittings/{course.sitting_id}/delegations"
    response = await course.board.post(url, json={"site_name": "x"})
    assert [(fault["code"], "101" in fault["message"]) for fault in response.json()["errors"]] == [
        ("site_form_staged", True)
    ]


@SQLITE
async def test_a_pull_code_is_for_one_site(course: Course) -> None:
    await course.delegate()
    code, own, other = course.delegation["pull_code"], signing_seed(course.site_settings), b"o" * 32
    mistyped = code[:-1] + ("A" if code[-1] != "A" else "B")
    with pytest.raises(CodeMistypedError):
        async with course.central() as central:
            await pulling.fetch(central, code=mistyped, signing_seed=own, folder=course.folder)
    assert course.network.requests == []
    assert await refused_pull(course, in_groups(new_code(random.Random(1))), own) == "pull_code_unknown"

    # Whose key it is has to be proven.
    key = Ed25519PrivateKey.from_private_bytes(own)
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    forged = base64.b64encode(Ed25519PrivateKey.from_private_bytes(other).sign(b"x")).decode()
    async with course.central() as central:
        with pytest.raises(CentralRefusalError, match="pull_code_unknown"):
            await central.pull(read_code(code), public, forged)
        good = base64.b64encode(key.sign(signed_text(read_code(code), public).encode())).decode()
        first = await central.pull(read_code(code), public, good)
    assert await refused_pull(course, code, other) == "pull_code_used"
    # The same site may ask again: the answer may have been lost. Its token before is worth nothing then.
    await course.pull()
    async with course.central(token=first.token) as central:
        with pytest.raises(CentralRefusalError, match="not_authenticated"):
            await central.state()


@SQLITE
async def test_a_pull_code_is_taken_for_some_time_only(course: Course) -> None:
    await course.delegate(valid_hours=1)
    async with course.home.write() as session:
        delegation = await queries.delegation(session, UUID(course.delegation["id"]))
        assert delegation is not None
        delegation.code_expires_at = utc_now()
        session.add(delegation)
    seed = signing_seed(course.site_settings)
    assert await refused_pull(course, course.delegation["pull_code"], seed) == "pull_code_expired"


@SQLITE
async def test_what_is_pulled_holds_no_key_no_item_and_no_more_of_people_than_needed(course: Course) -> None:
    await course.delegate()
    course.network.requests.clear()
    async with course.central() as central:
        fetched = await pulling.fetch(
            central,
            code=course.delegation["pull_code"],
            signing_seed=signing_seed(course.site_settings),
            folder=course.folder / "pulled",
        )
    # Everything that went over the line, and everything that was written.
    plain = fetched.data.model_dump_json()
    everything = plain.encode() + b"".join(path.read_bytes() for path in fetched.papers.values())
    async with course.home.read() as session:
        connection = await session.connection()
        secrets: list[Any] = []
        for column, table in (
            ("identity_number", "candidate"),
            ("password_hash", "staff_user"),
            ("wrapped_key", "sealed_paper"),
            ("item_version_id", "form_item"),
            ("item_code", "form_item"),
        ):
            rows = (await connection.execute(sa.text(f"SELECT {column} FROM {table}"))).scalars()
            secrets += [value if isinstance(value, bytes) else str(value).encode() for value in rows if value != "-"]
        views = (await connection.execute(sa.text("SELECT view FROM form_item"))).scalars()
        options = [one["id"].encode() for view in views for one in json.loads(view)["options"]]
    assert len(secrets) > 20
    assert [secret for secret in secrets if secret in everything] == []
    assert [option for option in options if option in everything] == []
    for word in ("Phương án", "chọn phương án", "correct", '"stem"', "rule_set_code", "routing"):
        assert word.encode() not in everything, word
    # The end of the number is there: it is asked for at login.
    number = course.sitting.registered[0].person.identity_suffix
    assert number.encode() in everything
    assert set(fetched.data.tables) == {one.table.name for one in brought.BROUGHT}


@SQLITE
async def test_a_site_that_was_pulled_to_before_takes_the_next_pull(course: Course) -> None:
    await course.delegate()
    first = await course.pull()
    second = await course.pull()
    assert [(one.username, one.password is not None) for one in second] == [(first[0].username, True)]
    proctor = await course.seat_everybody()
    assert (await proctor.get(course.room)).status_code == 200
    third = await course.pull()
    # Who has logged in keeps the password; nobody's work is thrown away.
    assert [one.password for one in third] == [None]
    await course.release(await course.fetch_release())
    course.accounts = second
    course.candidates.clear()
    await course.seat_everybody()
    await course.candidates[0].start()
    with pytest.raises(DomainError, match="sitting_here_already"):
        await course.pull()


@SQLITE
async def test_the_release_waits_for_its_time_and_takes_no_other_code(course: Course) -> None:
    await opens_in(course, minutes=12)
    await course.delegate(release_lead_minutes=5)
    await course.pull()
    tell = f"/api/site-delegations/{course.delegation['id']}/release-code"
    told = await course.board.post(tell)
    assert (told.status_code, told.json()["code"]) == (425, "release_too_early")
    assert 0 < int(told.headers["retry-after"]) <= 30
    with pytest.raises(CentralRefusalError, match="release_too_early"):
        await course.fetch_release()

    await opens_in(course, minutes=4)
    code = (await course.board.post(tell)).json()["release_code"]
    with pytest.raises(CodeMistypedError):
        await course.release(code[:-1] + ("A" if code[-1] != "A" else "B"))
    with pytest.raises(ReleaseCodeWrongError):
        await course.release(new_code(random.Random(3)))
    async with course.away.read() as session:
        pulled = await queries.pulled(session, course.sitting_id)
        keys = (await (await session.connection()).execute(sa.text("SELECT wrapped_key FROM sealed_paper"))).scalars()
        assert set(keys) == {None}
    assert pulled is not None
    assert pulled.released_at is None
    assert await course.release(code.lower()) == 4
    assert await course.release(code) == 4


@SQLITE
async def test_the_other_rooms_of_the_board_stay_free_of_a_site(course: Course) -> None:
    """What people at the central server may do about rooms that a site holds."""
    await course.delegate()
    await course.pull()
    # Whoever started at the moment of the pull is seen once the attempt is stored.
    async with course.home.read() as session:
        ids = [one.registration_id for one in course.sitting.registered]
        obstacles = await delivery.late_obstacles(session, await seat_rows(session, ids))
    assert {id_: obstacle.code for id_, obstacle in obstacles.items()} == dict.fromkeys(ids, "room_at_site")
    sitting = f"/api/sittings/{course.sitting_id}"
    paused = await course.board.post(f"{sitting}/pause", json={"reason": "power"})
    assert (paused.status_code, paused.json()["seats"]) == (200, 0)
    registration = course.sitting.registered[0].registration_id
    given = await course.board.patch(f"/api/registrations/{registration}", json={"extra_minutes": 5})
    assert (given.status_code, given.json()["code"]) == (409, "room_at_site")
    named = await course.board.patch(f"/api/registrations/{registration}", json={"organisation": "THPT Bảo Lộc"})
    assert named.status_code == 200
    proposed = await course.board.post(f"/api/results/{course.sitting_id}/proposal")
    assert "rooms_at_sites" in {fault["code"] for fault in proposed.json()["errors"]}


@SQLITE
async def test_at_a_site_only_rooms_and_seats_are_paused(course: Course) -> None:
    await course.delegate()
    await course.pull()
    with pytest.raises(DomainError, match="sitting_pulled"):
        async with course.away.write() as session:
            await pausing.pause(
                session, Scope(course.sitting_id), reason="power", note="", actor=make_actor(), now=utc_now()
            )


def test_nothing_of_the_bank_of_keys_or_of_rules_is_in_the_list() -> None:
    names = {one.table.name for one in brought.BROUGHT}
    assert names.isdisjoint(
        {"form_key", "form_routing", "form_set", "rule_set", "item", "item_version", "login_session"}
    )
