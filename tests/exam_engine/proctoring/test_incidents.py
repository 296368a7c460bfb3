"""Incident reports: only ever added to, logged without words, with files that were looked through."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from PIL import Image
from sqlmodel import col, select

from exam_engine.core.time import iso_utc, utc_now
from exam_engine.delivery.upload_examining import TOO_SLOW, look_through
from exam_engine.incidents import reporting
from exam_engine.incidents.models import Incident
from exam_engine.incidents.reporting import MOST_ATTACHMENTS
from exam_engine.sitting_log.models import SittingLogRow
from exam_engine.sitting_log.rows import read_body
from load_tests.prepared_sitting import PreparedSitting
from tests.conftest import ClientFactory
from tests.exam_engine.proctoring.test_api import embedded, room_url


def said(**changes: Any) -> dict[str, Any]:
    return {
        "category": "power",
        "occurred_at": iso_utc(utc_now() - timedelta(minutes=3)),
        "description": "Mất điện nửa phòng",
    } | changes


def picture(colour: int = 0) -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 8), (colour, 0, 0)).save(file, "PNG")
    return file.getvalue()


async def reported(proctor: AsyncClient, sitting: PreparedSitting, **changes: Any) -> dict[str, Any]:
    answer = await proctor.post(room_url(sitting, "/incidents"), json=said(**changes))
    assert answer.status_code == 201, answer.text
    first: dict[str, Any] = answer.json()["items"][0]
    return first


async def test_a_report_is_corrected_by_another_and_both_are_read(
    app: FastAPI, sitting: PreparedSitting, proctor: AsyncClient, client_for: ClientFactory
) -> None:
    whom = str(sitting.registered[0].registration_id)
    first = (await reported(proctor, sitting, category="phone", registration_id=whom))["latest"]["id"]
    correction = room_url(sitting, f"/incidents/{first}/correction")
    text = said(category="notes", description="Không phải điện thoại, là tài liệu", witnesses="Cán bộ giám sát")
    assert (await proctor.post(correction, json=text)).status_code == 201
    again = await proctor.post(correction, json=text)
    assert (again.status_code, again.json()["code"]) == (409, "incident_corrected")
    board = await client_for("board_member")
    found = (await board.get(f"/api/sittings/{sitting.sitting_id}/incidents")).json()
    assert found["total"] == 1
    (view,) = found["items"]
    assert (view["seat_number"], view["full_name"]) == (1, sitting.registered[0].person.full_name)
    assert (view["latest"]["category"], [one["category"] for one in view["earlier"]]) == ("notes", ["phone"])
    async with app.state.database.read() as session:
        kept = (await session.exec(select(Incident.category).order_by(col(Incident.reported_at)))).all()
        rows = (await session.exec(select(SittingLogRow).where(col(SittingLogRow.kind).startswith("incident.")))).all()
    assert list(kept) == ["phone", "notes"]
    assert sorted(row.kind for row in rows) == ["incident.corrected", "incident.reported"]
    # The log names people by ids, and words by their digest.
    assert all("tài liệu" not in row.body and whom in row.body for row in rows if row.kind == "incident.reported")
    assert all(len(read_body(row.body)["details"]["text_sha256"]) == 64 for row in rows)
    told = (await proctor.get(room_url(sitting, f"/seats/{whom}/timeline"))).json()
    assert "incident.reported" in {one["kind"] for one in told["items"]}


@embedded
async def test_only_what_has_happened_is_reported_and_clocks_may_differ(
    sitting: PreparedSitting, proctor: AsyncClient
) -> None:
    ahead = said(occurred_at=iso_utc(utc_now() + timedelta(minutes=7)))
    refused = await proctor.post(room_url(sitting, "/incidents"), json=ahead)
    assert (refused.status_code, refused.json()["code"]) == (422, "incident_in_future")
    taken = await reported(proctor, sitting, occurred_at=iso_utc(utc_now() + timedelta(minutes=3)))
    assert taken["latest"]["occurred_at"] <= taken["latest"]["reported_at"]
    for wrong in ({"category": "boredom"}, {"description": "  "}, {"occurred_at": "2026-12-12T09:00:00"}):
        assert (await proctor.post(room_url(sitting, "/incidents"), json=said(**wrong))).status_code == 422


@embedded
async def test_files_are_looked_through_kept_once_and_given_back(
    sitting: PreparedSitting, proctor: AsyncClient, client_for: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def here(name: str, content: bytes) -> str:
        """Look through a file in this process; that it is done in another is tested where candidates hand in files."""
        return look_through(name, content)

    monkeypatch.setattr(reporting, "examined", here)
    incident = (await reported(proctor, sitting))["latest"]["id"]
    url = room_url(sitting, f"/incidents/{incident}/attachments")
    kept = await proctor.post(url, files={"file": ("ổ điện.png", picture())})
    assert (kept.status_code, kept.json()["content_type"]) == (201, "image/png")
    same = await proctor.post(url, files={"file": ("lần hai.png", picture())})
    assert same.json()["id"] == kept.json()["id"]
    for name, content, code in (
        ("a.exe", picture(), "incident_attachment_type"),
        ("a.pdf", picture(), "incident_attachment_unsound"),
        ("a.png", b"", "incident_attachment_size"),
        ("a.png", picture()[:20], "incident_attachment_unsound"),
    ):
        refused = await proctor.post(url, files={"file": (name, content)})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)

    async def too_slow(name: str, content: bytes) -> str:
        return TOO_SLOW

    monkeypatch.setattr(reporting, "examined", too_slow)
    waited = await proctor.post(url, files={"file": ("b.png", picture(9))})
    assert [fault["code"] for fault in waited.json()["errors"]] == ["incident_attachment_too_slow"]
    assert "20 giây" in waited.json()["errors"][0]["message"]
    monkeypatch.setattr(reporting, "examined", here)
    board = await client_for("board_member")
    read = await board.get(f"/api/sittings/{sitting.sitting_id}/incidents/{incident}/attachments/{kept.json()['id']}")
    assert read.content == picture()
    assert read.headers["content-disposition"].startswith("attachment")
    for colour in range(1, MOST_ATTACHMENTS):
        assert (await proctor.post(url, files={"file": ("a.png", picture(colour))})).status_code == 201
    full = await proctor.post(url, files={"file": ("a.png", picture(200))})
    assert (full.status_code, full.json()["code"]) == (409, "too_many_attachments")


@embedded
async def test_a_proctor_of_another_room_neither_reads_nor_writes(
    sitting: PreparedSitting, proctor: AsyncClient, client_for: ClientFactory
) -> None:
    incident = await reported(proctor, sitting)
    stranger = await client_for("proctor")
    for method, path, body in (
        ("GET", "/incidents", None),
        ("POST", "/incidents", said()),
        ("POST", f"/incidents/{incident['latest']['id']}/correction", said()),
        ("GET", "/ladder", None),
        ("GET", "/violations", None),
        ("GET", "/minutes", None),
        ("GET", "/minutes/file.pdf", None),
        ("DELETE", "/minutes/signatures", None),
    ):
        answer = await stranger.request(method, room_url(sitting, path), json=body)
        assert (path, answer.status_code) == (path, 404)
