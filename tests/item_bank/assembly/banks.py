"""Banks of approved items with parameters, written straight into the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from fastapi import FastAPI
from httpx import AsyncClient, Response

from exam_engine.core.db import Database, new_id
from item_bank.items.content import ItemDraft, ItemMetadata, stored_form
from item_bank.items.keys.models import BankKey
from item_bank.items.models import Item, ItemParameters, ItemVersion
from tests.choice_items import choice_content, choice_key
from tests.conftest import NINE, finish_jobs

LEVELS = {"NB": -0.8, "TH": 0.0, "VD": 0.7}
MODULES = ("IU03", "IU04")


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item of the bank; ``words`` are those of its stem, options have one each."""

    code: str
    module: str = "IU04"
    level: str = "NB"
    a: float = 1.0
    b: float = 0.0
    key: int = 0
    stem: str = ""


def small_bank(per_cell: int = 4, *, seed: int = 7) -> list[StoredItem]:
    """Return a bank of two modules and three levels."""
    rng = np.random.default_rng(seed)
    return [
        StoredItem(
            code=f"{module}-{level}{number}",
            module=module,
            level=level,
            a=float(np.round(rng.uniform(0.8, 1.4), 3)),
            b=float(np.round(LEVELS[level] + rng.normal(0, 0.2), 3)),
            key=number % 4,
            stem=f"Câu {number} mức {level} của {module}?",
        )
        for module in MODULES
        for level in LEVELS
        for number in range(1, per_cell + 1)
    ]


async def store_items(app: FastAPI, items: Sequence[StoredItem], *, now: datetime = NINE) -> dict[str, UUID]:
    """Store approved items with parameters in force and return their ids by code."""
    database: Database = app.state.database
    rows: list[Item] = []
    versions: list[ItemVersion] = []
    rest: list[BankKey | ItemParameters] = []
    for item in items:
        draft = ItemDraft(
            code=item.code,
            content=choice_content(item.stem or f"Câu {item.code}?", ("một", "hai", "ba", "bốn")),
            key=choice_key(item.key),
            metadata=ItemMetadata(item.module, item.module, item.level),  # type: ignore[arg-type]
        )
        stored = stored_form(draft)
        row = Item(
            code=item.code,
            module_code=item.module,
            reference_code=item.module,
            cognitive_level=item.level,
            status="operational",
            version_number=1,
            stem_text=stored.stem_text,
            search_text=stored.search_text,
            stem_digest=stored.stem_digest,
            word_count=stored.word_count,
            author_id=new_id(),
            author_name="Người soạn",
            created_at=now,
            updated_at=now,
        )
        version = ItemVersion(
            item_id=row.id,
            version_number=1,
            module_code=item.module,
            reference_code=item.module,
            cognitive_level=item.level,
            points="1",
            content=stored.content,
            content_hash=stored.content_hash,
            author_id=row.author_id,
            author_name=row.author_name,
            key_author_id=row.author_id,
            created_at=now,
        )
        rows.append(row)
        versions.append(version)
        rest.append(BankKey(item_version_id=version.id, key=draft.stored_key, explanation="Vì thế."))
        rest.append(
            ItemParameters(
                item_id=row.id,
                calibration_id=new_id(),
                a=item.a,
                b=item.b,
                se_a=0.1,
                se_b=0.1,
                p=0.5,
                item_rest=0.4,
                n=500,
                is_simulated=False,
            )
        )
    async with database.write() as session:
        for batch in (rows, versions, rest):
            session.add_all(batch)
            await session.flush()
        return {row.code: row.id for row in rows}


def cells(minimum: int, maximum: int | None = None) -> list[dict[str, Any]]:
    """Return the same range for each of the six cells of the small bank."""
    return [
        {
            "module_code": module,
            "cognitive_level": level,
            "minimum": minimum,
            "maximum": minimum if maximum is None else maximum,
        }
        for module in MODULES
        for level in LEVELS
    ]


def plan(count: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a blueprint of ``count`` items in each of the six cells of the small bank."""
    return {
        "name": "Đề thử",
        "form_length": count * 6,
        "duration_minutes": 20,
        "cut_theta": 0.0,
        "cells": cells(count),
    } | changes


async def make_blueprint(client: AsyncClient, blueprint: Mapping[str, Any]) -> str:
    """Store a blueprint and return its id."""
    created = await client.post("/api/blueprints", json=dict(blueprint))
    assert created.status_code == 201, created.text
    return str(created.json()["id"])


async def assemble(client: AsyncClient, blueprint_id: str, **options: Any) -> dict[str, Any]:
    """Make forms and return the assembly when it has ended."""
    # One engine, so that what these tests look at does not hang on which one is chosen.
    body = {"blueprint_id": blueprint_id, "form_count": 2, "engine": "exact"} | options
    started = await client.post("/api/assemblies", json=body)
    assert started.status_code == 202, started.text
    await finish_jobs(client, started.json()["job_id"])
    return await read(client, started.json()["assembly_id"])


async def read(client: AsyncClient, assembly_id: str) -> dict[str, Any]:
    """Return an assembly."""
    found = await client.get(f"/api/assemblies/{assembly_id}")
    assert found.status_code == 200, found.text
    view: dict[str, Any] = found.json()
    return view


def place_of(view: Mapping[str, Any], code: str) -> tuple[int, int]:
    """Return form number and position of an item."""
    for form in view["forms"]:
        for item in form["items"]:
            if item["code"] == code:
                return form["form_number"], item["position"]
    raise AssertionError(f"{code} is in no form")


def codes(view: Mapping[str, Any]) -> list[list[str]]:
    """Return the item codes of every form."""
    return [[item["code"] for item in form["items"]] for form in view["forms"]]


async def approve(client: AsyncClient, path: str) -> Response:
    """Approve an assembly as it stands."""
    view = (await client.get(path)).json()
    return await client.post(f"{path}/approval", json={"revision": view.get("revision", 0)})
