"""Accounts of servers at test sites: nobody logs in with one; its token is given out when the site pulls."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts import queries
from exam_engine.accounts.models import User
from exam_engine.accounts.permissions import Role
from exam_engine.accounts.service import OpenedSession, actor_of_user, open_session

_NO_PASSWORD = "-"  # noqa: S105 - no hash: no password fits it
LIFETIME = timedelta(days=90)
"""How long a site is let in: it may come home late."""


async def open_account(
    session: AsyncSession, *, user_id: UUID | None, username: str, display_name: str, now: datetime
) -> OpenedSession:
    """Return a fresh token for a site, with its account; the tokens before no longer let it in.

    Parameters
    ----------
    user_id : of the account, when it has one already.
    """
    user = await session.get(User, user_id) if user_id is not None else None
    if user is None:
        user = User(
            username=username,
            display_name=display_name,
            password_hash=_NO_PASSWORD,
            roles=[Role.SITE.value],
            created_at=now,
        )
        session.add(user)
        await session.flush()
    await queries.revoke_sessions(session, user_id=user.id, now=now)
    opened = open_session(
        session, user_id=user.id, registration_id=None, display_name=user.display_name, lifetime=LIFETIME, now=now
    )
    return OpenedSession(opened.login_session, opened.token, actor_of_user(user, opened.login_session.id))


async def close_account(session: AsyncSession, *, user_id: UUID, now: datetime) -> None:
    """Let a site in no more."""
    user = await session.get_one(User, user_id)
    user.is_active = False
    session.add(user)
    await queries.revoke_sessions(session, user_id=user_id, now=now)
