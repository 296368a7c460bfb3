"""The site's side of a pull: everything is fetched and checked first, then written in one transaction."""

import base64
import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.models import User
from exam_engine.audit import service as audit
from exam_engine.core.actor import SYSTEM
from exam_engine.core.db import Table, table_of
from exam_engine.core.security import hash_password
from exam_engine.delivery.models import Instruction, Pause, SealedPaper, Seat
from exam_engine.delivery.papers import wrap_key
from exam_engine.sites import queries
from exam_engine.sites.brought import BROUGHT, BY_NAME, Brought
from exam_engine.sites.central_server import CentralServer
from exam_engine.sites.codes import read_code
from exam_engine.sites.errors import (
    CentralServerError,
    PaperDamagedError,
    SittingHereAlreadyError,
    UsernameAtSiteError,
)
from exam_engine.sites.handing_over import signed_text
from exam_engine.sites.models import PulledSitting
from exam_engine.sites.schemas import PulledData
from exam_engine.sites.wire import MalformedRowError, from_wire
from exam_engine.sittings.models import (
    ProctorAssignment,
    PulledRules,
    Registration,
    Sitting,
    SittingForm,
    SittingRoom,
)
from exam_engine.sittings.service import ACCESS_CODE_ALPHABET

PASSWORD_GROUPS = 3
"""Of four letters: 59 bits."""

