"""Routes of delivery: candidate login, the seat, the attempt, the journal, sealed papers, making a sitting ready."""

import base64
import random
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts import service as accounts
from exam_engine.accounts.access import PUBLIC, ActorDep, requires
from exam_engine.accounts.api import counted_login, session_view, set_session_cookie
from exam_engine.accounts.permissions import Permission
from exam_engine.accounts.schemas import SessionView
from exam_engine.core.actor import Actor
from exam_engine.core.config import Settings
from exam_engine.core.db import ReadSessionDep, SessionDep, database_of
from exam_engine.core.errors import NotFoundError
from exam_engine.core.i18n import CatalogueDep, LanguageDep
from exam_engine.core.time import iso_utc, utc_now
from exam_engine.delivery import browsers, sealing, seats, service
from exam_engine.delivery.clock import AttemptTiming
from exam_engine.delivery.engine import DeliveryEngine, engine_of
from exam_engine.delivery.handing_in import HandIn
from exam_engine.delivery.models import Attempt
from exam_engine.delivery.papers import additional_data
from exam_engine.delivery.receipts import ReceiptFacts, deadline_text, remaining_ms
from exam_engine.delivery.saving import save
from exam_engine.delivery.schemas import (
    CandidateLogin,
    CandidateView,
    JournalDocument,
    LockdownView,
    OperationView,
    OwnDataCheck,
    PackedMedium,
    PaperView,
    ReadySitting,
    ReceiptDocument,
    SeatSittingView,
    SeatView,
    SectionTimes,
    SectionTimeView,
    ServerTime,
    StageRequest,
    StageView,
    StartedAttempt,
    Submission,
    SubmittedAttempt,
)
from exam_engine.delivery.sections import SectionTime
from exam_engine.delivery.stages import OpenedStage
from exam_engine.forms.schemas import ITEM_VIEW
from exam_engine.lockdown import checking, requiring
from exam_engine.lockdown.checking import Judged
from exam_engine.lockdown.errors import BrowserRefusedError, refusal_of
from exam_engine.lockdown.presenting import PresentedDep
from exam_engine.lockdown.schemas import CandidateBrowserView
from exam_engine.lockdown.seb.sent_hashes import Presented, Verdict
from exam_engine.sittings import service as sittings

router = APIRouter(tags=["delivery"])

Told = Callable[[str], str]
"""Gives the text of a message code."""

_IMMUTABLE = "public, max-age=31536000, immutable"
# Read by msgspec and not by FastAPI, so the document must be told of it; its parts are components already.
_JOURNAL_SCHEMA = {
    name: part
    for name, part in JournalDocument.model_json_schema(ref_template="#/components/schemas/{model}").items()
    if name != "$defs"
}


@router.get("/api/delivery/time", dependencies=[PUBLIC])
async def read_time() -> ServerTime:
    """The server's clock."""
    now = utc_now()
    return ServerTime(server_time=now, server_ms=now.timestamp() * 1000)


@router.post("/api/session/candidate", dependencies=[PUBLIC])
async def log_in_candidate(
    body: CandidateLogin, request: Request, response: Response, presented: PresentedDep
) -> SessionView:
    """Log in a candidate with the sitting's access code, the candidate number and the end of the ID number."""
    settings: Settings = request.app.state.settings
    now, database = utc_now(), database_of(request)
    # Written the way the look-up reads them: spaces and dashes must not make a new name for the rate limit.
    code = "".join(body.access_code.split()).replace("-", "").upper()
    number = "".join(body.candidate_number.split()).upper()
    async with counted_login(request, f"candidate:{code}:{number}"):
        async with database.read() as session:
            facts = await sittings.authenticate_candidate(
                session,
                access_code=body.access_code,
                candidate_number=body.candidate_number,
                identity_suffix=body.identity_suffix,
            )
        await browsers.admit_login(database, facts, presented, now=now)
        async with database.write() as session:
            opened = accounts.open_session(
                session,
                user_id=None,
                registration_id=facts.registration_id,
                display_name=facts.full_name,
                lifetime=settings.candidate_session,
                now=now,
            )
            await seats.take_seat(
                session,
                registration_id=facts.registration_id,
                login_session_id=opened.login_session.id,
                now=now,
            )
    set_session_cookie(response, settings, opened)
    return session_view(opened.actor, opened.login_session)


