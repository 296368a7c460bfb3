"""Candidates, browsers and a network that loses, repeats, delays and reorders, over a real database in virtual time.

Everything that decides or stores is the project's own; only clock and wires are made up. What happened is remembered
beside, and in the end what the database holds is judged by plain rules that share no code with it.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from exam_engine.core.actor import SYSTEM
from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.core.errors import DomainError
from exam_engine.delivery import ending, pausing, queries, service
from exam_engine.delivery.batch import AppendRequest
from exam_engine.delivery.engine import journal_store, master_key
from exam_engine.delivery.handing_in import HandIn, hand_in
from exam_engine.delivery.journal import Operation, chain_hash, fold, genesis_hash
from exam_engine.delivery.models import Attempt, JournalEntry
from exam_engine.delivery.pausing import Scope
from exam_engine.delivery.sectioning import parsed
from exam_engine.delivery.writer import JournalStore
from load_tests.prepared_sitting import prepare_sitting, seat
from tests.faults.browser import Captured, Receipt, Tab

OPENS = datetime(2026, 12, 12, 1, 0, tzinfo=UTC)
DURATION = timedelta(minutes=45)
GRACE = timedelta(seconds=120)


@dataclass(slots=True)
class Device:
    """A computer with a login of its own; ``tabs`` share the login and the epoch."""

    session_id: UUID
    tabs: list[Tab]


@dataclass(slots=True)
class Person:
    """A candidate with the devices used so far, the last of which holds the seat, and all that was acknowledged.

    ``paused`` is how long the clock stood still before ``paused_since``.
    """

    scope: Scope
    registration_id: UUID
    attempt_id: UUID
    started_at: datetime
    devices: list[Device]
    captured: list[Captured] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    delivered: set[str] = field(default_factory=set)
    is_disturbed: bool = False
    is_submitted: bool = False
    paused: timedelta = timedelta(0)
    paused_since: datetime | None = None
    ended_at: datetime | None = None

    @property
    def deadline(self) -> datetime:
        """The last instant at which work counts, had a pause that goes on been over at once."""
        given = self.started_at + DURATION + self.paused
        return given if self.ended_at is None else min(given, self.ended_at)

    def is_running(self, now: datetime) -> bool:
        """Whether work goes on, as somebody knows who only knows what was done."""
        return not self.is_submitted and self.ended_at is None and self.paused_since is None and now <= self.deadline

    def go_on(self, now: datetime) -> None:
        """Count a pause as over."""
        if self.paused_since is not None:
            self.paused += now - self.paused_since
            self.paused_since = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A request on its way."""

    person: Person
    device: Device
    tab: Tab
    epoch: int
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Returning:
    """A receipt on its way back."""

    person: Person
    tab: Tab
    receipt: Receipt | None


