"""The way from a site to the central server: HTTP over a verified connection, repeated while the network is away."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from pydantic import BaseModel, ValidationError

from exam_engine.sites.errors import (
    BadAddressError,
    CentralRefusalError,
    CentralServerError,
    SiteNotAdmittedError,
)
from exam_engine.sites.portions import Portion
from exam_engine.sites.schemas import CompletedView, HomeState, PulledData, ReleaseCode, TakenView

T = TypeVar("T", bound=BaseModel)

PATIENCE = httpx.Timeout(30, read=600)
"""Seconds; a push ends with everything being checked, which takes a while."""
WAITS = (1.0, 2.0, 4.0, 8.0)
"""Seconds between tries; the last one that fails ends the command, which may be run again."""
_COME_AGAIN = frozenset({502, 503, 504})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class CentralServer:
    """The server that a sitting came from.

    Every request may be repeated: the server there does nothing twice.

    Parameters
    ----------
    waits : seconds before each further try when it cannot be reached.
    """

    def __init__(self, client: httpx.AsyncClient, *, waits: Sequence[float] = WAITS) -> None:
        self._client = client
        self._waits = waits

    async def pull(self, code: str, public_key: str, signature: str) -> PulledData:
        """Return what a pull code stands for.

        Raises
        ------
        CentralServerError, CentralRefusalError
        """
        body = {"code": code, "public_key": public_key, "signature": signature}
        return await self._ask("POST", "/api/site/pull", PulledData, body)

    async def paper(self, paper_id: UUID) -> bytes:
        """Return a sealed paper.

        Raises
        ------
        CentralServerError, CentralRefusalError
        """
        return (await self._call("GET", f"/papers/{paper_id}.bin")).content

    async def release_code(self) -> str:
        """Return the code that opens the papers.

        Raises
        ------
        CentralServerError
        CentralRefusalError
            It is too early, for one.
        """
        return (await self._ask("POST", "/api/site/release", ReleaseCode)).release_code

    async def send(self, portion: Portion) -> TakenView:
        """Bring rows home.

        Raises
        ------
        CentralServerError, CentralRefusalError
        """
        body = {"push": portion.push, "table": portion.table, "rows": portion.rows}
        return await self._ask("POST", "/api/site/portions", TakenView, body)

    async def complete(self, push: int) -> CompletedView:
        """Say that everything is home.

        Raises
        ------
        CentralServerError, CentralRefusalError
        """
        return await self._ask("POST", "/api/site/completion", CompletedView, {"push": push})

    async def state(self) -> HomeState:
        """Return how much is home.

        Raises
        ------
        CentralServerError, CentralRefusalError
        """
        return await self._ask("GET", "/api/site/state", HomeState)

    async def _ask(self, method: str, path: str, kind: type[T], body: dict[str, Any] | None = None) -> T:
        response = await self._call(method, path, body)
        try:
            return kind.model_validate_json(response.content)
        except ValidationError as error:
            raise CentralServerError(reason=f"{path}: {error.error_count()} values") from error

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        for wait in (*self._waits, None):
            try:
                response = await self._client.request(method, path, json=body)
            except httpx.TransportError as error:
                if wait is None:
                    raise CentralServerError(reason=str(error) or type(error).__name__) from error
            else:
                if response.is_success:
                    return response
                if response.status_code not in _COME_AGAIN or wait is None:
                    raise _refusal(response)
            await asyncio.sleep(wait)
        raise AssertionError


def _refusal(response: httpx.Response) -> CentralRefusalError | CentralServerError:
    """Return the words of the server there, in the language that was asked for."""
    try:
        problem = response.json()
        words = [problem["title"], problem.get("detail", "")]
        words += [f"{one['place']}: {one['message']}" for one in problem.get("errors", [])]
        code = str(problem["code"])
    except (ValueError, KeyError, TypeError):
        return CentralServerError(reason=f"HTTP {response.status_code}")
    if response.status_code == httpx.codes.UNAUTHORIZED:
        return SiteNotAdmittedError(refused=code, status=response.status_code)
    said = ". ".join(str(word).rstrip(".") for word in words if word)
    return CentralRefusalError(words=said, refused=code, status=response.status_code)


@asynccontextmanager
async def central_server(
    url: str, *, token: str = "", authority: str | None = None, waits: Sequence[float] = WAITS
) -> AsyncIterator[CentralServer]:
    """Open the way to a central server.

    Parameters
    ----------
    authority : PEM of the authority that vouches for it, besides those that the machine trusts.

    Raises
    ------
    BadAddressError
        Only to itself a machine may speak without TLS.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise BadAddressError(url=url)
    headers = {"Accept-Language": "vi"} | ({"Authorization": f"Bearer {token}"} if token else {})
    verify = ssl.create_default_context()
    if authority:
        verify.load_verify_locations(cadata=authority)
    async with httpx.AsyncClient(base_url=url, headers=headers, verify=verify, timeout=PATIENCE) as client:
        yield CentralServer(client, waits=waits)
