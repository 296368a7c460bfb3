"""Who calls from where: proxies are believed only when trusted, and only what they added themselves."""

import pytest
from starlette.datastructures import State
from starlette.requests import Request

from exam_engine.accounts.access import client_address
from exam_engine.core.config import Settings


class AppOfSettings:
    """As much of an application as the question needs."""

    def __init__(self, settings: Settings) -> None:
        self.state = State({"settings": settings})


def address(peer: str | None, *forwarded: str, trusted: tuple[str, ...] = ("10.0.0.1",)) -> str:
    app = AppOfSettings(Settings(trusted_proxies=trusted))
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    client = None if peer is None else (peer, 40000)
    return client_address(Request({"type": "http", "headers": headers, "client": client, "app": app}))


@pytest.mark.parametrize(
    ("peer", "forwarded", "caller"),
    [
        ("192.168.1.5", (), "192.168.1.5"),
        ("10.0.0.1", ("203.0.113.7",), "203.0.113.7"),
        # Not a proxy of ours: what it says counts for nothing.
        ("192.168.1.5", ("203.0.113.7",), "192.168.1.5"),
        # The caller made up the first; the proxy added the last, in the same line or in one of its own.
        ("10.0.0.1", ("1.1.1.1, 203.0.113.7",), "203.0.113.7"),
        ("10.0.0.1", ("1.1.1.1", "203.0.113.7"), "203.0.113.7"),
        ("10.0.0.1", ("",), "10.0.0.1"),
        (None, ("203.0.113.7",), "unknown"),
    ],
)
def test_the_address_is_the_peers_or_the_one_a_trusted_proxy_saw(
    peer: str | None, forwarded: tuple[str, ...], caller: str
) -> None:
    assert address(peer, *forwarded) == caller


def test_without_trusted_proxies_no_header_counts() -> None:
    assert address("10.0.0.1", "203.0.113.7", trusted=()) == "10.0.0.1"