async def _seat_view(
    session: AsyncSession, actor: Actor, presented: Presented, told: Told, now: datetime
) -> tuple[SeatView, Judged | None]:
    overview = await seats.seat_overview(session, actor.id)
    facts, paper = overview.facts, overview.paper
    state, waiting_for = seats.seat_state(overview, login_session_id=actor.session_id, now=now)
    judged = checking.judged_browser(overview.browser, overview.browser_check, presented)
    view = SeatView(
        server_time=now,
        candidate=CandidateView(
            full_name=facts.full_name,
            birth_date=facts.birth_date,
            sex=facts.sex,
            birth_place=facts.birth_place,
            candidate_number=facts.candidate_number or "",
            identity_number_masked=facts.identity_number_masked,
            organisation=facts.organisation,
        ),
        sitting=SeatSittingView(
            id=facts.sitting_id,
            name=facts.sitting_name,
            exam_name=facts.exam_name,
            council_name=facts.council_name,
            opens_at=facts.opens_at,
            closes_at=overview.timing.closes_at,
            duration_ms=int(overview.timing.working_time.total_seconds() * 1000),
            room_name=facts.room_name or "",
            seat_number=facts.seat_number or 0,
            item_count=overview.item_count,
        ),
        paper=None
        if paper is None
        else PaperView(
            id=paper.id,
            url=f"/papers/{paper.id}.bin",
            sha256=paper.sha256,
            bytes=paper.size_bytes,
            additional_data=additional_data(paper.sitting_id, paper.form_id, paper.version),
        ),
        state=state,
        waiting_for=waiting_for,
        attempt_id=overview.attempt.id if overview.attempt else None,
        browser=_browser_view(overview, judged, actor, told, is_over=state in {"submitted", "closed"}),
        lockdown=_lockdown_view(overview),
        snapshots=overview.snapshots,
    )
    return view, judged


def _lockdown_view(overview: seats.SeatOverview) -> LockdownView:
    rules = overview.lockdown
    return LockdownView(
        events=rules.told,
        # Safe Exam Browser holds the whole screen by itself.
        fullscreen=rules.fullscreen and overview.browser is None,
        # Whoever is granted more time may need a tool that works by copying: nothing stands in its way.
        blocks=[] if overview.facts.extra_time else list(rules.blocks),
    )


def _browser_view(
    overview: seats.SeatOverview, judged: Judged | None, actor: Actor, told: Told, *, is_over: bool
) -> CandidateBrowserView | None:
    if judged is None or overview.browser is None:
        return None
    holds = overview.attempt is not None and overview.attempt.holder_session_id == actor.session_id
    is_seb = judged.verdict is not Verdict.NOT_USED
    is_admitted = judged.is_admitted or holds
    code = "" if is_admitted else refusal_of(judged.verdict).code
    return CandidateBrowserView(
        verdict=judged.verdict,
        is_admitted=is_admitted,
        title=told(code) if code else "",
        detail=told(f"{code}.fix") if code else "",
        quit_url=requiring.quit_url(overview.browser) if is_over and is_seb else None,
    )


