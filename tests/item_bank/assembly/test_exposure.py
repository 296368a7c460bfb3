"""What earlier sittings used feeds the next assembly: exposure, rest, previous uses, overlap with their forms."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI
from sqlmodel import select

from exam_engine.core.db import Database, new_id
from exam_engine.core.time import utc_now
from exam_engine.delivery.models import Attempt, SealedPaper
from exam_engine.forms.schemas import FormSpec, PublishedItem
from exam_engine.sittings.models import Registration
from load_tests.prepared_sitting import prepare_sitting
from tests.choice_items import choice_content, choice_key
from tests.conftest import ClientFactory
from tests.item_bank.assembly.banks import (
    assemble,
    codes,
    make_blueprint,
    plan,
    read,
    small_bank,
    store_items,
)

CELLS = [f"{module}-{level}" for module in ("IU03", "IU04") for level in ("NB", "TH", "VD")]


def spec(code: str, items: Sequence[str]) -> FormSpec:
    return FormSpec(
        form_code=code,
        title="Đề đã thi",
        duration_minutes=20,
        items=[
            PublishedItem(
                item_code=item,
                item_version_id=new_id(),
                module_code=item[:4],
                module_name="Mô đun",
                cognitive_level=item[5:7],
                content=choice_content("Câu hỏi", ["một", "hai"]),
                key=choice_key(0),
            )
            for item in items
        ],
    )


async def hold_sitting(app: FastAPI, specs: Sequence[FormSpec], *, opens_at: datetime, candidates: int) -> None:
    """Hold a sitting in which every candidate started; forms rotate over the seats."""
    database: Database = app.state.database
    rng = random.Random(opens_at.toordinal())
    prepared = await prepare_sitting(
        database, app.state.settings, candidates=candidates, now=opens_at, rng=rng, opens_at=opens_at, specs=specs
    )
    async with database.write() as session:
        papers = (await session.exec(select(SealedPaper).where(SealedPaper.sitting_id == prepared.sitting_id))).all()
        paper_of = {paper.form_id: paper.id for paper in papers}
        registered = await session.exec(select(Registration).where(Registration.sitting_id == prepared.sitting_id))
        for registration in registered.all():
            assert registration.form_id is not None
            session.add(
                Attempt(
                    registration_id=registration.id,
                    sitting_id=prepared.sitting_id,
                    form_id=registration.form_id,
                    paper_id=paper_of[registration.form_id],
                    holder_session_id=new_id(),
                    opens_at=opens_at,
                    closes_at=opens_at + timedelta(hours=2),
                    started_at=opens_at,
                    duration_ms=1_200_000,
                    grace_ms=0,
                    chain_head="",
                    last_seen_at=opens_at,
                )
            )


def exposures(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["code"]: item for form in view["forms"] for item in form["items"]}


async def test_the_use_of_an_item_is_counted_from_attempts_and_stays_with_the_assembly(
    app: FastAPI, client_for: ClientFactory
) -> None:
    one, other = await client_for("board_member"), await client_for("board_member")
    await store_items(app, small_bank())
    now = utc_now()
    first, second = [f"{cell}1" for cell in CELLS], [f"{cell}2" for cell in CELLS]
    await hold_sitting(app, [spec("901", first), spec("902", second)], opens_at=now - timedelta(days=40), candidates=5)
    await hold_sitting(app, [spec("903", [*first[:1], *second[1:]])], opens_at=now - timedelta(days=10), candidates=3)
    blueprint = await make_blueprint(one, plan(2))
    view = await assemble(one, blueprint, include=[first[0], second[1], first[2]])
    seen = exposures(view)
    # Seats count from 1, so that the first form went to the even ones: two of five.
    assert {name: seen[first[0]]["exposure"][name] for name in ("forms", "sittings", "candidates")} == {
        "forms": 2,
        "sittings": 2,
        "candidates": 2 + 3,
    }
    assert seen[second[1]]["exposure"]["candidates"] == 3 + 3
    assert (seen[first[2]]["exposure"]["sittings"], seen[first[2]]["exposure"]["candidates"]) == (1, 2)
    assert datetime.fromisoformat(seen[first[2]]["exposure"]["last_used"]).date() == (now - timedelta(days=40)).date()
    fresh = next(item for code, item in seen.items() if code.endswith(("3", "4")))
    assert fresh["exposure"] == {"forms": 0, "sittings": 0, "candidates": 0, "last_used": None}
    assert (seen[first[0]]["forms_after"], fresh["forms_after"]) == (2 + 2, 1)
    # A sitting held later does not change what the board decided on.
    await hold_sitting(app, [spec("904", first)], opens_at=now - timedelta(days=1), candidates=2)
    assert exposures(await read(other, view["id"])) == seen


async def test_items_rest_for_the_months_asked_for_and_no_longer(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank())
    now = utc_now()
    used = [f"{cell}1" for cell in CELLS]
    await hold_sitting(app, [spec("901", used)], opens_at=now - timedelta(days=65), candidates=2)
    resting = await make_blueprint(board, plan(3, name="Nghỉ ba tháng", rest_months=3))
    view = await assemble(board, resting, form_count=1)
    assert view["status"] == "assembled", view["conflict"]
    assert not set(used) & set(codes(view)[0])
    # Four items a cell and one of them resting: a form of four cannot be had.
    full = await assemble(board, await make_blueprint(board, plan(4, name="Đủ", rest_months=3)), form_count=1)
    assert full["status"] == "infeasible"
    assert "Ô IU03 × NB: mỗi đề cần 4 câu × 1 đề = 4, ngân hàng chỉ đủ 3 (1 câu đang phải để ngoài)" in [
        row["message"] for row in full["conflict"]
    ]
    over = await assemble(board, await make_blueprint(board, plan(4, name="Hai tháng", rest_months=2)), form_count=1)
    assert over["status"] == "assembled", over["conflict"]


async def test_items_of_too_many_sittings_stay_out(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank())
    once, twice = [f"{cell}1" for cell in CELLS], [f"{cell}2" for cell in CELLS]
    for days, items in ((200, [*once, *twice]), (100, twice)):
        form = spec(f"9{days}", items)
        await hold_sitting(app, [form], opens_at=utc_now() - timedelta(days=days), candidates=1)
    blueprint = await make_blueprint(board, plan(3, maximum_previous_uses=1))
    view = await assemble(board, blueprint, form_count=1)
    assert view["status"] == "assembled", view["conflict"]
    assert not set(twice) & set(codes(view)[0])
    assert set(once) <= set(codes(view)[0])


async def test_new_forms_share_few_items_with_forms_of_recent_sittings(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank())
    recent, old = [f"{cell}1" for cell in CELLS], [f"{cell}2" for cell in CELLS]
    now = utc_now()
    await hold_sitting(app, [spec("901", recent)], opens_at=now - timedelta(days=20), candidates=1)
    await hold_sitting(app, [spec("800", old)], opens_at=now - timedelta(days=400), candidates=1)
    demand = {"maximum_items": 2, "months": 6}
    view = await assemble(board, await make_blueprint(board, plan(4, recent_overlap=demand)), form_count=1)
    # Four items a cell are all there are, six of them in the recent form.
    assert view["status"] == "infeasible"
    named = [row["message"] for row in view["conflict"]]
    assert "Số câu trùng với đề 901 đã thi gần đây: tối đa 2" in named
    places = {step["place"] for steps in view["repairs"] for step in steps}
    assert places <= {"recent_overlap.maximum_items", "form_length", *(f"cells.{number}" for number in range(6))}
    possible = await make_blueprint(board, plan(2, name="Hai", recent_overlap=demand))
    view = await assemble(board, possible, form_count=1, include=[recent[0]])
    assert view["status"] == "assembled", view["conflict"]
    assert [row["form_code"] for row in view["recent_forms"]] == ["901"]
    assert view["recent_forms"][0]["shared"] == [len(set(recent) & set(form)) for form in codes(view)]
    assert 1 <= max(view["recent_forms"][0]["shared"]) <= 2
