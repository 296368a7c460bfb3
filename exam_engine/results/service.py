"""Results: from marked attempts to a proposal, its approval by a second person, and the release."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault, InvalidInputError, NotFoundError, SecondPersonError
from exam_engine.core.text import clean_line
from exam_engine.core.time import VIETNAM, iso_utc
from exam_engine.delivery import service as delivery
from exam_engine.delivery.service import AttemptOutcome
from exam_engine.forms import service as forms
from exam_engine.incidents import violations
from exam_engine.incidents.violations import Penalty
from exam_engine.marking import service as marking
from exam_engine.marking.service import AttemptMark
from exam_engine.results import queries
from exam_engine.results.errors import (
    ResultsAlreadyProposedError,
    ResultsChangedError,
    ResultsNotProposedError,
    ResultsNotReadyError,
)
from exam_engine.results.marks import mark_in_words, mark_of, rounded
from exam_engine.results.models import Result, ResultRound
from exam_engine.results.pass_rule import BadPassRuleError, PassRule, decide, parse_rule
from exam_engine.results.penalties import MarkPenalty, deduct, penalty_of, stated
from exam_engine.sitting_log import service as sitting_log
from exam_engine.sitting_log.models import SittingLogRoot
from exam_engine.sittings import service as sittings
from exam_engine.sittings.service import RegistrationFacts, RuleSetFacts, SittingFacts

MULTIPLE_CHOICE = "multiple_choice"
"""The paper that this system delivers and marks by itself."""

Decision = Literal["pass", "fail", "absent"]
ResultStatus = Literal["running", "marking", "ready", "proposed", "approved"]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One candidate's result, proposed or as it would be proposed now; decision None while the attempt is open.

    ``mark`` and ``marks_by_paper`` are after the deduction that ``penalty`` states.
    """

    registration_id: UUID
    candidate_number: str
    full_name: str
    birth_date: str
    sex: str
    birth_place: str
    identity_number_masked: str
    organisation: str
    form_code: str | None
    attempt_id: UUID | None
    raw: Decimal | None
    max_points: Decimal | None
    mark: Decimal | None
    marks_by_paper: Mapping[str, Decimal]
    decision: Decision | None
    finish_kind: str | None
    finished_at: datetime | None
    penalty: MarkPenalty | None = None


@dataclass(frozen=True, slots=True)
class SittingResults:
    """A sitting's results at one instant.

    ``rule_set`` is None where no rule is in force on the day, ``log_root`` until the log of the sitting is closed.
    """

    sitting: SittingFacts
    status: ResultStatus
    rule_set: RuleSetFacts | None
    round: ResultRound | None
    rows: Sequence[ResultRow]
    log_root: SittingLogRoot | None

    @property
    def counts(self) -> dict[str, int]:
        """How many pass, fail, are absent, and are still open."""
        counted = Counter(row.decision or "open" for row in self.rows)
        return {kind: counted[kind] for kind in ("pass", "fail", "absent", "open")}


@dataclass(frozen=True, slots=True)
class ResultSummary:
    """One line of the list of sittings with results."""

    sitting: SittingFacts
    status: ResultStatus
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ReleasedResult:
    """What a candidate is told once the results are approved; without points for whoever was absent."""

    decision: Decision
    mark: Decimal | None
    mark_in_words: str | None
    raw: Decimal | None
    max_points: Decimal | None
    penalty: MarkPenalty | None
    released_at: datetime


@dataclass(frozen=True, slots=True)
class ApprovedPass:
    """A passed exam with everything that a certificate states, as it was approved.

    Attributes
    ----------
    birth_date : ``dd/MM/yyyy`` or the year alone.
    exam_date : day of the sitting in Vietnam.
    marks : (Vietnamese name of the paper, mark with a dot) in the order of the rule.
    mark : mean of the papers' marks, rounded by the rule; with one paper its mark.
    decision_number, decision_date : the decision that recognises the results.
    """

    registration_id: UUID
    candidate_number: str
    full_name: str
    birth_date: str
    birth_place: str
    sex: str
    identity_number_masked: str
    sitting_id: UUID
    sitting_name: str
    exam_name: str
    exam_date: date
    council_name: str
    standard_level: str
    marks: tuple[tuple[str, str], ...]
    mark: str
    decision_number: str
    decision_date: date
    approved_at: datetime


