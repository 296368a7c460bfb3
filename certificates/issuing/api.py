"""Routes of certificates for staff: the register, issuing, revocation, authorities and blanks."""

from random import SystemRandom
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from certificates.errors import BlankRangeSizeError, UnknownSortError
from certificates.issuing import changes
from certificates.issuing.files import certificate_pdf
from certificates.issuing.jobs import ISSUE_JOB
from certificates.issuing.passes import require_approved
from certificates.issuing.service import Office
from certificates.registry import authorities, numbers, queries
from certificates.registry.models import Certificate, RegisterEvent
from certificates.registry.numbers import RangeBalance
from certificates.registry.queries import SORT_FIELDS, CertificateFilter
from certificates.registry.snapshot import from_snapshot
from certificates.schemas import (
    AuthorityInput,
    AuthorityList,
    AuthorityView,
    BlankLedger,
    BlankRangeInput,
    BlankRangeView,
    BlankView,
    BlankWriteOff,
    CertificateDetail,
    CertificateList,
    CertificateRow,
    IssuableList,
    IssuableSitting,
    IssueRequest,
    JobReference,
    PaperMarkView,
    RegisterEventView,
    ReplacementRequest,
    RevocationRequest,
    StatusCode,
)
from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.config import Settings
from exam_engine.core.db import ReadSessionDep, SessionDep, database_of
from exam_engine.core.errors import NotFoundError
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.jobs import service as jobs
from exam_engine.core.pagination import PageDep
from exam_engine.core.time import VIETNAM, utc_now
from exam_engine.results import service as results

router = APIRouter(prefix="/api/certificates", tags=["certificates"])


@router.get("", dependencies=[requires(Permission.CERTIFICATE_READ)])
async def list_certificates(
    session: ReadSessionDep,
    page: PageDep,
    q: Annotated[str | None, Query(max_length=100)] = None,
    status: StatusCode | None = None,
    sitting_id: UUID | None = None,
    sort: Annotated[str, Query(max_length=32)] = "-register_number",
) -> CertificateList:
    """A page of the register; `q` searches name, register number, serial number and public id."""
    if sort.removeprefix("-") not in SORT_FIELDS:
        raise UnknownSortError(sort=sort, fields=", ".join(SORT_FIELDS))
    wanted = CertificateFilter(q=q, status=status, sitting_id=sitting_id)
    rows, total = await queries.find_page(session, wanted, sort=sort, offset=page.offset, limit=page.limit)
    return CertificateList(items=[CertificateRow.model_validate(row) for row in rows], total=total)


@router.get("/issuable", dependencies=[requires(Permission.CERTIFICATE_READ)])
async def list_issuable(session: ReadSessionDep) -> IssuableList:
    """Sittings with approved results: how many passed and how many have their certificate."""
    issued = await queries.issued_counts(session)
    items = [
        IssuableSitting(
            sitting_id=sitting.sitting_id,
            name=sitting.name,
            standard_level=sitting.standard_level,
            passed=sitting.passed,
            issued=issued.get(sitting.sitting_id, 0),
        )
        for sitting in await results.approved_sittings(session)
    ]
    return IssuableList(items=items, total=len(items))


@router.post("/issues", status_code=202, dependencies=[requires(Permission.CERTIFICATE_ISSUE)])
async def issue_sitting(body: IssueRequest, actor: ActorDep, session: SessionDep) -> JobReference:
    """Issue a certificate to everyone who passed a sitting and has none yet; long work."""
    now = utc_now()
    await require_approved(session, body.sitting_id)
    issued_on = body.issued_on or now.astimezone(VIETNAM).date()
    parameters = {"sitting_id": str(body.sitting_id), "issued_on": issued_on.isoformat()}
    job = jobs.enqueue(session, kind=ISSUE_JOB, parameters=parameters, actor=actor, now=now)
    return JobReference(job_id=job.id)


@router.get("/authorities", dependencies=[requires(Permission.CERTIFICATE_READ)])
async def list_authorities(session: ReadSessionDep) -> AuthorityList:
    """Who issues and signs, by date."""
    rows = await authorities.all_authorities(session)
    return AuthorityList(items=[AuthorityView.model_validate(row) for row in rows], total=len(rows))


@router.post("/authorities", status_code=201, dependencies=[requires(Permission.RESULT_APPROVE)])
async def add_authority(body: AuthorityInput, actor: ActorDep, session: SessionDep) -> AuthorityView:
    """Enter who issues and signs from a day on; the board does this, not the officer who issues."""
    terms = authorities.AuthorityTerms(**body.model_dump())
    return AuthorityView.model_validate(
        await authorities.add_authority(session, terms=terms, actor=actor, now=utc_now())
    )


@router.get("/blanks", dependencies=[requires(Permission.CERTIFICATE_READ)])
async def read_blank_ledger(session: ReadSessionDep) -> BlankLedger:
    """Every delivery of blanks and what became of them."""
    balances = await numbers.blank_balances(session)
    return BlankLedger(items=[_range_view(balance) for balance in balances], total=len(balances))


@router.post("/blanks", status_code=201, dependencies=[requires(Permission.CERTIFICATE_ISSUE)])
async def receive_blanks(body: BlankRangeInput, actor: ActorDep, session: SessionDep) -> BlankRangeView:
    """Enter a delivery of numbered blanks."""
    count = body.last_number - body.first_number + 1
    if not 1 <= count <= numbers.LARGEST_RANGE:
        raise BlankRangeSizeError(most=numbers.LARGEST_RANGE)
    delivery = await numbers.add_blank_range(session, **body.model_dump(), actor=actor, now=utc_now())
    return _range_view(RangeBalance(delivery, {"available": count}))


