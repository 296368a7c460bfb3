"""Marking attempts against the keys of a published form."""

import random
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import Database, new_id
from exam_engine.forms import service as forms
from exam_engine.forms.keys.models import FormKey
from exam_engine.forms.keys.store import keys_of_form
from exam_engine.forms.models import Form
from exam_engine.forms.schemas import FormSpec, PublishedItem
from exam_engine.marking import service
from exam_engine.marking.errors import MarkedOtherwiseError, NoKeysError
from exam_engine.marking.service import AttemptMark
from tests.choice_items import choice_content, choice_key
from tests.conftest import NINE, make_actor

POINTS = ["1", "0.5", "2"]


async def publish(session: Any) -> tuple[Form, dict[str, str]]:
    """Publish a form whose second option is always right; returns it with the right option of each item."""
    items = [
        PublishedItem(
            item_code=f"IU01-00{number}",
            item_version_id=new_id(),
            module_code="IU01",
            module_name="Hiểu biết về CNTT cơ bản",
            cognitive_level="NB",
            points=Decimal(points),
            content=choice_content("Chọn phương án đúng.", ["sai", "đúng", "cũng sai"]),
            key=choice_key(1),
        )
        for number, points in enumerate(POINTS, start=1)
    ]
    spec = FormSpec(form_code="101", title="Đề thử", duration_minutes=45, items=items)
    (form,) = await forms.publish_forms(session, specs=[spec], actor=make_actor(), now=NINE, rng=random.Random(1))
    right = {
        item.ref: next(option["id"] for option in item.view["options"] if option["content"] == "đúng")
        for item in await forms.items_of_form(session, form.id)
    }
    return form, right


async def marked(session: AsyncSession, attempt_id: UUID, form_id: UUID, answers: dict[str, list[str]]) -> AttemptMark:
    form = await service.keyed_form(session, form_id)
    return await service.mark(session, attempt_id=attempt_id, form=form, answers=answers, now=NINE)


async def test_right_answers_earn_the_points_of_their_items(database: Database) -> None:
    attempt_id = new_id()
    async with database.write() as session:
        form, right = await publish(session)
        answers = {"q01": [right["q01"]], "q03": [right["q03"]]}
        mark = await marked(session, attempt_id, form.id, answers)
    assert (mark.raw, mark.max_points) == (Decimal(3), Decimal("3.5"))
    assert [(item.ref, item.points, item.flag) for item in mark.items] == [
        ("q01", Decimal(1), None),
        ("q02", Decimal(0), "omitted"),
        ("q03", Decimal(2), None),
    ]
    async with database.read() as session:
        assert await service.marks(session, [attempt_id, new_id()]) == {attempt_id: mark}


async def test_an_empty_sheet_earns_nothing_out_of_everything(database: Database) -> None:
    async with database.write() as session:
        form, _ = await publish(session)
        mark = await marked(session, new_id(), form.id, {})
    assert (mark.raw, mark.max_points) == (Decimal(0), Decimal("3.5"))
    assert {item.flag for item in mark.items} == {"omitted"}


async def test_an_option_of_another_item_and_an_item_of_another_form_earn_nothing(database: Database) -> None:
    async with database.write() as session:
        form, right = await publish(session)
        answers = {"q01": [right["q02"]], "q99": [right["q01"]]}
        mark = await marked(session, new_id(), form.id, answers)
    assert mark.raw == 0
    assert [item.ref for item in mark.items] == ["q01", "q02", "q03"]
    assert mark.items[0].flag == "unknown_option"


async def test_marking_again_gives_the_stored_mark_and_other_answers_change_nothing(database: Database) -> None:
    attempt_id = new_id()
    async with database.write() as session:
        form, right = await publish(session)
        answers = {"q01": [right["q01"]]}
        first = await marked(session, attempt_id, form.id, answers)
    async with database.write() as session:
        again = await marked(session, attempt_id, form.id, answers)
        with pytest.raises(MarkedOtherwiseError):
            await marked(session, attempt_id, form.id, {})
    assert again == first
    async with database.read() as session:
        assert await service.marks(session, [attempt_id]) == {attempt_id: first}


async def test_a_form_that_lacks_a_key_is_not_marked(database: Database) -> None:
    async with database.write() as session:
        form, _ = await publish(session)
        assert len(await keys_of_form(session, form.id)) == 3
        await session.exec(delete(FormKey).where(col(FormKey.form_id) == form.id, col(FormKey.ref) == "q02"))
        with pytest.raises(NoKeysError):
            await marked(session, new_id(), form.id, {})
        with pytest.raises(NoKeysError):
            await marked(session, new_id(), new_id(), {})
