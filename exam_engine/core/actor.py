"""Who is acting: a value passed to every service."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of staff, a candidate or the system itself.

    ``id`` is the user's id, for a candidate the id of the registration. ``session_id`` names the login session, so
    that a second device of the same candidate can be told from the first.
    """

    id: UUID
    kind: Literal["user", "candidate", "system"]
    display_name: str
    roles: frozenset[str] = field(default_factory=frozenset)
    permissions: frozenset[str] = field(default_factory=frozenset)
    session_id: UUID | None = None


SYSTEM = Actor(id=UUID(int=0), kind="system", display_name="system")
"""The server acting by itself, for example when it closes an overdue attempt."""
