"""A bank of any size made of the sentences of the shipped sample."""

import csv
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from exam_engine.core.db import Database, new_id
from item_bank.items.models import Item, ItemParameters, ItemVersion
from item_bank.items.search.words import indexed_text, tag_keys
from item_bank.syllabus.service import load_shipped

SEED = 20261122
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
KINDS = ("single_choice",) * 12 + (
    "multiple_response",
    "true_false_table",
    "match",
    "order",
    "numeric_entry",
    "text_entry",
)
STATUSES = ("operational",) * 10 + (
    "draft",
    "draft",
    "in_review",
    "approved",
    "pretest",
    "returned",
    "suspended",
    "retired",
)
LEVELS = ("NB",) * 4 + ("TH",) * 3 + ("VD",) * 2 + ("VDC",)
TAGS = ("công thức", "định dạng", "bảo mật", "mạng", "in ấn", "đồ thị", "tệp và thư mục", "trình chiếu", "hàm", "2026")
BATCH = 2_000


async def fill(database: Database, size: int) -> None:
    """Store the bank; a third of the items has been calibrated."""
    rng = random.Random(SEED)
    people = [(new_id(), f"Người soạn {number}") for number in range(1, 21)]
    async with database.write() as session:
        await load_shipped(session)
    items = list(_items(rng, size, people))
    for start in range(0, size, BATCH):
        batch = items[start : start + BATCH]
        async with database.write() as session:
            await session.exec(sa.insert(Item), params=batch)
            await session.exec(sa.insert(ItemVersion), params=[_version(item) for item in batch])
            calibrated = [_parameters(rng, item["id"]) for item in batch if rng.random() < 1 / 3]
            await session.exec(sa.insert(ItemParameters), params=calibrated)


def _sentences() -> tuple[list[str], list[str]]:
    stems, options = [], []
    folder = resources.files("item_bank.sample")
    for number in range(1, 7):
        text = (folder / f"iu0{number}.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines(keepends=True)):
            stems.append(row["Câu hỏi"])
            options += [row[f"Phương án {letter}"] for letter in "ABCD"]
    return stems, options


def _items(rng: random.Random, size: int, people: list[tuple[UUID, str]]) -> Iterator[dict[str, Any]]:
    stems, options = _sentences()
    for number in range(size):
        module = f"IU{rng.randint(1, 15):02d}"
        code = f"{module}-{number + 1:05d}"
        # Halves of two sentences: as many different stems as items, of the words that boards write.
        first, second = (rng.choice(stems).split() for _ in range(2))
        stem = " ".join([*first[: len(first) // 2 + 1], *second[len(second) // 2 :]])
        chosen = rng.sample(options, 4)
        tags = sorted(rng.sample(TAGS, rng.choice((0, 1, 1, 2))))
        author, assignee = rng.choice(people), rng.choice([*people, *[(None, "")] * 60])
        yield {
            "id": new_id(),
            "code": code,
            "interaction": rng.choice(KINDS),
            "module_code": module,
            "section_code": None,
            "reference_code": f"{module}.{rng.randint(1, 6)}",
            "cognitive_level": rng.choice(LEVELS),
            "language": "vi",
            "expected_seconds": rng.choice((None, 45, 60, 90)),
            "tags": tags,
            "stimulus_id": None,
            "status": rng.choice(STATUSES),
            "version_number": 1,
            "has_key": rng.random() < 0.98,
            "stem_text": stem,
            "search_text": indexed_text(code, stem, (*chosen, *tags)),
            "tag_keys": tag_keys(tags),
            "stem_digest": code,
            "word_count": len(stem.split()),
            "author_id": author[0],
            "author_name": author[1],
            "assignee_id": assignee[0],
            "assignee_name": assignee[1],
            "supersedes_id": None,
            "first_published_at": None,
            "created_at": START,
            "updated_at": START + timedelta(minutes=rng.randint(0, 400_000)),
        }


def _version(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "item_id": item["id"],
        "version_number": 1,
        "module_code": item["module_code"],
        "reference_code": item["reference_code"],
        "cognitive_level": item["cognitive_level"],
        "points": "1",
        "expected_seconds": item["expected_seconds"],
        "source": "",
        "tags": item["tags"],
        "stimulus_version_id": None,
        "content": {"interaction": "single_choice", "stem": item["stem_text"], "options": []},
        "content_hash": item["code"],
        "author_id": item["author_id"],
        "author_name": item["author_name"],
        "key_author_id": item["author_id"],
        "note": "",
        "created_at": START,
    }


def _parameters(rng: random.Random, item_id: UUID) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "calibration_id": item_id,
        "a": rng.lognormvariate(0, 0.3),
        "b": rng.gauss(0, 1),
        "se_a": 0.1,
        "se_b": 0.1,
        "c": None,
        "se_c": None,
        "p": rng.uniform(0.1, 0.95),
        "item_rest": rng.uniform(-0.1, 0.6),
        "n": 400,
        "is_simulated": False,
    }
