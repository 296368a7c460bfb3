"""The long work of issuing: enter everyone in one transaction, then make the files."""

import asyncio
from datetime import date
from random import SystemRandom
from typing import Any
from uuid import UUID

from certificates.errors import NothingToIssueError
from certificates.issuing.files import file_of, render_all, write_file
from certificates.issuing.passes import approved_passes
from certificates.issuing.service import Office, issue_for_sitting
from certificates.registry import queries
from certificates.registry.snapshot import from_snapshot
from exam_engine.core.jobs.context import JobContext
from exam_engine.core.time import utc_now

ISSUE_JOB = "certificates.issue"
_BATCH = 25


async def issue_certificates(context: JobContext) -> dict[str, Any]:
    """Issue a sitting's certificates; a job that was interrupted goes on where it stopped."""
    sitting_id = UUID(context.parameters["sitting_id"])
    await context.report(0.0, "certificates.progress.entering")
    issued = 0
    async with context.database.write() as session:
        passes = await approved_passes(session, sitting_id)
        waiting = await queries.without_file(session, sitting_id)
        try:
            made = await issue_for_sitting(
                session,
                passes=passes,
                issued_on=date.fromisoformat(context.parameters["issued_on"]),
                office=Office(context.settings.data_dir, context.settings.public_url),
                actor=context.actor,
                now=utc_now(),
                rng=SystemRandom(),
            )
            issued = len(made)
        except NothingToIssueError:
            # An interrupted run may have entered everyone already; then only files are left to make.
            if not waiting:
                raise
    await _make_files(context, sitting_id)
    return {"sitting_id": str(sitting_id), "issued": issued}


async def _make_files(context: JobContext, sitting_id: UUID) -> None:
    async with context.database.read() as session:
        waiting = await queries.without_file(session, sitting_id)
    for start in range(0, len(waiting), _BATCH):
        batch = waiting[start : start + _BATCH]
        pages = await context.compute(render_all, [from_snapshot(certificate.printed) for certificate in batch])
        paths = [file_of(context.settings.data_dir, certificate) for certificate in batch]
        hashes = [await asyncio.to_thread(write_file, path, page) for path, page in zip(paths, pages, strict=True)]
        async with context.database.write() as session:
            for certificate, digest in zip(batch, hashes, strict=True):
                await queries.set_file_hash(session, certificate.id, digest)
        done = start + len(batch)
        await context.report(done / len(waiting), "certificates.progress.rendering", done=done, total=len(waiting))
