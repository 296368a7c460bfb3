"""Tables of exams, rule-sets, centres, sittings, candidates and registrations."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class Exam(Table, table=True):
    """A qualification test that is held again and again."""

    id: UUID = id_field()
    code: str = Field(max_length=32, unique=True)
    name: str = Field(max_length=200)
    standard_level: str = Field(max_length=16)
    duration_minutes: int
    created_at: datetime = instant_field()


class RuleSet(Table, table=True):
    """How a result is decided, as the law and the board say for exams held between two dates."""

    id: UUID = id_field()
    code: str = Field(max_length=48, unique=True)
    standard_level: str = Field(max_length=16, index=True)
    legal_basis: str = Field(max_length=500)
    valid_from: date
    valid_to: date | None = None
    rule: dict[str, Any] = Field(sa_type=sa.JSON)


class PulledRules(Table, table=True):
    """At a site: of the rule-set that applies to a pulled sitting, what a room works by; decided where it came from."""

    sitting_id: UUID = Field(foreign_key="sitting.id", primary_key=True)
    code: str = Field(max_length=48)
    standard_level: str = Field(max_length=16)
    legal_basis: str = Field(max_length=500)
    valid_from: date
    valid_to: date | None = None
    rule: dict[str, Any] = Field(sa_type=sa.JSON)


class Administration(Table, table=True):
    """One exam round of one council; candidate numbers are unique in it."""

    id: UUID = id_field()
    exam_id: UUID = Field(foreign_key="exam.id", index=True)
    name: str = Field(max_length=200)
    council_name: str = Field(max_length=200)
    place: str = Field(max_length=120)
    number_template: str = Field(max_length=64)
    rule_set_code: str | None = Field(default=None, max_length=48, foreign_key="rule_set.code")
    created_at: datetime = instant_field()


class TestCentre(Table, table=True):
    """A place where exams are held."""

    # Tells pytest that this is no test class, wherever it is imported.
    __test__ = False

    id: UUID = id_field()
    code: str = Field(max_length=16, unique=True)
    name: str = Field(max_length=200)
    address: str = Field(max_length=300)


class Room(Table, table=True):
    """A room of a centre; ``row_width`` is the number of seats in a row, when the seats stand in rows."""

    id: UUID = id_field()
    centre_id: UUID = Field(foreign_key="test_centre.id", index=True)
    name: str = Field(max_length=64)
    seat_count: int
    row_width: int | None = None

    __table_args__ = (sa.UniqueConstraint("centre_id", "name"), sa.CheckConstraint("seat_count > 0", "has_seats"))


class Sitting(Table, table=True):
    """One timed slot of an administration.

    With ``form_set_id`` every candidate gets a form of the set for themselves; else the forms of the sitting rotate
    over the seats. ``status`` holds what people decided (draft, ready, marked, approved); whether a ready sitting is
    running or closed follows from the time. ``unlock_needs_identity`` says whether a seat is unlocked only after the
    candidate has confirmed their data and a proctor the person, ``credit_needs_second`` whether time given back needs a
    second signature. ``paused_ms`` is the length of all pauses that are over together, for whomever they were.
    ``sections`` is read by :data:`exam_engine.sittings.section_plan.SECTION_PLAN`; empty when the paper is one piece.
    ``is_pulled`` at a test site: the sitting is another server's, which marks it; no answer key is here.
    """

    id: UUID = id_field()
    administration_id: UUID = Field(foreign_key="administration.id", index=True)
    name: str = Field(max_length=200)
    opens_at: datetime = instant_field(index=True)
    closes_at: datetime = instant_field()
    duration_minutes: int
    grace_seconds: int
    status: str = Field(default="draft", max_length=16)
    access_code: str | None = Field(default=None, max_length=16, unique=True)
    unlock_needs_identity: bool = True
    credit_needs_second: bool = True
    paused_ms: int = Field(default=0, sa_type=sa.BigInteger)
    sections: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    form_set_id: UUID | None = Field(default=None, foreign_key="form_set.id")
    is_pulled: bool = False
    created_at: datetime = instant_field()

    __table_args__ = (sa.CheckConstraint("opens_at < closes_at", "opens_before_it_closes"),)


class SittingRoom(Table, table=True):
    """A room used by a sitting; rooms are filled in the order of ``position``.

    ``delegated_to`` names the delegation under which a site holds the room with all that happens in it; None while it
    is held here.
    """

    sitting_id: UUID = Field(foreign_key="sitting.id", primary_key=True)
    room_id: UUID = Field(foreign_key="room.id", primary_key=True)
    position: int
    delegated_to: UUID | None = None


class ProctorAssignment(Table, table=True):
    """A proctor who invigilates a room of a sitting."""

    sitting_id: UUID = Field(primary_key=True)
    room_id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="staff_user.id", primary_key=True, index=True)

    __table_args__ = (
        sa.ForeignKeyConstraint(["sitting_id", "room_id"], ["sitting_room.sitting_id", "sitting_room.room_id"]),
    )


class SittingForm(Table, table=True):
    """A form handed out in a sitting, over the seats or person by person in the order of ``position``."""

    sitting_id: UUID = Field(foreign_key="sitting.id", primary_key=True)
    form_id: UUID = Field(foreign_key="form.id", primary_key=True)
    position: int


class Candidate(Table, table=True):
    """A person who sits exams, known by the number of their identity paper.

    ``full_name`` is NFC and otherwise as typed. ``sort_name`` replaces it for sorting only, for names that do not
    follow the order family - middle - given. ``birth_date`` is ``1987-03-05`` or, where only the year is known,
    ``1987``. ``sort_key`` compares bytewise in the Vietnamese order on every database.
    """

    id: UUID = id_field()
    full_name: str = Field(max_length=120)
    sort_name: str | None = Field(default=None, max_length=120)
    sort_key: bytes = Field(sa_type=sa.LargeBinary)
    search_key: str = Field(max_length=160)
    birth_date: str = Field(max_length=10)
    sex: str = Field(max_length=8)
    birth_place: str = Field(max_length=200)
    identity_number: str = Field(max_length=16, unique=True)
    created_at: datetime = instant_field()


class Registration(Table, table=True):
    """A candidate's place in a sitting; number, seat and form come with the arrangement."""

    id: UUID = id_field()
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    administration_id: UUID = Field(foreign_key="administration.id")
    candidate_id: UUID = Field(foreign_key="candidate.id", index=True)
    organisation: str = Field(default="", max_length=200)
    extra_minutes: int = 0
    extra_percent: int = 0
    sequence: int | None = None
    candidate_number: str | None = Field(default=None, max_length=32)
    room_id: UUID | None = Field(default=None, foreign_key="room.id")
    seat_number: int | None = None
    form_id: UUID | None = Field(default=None, foreign_key="form.id")
    variant: int | None = None

    __table_args__ = (
        sa.UniqueConstraint("administration_id", "candidate_id"),
        sa.UniqueConstraint("administration_id", "candidate_number"),
        sa.UniqueConstraint("sitting_id", "room_id", "seat_number"),
        sa.CheckConstraint("extra_minutes >= 0", "no_negative_extra_time"),
        sa.CheckConstraint("extra_percent >= 0", "no_negative_extra_percent"),
    )


class CandidateImport(Table, table=True):
    """A list that was read and reported on; applying it empties ``rows``, so that names are not kept twice."""

    id: UUID = id_field()
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    file_name: str = Field(max_length=200)
    file_hash: str = Field(max_length=64)
    rows_read: int
    rows: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    has_errors: bool
    created_at: datetime = instant_field()
    created_by: UUID
    applied_at: datetime | None = instant_field(nullable=True)