@router.post("/blanks/write-offs", dependencies=[requires(Permission.CERTIFICATE_ISSUE)])
async def write_off_blank(body: BlankWriteOff, actor: ActorDep, session: SessionDep) -> BlankView:
    """Account for a spoiled or lost blank."""
    blank = await numbers.write_off_blank(session, **body.model_dump(), actor=actor, now=utc_now())
    return BlankView.model_validate(blank)


@router.get("/{certificate_id}", dependencies=[requires(Permission.CERTIFICATE_READ)])
async def read_certificate(
    certificate_id: UUID, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> CertificateDetail:
    """One line of the register with its history."""
    certificate = await _find(session, certificate_id)
    return _detail(certificate, await queries.events_of(session, certificate_id), catalogue, language)


@router.get("/{certificate_id}/pdf", dependencies=[requires(Permission.CERTIFICATE_READ)], response_class=Response)
async def download_certificate(certificate_id: UUID, request: Request, session: ReadSessionDep) -> Response:
    """The certificate as a PDF, always the same bytes."""
    certificate = await _find(session, certificate_id)
    settings: Settings = request.app.state.settings
    pdf = await certificate_pdf(database_of(request), data_dir=settings.data_dir, certificate=certificate)
    # Shown in the browser: the board opens it in a tab of its own and prints it from there.
    disposition = f'inline; filename="chung-chi-{certificate.public_id}.pdf"'
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": disposition})


@router.post("/{certificate_id}/revocation", dependencies=[requires(Permission.CERTIFICATE_REVOKE)])
async def revoke_certificate(
    certificate_id: UUID,
    body: RevocationRequest,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> CertificateDetail:
    """Take a certificate back by a decision; it stays in the register."""
    now = utc_now()
    certificate = await changes.revoke(
        session,
        certificate_id=certificate_id,
        reason_code=body.reason_code,
        decision_number=body.decision_number,
        decision_date=body.decision_date or now.astimezone(VIETNAM).date(),
        note=body.note,
        actor=actor,
        now=now,
    )
    return _detail(certificate, await queries.events_of(session, certificate_id), catalogue, language)


@router.post("/{certificate_id}/replacement", status_code=201, dependencies=[requires(Permission.CERTIFICATE_ISSUE)])
async def replace_certificate(
    certificate_id: UUID,
    body: ReplacementRequest,
    request: Request,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> CertificateDetail:
    """Issue a corrected certificate with a new blank and new numbers; the old one is superseded."""
    settings: Settings = request.app.state.settings
    now = utc_now()
    today = now.astimezone(VIETNAM).date()
    new = await changes.replace_certificate(
        session,
        certificate_id=certificate_id,
        correction=changes.Correction(body.holder_name, body.birth_date, body.birth_place),
        decision_number=body.decision_number,
        decision_date=body.decision_date or today,
        note=body.note,
        issued_on=body.issued_on or today,
        office=Office(settings.data_dir, settings.public_url),
        actor=actor,
        now=now,
        rng=SystemRandom(),
    )
    return _detail(new, await queries.events_of(session, new.id), catalogue, language)


async def _find(session: ReadSessionDep, certificate_id: UUID) -> Certificate:
    certificate = await queries.find_certificate(session, certificate_id)
    if certificate is None:
        raise NotFoundError
    return certificate


def _range_view(balance: RangeBalance) -> BlankRangeView:
    delivery = balance.delivery
    return BlankRangeView(
        id=delivery.id,
        standard_level=delivery.standard_level,
        first_serial=f"{delivery.prefix}{delivery.first_number:0{delivery.digits}}",
        last_serial=f"{delivery.prefix}{delivery.last_number:0{delivery.digits}}",
        received_on=delivery.received_on,
        note=delivery.note,
        **{status: balance.counts.get(status, 0) for status in ("available", "used", "spoiled", "lost")},
    )


def _detail(
    certificate: Certificate, events: list[RegisterEvent], catalogue: Catalogue, language: Language
) -> CertificateDetail:
    printed = from_snapshot(certificate.printed)
    row = CertificateRow.model_validate(certificate)
    return CertificateDetail(
        **row.model_dump(),
        birth_place=certificate.birth_place,
        sex=certificate.sex,
        exam_date=printed.exam_date,
        council_name=printed.council_name,
        marks=[PaperMarkView(paper=mark.paper, mark=mark.mark) for mark in printed.marks],
        decision_number=printed.decision_number,
        decision_date=printed.decision_date,
        issuer_title=printed.issuer_title,
        place=printed.place,
        signatory_title=list(printed.signatory_title),
        signatory_name=printed.signatory_name,
        is_specimen=printed.is_specimen,
        verification_url=printed.qr_text,
        replaced_by=certificate.replaced_by,
        pdf_sha256=certificate.pdf_sha256,
        events=[_event_view(event, catalogue, language) for event in events],
    )


def _event_view(event: RegisterEvent, catalogue: Catalogue, language: Language) -> RegisterEventView:
    reason = catalogue.text(f"certificate_reason.{event.reason_code}", language) if event.reason_code else None
    return RegisterEventView.model_validate(event).model_copy(update={"reason": reason})
