"""Publishing frozen forms: what contradicts itself is refused, what is delivered tells nothing of the key."""

import hashlib
import json
import random
import re
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlmodel import select

from exam_engine.audit.models import AuditEntry
from exam_engine.core.db import Database, new_id
from exam_engine.core.errors import NotFoundError
from exam_engine.forms import service
from exam_engine.forms.errors import BadFormError
from exam_engine.forms.keys.store import FormItemKey, keys_of_form
from exam_engine.forms.models import Form, FormItem
from exam_engine.forms.schemas import (
    ITEM_VIEW,
    DeskTools,
    FormDetail,
    FormSetSpec,
    FormSpec,
    PublishedItem,
    RoutingSpec,
)
from exam_engine.interactions.content import SingleChoice
from exam_engine.interactions.freezing import freeze
from exam_engine.interactions.keys import ChoiceKey
from tests.choice_items import choice_content, choice_key
from tests.conftest import NINE, ClientFactory, make_actor

ACTOR = make_actor("board_member", name="Phạm Đức Ân")
TWO_KEYS = ChoiceKey(correct=("A", "B"))
OPTIONS = ["=SUM(A1:A5)", "=TONG(A1:A5)", "=ADD(A1:A5)", "=COUNT(A1:A5)"]

embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def make_item(number: int = 1, **changes: Any) -> PublishedItem:
    values: dict[str, Any] = {
        "item_code": f"IU04-{number:03d}",
        "item_version_id": new_id(),
        "module_code": "IU04",
        "module_name": "Sử dụng bảng tính cơ bản",
        "cognitive_level": "TH",
        "content": choice_content(f"<p>Câu {number}: công thức nào tính tổng?</p>", OPTIONS),
        "key": choice_key(number % 4),
    }
    return PublishedItem(**(values | changes))


def make_spec(*items: PublishedItem, form_code: str = "101") -> FormSpec:
    chosen = list(items) or [make_item(number) for number in range(1, 11)]
    return FormSpec(form_code=form_code, title="Đề 101", duration_minutes=45, items=chosen, source={"seed": 7})


async def publish(database: Database, *specs: FormSpec, seed: int = 1) -> list[Form]:
    async with database.write() as session:
        return await service.publish_forms(session, specs=specs, actor=ACTOR, now=NINE, rng=random.Random(seed))


def correct_of(stored: FormItemKey) -> tuple[str, ...]:
    assert isinstance(stored.key, ChoiceKey)
    return stored.key.correct


async def contents(database: Database, form: Form) -> tuple[list[FormItem], dict[str, FormItemKey]]:
    async with database.read() as session:
        return await service.items_of_form(session, form.id), await keys_of_form(session, form.id)


async def test_a_form_is_stored_as_it_was_handed_over(database: Database) -> None:
    spec = make_spec(make_item(1), make_item(2, points=Decimal("0.25")), make_item(3))
    [form] = await publish(database, spec)
    items, keys = await contents(database, form)
    assert (form.item_count, form.max_points, form.published_at, form.published_by_name) == (
        3,
        "2.25",
        NINE,
        "Phạm Đức Ân",
    )
    assert [(item.position, item.ref, item.item_code) for item in items] == [
        (1, "q01", "IU04-001"),
        (2, "q02", "IU04-002"),
        (3, "q03", "IU04-003"),
    ]
    assert [item.item_version_id for item in items] == [item.item_version_id for item in spec.items]
    assert keys["q02"].points == Decimal("0.25")


async def test_each_key_names_the_option_that_was_right(database: Database) -> None:
    spec = make_spec()
    [form] = await publish(database, spec)
    items, keys = await contents(database, form)
    assert set(keys) == {item.ref for item in items}
    for item, written in zip(items, spec.items, strict=True):
        content_of = {option["id"]: option["content"] for option in item.view["options"]}
        [right], [letter] = correct_of(keys[item.ref]), written.key.correct  # type: ignore[union-attr]
        assert content_of[right] == OPTIONS["ABCD".index(letter)]


