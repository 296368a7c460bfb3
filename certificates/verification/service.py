"""What the public may learn: the keys, the status list, and what the register says of one certificate."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from certificates.errors import SigningKeyError
from certificates.public_id import MalformedPublicIdError, decode_public_id, encode_public_id
from certificates.registry import keys, queries
from certificates.registry.snapshot import from_snapshot
from certificates.verification.status_list import Status, StatusList, build_status_list, list_size

LIST_TTL = timedelta(hours=24)
"""For how long a checker without a network may rely on a list."""

_STATUS = {"revoked": Status.REVOKED, "superseded": Status.SUPERSEDED}

State = Literal["valid", "revoked", "superseded", "unknown"]


@dataclass(frozen=True, slots=True)
class RegisterAnswer:
    """What the register says of one public id; without a certificate only ``state`` is set.

    ``birth_date`` and marks are not told: the answer serves to compare with the paper, not to learn about the holder.
    """

    state: State
    public_id: str | None = None
    holder_name: str | None = None
    standard_level: str | None = None
    serial_number: str | None = None
    register_number: str | None = None
    issued_on: date | None = None
    issuer_title: str | None = None
    decision_number: str | None = None
    decided_on: date | None = None
    is_specimen: bool = False


UNKNOWN = RegisterAnswer("unknown")


async def look_up(session: AsyncSession, typed: str) -> RegisterAnswer:
    """Return what the register says of an id as typed; a malformed id and one that was never given answer alike."""
    try:
        public_id = encode_public_id(decode_public_id(typed))
    except MalformedPublicIdError:
        # The same question is asked of the database, so that the time of the answer tells nothing either.
        public_id = "-"
    certificate = await queries.find_by_public_id(session, public_id)
    if certificate is None:
        return UNKNOWN
    printed = from_snapshot(certificate.printed)
    decision_number, decided_on = None, None
    if certificate.status != "valid":
        act = await queries.last_event(session, certificate.id, certificate.status)
        if act is not None:
            decision_number, decided_on = act.decision_number, act.decision_date
    states: dict[str, State] = {"valid": "valid", "revoked": "revoked", "superseded": "superseded"}
    return RegisterAnswer(
        state=states[certificate.status],
        public_id=certificate.public_id,
        holder_name=certificate.holder_name,
        standard_level=certificate.standard_level,
        serial_number=certificate.serial_number,
        register_number=certificate.register_number,
        issued_on=certificate.issued_on,
        issuer_title=printed.issuer_title,
        decision_number=decision_number,
        decided_on=decided_on,
        is_specimen=printed.is_specimen,
    )


async def current_status_list(session: AsyncSession, *, data_dir: Path, now: datetime) -> StatusList:
    """Return the status list of this moment, signed with the newest key that is not revoked.

    Raises
    ------
    SigningKeyError
        No certificate was ever issued, or the private key is not on this server.
    """
    ring = await keys.known_keys(session)
    kid = next((key.kid for key in ring if key.revoked_at is None), None)
    if kid is None:
        raise SigningKeyError(kid="-")
    statuses = {index: _STATUS[status] for index, status in await queries.exceptional_statuses(session)}
    return build_status_list(
        statuses,
        size=list_size(await queries.highest_status_place(session)),
        kid=kid,
        key=keys.private_key(data_dir, kid),
        issued_at=now,
        ttl=LIST_TTL,
    )