@dataclass(frozen=True, slots=True)
class ApprovedSitting:
    """A sitting with approved results and how many passed."""

    sitting_id: UUID
    name: str
    standard_level: str
    passed: int


# --- reading ---------------------------------------------------------------------------------------------------------


async def results_of_sitting(session: AsyncSession, sitting_id: UUID, *, now: datetime) -> SittingResults:
    """Return the results of a sitting: the proposed ones, else as they would be proposed now.

    Raises
    ------
    NotFoundError
        No such sitting, or its papers are not sealed yet.
    """
    sitting = await sittings.find_sitting(session, sitting_id)
    if sitting.status == "draft":
        raise NotFoundError
    log_root = await sitting_log.first_root(session, sitting_id)
    found = await queries.round_of(session, sitting_id)
    if found is not None and found.status in {"proposed", "approved"}:
        rows = [_row_of(stored) for stored in await queries.results_of(session, sitting_id)]
        status: ResultStatus = "approved" if found.status == "approved" else "proposed"
        return SittingResults(sitting, status, _rule_set_of(found), found, rows, log_root)
    outcomes = await delivery.attempt_outcomes(session, sitting_id)
    rule_set = await sittings.rule_set_of(session, sitting_id)
    rows = await _rows(session, sitting, outcomes, rule_set, now)
    return SittingResults(sitting, _status(sitting, outcomes, len(rows), now), rule_set, found, rows, log_root)


async def list_results(session: AsyncSession, *, now: datetime) -> list[ResultSummary]:
    """Return all sittings that have opened, the latest first."""
    opened = [
        sitting
        for sitting in await sittings.list_sittings(session)
        if sitting.status != "draft" and sitting.opens_at <= now
    ]
    ids = [sitting.sitting_id for sitting in opened]
    rounds, decided = await queries.rounds(session, ids), await queries.counts_by_decision(session, ids)
    summaries = []
    for sitting in opened:
        found = rounds.get(sitting.sitting_id)
        if found is not None and found.status in {"proposed", "approved"}:
            counts = {kind: decided.get(sitting.sitting_id, {}).get(kind, 0) for kind in ("pass", "fail", "absent")}
            status: ResultStatus = "approved" if found.status == "approved" else "proposed"
            counts |= {"registered": sum(counts.values())}
        else:
            outcomes = await delivery.attempt_outcomes(session, sitting.sitting_id)
            registered = len(await sittings.registrations_of_sitting(session, sitting.sitting_id))
            status = _status(sitting, outcomes, registered, now)
            counts = {
                "registered": registered,
                "started": len(outcomes),
                "closed": sum(outcome.is_closed for outcome in outcomes),
                "marked": sum(outcome.is_marked for outcome in outcomes),
            }
        summaries.append(ResultSummary(sitting, status, counts))
    return summaries


async def released_result(session: AsyncSession, registration_id: UUID) -> ReleasedResult | None:
    """Return a candidate's result once it is approved; None before."""
    found = await queries.approved_result(session, registration_id)
    if found is None or found[1].approved_at is None:
        return None
    row = _row_of(found[0])
    return ReleasedResult(
        decision=row.decision or "absent",
        mark=row.mark,
        mark_in_words=mark_in_words(row.mark) if row.mark is not None else None,
        raw=row.raw,
        max_points=row.max_points,
        penalty=row.penalty,
        released_at=found[1].approved_at,
    )


