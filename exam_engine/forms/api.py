"""Routes of published forms."""

from uuid import UUID

from fastapi import APIRouter

from exam_engine.accounts.access import requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep
from exam_engine.core.errors import NotFoundError
from exam_engine.core.pagination import PageDep
from exam_engine.forms import service
from exam_engine.forms.schemas import ITEM_VIEW, FormDetail, FormItemView, FormList, FormRow, FormSetList, FormSetRow

router = APIRouter(prefix="/api/forms", tags=["forms"], dependencies=[requires(Permission.FORM_READ)])


@router.get("")
async def list_forms(session: ReadSessionDep, page: PageDep) -> FormList:
    """Published forms, newest first; without those of sets."""
    forms, total = await service.list_forms(session, offset=page.offset, limit=page.limit)
    return FormList(items=[FormRow.model_validate(form) for form in forms], total=total)


@router.get("/sets")
async def list_form_sets(session: ReadSessionDep, page: PageDep) -> FormSetList:
    """Sets of forms in which each candidate has one of their own, newest first."""
    sets, total = await service.list_form_sets(session, offset=page.offset, limit=page.limit)
    return FormSetList(items=[FormSetRow.model_validate(found) for found in sets], total=total)


@router.get("/{form_id}")
async def read_form(form_id: UUID, session: ReadSessionDep) -> FormDetail:
    """One published form with its items as candidates see them; never with keys."""
    form = await service.find_form(session, form_id)
    if form is None:
        raise NotFoundError
    items = await service.items_of_form(session, form_id)
    return FormDetail(
        **FormRow.model_validate(form).model_dump(),
        contents=[
            FormItemView(
                position=item.position,
                ref=item.ref,
                item_code=item.item_code,
                module_code=item.module_code,
                cognitive_level=item.cognitive_level,
                view=ITEM_VIEW.validate_python(item.view),
            )
            for item in items
        ],
    )
