"""A board preparing a sitting over HTTP, for tests of sittings and results."""

import io
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from httpx import AsyncClient, Response
from openpyxl import Workbook

from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.forms import service as forms
from exam_engine.sittings.rule_sets import load_default_rule_sets
from load_tests.prepared_sitting import make_form
from tests.conftest import NINE, make_actor

OPENS = (utc_now() + timedelta(days=1)).replace(microsecond=0)
"""Routes read the clock, and only a coming sitting can be made ready."""

HEADINGS = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Nơi sinh", "Số CCCD", "Đơn vị"]
# Typed in no order; the posted list reads An, Ánh, Ân, Bình, Đức.
PEOPLE: list[list[str]] = [
    ["Đặng Minh Đức", "01/02/1990", "Nam", "Lâm Đồng", "068090000001", "THPT Bảo Lộc"],
    ["Nguyễn Thị Bình", "1985", "Nữ", "Hà Tây", "001185000002", "THPT Bảo Lộc"],
    ["Trần Văn Ân", "05/03/1987", "Nam", "Đắk Nông", "067087000003", "THCS Lộc Sơn"],
    ["Lê Ánh", "12/12/1991", "Nữ", "Lâm Đồng", "068191000004", ""],
    ["Phạm Thị Thuỳ An", "30/04/1975", "Nữ", "Sông Bé", "074175000005", "THCS Lộc Sơn"],
]
IN_LIST_ORDER = ["Phạm Thị Thuỳ An", "Lê Ánh", "Trần Văn Ân", "Nguyễn Thị Bình", "Đặng Minh Đức"]


def list_file(people: list[list[str]]) -> bytes:
    """Return a candidate list as .xlsx."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(HEADINGS)
    for position, person in enumerate(people, start=1):
        sheet.append([position, *person])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


async def publish_forms(app: FastAPI, *codes: str, minutes: int = 45) -> list[str]:
    """Publish forms of four items and return their ids."""
    database: Database = app.state.database
    async with database.write() as session:
        published = await forms.publish_forms(
            session,
            specs=[make_form(code, 4, minutes) for code in codes],
            actor=make_actor(),
            now=NINE,
            rng=random.Random(7),
        )
        return [str(form.id) for form in published]


def created(response: Response) -> Any:
    """Return what a request created or changed."""
    assert response.status_code in {200, 201}, response.text
    return response.json()


@dataclass
class Board:
    """A board member with what they prepared so far."""

    app: FastAPI
    client: AsyncClient
    proctor_id: str
    administration_id: str = ""
    room_ids: tuple[str, ...] = ()
    form_ids: tuple[str, ...] = ()
    sitting_id: str = ""

    @property
    def url(self) -> str:
        """Address of the sitting."""
        return f"/api/sittings/{self.sitting_id}"

    @property
    def database(self) -> Database:
        """Database of the application."""
        database: Database = self.app.state.database
        return database

    async def found(self, *seats: int, level: str = "basic") -> None:
        """Create exam, administration, a centre with rooms, and two forms."""
        async with self.database.write() as session:
            await load_default_rule_sets(session)
        exam = {"code": "CB", "name": "Ứng dụng CNTT cơ bản", "standard_level": level, "duration_minutes": 45}
        exam_id = created(await self.client.post("/api/exams", json=exam))["id"]
        administration = {
            "exam_id": exam_id,
            "name": "Kỳ thi tháng 12 năm 2026",
            "council_name": "Hội đồng thi Lâm Đồng",
            "place": "Lâm Đồng",
            "number_template": "{site}{seq:04}",
        }
        self.administration_id = created(await self.client.post("/api/administrations", json=administration))["id"]
        rooms = [{"name": f"Phòng {n}", "seat_count": count} for n, count in enumerate(seats or (3, 3), start=1)]
        centre = {"code": "LD01", "name": "Trung tâm Tin học", "address": "Bảo Lộc", "rooms": rooms}
        found = created(await self.client.post("/api/centres", json=centre))
        self.room_ids = tuple(room["id"] for room in found["rooms"])
        self.form_ids = tuple(await publish_forms(self.app, "101", "102"))

    async def plan(self, name: str = "Ca 1", opens_at: datetime = OPENS, **values: Any) -> str:
        """Create a sitting with no room, form or candidate."""
        body = {
            "administration_id": self.administration_id,
            "name": name,
            "opens_at": opens_at.isoformat(),
            "closes_at": (opens_at + timedelta(hours=2)).isoformat(),
        } | values
        self.sitting_id = created(await self.client.post("/api/sittings", json=body))["id"]
        return self.sitting_id

    async def use_rooms(self) -> None:
        """Use all rooms, each with the proctor."""
        for room_id in self.room_ids:
            body = {"room_id": room_id, "proctor_ids": [self.proctor_id]}
            created(await self.client.post(f"{self.url}/rooms", json=body))

    async def use_forms(self) -> None:
        """Use both forms."""
        created(await self.client.put(f"{self.url}/forms", json={"form_ids": list(self.form_ids)}))

    async def upload(self, people: list[list[str]]) -> Any:
        """Upload a list and return the report."""
        files = {"file": ("danh sách.xlsx", list_file(people), "application/octet-stream")}
        return created(await self.client.post(f"{self.url}/candidate-imports", files=files))

    async def apply(self, report: Any) -> Response:
        """Apply a list that was read."""
        return await self.client.post(f"{self.url}/candidate-imports/{report['id']}/apply")

    async def register(self, people: list[list[str]] = PEOPLE) -> None:
        """Read and apply a list."""
        created(await self.apply(await self.upload(people)))

    async def arrange(self) -> Response:
        """Arrange the sitting."""
        return await self.client.post(f"{self.url}/arrangement")

    async def rows(self, **query: Any) -> list[Any]:
        """Return the registrations."""
        found: list[Any] = created(await self.client.get(f"{self.url}/registrations", params=query))["items"]
        return found

    async def prepare(self, people: list[list[str]] = PEOPLE, **values: Any) -> None:
        """Do everything up to the arrangement."""
        if not self.administration_id:
            await self.found()
        await self.plan(**values)
        await self.use_rooms()
        await self.use_forms()
        await self.register(people)
        created(await self.arrange())

    @property
    def sitting_uuid(self) -> UUID:
        """Id of the sitting."""
        return UUID(self.sitting_id)
