"""The sections of stored sittings, and whether their forms fit them."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.errors import Fault
from exam_engine.forms import service as forms
from exam_engine.sittings.models import Sitting
from exam_engine.sittings.section_plan import SECTION_PLAN, PlannedSection, form_faults, plan_faults


async def section_plan(session: AsyncSession, sitting_id: UUID) -> tuple[PlannedSection, ...]:
    """Return the sections of a sitting; none when its paper is one piece."""
    sitting = await session.get(Sitting, sitting_id)
    return SECTION_PLAN.validate_python(sitting.sections) if sitting is not None else ()


async def section_faults(session: AsyncSession, sitting: Sitting, form_ids: Sequence[UUID]) -> list[Fault]:
    """Return what of the forms of a sitting does not fit its sections.

    Of a form set the first form speaks for all, since one blueprint made them; each is looked at when it is sealed.
    """
    plan = SECTION_PLAN.validate_python(sitting.sections)
    faults = plan_faults(plan, duration_minutes=sitting.duration_minutes)
    looked_at = form_ids[:1] if sitting.form_set_id is not None else form_ids
    for form in await forms.find_forms(session, list(looked_at)):
        items = [(item.module_code, item.view) for item in await forms.items_of_form(session, form.id)]
        faults += form_faults(plan, items, form_code=form.form_code, design=form.design)
    return faults
