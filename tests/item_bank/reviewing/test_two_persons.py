"""Every forbidden step of an item's life: by state, by person, by way of asking."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import Database
from item_bank.items.deciding import act
from item_bank.items.models import Item
from item_bank.items.saving import mark_published, save_drafts
from item_bank.items.service import find_item, items_by_code
from item_bank.items.workflow import STATUSES, Act
from item_bank.syllabus import service as syllabus_service
from tests.conftest import NINE, ClientFactory, make_actor
from tests.item_bank.authoring.bodies import acted, created, item_body, saved
from tests.item_bank.items.test_service import draft
from tests.item_bank.reviewing.desk import handed_in, permits_of, reviewed, status_of

# From which states each act leads where, written down from the board's rules rather than taken from the code.
LEADS: dict[Act, dict[str, str]] = {
    "submit": {"draft": "in_review"},
    "withdraw": {"in_review": "draft", "revised": "draft", "returned": "draft"},
    "return": {"in_review": "returned", "revised": "returned"},
    "approve": {"in_review": "approved", "revised": "approved"},
    "pretest": {"approved": "pretest"},
    "release": {"approved": "operational", "pretest": "operational"},
    "suspend": {"approved": "suspended", "pretest": "suspended", "operational": "suspended"},
    "resume": {"suspended": "approved"},
    "retire": {status: "retired" for status in STATUSES if status != "retired"},
}
WRITER_AND_REVIEWER = ("item_author", "item_reviewer")


async def in_state(session: AsyncSession, status: str) -> Item:
    """Return a complete item of somebody else in the given state, with no approval behind it."""
    code = f"IU04-{STATUSES.index(status):03d}"
    if code not in await items_by_code(session, [code]):
        await save_drafts(session, drafts=[draft(code=code)], actor=make_actor("item_author"), now=NINE)
    item = (await items_by_code(session, [code]))[code].item
    item.status = status
    session.add(item)
    await session.flush()
    return item


@pytest.mark.parametrize("name", LEADS)
async def test_each_act_leads_from_its_own_states_only(database: Database, name: Act) -> None:
    found = {}
    async with database.write() as session:
        await syllabus_service.load_shipped(session)
        for status in STATUSES:
            item = await in_state(session, status)
            outcome = await act(session, name, item_ids=[item.id], wanted=None, actor=make_actor(), now=NINE)
            assert outcome.done == (status in LEADS[name])
            assert [refusal.reason_code for refusal in outcome.refusals] == (
                [] if status in LEADS[name] else ["item_wrong_status"]
            )
            if outcome.done:
                found[status] = item.status
            else:
                assert item.status == status
    assert found == LEADS[name]


async def approve_in_every_way(person: AsyncClient, item: dict[str, Any]) -> set[str]:
    """Ask for an approval of one item in each way there is; return the reasons of the refusals, or the state."""
    reasons = set()
    number = (await person.get(f"/api/items/{item['id']}")).json()["version_number"]
    status, problem = await reviewed(person, item | {"version_number": number})
    reasons.add(problem["errors"][0]["code"] if status == 409 else str(status))
    bodies: list[dict[str, Any]] = [
        {"item_ids": [item["id"]]},
        {"all_matching": {"q": item["code"]}},
        {"all_matching": {}},
    ]
    for body in bodies:
        outcome = (await person.post("/api/items/approvals", json=body)).json()
        told = {refusal["reason_code"] for refusal in outcome["refused"] if refusal["code"] == item["code"]}
        reasons |= told or {f"done {outcome['done']}"}
    reasons.add(f"permit {(await permits_of(person, item))['approve']}")
    return reasons


REFUSED = {"own_item", "permit own_item"}


async def test_who_wrote_an_item_does_not_approve_it_in_any_way(client_for: ClientFactory) -> None:
    person = await client_for(*WRITER_AND_REVIEWER)
    item = await handed_in(person)
    assert await approve_in_every_way(person, item) == REFUSED
    assert await status_of(person, item) == "in_review"


@pytest.mark.parametrize(
    "change",
    [
        {"key": {"form": "choice", "correct": ["B"]}},
        {"explanation": "Giải thích khác."},
        {"cognitive_level": "TH"},
        {"tags": ["hàm"]},
    ],
)
async def test_a_reviewer_who_changed_anything_does_not_approve_it(
    client_for: ClientFactory, change: dict[str, Any]
) -> None:
    author, editor, other = (
        await client_for("item_author"),
        await client_for(*WRITER_AND_REVIEWER),
        await client_for("item_reviewer"),
    )
    item = await handed_in(author)
    await saved(editor, item, **change)
    assert await approve_in_every_way(editor, item) == REFUSED
    assert await status_of(editor, item) == "revised"
    number = {"version_number": 2}
    assert (await reviewed(other, item | number))[0] == 201


async def test_a_change_by_another_does_not_wash_an_authorship_off(client_for: ClientFactory) -> None:
    first, second = await client_for(*WRITER_AND_REVIEWER), await client_for("item_author")
    item = await handed_in(first)
    await saved(second, item, content=item_body()["content"] | {"stem": "Hàm nào cộng các số?"})
    assert await approve_in_every_way(first, item) == REFUSED


async def test_handing_in_anew_does_not_wash_an_authorship_off(client_for: ClientFactory) -> None:
    person, author = await client_for(*WRITER_AND_REVIEWER), await client_for("item_author")
    item = await handed_in(person)
    for name in ("withdraw", "submit"):
        await author.post("/api/items/submissions", json={"item_ids": [item["id"]], "act": name})
    assert await approve_in_every_way(person, item) == REFUSED


async def test_who_wrote_the_key_does_not_approve_later_words_around_it(client_for: ClientFactory) -> None:
    first, second, third = (
        await client_for(*WRITER_AND_REVIEWER),
        await client_for("item_author"),
        await client_for("item_reviewer"),
    )
    item = await handed_in(first)
    assert (await reviewed(third, item))[0] == 201
    newer = await saved(second, item, explanation="SUM cộng.")
    assert (await acted(second, "submissions", newer))["done"] == 1
    assert await approve_in_every_way(first, newer) == REFUSED, "the key is still theirs"
    assert (await reviewed(third, newer))[0] == 201


async def test_whose_part_was_approved_and_replaced_may_approve_what_others_wrote_since(
    client_for: ClientFactory,
) -> None:
    first, second, third = (
        await client_for(*WRITER_AND_REVIEWER),
        await client_for("item_author"),
        await client_for("item_reviewer"),
    )
    item = await handed_in(first)
    assert (await reviewed(third, item))[0] == 201
    newer = await saved(second, item, key={"form": "choice", "correct": ["B"]})
    assert (await acted(second, "submissions", newer))["done"] == 1
    assert (await permits_of(first, newer))["approve"] is None
    assert (await reviewed(first, newer))[0] == 201


async def test_in_a_bulk_approval_only_the_own_items_stay(client_for: ClientFactory) -> None:
    person, author = await client_for(*WRITER_AND_REVIEWER), await client_for("item_author")
    own, foreign = await handed_in(person), await handed_in(author)
    outcome = (await person.post("/api/items/approvals", json={"all_matching": {}})).json()
    assert (outcome["done"], [refusal["code"] for refusal in outcome["refused"]]) == (1, [own["code"]])
    assert [await status_of(person, item) for item in (own, foreign)] == ["in_review", "approved"]


async def test_an_unfinished_item_is_approved_by_nobody(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    item = await handed_in(author)
    await saved(author, item, key=None)
    assert await approve_in_every_way(reviewer, item) == {"item_incomplete", "permit item_incomplete"}


async def test_a_suspended_item_that_was_edited_is_not_taken_back_without_a_review(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    item = await handed_in(author)
    assert (await reviewed(reviewer, item))[0] == 201
    use = {"item_ids": [item["id"]], "act": "suspend"}
    assert (await reviewer.post("/api/items/uses", json=use)).json()["done"] == 1
    newer = await saved(author, item, key={"form": "choice", "correct": ["B"]})
    assert newer["status"] == "draft"
    back = (await reviewer.post("/api/items/uses", json=use | {"act": "resume"})).json()
    assert [refusal["reason_code"] for refusal in back["refused"]] == ["item_wrong_status"]


async def test_a_published_item_is_superseded_and_the_successor_needs_a_second_person_too(
    app: FastAPI, client_for: ClientFactory
) -> None:
    person, reviewer = await client_for(*WRITER_AND_REVIEWER), await client_for("item_reviewer")
    item = await handed_in(person)
    assert (await reviewed(reviewer, item))[0] == 201
    assert (await permits_of(person, item))["supersede"] == "item_still_editable"
    database: Database = app.state.database
    async with database.write() as session:
        detail = await find_item(session, UUID(item["id"]), with_key=False)
        await mark_published(session, [detail.record.version.id], NINE)
    permits = await permits_of(person, item)
    assert (permits["edit"], permits["supersede"]) == ("item_only_supersedable", None)
    edit = await person.put(f"/api/items/{item['id']}", json=item_body(cognitive_level="TH") | {"version_number": 1})
    assert (edit.status_code, edit.json()["code"]) == (409, "item_is_published")

    successor = await created(person, supersedes=item["id"])
    assert (await acted(person, "submissions", successor))["done"] == 1
    assert (await permits_of(person, item))["supersede"] == "item_has_successor"
    assert await approve_in_every_way(person, successor) == REFUSED
    assert await status_of(person, item) == "approved", "the old one serves until the new one is approved"
    assert (await reviewed(reviewer, successor))[0] == 201
    assert await status_of(person, item) == "retired"
    whereabouts = (await person.get(f"/api/items/{item['id']}/whereabouts")).json()
    assert (whereabouts["events"][0]["act"], whereabouts["events"][0]["note"]) == ("superseded", successor["code"])
    assert [(link["code"], link["is_this"]) for link in whereabouts["chain"]] == [
        (item["code"], True),
        (successor["code"], False),
    ]


ROLE_MAY = {
    "item_author": {"edit", "submit", "withdraw", "comment", "name_enemies", "supersede", "duplicate"},
    "item_reviewer": {
        "approve", "return", "pretest", "release", "suspend", "resume", "retire", "assign", "comment", "name_enemies",
    },
    "board_member": {"pretest", "release", "suspend", "resume", "assign", "comment", "name_enemies"},
    "inspector": set(),
}  # fmt: skip


@pytest.mark.parametrize("role", ROLE_MAY)
async def test_permits_follow_the_role_and_the_state(client_for: ClientFactory, role: str) -> None:
    author, reader = await client_for("item_author"), await client_for(role)
    item = await created(author)
    permits = await permits_of(reader, item)
    assert {name for name, reason in permits.items() if reason != "item_act_not_yours"} == ROLE_MAY[role]
    by_state = {"withdraw", "approve", "return", "pretest", "release", "suspend", "resume"} & ROLE_MAY[role]
    assert {name for name, reason in permits.items() if reason == "item_wrong_status"} == by_state
