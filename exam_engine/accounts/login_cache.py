"""Remembers candidates' login sessions for a minute, so that saving an answer needs no other query."""

from collections import OrderedDict
from datetime import datetime, timedelta

from exam_engine.accounts.models import LoginSession
from exam_engine.core.actor import Actor

LIFETIME = timedelta(minutes=1)
"""How long a session that was ended on another server process may still be believed in this one.

It can only save answers meanwhile, and the journal's own epoch fences a seat that has moved.
"""
LARGEST = 20_000


class LoginCache:
    """Login sessions by token digest; only candidates', because staff may lose a right at any moment."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[datetime, Actor, LoginSession]] = OrderedDict()

    def find(self, digest: str, now: datetime) -> tuple[Actor, LoginSession] | None:
        """Return a session remembered not too long ago and not expired."""
        kept = self._kept.get(digest)
        if kept is None:
            return None
        since, actor, login_session = kept
        if now - since > LIFETIME or login_session.expires_at <= now:
            del self._kept[digest]
            return None
        return actor, login_session

    def keep(self, digest: str, actor: Actor, login_session: LoginSession, now: datetime) -> None:
        """Remember a candidate's session; sessions of staff are not kept."""
        if actor.kind != "candidate":
            return
        self._kept[digest] = (now, actor, login_session)
        self._kept.move_to_end(digest)
        while len(self._kept) > LARGEST:
            self._kept.popitem(last=False)

    def forget(self, digest: str) -> None:
        """Forget a session that ended here."""
        self._kept.pop(digest, None)
