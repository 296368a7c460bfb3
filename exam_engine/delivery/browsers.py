"""Where a sitting's browser is asked for: at the login, before own data are confirmed, and at the start.

Not at saves: whoever works in a browser that was let in keeps it, whatever happens to keys and settings meanwhile, so
that no answer is ever refused for them.
"""

from datetime import datetime
from uuid import UUID

from exam_engine.core.db import Database
from exam_engine.delivery import queries
from exam_engine.delivery.seat_rows import SeatRow
from exam_engine.lockdown import checking
from exam_engine.lockdown import queries as lockdown_queries
from exam_engine.lockdown.errors import refusal_of
from exam_engine.lockdown.seb.sent_hashes import AcceptedKeys, Presented, Verdict, judge
from exam_engine.sittings.service import RegistrationFacts


async def admit_login(database: Database, facts: RegistrationFacts, presented: Presented, *, now: datetime) -> None:
    """Refuse a login in a browser that the sitting does not take, and note with what the candidate came.

    A candidate with an attempt is let in: what this browser still holds must be able to arrive, and going on is
    refused by itself. So is who comes after the sitting, for the result.

    Raises
    ------
    BrowserRefusedError
    """
    async with database.read() as session:
        browser = await lockdown_queries.browser_of(session, facts.sitting_id)
        if browser is None:
            return
        check = await lockdown_queries.check_of(session, facts.registration_id)
        judged = checking.judged_browser(browser, check, presented)
        has_begun = await queries.attempt_of(session, facts.registration_id) is not None
    if judged is None or now >= facts.closes_at + facts.extra_time:
        return
    if judged.is_news:
        await note(database, facts.registration_id, judged.verdict, now)
    if not judged.is_admitted and not has_begun:
        raise refusal_of(judged.verdict)


async def note(database: Database, registration_id: UUID, verdict: Verdict, now: datetime) -> None:
    """Note with what browser a candidate came, in a transaction that a refusal does not undo."""
    async with database.write() as session:
        await checking.note(session, registration_id, verdict, now)


def refuse_browser(row: SeatRow, login_session_id: UUID, presented: Presented) -> None:
    """Refuse to start, or to go on in another browser, without the one that the sitting asks for.

    Raises
    ------
    BrowserRefusedError
    """
    if row.config_key is None or row.exempted_at is not None or row.holder_session_id == login_session_id:
        return
    exam_keys = tuple(one["key"] for one in row.exam_keys or ())
    verdict = judge(presented, AcceptedKeys(row.config_key, exam_keys, bool(row.accepts_config_key)))
    if verdict is not Verdict.FITS:
        raise refusal_of(verdict)
