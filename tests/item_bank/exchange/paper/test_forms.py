"""Published forms on paper: their order, other orders of them with keys that fit, who gets keys, what is recorded."""

import hashlib
import io
import random
import re
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from docx import Document
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import col, select

from exam_engine.core.actor import Actor
from exam_engine.core.db import new_id
from exam_engine.core.time import utc_now
from exam_engine.forms import service as forms
from exam_engine.forms.models import Form
from exam_engine.forms.schemas import FormSpec, RoutingSpec
from exam_engine.interactions.content import Option, SingleChoice
from exam_engine.interactions.keys import ChoiceKey
from item_bank.exchange.exported import ExportedItem
from item_bank.exchange.paper.document import write_paper
from item_bank.exchange.paper.forms import shuffled
from item_bank.items.models import ItemVersion
from item_bank.items.publication import published_items
from load_tests.prepared_sitting import make_form
from tests.conftest import ClientFactory, make_actor
from tests.item_bank.exchange.paper.test_paper import lines
from tests.item_bank.exchange.qti.making import STIMULUS, draft
from tests.item_bank.makers import import_items, item_row

SHOWN = re.compile(r"Câu (\d+)\. (.*)")


def question(number: int, *, has_stimulus: bool = False) -> ExportedItem:
    """An item whose options say which item they belong to and whether they are right."""
    options = tuple(Option(id=id_, content=f"{number}{'đúng' if id_ == 'C' else id_}") for id_ in "ABCD")
    made = draft(SingleChoice(stem=f"Hỏi {number}", options=options), ChoiceKey(correct=("C",)))
    return ExportedItem(made, STIMULUS if has_stimulus else None)


def answers(content: bytes) -> dict[str, str]:
    """What the key table says is right: the text of the option of that letter, by the stem of the question."""
    options: dict[str, dict[str, str]] = {}
    stems: dict[str, str] = {}
    number = ""
    for line in lines(content):
        if match := SHOWN.match(line):
            number = match[1]
            stems.setdefault(number, match[2])
        elif number:
            options.setdefault(number, {}).update(dict(re.findall(r"([A-D])\. (\S+)", line)))
    rows = [[cell.text for cell in row.cells] for row in Document(io.BytesIO(content)).tables[-1].rows]
    return {stems[number]: options[number][letter] for number, _, letter, _ in rows[1:]}


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_in_every_order_the_key_table_names_the_right_option_of_each_question(seed: str) -> None:
    items = [question(number) for number in range(1, 9)]
    mixed = shuffled(items, seed)
    content = write_paper(mixed, {}, has_answers=True).content
    assert answers(content) == {f"Hỏi {number}": f"{number}đúng" for number in range(1, 9)}
    assert {one.draft.content.stem for one in mixed} == {one.draft.content.stem for one in items}
    assert [one.draft.content.stem for one in mixed] != [one.draft.content.stem for one in items]
    assert shuffled(items, seed) == mixed


def test_questions_on_one_stimulus_stay_together_in_every_order() -> None:
    items = [question(number, has_stimulus=number in {2, 5, 7}) for number in range(1, 9)]
    for seed in range(20):
        stems = [one.draft.content.stem for one in shuffled(items, str(seed))]
        at = stems.index("Hỏi 2")
        assert stems[at : at + 3] == ["Hỏi 2", "Hỏi 5", "Hỏi 7"]


def test_parts_of_a_blueprint_head_the_paper_and_what_they_leave_out_stands_last() -> None:
    essay = ("Bài viết", frozenset({"extended_text"}))
    content = write_paper([question(1)], {}, parts=[essay]).content
    assert not [one for one in lines(content) if one.startswith("PHẦN")]
    both = write_paper([question(1)], {}, parts=[("Trắc nghiệm", frozenset({"single_choice"})), essay]).content
    assert "Câu 1. Hỏi 1" in lines(both)


