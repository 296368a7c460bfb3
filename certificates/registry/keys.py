"""The key ring of the register: which keys sign, which are known, which are revoked."""

from datetime import date, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certificates.errors import SigningKeyError, UnknownSigningKeyError
from certificates.registry.models import CertificateKey
from certificates.signing import KeyFacts, MissingKeyError, key_id, load_private_key, store_private_key
from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor

KEY_YEARS = 2
"""For how many years of issue dates a new key vouches before the next one takes over."""


async def known_keys(session: AsyncSession) -> list[KeyFacts]:
    """Return every key that ever signed, the newest first: old certificates are checked for ever."""
    statement = select(CertificateKey).order_by(col(CertificateKey.created_at).desc(), col(CertificateKey.kid))
    return [_facts(row) for row in (await session.exec(statement)).all()]


async def signer_for(session: AsyncSession, *, data_dir: Path, issued_on: date) -> tuple[bytes, Ed25519PrivateKey]:
    """Return kid and private key of the newest key that vouches for an issue date.

    Raises
    ------
    SigningKeyError
        No key vouches for that date, or its private half is not in the data directory.
    """
    for key in await known_keys(session):
        if key.vouches_for(issued_on):
            return key.kid, private_key(data_dir, key.kid)
    raise SigningKeyError(kid="-")


def private_key(data_dir: Path, kid: bytes) -> Ed25519PrivateKey:
    """Return the private half of a key of the ring.

    Raises
    ------
    SigningKeyError
    """
    try:
        return load_private_key(data_dir, kid)
    except MissingKeyError as error:
        raise SigningKeyError(kid=kid.hex()) from error


async def create_key(
    session: AsyncSession, *, data_dir: Path, first_day: date, actor: Actor, now: datetime
) -> KeyFacts:
    """Make a key that vouches for certificates issued from ``first_day`` on; also the way to rotate."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    # The file first: a row without its private half would stop all issuing, a file without a row is harmless.
    kid = store_private_key(data_dir, private)
    row = CertificateKey(
        kid=kid.hex(),
        public_key=public.hex(),
        not_before=first_day,
        not_after=first_day.replace(year=first_day.year + KEY_YEARS, day=min(first_day.day, 28)),
        created_at=now,
    )
    session.add(row)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="certificate_key.created",
        object_type="certificate_key",
        object_id=row.kid,
        details={"public_key": row.public_key, "first_day": first_day.isoformat()},
        now=now,
    )
    return _facts(row)


async def ensure_key(session: AsyncSession, *, data_dir: Path, issued_on: date, actor: Actor, now: datetime) -> None:
    """Make the first key, or the next one when the last has run out; a missing private half is never replaced."""
    if not any(key.vouches_for(issued_on) for key in await known_keys(session)):
        await create_key(session, data_dir=data_dir, first_day=issued_on, actor=actor, now=now)


async def revoke_key(session: AsyncSession, *, kid: str, actor: Actor, now: datetime) -> None:
    """Withdraw all trust from a key, after its private half was lost or copied.

    Raises
    ------
    UnknownSigningKeyError
    """
    row = await session.get(CertificateKey, kid, with_for_update=True)
    if row is None:
        raise UnknownSigningKeyError(kid=kid)
    if row.revoked_at is None:
        row.revoked_at = now
        session.add(row)
        await session.flush()
        await audit.record(
            session,
            actor=actor,
            action="certificate_key.revoked",
            object_type="certificate_key",
            object_id=kid,
            now=now,
        )


def _facts(row: CertificateKey) -> KeyFacts:
    kid, public_key = bytes.fromhex(row.kid), bytes.fromhex(row.public_key)
    if key_id(public_key) != kid:
        raise SigningKeyError(kid=row.kid)
    return KeyFacts(kid, public_key, row.not_before, row.not_after, row.revoked_at)