async def approved_passes(session: AsyncSession, sitting_id: UUID) -> list[ApprovedPass]:
    """Return everybody who passed a sitting, in list order; empty until its results are approved.

    Raises
    ------
    NotFoundError
    ResultsChangedError
        The stored results are not those that were approved; no certificate may rest on them.
    """
    sitting = await sittings.find_sitting(session, sitting_id)
    found = await queries.round_of(session, sitting_id)
    if found is None or found.status != "approved":
        return []
    stored = await queries.results_of(session, sitting_id)
    _check_unchanged(found, stored)
    if found.approved_at is None or found.decision_number is None or found.decided_on is None:
        raise ResultsChangedError
    rule = parse_rule(_rule_set_of(found).rule)
    return [
        ApprovedPass(
            registration_id=row.registration_id,
            candidate_number=row.candidate_number,
            full_name=row.full_name,
            birth_date=row.birth_date,
            birth_place=row.birth_place,
            sex=row.sex,
            identity_number_masked=row.identity_number_masked,
            sitting_id=sitting_id,
            sitting_name=sitting.name,
            exam_name=sitting.exam_name,
            exam_date=sitting.opens_at.astimezone(VIETNAM).date(),
            council_name=sitting.council_name,
            standard_level=sitting.standard_level,
            marks=tuple((paper.name.vi, row.marks_by_paper[paper.code]) for paper in rule.papers),
            mark=row.mark,
            decision_number=found.decision_number,
            decision_date=found.decided_on,
            approved_at=found.approved_at,
        )
        for row in stored
        if row.decision == "pass" and row.mark is not None
    ]


async def approved_sittings(session: AsyncSession) -> list[ApprovedSitting]:
    """Return the sittings with approved results, the latest approval first."""
    rounds = await queries.approved_rounds(session)
    counts = await queries.counts_by_decision(session, [found.sitting_id for found in rounds])
    approved = []
    for found in rounds:
        sitting = await sittings.find_sitting(session, found.sitting_id)
        passed = counts.get(found.sitting_id, {}).get("pass", 0)
        approved.append(ApprovedSitting(found.sitting_id, sitting.name, sitting.standard_level, passed))
    return approved


# --- the board's acts ------------------------------------------------------------------------------------------------


async def propose(session: AsyncSession, sitting_id: UUID, *, actor: Actor, now: datetime) -> SittingResults:
    """Propose the results of a finished sitting: every row is fixed as it is now.

    Raises
    ------
    NotFoundError, ResultsAlreadyProposedError
    ResultsNotReadyError
        The sitting still runs, attempts are open or unmarked, no rule is in force, or the rule asks for a paper
        that has no marks here.
    """
    await sittings.lock_sitting(session, sitting_id)
    before = await queries.round_of(session, sitting_id)
    results = await results_of_sitting(session, sitting_id, now=now)
    if results.status in {"proposed", "approved"}:
        raise ResultsAlreadyProposedError
    faults = await _open_points(session, results)
    if faults or results.rule_set is None:
        raise ResultsNotReadyError(faults=faults)
    stored = [_stored(sitting_id, position, row) for position, row in enumerate(results.rows, start=1)]
    rule_set = {
        "code": results.rule_set.code,
        "legal_basis": results.rule_set.legal_basis,
        "standard_level": results.rule_set.standard_level,
        "valid_from": results.rule_set.valid_from.isoformat(),
        "valid_to": results.rule_set.valid_to.isoformat() if results.rule_set.valid_to else None,
        "rule": dict(results.rule_set.rule),
    }
    proposed = before or ResultRound(
        sitting_id=sitting_id,
        status="proposed",
        rule_set={},
        snapshot_hash="",
        proposed_by=actor.id,
        proposed_by_name=actor.display_name,
        proposed_at=now,
    )
    proposed.status, proposed.rule_set = "proposed", rule_set
    proposed.proposed_by, proposed.proposed_by_name, proposed.proposed_at = actor.id, actor.display_name, now
    proposed.snapshot_hash = _snapshot_hash(rule_set, stored)
    session.add(proposed)
    await session.flush()
    session.add_all(stored)
    await sittings.set_result_status(session, sitting_id, "marked")
    await audit.record(
        session,
        actor=actor,
        action="results.proposed",
        object_type="sitting",
        object_id=str(sitting_id),
        details={"snapshot": proposed.snapshot_hash, "counts": results.counts, "rule_set": rule_set["code"]},
        now=now,
        sitting_id=sitting_id,
    )
    return await results_of_sitting(session, sitting_id, now=now)


