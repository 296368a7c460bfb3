"""Item quality over HTTP: findings, near-duplicates, items in a pasted text."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from tests.conftest import ClientFactory
from tests.item_bank.makers import import_items, item_ids, item_row

LONG_KEY = item_row(
    "IU04-001",
    stem="Thiết bị nào không phải là thiết bị vào?",
    a="Chuột",
    b="Bàn phím",
    c="Máy in dùng để in văn bản ra giấy",
    d="Micrô",
    key="C",
    explanation="Đáp án C đúng vì máy in đưa dữ liệu ra.",
)
PRINTER = item_row(
    "IU04-002",
    stem="Trong Word, tổ hợp phím nào mở hộp thoại in văn bản đang soạn?",
    a="Ctrl+S",
    b="Ctrl+P",
    c="Ctrl+O",
    d="Ctrl+N",
)
LIBRARY = item_row(
    "IU04-003",
    stem="Phần mở rộng nào là của tệp trang tính LibreOffice Calc?",
    a="ods",
    b="odt",
    c="odp",
    d="odg",
)


async def findings(client: AsyncClient, item_id: UUID) -> dict[str, Any]:
    response = await client.get(f"/api/items/{item_id}/findings")
    assert response.status_code == 200
    return dict(response.json())


async def codes_like(client: AsyncClient, stem: str, **changes: Any) -> list[str]:
    response = await client.post("/api/items/similar", json={"stem": stem} | changes)
    assert response.status_code == 200
    return [item["code"] for item in response.json()["items"]]


async def test_findings_say_where_what_and_why(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    await import_items(author, [LONG_KEY])
    [item_id] = (await item_ids(author)).values()
    listed = await findings(author, item_id)
    assert [(one["rule"], one["severity"], one["place"]) for one in listed["items"]] == [
        ("flaw_letter_cited", "error", "explanation"),
        ("flaw_negative_unmarked", "warning", "stem"),
        ("flaw_key_longest", "warning", "options/C"),
    ]
    assert (listed["version_number"], listed["total"], listed["is_key_read"]) == (1, 3, True)
    negative = listed["items"][1]
    assert "không phải" in negative["message"]
    assert "KHÔNG PHẢI" in negative["fix"]
    assert negative["source"].startswith("Haladyna")
    english = await author.get(f"/api/items/{item_id}/findings", headers={"Accept-Language": "en"})
    assert "easily overlooked" in english.json()["items"][1]["message"]


async def test_findings_tell_nothing_about_the_key_to_those_who_may_not_read_it(client_for: ClientFactory) -> None:
    author, board = await client_for("item_author"), await client_for("board_member")
    seen: list[dict[str, Any]] = []
    for key in "CA":
        await import_items(author, [LONG_KEY | {"Đáp án đúng": key}])
        [item_id] = (await item_ids(author)).values()
        listed = await findings(board, item_id)
        assert listed.pop("version_number") == len(seen) + 1
        seen.append(listed)
    assert seen[0] == seen[1]
    assert seen[0]["is_key_read"] is False
    assert [one["rule"] for one in seen[0]["items"]] == ["flaw_negative_unmarked"]


async def test_an_item_finds_its_copies_but_not_itself(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    copy = PRINTER | {"Mã câu hỏi": "IU04-009", "Câu hỏi": "Câu 7: " + PRINTER["Câu hỏi"].upper(), "Phương án A": "F7"}
    await import_items(author, [PRINTER, LIBRARY, copy])
    ids = await item_ids(author)
    [found] = (await author.get(f"/api/items/{ids['IU04-002']}/similar")).json()["items"]
    assert (found["code"], found["id"], found["status"]) == ("IU04-009", str(ids["IU04-009"]), "in_review")
    assert 0.72 <= found["similarity"] < 1
    assert found["reason_text"] != f"duplicate_reason.{found['reason']}"
    assert (await author.get(f"/api/items/{ids['IU04-003']}/similar")).json() == {"items": [], "total": 0}


async def test_the_index_follows_what_is_saved(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    printer = "Trong Word to hop phim nao mo hop thoai in van ban dang soan"
    assert await codes_like(author, printer) == []
    await import_items(author, [LIBRARY])
    assert await codes_like(author, printer) == []
    await import_items(author, [PRINTER])
    assert await codes_like(author, printer) == ["IU04-002"]
    assert await codes_like(author, printer, besides="IU04-002") == []
    await import_items(author, [PRINTER | {"Câu hỏi": "Hàm nào trả về ngày hôm nay trong bảng tính?"}])
    assert await codes_like(author, printer) == []
    assert await codes_like(author, "Hàm nào trả về ngày hôm nay trong bảng tính?") == ["IU04-002"]


async def test_options_count_when_they_are_given(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    await import_items(author, [PRINTER])
    same = ["Ctrl+N", "Ctrl+O", "Ctrl+P", "Ctrl+S"]
    assert await codes_like(author, PRINTER["Câu hỏi"], options=same, minimum=0.99) == ["IU04-002"]
    assert await codes_like(author, PRINTER["Câu hỏi"], options=["Tệp", "Ổ đĩa"], minimum=0.99) == []


async def test_a_pasted_paper_names_the_items_in_it(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    await import_items(author, [PRINTER, LIBRARY])
    ids = await item_ids(author)
    paper = "ĐỀ ÔN TẬP\n\nCâu 1. " + LIBRARY["Câu hỏi"] + "\nA. ods\nB. odt\nC. odp\nD. odg\n\nChúc các em thi tốt.\n"
    listed = (await author.post("/api/items/leaks", json={"text": paper})).json()
    [leak] = listed["items"]
    assert (leak["code"], leak["id"], leak["line"], listed["total"]) == ("IU04-003", str(ids["IU04-003"]), 3, 1)
    assert leak["with_options"] is True
    assert paper[leak["start"] : leak["end"]] == leak["passage"]
    assert "LibreOffice Calc" in leak["passage"]
    nothing = await author.post("/api/items/leaks", json={"text": "Hôm nay trời đẹp, cả lớp đi học."})
    assert nothing.json() == {"items": [], "total": 0}


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("similar", {"stem": ""}, "stem"),
        ("similar", {"stem": "Gì?", "minimum": 0.5}, "minimum"),
        ("similar", {"stem": "Gì?", "limit": 51}, "limit"),
        ("leaks", {"text": ""}, "text"),
        ("leaks", {"text": "x" * 200_001}, "text"),
    ],
)
async def test_questions_out_of_bounds_are_refused(
    client_for: ClientFactory, path: str, body: dict[str, Any], place: str
) -> None:
    author = await client_for("item_author")
    refused = await author.post(f"/api/items/{path}", json=body)
    assert refused.status_code == 422
    assert place in refused.json()["errors"][0]["place"]


async def test_an_unknown_item_is_not_found(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    for path in ("findings", "similar"):
        answer = await author.get(f"/api/items/00000000-0000-4000-8000-000000000000/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "item_not_found")
