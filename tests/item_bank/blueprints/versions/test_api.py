"""Versions of blueprints over HTTP: what each save keeps, what two versions differ in, what is used again."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import ClientFactory
from tests.item_bank.blueprints.test_api import CELLS, plan


async def stored(board: AsyncClient, **changes: Any) -> str:
    answer = await board.post("/api/blueprints", json=plan(**changes), params={"note": "Theo công văn  của Sở"})
    assert answer.status_code == 201, answer.text
    return f"/api/blueprints/{answer.json()['id']}"


async def saved(board: AsyncClient, path: str, note: str = "", **changes: Any) -> None:
    assert (await board.put(path, json=plan(**changes), params={"note": note})).status_code == 200


async def versions(board: AsyncClient, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await board.get(f"{path}/versions")).json()["items"]
    return found


async def test_each_save_that_changes_something_is_kept_with_who_when_and_why(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    path = await stored(board)
    await saved(board, path)
    await saved(board, path, "Thêm 5 phút", duration_minutes=50)
    found = await versions(board, path)
    assert [(one["number"], one["note"], one["is_current"]) for one in found] == [
        (2, "Thêm 5 phút", True),
        (1, "Theo công văn của Sở", False),
    ]
    assert all(one["saved_by"] and one["saved_at"] and one["origin"] is None for one in found)


async def test_two_versions_differ_in_what_was_changed_and_in_nothing_else(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    path = await stored(board, module_totals=[{"module_code": "IU01", "minimum": 3, "maximum": 4}])
    part = {"name": "Phần I", "interactions": ["single_choice"], "minimum": 6, "maximum": 6}
    cells = [CELLS[0], {"module_code": "IU02", "cognitive_level": "VD", "minimum": 1, "maximum": 3}]
    await saved(board, path, form_length=6, cut_theta=0.25, cells=cells, parts=[part], points={"minimum": 6})
    answer = await board.get(f"{path}/versions/differences", params={"before": 1, "after": 2})
    rows = [(one["group"], one["subject"], one["before"], one["after"]) for one in answer.json()["differences"]]
    assert rows == [
        ("general", "Số câu của đề", "5", "6"),
        ("general", "Điểm đạt trên thang năng lực (logit)", "−0,3", "0,25"),
        ("cells", "Ô IU02 × TH", "2", None),
        ("cells", "Ô IU02 × VD", None, "1–3"),
        ("totals", "Mô đun IU01", "3–4", None),
        ("parts", "Phần “Phần I”", None, "6"),
        ("parts", "Kiểu câu của phần “Phần I”", None, "một lựa chọn"),
        ("further", "Điểm của đề", None, "≥ 6"),
    ]
    backwards = await board.get(f"{path}/versions/differences", params={"before": 2, "after": 1})
    assert {(one["subject"], one["after"], one["before"]) for one in backwards.json()["differences"]} == {
        row[1:] for row in rows
    }
    same = await board.get(f"{path}/versions/differences", params={"before": 2, "after": 2})
    assert same.json()["differences"] == []


async def test_a_version_is_brought_back_as_the_newest_and_none_is_lost(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    path = await stored(board)
    before = (await board.get(path)).json()
    await saved(board, path, duration_minutes=50)
    made = await board.post(f"{path}/versions/1/restoration", json={"note": "Sở không đồng ý"})
    assert (made.status_code, made.json()["number"]) == (200, 3)
    after = (await board.get(path)).json()
    assert {name: after[name] for name in before if name != "updated_at"} == {
        name: before[name] for name in before if name != "updated_at"
    }
    newest, second, first = await versions(board, path)
    assert (newest["note"], newest["origin"]["number"], newest["origin"]["name"]) == ("Sở không đồng ý", 1, None)
    assert [one["is_current"] for one in (newest, second, first)] == [True, False, False]
    again = await board.post(f"{path}/versions/1/restoration", json={})
    assert (again.status_code, again.json()["code"]) == (409, "blueprint_version_is_current")


async def test_a_new_blueprint_is_made_from_a_version(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    path = await stored(board)
    await saved(board, path, duration_minutes=50)
    made = await board.post(f"{path}/versions/1/copies", json={"name": "Đợt 2"})
    assert made.status_code == 201, made.text
    other = f"/api/blueprints/{made.json()['id']}"
    view = (await board.get(other)).json()
    assert (view["name"], view["duration_minutes"], view["cells"]) == ("Đợt 2", 45, CELLS)
    [version] = await versions(board, other)
    assert version["origin"] == {"blueprint_id": path.rsplit("/", 1)[1], "number": 1, "name": "Cơ bản"}
    taken = await board.post(f"{path}/versions/1/copies", json={"name": "Đợt 2"})
    assert (taken.status_code, taken.json()["code"]) == (409, "blueprint_name_taken")


@pytest.mark.parametrize("number", [0, 3])
async def test_a_version_that_there_is_not_is_refused(client_for: ClientFactory, number: int) -> None:
    board = await client_for("board_member")
    path = await stored(board)
    answer = await board.post(f"{path}/versions/{number}/restoration", json={})
    assert answer.status_code == (404 if number else 422)
    compared = await board.get(f"{path}/versions/differences", params={"before": 1, "after": number})
    assert compared.status_code == (404 if number else 422)


async def test_who_only_reads_blueprints_brings_nothing_back(client_for: ClientFactory) -> None:
    path = await stored(await client_for("board_member"))
    inspector = await client_for("inspector")
    assert (await inspector.get(f"{path}/versions")).status_code == 200
    assert (await inspector.post(f"{path}/versions/1/restoration", json={})).status_code == 403
    assert (await inspector.post(f"{path}/versions/1/copies", json={"name": "Khác"})).status_code == 403
