"""A board in front of the syllabus, and the little that its tests need of items and sheets."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from httpx import AsyncClient, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.db import new_id
from item_bank.items.models import Item, ItemVersion
from item_bank.syllabus_editing.facts import NodeFacts
from tests.conftest import NINE

BOARD = Actor(id=new_id(), kind="user", display_name="Nguyễn Thị Hồng")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("Mã tham chiếu", "Nội dung/Yêu cầu cần đạt", "Tên tiếng Anh", "Nguồn", "Hiệu lực đến", "Thay bằng")


def facts(name: str = "Bảng tổng hợp", **others: Any) -> NodeFacts:
    """Return the facts of a node in force, set by the board."""
    stated: dict[str, Any] = {
        "name": name,
        "name_en": "",
        "standard_level": None,
        "source": "board",
        "source_note": "",
        "valid_from": None,
        "valid_to": None,
        "replaced_by": None,
    }
    return NodeFacts(**(stated | others))


async def store_item(session: AsyncSession, code: str, reference: str, status: str = "draft") -> None:
    """Store an item that refers to a code; nothing else about it matters here."""
    module = reference.split(".", maxsplit=1)[0]
    item = Item(
        code=code,
        module_code=module,
        reference_code=reference,
        cognitive_level="NB",
        status=status,
        version_number=1,
        stem_text=code,
        search_text=code,
        stem_digest=code,
        author_id=BOARD.id,
        author_name=BOARD.display_name,
        created_at=NINE,
        updated_at=NINE,
    )
    session.add(item)
    await session.flush()
    session.add(
        ItemVersion(
            item_id=item.id,
            version_number=1,
            module_code=module,
            reference_code=reference,
            cognitive_level="NB",
            points="1",
            content={},
            content_hash=code,
            author_id=BOARD.id,
            author_name=BOARD.display_name,
            key_author_id=BOARD.id,
            created_at=NINE,
        )
    )
    await session.flush()


async def tree(client: AsyncClient, framework: str = "TT03/2014") -> dict[str, dict[str, Any]]:
    """Return the nodes of a framework by code, in the order of the page."""
    frameworks = (await client.get("/api/syllabus")).raise_for_status().json()["frameworks"]
    (found,) = [one for one in frameworks if one["code"] == framework]
    return {node["code"]: node for node in found["nodes"]}


FIELDS = ("name", "name_en", "standard_level", "source", "source_note", "valid_from", "valid_to", "replaced_by")


async def change(client: AsyncClient, code: str, framework: str = "TT03/2014", **changes: Any) -> Response:
    """Change some facts of a node as the page does: all of them are sent, with the revision that was read."""
    node = (await tree(client, framework))[code]
    body = {name: node[name] for name in (*FIELDS, "revision")} | changes
    return await client.put(f"/api/syllabus/nodes/{code}", json=body)


async def upload(
    client: AsyncClient, content: bytes, *, plan: str | None = None, framework: str = "TT03/2014"
) -> Response:
    """Have a file checked, or with a plan taken in."""
    files = {"file": ("chuan.xlsx", content, XLSX)}
    if plan is None:
        return await client.post("/api/syllabus/imports/checks", params={"framework": framework}, files=files)
    params = {"framework": framework, "plan": plan}
    return await client.post("/api/syllabus/imports", params=params, files=files)


def codes(response: Response) -> list[str]:
    """Return the codes of the faults that a refusal names."""
    return [fault["code"] for fault in response.json()["errors"]]


def rows(*rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return rows of a sheet by heading."""
    return [dict(zip(HEADINGS, row, strict=False)) for row in rows]


LAST_DAY = date(2026, 6, 30)
