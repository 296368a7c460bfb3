"""A bank of six items, answers to them, and a calibration run to its end."""

from typing import Any

from httpx import AsyncClient

from tests.conftest import ClientFactory, finish_jobs
from tests.item_bank.makers import import_items, item_row

A = [0.8, 1.0, 1.2, 1.4, 0.9, 1.1]
B = [-1.2, -0.6, 0.0, 0.5, 1.0, -0.2]
KEYS = ["A", "B", "C", "D", "A", "B"]
CODES = [f"IU04-{number:03d}" for number in range(1, 7)]


async def fill_bank(client_for: ClientFactory, keys: list[str] = KEYS) -> None:
    """Import the items."""
    rows = [item_row(code, key=key) for code, key in zip(CODES, keys, strict=True)]
    await import_items(await client_for("item_author"), rows)


async def calibrate(client: AsyncClient, content: bytes, **form: Any) -> dict[str, Any]:
    """Start a calibration, wait for its end and return it."""
    ids = await start(client, content, **form)
    await finish_jobs(client, ids["job_id"])
    return await read(client, ids["calibration_id"])


async def start(client: AsyncClient, content: bytes, **form: Any) -> dict[str, str]:
    """Start a calibration and return its ids."""
    started = await client.post(
        "/api/calibrations", data={"name": "Thi thử", **form}, files={"file": ("tra-loi.csv", content, "text/csv")}
    )
    assert started.status_code == 202, started.text
    ids: dict[str, str] = started.json()
    return ids


async def read(client: AsyncClient, calibration_id: str) -> dict[str, Any]:
    """Return a calibration."""
    view: dict[str, Any] = (await client.get(f"/api/calibrations/{calibration_id}")).json()
    return view
