"""Bytes of files that arrive at once share transactions, and leave the database to the saves in between."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from exam_engine.core.db import Database
from exam_engine.core.errors import DomainError
from exam_engine.delivery.group_commit import GroupCommit
from exam_engine.delivery.models import Upload
from exam_engine.delivery.uploading import Holder, add_part

LONGEST_QUEUE = 128
LARGEST_GROUP = 8
"""Parts of at most 1 MiB each."""
_LONGEST_PAUSE = 0.2


@dataclass(frozen=True, slots=True)
class UploadPart:
    """Bytes of a file from ``start`` on, as a browser brought them."""

    holder: Holder
    upload_id: UUID
    start: int
    content: bytes
    arrived_at: datetime


class UploadWriter:
    """Stores parts of files in groups.

    On SQLite there is one lock for all who write, and whoever waits for it looks only now and then whether it is free:
    after each group as long a pause follows as the group took, so that files never take more than half of the time.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pause = 0.0
        self._group: GroupCommit[UploadPart, Upload] = GroupCommit(
            "upload", self._commit, longest_queue=LONGEST_QUEUE, largest=LARGEST_GROUP
        )

    async def store(self, part: UploadPart) -> Upload:
        """Store bytes of a file; see :func:`exam_engine.delivery.uploading.add_part`.

        Raises
        ------
        BusyError
            Too many wait, or the server is stopping.
        UploadPartError, SeatFencedError, AttemptClosedError, NotFoundError
        """
        return await self._group.ask(part)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["UploadWriter"]:
        """Store until the block is left; then finish what was accepted."""
        async with self._group.running():
            yield self

    async def _commit(self, parts: Sequence[UploadPart]) -> list[Upload | DomainError]:
        await asyncio.sleep(self._pause)
        began = time.monotonic()
        answers: list[Upload | DomainError] = []
        async with self._database.write() as session:
            for part in parts:
                try:
                    upload = await add_part(
                        session,
                        part.holder,
                        part.upload_id,
                        start=part.start,
                        content=part.content,
                        now=part.arrived_at,
                    )
                    await session.flush()
                    answers.append(upload)
                except DomainError as error:
                    answers.append(error)
        if self._database.is_sqlite:
            self._pause = min(time.monotonic() - began, _LONGEST_PAUSE)
        return answers