@embedded
async def test_option_ids_are_opaque_and_different_in_each_item_and_each_form(database: Database) -> None:
    one, two = await publish(database, make_spec(), make_spec(form_code="102"))
    ids: dict[str, list[list[str]]] = {}
    for form in (one, two):
        items, _ = await contents(database, form)
        ids[form.form_code] = [[option["id"] for option in item.view["options"]] for item in items]
    for of_item in ids["101"] + ids["102"]:
        assert len(set(of_item)) == len(OPTIONS)
        assert all(re.fullmatch("[a-z2-9]{4}", id_) for id_ in of_item)
    assert ids["101"] != ids["102"]
    # Neither sorted nor in any other fixed order: the place of the written option cannot be read from the id.
    assert len({tuple(sorted(range(4), key=of_item.__getitem__)) for of_item in ids["101"] + ids["102"]}) > 5


@given(st.integers(2, 20), st.integers())
def test_option_ids_never_repeat_within_an_item(count: int, seed: int) -> None:
    content = choice_content("?", [str(number) for number in range(count)])
    frozen, _ = freeze(content, choice_key(0), random.Random(seed))
    assert isinstance(frozen, SingleChoice)
    ids = [option.id for option in frozen.options]
    assert len(set(ids)) == len(ids) == count
    # Letters that look alike on a printed list do not occur.
    assert not set("".join(ids)) & set("il01o")


