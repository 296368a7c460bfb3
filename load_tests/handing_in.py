"""Bringing a file of a practical task to the server, as the candidate's page does: announced, in parts, resumed."""

import asyncio
import hashlib
from collections.abc import Set
from typing import Any
from uuid import UUID

import httpx

PART_BYTES = 262_144
_PAUSE = 0.2
_RETRIED = frozenset({425, 429, 502, 503, 504})


class FileRefusedError(Exception):
    """The server does not take the file."""


def response_entry(name: str, content: bytes) -> str:
    """Return how an answer names a file."""
    return f"{hashlib.sha256(content).hexdigest()} {name}"


async def bring_file(
    client: httpx.AsyncClient,
    *,
    attempt_id: UUID,
    epoch: int,
    item: str,
    name: str,
    content: bytes,
    part_bytes: int = PART_BYTES,
) -> dict[str, Any]:
    """Bring a file until the server has all of it; lost requests and answers are repeated from where it stands.

    Parameters
    ----------
    client : logged in, with the CSRF token among its headers.

    Raises
    ------
    FileRefusedError
    """
    url = f"/api/delivery/attempts/{attempt_id}/uploads"
    announced = {
        "epoch": epoch,
        "item": item,
        "file_name": name,
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    view = await _answer(client, "POST", url, {200}, json=announced)
    while not view["is_complete"]:
        start = view["received_bytes"]
        part = content[start : start + part_bytes]
        headers = {"Upload-Offset": str(start), "Seat-Epoch": str(epoch), "Content-Type": "application/octet-stream"}
        answer = await _answer(client, "PATCH", f"{url}/{view['id']}", {200, 409}, content=part, headers=headers)
        if "code" in answer:
            if answer["code"] != "upload_part_out_of_place":
                raise FileRefusedError(answer["code"])
            # Another request of ours got through after all; it says where to go on.
            answer = await _answer(client, "POST", url, {200}, json=announced)
        view = answer
    return view


async def _answer(
    client: httpx.AsyncClient, method: str, url: str, expected: Set[int], **request: Any
) -> dict[str, Any]:
    while True:
        try:
            response = await client.request(method, url, **request)
        except httpx.TransportError:
            await asyncio.sleep(_PAUSE)
            continue
        if response.status_code in _RETRIED:
            await asyncio.sleep(_PAUSE)
            continue
        answer: dict[str, Any] = response.json()
        if response.status_code not in expected:
            raise FileRefusedError(f"{response.status_code} {answer.get('code')}")
        return answer
