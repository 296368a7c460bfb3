"""The central server's side of a pull: what a site gets for its code."""

import base64
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts import site_accounts
from exam_engine.core.errors import Fault
from exam_engine.core.security import token_digest
from exam_engine.delivery.papers import unwrap_key, wrap_key
from exam_engine.lockdown import queries as lockdown_queries
from exam_engine.sites import delegating, queries
from exam_engine.sites.brought import rows_to_bring
from exam_engine.sites.codes import read_code
from exam_engine.sites.errors import (
    CannotDelegateError,
    DelegationWithdrawnError,
    PullCodeExpiredError,
    PullCodeUnknownError,
    PullCodeUsedError,
)
from exam_engine.sites.models import SiteDelegation
from exam_engine.sites.release import release_key
from exam_engine.sites.wire import Wire
from exam_engine.sittings import service as sittings


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What a site gets; the token is stored nowhere here."""

    delegation: SiteDelegation
    releases_at: datetime
    token: str
    tables: dict[str, list[Wire]]
    paper_keys: dict[UUID, str]


def signed_text(code: str, public_key: str) -> str:
    """Return the text with whose signature a site proves that the key is its own."""
    return f"site-pull-v1\n{code}\n{public_key}"


async def hand_over(
    session: AsyncSession, *, code: str, public_key: str, signature: str, master_key: bytes, now: datetime
) -> HandedOver:
    """Give a site what its pull code stands for; from here on the rooms are the site's.

    The same site may ask again, until something of its work has come home: the answer may have been lost, or the
    board changed something. Its token before is worth nothing then.

    Raises
    ------
    CodeMistypedError, PullCodeUnknownError, PullCodeExpiredError, DelegationWithdrawnError
    PullCodeUsedError
        Another server has pulled with the code; or work has come home.
    CannotDelegateError
        Somebody has started meanwhile, or the board asks for Safe Exam Browser now.
    """
    typed = read_code(code)
    delegation = await queries.delegation_by_code(session, token_digest(typed))
    if delegation is None or not _is_own_key(typed, public_key, signature):
        raise PullCodeUnknownError
    if delegation.withdrawn_at is not None:
        raise DelegationWithdrawnError
    if delegation.first_pushed_at is not None or delegation.public_key not in {None, public_key}:
        raise PullCodeUsedError
    if delegation.public_key is None and delegation.code_expires_at <= now:
        raise PullCodeExpiredError
    # Storing an attempt locks the sitting as well: whoever starts at this moment is either seen here, or sees this.
    await sittings.lock_ready(session, delegation.sitting_id)
    room_ids = delegating.room_ids_of(delegation)
    if await queries.has_attempts(session, delegation.sitting_id, room_ids):
        raise CannotDelegateError(faults=[Fault("site_room_started", "rooms")])
    if await lockdown_queries.browser_of(session, delegation.sitting_id) is not None:
        raise CannotDelegateError(faults=[Fault("site_safe_exam_browser", "safe_exam_browser")])
    opened = await site_accounts.open_account(
        session,
        user_id=delegation.user_id,
        username=f"site-{delegation.id}",
        display_name=delegation.site_name,
        now=now,
    )
    delegation.user_id, delegation.public_key = opened.actor.id, public_key
    delegation.pulled_at = delegation.pulled_at or now
    session.add(delegation)
    await queries.hold_rooms(session, delegation.sitting_id, room_ids, delegation.id)
    await session.flush()
    tables = await rows_to_bring(session, delegation.sitting_id, room_ids)
    paper_keys = await _wrapped_keys(session, delegation, [row["id"] for row in tables["sealed_paper"]], master_key)
    releases_at = await delegating.releases_at(session, delegation)
    details: dict[str, object] = {"site": delegation.site_name, "public_key": public_key}
    await delegating.record(session, "site.pulled", delegation, opened.actor, now, details)
    return HandedOver(delegation, releases_at, opened.token, tables, paper_keys)


async def _wrapped_keys(
    session: AsyncSession, delegation: SiteDelegation, paper_ids: list[str], master_key: bytes
) -> dict[UUID, str]:
    key = release_key(delegating.stored_release_code(delegation, master_key), delegation.id)
    return {
        paper_id: base64.b64encode(wrap_key(key, unwrap_key(master_key, wrapped, paper_id), paper_id)).decode()
        for paper_id, wrapped in await queries.wrapped_paper_keys(session, [UUID(id_) for id_ in paper_ids])
    }


def _is_own_key(code: str, public_key: str, signature: str) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), signed_text(code, public_key).encode())
    except (InvalidSignature, ValueError):
        return False
    return True
