"""The bank over HTTP: lists, search, keys, approval by a second person, retirement."""

import pytest

from tests.conftest import ClientFactory
from tests.item_bank.makers import approve_all, import_items, item_ids, item_row


async def test_search_needs_neither_marks_nor_case(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    await import_items(
        author,
        [
            item_row("IU04-001", stem="Đường kẻ biên của ô đặt ở đâu?"),
            item_row("IU04-002", stem="Tỉ lệ 100% nghĩa là gì?"),
            item_row("IU04-003", stem="Hàm nào đếm ô?", a="Đếm_ô", b="COUNTA"),
        ],
    )

    async def found(q: str) -> list[str]:
        response = await author.get("/api/items", params={"q": q})
        return [item["code"] for item in response.json()["items"]]

    assert await found("duong KE bien") == ["IU04-001"]
    assert await found("Đường") == ["IU04-001"]
    assert await found("100%") == ["IU04-002"], "a per cent sign is no wildcard"
    assert await found("dem_o") == ["IU04-003"], "an underscore parts words that stand beside each other"
    assert await found("em_o") == [], "and is no wildcard"
    assert await found("counta") == ["IU04-003"], "options are searched too"
    assert await found("iu04-002") == ["IU04-002"]
    assert await found("\x00") == ["IU04-001", "IU04-002", "IU04-003"]
    assert await found("không có") == []


async def test_facets_count_as_if_their_own_restriction_were_lifted(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    await import_items(
        author,
        [
            item_row("A-1", level="NB"),
            item_row("A-2", level="TH"),
            item_row("A-3", level="TH", module="IU03", reference="IU03.1"),
        ],
    )
    listed = (await author.get("/api/items", params={"level": "TH"})).json()
    assert listed["total"] == 2
    assert listed["facets"] == {
        "module": {"IU03": 1, "IU04": 1},
        "level": {"NB": 1, "TH": 2},
        "status": {"in_review": 2},
        "kind": {"single_choice": 2},
        "has_key": {"yes": 2},
    }


async def test_pages_and_orders(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    await import_items(author, [item_row(f"A-{number}") for number in range(1, 6)])

    async def codes(**params: str) -> list[str]:
        return [item["code"] for item in (await author.get("/api/items", params=params)).json()["items"]]

    assert await codes(sort="-code", limit="2") == ["A-5", "A-4"]
    assert await codes(sort="b", offset="3", limit="2") == ["A-4", "A-5"], "without parameters the code decides"
    refused = await author.get("/api/items", params={"sort": "key"})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_sort")


@pytest.mark.parametrize(
    ("role", "sees_key"), [("item_author", True), ("item_reviewer", True), ("board_member", False)]
)
async def test_a_key_is_shown_only_to_those_who_may_read_keys(
    client_for: ClientFactory, role: str, sees_key: bool
) -> None:
    author, reader = await client_for("item_author"), await client_for(role)
    await import_items(author, [item_row(explanation="Vì SUM là hàm cộng.")])
    [item_id] = (await item_ids(author)).values()
    detail = await reader.get(f"/api/items/{item_id}")
    assert (detail.json()["key"] or {}).get("correct") == (["B"] if sees_key else None)
    assert ("Vì SUM" in detail.text) is sees_key
    assert "Vì SUM" not in (await reader.get("/api/items")).text


async def test_the_content_hash_does_not_give_the_key_away(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    await import_items(author, [item_row(key="A")])
    await import_items(author, [item_row(key="B")])
    [item_id] = (await item_ids(author)).values()
    versions = (await author.get(f"/api/items/{item_id}")).json()["versions"]
    assert len(versions) == 2
    assert versions[0]["content_hash"] == versions[1]["content_hash"]


async def test_nobody_approves_an_own_item(client_for: ClientFactory) -> None:
    both, other = await client_for("item_author", "item_reviewer"), await client_for("item_reviewer")
    await import_items(both, [item_row()])
    ids = [str(id_) for id_ in (await item_ids(both)).values()]
    own = (await both.post("/api/items/approvals", json={"item_ids": ids})).json()
    assert own["done"] == 0
    assert [(refusal["code"], refusal["reason_code"]) for refusal in own["refused"]] == [("IU04-001", "own_item")]
    assert "người khác" in own["refused"][0]["reason"]
    by_another = (await other.post("/api/items/approvals", json={"item_ids": ids})).json()
    assert (by_another["done"], by_another["refused"]) == (1, [])
    again = (await other.post("/api/items/approvals", json={"item_ids": ids})).json()
    assert again["refused"][0]["reason_code"] == "item_wrong_status"


@pytest.mark.parametrize("change", [{"stem": "Câu đã sửa?"}, {"key": "A"}, {"level": "TH"}])
async def test_neither_who_wrote_an_item_nor_who_changed_it_last_approves_it(
    client_for: ClientFactory, change: dict[str, str]
) -> None:
    first = await client_for("item_author", "item_reviewer")
    second = await client_for("item_author", "item_reviewer")
    third = await client_for("item_reviewer")
    await import_items(first, [item_row()])
    await import_items(second, [item_row(**change)], submit=False)
    assert await approve_all(second) == 0
    assert await approve_all(first) == 0
    assert await approve_all(third) == 1


async def test_who_wrote_the_key_does_not_approve_it_after_somebody_changed_the_words(
    client_for: ClientFactory,
) -> None:
    first = await client_for("item_author", "item_reviewer")
    second, third = await client_for("item_author"), await client_for("item_reviewer")
    await import_items(first, [item_row()])
    assert await approve_all(third) == 1
    await import_items(second, [item_row(stem="Công thức nào cộng các số của A1:A5?")])
    assert await approve_all(first) == 0, "the key is still the one that the first person wrote"
    assert await approve_all(third) == 1


async def test_approving_all_that_match_leaves_the_rest_alone(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    await import_items(author, [item_row("A-1", level="NB"), item_row("A-2", level="TH")])
    outcome = await reviewer.post("/api/items/approvals", json={"all_matching": {"level": ["TH"]}})
    assert outcome.json()["done"] == 1
    statuses = {item["code"]: item["status"] for item in (await author.get("/api/items")).json()["items"]}
    assert statuses == {"A-1": "in_review", "A-2": "approved"}


async def test_acts_on_all_that_match_refuse_a_filter_that_nobody_knows(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    await import_items(author, [item_row("A-1")])
    refused = await reviewer.post("/api/items/approvals", json={"all_matching": {"q": "status:waiting"}})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_filter")
    assert "status:waiting" in refused.json()["title"] + refused.json().get("detail", "")


@pytest.mark.parametrize("body", [{}, {"item_ids": ["00000000-0000-0000-0000-000000000001"], "all_matching": {}}])
async def test_an_approval_names_its_items_in_one_way(client_for: ClientFactory, body: dict[str, object]) -> None:
    reviewer = await client_for("item_reviewer")
    refused = await reviewer.post("/api/items/approvals", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "approval_target")


async def test_an_unknown_item_is_told(client_for: ClientFactory) -> None:
    reviewer = await client_for("item_reviewer")
    nobody = "00000000-0000-0000-0000-000000000001"
    outcome = (await reviewer.post("/api/items/approvals", json={"item_ids": [nobody]})).json()
    assert [(refusal["code"], refusal["reason_code"]) for refusal in outcome["refused"]] == [(nobody, "item_not_found")]
    missing = await reviewer.get(f"/api/items/{nobody}")
    assert (missing.status_code, missing.json()["code"]) == (404, "item_not_found")


async def test_a_retired_item_cannot_be_approved_or_retired_again(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    await import_items(author, [item_row()])
    body = {"item_ids": [str(id_) for id_ in (await item_ids(author)).values()]}
    retired = (await reviewer.post("/api/items/retirements", json=body)).json()
    assert (retired["done"], retired["refused"]) == (1, [])
    again = (await reviewer.post("/api/items/retirements", json=body)).json()
    assert again["refused"][0]["reason_code"] == "item_wrong_status"
    approval = (await reviewer.post("/api/items/approvals", json=body)).json()
    assert approval["refused"][0]["reason_code"] == "item_wrong_status"


async def test_every_act_on_the_bank_is_on_record_without_a_key(client_for: ClientFactory) -> None:
    author, reviewer, inspector = (
        await client_for("item_author"),
        await client_for("item_reviewer"),
        await client_for("inspector"),
    )
    await import_items(author, [item_row(explanation="Bí mật của đáp án")])
    await approve_all(reviewer)
    record = await inspector.get("/api/audit")
    actions = [entry["action"] for entry in record.json()["items"]]
    imported = ["item_import.applied", "item.submitted", "item.saved", "item_import.brought"]
    assert actions[:5] == ["item.approved", *imported]
    assert "Bí mật" not in record.text
    assert (await inspector.get("/api/audit/verification")).json()["intact"]
