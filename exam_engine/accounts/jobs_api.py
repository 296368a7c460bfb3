"""Route that tells how far long work is; it stands here because permissions lie above the jobs themselves."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep
from exam_engine.core.errors import Fault, NotFoundError
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.jobs import service
from exam_engine.core.jobs.models import Job
from exam_engine.core.problems import FaultView, fault_view

router = APIRouter(prefix="/api/jobs", tags=["jobs"])


class JobError(BaseModel):
    """Why a job failed."""

    code: str
    title: str
    errors: list[FaultView]


class JobView(BaseModel):
    """Long work as the waiting user sees it."""

    id: UUID
    kind: str
    status: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    progress: float
    message: str
    result: dict[str, Any] | None
    error: JobError | None


@router.get("/{job_id}", dependencies=[requires(Permission.JOB_READ)])
async def read_job(
    job_id: UUID, actor: ActorDep, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> JobView:
    """How far one's own long work is."""
    job = await service.find(session, job_id)
    if job is None or job.created_by != actor.id:
        raise NotFoundError
    return job_view(job, catalogue, language)


def job_view(job: Job, catalogue: Catalogue, language: Language) -> JobView:
    """Return long work in the reader's language."""
    error = None
    if job.error is not None:
        faults = [Fault(f["code"], f.get("place", ""), f.get("params", {})) for f in job.error.get("faults", [])]
        error = JobError(
            code=job.error["code"],
            title=catalogue.text(job.error["code"], language, job.error.get("params")),
            errors=[fault_view(fault, catalogue, language) for fault in faults],
        )
    message = catalogue.text(job.message_code, language, job.message_params) if job.message_code else ""
    return JobView.model_validate(
        {
            "id": job.id,
            "kind": job.kind,
            "status": job.status,
            "progress": job.progress,
            "message": message,
            "result": job.result,
            "error": error,
        }
    )