@router.get("/api/delivery/seat", dependencies=[requires(Permission.ATTEMPT_TAKE)])
async def read_seat(
    request: Request,
    actor: ActorDep,
    presented: PresentedDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> SeatView:
    """The candidate's own data, sitting, paper and state in this browser."""
    now, database = utc_now(), database_of(request)
    async with database.read() as session:
        view, judged = await _seat_view(session, actor, presented, lambda code: catalogue.text(code, language), now)
    if judged is not None and judged.is_news and view.state not in {"submitted", "closed"}:
        await browsers.note(database, actor.id, judged.verdict, now)
    return view


@router.post("/api/delivery/seat/confirmation", dependencies=[requires(Permission.ATTEMPT_TAKE)])
async def check_own_data(
    body: OwnDataCheck,
    actor: ActorDep,
    session: SessionDep,
    presented: PresentedDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> SeatView:
    """Say whether one's own data is right; a reported fault goes to the board and stops nobody."""
    now = utc_now()
    await seats.check_own_data(session, registration_id=actor.id, is_correct=body.is_correct, note=body.note, now=now)
    await session.flush()
    view, judged = await _seat_view(session, actor, presented, lambda code: catalogue.text(code, language), now)
    if judged is not None and not judged.is_admitted and view.attempt_id is None:
        raise refusal_of(judged.verdict)
    return view


@router.get("/papers/{paper_id}.bin", dependencies=[PUBLIC], response_class=Response)
async def read_paper(paper_id: UUID, session: ReadSessionDep) -> Response:
    """A sealed paper: immutable bytes that tell nothing without the key; any cache may keep them."""
    paper = await sealing.sealed_paper(session, paper_id)
    if paper is None:
        raise NotFoundError
    return Response(
        paper.sealed,
        media_type="application/octet-stream",
        headers={"Cache-Control": _IMMUTABLE, "ETag": f'"{paper.sha256}"'},
    )


@router.post("/api/delivery/attempt", dependencies=[requires(Permission.ATTEMPT_TAKE)])
async def start_attempt(request: Request, actor: ActorDep, presented: PresentedDep) -> StartedAttempt:
    """Start the attempt or go on with it: gives the paper's key and everything stored so far."""
    engine = engine_of(request)
    try:
        started = await engine.starter.start(actor.id, _session_id(actor), presented)
    except BrowserRefusedError as refusal:
        await browsers.note(database_of(request), actor.id, Verdict(refusal.params["verdict"]), utc_now())
        raise
    attempt, timing, now = started.attempt, started.timing, utc_now()
    return StartedAttempt(
        attempt_id=attempt.id,
        epoch=attempt.epoch,
        paper_key=base64.b64encode(started.paper_key).decode(),
        started_at=iso_utc(attempt.started_at),
        deadline=deadline_text(timing),
        server_time=iso_utc(now),
        remaining_ms=remaining_ms(timing, now),
        phase=timing.phase(now),
        grace_ms=attempt.grace_ms,
        last_seq=attempt.last_seq,
        chain_head=attempt.chain_head,
        ops=[OperationView(seq=entry.seq, hash=entry.hash, body=entry.body) for entry in started.entries],
        receipt_public_key=engine.signer.public_key,
        stages=[_stage_view(stage) for stage in started.stages],
        sections=_section_views(started.sections),
    )


def _section_views(times: Sequence[SectionTime]) -> list[SectionTimeView]:
    return [
        SectionTimeView(number=time.number, starts_at=iso_utc(time.starts_at), ends_at=iso_utc(time.ends_at))
        for time in times
    ]


@router.get("/api/delivery/attempts/{attempt_id}/sections", dependencies=[requires(Permission.ATTEMPT_TAKE)])
async def read_sections(attempt_id: UUID, actor: ActorDep, session: ReadSessionDep) -> SectionTimes:
    """When the sections of one's attempt begin and end, after pauses, time given back and leaving early."""
    now = utc_now()
    times = await service.section_times_of(session, attempt_id=attempt_id, registration_id=actor.id, now=now)
    return SectionTimes(server_time=iso_utc(now), sections=_section_views(times))


@router.post(
    "/api/delivery/attempts/{attempt_id}/journal",
    dependencies=[requires(Permission.ATTEMPT_TAKE)],
    response_model=ReceiptDocument,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _JOURNAL_SCHEMA}},
        }
    },
)
async def append_to_journal(attempt_id: UUID, request: Request) -> Response:
    """Append operations and get a receipt, sent only after they are durable; no operation is a heartbeat."""
    # Answered past the router as a rule, see the direct routes; the path is the same.
    return await save(request)


