"""Bringing a file of a practical task to the server on asyncio: :mod:`load_tests.file_parts` over httpx."""

import asyncio
from typing import Any
from uuid import UUID

import httpx

from load_tests.file_parts import OUT_OF_PLACE, PART_BYTES, FileOnItsWay, response_entry
from load_tests.protocol import TOLD_TO_WAIT, Call

__all__ = ["FileRefusedError", "bring_file", "response_entry"]

_PAUSE = 0.2


class FileRefusedError(Exception):
    """The server does not take the file."""


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
    file = FileOnItsWay(attempt_id, epoch, item, name, content, part_bytes)
    view = await _answer(client, file.announcement())
    while not view.get("is_complete"):
        # A part that came out of place is answered by its code, and by no view.
        view = await _answer(client, file.next_part(view) if "id" in view else file.announcement())
    return view


async def _answer(client: httpx.AsyncClient, call: Call) -> dict[str, Any]:
    while True:
        try:
            response = await client.request(
                call.method, call.path, json=call.body, content=call.content or None, headers=call.headers
            )
        except httpx.TransportError:
            await asyncio.sleep(_PAUSE)
            continue
        if response.status_code in TOLD_TO_WAIT:
            await asyncio.sleep(_PAUSE)
            continue
        answer: dict[str, Any] = response.json()
        if response.status_code != 200 and answer.get("code") != OUT_OF_PLACE:
            raise FileRefusedError(f"{response.status_code} {answer.get('code')}")
        return answer
