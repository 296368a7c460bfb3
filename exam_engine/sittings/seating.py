"""Giving numbers, seats and forms to candidates in list order: pure arithmetic."""

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

VARIANTS_PER_FORM = 4
"""Shuffles of each form; with them even neighbours over a corner rarely hold the same paper."""

LONGEST_NUMBER = 32
_SAFE_NUMBER = re.compile(r"[A-Za-z0-9./_-]+")
_SEQUENCE_FORMAT = re.compile(r"(0[1-9])?")
_FIELDS = frozenset({"seq", "site", "room"})


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A room to fill; ``row_width`` is the number of seats in a row, None when the seats stand in no rows."""

    room_id: UUID
    room_name: str
    centre_code: str
    seat_count: int
    row_width: int | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """What one registration gets; ``form`` and ``variant`` are indexes from 0, seats are counted from 1."""

    registration_id: UUID
    sequence: int
    candidate_number: str
    room_id: UUID
    seat_number: int
    form: int
    variant: int


class NumberTemplateError(ValueError):
    """A number template names an unknown field, lacks the running number or gives characters nobody can type."""


def check_number_template(template: str) -> None:
    """Refuse a template that could not give distinct numbers that are easy to type.

    Fields are ``{seq}``, padded as in ``{seq:04}``, ``{site}`` (code of the centre) and ``{room}`` (name of the room).

    Raises
    ------
    NumberTemplateError
    """
    try:
        fields = [
            (name, specification or "", conversion)
            for _, name, specification, conversion in string.Formatter().parse(template)
            if name is not None
        ]
    except ValueError as error:
        raise NumberTemplateError(str(error)) from error
    names = [name for name, _, _ in fields]
    if names.count("seq") != 1 or not set(names) <= _FIELDS:
        raise NumberTemplateError("the fields are {seq} (once), {site} and {room}")
    if any(conversion for _, _, conversion in fields):
        raise NumberTemplateError("conversions are not allowed")
    for name, specification, _ in fields:
        if not (_SEQUENCE_FORMAT.fullmatch(specification) if name == "seq" else specification == ""):
            raise NumberTemplateError("only {seq} takes a width, such as {seq:04}")
    if not _SAFE_NUMBER.fullmatch(template.format(seq=1, site="X", room="X")):
        raise NumberTemplateError("letters without marks, digits and . / _ - only")


def candidate_number(template: str, *, sequence: int, room: SeatRow) -> str:
    """Return the number that a checked template gives; spaces of names are left out.

    Raises
    ------
    NumberTemplateError
        The number came out too long or holds characters that cannot be typed everywhere.
    """
    number = template.format(seq=sequence, site=room.centre_code.replace(" ", ""), room=room.room_name.replace(" ", ""))
    if len(number) > LONGEST_NUMBER or not _SAFE_NUMBER.fullmatch(number):
        raise NumberTemplateError(number)
    return number


def row_step(booklets: int, forms: int, row_width: int) -> int:
    """Return by how much the rotation moves on from one row to the next.

    The seat in front must hold another form. Where there is a choice, so must the first seat of the next row against
    the last of this one, then the seats over the corners. With two forms and an even width the last two cannot be had.
    """
    size = forms if forms > 1 else booklets

    def conflicts(step: int) -> tuple[bool, bool, int, int]:
        ahead, wrap = step % size == 0, (step - (row_width - 1)) % size == 0
        corners = ((step + 1) % size == 0) + ((step - 1) % size == 0)
        return ahead, wrap, corners, step

    return min(range(1, booklets + 1), key=conflicts)


def booklet_at(seat_number: int, *, room_index: int, row_width: int | None, forms: int, booklets: int) -> int:
    """Return the booklet (form and shuffle together) of a seat; neighbouring seats differ in their form.

    With one form they differ in its shuffle. Booklet ``i`` is form ``i % forms`` in shuffle ``i // forms``.
    """
    if row_width is None or row_width < 1:
        return (room_index + seat_number - 1) % booklets
    row, column = divmod(seat_number - 1, row_width)
    return (room_index + column + row_step(booklets, forms, row_width) * row) % booklets


def place(
    registration_ids: Sequence[UUID],
    *,
    rooms: Sequence[SeatRow],
    forms: int,
    template: str,
    first_sequence: int,
    variants: int = VARIANTS_PER_FORM,
    is_personal: bool = False,
) -> list[Placement]:
    """Seat registrations, which come in list order, room by room from seat 1 on.

    Parameters
    ----------
    rooms : in the order in which they are filled; together they must have enough seats.
    forms : how many forms rotate, at least 1.
    first_sequence : running number of the first candidate.
    is_personal : whether everybody gets a form of their own, in list order, instead of the forms going round.

    Raises
    ------
    ValueError
        Fewer seats than registrations, no form, or fewer forms than registrations when they are personal.
    NumberTemplateError
    """
    seats = [(index, room, seat) for index, room in enumerate(rooms) for seat in range(1, room.seat_count + 1)]
    if len(seats) < len(registration_ids):
        raise ValueError(f"{len(registration_ids)} candidates, {len(seats)} seats")
    if forms < 1:
        raise ValueError("no form to hand out")
    if is_personal and forms < len(registration_ids):
        raise ValueError(f"{len(registration_ids)} candidates, {forms} personal forms")
    placements = []
    for offset, (registration_id, (index, room, seat)) in enumerate(zip(registration_ids, seats, strict=False)):
        sequence = first_sequence + offset
        booklet = (
            offset
            if is_personal
            else booklet_at(seat, room_index=index, row_width=room.row_width, forms=forms, booklets=forms * variants)
        )
        placements.append(
            Placement(
                registration_id=registration_id,
                sequence=sequence,
                candidate_number=candidate_number(template, sequence=sequence, room=room),
                room_id=room.room_id,
                seat_number=seat,
                form=booklet % forms,
                variant=booklet // forms,
            )
        )
    return placements
