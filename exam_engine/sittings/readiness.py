"""What a sitting needs before its papers may be sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from exam_engine.core.errors import Fault


@dataclass(frozen=True, slots=True)
class SeatAssignment:
    """What one registration has been given so far."""

    candidate_number: str | None
    room_id: UUID | None
    seat_number: int | None
    form_id: UUID | None
    variant: int | None

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to give."""
        return None not in (self.candidate_number, self.room_id, self.seat_number, self.form_id, self.variant)


@dataclass(frozen=True, slots=True)
class Preparation:
    """A sitting as it has been prepared.

    Attributes
    ----------
    proctors_by_room : how many proctors, by the name of each of its rooms.
    section_faults : what of the forms does not fit the sections.
    rule_faults : what of the rule-set cannot be read.
    """

    opens_at: datetime
    closes_at: datetime
    duration_minutes: int
    has_rule_set: bool
    proctors_by_room: Mapping[str, int]
    room_ids: frozenset[UUID]
    form_ids: frozenset[UUID]
    seats: Sequence[SeatAssignment]
    section_faults: Sequence[Fault] = ()
    rule_faults: Sequence[Fault] = ()


def missing(preparation: Preparation) -> list[Fault]:
    """Return a fault for everything that is missing or does not fit together."""
    faults = []
    if (preparation.closes_at - preparation.opens_at).total_seconds() < preparation.duration_minutes * 60:
        faults.append(Fault("sitting_window_short", "closes_at", {"minutes": preparation.duration_minutes}))
    if not preparation.has_rule_set:
        faults.append(Fault("sitting_without_rule_set", "administration"))
    faults += preparation.rule_faults
    if not preparation.proctors_by_room:
        faults.append(Fault("sitting_without_rooms", "rooms"))
    faults += [
        Fault("room_without_proctor", "rooms", {"room": name})
        for name, count in preparation.proctors_by_room.items()
        if count == 0
    ]
    if not preparation.form_ids:
        faults.append(Fault("sitting_without_forms", "forms"))
    faults += preparation.section_faults
    if not preparation.seats:
        faults.append(Fault("sitting_without_candidates", "registrations"))
    unarranged = sum(not seat.is_complete for seat in preparation.seats)
    if unarranged:
        faults.append(Fault("candidates_without_seat", "registrations", {"count": unarranged}))
    elif any(
        seat.room_id not in preparation.room_ids or seat.form_id not in preparation.form_ids
        for seat in preparation.seats
    ):
        faults.append(Fault("arrangement_outdated", "registrations"))
    return faults
