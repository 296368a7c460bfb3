"""Importing items over HTTP: dry run, apply, repeat."""

from typing import Any

from httpx import AsyncClient

from tests.conftest import ClientFactory
from tests.item_bank.makers import approve_all, import_items, item_ids, item_row, upload_items, workbook_bytes


async def stored(client: AsyncClient, code: str) -> dict[str, Any]:
    ids = await item_ids(client)
    view: dict[str, Any] = (await client.get(f"/api/items/{ids[code]}")).json()
    return view


async def test_a_checked_file_changes_nothing_until_it_is_applied(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    report = (await upload_items(author, workbook_bytes([item_row()]))).json()
    assert (report["rows_read"], report["new_items"], report["errors"]) == (1, 1, [])
    assert await item_ids(author) == {}
    outcome = await author.post(f"/api/items/imports/{report['id']}/apply", json={})
    assert outcome.json() == {"created": 1, "new_versions": 0, "unchanged": 0, "skipped": 0}
    assert list(await item_ids(author)) == ["IU04-001"]


async def test_an_import_is_applied_once(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    report = (await upload_items(author, workbook_bytes([item_row()]))).json()
    path = f"/api/items/imports/{report['id']}/apply"
    assert (await author.post(path, json={})).status_code == 200
    again = await author.post(path, json={})
    assert (again.status_code, again.json()["code"]) == (409, "import_already_applied")


async def test_nobody_applies_the_import_of_another(client_for: ClientFactory) -> None:
    author, other = await client_for("item_author"), await client_for("item_author")
    report = (await upload_items(author, workbook_bytes([item_row()]))).json()
    refused = await other.post(f"/api/items/imports/{report['id']}/apply", json={})
    assert (refused.status_code, refused.json()["code"]) == (404, "import_not_found")


async def test_rows_with_errors_stop_the_import_unless_they_are_left_out_on_purpose(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    report = (await upload_items(author, workbook_bytes([item_row(), item_row("IU04-002", key=None)]))).json()
    [error] = report["errors"]
    assert (error["row"], error["column"], error["code"]) == (3, "I", "key_missing")
    assert error["message"] == "Chưa có đáp án đúng"
    assert "không bao giờ tự đoán" in error["fix"]
    path = f"/api/items/imports/{report['id']}/apply"
    refused = await author.post(path, json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "import_has_errors")
    assert await item_ids(author) == {}
    outcome = await author.post(path, json={"skip_rows_with_errors": True})
    assert outcome.json() == {"created": 1, "new_versions": 0, "unchanged": 0, "skipped": 1}


async def test_a_file_without_one_good_row_is_not_applied(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    report = (await upload_items(author, workbook_bytes([item_row(key=None)]))).json()
    refused = await author.post(f"/api/items/imports/{report['id']}/apply", json={"skip_rows_with_errors": True})
    assert refused.json()["code"] == "import_has_no_items"


async def test_importing_the_same_file_again_leaves_the_bank_alone(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    await import_items(author, [item_row()])
    await approve_all(reviewer)
    report = (await upload_items(author, workbook_bytes([item_row()]))).json()
    assert (report["new_items"], report["changed_items"], report["unchanged_items"]) == (0, 0, 1)
    assert (await import_items(author, [item_row()]))["unchanged"] == 1
    view = await stored(author, "IU04-001")
    assert (view["status"], view["version_number"]) == ("approved", 1)


async def test_a_changed_item_becomes_a_new_version_that_waits_for_approval(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    await import_items(author, [item_row()])
    await approve_all(reviewer)
    first = await stored(author, "IU04-001")
    outcome = await import_items(author, [item_row(stem="Hàm nào cộng các số của khối ô A1:A5?")])
    assert outcome == {"created": 0, "new_versions": 1, "unchanged": 0, "skipped": 0}
    second = await stored(author, "IU04-001")
    assert (second["id"], second["status"], second["version_number"]) == (first["id"], "in_review", 2)
    versions = second["versions"]
    assert isinstance(versions, list)
    assert [version["version_number"] for version in versions] == [2, 1]
    assert versions[0]["content_hash"] != versions[1]["content_hash"]


async def test_a_mended_key_alone_is_a_change(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    await import_items(author, [item_row(key="A")])
    assert (await import_items(author, [item_row(key="B")]))["new_versions"] == 1
    assert (await stored(author, "IU04-001"))["key"]["correct"] == ["B"]


async def test_the_code_of_a_retired_item_is_not_taken_again(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    await import_items(author, [item_row()])
    ids = [str(id_) for id_ in (await item_ids(author)).values()]
    assert (await reviewer.post("/api/items/retirements", json={"item_ids": ids})).json()["done"] == 1
    report = (await upload_items(author, workbook_bytes([item_row(stem="Câu mới")]))).json()
    assert [error["code"] for error in report["errors"]] == ["item_is_retired"]
    assert report["changed_items"] == 0


async def test_the_same_question_under_another_code_is_pointed_out(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    await import_items(author, [item_row(stem="Phím nào xoá ký tự bên trái con trỏ?")])
    twin = item_row("IU04-099", stem="Phim nao  XOÁ ký tự bên trái con trỏ?")
    report = (await upload_items(author, workbook_bytes([twin]))).json()
    assert [(warning["code"], "IU04-001" in warning["message"]) for warning in report["warnings"]] == [
        ("same_item_in_bank", True)
    ]


async def test_text_that_looks_like_markup_is_shown_as_typed(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    await import_items(author, [item_row(stem="Thẻ <b> dùng để làm gì?\nXem <script>alert(1)</script>", a="5 > 3 & 2")])
    view = await stored(author, "IU04-001")
    assert view["content"]["stem"] == ("Thẻ &lt;b&gt; dùng để làm gì?<br>Xem &lt;script&gt;alert(1)&lt;/script&gt;")
    options = view["content"]["options"]
    assert options[0] == {"id": "A", "content": "5 &gt; 3 &amp; 2", "is_fixed": False}
    assert options[1]["content"] == "=SUM(A1:A5)"


async def test_the_path_in_a_file_name_is_dropped(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    report = await upload_items(author, workbook_bytes([item_row()]), "..\\..\\etc/cau hoi.xlsx")
    assert report.json()["file_name"] == "cau hoi.xlsx"


async def test_messages_follow_the_language_of_the_browser(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    author.headers["Accept-Language"] = "en-GB,en;q=0.9"
    report = (await upload_items(author, workbook_bytes([item_row(key=None)]))).json()
    assert report["errors"][0]["message"] == "The answer key is missing"


async def test_a_file_that_is_no_workbook_is_refused_with_its_reason(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    refused = await upload_items(
        author, b"M\xc3\xa3 c\xc3\xa2u h\xe1\xbb\x8fi,C\xc3\xa2u h\xe1\xbb\x8fi\n", "cau-hoi.xlsx"
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "workbook_is_text"


async def test_the_template_imports_as_it_is(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    for language in ("vi", "en"):
        author.headers["Accept-Language"] = language
        template = await author.get("/api/items/imports/template")
        assert template.headers["content-type"].endswith("spreadsheetml.sheet")
        report = (await upload_items(author, template.content)).json()
        assert (report["rows_read"], report["errors"]) == (1, [])
        assert {warning["code"] for warning in report["warnings"]} <= {"sheet_chosen", "same_item_in_bank"}
