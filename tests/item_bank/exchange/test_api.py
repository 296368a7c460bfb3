"""Importing items over HTTP: dry run, completion, apply, repeat."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import ClientFactory
from tests.item_bank.makers import (
    HEADINGS,
    approve_all,
    import_items,
    item_ids,
    item_row,
    run_is_read,
    upload_items,
    workbook_bytes,
)

IMPORTS = "/api/items/imports"
WITHOUT_CODE = tuple(heading for heading in HEADINGS if heading != "Mã câu hỏi")


async def brought(client: AsyncClient, rows: list[dict[str, Any]], headings: Any = HEADINGS) -> dict[str, Any]:
    answer = await upload_items(client, workbook_bytes(rows, headings=headings))
    assert answer.status_code == 201, answer.text
    run: dict[str, Any] = answer.json()
    return run


def problems(run: dict[str, Any], severity: str = "error") -> list[tuple[str, str]]:
    return [(one["place"], one["code"]) for one in run["problems"] if one["severity"] == severity]


async def rows_of(client: AsyncClient, run: dict[str, Any], show: str = "all") -> list[dict[str, Any]]:
    listed = (await client.get(f"{IMPORTS}/{run['id']}/rows", params={"show": show})).json()
    assert listed["total"] == len(listed["items"])
    items: list[dict[str, Any]] = listed["items"]
    return items


async def applied(client: AsyncClient, run: dict[str, Any], **how: bool) -> Any:
    return await client.post(f"{IMPORTS}/{run['id']}/apply", json=how)


async def stored(client: AsyncClient, code: str) -> dict[str, Any]:
    ids = await item_ids(client)
    view: dict[str, Any] = (await client.get(f"/api/items/{ids[code]}")).json()
    return view


OUTCOME = {"created": 0, "new_versions": 0, "unchanged": 0, "skipped": 0, "submitted": 0}


async def test_a_checked_file_changes_nothing_until_it_is_applied(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    run = await brought(author, [item_row()])
    assert (run["state"], run["counts"]["all"], run["counts"]["new"], run["problems"]) == ("ready", 1, 1, [])
    assert await item_ids(author) == {}
    outcome = await applied(author, run)
    assert (outcome.json()["state"], outcome.json()["outcome"]) == ("applied", OUTCOME | {"created": 1})
    assert list(await item_ids(author)) == ["IU04-001"]


async def test_an_import_is_applied_once(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    run = await brought(author, [item_row()])
    assert (await applied(author, run)).status_code == 200
    again = await applied(author, run)
    assert (again.status_code, again.json()["code"]) == (409, "import_already_applied")


async def test_nobody_reaches_the_import_of_another(client_for: ClientFactory) -> None:
    author, other = await client_for("item_author"), await client_for("item_author")
    run = await brought(author, [item_row()])
    path = f"{IMPORTS}/{run['id']}"
    answers = [
        await other.get(path),
        await other.get(f"{path}/rows"),
        await other.get(f"{path}/rows/1"),
        await other.get(f"{path}/media/{'0' * 64}"),
        await other.patch(f"{path}/options", json={"cognitive_level": "TH"}),
        await other.patch(f"{path}/rows/1", json={"is_left_out": True}),
        await other.patch(f"{path}/rows", json={"numbers": [1], "is_left_out": True}),
        await other.post(f"{path}/check"),
        await other.post(f"{path}/apply", json={}),
        await other.delete(path),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "import_not_found")}
    assert (await other.get(IMPORTS)).json()["total"] == 0
    assert (await author.get(IMPORTS)).json()["total"] == 1


async def test_items_with_errors_stop_the_import_unless_they_are_left_out_on_purpose(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    run = await brought(author, [item_row(), item_row("IU04-002", stem="Phím nào xoá ký tự?", key=None)])
    [problem] = run["problems"]
    assert (problem["place"], problem["part"], problem["code"]) == ("I3", "key", "key_missing")
    assert (problem["message"], problem["numbers"]) == ("Chưa có đáp án đúng", [2])
    assert "không bao giờ tự đoán" in problem["fix"]
    refused = await applied(author, run)
    assert (refused.status_code, refused.json()["code"]) == (409, "import_has_errors")
    assert await item_ids(author) == {}
    outcome = await applied(author, run, skip_rows_with_errors=True)
    assert outcome.json()["outcome"] == OUTCOME | {"created": 1, "skipped": 1}


async def test_a_file_without_one_good_item_is_not_applied(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    run = await brought(author, [item_row(key=None)])
    refused = await applied(author, run, skip_rows_with_errors=True)
    assert refused.json()["code"] == "import_has_no_items"


async def test_a_key_is_given_on_the_page_and_checked_like_any_other(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    run = await brought(author, [item_row(key="?")])
    path = f"{IMPORTS}/{run['id']}/rows/1"
    wrong = await author.patch(path, json={"changes": {"key": {"form": "choice", "correct": ["Z"]}}})
    assert [notice["code"] for notice in wrong.json()["notices"]] == ["item_key_unknown_part"]
    row = (await author.patch(path, json={"changes": {"key": {"form": "choice", "correct": ["B"]}}})).json()
    assert (row["has_errors"], row["comparison"], row["key"]["correct"]) == (False, "new", ["B"])
    await applied(author, run)
    assert (await stored(author, "IU04-001"))["key"]["correct"] == ["B"]


async def test_an_item_is_taken_in_without_a_key_only_when_the_author_says_so(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    run = await brought(author, [item_row(key=None)])
    options = {"accepts_missing_keys": True}
    checked = (await author.patch(f"{IMPORTS}/{run['id']}/options", json=options)).json()
    assert (problems(checked), problems(checked, "warning")) == ([], [("2", "item_without_key")])
    outcome = (await applied(author, run, submit_for_review=True)).json()["outcome"]
    assert outcome == OUTCOME | {"created": 1}, "an item without a key is not handed in"
    view = await stored(author, "IU04-001")
    assert (view["key"], view["has_key"], view["status"]) == (None, False, "draft")


async def test_what_the_file_does_not_say_is_set_for_all_and_for_one(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    silent: dict[str, Any] = {"module": None, "reference": None, "level": None}
    rows = [
        item_row(stem="Thiết bị nào lưu dữ liệu lâu dài?", **silent),
        item_row(stem="Phím nào chụp màn hình trong Windows?", **silent),
        item_row(stem="Hàm nào đếm số ô có dữ liệu?", **silent | {"level": "VD"}),
    ]
    run = await brought(author, rows, WITHOUT_CODE)
    assert {code for _, code in problems(run)} == {"module_missing", "level_missing"}
    path = f"{IMPORTS}/{run['id']}"
    options = {"reference_code": "IU01.1", "cognitive_level": "NB", "points": "0.5", "tags": ["đợt 1"]}
    checked = (await author.patch(f"{path}/options", json=options)).json()
    assert (checked["counts"]["errors"], checked["counts"]["new"]) == (0, 3)
    changes = {"reference_code": "IU04.5", "code": "RIENG-1"}
    await author.patch(f"{path}/rows", json={"numbers": [3], "changes": changes})
    assert [row["code"] for row in await rows_of(author, run)] == ["IU01-001", "IU01-002", "RIENG-1"]
    await applied(author, run)
    first, own = await stored(author, "IU01-001"), await stored(author, "RIENG-1")
    assert (first["reference_code"], first["cognitive_level"], first["points"]) == ("IU01.1", "NB", "0.5")
    assert (own["module_code"], own["reference_code"], own["cognitive_level"]) == ("IU04", "IU04.5", "VD")
    assert first["tags"] == own["tags"] == ["đợt 1"]


async def test_codes_go_on_behind_those_of_the_bank(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    await import_items(author, [item_row("IU04-041")])
    rows = [item_row(stem="Phím nào chụp màn hình?"), item_row(stem="Thiết bị nào in ra giấy?")]
    run = await brought(author, rows, WITHOUT_CODE)
    assert [row["code"] for row in await rows_of(author, run)] == ["IU04-042", "IU04-043"]
    await author.patch(f"{IMPORTS}/{run['id']}/options", json={"code_prefix": "DOT2"})
    assert [row["code"] for row in await rows_of(author, run)] == ["DOT2-001", "DOT2-002"]


async def test_importing_the_same_file_again_leaves_the_bank_alone(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    await import_items(author, [item_row()])
    await approve_all(reviewer)
    run = await brought(author, [item_row()])
    assert (run["counts"]["new"], run["counts"]["changed"], run["counts"]["unchanged"]) == (0, 0, 1)
    assert (await applied(author, run)).json()["outcome"] == OUTCOME | {"unchanged": 1}
    view = await stored(author, "IU04-001")
    assert (view["status"], view["version_number"]) == ("approved", 1)


async def test_a_file_without_codes_finds_its_items_again_with_what_was_set_for_them(
    client_for: ClientFactory,
) -> None:
    author = await client_for("item_author")
    rows = [item_row(stem=f"Câu {word}: thiết bị nào?", module=None, reference=None, level=None) for word in "xyz"]
    run = await brought(author, rows, WITHOUT_CODE)
    options = {"reference_code": "IU02", "cognitive_level": "TH", "tags": ["cũ", "a"], "points": "2"}
    await author.patch(f"{IMPORTS}/{run['id']}/options", json=options)
    assert (await applied(author, run)).json()["outcome"]["created"] == 3
    again = await brought(author, rows, WITHOUT_CODE)
    assert (again["counts"]["unchanged"], problems(again)) == (3, [])
    assert (await applied(author, again)).json()["outcome"] == OUTCOME | {"unchanged": 3}
    assert sorted(await item_ids(author)) == ["IU02-001", "IU02-002", "IU02-003"]


async def test_the_same_item_twice_in_a_file_without_codes_is_taken_once(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    rows = [item_row(stem="Thiết bị nào in?"), item_row(stem="Thiết bị nào in?")]
    run = await brought(author, rows, WITHOUT_CODE)
    assert (run["counts"]["new"], run["counts"]["duplicate"]) == (1, 1)
    assert (await applied(author, run)).json()["outcome"] == OUTCOME | {"created": 1, "skipped": 1}


async def test_a_changed_item_becomes_a_new_version_that_waits_for_approval(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    await import_items(author, [item_row()])
    await approve_all(reviewer)
    first = await stored(author, "IU04-001")
    outcome = await import_items(author, [item_row(stem="Hàm nào cộng các số của khối ô A1:A5?")])
    assert outcome == OUTCOME | {"new_versions": 1, "submitted": 1}
    second = await stored(author, "IU04-001")
    assert (second["id"], second["status"], second["version_number"]) == (first["id"], "in_review", 2)
    versions = second["versions"]
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
    run = await brought(author, [item_row(stem="Câu mới")])
    assert [code for _, code in problems(run)] == ["item_is_retired"]
    assert run["counts"]["changed"] == 0


async def test_a_code_given_twice_is_refused_in_both_rows(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    rows = [item_row(), item_row("iu04-001", stem="Câu khác hẳn về bàn phím?"), item_row("X", stem="Chuột là gì?")]
    run = await brought(author, rows)
    assert [(one["code"], one["numbers"]) for one in run["problems"]] == [("code_repeated", [1, 2])]
    await author.patch(f"{IMPORTS}/{run['id']}/rows/2", json={"is_left_out": False, "changes": {"code": "IU04-002"}})
    assert (await author.get(f"{IMPORTS}/{run['id']}")).json()["counts"]["errors"] == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Mã câu hỏi": "có dấu"}, "code_invalid"),
        ({"Mã câu hỏi": "X" * 33}, "code_invalid"),
        ({"Mã câu hỏi": "I\u04214-1"}, "code_has_look_alike"),
        ({"Mô đun": "IU99"}, "module_unknown"),
        ({"Mô đun": "IU03"}, "module_conflict"),
        ({"Mã tham chiếu": "IU04.x"}, "reference_invalid"),
        ({"Mức độ": "Khó"}, "level_unknown"),
    ],
)
async def test_what_is_said_wrongly_of_an_item_is_refused(
    client_for: ClientFactory, change: dict[str, Any], code: str
) -> None:
    author = await client_for("item_author")
    run = await brought(author, [item_row() | change])
    assert [found for _, found in problems(run)] == [code]


async def test_a_module_may_be_given_by_its_name_and_an_unknown_section_is_pointed_out(
    client_for: ClientFactory,
) -> None:
    author = await client_for("item_author")
    run = await brought(author, [item_row(module="Sử dụng Bảng tính cơ bản", reference="IU04.99.2")])
    assert (problems(run), problems(run, "warning")) == ([], [("2", "section_unknown")])
    await applied(author, run)
    view = await stored(author, "IU04-001")
    assert (view["module_code"], view["reference_code"]) == ("IU04", "IU04.99.2")


async def test_the_same_question_under_another_code_is_pointed_out(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    await import_items(author, [item_row(stem="Phím nào xoá ký tự bên trái con trỏ?")])
    run = await brought(author, [item_row("IU04-099", stem="Phim nao  XOÁ ký tự bên trái con trỏ?")])
    assert [(one["code"], "IU04-001" in one["message"]) for one in run["problems"]] == [("same_item_in_bank", True)]


async def test_near_duplicates_within_a_file_are_pointed_out(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    stem = "Phím tắt nào sao chép văn bản đang chọn?"
    run = await brought(author, [item_row(stem=stem), item_row("IU04-002", stem=stem.upper())])
    assert problems(run, "warning") == [("3", "same_item_in_file")]


async def test_an_item_that_is_left_out_is_not_saved(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    run = await brought(author, [item_row(), item_row("IU04-002", stem="Chuột là gì?", key=None)])
    path = f"{IMPORTS}/{run['id']}"
    row = (await author.patch(f"{path}/rows/2", json={"is_left_out": True})).json()
    assert row["is_left_out"]
    assert [row["number"] for row in await rows_of(author, run, "left_out")] == [2]
    assert await rows_of(author, run, "errors") == []
    assert (await applied(author, run)).json()["outcome"] == OUTCOME | {"created": 1, "skipped": 1}


async def test_a_run_that_the_bank_has_overtaken_is_not_applied_as_shown(client_for: ClientFactory) -> None:
    author, other = await client_for("item_author"), await client_for("item_author")
    run = await brought(author, [item_row()])
    await import_items(other, [item_row(stem="Ai đó ghi trước dưới cùng mã?")])
    refused = await applied(author, run)
    assert (refused.status_code, refused.json()["code"]) == (409, "import_outdated")
    checked = (await author.post(f"{IMPORTS}/{run['id']}/check")).json()
    assert (checked["counts"]["new"], checked["counts"]["changed"]) == (0, 1)
    assert (await applied(author, checked)).json()["outcome"]["new_versions"] == 1


async def test_a_dropped_run_is_gone(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    run = await brought(author, [item_row()])
    assert (await author.delete(f"{IMPORTS}/{run['id']}")).status_code == 204
    assert (await author.get(f"{IMPORTS}/{run['id']}")).json()["code"] == "import_not_found"
    assert (await author.get(IMPORTS)).json() == {"items": [], "total": 0}


async def test_a_large_file_is_read_as_long_work_and_gives_the_same(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    rows = [item_row(f"IU04-{n:03}", stem=f"Ô A{n} có giá trị {n * n}; hàm nào cho {n}?") for n in range(1, 521)]
    rows[7] |= {"Đáp án đúng": None}
    run = await brought(author, rows)
    assert run["state"] == "reading"
    assert (await applied(author, run)).json()["code"] == "import_not_ready"
    read = await run_is_read(author, f"{IMPORTS}/{run['id']}")
    assert (read["state"], read["counts"]["all"], read["counts"]["new"]) == ("ready", 520, 519)
    assert problems(read) == [("I9", "key_missing")]
    changed = await author.patch(f"{IMPORTS}/{run['id']}/options", json={"accepts_missing_keys": True})
    assert changed.json()["state"] == "checking"
    read = await run_is_read(author, f"{IMPORTS}/{run['id']}")
    assert (read["state"], read["counts"]["errors"], read["counts"]["new"]) == ("ready", 0, 520)


async def test_a_large_file_that_cannot_be_read_says_why(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    content = b"Ten,Tuoi\n" + b"An,20\n" * 200_000
    run = (await author.post(IMPORTS, files={"file": ("ds.csv", content)})).json()
    read = await run_is_read(author, f"{IMPORTS}/{run['id']}")
    assert (read["state"], [notice["code"] for notice in read["notices"]]) == ("failed", ["workbook_header_missing"])
    assert (await author.delete(f"{IMPORTS}/{run['id']}")).status_code == 204


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
    run = await brought(author, [item_row(key=None)])
    assert run["problems"][0]["message"] == "The answer key is missing"


async def test_a_file_that_is_no_workbook_is_refused_with_its_reason(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    refused = await upload_items(author, "Mã câu hỏi,Câu hỏi\n".encode(), "cau-hoi.xlsx")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "workbook_is_text"


async def test_a_file_of_no_known_format_is_refused_unless_one_is_chosen(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    content = "Câu hỏi,Phương án A,Phương án B,Đáp án,Mức độ,Mô đun\nMáy in là gì?,Vào,Ra,B,NB,IU01\n".encode()
    refused = await author.post(IMPORTS, files={"file": ("cau-hoi.bin", b"\x00\x01\x02")})
    assert (refused.status_code, refused.json()["code"]) == (422, "import_format_unknown")
    unknown = await author.post(IMPORTS, files={"file": ("a.csv", content)}, data={"format": "x"})
    assert unknown.json()["code"] == "import_format_unknown"
    chosen = await author.post(IMPORTS, files={"file": ("cau-hoi.txt", content)}, data={"format": "sheet"})
    assert chosen.json()["counts"]["new"] == 1


async def test_every_format_has_words_and_an_example_that_imports_as_it_is(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    for language in ("vi", "en"):
        author.headers["Accept-Language"] = language
        for one in (await author.get(f"{IMPORTS}/formats")).json()["items"]:
            assert one["title"]
            assert one["help"]
            if not one["has_example"]:
                continue
            example = await author.get(f"{IMPORTS}/formats/{one['code']}/example")
            name = example.headers["content-disposition"].rpartition("''")[2]
            files = {"file": (name, example.content)}
            run = (await author.post(IMPORTS, files=files, data={"format": one["code"]})).json()
            settable = {"metadata/module", "metadata/level"}
            wrong = [p for p in run["problems"] if p["severity"] == "error" and p["part"] not in settable]
            assert run["counts"]["all"] > 0
            assert wrong == []
            if one["code"] == "sheet":
                assert (run["counts"]["all"], run["problems"]) == (7, [])
