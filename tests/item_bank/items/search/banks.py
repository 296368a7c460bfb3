"""Small banks for tests of searching: random items of few words, so that searches find some."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import new_id
from item_bank.items.models import Item, ItemParameters, ItemVersion
from item_bank.items.search.words import indexed_text, tag_keys
from item_bank.syllabus.service import load_shipped
from tests.conftest import NINE

SYLLABLES = ("bảng", "bang", "tính", "ô", "Excel", "SUM", "A1", "A5", "1e5", "0x1F", "µm", "đường", "Đ", "in", "3d")
TAGS = ("Công thức", "cong thuc", "excel", "50% dễ", "a_b")
PEOPLE = {UUID(int=1): "Nguyễn Thị Ánh", UUID(int=2): "Đỗ Văn Bình"}


@dataclass(frozen=True, slots=True)
class Known:
    """An item as a test knows it."""

    code: str
    stem: str
    others: tuple[str, ...]
    tags: tuple[str, ...]
    module: str
    level: str
    status: str
    kind: str
    has_key: bool
    author: UUID
    assignee: UUID | None
    p: float | None
    b: float | None
    id: UUID = field(default_factory=new_id)


def random_bank(rng: random.Random, size: int) -> list[Known]:
    def text() -> str:
        return " ".join(rng.choices(SYLLABLES, k=rng.randint(1, 6)))

    return [
        Known(
            code=f"{rng.choice(['IU04', 'iu-05', 'A1'])}-{number:03d}",
            stem=text(),
            others=tuple(text() for _ in range(rng.randint(0, 3))),
            tags=tuple(sorted(rng.sample(TAGS, rng.randint(0, 2)))),
            module=rng.choice(["IU04", "IU05"]),
            level=rng.choice(["NB", "TH", "VD"]),
            status=rng.choice(["draft", "in_review", "operational"]),
            kind=rng.choice(["single_choice", "match"]),
            has_key=rng.random() < 0.8,
            author=rng.choice(sorted(PEOPLE)),
            assignee=rng.choice([None, *sorted(PEOPLE)]),
            p=rng.choice([None, 0.2, 0.5, 0.8]),
            b=rng.choice([-1.0, 0.0, 1.0]),
        )
        for number in range(size)
    ]


def stored_item(known: Known) -> Item:
    return Item(
        id=known.id,
        code=known.code,
        interaction=known.kind,
        module_code=known.module,
        reference_code=f"{known.module}.1",
        cognitive_level=known.level,
        tags=list(known.tags),
        status=known.status,
        version_number=1,
        has_key=known.has_key,
        stem_text=known.stem,
        search_text=indexed_text(known.code, known.stem, (*known.others, *known.tags)),
        tag_keys=tag_keys(known.tags),
        stem_digest=known.code,
        author_id=known.author,
        author_name=PEOPLE[known.author],
        assignee_id=known.assignee,
        assignee_name=PEOPLE[known.assignee] if known.assignee else "",
        created_at=NINE,
        updated_at=NINE + timedelta(seconds=int(known.code[-3:])),
    )


async def store(session: AsyncSession, bank: list[Known]) -> None:
    await load_shipped(session)
    session.add_all([stored_item(known) for known in bank])
    await session.flush()
    session.add_all([_version(known) for known in bank])
    session.add_all([_parameters(known, known.p) for known in bank if known.p is not None])
    await session.flush()


def _version(known: Known) -> ItemVersion:
    return ItemVersion(
        item_id=known.id,
        version_number=1,
        module_code=known.module,
        reference_code=known.module,
        cognitive_level=known.level,
        points="1",
        content={},
        content_hash=known.code,
        author_id=known.author,
        author_name=PEOPLE[known.author],
        key_author_id=known.author,
        created_at=NINE,
    )


def _parameters(known: Known, p: float) -> ItemParameters:
    return ItemParameters(
        item_id=known.id,
        calibration_id=new_id(),
        a=1.0,
        b=known.b or 0.0,
        se_a=0.1,
        se_b=0.1,
        p=p,
        item_rest=0.3,
        n=100,
        is_simulated=False,
    )
