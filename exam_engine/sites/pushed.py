"""What a push brings home, table by table; a table that joins the others needs its line here and nothing else.

Rows are found by what they hang on: the sitting, a registration, or a row of another table in the list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from exam_engine.core.db import Table, table_of
from exam_engine.delivery.models import (
    Attempt,
    IdentityCheck,
    Instruction,
    JournalEntry,
    JournalRefusal,
    Pause,
    Recovery,
    Seat,
    SeatMove,
    Silence,
    TimeCredit,
    Upload,
    UploadPart,
)
from exam_engine.incidents.models import Incident, IncidentAttachment, Violation
from exam_engine.minutes.models import MinutesAddendum, MinutesSignature, RoomMinutes
from exam_engine.sites.models import SiteLogRoot, SiteLogRow
from exam_engine.sitting_log.models import SittingLogRoot, SittingLogRow
from exam_engine.sittings.models import Registration

Verdict = Literal["same", "newer", "differs"]
_DELEGATION = "delegation_id"


@dataclass(frozen=True, slots=True)
class Pushed:
    """A table whose rows a site sends home.

    Attributes
    ----------
    model : the table at the site.
    kept_as : the table at the central server, where it is another one: the site's log stays apart from the sitting's.
    moves : columns that change while the site works; all others are as they are from the first time on.
    settled_by : one of them, with which the row has its final state.
    own : columns that are each server's own and do not travel.
    ready : the column with which a row is complete enough to travel; before, it waits for the next push.
    is_late : whether rows may come after everything else is home: what browsers sent when all was over.
    """

    model: type[Table]
    kept_as: type[Table] | None = None
    moves: frozenset[str] = frozenset()
    settled_by: str | None = None
    own: frozenset[str] = frozenset()
    ready: str | None = None
    is_late: bool = False

    @property
    def source(self) -> sa.Table:
        """The table at the site."""
        return table_of(self.model)

    @property
    def target(self) -> sa.Table:
        """The table at the central server."""
        return table_of(self.kept_as or self.model)

    @property
    def name(self) -> str:
        """What the table is called in portions."""
        return self.target.name

    @property
    def columns(self) -> list[sa.Column[Any]]:
        """The columns that travel, as the central server has them."""
        return [one for one in self.target.columns if one.name not in self.own and one.name != _DELEGATION]

    @property
    def key(self) -> list[str]:
        """The names of the columns by which a row is known."""
        return [one.name for one in self.target.primary_key if one.name != _DELEGATION]

    def verdict(self, stored: Mapping[str, Any], sent: Mapping[str, Any]) -> Verdict:
        """Hold a row that was sent against the one that is stored under its key."""
        differing = {column.name for column in self.columns if stored[column.name] != sent[column.name]}
        if not differing:
            return "same"
        is_settled = self.settled_by is not None and stored[self.settled_by] is not None
        return "newer" if differing <= self.moves and not is_settled else "differs"

    def rows_at_site(self, sitting_id: UUID) -> sa.Select[Any]:
        """Return the statement for all rows of a sitting at the site, in the order of their keys."""
        columns = [self.source.c[column.name] for column in self.columns]
        statement = sa.select(*columns).where(_of_sitting(self.source, sitting_id, self.ready))
        return statement.order_by(*(self.source.c[name] for name in self.key))


PUSHED: tuple[Pushed, ...] = (
    Pushed(Pause, moves=frozenset({"ended_at", "ended_by_name"}), settled_by="ended_at"),
    Pushed(
        Seat,
        moves=frozenset(column.name for column in table_of(Seat).columns if not column.primary_key),
    ),
    Pushed(
        IdentityCheck,
        moves=frozenset(column.name for column in table_of(IdentityCheck).columns if not column.primary_key),
    ),
    Pushed(SeatMove),
    Pushed(
        Attempt,
        moves=frozenset(
            {
                "holder_session_id",
                "epoch",
                "last_seq",
                "chain_head",
                "last_seen_at",
                "paused_ms",
                "paused_since",
                "credit_ms",
                "ended_at",
                "end_reason",
                "finish_kind",
                "finished_at",
                "closed_at",
            }
        ),
        settled_by="closed_at",
        own=frozenset({"marked_at"}),
    ),
    Pushed(JournalEntry),
    # A refusal waits for the row of the log that vouches for it.
    Pushed(JournalRefusal, ready="logged_part", is_late=True),
    # Put forward at the site, decided by the board.
    Pushed(Recovery, own=frozenset({"decision", "decided_at", "decided_by", "decided_by_name"})),
    Pushed(Silence),
    Pushed(
        TimeCredit,
        moves=frozenset({"decision", "decided_at", "decided_by", "decided_by_name"}),
        settled_by="decision",
    ),
    Pushed(Instruction, moves=frozenset({"confirmed_at"}), settled_by="confirmed_at"),
    # A file that is not whole may still be sent anew with other bytes. The central server looks through it itself.
    Pushed(Upload, ready="completed_at", own=frozenset({"examining_since", "finding"})),
    Pushed(UploadPart),
    Pushed(Incident, is_late=True),
    Pushed(IncidentAttachment, is_late=True),
    # Proposed at the site, decided by the board.
    Pushed(
        Violation,
        own=frozenset(
            {
                "decision",
                "decision_note",
                "decided_at",
                "decided_by",
                "decided_by_name",
                "withdrawn_at",
                "withdrawn_by_name",
                "withdrawal_reason",
            }
        ),
        is_late=True,
    ),
    # Minutes travel once they are sealed, and change no more; reopening is the board's.
    Pushed(
        RoomMinutes,
        own=frozenset({"reopened_at", "reopened_by_name", "reopening_reason"}),
        ready="sealed_at",
        is_late=True,
    ),
    Pushed(MinutesSignature, is_late=True),
    Pushed(MinutesAddendum, is_late=True),
    Pushed(SittingLogRow, kept_as=SiteLogRow, ready="number", is_late=True),
    Pushed(SittingLogRoot, kept_as=SiteLogRoot, is_late=True),
)
"""In the order in which the rows refer to each other."""

BY_NAME = {pushed.name: pushed for pushed in PUSHED}


def parents(table: sa.Table) -> dict[str, Pushed]:
    """Return the tables of the list that a table's rows hang on, by the column that leads there."""
    found = {}
    for column in table.columns:
        for foreign in column.foreign_keys:
            parent = BY_NAME.get(foreign.column.table.name)
            if parent is not None:
                found[column.name] = parent
    return found


def _of_sitting(table: sa.Table, sitting_id: UUID, ready: str | None) -> sa.ColumnElement[bool]:
    is_ready = table.c[ready].is_not(None) if ready is not None else sa.true()
    return sa.and_(_hangs_on(table, sitting_id), is_ready)


def _hangs_on(table: sa.Table, sitting_id: UUID) -> sa.ColumnElement[bool]:
    if "sitting_id" in table.c:
        return table.c.sitting_id == sitting_id
    if "registration_id" in table.c:
        registration = table_of(Registration)
        return table.c.registration_id.in_(sa.select(registration.c.id).where(registration.c.sitting_id == sitting_id))
    name, parent = next(iter(parents(table).items()))
    above = _of_sitting(parent.source, sitting_id, parent.ready)
    return table.c[name].in_(sa.select(parent.source.c.id).where(above))
