"""Instructions to candidates: messages, and what a proctor did to their time; each stays until it was shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.bus import hint_after_commit
from exam_engine.core.db import new_id
from exam_engine.delivery import instruction_queries, log_rows
from exam_engine.sittings.hints import INSTRUCTION
from exam_engine.sittings.seat_records import record_seats

InstructionKind = Literal["message", "pause", "resume", "credit", "end", "reopen"]


async def instruct(
    session: AsyncSession,
    registration_ids: Sequence[UUID],
    *,
    kind: InstructionKind,
    text: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Leave an instruction for candidates; it reaches each browser by its stream, or else with its next receipt."""
    last = await instruction_queries.last_instruction_numbers(session, registration_ids)
    rows = [
        {
            "id": new_id(),
            "registration_id": registration_id,
            "number": last.get(registration_id, 0) + 1,
            "kind": kind,
            "text": text,
            "created_at": now,
            "created_by_name": actor.display_name,
        }
        for registration_id in registration_ids
    ]
    await instruction_queries.add_instructions(session, rows)
    hint_after_commit(session, INSTRUCTION, registration_ids)


async def send_message(
    session: AsyncSession, *, registration_ids: Sequence[UUID], text: str, actor: Actor, now: datetime
) -> int:
    """Leave a message for candidates; it reaches each browser by its stream, or else with its next receipt."""
    await instruct(session, registration_ids, kind="message", text=text.strip(), actor=actor, now=now)
    said = {"text_sha256": log_rows.text_digest(text.strip())}
    await record_seats(session, "message.sent", registration_ids, actor, now, said)
    return len(registration_ids)
