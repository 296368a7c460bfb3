"""What authors and reviewers do in tests, over HTTP."""

from typing import Any

from httpx import AsyncClient

from tests.item_bank.authoring.bodies import acted, created


async def handed_in(author: AsyncClient, **changes: Any) -> dict[str, Any]:
    """Create an item and hand it in for review."""
    item = await created(author, **changes)
    assert (await acted(author, "submissions", item))["done"] == 1
    return item


async def checklist_in_force(client: AsyncClient) -> dict[str, Any]:
    """Return the checklist that reviewers answer now."""
    found: dict[str, Any] = (await client.get("/api/review-checklists")).json()["items"][0]
    return found


async def review_body(client: AsyncClient, item: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a review that approves a single choice; keyword arguments replace fields."""
    checklist = await checklist_in_force(client)
    asked = [q for q in checklist["questions"] if not q["interactions"] or "single_choice" in q["interactions"]]
    body: dict[str, Any] = {
        "version_number": item["version_number"],
        "checklist_number": checklist["number"],
        "answers": [{"code": question["code"], "answer": "yes"} for question in asked],
        "verdict": "approve",
    }
    return body | changes


async def reviewed(client: AsyncClient, item: dict[str, Any], **changes: Any) -> tuple[int, dict[str, Any]]:
    """Review an item; return the status and what the server said."""
    response = await client.post(f"/api/items/{item['id']}/reviews", json=await review_body(client, item, **changes))
    return response.status_code, response.json()


async def status_of(client: AsyncClient, item: dict[str, Any]) -> str:
    """Return the state that an item is in."""
    return str((await client.get(f"/api/items/{item['id']}")).json()["status"])


async def permits_of(client: AsyncClient, item: dict[str, Any]) -> dict[str, str | None]:
    """Return for each act what stands in the client's way, None when nothing does."""
    found = (await client.get(f"/api/items/{item['id']}/whereabouts")).json()["permits"]
    return {permit["act"]: permit["reason_code"] for permit in found}
