"""What a pull brings to a site, table by table: the sitting with its seats and sealed papers, and nothing besides.

What stays behind is named with what stands in its place. No table of the bank, of answer keys, of routing rules or of
passwords is in the list; of the items of a form only what a practical task takes: endings and sizes of files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.models import User
from exam_engine.accounts.permissions import Role
from exam_engine.core.db import Table, table_of
from exam_engine.delivery.models import SealedPaper
from exam_engine.forms.models import Form, FormItem
from exam_engine.sites.wire import Wire, to_wire
from exam_engine.sittings import rule_sets
from exam_engine.sittings.identity_papers import shortened
from exam_engine.sittings.models import (
    Administration,
    Candidate,
    Exam,
    ProctorAssignment,
    PulledRules,
    Registration,
    Room,
    Sitting,
    SittingForm,
    SittingRoom,
    TestCentre,
)
from exam_engine.sittings.section_plan import PRACTICAL_INTERACTIONS


@dataclass(frozen=True, slots=True)
class Brought:
    """A table of which rows travel; ``instead`` holds the columns that stay behind, with their values at the site."""

    model: type[Table]
    instead: Mapping[str, Any] = field(default_factory=dict)

    @property
    def table(self) -> sa.Table:
        """The table."""
        return table_of(self.model)

    @property
    def columns(self) -> list[sa.Column[Any]]:
        """The columns that travel."""
        return [column for column in self.table.columns if column.name not in self.instead]


BROUGHT: tuple[Brought, ...] = (
    # Accounts of proctors come by name; their passwords are made at the site.
    Brought(User, {"password_hash": "", "roles": [Role.PROCTOR.value], "is_active": True, "last_login_at": None}),
    Brought(Exam),
    Brought(Administration, {"rule_set_code": None}),
    Brought(TestCentre),
    Brought(Room),
    Brought(Form, {"form_set_id": None, "source": {}, "content_hash": ""}),
    Brought(FormItem, {"item_code": "", "item_version_id": UUID(int=0), "cognitive_level": ""}),
    Brought(Sitting, {"form_set_id": None, "is_pulled": True, "paused_ms": 0}),
    Brought(PulledRules),
    Brought(SittingRoom, {"delegated_to": None}),
    Brought(ProctorAssignment),
    Brought(SittingForm),
    Brought(Candidate),
    Brought(Registration),
    # The sealed bytes are fetched one by one, as candidates do; the keys come with the release.
    Brought(SealedPaper, {"seed": 0, "sealed": b"", "wrapped_key": None}),
)
"""In the order in which the rows refer to each other."""

_PULLED_RULES = table_of(PulledRules)

BY_NAME = {brought.table.name: brought for brought in BROUGHT}


async def rows_to_bring(session: AsyncSession, sitting_id: UUID, room_ids: Sequence[UUID]) -> dict[str, list[Wire]]:
    """Return the rows that a site with these rooms of a sitting needs, by table, as JSON."""
    connection = await session.connection()
    tables = {}
    for brought in BROUGHT:
        if brought.table is _PULLED_RULES:
            continue
        statement = sa.select(*brought.columns).where(_needed(brought.table, sitting_id, room_ids))
        rows = (await connection.execute(statement.order_by(*brought.table.primary_key))).all()
        tables[brought.table.name] = [to_wire(brought.columns, row) for row in rows]
    tables["form_item"] = [
        row | {"view": _limits_of(row["view"])}
        for row in tables["form_item"]
        if row["view"]["interaction"] in PRACTICAL_INTERACTIONS
    ]
    tables[_PULLED_RULES.name] = await _rules(session, sitting_id)
    for candidate in tables["candidate"]:
        candidate["identity_number"] = shortened(candidate["identity_number"], candidate["id"])
    return tables


async def _rules(session: AsyncSession, sitting_id: UUID) -> list[Wire]:
    """Return what the site works by of the rule-set that applies here."""
    rules = await rule_sets.rules_of_a_room(session, sitting_id)
    columns = [*_PULLED_RULES.columns]
    return [to_wire(columns, [getattr(rules, column.name) for column in columns])] if rules is not None else []


def _limits_of(view: dict[str, Any]) -> dict[str, Any]:
    """Return of a practical task what the server holds uploads to."""
    kept = {name: view[name] for name in ("interaction", "ref", "points", "file_types", "max_files", "max_file_bytes")}
    return kept | {"module": view["module"] | {"name": ""}, "stem": ""}


def _needed(table: sa.Table, sitting_id: UUID, room_ids: Sequence[UUID]) -> sa.ColumnElement[bool]:
    """Which rows of a table a site needs."""
    by_name = {brought.table.name: brought.table for brought in BROUGHT}
    seats, sitting, papers = by_name["registration"], by_name["sitting"], by_name["sealed_paper"]
    rooms, used, proctors = by_name["room"], by_name["sitting_room"], by_name["proctor_assignment"]
    held = sa.and_(seats.c.sitting_id == sitting_id, seats.c.room_id.in_(room_ids))
    forms = sa.select(seats.c.form_id).where(held)
    of_sitting = sitting.c.id == sitting_id
    match table.name:
        case "sitting":
            return of_sitting
        case "administration":
            return table.c.id.in_(sa.select(sitting.c.administration_id).where(of_sitting))
        case "exam":
            rounds = by_name["administration"]
            return table.c.id.in_(
                sa.select(rounds.c.exam_id).join(sitting, sitting.c.administration_id == rounds.c.id).where(of_sitting)
            )
        case "test_centre":
            return table.c.id.in_(sa.select(rooms.c.centre_id).where(rooms.c.id.in_(room_ids)))
        case "room":
            return table.c.id.in_(room_ids)
        case "sitting_room":
            return sa.and_(used.c.sitting_id == sitting_id, used.c.room_id.in_(room_ids))
        case "proctor_assignment":
            return sa.and_(proctors.c.sitting_id == sitting_id, proctors.c.room_id.in_(room_ids))
        case "staff_user":
            assigned = sa.and_(proctors.c.sitting_id == sitting_id, proctors.c.room_id.in_(room_ids))
            return table.c.id.in_(sa.select(proctors.c.user_id).where(assigned))
        case "form":
            return table.c.id.in_(forms)
        case "form_item":
            return table.c.form_id.in_(forms)
        case "sitting_form":
            return sa.and_(table.c.sitting_id == sitting_id, table.c.form_id.in_(forms))
        case "registration":
            return held
        case "candidate":
            return table.c.id.in_(sa.select(seats.c.candidate_id).where(held))
        case "sealed_paper":
            asked = sa.exists().where(held, seats.c.form_id == papers.c.form_id, seats.c.variant == papers.c.variant)
            return sa.and_(papers.c.sitting_id == sitting_id, asked)
        case name:
            raise ValueError(name)
