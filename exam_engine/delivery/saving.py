"""The answer to a save: operations read, handed to the group commit, and a signed receipt of what is stored."""

from datetime import datetime
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from exam_engine.accounts.access import Requirement, find_login
from exam_engine.accounts.permissions import Permission
from exam_engine.core.direct import DirectRoute
from exam_engine.core.errors import NotAuthenticatedError, NotFoundError
from exam_engine.core.time import iso_utc, utc_now
from exam_engine.delivery.batch import AppendRequest, Outcome
from exam_engine.delivery.engine import DeliveryEngine, engine_of
from exam_engine.delivery.errors import BadJournalRequestError, SeatFencedError
from exam_engine.delivery.journal import Operation, Refusal
from exam_engine.delivery.receipts import ReceiptFacts, deadline_text, remaining_ms
from exam_engine.delivery.schemas import InstructionOut, JournalIn, ReceiptOut, RefusedOut

_CONFLICTS = frozenset({Refusal.DIFFERENT_OPERATION, Refusal.BROKEN_CHAIN})
_decoder = msgspec.json.Decoder(JournalIn)
_encoder = msgspec.json.Encoder()


async def save(request: Request) -> Response:
    """Append operations and return a receipt, only after they are durable; no operation is a heartbeat.

    Raises
    ------
    BadJournalRequestError, NotFoundError, SeatFencedError, BusyError, NotAuthenticatedError
    """
    arrived_at = utc_now()
    try:
        body = _decoder.decode(await request.body())
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadJournalRequestError(reason=str(error)) from error
    # PostgreSQL stores no NUL in text; a browser never makes one, because JSON writes it escaped.
    if any("\0" in op.body for op in body.ops):
        raise BadJournalRequestError(reason="NUL")
    login = await find_login(request)
    if login is None:
        raise NotAuthenticatedError
    actor, login_session = login
    engine = engine_of(request)
    outcome = await engine.writer.append(
        AppendRequest(
            attempt_id=UUID(request.path_params["attempt_id"]),
            registration_id=actor.id,
            session_id=login_session.id,
            epoch=body.epoch,
            operations=tuple(Operation(op.seq, op.hash, op.body) for op in body.ops),
            confirmed=tuple(body.confirmed),
            arrived_at=arrived_at,
        )
    )
    if outcome.is_unknown:
        raise NotFoundError
    if outcome.is_fenced:
        raise SeatFencedError
    return Response(_encoder.encode(_receipt(engine, outcome, arrived_at)), media_type="application/json")


def _receipt(engine: DeliveryEngine, outcome: Outcome, now: datetime) -> ReceiptOut:
    admission = outcome.admission
    if admission is None:
        raise SeatFencedError
    head = admission.head
    facts = ReceiptFacts(
        head.attempt_id, head.epoch, head.last_seq, head.chain_head, now, remaining_ms(head.timing, now)
    )
    return ReceiptOut(
        attempt_id=facts.attempt_id,
        epoch=facts.epoch,
        last_seq=facts.last_seq,
        chain_head=facts.chain_head,
        server_time=iso_utc(now),
        remaining_ms=facts.remaining_ms,
        phase=head.timing.phase(now).value,
        deadline=deadline_text(head.timing),
        health=engine.writer.health,
        want_from=admission.want_from,
        conflicts=[refused.seq for refused in admission.refused if refused.reason in _CONFLICTS],
        refused=[RefusedOut(refused.seq, refused.reason.value) for refused in admission.refused],
        instructions=[
            InstructionOut(waiting.id, waiting.kind, waiting.text, iso_utc(waiting.created_at))
            for waiting in outcome.instructions
        ],
        signature=engine.signer.sign(facts),
    )


SAVE = DirectRoute(
    "POST", "/api/delivery/attempts/{attempt_id:uuid}/journal", Requirement(Permission.ATTEMPT_TAKE), save
)