async def approve(
    session: AsyncSession,
    sitting_id: UUID,
    *,
    decision_number: str,
    decided_on: date | None,
    actor: Actor,
    now: datetime,
) -> SittingResults:
    """Approve proposed results under the number of the decision that recognises them: this releases them.

    ``decided_on`` is the date of the decision, today when None; never after today nor before the sitting.

    Raises
    ------
    NotFoundError, ResultsNotProposedError
    SecondPersonError
        The approver is who proposed.
    ResultsChangedError
        The stored rows are not those that were proposed.
    InvalidInputError
        No decision number, or a date that cannot be.
    """
    found = await _lock_proposed(session, sitting_id)
    if found.proposed_by == actor.id:
        raise SecondPersonError
    number, today = clean_line(decision_number), now.astimezone(VIETNAM).date()
    sitting = await sittings.find_sitting(session, sitting_id)
    day = decided_on or today
    faults = [Fault("decision_number_missing", "decision_number")] if not number else []
    if not sitting.opens_at.astimezone(VIETNAM).date() <= day <= today:
        faults.append(Fault("decision_date_impossible", "decided_on"))
    if faults:
        raise InvalidInputError(faults=faults)
    _check_unchanged(found, await queries.results_of(session, sitting_id))
    found.status, found.decision_number, found.decided_on = "approved", number, day
    found.approved_by, found.approved_by_name, found.approved_at = actor.id, actor.display_name, now
    session.add(found)
    await sittings.set_result_status(session, sitting_id, "approved")
    await audit.record(
        session,
        actor=actor,
        action="results.approved",
        object_type="sitting",
        object_id=str(sitting_id),
        details={"snapshot": found.snapshot_hash, "decision_number": number, "decided_on": day.isoformat()},
        now=now,
        sitting_id=sitting_id,
    )
    return await results_of_sitting(session, sitting_id, now=now)


async def send_back(
    session: AsyncSession, sitting_id: UUID, *, reason: str, actor: Actor, now: datetime
) -> SittingResults:
    """Return proposed results with a reason; they are open again and can be proposed anew.

    Raises
    ------
    NotFoundError, ResultsNotProposedError
    InvalidInputError
        No reason.
    """
    found = await _lock_proposed(session, sitting_id)
    text = clean_line(reason)
    if not text:
        raise InvalidInputError(faults=[Fault("return_reason_missing", "reason")])
    found.status, found.return_reason = "returned", text
    found.returned_by_name, found.returned_at = actor.display_name, now
    session.add(found)
    await queries.remove_results(session, sitting_id)
    await sittings.set_result_status(session, sitting_id, "ready")
    await audit.record(
        session,
        actor=actor,
        action="results.returned",
        object_type="sitting",
        object_id=str(sitting_id),
        details={"snapshot": found.snapshot_hash, "reason": text},
        now=now,
        sitting_id=sitting_id,
    )
    return await results_of_sitting(session, sitting_id, now=now)


async def _lock_proposed(session: AsyncSession, sitting_id: UUID) -> ResultRound:
    await sittings.lock_sitting(session, sitting_id)
    found = await queries.round_of(session, sitting_id)
    if found is None or found.status != "proposed":
        raise ResultsNotProposedError
    return found


async def _open_points(session: AsyncSession, results: SittingResults) -> list[Fault]:
    outcomes = await delivery.attempt_outcomes(session, results.sitting.sitting_id)
    unclosed = sum(not outcome.is_closed for outcome in outcomes)
    unmarked = sum(outcome.is_closed and not outcome.is_marked for outcome in outcomes)
    marks = await marking.marks(session, [outcome.attempt_id for outcome in outcomes if outcome.is_marked])
    awaiting = sum(mark.awaits_marker for mark in marks.values())
    faults = []
    if unclosed:
        faults.append(Fault("attempts_open", "attempts", {"count": unclosed}))
    if unmarked:
        faults.append(Fault("attempts_unmarked", "attempts", {"count": unmarked}))
    if awaiting:
        faults.append(Fault("attempts_await_markers", "attempts", {"count": awaiting}))
    undecided = await violations.undecided_count(session, results.sitting.sitting_id)
    if undecided:
        faults.append(Fault("violations_undecided", "violations", {"count": undecided}))
    at_sites = await sittings.rooms_at_sites(session, results.sitting.sitting_id)
    if at_sites:
        faults.append(Fault("rooms_at_sites", "rooms", {"count": len(at_sites)}))
    if not unclosed and results.status == "running":
        faults.append(Fault("sitting_still_open", "closes_at", {"until": iso_utc(results.sitting.ends_at)}))
    if results.rule_set is None:
        faults.append(Fault("sitting_without_rule_set", "administration"))
        return faults
    try:
        rule = parse_rule(results.rule_set.rule)
    except BadPassRuleError as error:
        return [*faults, Fault("rule_unreadable", results.rule_set.code, {"reason": str(error)})]
    faults += [
        Fault("paper_without_marks", results.rule_set.code, {"paper": paper.name.vi})
        for paper in rule.papers
        if paper.code != MULTIPLE_CHOICE
    ]
    return faults