@router.post("/api/delivery/attempts/{attempt_id}/stages", dependencies=[requires(Permission.ATTEMPT_TAKE)])
async def open_stage(attempt_id: UUID, body: StageRequest, actor: ActorDep, session: SessionDep) -> StageView:
    """Close the open stage and get the next; refused while operations that the browser speaks of have not arrived.

    Repeating is harmless. Answers to items of closed stages are kept in the journal and no longer count.
    """
    stage = await service.next_stage(
        session,
        attempt_id=attempt_id,
        registration_id=actor.id,
        login_session_id=_session_id(actor),
        epoch=body.epoch,
        number=body.number,
        last_seq=body.last_seq,
        chain_head=body.chain_head,
        now=utc_now(),
    )
    return _stage_view(stage)


def _stage_view(stage: OpenedStage) -> StageView:
    return StageView(
        number=stage.number,
        items=[ITEM_VIEW.validate_python(item) for item in stage.items],
        media={sha256: PackedMedium(**packed) for sha256, packed in stage.media.items()},
    )


@router.post("/api/delivery/attempts/{attempt_id}/submission", dependencies=[requires(Permission.ATTEMPT_TAKE)])
async def submit_attempt(attempt_id: UUID, body: Submission, request: Request, actor: ActorDep) -> SubmittedAttempt:
    """Hand in; refused only while operations that the browser speaks of have not arrived. Repeating is harmless."""
    now = utc_now()
    engine = engine_of(request)
    handed_in = await engine.hand_ins.hand_in(
        HandIn(
            attempt_id=attempt_id,
            registration_id=actor.id,
            login_session_id=_session_id(actor),
            epoch=body.epoch,
            last_seq=body.last_seq,
            chain_head=body.chain_head,
            arrived_at=now,
            files=tuple(body.files),
        )
    )
    attempt = handed_in.attempt
    return SubmittedAttempt(
        state="ended" if attempt.finish_kind == "ended" else "submitted",
        finished_at=iso_utc(attempt.finished_at or now),
        receipt=_final_receipt(engine, attempt, handed_in.timing, now),
    )


def _final_receipt(engine: DeliveryEngine, attempt: Attempt, timing: AttemptTiming, now: datetime) -> ReceiptDocument:
    facts = ReceiptFacts(
        attempt.id, attempt.epoch, attempt.last_seq, attempt.chain_head, now, remaining_ms(timing, now)
    )
    return ReceiptDocument(
        attempt_id=attempt.id,
        epoch=attempt.epoch,
        last_seq=attempt.last_seq,
        chain_head=attempt.chain_head,
        server_time=iso_utc(now),
        remaining_ms=facts.remaining_ms,
        phase=timing.phase(now),
        deadline=deadline_text(timing),
        health=engine.writer.health,
        want_from=None,
        conflicts=[],
        refused=[],
        instructions=[],
        signature=engine.signer.sign(facts),
    )


@router.post("/api/sittings/{sitting_id}/readiness", dependencies=[requires(Permission.SITTING_WRITE)])
async def make_sitting_ready(sitting_id: UUID, request: Request, actor: ActorDep, session: SessionDep) -> ReadySitting:
    """Seal the papers and give the access code; names everything that is missing otherwise."""
    access_code, papers = await sealing.make_ready(
        session,
        sitting_id=sitting_id,
        master_key=engine_of(request).master_key,
        actor=actor,
        now=utc_now(),
        rng=random.SystemRandom(),
    )
    return ReadySitting(sitting_id=sitting_id, access_code=access_code, papers=papers)


def _session_id(actor: Actor) -> UUID:
    if actor.session_id is None:
        raise NotFoundError
    return actor.session_id