def hash_of(items: list[FormItem]) -> str:
    views = [ITEM_VIEW.validate_python(item.view).model_dump(mode="json") for item in items]
    return hashlib.sha256(json.dumps(views, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


async def test_the_content_hash_is_that_of_the_stored_views(database: Database) -> None:
    [form] = await publish(database, make_spec())
    items, _ = await contents(database, form)
    assert form.content_hash == hash_of(items)
    changed = dict(items[0].view) | {"stem": "<p>Khác</p>"}
    items[0].view = changed
    assert form.content_hash != hash_of(items)


@embedded
async def test_the_same_content_and_seed_give_the_same_hash_another_seed_another(database: Database) -> None:
    hashes = [(await publish(database, make_spec(), seed=seed))[0].content_hash for seed in (1, 1, 2)]
    assert hashes[0] == hashes[1] != hashes[2]


BAD_FORMS: dict[str, tuple[list[PublishedItem], list[tuple[str, str]]]] = {
    "an item twice": ([make_item(1), make_item(2), make_item(1)], [("form_item_twice", "101/3")]),
    "a key past the options": ([make_item(1, key=choice_key(4))], [("item_key_unknown_part", "101/1/key/correct/E")]),
    "two keys": ([make_item(1), make_item(2, key=TWO_KEYS)], [("item_key_needs_one", "101/2/key/correct")]),
    "several faults": (
        [make_item(1, key=choice_key(9)), make_item(1, key=TWO_KEYS)],
        [
            ("item_key_unknown_part", "101/1/key/correct/J"),
            ("form_item_twice", "101/2"),
            ("item_key_needs_one", "101/2/key/correct"),
        ],
    ),
}


@embedded
@pytest.mark.parametrize("case", BAD_FORMS)
async def test_a_form_that_contradicts_itself_is_refused_at_the_place_and_nothing_is_published(
    case: str, database: Database
) -> None:
    items, faults = BAD_FORMS[case]
    with pytest.raises(BadFormError) as refused:
        await publish(database, make_spec(form_code="100"), make_spec(*items))
    assert [(fault.code, fault.place) for fault in refused.value.faults] == faults
    async with database.read() as session:
        assert (await session.exec(select(Form))).all() == []


@embedded
@pytest.mark.parametrize("correct", [0, 3])
async def test_the_first_and_the_last_option_may_be_right(correct: int, database: Database) -> None:
    [form] = await publish(database, make_spec(make_item(1, key=choice_key(correct))))
    assert form.item_count == 1


@pytest.mark.parametrize(
    "change",
    [
        {"key": {"form": "choice", "correct": []}},
        {"key": None},
        {"content": {"interaction": "single_choice", "stem": "?", "options": [{"id": "A", "content": "chỉ một"}]}},
        {"content": {"interaction": "essay", "stem": "?"}},
        {"correct": [0]},
    ],
)
def test_an_item_without_key_with_one_option_or_of_another_kind_cannot_be_handed_over(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        make_item(1, **change)


@embedded
async def test_publishing_is_recorded_without_keys(database: Database) -> None:
    forms = await publish(database, make_spec(), make_spec(form_code="102"))
    keys = [key for form in forms for key in (await contents(database, form))[1].values()]
    async with database.read() as session:
        [entry] = (await session.exec(select(AuditEntry))).all()
    assert (entry.action, entry.details) == ("form.published", {"forms": ["101", "102"]})
    recorded = entry.model_dump_json()
    assert not [key for key in keys if f'"{correct_of(key)[0]}"' in recorded]


def field_names(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        return set(schema.get("properties", {})).union(*(field_names(value) for value in schema.values()))
    if isinstance(schema, list):
        return set().union(*(field_names(value) for value in schema))
    return set()


def test_no_delivered_type_has_a_field_for_a_key_a_mapping_or_a_parameter() -> None:
    for schema in (ITEM_VIEW.json_schema(), FormDetail.model_json_schema()):
        names = field_names(schema)
        assert "options" in names
        assert not {name for name in names if any(word in name for word in ("key", "correct", "answer", "mapping"))}
        assert not names & {"a", "b", "c", "difficulty", "discrimination"}


def test_a_delivered_view_refuses_whatever_it_does_not_know() -> None:
    view: dict[str, Any] = {
        "ref": "q01",
        "interaction": "single_choice",
        "module": {"code": "IU04", "name": "Bảng tính"},
    }
    view |= {
        "points": "1",
        "language": "vi",
        "stem": "?",
        "options": [{"id": id_, "content": "x"} for id_ in ("aaaa", "bbbb")],
    }
    ITEM_VIEW.validate_python(view)
    for extra in (
        {"key": "aaaa"},
        {"options": [{"id": id_, "content": "x", "is_correct": True} for id_ in ("aaaa", "bbbb")]},
    ):
        with pytest.raises(ValueError, match="Extra inputs"):
            ITEM_VIEW.validate_python(view | extra)


# --- over HTTP -------------------------------------------------------------------------------------------------------


async def form_list(client: AsyncClient, **params: Any) -> dict[str, Any]:
    view: dict[str, Any] = (await client.get("/api/forms", params=params)).json()
    return view


@embedded
async def test_forms_are_listed_in_pages_and_read_without_keys(database: Database, client_for: ClientFactory) -> None:
    forms = await publish(database, make_spec(), make_spec(form_code="102"), make_spec(form_code="103"))
    board = await client_for("board_member")
    listed = await form_list(board, limit=2)
    assert (listed["total"], [row["form_code"] for row in listed["items"]]) == (3, ["101", "102"])
    assert [row["form_code"] for row in (await form_list(board, offset=2))["items"]] == ["103"]
    detail = await board.get(f"/api/forms/{forms[0].id}")
    _, keys = await contents(database, forms[0])
    read = detail.json()
    assert [item["ref"] for item in read["contents"]] == [f"q{number:02d}" for number in range(1, 11)]
    assert read["content_hash"] == forms[0].content_hash
    # Every option id is there, for all four options alike; nothing says which of them is right.
    assert all(len(item["view"]["options"]) == 4 for item in read["contents"])
    assert all(detail.text.count(f'"{correct_of(key)[0]}"') == 1 for key in keys.values())
    assert (await board.get(f"/api/forms/{new_id()}")).json()["code"] == "not_found"
    assert (await board.get("/api/forms/101")).json()["code"] == "invalid_request"


async def test_forms_of_a_set_are_listed_with_it_and_not_among_the_others(
    database: Database, client_for: ClientFactory
) -> None:
    async with database.write() as session:
        published = await service.publish_forms(
            session,
            specs=[make_spec(make_item(1), form_code=code) for code in ("R1-2", "R1-1")],
            actor=make_actor(),
            now=NINE,
            rng=random.Random(1),
            form_set=FormSetSpec(code="R1", title="Đề riêng"),
        )
    await publish(database, make_spec(make_item(2), form_code="101"))
    client = await client_for("board_member")
    assert [form["form_code"] for form in (await form_list(client))["items"]] == ["101"]
    listed = (await client.get("/api/forms/sets")).json()
    assert [(found["code"], found["form_count"], found["duration_minutes"]) for found in listed["items"]] == [
        ("R1", 2, 45)
    ]
    async with database.read() as session:
        found = await service.forms_of_set(session, UUID(listed["items"][0]["id"]))
    assert [form.form_code for form in found] == ["R1-1", "R1-2"]
    assert {form.id for form in found} == {form.id for form in published}


def make_routing(length: int, scale: list[tuple[float, float]]) -> RoutingSpec:
    return RoutingSpec(design="adaptive", length=length, rules={"items": []}, scale=scale)


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        (make_routing(2, [(-1.0, 0.0), (1.0, 2.0)]), []),
        (make_routing(3, [(-1.0, 0.0), (1.0, 2.0)]), ["form_too_few_items"]),
        (make_routing(2, [(1.0, 0.0), (-1.0, 2.0)]), ["form_scale_not_rising"]),
        (make_routing(2, [(-1.0, 2.0), (1.0, 1.0)]), ["form_scale_not_rising"]),
    ],
)
async def test_a_staged_form_keeps_its_rules_apart_and_must_fit_its_items(
    database: Database, given: RoutingSpec, codes: list[str]
) -> None:
    spec = make_spec(make_item(1), make_item(2)).model_copy(update={"routing": given})
    if codes:
        with pytest.raises(BadFormError) as refused:
            await publish(database, spec)
        assert [fault.code for fault in refused.value.faults] == codes
        return
    (form,) = await publish(database, spec)
    assert (form.design, form.item_count, form.max_points) == ("adaptive", 2, "2")
    async with database.read() as session:
        assert await service.routing_rules(session, form.id) == {"items": [], "scale": [[-1.0, 0.0], [1.0, 2.0]]}
    (linear,) = await publish(database, make_spec(make_item(1), form_code="102"))
    async with database.read() as session:
        with pytest.raises(NotFoundError):
            await service.routing_rules(session, linear.id)


async def test_a_form_keeps_the_tools_that_were_allowed_when_it_was_published(database: Database) -> None:
    usual = {"calculator": False, "notes": True, "highlighter": True, "strike_through": True, "zoom": True}
    asked = DeskTools(calculator=True, notes=False)
    plain, special = await publish(
        database, make_spec(), make_spec(form_code="102").model_copy(update={"tools": asked})
    )
    assert plain.tools == usual
    assert special.tools == usual | {"calculator": True, "notes": False}
    # What was published before forms spoke of tools names none.
    assert DeskTools.model_validate({}).model_dump() == usual


@pytest.mark.parametrize("asked", [1, 20])
async def test_a_form_keeps_how_many_items_stand_on_a_page(database: Database, asked: int) -> None:
    plain, paged = await publish(
        database, make_spec(), make_spec(form_code="102").model_copy(update={"items_per_page": asked})
    )
    assert (plain.items_per_page, paged.items_per_page) == (1, asked)
    # Which item comes next depends on the answer: there is no second one to show.
    routing = make_routing(2, [(-1.0, 0.0), (1.0, 2.0)])
    adaptive = make_spec(make_item(1), make_item(2), form_code="103")
    (one,) = await publish(database, adaptive.model_copy(update={"routing": routing, "items_per_page": asked}))
    assert one.items_per_page == 1
    staged = routing.model_copy(update={"design": "multistage"})
    (several,) = await publish(
        database, adaptive.model_copy(update={"form_code": "104", "routing": staged, "items_per_page": asked})
    )
    assert several.items_per_page == asked


@pytest.mark.parametrize("asked", [0, 21, 2.5, None])
def test_a_page_of_no_item_or_of_too_many_is_refused(asked: object) -> None:
    given = make_spec().model_dump() | {"items_per_page": asked}
    with pytest.raises(ValidationError):
        FormSpec.model_validate(given)
