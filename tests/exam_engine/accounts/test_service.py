"""Login sessions and the login limit, both sides of each boundary; what ends the sessions of a user."""

from datetime import timedelta
from uuid import UUID

import pytest

from exam_engine.accounts import service
from exam_engine.accounts.errors import TooManyAttemptsError, WeakPasswordError, WrongCredentialsError
from exam_engine.accounts.models import User
from exam_engine.accounts.permissions import permissions_of
from exam_engine.core.db import Database, new_id
from tests.conftest import NINE, make_actor

PASSWORD = "ngan hang cau hoi"
MOMENT = timedelta(microseconds=1)
LIMIT = service.LoginLimit(attempts=3, window=timedelta(minutes=5))

embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def make_user(database: Database, username: str = "thuy", roles: tuple[str, ...] = ("board_member",)) -> User:
    async with database.write() as session:
        return await service.create_user(
            session,
            username=username,
            display_name="Lê Thị Thuỷ",
            password=PASSWORD,
            roles=list(roles),
            actor=make_actor("administrator"),
            now=NINE,
        )


async def open_for(database: Database, user: User, lifetime: timedelta = timedelta(hours=10)) -> service.OpenedSession:
    async with database.write() as session:
        return await service.open_staff_session(session, user_id=user.id, lifetime=lifetime, now=NINE)


async def is_believed(database: Database, opened: service.OpenedSession, *, after: timedelta) -> bool:
    async with database.read() as session:
        digest = opened.login_session.token_digest
        return await service.actor_of_token(session, digest=digest, now=NINE + after) is not None


async def test_a_session_holds_until_the_instant_it_expires(database: Database) -> None:
    opened = await open_for(database, await make_user(database))
    assert await is_believed(database, opened, after=timedelta(hours=10) - MOMENT)
    assert not await is_believed(database, opened, after=timedelta(hours=10))


async def test_a_session_is_stored_without_its_token(database: Database) -> None:
    opened = await open_for(database, await make_user(database))
    stored = opened.login_session
    assert opened.token not in {stored.token_digest, stored.csrf_token}
    assert stored.csrf_token != stored.token_digest


@embedded
async def test_a_session_that_was_logged_out_opens_nothing(database: Database) -> None:
    user = await make_user(database)
    ended, other = await open_for(database, user), await open_for(database, user)
    async with database.write() as session:
        await service.log_out(session, login_session_id=ended.login_session.id, now=NINE)
    assert not await is_believed(database, ended, after=MOMENT)
    assert await is_believed(database, other, after=MOMENT)


@embedded
async def test_a_session_carries_the_rights_of_the_present_and_not_of_the_login(database: Database) -> None:
    user = await make_user(database)
    opened = await open_for(database, user)
    async with database.write() as session:
        stored = await session.get(User, user.id)
        assert stored is not None
        stored.roles = ["marker"]
    async with database.read() as session:
        found = await service.actor_of_token(session, digest=opened.login_session.token_digest, now=NINE)
    assert found is not None
    assert found[0].permissions == permissions_of(frozenset({"marker"}))


@embedded
async def test_a_deactivated_user_is_out_at_once_and_cannot_come_back(database: Database) -> None:
    await make_user(database, "chu", ("administrator",))
    user = await make_user(database)
    opened = await open_for(database, user)
    async with database.write() as session:
        await service.change_user(
            session,
            user_id=user.id,
            display_name=None,
            roles=None,
            is_active=False,
            password=None,
            actor=make_actor("administrator"),
            now=NINE,
        )
    assert not await is_believed(database, opened, after=MOMENT)
    async with database.read() as session:
        with pytest.raises(WrongCredentialsError):
            await service.authenticate(session, username="thuy", password=PASSWORD)
    with pytest.raises(WrongCredentialsError):
        await open_for(database, user)


@embedded
async def test_a_new_password_ends_all_sessions_but_the_one_that_set_it(database: Database) -> None:
    user = await make_user(database)
    own, other = await open_for(database, user), await open_for(database, user)
    stranger = await open_for(database, await make_user(database, "vinh"))
    async with database.write() as session:
        await service.change_own_password(
            session, current_password=PASSWORD, new_password="de thi va dap an", actor=own.actor, now=NINE
        )
    assert await is_believed(database, own, after=MOMENT)
    assert not await is_believed(database, other, after=MOMENT)
    assert await is_believed(database, stranger, after=MOMENT)
    async with database.read() as session:
        assert (await service.authenticate(session, username="thuy", password="de thi va dap an")).id == user.id
        with pytest.raises(WrongCredentialsError):
            await service.authenticate(session, username="thuy", password=PASSWORD)


