"""Whether candidates come with the browser that their sitting asks for, and letting single ones go on without it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.bus import hint_after_commit
from exam_engine.lockdown import queries
from exam_engine.lockdown.models import BrowserCheck, SafeExamBrowser
from exam_engine.lockdown.seb.sent_hashes import AcceptedKeys, Presented, Verdict, judge
from exam_engine.sitting_log import service as sitting_log
from exam_engine.sittings import service as sittings
from exam_engine.sittings.hints import SEAT
from exam_engine.sittings.seat_records import record_seats

ExemptionReason = Literal["not_installed", "does_not_start", "keys", "aid", "other"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What browser a candidate comes with; a candidate with an exemption may come with any.

    ``is_news`` says whether it differs from the one that the candidate came with before.
    """

    verdict: Verdict
    is_exempted: bool
    is_news: bool

    @property
    def is_admitted(self) -> bool:
        """Whether the candidate may go on in this browser."""
        return self.is_exempted or self.verdict is Verdict.FITS


def accepted_keys(browser: SafeExamBrowser) -> AcceptedKeys:
    """Return the keys that a sitting takes."""
    exam_keys = tuple(one["key"] for one in browser.browser_exam_keys)
    return AcceptedKeys(browser.config_key, exam_keys, browser.accepts_config_key)


def judged_browser(browser: SafeExamBrowser | None, check: BrowserCheck | None, presented: Presented) -> Judged | None:
    """Return what browser a candidate comes with; None where any will do.

    Parameters
    ----------
    check : what the candidate came with before.
    """
    if browser is None:
        return None
    verdict = judge(presented, accepted_keys(browser))
    return Judged(
        verdict,
        is_exempted=check is not None and check.exempted_at is not None,
        is_news=check is None or check.verdict != verdict,
    )


async def note(session: AsyncSession, registration_id: UUID, verdict: Verdict, now: datetime) -> None:
    """Keep what browser a candidate came with; a change is told to the proctor and goes into the sitting's log."""
    check = await queries.check_of(session, registration_id, for_change=True)
    if check is None:
        check = BrowserCheck(registration_id=registration_id)
    if check.verdict == verdict:
        return
    check.verdict, check.checked_at = verdict.value, now
    session.add(check)
    hint_after_commit(session, SEAT, [registration_id])
    await session.flush()
    facts = await sittings.find_registration(session, registration_id)
    said = {
        "registration": str(registration_id),
        "candidate_number": facts.candidate_number,
        "verdict": verdict.value,
    }
    kind = "browser.fits" if verdict is Verdict.FITS else "browser.misfits"
    await sitting_log.append(session, facts.sitting_id, kind=kind, facts=said, now=now)


async def exempt(
    session: AsyncSession,
    registration_ids: Sequence[UUID],
    *,
    reason: ExemptionReason,
    note: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Let candidates go on in any browser; returns for how many that was news."""
    noted = []
    for id_ in registration_ids:
        check = await queries.check_of(session, id_, for_change=True) or BrowserCheck(registration_id=id_)
        if check.exempted_at is not None:
            continue
        check.exempted_at, check.exempted_by_name = now, actor.display_name
        check.exemption_reason, check.exemption_note = reason, note
        session.add(check)
        noted.append(id_)
    said = {"reason": reason, "note_sha256": hashlib.sha256(note.encode()).hexdigest()}
    hint_after_commit(session, SEAT, noted)
    await record_seats(session, "browser.exempted", noted, actor, now, said)
    return len(noted)


async def withdraw_exemption(
    session: AsyncSession, registration_ids: Sequence[UUID], *, actor: Actor, now: datetime
) -> int:
    """Ask candidates for the right browser again; whoever works already goes on. Returns for how many it was news."""
    noted = []
    for id_ in registration_ids:
        check = await queries.check_of(session, id_, for_change=True)
        if check is None or check.exempted_at is None:
            continue
        check.exempted_at = check.exempted_by_name = check.exemption_reason = None
        check.exemption_note = ""
        session.add(check)
        noted.append(id_)
    hint_after_commit(session, SEAT, noted)
    await record_seats(session, "browser.exemption_withdrawn", noted, actor, now)
    return len(noted)
