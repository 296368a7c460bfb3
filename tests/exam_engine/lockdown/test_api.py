"""The board's side over HTTP: asking for Safe Exam Browser, handing files out, checking one that somebody brought."""

import hashlib
import logging
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import col, select

from exam_engine.audit.models import AuditEntry
from exam_engine.lockdown.models import SafeExamBrowser
from load_tests.prepared_sitting import PreparedSitting
from tests.conftest import ClientFactory
from tests.exam_engine.lockdown.conftest import EXAM_KEY, required, seb_url
from tests.exam_engine.lockdown.second_reader import config_key_of, json_of, values_of, xml_of
from tests.exam_engine.proctoring.test_api import embedded

PASSWORD = "mo tep 2026"
QUIT = "giam thi 7"


async def file_of(board: AsyncClient, sitting: PreparedSitting, password: str | None = None) -> bytes:
    response = await board.post(seb_url(sitting, "/file"), json={"password": password} if password else {})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/seb"
    assert ".seb" in response.headers["content-disposition"]
    return response.content


async def test_the_file_holds_what_was_chosen_and_has_the_key_that_is_asked_for(
    app: FastAPI,
    sitting: PreparedSitting,
    board: AsyncClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    assert (await board.get(seb_url(sitting))).json()["settings"] is None
    settings = await required(board, sitting, allowed_addresses=["*.gov.vn", "https://a.vn/b/*"], quit_password=QUIT)
    plain, secret = await file_of(board, sitting), await file_of(board, sitting, PASSWORD)
    assert config_key_of(plain) == config_key_of(secret, PASSWORD) == settings["config_key"]
    values, text = values_of(xml_of(plain)), json_of(xml_of(plain))
    assert values["startURL"] == "http://exam.test/exam"
    assert values["quitURL"] == settings["quit_url"]
    assert values["hashedQuitPassword"] == hashlib.sha256(QUIT.encode()).hexdigest()
    assert [part in text for part in ('"http://exam.test/*"', '"*.gov.vn"', '"https://a.vn/b/*"')] == [True] * 3
    assert QUIT.encode() not in plain + xml_of(plain)
    async with app.state.database.read() as session:
        audited = (await session.exec(select(AuditEntry).order_by(col(AuditEntry.seq)))).all()
    said = str([(entry.action, entry.details) for entry in audited]) + caplog.text
    for hidden in (QUIT, PASSWORD, values["hashedQuitPassword"]):
        assert hidden not in said
    assert [entry.action for entry in audited if "safe_exam" in entry.action] == [
        "safe_exam_browser.required",
        "safe_exam_browser.file_handed_out",
        "safe_exam_browser.file_handed_out",
    ]


async def test_a_file_stays_good_until_what_it_holds_changes(sitting: PreparedSitting, board: AsyncClient) -> None:
    first = await required(board, sitting, quit_password=QUIT)
    assert (first["are_new_files_due"], first["handed_out_at"]) == (False, None)
    await file_of(board, sitting)
    # Keys of versions stand in no file, and an absent password is the one before.
    same = await required(board, sitting, browser_exam_keys=[{"key": EXAM_KEY}])
    assert same["config_key"] == first["config_key"]
    assert (same["are_new_files_due"], same["has_quit_password"]) == (False, True)
    other = await required(board, sitting, quit_password="")
    assert other["config_key"] != first["config_key"]
    assert (other["are_new_files_due"], other["has_quit_password"]) == (True, False)
    await file_of(board, sitting)
    assert (await board.get(seb_url(sitting))).json()["settings"]["are_new_files_due"] is False


@embedded
async def test_two_sittings_never_share_a_key(app: FastAPI, sitting: PreparedSitting, board: AsyncClient) -> None:
    first = await required(board, sitting)
    assert (await board.delete(seb_url(sitting))).status_code == 204
    assert (await board.delete(seb_url(sitting))).status_code == 204
    second = await required(board, sitting)
    assert first["config_key"] != second["config_key"]
    assert first["quit_url"] != second["quit_url"]


@embedded
async def test_another_address_of_the_server_is_pointed_out(
    app: FastAPI, sitting: PreparedSitting, board: AsyncClient
) -> None:
    await required(board, sitting)
    async with app.state.database.write() as session:
        browser = (await session.exec(select(SafeExamBrowser))).one()
        browser.server_url = "http://old.test"
    assert (await board.get(seb_url(sitting))).json()["settings"]["is_address_outdated"] is True


@embedded
@pytest.mark.parametrize(
    "wrong",
    [
        {"accepts_config_key": False},
        {"browser_exam_keys": [{"key": "a1"}]},
        {"browser_exam_keys": [{"key": "g" * 64}]},
        {"allowed_addresses": ["javascript:alert(1)"]},
        {"allowed_addresses": ["http://a b"]},
        {"allowed_addresses": ["*"]},
        {"allowed_addresses": [""]},
        {"quit_password": "mật khẩu"},
        {"quit_password": "x" * 65},
        {"unknown": 1},
    ],
)
async def test_what_no_browser_could_use_is_refused(
    sitting: PreparedSitting, board: AsyncClient, wrong: dict[str, Any]
) -> None:
    assert (await board.put(seb_url(sitting), json=wrong)).status_code == 422


@embedded
@pytest.mark.parametrize(("password", "status"), [("1234567", 422), ("12345678", 200), ("mật khẩu", 422)])
async def test_a_password_for_a_file_is_long_enough_and_can_be_typed_everywhere(
    sitting: PreparedSitting, board: AsyncClient, password: str, status: int
) -> None:
    await required(board, sitting)
    assert (await board.post(seb_url(sitting, "/file"), json={"password": password})).status_code == status


@embedded
async def test_a_file_that_somebody_brought_is_checked(sitting: PreparedSitting, board: AsyncClient) -> None:
    await required(board, sitting)
    content = await file_of(board, sitting, PASSWORD)

    async def checked(content: bytes, **data: str) -> tuple[int, Any]:
        files = {"file": ("ca-1.seb", content, "application/seb")}
        response = await board.post(seb_url(sitting, "/file-check"), files=files, data=data)
        body = response.json()
        return response.status_code, body["fits"] if response.status_code == 200 else body["errors"][0]["code"]

    assert await checked(content, password=PASSWORD) == (200, True)
    assert await checked(content) == (422, "seb_file_password_needed")
    assert await checked(content, password="sai mat khau") == (422, "seb_file_wrong_password")
    assert await checked(b"pkhs" + bytes(40)) == (422, "seb_file_certificate_needed")
    assert await checked(b"not a file") == (422, "seb_file_damaged")
    await required(board, sitting, allowed_addresses=["a.vn"])
    assert await checked(content, password=PASSWORD) == (200, False)


@embedded
async def test_without_the_requirement_there_is_no_file(sitting: PreparedSitting, board: AsyncClient) -> None:
    refused = await board.post(seb_url(sitting, "/file"), json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "seb_not_required")
    missing = "/api/sittings/00000000-0000-4000-8000-000000000000/safe-exam-browser"
    assert (await board.get(missing)).status_code == 404


@embedded
async def test_inspectors_look_and_change_nothing(sitting: PreparedSitting, client_for: ClientFactory) -> None:
    inspector = await client_for("inspector")
    assert (await inspector.get(seb_url(sitting))).status_code == 200
    for method, act in (("PUT", ""), ("DELETE", ""), ("POST", "/file"), ("POST", "/file-check")):
        assert (await inspector.request(method, seb_url(sitting, act), json={})).status_code == 403
    for role in ("proctor", "candidate", "administrator"):
        assert (await (await client_for(role)).get(seb_url(sitting))).status_code == 403


@embedded
async def test_a_room_is_not_handed_to_a_site_while_the_file_belongs_to_this_server(
    sitting: PreparedSitting, board: AsyncClient
) -> None:
    await required(board, sitting)
    refused = await board.post(f"/api/sittings/{sitting.sitting_id}/delegations", json={"site_name": "Điểm thi 1"})
    assert (refused.status_code, refused.json()["code"]) == (409, "cannot_delegate")
    assert [one["code"] for one in refused.json()["errors"]] == ["site_safe_exam_browser"]
