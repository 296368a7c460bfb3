"""Surveys over HTTP."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import ClientFactory, finish_jobs
from tests.item_bank.makers import import_items, item_row

TWINS = [
    item_row("IU04-001", stem="Phím nào xoá ký tự bên trái con trỏ?"),
    item_row("IU04-002", stem="Phím nào xóa kí tự bên TRÁI con trỏ?"),
]
NEGATIVE = item_row("IU04-003", stem="Hàm nào không phải là hàm thống kê trong Calc?")

embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def surveyed(client: AsyncClient, **selection: Any) -> dict[str, Any]:
    started = await client.post("/api/items/quality/surveys", json=selection)
    assert started.status_code == 202, started.text
    job_id = started.json()["job_id"]
    assert (await finish_jobs(client, job_id))["status"] == "succeeded"
    found = await client.get(f"/api/items/quality/surveys/{job_id}")
    assert found.status_code == 200, found.text
    return dict(found.json())


async def test_a_survey_names_flaws_and_pairs_in_the_reader_s_language(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    await import_items(author, [*TWINS, NEGATIVE])
    found = await surveyed(author, module=["IU04"])
    assert (found["items"], found["is_key_read"]) == (3, True)
    [rule] = [rule for rule in found["rules"] if rule["rule"] == "flaw_negative_unmarked"]
    assert (rule["title"], rule["total"], rule["found"][0]["code"]) == ("Câu hỏi phủ định không nổi bật", 1, "IU04-003")
    assert "không phải" in rule["found"][0]["message"]
    [pair] = found["pairs"]
    assert (pair["first"]["code"], pair["second"]["code"]) == ("IU04-001", "IU04-002")
    # All three have their key at B; three are too few to say anything of chance.
    assert (found["modules"][0]["key_positions"], found["modules"][0]["p_value"]) == ([0, 3, 0, 0], None)


@embedded
async def test_who_may_not_read_keys_is_told_nothing_about_them(client_for: ClientFactory) -> None:
    author, board = await client_for("item_author"), await client_for("board_member")
    await import_items(author, [*TWINS, NEGATIVE])
    found = await surveyed(board)
    assert (found["is_key_read"], found["modules"][0]["key_positions"]) == (False, [])


@embedded
async def test_a_survey_is_read_by_who_asked_for_it_and_when_it_is_done(client_for: ClientFactory) -> None:
    author, other = await client_for("item_author"), await client_for("item_author")
    await import_items(author, TWINS)
    job_id = (await author.post("/api/items/quality/surveys", json={})).json()["job_id"]
    early = await author.get(f"/api/items/quality/surveys/{job_id}")
    assert (early.status_code, early.json()["code"]) == (409, "survey_not_ready")
    stranger = await other.get(f"/api/items/quality/surveys/{job_id}")
    assert (stranger.status_code, stranger.json()["code"]) == (404, "survey_not_found")
    await finish_jobs(author, job_id)


@embedded
async def test_a_filter_that_nothing_matches_is_refused(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    empty = await author.post("/api/items/quality/surveys", json={"module": ["IU01"]})
    assert (empty.status_code, empty.json()["code"]) == (422, "survey_empty")
    unknown = await author.post("/api/items/quality/surveys", json={"q": "status:nowhere"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_filter")