# --- rows ------------------------------------------------------------------------------------------------------------


def _status(sitting: SittingFacts, outcomes: Sequence[AttemptOutcome], registered: int, now: datetime) -> ResultStatus:
    """Return how far a sitting without proposed results is: over by the clock, or because everybody submitted."""
    is_over = now > sitting.ends_at or (
        len(outcomes) == registered > 0 and all(outcome.is_closed for outcome in outcomes)
    )
    if not is_over:
        return "running"
    return "ready" if all(outcome.is_closed and outcome.is_marked for outcome in outcomes) else "marking"


async def _rows(
    session: AsyncSession,
    sitting: SittingFacts,
    outcomes: Sequence[AttemptOutcome],
    rule_set: RuleSetFacts | None,
    now: datetime,
) -> list[ResultRow]:
    rule = None
    if rule_set is not None:
        try:
            rule = parse_rule(rule_set.rule)
        except BadPassRuleError:
            rule = None
    by_registration = {outcome.registration_id: outcome for outcome in outcomes}
    marks = await marking.marks(session, [outcome.attempt_id for outcome in outcomes])
    registrations = await sittings.registrations_of_sitting(session, sitting.sitting_id)
    form_ids = [facts.form_id for facts in registrations if facts.form_id is not None]
    form_codes = {form.id: form.form_code for form in await forms.find_forms(session, list(set(form_ids)))}
    penalties = await violations.penalties_of_sitting(session, sitting.sitting_id)
    is_over = now > sitting.ends_at
    rows = []
    for facts in registrations:
        outcome = by_registration.get(facts.registration_id)
        mark = marks.get(outcome.attempt_id) if outcome is not None and outcome.is_marked else None
        form_id = outcome.form_id if outcome is not None else facts.form_id
        form_code = form_codes.get(form_id) if form_id is not None else None
        penalty = penalties.get(facts.registration_id)
        rows.append(_row(facts, form_code, outcome, mark, rule, penalty, is_over=is_over))
    return rows


def _row(
    facts: RegistrationFacts,
    form_code: str | None,
    outcome: AttemptOutcome | None,
    mark: AttemptMark | None,
    rule: PassRule | None,
    penalty: Penalty | None,
    *,
    is_over: bool,
) -> ResultRow:
    papers: dict[str, Decimal] = {}
    decision: Decision | None = None
    value: Decimal | None = None
    taken: MarkPenalty | None = None
    is_shut_out = outcome is None and is_over and penalty is not None and penalty.step.ends_attempt
    if mark is not None and rule is not None and not mark.awaits_marker:
        earned = mark_of(mark.raw, mark.max_points, decimals=rule.decimals)
        papers[MULTIPLE_CHOICE] = earned
        if penalty is not None:
            papers[MULTIPLE_CHOICE], taken = deduct(earned, penalty, decimals=rule.decimals)
        if all(paper.code in papers for paper in rule.papers):
            verdict = decide(rule, papers)
            decision, value = ("pass" if verdict.is_pass else "fail"), verdict.mean
    elif is_shut_out and penalty is not None and rule is not None:
        # Whoever came and was sent away before the start was not absent.
        value = rounded(Fraction(0), rule.decimals)
        papers, decision, taken = {MULTIPLE_CHOICE: value}, "fail", stated(penalty, None, value)
    elif outcome is None and is_over:
        decision = "absent"
    return ResultRow(
        registration_id=facts.registration_id,
        candidate_number=facts.candidate_number or "",
        full_name=facts.full_name,
        birth_date=facts.birth_date,
        sex=facts.sex,
        birth_place=facts.birth_place,
        identity_number_masked=facts.identity_number_masked,
        organisation=facts.organisation,
        form_code=form_code,
        attempt_id=outcome.attempt_id if outcome is not None else None,
        raw=mark.raw if mark is not None else None,
        max_points=mark.max_points if mark is not None else None,
        mark=value,
        marks_by_paper=papers,
        decision=decision,
        finish_kind=_finish_kind(decision, outcome),
        finished_at=outcome.finished_at if outcome is not None else None,
        penalty=taken,
    )


