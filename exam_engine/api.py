"""The routers, background work and reference data of exam_engine, in the order of its layers."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.api import router as accounts_router
from exam_engine.accounts.audit_api import router as audit_router
from exam_engine.accounts.jobs_api import router as jobs_router
from exam_engine.core.extension import Extension
from exam_engine.delivery.api import router as delivery_router
from exam_engine.delivery.clock_keeping import steady_time
from exam_engine.delivery.closing import closing_rounds
from exam_engine.delivery.engine import delivery_engine
from exam_engine.delivery.saving import SAVE
from exam_engine.delivery.stream_api import router as stream_router
from exam_engine.delivery.streams import candidate_streams
from exam_engine.delivery.upload_api import router as upload_router
from exam_engine.delivery.upload_examining import examining_rounds
from exam_engine.evidence.api import router as evidence_router
from exam_engine.forensics.api import router as forensics_router
from exam_engine.forensics.jobs import make_report
from exam_engine.forensics.service import JOB_KIND as FORENSICS_JOB
from exam_engine.forms.api import router as forms_router
from exam_engine.lockdown.api import router as lockdown_router
from exam_engine.machines.api import router as machines_router
from exam_engine.media.api import body_limits as media_body_limits
from exam_engine.media.api import router as media_router
from exam_engine.minutes.api import room_minutes_router, sitting_minutes_router
from exam_engine.practice.api import router as practice_router
from exam_engine.proctoring.api import router as proctoring_router
from exam_engine.proctoring.incident_api import room_incident_router, sitting_incident_router
from exam_engine.proctoring.recovery_api import room_recovery_router, sitting_recovery_router
from exam_engine.proctoring.seat_api import router as seat_router
from exam_engine.proctoring.stream_api import router as room_stream_router
from exam_engine.proctoring.streams import room_streams
from exam_engine.proctoring.time_api import room_router, sitting_router
from exam_engine.results.api import router as results_router
from exam_engine.sites.api import router as sites_router
from exam_engine.sites.releasing import release_rounds
from exam_engine.sittings.api import router as sittings_router
from exam_engine.sittings.rule_sets import load_default_rule_sets
from exam_engine.snapshots.api import router as snapshots_router
from exam_engine.snapshots.erasing import erasing_rounds


async def _seed(session: AsyncSession, _now: datetime) -> None:
    await load_default_rule_sets(session)


extension = Extension(
    routers=(
        accounts_router,
        audit_router,
        jobs_router,
        media_router,
        forms_router,
        sittings_router,
        lockdown_router,
        machines_router,
        snapshots_router,
        delivery_router,
        practice_router,
        upload_router,
        stream_router,
        proctoring_router,
        room_router,
        sitting_router,
        seat_router,
        room_recovery_router,
        sitting_recovery_router,
        room_incident_router,
        sitting_incident_router,
        room_stream_router,
        room_minutes_router,
        sitting_minutes_router,
        evidence_router,
        sites_router,
        results_router,
        forensics_router,
    ),
    jobs={FORENSICS_JOB: make_report},
    lifespans=(
        # Before anything asks for the time.
        steady_time,
        delivery_engine,
        closing_rounds,
        examining_rounds,
        candidate_streams,
        room_streams,
        release_rounds,
        erasing_rounds,
    ),
    direct_routes=(SAVE,),
    seeds=(_seed,),
    body_limits=media_body_limits,
)
