"""Routes of results."""

import asyncio
from decimal import Decimal
from uuid import UUID

from fastapi import APIRouter, Response

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.download import xlsx_response
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.time import utc_now
from exam_engine.results import service
from exam_engine.results.mark_sheet import MarkSheet, mark_sheet
from exam_engine.results.marks import mark_in_words
from exam_engine.results.pass_rule import BadPassRuleError, parse_rule
from exam_engine.results.penalties import MarkPenalty, told
from exam_engine.results.rule_text import rule_in_words, texts_in
from exam_engine.results.schemas import (
    AppliedRuleSetView,
    Approval,
    LogRootView,
    OwnResult,
    PenaltyView,
    ResultRowView,
    ResultSittingView,
    ResultSummaryList,
    ResultSummaryView,
    Return,
    SittingResultsView,
)
from exam_engine.results.service import ResultRow, SittingResults
from exam_engine.sitting_log.models import SittingLogRoot
from exam_engine.sitting_log.roots import fingerprint
from exam_engine.sittings.service import RuleSetFacts

router = APIRouter(prefix="/api/results", tags=["results"])

READ = requires(Permission.RESULT_READ)
PROPOSE = requires(Permission.RESULT_PROPOSE)
APPROVE = requires(Permission.RESULT_APPROVE)


def _text(value: Decimal | None) -> str | None:
    return str(value) if value is not None else None


def _rule_text(rule_set: RuleSetFacts, catalogue: Catalogue, language: Language) -> str:
    try:
        return rule_in_words(parse_rule(rule_set.rule), language, texts_in(language, catalogue.text))
    except BadPassRuleError:
        return catalogue.text("rule_unreadable", language)


def _penalty_view(penalty: MarkPenalty | None) -> PenaltyView | None:
    if penalty is None:
        return None
    return PenaltyView(
        step=penalty.step,
        name_vi=penalty.name_vi,
        name_en=penalty.name_en,
        percent=penalty.percent,
        mark_before=_text(penalty.mark_before),
        deducted=str(penalty.deducted),
        legal_basis=penalty.legal_basis,
    )


def _row_view(row: ResultRow) -> ResultRowView:
    return ResultRowView(
        registration_id=row.registration_id,
        candidate_number=row.candidate_number,
        full_name=row.full_name,
        birth_date=row.birth_date,
        form_code=row.form_code,
        raw=_text(row.raw),
        max=_text(row.max_points),
        mark=_text(row.mark),
        mark_in_words=mark_in_words(row.mark) if row.mark is not None else None,
        decision=row.decision,
        finish_kind=row.finish_kind,
        penalty=_penalty_view(row.penalty),
    )


def _log_root_view(root: SittingLogRoot) -> LogRootView:
    return LogRootView(rows=root.rows, closed_at=root.closed_at, root=root.root, fingerprint=fingerprint(root.root))


def _view(results: SittingResults, catalogue: Catalogue, language: Language) -> SittingResultsView:
    sitting, rule_set, found = results.sitting, results.rule_set, results.round
    is_settled = found is not None and found.status in {"proposed", "approved"}
    return SittingResultsView(
        sitting=ResultSittingView(
            id=sitting.sitting_id,
            name=sitting.name,
            exam_name=sitting.exam_name,
            council_name=sitting.council_name,
            opens_at=sitting.opens_at,
            closes_at=sitting.closes_at,
        ),
        status=results.status,
        rule_set=AppliedRuleSetView(
            code=rule_set.code,
            legal_basis=rule_set.legal_basis,
            valid_from=rule_set.valid_from,
            rule_text=_rule_text(rule_set, catalogue, language),
        )
        if rule_set is not None
        else None,
        proposed_by=found.proposed_by_name if found is not None and is_settled else None,
        proposed_by_id=found.proposed_by if found is not None and is_settled else None,
        proposed_at=found.proposed_at if found is not None and is_settled else None,
        approved_by=found.approved_by_name if found is not None else None,
        approved_at=found.approved_at if found is not None else None,
        decision_number=found.decision_number if found is not None else None,
        decided_on=found.decided_on if found is not None else None,
        returned_by=found.returned_by_name if found is not None and not is_settled else None,
        return_reason=found.return_reason if found is not None and not is_settled else None,
        snapshot_hash=found.snapshot_hash if found is not None and is_settled else None,
        log_root=_log_root_view(results.log_root) if results.log_root is not None else None,
        rows=[_row_view(row) for row in results.rows],
        counts=results.counts,
    )


