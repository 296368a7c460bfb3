"""SQL of users and login sessions."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.models import LoginFailure, LoginSession, User
from exam_engine.core.db import UTCDateTime


async def user_by_name(session: AsyncSession, username: str) -> User | None:
    """Return the user of that login name."""
    return (await session.exec(select(User).where(User.username == username))).first()


async def all_users(session: AsyncSession) -> list[User]:
    """Return all users by login name."""
    return list((await session.exec(select(User).order_by(User.username))).all())


# Asked at every request whose login is not remembered; building it takes longer than running it.
_LIVE = (
    select(LoginSession, User)
    .join(User, col(LoginSession.user_id) == col(User.id), isouter=True)
    .where(
        LoginSession.token_digest == sa.bindparam("digest"),
        col(LoginSession.expires_at) > sa.bindparam("now", type_=UTCDateTime),
        col(LoginSession.revoked_at).is_(None),
    )
)


async def live_session(session: AsyncSession, *, digest: str, now: datetime) -> tuple[LoginSession, User | None] | None:
    """Return the unexpired, unrevoked login session of a token digest with its user."""
    row = (await session.exec(_LIVE, params={"digest": digest, "now": now})).first()
    return (row[0], row[1]) if row else None


async def live_session_ids(session: AsyncSession, *, ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Return which of the given login sessions are unexpired and unrevoked."""
    statement = select(LoginSession.id).where(
        col(LoginSession.id).in_(ids), col(LoginSession.expires_at) > now, col(LoginSession.revoked_at).is_(None)
    )
    return set((await session.exec(statement)).all())


async def revoke_sessions(session: AsyncSession, *, user_id: UUID, now: datetime, keep: UUID | None = None) -> None:
    """End all login sessions of a user except ``keep``."""
    statement = (
        sa.update(LoginSession)
        .where(col(LoginSession.user_id) == user_id, col(LoginSession.revoked_at).is_(None))
        .values(revoked_at=now)
    )
    if keep is not None:
        statement = statement.where(col(LoginSession.id) != keep)
    await session.exec(statement)


async def failures_since(session: AsyncSession, *, subjects: list[str], since: datetime) -> dict[str, int]:
    """Return for each subject how many logins failed since an instant."""
    statement = (
        select(LoginFailure.subject, sa.func.count())
        .where(col(LoginFailure.subject).in_(subjects), col(LoginFailure.at) > since)
        .group_by(LoginFailure.subject)
    )
    return dict((await session.exec(statement)).all())


async def forget_failures(session: AsyncSession, *, before: datetime) -> None:
    """Delete counted failures that no window needs any more."""
    await session.exec(sa.delete(LoginFailure).where(col(LoginFailure.at) <= before))
