"""The committee report, read back from its files."""

import io
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.conftest import ClientFactory
from tests.item_bank.assembly.banks import approve, assemble, codes, make_blueprint, plan, small_bank, store_items

HEAD = {"agency": "Sở Giáo dục", "council": "Hội đồng thi", "place": "Đà Lạt", "number": "7", "legal_basis": "QĐ số 9"}


async def made(app: FastAPI, board: AsyncClient) -> dict[str, Any]:
    await store_items(app, small_bank())
    blueprint = plan(closeness=None, key_balance={"minimum": 0, "maximum": 6})
    return await assemble(board, await make_blueprint(board, blueprint))


async def pdf_text(client: AsyncClient, view: dict[str, Any], **query: str) -> str:
    answer = await client.get(f"/api/assemblies/{view['id']}/report.pdf", params=HEAD | query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


async def test_the_record_names_state_council_forms_figures_and_people(app: FastAPI, client_for: ClientFactory) -> None:
    one, other = await client_for("board_member"), await client_for("board_member")
    view = await made(app, one)
    draft = await pdf_text(one, view)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "SỞ GIÁO DỤC",
        "HỘI ĐỒNG THI",
        "BIÊN BẢN TỔ HỢP ĐỀ THI",
        "Số: 7/BB",
        "Đà Lạt, ngày",
        "QĐ số 9",
        "Dự thảo: các đề chưa được duyệt",
        "TRƯỞNG BAN ĐỀ THI",
        "Trang 1/",
    ):
        assert words in draft, words
    at_cut = view["forms"][0]["information_at_cut"]
    assert f"{at_cut:.3f}".replace(".", ",") in draft
    assert all(code in draft for form in codes(view) for code in form)
    await approve(other, f"/api/assemblies/{view['id']}")
    [first, _] = (await other.post(f"/api/assemblies/{view['id']}/publication")).json()["form_ids"]
    signed = await pdf_text(one, view)
    assert "Các đề đã được duyệt và công bố" in signed
    digest = (await one.get(f"/api/forms/{first}")).json()["content_hash"]
    assert digest in signed.replace(" ", "")


async def test_a_deviation_stands_in_the_record_with_its_reason(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    view = await made(app, board)
    assert "Không có: mọi đề đạt đủ yêu cầu của ma trận." in await pdf_text(board, view)
    path = f"/api/assemblies/{view['id']}/forms/1/items/1"
    offered = (await board.get(f"{path}/alternatives", params={"level": "VD"})).json()["items"]
    broken = next(item for item in offered if item["broken"])
    body = {"item_id": broken["item_id"], "revision": 0, "accept_violations": True, "reason": "Câu cũ bị lộ"}
    assert (await board.put(path, json=body)).status_code == 200
    text = await pdf_text(board, view)
    assert "Câu cũ bị lộ" in text
    assert "Không có: mọi đề đạt đủ yêu cầu của ma trận." not in text
    assert broken["code"] in text


async def test_the_record_comes_in_english(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    view = await made(app, board)
    text = await pdf_text(board, view, language="en")
    assert "RECORD OF TEST FORM ASSEMBLY" in text
    assert "Legal basis" in text
    assert "Căn cứ" not in text


async def test_the_spreadsheet_holds_the_figures_as_numbers(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    view = await made(app, board)
    answer = await board.get(f"/api/assemblies/{view['id']}/report.xlsx", params=HEAD)
    assert answer.status_code == 200, answer.text
    workbook = load_workbook(io.BytesIO(answer.content))
    figures = workbook["Số liệu"]
    rows = {row[0]: row[1:] for row in figures.iter_rows(values_only=True)}
    for form in view["forms"]:
        stored = rows[form["form_code"]]
        assert list(stored[:3]) == pytest.approx(form["figures"]["information"])
        assert stored[4] == form["figures"]["words"]
    listed = {row[0] for row in workbook["Câu hỏi"].iter_rows(values_only=True)}
    assert {code for form in codes(view) for code in form} <= listed


async def test_no_report_tells_the_key_of_an_item(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    view = await made(app, board)
    keys = {item.code: "ABCD"[item.key] for item in small_bank()}
    answer = await board.get(f"/api/assemblies/{view['id']}/report.xlsx", params=HEAD)
    rows = load_workbook(io.BytesIO(answer.content))["Câu hỏi"].iter_rows(values_only=True)
    told = [row for row in rows if row[0] in keys]
    assert len(told) == 12
    # Nothing in an item's row is a letter that could be its key.
    assert not any(str(value) in set("ABCD") for row in told for value in row)
    page = await board.get(f"/api/assemblies/{view['id']}")
    assert "key_counts" in page.text
    assert '"key":' not in page.text
    assert "Vì thế." not in page.text


async def test_an_assembly_without_forms_has_no_report(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank())
    view = await assemble(board, await make_blueprint(board, plan(3)))
    refused = await board.get(f"/api/assemblies/{view['id']}/report.pdf")
    assert (refused.status_code, refused.json()["code"]) == (409, "assembly_without_forms")
