"""What delivery knows of one registration, in one statement: everybody who waits for the start asks for it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import table_of
from exam_engine.delivery.models import Attempt, Pause, SealedPaper, Seat
from exam_engine.delivery.queries import PaperFacts
from exam_engine.forms.models import Form
from exam_engine.lockdown.models import BrowserCheck, SafeExamBrowser
from exam_engine.sittings.models import Administration, Exam, PulledRules, Registration, RuleSet, Sitting
from exam_engine.snapshots.models import SnapshotConsent, SnapshotSetting

_FORM, _PAPER, _PAUSE, _REGISTRATION = table_of(Form), table_of(SealedPaper), table_of(Pause), table_of(Registration)
_EXAM, _ROUND, _RULE_SET, _SITTING = table_of(Exam), table_of(Administration), table_of(RuleSet), table_of(Sitting)
_PULLED_RULES = table_of(PulledRules)


class SeatParts(NamedTuple):
    """Seat, attempt and sealed paper of a registration.

    ``item_count`` is 0 while no form is assigned; ``has_pauses`` says whether there ever was one in the sitting.
    ``browser`` is the one that the sitting asks for, None where any will do; ``browser_check`` what the candidate last
    came with. ``rule`` is that of the sitting's rule-set, None where none is in force. ``snapshots`` is what was
    decided of pictures, ``consent`` what the candidate said to it.
    """

    seat: Seat | None
    attempt: Attempt | None
    paper: PaperFacts | None
    item_count: int
    has_pauses: bool
    browser: SafeExamBrowser | None
    browser_check: BrowserCheck | None
    rule: Mapping[str, Any] | None
    snapshots: SnapshotSetting | None
    consent: SnapshotConsent | None


_PULLED_RULE = (
    sa.select(_PULLED_RULES.c.rule)
    .where(_PULLED_RULES.c.sitting_id == _REGISTRATION.c.sitting_id)
    .correlate(_REGISTRATION)
    .scalar_subquery()
)
# As `rule_sets.find_applicable` finds it: what came with the sitting, the one that the round names, the one of the day.
_OWN_RULE = (
    sa.select(_RULE_SET.c.rule)
    .select_from(_SITTING)
    .join(_ROUND, _ROUND.c.id == _SITTING.c.administration_id)
    .join(_EXAM, _EXAM.c.id == _ROUND.c.exam_id)
    .join(
        _RULE_SET,
        sa.or_(
            _RULE_SET.c.code == _ROUND.c.rule_set_code,
            sa.and_(
                _ROUND.c.rule_set_code.is_(None),
                _RULE_SET.c.standard_level == _EXAM.c.standard_level,
                _RULE_SET.c.valid_from <= sa.bindparam("day", type_=sa.Date()),
                sa.or_(_RULE_SET.c.valid_to.is_(None), _RULE_SET.c.valid_to >= sa.bindparam("day", type_=sa.Date())),
            ),
        ),
    )
    .where(_SITTING.c.id == _REGISTRATION.c.sitting_id, ~_SITTING.c.is_pulled)
    .order_by(_RULE_SET.c.valid_from.desc(), _RULE_SET.c.code)
    .limit(1)
    .correlate(_REGISTRATION)
    .scalar_subquery()
)

_RULE = sa.func.coalesce(_PULLED_RULE, _OWN_RULE)

# Built once: that takes longer than running it.
_PARTS = (
    sa.select(
        Seat,
        Attempt,
        SafeExamBrowser,
        BrowserCheck,
        SnapshotSetting,
        SnapshotConsent,
        sa.func.coalesce(_FORM.c.item_count, 0),
        sa.exists().where(_PAUSE.c.sitting_id == _REGISTRATION.c.sitting_id),
        _RULE,
        *(_PAPER.c[name] for name in PaperFacts._fields[:-1]),
        sa.func.length(_PAPER.c.sealed),
    )
    .select_from(_REGISTRATION)
    .outerjoin(Seat, col(Seat.registration_id) == _REGISTRATION.c.id)
    .outerjoin(Attempt, col(Attempt.registration_id) == _REGISTRATION.c.id)
    .outerjoin(SafeExamBrowser, col(SafeExamBrowser.sitting_id) == _REGISTRATION.c.sitting_id)
    .outerjoin(BrowserCheck, col(BrowserCheck.registration_id) == _REGISTRATION.c.id)
    .outerjoin(SnapshotSetting, col(SnapshotSetting.sitting_id) == _REGISTRATION.c.sitting_id)
    .outerjoin(SnapshotConsent, col(SnapshotConsent.registration_id) == _REGISTRATION.c.id)
    .outerjoin(_FORM, _FORM.c.id == _REGISTRATION.c.form_id)
    .outerjoin(
        _PAPER,
        sa.and_(
            _PAPER.c.sitting_id == _REGISTRATION.c.sitting_id,
            _PAPER.c.form_id == _REGISTRATION.c.form_id,
            _PAPER.c.variant == _REGISTRATION.c.variant,
        ),
    )
    .where(_REGISTRATION.c.id == sa.bindparam("registration_id"))
)


async def parts_of_seat(session: AsyncSession, registration_id: UUID, day: date) -> SeatParts:
    """Return the parts of a registration that is there; ``day`` is that of the sitting, in Vietnam."""
    params = {"registration_id": registration_id, "day": day}
    found = await session.exec(_PARTS, params=params)  # type: ignore[call-overload]
    seat, attempt, browser, check, snapshots, consent, item_count, has_pauses, rule, *paper = found.one()
    facts = PaperFacts._make(paper) if paper[0] else None
    return SeatParts(seat, attempt, facts, item_count, bool(has_pauses), browser, check, rule, snapshots, consent)