async def published(app: FastAPI, client_for: ClientFactory, *, is_adaptive: bool = False) -> Form:
    author = await client_for("item_author")
    await import_items(author, [item_row(f"IU04-00{number}") for number in (1, 2, 3)])
    async with app.state.database.write() as session:
        versions = (await session.exec(select(ItemVersion.id).order_by(col(ItemVersion.created_at)))).all()
        found = await published_items(session, versions)
        items = sorted(found.values(), key=lambda item: item.item_code, reverse=True)
        routing = RoutingSpec(design="adaptive", length=2, rules={}, scale=[(-1.0, 0.0), (1.0, 3.0)])
        spec = FormSpec(
            form_code="101",
            title="Cơ bản",
            duration_minutes=30,
            items=items,
            routing=routing if is_adaptive else None,
        )
        actor = Actor(new_id(), "user", "Người phát hành")
        [form] = await forms.publish_forms(session, specs=[spec], actor=actor, now=utc_now(), rng=random.Random(1))
    return form


async def printed(client: AsyncClient, form_id: UUID, **body: Any) -> bytes:
    answer = await client.post(f"/api/forms/{form_id}/papers", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.content


async def test_a_form_is_printed_in_its_order_and_keys_only_for_who_may_see_them(
    app: FastAPI, client_for: ClientFactory
) -> None:
    form = await published(app, client_for)
    member = await client_for("board_member")
    content = await printed(member, form.id, heading={"agency": "SỞ A", "title": "ĐỀ THI"})
    shown = lines(content)
    assert [code for one in shown for code in re.findall(r"\((IU04-\d+)\)", one)] == [
        "IU04-003",
        "IU04-002",
        "IU04-001",
    ]
    assert {"SỞ A", "ĐỀ THI", "Mã đề: 101"} <= set(shown)
    assert any("30 phút" in one for one in shown)
    assert not [one for one in shown if "ĐÁP ÁN" in one or "SUM cộng" in one]
    refused = await member.post(f"/api/forms/{form.id}/papers", json={"has_answers": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "export_holds_keys")
    both = await client_for("board_member", "item_reviewer")
    keyed = await printed(both, form.id, has_answers=True, variant=3)
    assert "Mã đề: 101-03" in lines(keyed)
    assert set(answers(keyed).values()) == {"=SUM(A1:A5)"}
    author = await client_for("item_author")
    assert (await author.post(f"/api/forms/{form.id}/papers", json={})).status_code == 403
    inspector = await client_for("inspector")
    entries = (await inspector.get("/api/audit", params={"limit": 100})).json()["items"]
    found = [one["details"] for one in entries if one["action"] == "form.printed"]
    assert {(one["variant"], one["holds_keys"], one["sha256"]) for one in found} == {
        (0, False, hashlib.sha256(content).hexdigest()),
        (3, True, hashlib.sha256(keyed).hexdigest()),
    }


async def test_the_matrix_of_a_form_counts_its_items(app: FastAPI, client_for: ClientFactory) -> None:
    form = await published(app, client_for)
    member = await client_for("board_member")
    answer = await member.get(f"/api/forms/{form.id}/matrix/pdf", params={"school": "HỘI ĐỒNG"})
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(answer.content)]
    text = re.sub(r"\s+", " ", " ".join(pages))
    assert "Mã đề 101 – Cơ bản" in text
    assert "Tổng số câu 3 3 100" in text
    assert "HỘI ĐỒNG" in text
    assert (await member.get(f"/api/forms/{new_id()}/matrix/pdf")).status_code == 404


async def test_a_form_that_follows_the_answers_is_not_one_paper(app: FastAPI, client_for: ClientFactory) -> None:
    form = await published(app, client_for, is_adaptive=True)
    member = await client_for("board_member")
    answer = await member.post(f"/api/forms/{form.id}/papers", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "form_not_linear")
    assert (await member.post(f"/api/forms/{new_id()}/papers", json={})).json()["code"] == "form_not_found"


async def test_a_form_whose_items_the_bank_does_not_hold_is_not_printed(
    app: FastAPI, client_for: ClientFactory
) -> None:
    async with app.state.database.write() as session:
        (form,) = await forms.publish_forms(
            session, specs=[make_form("901", 3, 45)], actor=make_actor(), now=utc_now(), rng=random.Random(1)
        )
    member = await client_for("board_member")
    printed = await member.post(f"/api/forms/{form.id}/papers", json={})
    matrix = await member.get(f"/api/forms/{form.id}/matrix/docx")
    assert [(one.status_code, one.json()["code"]) for one in (printed, matrix)] == [(409, "form_not_of_bank")] * 2
