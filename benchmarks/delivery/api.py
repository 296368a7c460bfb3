"""The peer: a FastAPI route that validates the body of a save and returns the bytes of a receipt, storing nothing.

A server started with the package ``benchmarks.delivery`` has it beside the real route.
"""

from uuid import UUID

from fastapi import APIRouter, Response

from exam_engine.accounts.access import PUBLIC
from exam_engine.core.extension import Extension
from exam_engine.delivery.clock import Phase
from exam_engine.delivery.schemas import JournalDocument, ReceiptDocument

router = APIRouter()

_RECEIPT = ReceiptDocument(
    attempt_id=UUID(int=0x12345678123456781234567812345678),
    epoch=1,
    last_seq=1234,
    chain_head="0123456789abcdef" * 4,
    server_time="2026-12-12T01:00:00.123Z",
    remaining_ms=1_234_567,
    phase=Phase.RUNNING,
    deadline="2026-12-12T01:45:00.123Z",
    health=0,
    want_from=None,
    conflicts=[],
    refused=[],
    instructions=[],
    signature="A" * 86 + "==",
).model_dump_json()


@router.post("/bare/attempts/{attempt_id}/journal", dependencies=[PUBLIC])
async def answer_only(attempt_id: UUID, body: JournalDocument) -> Response:
    """Answer as if the operations had been stored."""
    return Response(_RECEIPT, media_type="application/json")


extension = Extension(routers=(router,))
