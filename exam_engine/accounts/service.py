"""Users and login sessions: rules."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts import queries
from exam_engine.accounts.errors import (
    LastAdministratorError,
    TooManyAttemptsError,
    UnknownRoleError,
    UsernameTakenError,
    WeakPasswordError,
    WrongCredentialsError,
)
from exam_engine.accounts.models import LoginFailure, LoginSession, User
from exam_engine.accounts.permissions import STAFF_ROLES, Role, permissions_of
from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import NotFoundError
from exam_engine.core.security import hash_password, new_token, token_digest, verify_password

SHORTEST_PASSWORD = 10


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A fresh login session with the token that goes into the cookie and is stored nowhere."""

    login_session: LoginSession
    token: str
    actor: Actor


def actor_of_user(user: User, session_id: UUID | None) -> Actor:
    """Return a user as an actor with the permissions of all their roles."""
    roles = frozenset(user.roles)
    return Actor(
        id=user.id,
        kind="user",
        display_name=user.display_name,
        roles=roles,
        permissions=permissions_of(roles),
        session_id=session_id,
    )


def actor_of_registration(registration_id: UUID, display_name: str, session_id: UUID | None) -> Actor:
    """Return a candidate as an actor."""
    roles = frozenset({Role.CANDIDATE.value})
    return Actor(
        id=registration_id,
        kind="candidate",
        display_name=display_name,
        roles=roles,
        permissions=permissions_of(roles),
        session_id=session_id,
    )


async def actor_of_token(session: AsyncSession, *, digest: str, now: datetime) -> tuple[Actor, LoginSession] | None:
    """Return who holds the token of this digest, or None when it is unknown, expired, revoked or its user inactive."""
    found = await queries.live_session(session, digest=digest, now=now)
    if found is None:
        return None
    login_session, user = found
    if login_session.registration_id is not None:
        actor = actor_of_registration(login_session.registration_id, login_session.display_name, login_session.id)
        return actor, login_session
    if user is None or not user.is_active:
        return None
    return actor_of_user(user, login_session.id), login_session


@dataclass(frozen=True, slots=True)
class LoginLimit:
    """How many failed logins an address or a name may have within the window."""

    attempts: int
    window: timedelta


async def check_login_limit(session: AsyncSession, *, subjects: list[str], limit: LoginLimit, now: datetime) -> None:
    """Refuse when any subject (a name, an address) has failed too often.

    Raises
    ------
    TooManyAttemptsError
        With the seconds after which to come back.
    """
    failures = await queries.failures_since(session, subjects=subjects, since=now - limit.window)
    for subject, count in failures.items():
        # A whole room of candidates sits behind one address; an address is given more room than a name.
        allowed = limit.attempts * 20 if subject.startswith("address:") else limit.attempts
        if count >= allowed:
            raise TooManyAttemptsError(retry_after=int(limit.window.total_seconds()))


async def note_login_failure(session: AsyncSession, *, subjects: list[str], limit: LoginLimit, now: datetime) -> None:
    """Count one failed login against all its subjects."""
    await queries.forget_failures(session, before=now - limit.window)
    session.add_all(LoginFailure(subject=subject, at=now) for subject in subjects)


async def authenticate(session: AsyncSession, *, username: str, password: str) -> User:
    """Return the active user whom name and password fit; only reads.

    Raises
    ------
    WrongCredentialsError
        Unknown name, wrong password or inactive user; the three are not told apart.
    """
    user = await queries.user_by_name(session, username.strip().lower())
    # Argon2 takes tens of milliseconds of CPU on purpose; in a thread it does not hold up everybody else.
    fits = await asyncio.to_thread(verify_password, user.password_hash if user else None, password)
    if user is None or not fits or not user.is_active:
        raise WrongCredentialsError
    return user


async def open_staff_session(
    session: AsyncSession, *, user_id: UUID, lifetime: timedelta, now: datetime
) -> OpenedSession:
    """Open a login session for an authenticated member of staff.

    Raises
    ------
    WrongCredentialsError
        The user is gone or was deactivated meanwhile.
    """
    user = await session.get(User, user_id)
    if user is None or not user.is_active:
        raise WrongCredentialsError
    user.last_login_at = now
    session.add(user)
    opened = open_session(
        session, user_id=user.id, registration_id=None, display_name=user.display_name, lifetime=lifetime, now=now
    )
    actor = actor_of_user(user, opened.login_session.id)
    await audit.record(
        session, actor=actor, action="session.opened", object_type="user", object_id=str(user.id), now=now
    )
    return OpenedSession(opened.login_session, opened.token, actor)


