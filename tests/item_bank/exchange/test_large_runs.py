"""Runs that are read, checked and applied in batches come to the same as when all is done at once."""

from typing import Any

import pytest
from httpx import AsyncClient

from benchmarks.imports.files import csv_file
from item_bank.exchange import applying, jobs, service
from tests.conftest import ClientFactory
from tests.item_bank.exchange.test_api import IMPORTS, OUTCOME, WITHOUT_CODE, applied, brought, rows_of
from tests.item_bank.makers import item_ids, item_row, run_is_read

# The rules are the same on both databases; their SQL is tested with the other routes.
embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def batches_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is long work, and every run is checked and applied two rows at a time."""
    monkeypatch.setattr(service, "AT_ONCE_BYTES", 0)
    for module in (jobs, applying):
        monkeypatch.setattr(module, "ROWS_AT_ONCE", 2)


async def read(client: AsyncClient, rows: list[dict[str, Any]], headings: Any = None) -> dict[str, Any]:
    run = await (brought(client, rows, headings) if headings else brought(client, rows))
    assert run["state"] == "reading"
    return await run_is_read(client, f"{IMPORTS}/{run['id']}")


@embedded
@pytest.mark.usefixtures("batches_of_two")
async def test_the_same_content_in_several_batches_is_taken_once_and_can_be_applied(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    stems = ["Thiết bị nào in?", "Thiết bị nào in?", "Chuột là gì?", "Loa phát ra gì?", "Thiết bị nào in?"]
    run = await read(author, [item_row(stem=stem) for stem in stems], WITHOUT_CODE)
    found = [(row["comparison"], row["code"]) for row in await rows_of(author, run)]
    assert found == [
        ("new", "IU04-001"),
        ("duplicate", None),
        ("new", "IU04-002"),
        ("new", "IU04-003"),
        ("duplicate", None),
    ]
    done = (await applied(author, run)).json()
    assert done["outcome"] == OUTCOME | {"created": 3, "skipped": 2}
    assert sorted(await item_ids(author)) == ["IU04-001", "IU04-002", "IU04-003"]


@embedded
@pytest.mark.usefixtures("batches_of_two")
async def test_a_code_given_in_two_batches_is_refused_in_both(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    codes = ["IU04-007", "IU04-001", None, "IU04-003", "IU04-007"]
    run = await read(author, [item_row(stem=f"Ô A{n} chứa gì?") | {"Mã câu hỏi": code} for n, code in enumerate(codes)])
    rows = await rows_of(author, run)
    told = [[one["message"] for one in row["notices"]] for row in rows]
    first, last = "Mã IU04-007 còn xuất hiện ở dòng 6", "Mã IU04-007 còn xuất hiện ở dòng 2"
    assert told == [[first], [], [], [], [last]]
    assert rows[2]["code"] == "IU04-008", "above all numbers of the file, those of later batches too"


@embedded
@pytest.mark.usefixtures("batches_of_two")
async def test_when_the_bank_has_overtaken_a_later_batch_nothing_of_the_earlier_ones_stays(
    client_for: ClientFactory,
) -> None:
    author = await client_for("item_author")
    run = await read(author, [item_row(f"IU04-00{n}", stem=f"Ô A{n} chứa gì?") for n in range(1, 6)])
    other = await read(author, [item_row("IU04-005", stem="Ai đó ghi trước dưới cùng mã?")])
    await applied(author, other)
    assert (await applied(author, run)).json()["code"] == "import_outdated"
    assert list(await item_ids(author)) == ["IU04-005"]


@embedded
@pytest.mark.usefixtures("batches_of_two")
async def test_items_that_resemble_each_other_are_told_in_long_work_too(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    stems = [
        "Phím nào xoá ký tự bên trái con trỏ?",
        "Chuột là gì?",
        "Loa phát ra gì?",
        "Phím nào xoá ký tự bên trái con trỏ",
    ]
    run = await read(author, [item_row(f"IU04-00{n}", stem=stem) for n, stem in enumerate(stems, start=1)])
    told = [[one["code"] for one in row["notices"]] for row in await rows_of(author, run)]
    assert told == [[], [], [], ["same_item_in_file"]]


@embedded
@pytest.mark.usefixtures("batches_of_two")
async def test_a_file_that_is_damaged_near_its_end_leaves_no_rows(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    content = csv_file(1_100) + b'"IU01-1"x,\n'
    run = (await author.post(IMPORTS, files={"file": ("câu hỏi.csv", content)}, data={"format": "sheet"})).json()
    read = await run_is_read(author, f"{IMPORTS}/{run['id']}")
    assert (read["state"], [notice["code"] for notice in read["notices"]]) == ("failed", ["csv_damaged"])
    assert await rows_of(author, read) == []
