"""Saved views: one's own, those that others share, and whose they are to change."""

from typing import Any

from httpx import AsyncClient

from tests.conftest import ClientFactory

VIEW: dict[str, Any] = {"name": "Câu khó", "query": "q=b%3A%3E1&sort=-b", "columns": ["code", "b"], "is_shared": False}


async def names(client: AsyncClient) -> list[tuple[str, bool]]:
    return [(view["name"], view["is_own"]) for view in (await client.get("/api/saved-views")).json()["items"]]


async def test_a_view_is_its_owners_until_it_is_shared(client_for: ClientFactory) -> None:
    owner, other = await client_for("item_author"), await client_for("board_member")
    view = (await owner.post("/api/saved-views", json=VIEW)).json()
    assert await names(owner) == [("Câu khó", True)]
    assert await names(other) == []
    shared = await owner.put(f"/api/saved-views/{view['id']}", json=VIEW | {"is_shared": True, "name": "Câu khó nhất"})
    assert shared.json()["query"] == VIEW["query"]
    assert await names(other) == [("Câu khó nhất", False)]
    for response in (
        await other.put(f"/api/saved-views/{view['id']}", json=VIEW),
        await other.delete(f"/api/saved-views/{view['id']}"),
    ):
        assert (response.status_code, response.json()["code"]) == (404, "saved_view_not_found")
    assert (await owner.delete(f"/api/saved-views/{view['id']}")).status_code == 204
    assert await names(other) == await names(owner) == []


async def test_names_are_ones_own(client_for: ClientFactory) -> None:
    owner, other = await client_for("item_author"), await client_for("item_reviewer")
    assert (await owner.post("/api/saved-views", json=VIEW)).status_code == 201
    again = await owner.post("/api/saved-views", json=VIEW | {"name": " Câu khó "})
    assert (again.status_code, again.json()["code"]) == (409, "saved_view_name_taken")
    assert (await other.post("/api/saved-views", json=VIEW)).status_code == 201


async def test_only_those_who_read_items_keep_views(client_for: ClientFactory) -> None:
    officer = await client_for("certificate_officer")
    assert (await officer.get("/api/saved-views")).status_code == 403
    assert (await officer.post("/api/saved-views", json=VIEW)).status_code == 403