# What a pull before, of a sitting in which nobody started, has left; in the order in which it can go.
_REPLACED: tuple[type[Table], ...] = (
    Instruction,
    Pause,
    Seat,
    ProctorAssignment,
    SealedPaper,
    SittingForm,
    Registration,
    PulledRules,
    SittingRoom,
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came from the central server, whole and checked; papers lie in files by their id."""

    data: PulledData
    rows: Mapping[str, Sequence[dict[str, Any]]]
    papers: Mapping[UUID, Path]


@dataclass(frozen=True, slots=True)
class ProctorAccount:
    """The account of a proctor at the site; ``password`` is None where the one they have is kept."""

    username: str
    display_name: str
    password: str | None


def new_password(rng: random.Random) -> str:
    """Return a first password that can be read from paper."""
    return "-".join("".join(rng.choices(ACCESS_CODE_ALPHABET, k=4)) for _ in range(PASSWORD_GROUPS))


async def fetch(central: CentralServer, *, code: str, signing_seed: bytes, folder: Path) -> Fetched:
    """Fetch what a pull code stands for; papers that a try before has left in the folder are not fetched again.

    Raises
    ------
    CodeMistypedError, CentralServerError, CentralRefusalError
    PaperDamagedError
        A sealed paper does not hash to what was announced.
    """
    typed = read_code(code)
    key = Ed25519PrivateKey.from_private_bytes(signing_seed)
    public_key = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    signature = base64.b64encode(key.sign(signed_text(typed, public_key).encode())).decode()
    data = await central.pull(typed, public_key, signature)
    if data.tables.keys() != BY_NAME.keys():
        raise CentralServerError(reason="tables")
    try:
        rows = {name: [from_wire(BY_NAME[name].columns, row) for row in data.tables[name]] for name in BY_NAME}
    except MalformedRowError as error:
        raise CentralServerError(reason=f"rows: {error}") from error
    place = folder / str(data.delegation_id)
    place.mkdir(parents=True, exist_ok=True)
    papers = {}
    for paper in rows["sealed_paper"]:
        papers[paper["id"]] = await _paper(central, paper["id"], paper["sha256"], place)
    return Fetched(data, rows, papers)


async def _paper(central: CentralServer, paper_id: UUID, sha256: str, folder: Path) -> Path:
    file = folder / f"{paper_id}.bin"
    if file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == sha256:
        return file
    content = await central.paper(paper_id)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PaperDamagedError(paper=str(paper_id))
    file.write_bytes(content)
    return file


async def store(
    session: AsyncSession,
    fetched: Fetched,
    *,
    central_url: str,
    authority: str | None,
    master_key: bytes,
    now: datetime,
    rng: random.Random,
) -> list[ProctorAccount]:
    """Write a sitting that was fetched; one that was pulled before is replaced while nobody has started in it.

    Returns the accounts of its proctors, with first passwords for those who never logged in here.

    Raises
    ------
    SittingHereAlreadyError
        The sitting is this server's own, or somebody has started in it here; or another one has its codes.
    UsernameAtSiteError
    """
    data = fetched.data
    sitting = await session.get(Sitting, data.sitting_id)
    if sitting is not None:
        if not sitting.is_pulled or await queries.has_attempts_of(session, data.sitting_id):
            raise SittingHereAlreadyError
        await _clear(session, data.sitting_id)
    try:
        accounts = await _accounts(session, fetched.rows["staff_user"], rng)
        for brought in BROUGHT:
            if brought.model is SealedPaper:
                await _store_papers(session, brought, fetched)
            elif brought.model is not User:
                for row in fetched.rows[brought.table.name]:
                    await _upsert(session, brought, row)
    except IntegrityError as error:
        raise SittingHereAlreadyError from error
    held = await queries.pulled(session, data.sitting_id)
    if held is not None:
        await session.delete(held)
        await session.flush()
    session.add(
        PulledSitting(
            sitting_id=data.sitting_id,
            delegation_id=data.delegation_id,
            site_name=data.site_name,
            central_url=central_url,
            authority=authority,
            wrapped_token=wrap_key(master_key, data.token.encode(), data.delegation_id),
            paper_keys={str(paper_id): key for paper_id, key in data.paper_keys.items()},
            releases_at=data.releases_at,
            pulled_at=now,
        )
    )
    await session.flush()
    await audit.record(
        session,
        actor=SYSTEM,
        action="site.pulled",
        object_type="sitting",
        object_id=str(data.sitting_id),
        details={"delegation": str(data.delegation_id), "seats": len(fetched.rows["registration"])},
        now=now,
        sitting_id=data.sitting_id,
    )
    return accounts


async def _clear(session: AsyncSession, sitting_id: UUID) -> None:
    connection = await session.connection()
    registrations = table_of(Registration)
    of_sitting = sa.select(registrations.c.id).where(registrations.c.sitting_id == sitting_id)
    for model in _REPLACED:
        table = table_of(model)
        which = table.c.sitting_id == sitting_id if "sitting_id" in table.c else table.c.registration_id.in_(of_sitting)
        await connection.execute(sa.delete(table).where(which))
    session.expire_all()


async def _upsert(session: AsyncSession, brought: Brought, row: Mapping[str, Any]) -> None:
    """Write a row; an exam, a room or a person that an earlier sitting has left at the site is brought up to date."""
    connection, table = await session.connection(), brought.table
    which = [column == row[column.name] for column in table.primary_key]
    values = {**row, **brought.instead}
    updated = await connection.execute(sa.update(table).where(*which).values(values))
    if updated.rowcount == 0:
        await connection.execute(sa.insert(table).values(values))


async def _store_papers(session: AsyncSession, brought: Brought, fetched: Fetched) -> None:
    for row in fetched.rows["sealed_paper"]:
        await _upsert(session, brought, row)
        connection, table = await session.connection(), brought.table
        sealed = fetched.papers[row["id"]].read_bytes()
        await connection.execute(sa.update(table).where(table.c.id == row["id"]).values(sealed=sealed))


async def _accounts(
    session: AsyncSession, users: Sequence[Mapping[str, Any]], rng: random.Random
) -> list[ProctorAccount]:
    accounts = []
    for row in users:
        brought = BY_NAME["staff_user"]
        user = await session.get(User, row["id"])
        if user is None:
            if await queries.is_username_taken(session, row["username"]):
                raise UsernameAtSiteError(username=row["username"])
            user = User(**{**row, **brought.instead})
        elif not set(brought.instead["roles"]) <= set(user.roles):
            user.roles = sorted({*user.roles, *brought.instead["roles"]})
        user.display_name = row["display_name"]
        password = new_password(rng) if user.last_login_at is None else None
        if password is not None:
            user.password_hash = hash_password(password)
        session.add(user)
        accounts.append(ProctorAccount(user.username, user.display_name, password))
    await session.flush()
    return accounts
