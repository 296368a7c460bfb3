"""Bodies of requests as the authoring page sends them."""

from typing import Any

from httpx import AsyncClient


def item_body(**changes: Any) -> dict[str, Any]:
    """Return a complete single choice; keyword arguments replace fields."""
    body: dict[str, Any] = {
        "content": {
            "interaction": "single_choice",
            "language": "vi",
            "stem": "Hàm nào tính <strong>tổng</strong>?",
            "options": [{"id": "A", "content": "SUM"}, {"id": "B", "content": "COUNT"}, {"id": "C", "content": "MAX"}],
        },
        "key": {"form": "choice", "correct": ["A"]},
        "explanation": "SUM cộng các số.",
        "reference_code": "IU04.5",
        "cognitive_level": "NB",
    }
    return body | changes


def stimulus_body(**changes: Any) -> dict[str, Any]:
    """Return a stimulus; keyword arguments replace fields."""
    return {"title": "Bảng điểm lớp 9A", "content": "<p>Bảng điểm gồm 40 hàng.</p>"} | changes


async def created(client: AsyncClient, **changes: Any) -> dict[str, Any]:
    """Create an item and return what the server said."""
    response = await client.post("/api/items", json=item_body(**changes))
    assert response.status_code == 201, response.text
    saved: dict[str, Any] = response.json()
    return saved


async def saved(client: AsyncClient, item: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Save a new version on top of the one that the server spoke of last."""
    body = item_body(**changes) | {"version_number": item["version_number"]}
    response = await client.put(f"/api/items/{item['id']}", json=body)
    assert response.status_code == 200, response.text
    outcome: dict[str, Any] = response.json()
    return outcome


async def acted(client: AsyncClient, act: str, item: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Do an act on one item and return what came of it."""
    response = await client.post(f"/api/items/{act}", json={"item_ids": [item["id"]], **more})
    assert response.status_code == 200, response.text
    outcome: dict[str, Any] = response.json()
    return outcome