class Hall:
    """A prepared sitting whose candidates are used up one after another, each history with fresh ones."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self.store: JournalStore = journal_store(database)
        self._waiting: list[Scope] = []
        self._sittings = 0

    async def close(self) -> None:
        """Give the connection back."""
        await self.store.close()

    async def fresh(self) -> Scope:
        """Return the seat of a registration that nobody used."""
        if not self._waiting:
            self._sittings += 1
            sitting = await prepare_sitting(
                self.database,
                self.settings,
                candidates=60,
                now=OPENS,
                rng=random.Random(f"hall {self._sittings}"),
                item_count=4,
                duration=DURATION,
                opens_at=OPENS,
                grace=GRACE,
            )
            self._waiting = [
                Scope(sitting.sitting_id, sitting.room_id, (registered.registration_id,))
                for registered in sitting.registered
            ]
        return self._waiting.pop()


class History:
    """One history: what people do, what the network does, and in the end the verdict."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.now = OPENS + timedelta(minutes=1)
        self.people: list[Person] = []
        self.sent: list[Sent] = []
        self.returning: list[Returning] = []

    # --- people ---------------------------------------------------------------------------------------------------

    async def enter(self) -> Person:
        """Let another candidate log in, be unlocked and start."""
        scope, session_id = await self.hall.fresh(), new_id()
        [registration_id] = scope.registration_ids or ()
        started = await self._seat(registration_id, session_id)
        attempt = started.attempt
        tab = Tab(attempt.id, attempt.epoch)
        tab.resume(attempt.epoch, [])
        person = Person(scope, registration_id, attempt.id, attempt.started_at, [Device(session_id, [tab])])
        self.people.append(person)
        return person

    async def _seat(self, registration_id: UUID, session_id: UUID) -> service.Started:
        async with self.hall.database.write() as session:
            await seat(session, registration_id, session_id, self.now)
        async with self.hall.database.write() as session:
            return await service.start(
                session,
                registration_id=registration_id,
                login_session_id=session_id,
                master_key=master_key(self.hall.settings),
                now=self.now,
            )

    def answer(self, person: Person, tab: Tab, item: str, value: str | None) -> None:
        """Let a candidate answer or clear; at this moment the browser has it."""
        at_ms = int((self.now - person.started_at).total_seconds() * 1000)
        person.captured.append(tab.note(item, value, at_ms))

    async def move(self, person: Person) -> None:
        """Go on at another computer, by the same act of the proctor that unlocks it; refused when all is over."""
        session_id = new_id()
        try:
            started = await self._seat(person.registration_id, session_id)
        except DomainError:
            return
        tab = Tab(person.attempt_id, started.attempt.epoch)
        tab.resume(started.attempt.epoch, _operations(started.entries))
        person.devices.append(Device(session_id, [tab]))
        person.is_disturbed = True

    async def reload(self, person: Person, device: Device, tab: Tab) -> None:
        """Load the page anew on the same computer: the device's journal survives, the server says where it stands."""
        async with self.hall.database.write() as session:
            try:
                started = await service.start(
                    session,
                    registration_id=person.registration_id,
                    login_session_id=device.session_id,
                    master_key=master_key(self.hall.settings),
                    now=self.now,
                )
            except DomainError:
                return
        tab.resume(started.attempt.epoch, _operations(started.entries))

    def open_second_tab(self, person: Person, device: Device) -> None:
        """Open the attempt in another tab of a browser that knows no locks."""
        device.tabs.append(device.tabs[0].copy())
        person.is_disturbed = True

    async def submit(self, person: Person, device: Device, tab: Tab) -> bool:
        """Hand in from a tab that believes that everything is stored."""
        hash_there = tab.captured[-1].operation.hash if tab.captured else tab.base
        async with self.hall.database.write() as session:
            wish = HandIn(
                attempt_id=person.attempt_id,
                registration_id=person.registration_id,
                login_session_id=device.session_id,
                epoch=tab.epoch,
                last_seq=tab.last_seq,
                chain_head=hash_there,
                arrived_at=self.now,
            )
            (answer,) = await hand_in(session, [wish], now=self.now)
        if isinstance(answer, DomainError):
            return False
        person.is_submitted = True
        person.go_on(self.now)
        return True

    # --- the proctor ----------------------------------------------------------------------------------------------

    async def pause(self, person: Person) -> None:
        """Stop a clock that runs."""
        async with self.hall.database.write() as session:
            await pausing.pause(session, person.scope, reason="power", note="", actor=SYSTEM, now=self.now)
        if person.is_running(self.now):
            person.paused_since = self.now

    async def resume(self, person: Person) -> None:
        """Let a clock go on."""
        async with self.hall.database.write() as session:
            await pausing.resume(session, person.scope, actor=SYSTEM, now=self.now)
        person.go_on(self.now)

    async def end(self, person: Person) -> None:
        """End an attempt."""
        if person.is_running(self.now) or person.paused_since is not None:
            async with self.hall.database.write() as session:
                ended = await ending.end(
                    session, [person.registration_id], reason="violation", note="", actor=SYSTEM, now=self.now
                )
            assert ended == 1
            person.go_on(self.now)
            person.ended_at = self.now

    # --- the network ----------------------------------------------------------------------------------------------

    def send(self, person: Person, device: Device, tab: Tab) -> None:
        """Put a request with everything unacknowledged on its way; without operations it is a heartbeat."""
        if tab.end is None:
            self.sent.append(Sent(person, device, tab, tab.epoch, tab.batch()))

    async def deliver(self, numbers: Sequence[int], *, keep: bool) -> None:
        """Let requests reach the server, in this order and in one batch; ``keep`` leaves copies on their way."""
        chosen = [self.sent[number] for number in numbers]
        if not keep:
            self.sent = [one for number, one in enumerate(self.sent) if number not in set(numbers)]
        decision = await self.hall.store.commit(
            [
                AppendRequest(
                    one.person.attempt_id,
                    one.person.registration_id,
                    one.device.session_id,
                    one.epoch,
                    one.operations,
                    (),
                    self.now,
                )
                for one in chosen
            ]
        )
        for one, outcome in zip(chosen, decision.outcomes, strict=True):
            receipt = None
            if outcome.admission is not None:
                head = outcome.admission.head
                refused = tuple((r.seq, r.reason.value) for r in outcome.admission.refused)
                receipt = Receipt(head.epoch, head.last_seq, head.chain_head, outcome.admission.want_from, refused)
                # Signed and gone: from now on somebody may rely on it, whether or not it arrives.
                one.person.receipts.append(receipt)
            # What lies behind a gap is asked for again; all else is stored or kept beside.
            if receipt is None or receipt.want_from is None:
                one.person.delivered.update(operation.hash for operation in one.operations)
            self.returning.append(Returning(one.person, one.tab, receipt))

    def bring_back(self, number: int, *, keep: bool) -> None:
        """Let a receipt, or the word that the seat was taken over, reach its tab."""
        one = self.returning[number] if keep else self.returning.pop(number)
        if one.receipt is None:
            one.tab.end = "fenced"
        else:
            one.tab.take(one.receipt)

    def lose(self, number: int) -> None:
        """Lose a request on its way."""
        self.sent.pop(number)

    def lose_receipt(self, number: int) -> None:
        """Lose a receipt on its way."""
        self.returning.pop(number)

    async def heal(self, person: Person) -> None:
        """Let the seat's first tab save until nothing is left, over a network without faults."""
        device = person.devices[-1]
        tab = device.tabs[0]
        for _ in range(2 * len(tab.captured) + 3):
            if tab.end is not None or not tab.batch():
                return
            self.sent.clear()
            self.send(person, device, tab)
            await self.deliver([0], keep=False)
            self.bring_back(len(self.returning) - 1, keep=False)

    # --- the end --------------------------------------------------------------------------------------------------

    async def close(self, person: Person) -> None:
        """Close an attempt that is over and mark it, as the server does by itself."""
        async with self.hall.database.write() as session:
            await service.close_overdue(session, [person.attempt_id], now=self.now)
        async with self.hall.database.write() as session:
            await service.mark_closed(session, [person.attempt_id], now=self.now, known={})

    async def verdict(self, person: Person) -> "Verdict":
        """Hold what is stored against what was acknowledged and captured."""
        async with self.hall.database.read() as session:
            attempt = await session.get_one(Attempt, person.attempt_id)
            entries = await queries.entries_of(session, person.attempt_id)
            refusals = await queries.refusals_of(session, person.attempt_id)
            operations = (await queries.operations_of(session, [person.attempt_id])).get(person.attempt_id, [])
            counted = {ref: list(value) for ref, value in fold(parsed(operations)).values.items()}
        faults: list[str] = []
        chain = genesis_hash(person.attempt_id)
        for number, entry in enumerate(entries, start=1):
            chain = chain_hash(chain, entry.body)
            if (entry.seq, entry.hash) != (number, chain):
                faults.append(f"operation {entry.seq} does not continue the chain")
        if (attempt.last_seq, attempt.chain_head) != (len(entries), chain):
            faults.append("the head is not the end of the journal")
        hashes = ["", *(entry.hash for entry in entries)]
        lost = 0
        for receipt in person.receipts:
            expected = hashes[receipt.last_seq] if receipt.last_seq < len(hashes) else None
            if receipt.last_seq and expected != receipt.chain_head:
                lost += 1
        kept = {entry.hash for entry in entries} | {refusal.hash for refusal in refusals}
        vanished = person.delivered - kept
        if vanished:
            faults.append(f"{len(vanished)} operations reached the server and are nowhere")
        for entry in entries:
            in_time = entry.received_at <= person.deadline or (
                person.started_at + timedelta(milliseconds=json.loads(entry.body)["at_ms"]) <= person.deadline
            )
            if not in_time or entry.received_at > person.deadline + GRACE:
                faults.append(f"operation {entry.seq} came too late and counts")
        sheet: dict[str, list[str]] = {}
        for entry in entries:
            said = json.loads(entry.body)
            if said["kind"] == "answer":
                sheet[said["item"]] = said["value"]
            else:
                sheet.pop(said["item"], None)
        if counted != sheet:
            faults.append(f"{counted} counts, {sheet} was answered last")
        doubled = len(entries) - len({entry.seq for entry in entries})
        return Verdict(len(entries), len(person.receipts), lost, doubled, tuple(faults), sheet)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one attempt: operations stored, receipts given, how many of them the journal does not honour."""

    stored: int
    receipts: int
    lost: int
    doubled: int
    faults: tuple[str, ...]
    sheet: dict[str, list[str]]


def _operations(entries: Sequence[JournalEntry]) -> list[Operation]:
    return [Operation(entry.seq, entry.hash, entry.body) for entry in entries]
