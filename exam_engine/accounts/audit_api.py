"""Routes that read the audit record; they stand here because permissions lie above the record itself."""

from typing import Annotated

from fastapi import APIRouter, Query

from exam_engine.accounts.access import requires
from exam_engine.accounts.permissions import Permission
from exam_engine.audit import service
from exam_engine.audit.schemas import AuditEntryView, AuditList, AuditVerification
from exam_engine.core.db import ReadSessionDep
from exam_engine.core.pagination import PageDep

router = APIRouter(prefix="/api/audit", tags=["audit"], dependencies=[requires(Permission.AUDIT_READ)])


@router.get("")
async def list_entries(
    session: ReadSessionDep,
    page: PageDep,
    q: Annotated[str | None, Query(max_length=100)] = None,
    action: Annotated[str | None, Query(max_length=64)] = None,
    object_id: Annotated[str | None, Query(max_length=64)] = None,
) -> AuditList:
    """Acts, newest first; filtered by actor's name, action prefix or object."""
    rows, total = await service.find_entries(
        session, q=q, action=action, object_id=object_id, offset=page.offset, limit=page.limit
    )
    return AuditList(items=[AuditEntryView.model_validate(row) for row in rows], total=total)


@router.get("/verification")
async def verify_chain(session: ReadSessionDep) -> AuditVerification:
    """Walk the whole chain; names the first entry that was changed, removed or inserted."""
    verdict = await service.verify(session)
    return AuditVerification(rows=verdict.rows, intact=verdict.is_intact, first_broken_seq=verdict.first_broken_seq)
