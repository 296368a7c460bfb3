"""Makers of item files and items for tests; each hides what the test is not about."""

import asyncio
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

HEADINGS = (
    "Mã câu hỏi",
    "Mô đun",
    "Mã tham chiếu",
    "Câu hỏi",
    "Phương án A",
    "Phương án B",
    "Phương án C",
    "Phương án D",
    "Đáp án đúng",
    "Mức độ",
    "Giải thích",
    "Loại",
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def item_row(code: str = "IU04-001", **changes: Any) -> dict[str, Any]:
    """Return one good row by heading; keyword names are the headings' fields."""
    row: dict[str, Any] = {
        "Mã câu hỏi": code,
        "Mô đun": "IU04",
        "Mã tham chiếu": "IU04.5",
        "Câu hỏi": f"Công thức nào tính tổng của khối ô A1:A5? ({code})",
        "Phương án A": "=COUNT(A1:A5)",
        "Phương án B": "=SUM(A1:A5)",
        "Phương án C": "=MAX(A1:A5)",
        "Phương án D": "=MIN(A1:A5)",
        "Đáp án đúng": "B",
        "Mức độ": "NB",
        "Giải thích": "SUM cộng các số.",
        "Loại": "Một lựa chọn",
    }
    names = {
        "module": "Mô đun",
        "reference": "Mã tham chiếu",
        "stem": "Câu hỏi",
        "a": "Phương án A",
        "b": "Phương án B",
        "c": "Phương án C",
        "d": "Phương án D",
        "key": "Đáp án đúng",
        "level": "Mức độ",
        "explanation": "Giải thích",
        "kind": "Loại",
    }
    return row | {names[name]: value for name, value in changes.items()}


def workbook_bytes(
    rows: Sequence[Mapping[str, Any]],
    *,
    headings: Sequence[str] = HEADINGS,
    change: Callable[[Worksheet], None] | None = None,
) -> bytes:
    """Return an .xlsx with text cells as text; ``change`` may spoil the sheet before it is saved."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(list(headings))
    for number, row in enumerate(rows, start=2):
        for column, heading in enumerate(headings, start=1):
            value = row.get(heading)
            cell = sheet.cell(number, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    if change is not None:
        change(sheet)
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    """Return a workbook's file."""
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


async def upload_items(client: AsyncClient, content: bytes, name: str = "cau-hoi.xlsx") -> Response:
    """Upload a file of items for checking."""
    return await client.post("/api/items/imports", files={"file": (name, content, XLSX)})


async def import_items(
    client: AsyncClient, rows: Sequence[Mapping[str, Any]], *, submit: bool = True
) -> dict[str, int]:
    """Import good rows, by default handing them in for review, and return what applying did."""
    report = await upload_items(client, workbook_bytes(rows))
    assert report.status_code == 201, report.text
    path = f"/api/items/imports/{report.json()['id']}"
    await run_is_read(client, path)
    outcome = await client.post(f"{path}/apply", json={"submit_for_review": submit})
    assert outcome.status_code == 200, outcome.text
    result: dict[str, int] = outcome.json()["outcome"]
    return result


async def run_is_read(client: AsyncClient, path: str) -> dict[str, Any]:
    """Wait until a run is ready to be looked at and return it."""
    for _ in range(600):
        run: dict[str, Any] = (await client.get(path)).json()
        if run["state"] not in {"reading", "checking", "applying"}:
            return run
        await asyncio.sleep(0.1)
    raise AssertionError("the file is still being read after a minute")


async def item_ids(client: AsyncClient) -> dict[str, UUID]:
    """Return the ids of all items by code."""
    listed = (await client.get("/api/items", params={"limit": 500})).json()
    return {item["code"]: UUID(item["id"]) for item in listed["items"]}


async def approve_all(client: AsyncClient) -> int:
    """Approve every item that waits for it and return how many."""
    outcome = await client.post("/api/items/approvals", json={"all_matching": {}})
    assert outcome.status_code == 200, outcome.text
    approved: int = outcome.json()["done"]
    return approved