def open_session(
    session: AsyncSession,
    *,
    user_id: UUID | None,
    registration_id: UUID | None,
    display_name: str,
    lifetime: timedelta,
    now: datetime,
) -> OpenedSession:
    """Store a login session for a user or a registration whose credentials the caller has checked."""
    token = new_token()
    login_session = LoginSession(
        token_digest=token_digest(token),
        csrf_token=new_token(),
        user_id=user_id,
        registration_id=registration_id,
        display_name=display_name,
        created_at=now,
        expires_at=now + lifetime,
    )
    session.add(login_session)
    actor = (
        actor_of_registration(registration_id, display_name, login_session.id)
        if registration_id is not None
        else Actor(id=user_id or UUID(int=0), kind="user", display_name=display_name, session_id=login_session.id)
    )
    return OpenedSession(login_session, token, actor)


async def log_out(session: AsyncSession, *, login_session_id: UUID, now: datetime) -> None:
    """End one login session."""
    login_session = await session.get(LoginSession, login_session_id)
    if login_session is not None:
        login_session.revoked_at = now
        session.add(login_session)


async def ended_logins(session: AsyncSession, login_session_ids: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Return which of these login sessions have ended: logged out, expired or unknown."""
    return set(login_session_ids) - await queries.live_session_ids(session, ids=login_session_ids, now=now)


def check_password_rule(username: str, password: str) -> None:
    """Refuse a password that is too short or repeats the login name.

    Raises
    ------
    WeakPasswordError
        With the shortest length allowed.
    """
    if len(password) < SHORTEST_PASSWORD or password.lower() == username.lower():
        raise WeakPasswordError(shortest=SHORTEST_PASSWORD)


def _check_roles(roles: list[str]) -> list[str]:
    unknown = sorted(set(roles) - {role.value for role in STAFF_ROLES})
    if unknown or not roles:
        raise UnknownRoleError(roles=", ".join(unknown) or "-")
    return sorted(set(roles))


async def create_user(
    session: AsyncSession,
    *,
    username: str,
    display_name: str,
    password: str,
    roles: list[str],
    actor: Actor,
    now: datetime,
) -> User:
    """Create a member of staff.

    Raises
    ------
    UsernameTakenError, WeakPasswordError, UnknownRoleError
    """
    name = username.strip().lower()
    check_password_rule(name, password)
    if await queries.user_by_name(session, name) is not None:
        raise UsernameTakenError(username=name)
    user = User(
        username=name,
        display_name=display_name.strip(),
        password_hash=hash_password(password),
        roles=_check_roles(roles),
        created_at=now,
    )
    session.add(user)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="user.created",
        object_type="user",
        object_id=str(user.id),
        after=_facts(user),
        now=now,
    )
    return user


async def change_user(
    session: AsyncSession,
    *,
    user_id: UUID,
    display_name: str | None,
    roles: list[str] | None,
    is_active: bool | None,
    password: str | None,
    actor: Actor,
    now: datetime,
) -> User:
    """Change a user; lost roles, deactivation and a new password end their login sessions.

    Raises
    ------
    NotFoundError, LastAdministratorError, WeakPasswordError, UnknownRoleError
    """
    user = await session.get(User, user_id)
    if user is None:
        raise NotFoundError
    before = _facts(user)
    if display_name is not None:
        user.display_name = display_name.strip()
    if roles is not None:
        user.roles = _check_roles(roles)
    if is_active is not None:
        user.is_active = is_active
    if password is not None:
        check_password_rule(user.username, password)
        user.password_hash = hash_password(password)
    session.add(user)
    await session.flush()
    await _keep_one_administrator(session)
    if password is not None or roles is not None or is_active is False:
        await queries.revoke_sessions(session, user_id=user.id, now=now, keep=actor.session_id)
    await audit.record(
        session,
        actor=actor,
        action="user.changed",
        object_type="user",
        object_id=str(user.id),
        before=before,
        after=_facts(user) | {"password_changed": password is not None},
        now=now,
    )
    return user


async def _keep_one_administrator(session: AsyncSession) -> None:
    users = await queries.all_users(session)
    if not any(user.is_active and Role.ADMINISTRATOR in user.roles for user in users):
        raise LastAdministratorError


async def change_own_password(
    session: AsyncSession, *, current_password: str, new_password: str, actor: Actor, now: datetime
) -> None:
    """Set one's own password; all other sessions of the user end.

    Raises
    ------
    WrongCredentialsError, WeakPasswordError
    """
    user = await session.get(User, actor.id)
    if user is None or not verify_password(user.password_hash, current_password):
        raise WrongCredentialsError
    check_password_rule(user.username, new_password)
    user.password_hash = hash_password(new_password)
    session.add(user)
    await queries.revoke_sessions(session, user_id=user.id, now=now, keep=actor.session_id)
    await audit.record(
        session, actor=actor, action="user.password_changed", object_type="user", object_id=str(user.id), now=now
    )


def _facts(user: User) -> dict[str, object]:
    return {
        "username": user.username,
        "display_name": user.display_name,
        "roles": list(user.roles),
        "is_active": user.is_active,
    }


async def list_users(session: AsyncSession) -> list[User]:
    """Return all people by login name; servers at test sites are looked after where they were sent."""
    return [user for user in await queries.all_users(session) if Role.SITE not in user.roles]
