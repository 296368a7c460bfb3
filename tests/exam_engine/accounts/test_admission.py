"""Whoever is refused is refused before a byte of what they send is read."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from tests.conftest import ClientFactory

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MULTIPART = {"content-type": "multipart/form-data; boundary=x"}


class Body:
    """A body that knows whether it was read."""

    def __init__(self) -> None:
        self.is_read = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.is_read = True
        yield b"--x"


@pytest.mark.parametrize(
    ("role", "url", "headers", "answer"),
    [
        ("nobody", "/api/media", MULTIPART, (401, "not_authenticated")),
        ("proctor", "/api/media", MULTIPART, (403, "permission_denied")),
        ("inspector", "/api/exams", {"content-type": "application/json"}, (403, "permission_denied")),
    ],
)
async def test_a_body_is_not_read_before_it_is_known_that_it_may_be_sent(
    client_for: ClientFactory, role: str, url: str, headers: dict[str, str], answer: tuple[int, str]
) -> None:
    client = await client_for() if role == "nobody" else await client_for(role)
    body = Body()
    response = await client.post(url, content=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == answer
    assert not body.is_read


async def test_a_missing_csrf_token_is_told_in_place_of_a_body_that_cannot_be_read(
    app: FastAPI, client_for: ClientFactory
) -> None:
    client = await client_for("item_author")
    unreadable, headers = b"\x8e\x0e", {"content-type": "application/json"}
    read = await client.post("/api/items", content=unreadable, headers=headers)
    assert (read.status_code, read.json()["code"]) == (400, "unreadable_body")
    del client.headers["x-csrf-token"]
    refused = await client.post("/api/items", content=unreadable, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
