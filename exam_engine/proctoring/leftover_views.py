"""What lost browsers still held, as proctors and the board read it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.delivery import recovering
from exam_engine.delivery.leftovers import JudgedOperation
from exam_engine.delivery.models import Recovery
from exam_engine.proctoring.seat_schemas import LeftoverOperation, LeftoverView, RecoveryView
from exam_engine.sittings.service import RegistrationFacts


async def leftovers_of_registrations(
    session: AsyncSession, registrations: Sequence[RegistrationFacts], *, actor: Actor, now: datetime
) -> list[LeftoverView]:
    """Return the leftovers of candidates in the order given; none for most."""
    facts = {one.registration_id: one for one in registrations}
    found = {one.attempt.registration_id: one for one in await recovering.leftovers_of(session, list(facts), now)}
    return [
        LeftoverView(
            registration_id=id_,
            seat_number=facts[id_].seat_number,
            room_name=facts[id_].room_name,
            candidate_number=facts[id_].candidate_number or "",
            full_name=facts[id_].full_name,
            operations=[operation_view(one) for one in found[id_].operations],
            recoveries=[recovery_view(one, actor) for one in found[id_].recoveries],
        )
        for id_ in facts
        if id_ in found
    ]


def operation_view(operation: JudgedOperation) -> LeftoverOperation:
    """Return a leftover operation without what it answers."""
    return LeftoverOperation(
        seq=operation.held.seq,
        hash=operation.held.hash,
        kind=operation.parsed.kind if operation.parsed is not None else None,
        item_ref=operation.parsed.item_ref if operation.parsed is not None else None,
        captured_at=operation.captured_at,
        received_at=operation.held.received_at,
        judgement=operation.judgement,
        is_admissible=operation.judgement.is_admissible,
    )


def recovery_view(recovery: Recovery, actor: Actor) -> RecoveryView:
    """Return a recovery as people read it."""
    return RecoveryView.model_validate(
        {
            "id": recovery.id,
            "seqs": [seq for seq, _ in recovery.operations],
            "reason": recovery.reason,
            "note": recovery.note,
            "proposed_at": recovery.proposed_at,
            "proposed_by": recovery.proposed_by_name,
            "is_own": recovery.proposed_by == actor.id,
            "decision": recovery.decision,
            "decided_at": recovery.decided_at,
            "decided_by": recovery.decided_by_name,
        }
    )
