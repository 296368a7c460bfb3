"""Tables of results."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class ResultRound(Table, table=True):
    """The way of a sitting's results through the board: proposed, returned, approved.

    ``rule_set`` is the rule-set as it stood at the proposal, ``snapshot_hash`` covers it and every row.
    """

    sitting_id: UUID = Field(foreign_key="sitting.id", primary_key=True)
    status: str = Field(max_length=16)
    rule_set: dict[str, Any] = Field(sa_type=sa.JSON)
    snapshot_hash: str = Field(max_length=64)
    proposed_by: UUID
    proposed_by_name: str = Field(max_length=120)
    proposed_at: datetime = instant_field()
    approved_by: UUID | None = None
    approved_by_name: str | None = Field(default=None, max_length=120)
    approved_at: datetime | None = instant_field(nullable=True)
    decision_number: str | None = Field(default=None, max_length=64)
    decided_on: date | None = None
    returned_by_name: str | None = Field(default=None, max_length=120)
    returned_at: datetime | None = instant_field(nullable=True)
    return_reason: str | None = Field(default=None, max_length=1000)


class Result(Table, table=True):
    """One candidate's result as it was proposed; the person's data are kept as they were then.

    Points and marks are decimals kept as text. Whoever did not sit the exam has neither. ``penalty`` is what violations
    took, :class:`exam_engine.results.penalties.MarkPenalty`; the marks are those after it.
    """

    id: UUID = id_field()
    sitting_id: UUID = Field(foreign_key="result_round.sitting_id", index=True)
    registration_id: UUID = Field(foreign_key="registration.id", unique=True)
    position: int
    candidate_number: str = Field(max_length=32)
    full_name: str = Field(max_length=120)
    birth_date: str = Field(max_length=10)
    sex: str = Field(max_length=8)
    birth_place: str = Field(max_length=200)
    identity_number_masked: str = Field(max_length=16)
    organisation: str = Field(max_length=200)
    form_code: str | None = Field(default=None, max_length=16)
    attempt_id: UUID | None = None
    raw: str | None = Field(default=None, max_length=16)
    max_points: str | None = Field(default=None, max_length=16)
    mark: str | None = Field(default=None, max_length=8)
    marks_by_paper: dict[str, str] = Field(sa_type=sa.JSON)
    decision: str = Field(max_length=8)
    finish_kind: str = Field(max_length=16)
    finished_at: datetime | None = instant_field(nullable=True)
    penalty: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))

    __table_args__ = (sa.CheckConstraint("(decision = 'absent') = (mark IS NULL)", "absent_has_no_mark"),)
