"""Tables of delivery: seats, attempts, the journal, instructions, sealed papers and uploads."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, UTCDateTime, id_field, instant_field


class SealedPaper(Table, table=True):
    """A form in one shuffle variant, encrypted for one sitting; its key is stored wrapped.

    At a test site there is no key until the papers are released.
    """

    id: UUID = id_field()
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    form_id: UUID = Field(foreign_key="form.id")
    variant: int
    version: str = Field(max_length=16)
    seed: int = Field(sa_type=sa.BigInteger)
    sha256: str = Field(max_length=64)
    sealed: bytes = Field(sa_type=sa.LargeBinary)
    wrapped_key: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    created_at: datetime = instant_field()

    __table_args__ = (sa.UniqueConstraint("sitting_id", "form_id", "variant"),)


class Seat(Table, table=True):
    """What is known of a registered candidate before and besides the attempt: login, own-data check, unlock.

    ``unlocks_next_login`` is set while the candidate is on the way to another computer, whose login then needs no
    unlock of its own.
    """

    registration_id: UUID = Field(foreign_key="registration.id", primary_key=True)
    login_session_id: UUID
    logged_in_at: datetime = instant_field()
    confirmed_at: datetime | None = instant_field(nullable=True)
    reported_fault: str | None = Field(default=None, max_length=500)
    unlocked_session_id: UUID | None = None
    unlocked_at: datetime | None = instant_field(nullable=True)
    unlocked_by_name: str | None = Field(default=None, max_length=120)
    unlocks_next_login: bool = False


class IdentityCheck(Table, table=True):
    """What a proctor found on comparing a person with their identity paper; the last word, the log has all.

    ``verdict`` is ``confirmed``, ``doubted`` or, when that was taken back, ``withdrawn``; only a doubt has a reason.
    """

    registration_id: UUID = Field(foreign_key="registration.id", primary_key=True)
    verdict: str = Field(max_length=16)
    reason: str | None = Field(default=None, max_length=20)
    note: str = Field(default="", max_length=500)
    checked_at: datetime = instant_field()
    checked_by: UUID
    checked_by_name: str = Field(max_length=120)


class SeatMove(Table, table=True):
    """A candidate who was moved to another seat of the room, for the board; the plan itself is the registration."""

    id: UUID = id_field()
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    registration_id: UUID = Field(foreign_key="registration.id", index=True)
    from_seat: int
    to_seat: int
    reason: str = Field(max_length=16)
    note: str = Field(default="", max_length=500)
    moved_at: datetime = instant_field()
    moved_by_name: str = Field(max_length=120)


class Attempt(Table, table=True):
    """A candidate's run of a form, with the end of its journal.

    ``paused_ms`` counts each instant once, however many pauses held up the seat; ``paused_since`` is set while one
    does. ``ended_at`` is set when a proctor ended the attempt; ``finish_kind`` follows when it is closed.
    """

    id: UUID = id_field()
    registration_id: UUID = Field(foreign_key="registration.id", unique=True)
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    form_id: UUID = Field(foreign_key="form.id")
    paper_id: UUID = Field(foreign_key="sealed_paper.id")
    holder_session_id: UUID
    epoch: int = 1
    opens_at: datetime = instant_field()
    closes_at: datetime = instant_field()
    started_at: datetime = instant_field()
    duration_ms: int = Field(sa_type=sa.BigInteger)
    grace_ms: int = Field(sa_type=sa.BigInteger)
    last_seq: int = Field(default=0, sa_type=sa.BigInteger)
    chain_head: str = Field(max_length=64)
    last_seen_at: datetime = instant_field()
    paused_ms: int = Field(default=0, sa_type=sa.BigInteger)
    paused_since: datetime | None = instant_field(nullable=True)
    credit_ms: int = Field(default=0, sa_type=sa.BigInteger)
    ended_at: datetime | None = instant_field(nullable=True)
    end_reason: str | None = Field(default=None, max_length=16)
    finish_kind: str | None = Field(default=None, max_length=16)
    finished_at: datetime | None = instant_field(nullable=True)
    closed_at: datetime | None = instant_field(nullable=True)
    marked_at: datetime | None = instant_field(nullable=True)


class Pause(Table, table=True):
    """A pause of a sitting, of a room of it (``room_id``) or of one seat (``registration_id``)."""

    id: UUID = id_field()
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    room_id: UUID | None = Field(default=None, foreign_key="room.id")
    registration_id: UUID | None = Field(default=None, foreign_key="registration.id")
    reason: str = Field(max_length=16)
    note: str = Field(default="", max_length=500)
    started_at: datetime = instant_field()
    started_by_name: str = Field(max_length=120)
    ended_at: datetime | None = instant_field(nullable=True)
    ended_by_name: str | None = Field(default=None, max_length=120)


class Silence(Table, table=True):
    """A time in which the server heard nothing of a running attempt, not even a heartbeat."""

    attempt_id: UUID = Field(foreign_key="attempt.id", primary_key=True)
    since: datetime = Field(sa_type=UTCDateTime, primary_key=True)
    until: datetime = instant_field()


class TimeCredit(Table, table=True):
    """Time given back to one candidate for what was lost; counts once it is granted.

    ``silent_ms`` is what the server itself saw of the loss when the credit was proposed. ``decision`` is None while it
    waits for the second signature, then ``granted`` or ``rejected``.
    """

    id: UUID = id_field()
    registration_id: UUID = Field(foreign_key="registration.id", index=True)
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    credit_ms: int = Field(sa_type=sa.BigInteger)
    silent_ms: int = Field(sa_type=sa.BigInteger)
    reason: str = Field(max_length=16)
    note: str = Field(default="", max_length=500)
    proposed_at: datetime = instant_field()
    proposed_by: UUID
    proposed_by_name: str = Field(max_length=120)
    decision: str | None = Field(default=None, max_length=8)
    decided_at: datetime | None = instant_field(nullable=True)
    decided_by: UUID | None = None
    decided_by_name: str | None = Field(default=None, max_length=120)


class AttemptStage(Table, table=True):
    """Items that an attempt was given together, in a form that is not the same for everybody.

    ``state`` is where the rules of the form stood when the stage opened. Answers to its items count as they stood at
    ``closed_seq``, the end of the journal when the next stage was asked for; None while the stage is open.
    """

    attempt_id: UUID = Field(foreign_key="attempt.id", primary_key=True)
    number: int = Field(primary_key=True)
    refs: list[str] = Field(sa_type=sa.JSON)
    state: dict[str, Any] = Field(sa_type=sa.JSON)
    opened_at: datetime = instant_field()
    opened_seq: int = Field(sa_type=sa.BigInteger)
    closed_seq: int | None = Field(default=None, sa_type=sa.BigInteger)
    selection_ms: float


class JournalEntry(Table, table=True):
    """One operation, exactly as the browser hashed it; never changed, never deleted."""

    attempt_id: UUID = Field(foreign_key="attempt.id", primary_key=True)
    seq: int = Field(sa_type=sa.BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(max_length=16)
    item_ref: str | None = Field(default=None, max_length=8)
    body: str = Field(sa_type=sa.Text)
    hash: str = Field(max_length=64)
    at_ms: int = Field(sa_type=sa.BigInteger)
    epoch: int
    received_at: datetime = instant_field()


class JournalRefusal(Table, table=True):
    """An operation that did not enter the journal, kept for the board with the reason.

    ``logged_part`` says which row of the sitting log vouches for it: 0 that of the attempt's close, later ones that of
    the segment with this number; None until then.
    """

    attempt_id: UUID = Field(foreign_key="attempt.id", primary_key=True)
    seq: int = Field(sa_type=sa.BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    hash: str = Field(max_length=64, primary_key=True)
    reason: str = Field(max_length=24, primary_key=True)
    body: str = Field(sa_type=sa.Text)
    epoch: int
    received_at: datetime = instant_field()
    logged_part: int | None = None


class Recovery(Table, table=True):
    """Refused operations of a browser that lost its seat, put forward to count after all; they do once it is admitted.

    ``operations`` names them by number and hash; their texts are the refusals'. ``decision`` is None while it waits for
    the second signature, then ``admitted`` or ``rejected``.
    """

    id: UUID = id_field()
    attempt_id: UUID = Field(foreign_key="attempt.id", index=True)
    registration_id: UUID = Field(foreign_key="registration.id")
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    operations: list[tuple[int, str]] = Field(sa_type=sa.JSON)
    reason: str = Field(max_length=16)
    note: str = Field(default="", max_length=500)
    proposed_at: datetime = instant_field()
    proposed_by: UUID
    proposed_by_name: str = Field(max_length=120)
    decision: str | None = Field(default=None, max_length=8)
    decided_at: datetime | None = instant_field(nullable=True)
    decided_by: UUID | None = None
    decided_by_name: str | None = Field(default=None, max_length=120)


class Instruction(Table, table=True):
    """An order or message to one candidate; it rides on every receipt until the browser confirms it.

    ``number`` counts the instructions to a candidate from 1, in the order in which they were committed: a browser
    that has seen one has seen all with a lower number.
    """

    id: UUID = id_field()
    registration_id: UUID = Field(foreign_key="registration.id")
    number: int
    kind: str = Field(max_length=16)
    text: str = Field(default="", max_length=500)
    created_at: datetime = instant_field()
    created_by_name: str = Field(max_length=120)
    confirmed_at: datetime | None = instant_field(nullable=True)

    __table_args__ = (sa.UniqueConstraint("registration_id", "number"),)


_UNEXAMINED = sa.text("finding IS NULL")


class Upload(Table, table=True):
    """A file that a candidate hands in for a task, as far as it has arrived; its bytes are rows of their own.

    ``examining_since`` is when a server process took it to look through.
    ``finding`` is what looking through the file found: ``sound``, ``not_examined`` for types that cannot be looked
    through, else the code of what is wrong with it; None until then.
    """

    id: UUID = id_field()
    attempt_id: UUID = Field(foreign_key="attempt.id", index=True)
    item_ref: str = Field(max_length=8)
    file_name: str = Field(max_length=120)
    sha256: str = Field(max_length=64)
    size_bytes: int = Field(sa_type=sa.BigInteger)
    received_bytes: int = Field(default=0, sa_type=sa.BigInteger)
    begun_at: datetime = instant_field()
    completed_at: datetime | None = instant_field(nullable=True)
    examining_since: datetime | None = instant_field(nullable=True)
    finding: str | None = Field(default=None, max_length=48)

    __table_args__ = (
        sa.UniqueConstraint("attempt_id", "item_ref", "sha256"),
        sa.Index("ix_upload_unexamined", "completed_at", sqlite_where=_UNEXAMINED, postgresql_where=_UNEXAMINED),
    )


class UploadPart(Table, table=True):
    """Bytes of an upload from ``start`` on, as they came in one request."""

    upload_id: UUID = Field(foreign_key="upload.id", primary_key=True)
    start: int = Field(sa_type=sa.BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    content: bytes = Field(sa_type=sa.LargeBinary)
