"""Connections to PostgreSQL that notice when the other end is gone, although nobody said so.

A cut cable or a firewall that forgets sends nothing. Without these bounds a statement would wait a quarter of an hour
for an answer that cannot come, and a transaction of a process that is gone would keep its locks for two hours.
"""

import socket
from typing import Any

CONNECT_SECONDS = 10.0
"""Seconds that connecting may take."""
_IDLE_SECONDS, _INTERVAL_SECONDS, _PROBES = 10, 3, 3
_UNHEARD_MS = 15_000
"""How long sent bytes may stay without being acknowledged by the other end."""

SERVER_SETTINGS = {
    "tcp_keepalives_idle": str(_IDLE_SECONDS),
    "tcp_keepalives_interval": str(_INTERVAL_SECONDS),
    "tcp_keepalives_count": str(_PROBES),
    "tcp_user_timeout": str(_UNHEARD_MS),
}
"""What the server is asked to do at its end."""

_OPTIONS = {
    "TCP_KEEPIDLE": _IDLE_SECONDS,
    "TCP_KEEPINTVL": _INTERVAL_SECONDS,
    "TCP_KEEPCNT": _PROBES,
    "TCP_USER_TIMEOUT": _UNHEARD_MS,
}


def watch_link(connection: Any) -> None:
    """Let the system at this end of an asyncpg connection find out that the other is gone; nothing on local sockets."""
    # The driver has no option for it.
    link = connection._transport.get_extra_info("socket")
    if link is None or link.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _OPTIONS.items():
        # Not every system has all of them.
        if hasattr(socket, name):
            link.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
