"""Deciding on the page what a file leaves open: repetitions, resemblances, places, and what became of each item."""

from typing import Any

import pytest
from httpx import AsyncClient

from exam_engine.core.i18n import Catalogue
from item_bank.exchange import applying
from item_bank.exchange.places import worded_place
from tests.conftest import ClientFactory
from tests.item_bank.exchange.test_api import IMPORTS, OUTCOME, WITHOUT_CODE, applied, brought, rows_of, stored
from tests.item_bank.makers import import_items, item_ids, item_row, run_is_read

# The rules are the same on both databases; their SQL is tested with the other routes.
embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def changed(client: AsyncClient, run: dict[str, Any], number: int, **changes: Any) -> dict[str, Any]:
    answer = await client.patch(f"{IMPORTS}/{run['id']}/rows/{number}", json={"changes": changes})
    assert answer.status_code == 200, answer.text
    row: dict[str, Any] = answer.json()
    return row


async def read(client: AsyncClient, run: dict[str, Any]) -> dict[str, Any]:
    view: dict[str, Any] = (await client.get(f"{IMPORTS}/{run['id']}")).json()
    return view


def noted(row: dict[str, Any]) -> list[str]:
    return [notice["code"] for notice in row["notices"]]


@embedded
async def test_a_repetition_becomes_an_item_of_its_own_when_the_author_says_so(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    rows = [item_row(stem="Thiết bị nào in?"), item_row(stem="Thiết bị nào in?")]
    run = await brought(author, rows, WITHOUT_CODE)
    row = await changed(author, run, 2, is_other_item=True)
    assert (row["comparison"], row["code"], noted(row)) == ("new", "IU04-002", [])
    assert [one["is_other_item"] for one in await rows_of(author, run)] == [False, True]
    assert (await read(author, run))["counts"] | {"new": 2, "duplicate": 0, "warnings": 0} == (await read(author, run))[
        "counts"
    ]
    back = await changed(author, run, 2, is_other_item=False)
    assert (back["comparison"], back["is_other_item"], noted(back)) == ("duplicate", False, ["same_item_twice"])
    await changed(author, run, 2, is_other_item=True)
    assert (await applied(author, run)).json()["outcome"]["created"] == 2


@embedded
async def test_an_item_that_resembles_one_of_the_bank_is_kept_apart_or_becomes_its_next_version(
    client_for: ClientFactory,
) -> None:
    author = await client_for("item_author")
    await import_items(author, [item_row(stem="Phím nào xoá ký tự bên trái con trỏ?")])
    run = await brought(author, [item_row("IU04-099", stem="Phim nao  XOÁ ký tự bên trái con trỏ?")])
    [row] = await rows_of(author, run)
    assert [(one["code"], one["resembles"]) for one in row["notices"]] == [("same_item_in_bank", "IU04-001")]
    assert noted(await changed(author, run, 1, is_other_item=True)) == []
    assert (await read(author, run))["problems"] == []
    again = await changed(author, run, 1, is_other_item=None, code="IU04-001")
    assert (again["comparison"], noted(again)) == ("changed", [])
    assert (await applied(author, run)).json()["outcome"] == OUTCOME | {"new_versions": 1}


@embedded
async def test_items_with_one_problem_are_listed_with_the_numbers_to_mend_them_all(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    stems = ["Chuột là gì?", "Máy in là gì?", "Loa phát ra gì?", "Ổ đĩa SSD chứa gì?"]
    rows = [item_row(f"X-{n}", stem=stem, level="NB" if n == 2 else None) for n, stem in enumerate(stems)]
    run = await brought(author, rows)
    asked: dict[str, str | int] = {"problem": "level_missing", "limit": 2}
    listed = (await author.get(f"{IMPORTS}/{run['id']}/rows", params=asked)).json()
    assert ([row["number"] for row in listed["items"]], listed["numbers"], listed["total"]) == ([1, 2], [1, 2, 4], 3)
    body = {"numbers": listed["numbers"], "changes": {"cognitive_level": "VD", "tags": ["đợt 1"]}}
    view = (await author.patch(f"{IMPORTS}/{run['id']}/rows", json=body)).json()
    assert (view["counts"]["errors"], view["counts"]["new"]) == (0, 4)
    kept = [(row["cognitive_level"], row["tags"]) for row in await rows_of(author, run)]
    assert kept == [("VD", ["đợt 1"]), ("VD", ["đợt 1"]), ("NB", []), ("VD", ["đợt 1"])]
    none = (await author.get(f"{IMPORTS}/{run['id']}/rows", params={"problem": "level_missing"})).json()
    assert (none["items"], none["numbers"], none["total"]) == ([], [], 0)


@embedded
async def test_the_list_of_problems_names_the_item_the_place_in_words_and_what_to_do(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    rows = [item_row(), item_row(stem="Chuột là gì?"), item_row("X-1", stem="Máy in là gì?", key=None)]
    run = await brought(author, rows)
    listed = (await author.get(f"{IMPORTS}/{run['id']}/problems")).json()
    found = [(one["number"], one["item_place_text"], one["place_text"], one["item_code"]) for one in listed["items"]]
    assert found == [
        (1, "dòng 2", "dòng 2", "IU04-001"),
        (2, "dòng 3", "dòng 3", "IU04-001"),
        (3, "dòng 4", "ô I4", "X-1"),
    ]
    assert listed["total"] == 3
    assert listed["items"][0]["message"] == "Mã IU04-001 còn xuất hiện ở dòng 3"
    assert all(one["fix"] for one in listed["items"])


@embedded
async def test_after_applying_each_item_is_named_with_its_id(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    await import_items(author, [item_row(), item_row("IU04-002", stem="Chuột là gì?")])
    rows = [
        item_row(),
        item_row("IU04-002", stem="Chuột máy tính là gì?"),
        item_row("IU04-003", stem="Loa phát ra gì?"),
        item_row("IU04-004", stem="Máy in là gì?", key=None),
    ]
    run = await brought(author, rows)
    view = (await applied(author, run, skip_rows_with_errors=True)).json()
    ids = await item_ids(author)
    assert [(one["code"], one["comparison"], one["id"]) for one in view["saved"]] == [
        ("IU04-001", "unchanged", str(ids["IU04-001"])),
        ("IU04-002", "changed", str(ids["IU04-002"])),
        ("IU04-003", "new", str(ids["IU04-003"])),
    ]
    assert view["saved"] == (await read(author, run))["saved"]


@embedded
async def test_a_large_run_is_applied_as_long_work_and_waits_again_when_the_bank_has_overtaken_it(
    client_for: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "AT_ONCE_ROWS", 2)
    author, other = await client_for("item_author"), await client_for("item_author")
    rows = [item_row(f"IU04-00{n}", stem=f"Ô A{n} nằm ở hàng nào của bảng tính?") for n in (1, 2, 3)]
    run = await brought(author, rows)
    await import_items(other, [item_row("IU04-002", stem="Ai đó ghi trước dưới cùng mã?")])
    assert (await applied(author, run)).json()["state"] == "applying"
    assert (await author.delete(f"{IMPORTS}/{run['id']}")).json()["code"] == "import_not_ready"
    waiting = await run_is_read(author, f"{IMPORTS}/{run['id']}")
    assert (waiting["state"], waiting["outcome"]) == ("ready", None)
    job = (await author.get(f"/api/jobs/{waiting['job_id']}")).json()
    assert (job["status"], job["error"]["code"]) == ("failed", "import_outdated")
    assert list(await item_ids(author)) == ["IU04-002"], "nothing of the run is in the bank"
    checked = (await author.post(f"{IMPORTS}/{run['id']}/check")).json()
    assert (checked["counts"]["new"], checked["counts"]["changed"]) == (2, 1)
    await applied(author, run)
    done = await run_is_read(author, f"{IMPORTS}/{run['id']}")
    assert (done["state"], done["outcome"]) == ("applied", OUTCOME | {"created": 2, "new_versions": 1})
    assert (await stored(author, "IU04-002"))["version_number"] == 2


@pytest.mark.parametrize(
    ("place", "vi", "en"),
    [
        ("12", "dòng 12", "row 12"),
        ("I5", "ô I5", "cell I5"),
        ("A3:B5", "ô A3:B5", "cell A3:B5"),
        ("¶ 3 “Câu 1. Gì?”", "đoạn 3 “Câu 1. Gì?”", "paragraph 3 “Câu 1. Gì?”"),
        ("¶ 12 [3: B2] “Gì?”", "đoạn 12, bảng 3, ô B2 “Gì?”", "paragraph 12, table 3, cell B2 “Gì?”"),
        ("items/i1.xml (Chuột)", "items/i1.xml (Chuột)", "items/i1.xml (Chuột)"),
        ("IU04-001", "IU04-001", "IU04-001"),
        ("", "", ""),
    ],
)
def test_places_are_told_in_words(place: str, vi: str, en: str) -> None:
    catalogue = Catalogue(["item_bank"])
    assert (worded_place(place, catalogue, "vi"), worded_place(place, catalogue, "en")) == (vi, en)