@router.get("", dependencies=[READ])
async def list_results(session: ReadSessionDep) -> ResultSummaryList:
    """Sittings that have opened, with the status of their results."""
    summaries = await service.list_results(session, now=utc_now())
    items = [
        ResultSummaryView(
            sitting_id=summary.sitting.sitting_id,
            name=summary.sitting.name,
            exam_name=summary.sitting.exam_name,
            opens_at=summary.sitting.opens_at,
            status=summary.status,
            counts=dict(summary.counts),
        )
        for summary in summaries
    ]
    return ResultSummaryList(items=items, total=len(items))


@router.get("/own", dependencies=[requires(Permission.ATTEMPT_TAKE)])
async def read_own_result(
    actor: ActorDep, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> OwnResult:
    """A candidate's own result, once it is released."""
    released = await service.released_result(session, actor.id)
    return OwnResult(
        decision=released.decision if released is not None else None,
        mark=_text(released.mark) if released is not None else None,
        mark_in_words=released.mark_in_words if released is not None else None,
        raw=_text(released.raw) if released is not None else None,
        max=_text(released.max_points) if released is not None else None,
        penalty_text=told(released.penalty, released.mark, texts_in(language, catalogue.text))
        if released is not None and released.penalty is not None
        else None,
        released_at=released.released_at if released is not None else None,
    )


@router.get("/{sitting_id}", dependencies=[READ])
async def read_results(
    sitting_id: UUID, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> SittingResultsView:
    """A sitting's results: as proposed, or as they would be proposed now."""
    return _view(await service.results_of_sitting(session, sitting_id, now=utc_now()), catalogue, language)


@router.post("/{sitting_id}/proposal", dependencies=[PROPOSE])
async def propose_results(
    sitting_id: UUID, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> SittingResultsView:
    """Fix the results of a finished sitting and propose them for approval."""
    results = await service.propose(session, sitting_id, actor=actor, now=utc_now())
    return _view(results, catalogue, language)


@router.post("/{sitting_id}/approval", dependencies=[APPROVE])
async def approve_results(
    sitting_id: UUID,
    body: Approval,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> SittingResultsView:
    """Approve what another person proposed; candidates see their results from now on."""
    results = await service.approve(
        session,
        sitting_id,
        decision_number=body.decision_number,
        decided_on=body.decided_on,
        actor=actor,
        now=utc_now(),
    )
    return _view(results, catalogue, language)


@router.post("/{sitting_id}/return", dependencies=[APPROVE])
async def return_results(
    sitting_id: UUID, body: Return, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> SittingResultsView:
    """Send proposed results back with a reason."""
    results = await service.send_back(session, sitting_id, reason=body.reason, actor=actor, now=utc_now())
    return _view(results, catalogue, language)


@router.get("/{sitting_id}/export.xlsx", dependencies=[READ], response_class=Response)
async def export_mark_sheet(
    sitting_id: UUID, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> Response:
    """The mark sheet with marks in figures and words."""
    results = await service.results_of_sitting(session, sitting_id, now=utc_now())
    sitting, rule_set = results.sitting, results.rule_set
    content = MarkSheet(
        council_name=sitting.council_name,
        place=sitting.place,
        exam_name=sitting.exam_name,
        sitting_name=sitting.name,
        opens_at=sitting.opens_at,
        rule_text=_rule_text(rule_set, catalogue, language) if rule_set is not None else "",
        legal_basis=rule_set.legal_basis if rule_set is not None else "",
        decision_number=results.round.decision_number if results.round is not None else None,
        rows=results.rows,
        counts=results.counts,
    )
    sheet = await asyncio.to_thread(mark_sheet, content, texts_in(language, catalogue.text))
    return xlsx_response(sheet, f"{catalogue.text('mark_sheet', language)} - {sitting.name}.xlsx")
