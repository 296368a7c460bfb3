"""Rules of exports: who may take what out of the bank, and that it is recorded."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.permissions import Permission
from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from item_bank.exchange.exported import WrittenFile
from item_bank.exchange.exporting.errors import ExportFormatUnknownError, ExportHoldsKeysError
from item_bank.exchange.exporting.gathering import Gathered
from item_bank.exchange.exporting.writers import WRITERS, Writer, writer_of


def writers_for(actor: Actor) -> Sequence[Writer]:
    """Return the formats that an actor may ask for."""
    sees_keys = Permission.ITEM_KEY_READ.value in actor.permissions
    return [one for one in WRITERS if sees_keys or not one.holds_keys]


def choose_writer(code: str, actor: Actor) -> Writer:
    """Return the writer that was asked for.

    Raises
    ------
    ExportFormatUnknownError
    ExportHoldsKeysError
        Its files say what is right, and the actor may not see that.
    """
    writer = writer_of(code)
    if writer is None:
        raise ExportFormatUnknownError(format=code[:32])
    if writer not in writers_for(actor):
        raise ExportHoldsKeysError
    return writer


async def record_export(
    session: AsyncSession, *, writer: Writer, gathered: Gathered, written: WrittenFile, actor: Actor, now: datetime
) -> None:
    """Record that a file with items left the bank: how many, which versions by their hash, and the hash of the file."""
    versions = "\n".join(str(id_) for id_ in gathered.version_ids)
    file_hash = hashlib.sha256(written.content).hexdigest()
    await audit.record(
        session,
        actor=actor,
        action="item.exported",
        object_type="item_export",
        object_id=file_hash,
        now=now,
        details={
            "format": writer.code,
            "items": len(gathered.items),
            "left_out": len({one.place for one in written.left_out if one.severity == "left_out"}),
            "media": len(gathered.media),
            "bytes": len(written.content),
            "sha256": file_hash,
            "versions_sha256": hashlib.sha256(versions.encode()).hexdigest(),
            "holds_keys": writer.holds_keys,
        },
    )