async def attempt_change(database: Database, opened: service.OpenedSession, current: str, new: str) -> None:
    async with database.write() as session:
        await service.change_own_password(
            session, current_password=current, new_password=new, actor=opened.actor, now=NINE
        )


@embedded
async def test_a_password_is_changed_only_by_who_knows_it_and_only_to_a_good_one(database: Database) -> None:
    opened = await open_for(database, await make_user(database))
    with pytest.raises(WrongCredentialsError):
        await attempt_change(database, opened, "sai mat khau", "de thi va dap an")
    with pytest.raises(WeakPasswordError):
        await attempt_change(database, opened, PASSWORD, "ngan")
    async with database.read() as session:
        assert (await service.authenticate(session, username="thuy", password=PASSWORD)).username == "thuy"


@pytest.mark.parametrize(
    ("username", "password", "is_good"),
    [
        ("thuy", "123456789", False),
        ("thuy", "1234567890", True),
        ("nguyenvanan", "NguyenVanAn", False),
        ("nguyenvanan", "NguyenVanAn1", True),
        ("thuy", "mật khẩu ạ", True),
    ],
)
def test_a_password_has_ten_characters_and_is_not_the_login_name(username: str, password: str, is_good: bool) -> None:
    if is_good:
        service.check_password_rule(username, password)
    else:
        with pytest.raises(WeakPasswordError):
            service.check_password_rule(username, password)


async def fail_times(database: Database, count: int, subjects: list[str], *, after: timedelta) -> None:
    for _ in range(count):
        async with database.write() as session:
            await service.note_login_failure(session, subjects=subjects, limit=LIMIT, now=NINE + after)


async def may_try(database: Database, subjects: list[str], *, after: timedelta) -> bool:
    async with database.read() as session:
        try:
            await service.check_login_limit(session, subjects=subjects, limit=LIMIT, now=NINE + after)
        except TooManyAttemptsError:
            return False
    return True


async def test_a_name_is_closed_after_as_many_failures_as_allowed_until_the_window_has_passed(
    database: Database,
) -> None:
    start = timedelta(0)
    await fail_times(database, 2, ["user:thuy"], after=start)
    assert await may_try(database, ["user:thuy"], after=start)
    await fail_times(database, 1, ["user:thuy"], after=start)
    assert not await may_try(database, ["user:thuy"], after=start)
    assert await may_try(database, ["user:vinh"], after=start)
    assert not await may_try(database, ["user:thuy"], after=LIMIT.window - MOMENT)
    assert await may_try(database, ["user:thuy"], after=LIMIT.window)


@embedded
async def test_an_address_with_a_whole_room_behind_it_is_given_twenty_times_as_much(database: Database) -> None:
    address = ["address:10.0.0.7"]
    async with database.write() as session:
        for _ in range(59):
            await service.note_login_failure(session, subjects=address, limit=LIMIT, now=NINE)
    assert await may_try(database, address, after=timedelta(0))
    await fail_times(database, 1, address, after=timedelta(0))
    assert not await may_try(database, [*address, "user:anyone"], after=timedelta(0))
    async with database.read() as session:
        with pytest.raises(TooManyAttemptsError) as refused:
            await service.check_login_limit(session, subjects=address, limit=LIMIT, now=NINE)
    assert refused.value.retry_after == 300


@embedded
async def test_failures_that_no_window_needs_are_forgotten(database: Database) -> None:
    await fail_times(database, 3, ["user:thuy"], after=timedelta(0))
    await fail_times(database, 1, ["user:vinh"], after=LIMIT.window)
    assert await may_try(database, ["user:thuy"], after=timedelta(0))


def test_unknown_roles_allow_nothing_and_a_candidate_may_only_sit() -> None:
    assert permissions_of(frozenset({"root", ""})) == frozenset()
    assert permissions_of(frozenset({"candidate"})) == {"attempt.take"}


def test_nobody_but_authors_and_reviewers_sees_keys_and_nobody_holds_accounts_and_results() -> None:
    for role in ("administrator", "board_member", "proctor", "marker", "certificate_officer", "inspector", "candidate"):
        assert "item_key.read" not in permissions_of(frozenset({role}))
    assert not {"item.read", "result.read"} & permissions_of(frozenset({"administrator"}))


def test_a_candidate_acts_in_the_name_of_the_registration() -> None:
    registration_id = UUID(int=5)
    actor = service.actor_of_registration(registration_id, "K' Brếp", new_id())
    assert (actor.id, actor.kind, actor.roles) == (registration_id, "candidate", frozenset({"candidate"}))
