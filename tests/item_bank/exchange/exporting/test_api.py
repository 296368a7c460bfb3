"""Exports over HTTP: who gets which file, what it holds when it comes home, and what is recorded."""

import hashlib
import io
import json
from typing import Any

import pytest
from docx import Document
from httpx import AsyncClient

from item_bank.exchange.exporting import gathering
from tests.conftest import ClientFactory
from tests.item_bank.exchange.qti.making import files_of
from tests.item_bank.makers import import_items, item_ids, item_row, upload_items

EXPORTS = "/api/items/exports"
ROWS = [item_row("IU04-001"), item_row("IU04-002", stem="Câu khác?")]


async def author_with_items(client_for: ClientFactory) -> AsyncClient:
    author = await client_for("item_author")
    await import_items(author, ROWS)
    return author


async def exported(client: AsyncClient, format_code: str, **which: Any) -> Any:
    which = which or {"all_matching": {}}
    return await client.post(EXPORTS, json={"format": format_code, **which})


@pytest.mark.parametrize("format_code", ["package", "sheet", "qti3", "qti21", "moodle_xml"])
async def test_what_leaves_the_bank_comes_home_unchanged(client_for: ClientFactory, format_code: str) -> None:
    author = await author_with_items(client_for)
    answer = await exported(author, format_code)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    name = answer.headers["content-disposition"].rsplit("'", 1)[1]
    run = (await upload_items(author, answer.content, name)).json()
    assert (run["counts"]["unchanged"], run["counts"]["all"]) == (2, 2)
    report = (await author.post(f"{EXPORTS}/report", json={"format": format_code, "all_matching": {}})).json()
    assert report == {"items": 2, "written": 2, "notices": []}


async def test_items_leave_in_the_order_in_which_they_are_named(client_for: ClientFactory) -> None:
    author = await author_with_items(client_for)
    ids = await item_ids(author)
    wanted = [str(ids["IU04-002"]), str(ids["IU04-001"])]
    contents = json.loads(files_of((await exported(author, "package", item_ids=wanted)).content)["item-bank.json"])
    assert [one["code"] for one in contents["items"]] == ["IU04-002", "IU04-001"]


async def test_files_with_keys_are_not_for_those_who_may_not_see_keys(client_for: ClientFactory) -> None:
    await author_with_items(client_for)
    member = await client_for("board_member")
    offered = (await member.get(f"{EXPORTS}/formats")).json()["items"]
    assert [one["code"] for one in offered] == ["paper"]
    answer = await exported(member, "package")
    assert (answer.status_code, answer.json()["code"]) == (403, "export_holds_keys")
    inspector = await client_for("inspector")
    assert (await exported(inspector, "package")).status_code == 403


async def test_a_paper_is_for_all_who_export_and_bears_the_heading_asked_for(client_for: ClientFactory) -> None:
    await author_with_items(client_for)
    member = await client_for("board_member")
    answer = await exported(member, "paper", all_matching={}, heading={"title": "ĐỀ THI THỬ", "form_code": "101"})
    assert answer.status_code == 200, answer.text
    document = Document(io.BytesIO(answer.content))
    heading = "\n".join(cell.text for cell in document.tables[0].rows[0].cells)
    assert "ĐỀ THI THỬ" in heading
    assert "Mã đề: 101" in heading
    text = "\n".join(line.text for line in document.paragraphs)
    assert "Câu 2. " in text
    assert "ĐÁP ÁN" not in text


async def test_each_file_is_recorded_with_its_hash_and_a_report_is_not(client_for: ClientFactory) -> None:
    author = await author_with_items(client_for)
    answer = await exported(author, "package")
    await author.post(f"{EXPORTS}/report", json={"format": "package", "all_matching": {}})
    inspector = await client_for("inspector")
    entries = (await inspector.get("/api/audit", params={"limit": 100})).json()["items"]
    [entry] = [one for one in entries if one["action"] == "item.exported"]
    assert entry["object_id"] == hashlib.sha256(answer.content).hexdigest()
    assert (entry["details"]["items"], entry["details"]["holds_keys"]) == (2, True)


async def test_requests_that_mean_nothing_or_too_much_are_refused(
    client_for: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = await author_with_items(client_for)

    async def refused(format_code: str = "package", **which: Any) -> str:
        answer = await exported(author, format_code, **which)
        assert answer.status_code >= 400
        return str(answer.json()["code"])

    assert await refused("floppy", all_matching={}) == "export_format_unknown"
    assert await refused(all_matching={"module": ["IU01"]}) == "export_has_no_items"
    assert await refused(all_matching={}, item_ids=["00000000-0000-0000-0000-000000000000"]) == "approval_target"
    assert await refused(item_ids=["00000000-0000-0000-0000-000000000000"]) == "item_not_found"
    monkeypatch.setattr(gathering, "MOST_ITEMS", 2)
    assert (await exported(author, "package")).status_code == 200
    monkeypatch.setattr(gathering, "MOST_ITEMS", 1)
    assert await refused(all_matching={}) == "export_too_large"