def _finish_kind(decision: Decision | None, outcome: AttemptOutcome | None) -> str | None:
    if decision == "absent":
        return "absent"
    if outcome is None:
        return "ended" if decision == "fail" else None
    return outcome.finish_kind


def _stored(sitting_id: UUID, position: int, row: ResultRow) -> Result:
    if row.decision is None or row.finish_kind is None:
        raise ValueError(f"registration {row.registration_id} has no decision yet")
    facts = asdict(row) | {
        "raw": _text(row.raw),
        "max_points": _text(row.max_points),
        "mark": _text(row.mark),
        "marks_by_paper": {code: str(mark) for code, mark in row.marks_by_paper.items()},
        "penalty": row.penalty.stored() if row.penalty is not None else None,
    }
    return Result(sitting_id=sitting_id, position=position, **facts)


def _row_of(stored: Result) -> ResultRow:
    decision: Decision = "pass" if stored.decision == "pass" else "fail" if stored.decision == "fail" else "absent"
    return ResultRow(
        registration_id=stored.registration_id,
        candidate_number=stored.candidate_number,
        full_name=stored.full_name,
        birth_date=stored.birth_date,
        sex=stored.sex,
        birth_place=stored.birth_place,
        identity_number_masked=stored.identity_number_masked,
        organisation=stored.organisation,
        form_code=stored.form_code,
        attempt_id=stored.attempt_id,
        raw=_decimal(stored.raw),
        max_points=_decimal(stored.max_points),
        mark=_decimal(stored.mark),
        marks_by_paper={code: Decimal(mark) for code, mark in stored.marks_by_paper.items()},
        decision=decision,
        finish_kind=stored.finish_kind,
        finished_at=stored.finished_at,
        penalty=penalty_of(stored.penalty),
    )


def _text(value: Decimal | None) -> str | None:
    return str(value) if value is not None else None


def _decimal(value: str | None) -> Decimal | None:
    return Decimal(value) if value is not None else None


def _rule_set_of(found: ResultRound) -> RuleSetFacts:
    stored: dict[str, Any] = found.rule_set
    return RuleSetFacts(
        code=stored["code"],
        legal_basis=stored["legal_basis"],
        standard_level=stored["standard_level"],
        valid_from=date.fromisoformat(stored["valid_from"]),
        valid_to=date.fromisoformat(stored["valid_to"]) if stored["valid_to"] else None,
        rule=stored["rule"],
    )


def _snapshot_hash(rule_set: Mapping[str, Any], rows: Sequence[Result]) -> str:
    return audit.digest(
        {
            "rule_set": rule_set,
            "rows": [
                # Without a deduction a row is told as it was before there were any.
                row.model_dump(
                    exclude={"id", "finished_at"} | ({"penalty"} if row.penalty is None else set()), mode="json"
                )
                | {"finished_at": iso_utc(row.finished_at) if row.finished_at is not None else None}
                for row in rows
            ],
        }
    )


def _untold(row: Result) -> set[str]:
    # Without a deduction a row is told as it was when there were none, so that digests of those days still fit.
    return {"penalty"} if row.penalty is None else set()


def _check_unchanged(found: ResultRound, rows: Sequence[Result]) -> None:
    if _snapshot_hash(found.rule_set, rows) != found.snapshot_hash:
        raise ResultsChangedError
