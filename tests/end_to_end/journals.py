"""What the server has stored of an attempt, in the words of what a candidate did."""

import hashlib
import json

from exam_engine.delivery import queries
from exam_engine.delivery.models import JournalEntry
from exam_engine.delivery.window_events import EVENT_OF
from load_tests.prepared_sitting import Registered
from tests.end_to_end.exam_desk import Act
from tests.end_to_end.house import House

NOTED_BY_THE_PAGE = frozenset({*EVENT_OF, "focus_gained", "fullscreen_back", "offline", "online"})
"""What a page writes down by itself, in contrast to what the candidate does."""


async def stored_journal(house: House, registered: Registered) -> list[JournalEntry]:
    """Return the journal of a candidate's attempt, of which nothing may have been refused."""
    async with house.database() as database, database.read() as session:
        attempt = await queries.attempt_of(session, registered.registration_id)
        assert attempt is not None
        assert await queries.refusals_of(session, attempt.id) == []
        return await queries.entries_of(session, attempt.id)


def acts_of(entries: list[JournalEntry]) -> list[Act]:
    """Return what the candidate did, in order."""
    bodies = [json.loads(entry.body) for entry in entries if entry.kind not in NOTED_BY_THE_PAGE]
    return [(body["kind"], body.get("item"), tuple(body["value"]) if "value" in body else None) for body in bodies]


def assert_chain_is_sound(entries: list[JournalEntry]) -> None:
    """Compute the hashes anew from the stored texts, as the contract of the journal says."""
    head = hashlib.sha256(f"journal\n{entries[0].attempt_id}".encode()).hexdigest()
    for seq, entry in enumerate(entries, start=1):
        head = hashlib.sha256(f"{head}\n{entry.body}".encode()).hexdigest()
        assert (entry.seq, entry.hash) == (seq, head)
