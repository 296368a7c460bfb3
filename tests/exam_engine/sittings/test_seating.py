"""Numbers, seats and the rotation of forms."""

from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exam_engine.sittings.seating import (
    NumberTemplateError,
    Placement,
    SeatRow,
    booklet_at,
    candidate_number,
    check_number_template,
    place,
)


def make_room(seats: int = 4, name: str = "P1", row_width: int | None = None) -> SeatRow:
    return SeatRow(uuid4(), name, "LD01", seats, row_width)


def placed(count: int, rooms: list[SeatRow], forms: int = 2, template: str = "{seq:04}") -> list[Placement]:
    return place([uuid4() for _ in range(count)], rooms=rooms, forms=forms, template=template, first_sequence=1)


def test_rooms_are_filled_one_after_the_other_in_list_order() -> None:
    first, second = make_room(3, "P1"), make_room(3, "P2")
    people = [uuid4() for _ in range(5)]
    placements = place(people, rooms=[first, second], forms=2, template="{site}{seq:04}", first_sequence=41)
    assert [p.registration_id for p in placements] == people
    assert [p.room_id for p in placements] == [first.room_id] * 3 + [second.room_id] * 2
    assert [p.seat_number for p in placements] == [1, 2, 3, 1, 2]
    assert [p.candidate_number for p in placements] == ["LD010041", "LD010042", "LD010043", "LD010044", "LD010045"]


def test_as_many_candidates_as_seats_fit_and_one_more_does_not() -> None:
    assert len(placed(4, [make_room(4)])) == 4
    with pytest.raises(ValueError, match="5 candidates, 4 seats"):
        placed(5, [make_room(4)])


def test_without_a_form_nobody_is_seated() -> None:
    with pytest.raises(ValueError, match="no form"):
        placed(1, [make_room()], forms=0)


def test_a_booklet_is_a_form_with_a_shuffle() -> None:
    (placement,) = placed(1, [make_room(1)], forms=3)
    assert (placement.form, placement.variant) == (0, 0)


@given(seats=st.integers(2, 60), forms=st.integers(1, 8), room_index=st.integers(0, 9))
def test_seats_next_to_each_other_never_hold_the_same_form_nor_with_one_form_the_same_shuffle(
    seats: int, forms: int, room_index: int
) -> None:
    booklets = forms * 4
    rotation = [
        booklet_at(seat, room_index=room_index, row_width=None, forms=forms, booklets=booklets)
        for seat in range(1, seats + 1)
    ]
    for left, right in pairwise(rotation):
        assert left != right
        assert forms == 1 or left % forms != right % forms


@given(width=st.integers(1, 12), rows=st.integers(1, 8), forms=st.integers(1, 8), room_index=st.integers(0, 9))
def test_in_rows_the_seats_beside_and_in_front_hold_other_forms(
    width: int, rows: int, forms: int, room_index: int
) -> None:
    booklets = forms * 4

    def held(row: int, column: int) -> int:
        seat = row * width + column + 1
        booklet = booklet_at(seat, room_index=room_index, row_width=width, forms=forms, booklets=booklets)
        return booklet % forms if forms > 1 else booklet

    for row in range(rows):
        for column in range(width):
            if column + 1 < width:
                assert held(row, column) != held(row, column + 1)
            if row + 1 < rows:
                assert held(row, column) != held(row + 1, column)


@given(width=st.integers(2, 12), forms=st.integers(3, 8))
def test_with_three_forms_the_end_of_a_row_and_the_start_of_the_next_differ_too(width: int, forms: int) -> None:
    last = booklet_at(width, room_index=0, row_width=width, forms=forms, booklets=forms * 4)
    first = booklet_at(width + 1, room_index=0, row_width=width, forms=forms, booklets=forms * 4)
    assert last % forms != first % forms


@given(forms=st.integers(1, 6), seats=st.integers(1, 120))
def test_forms_are_handed_out_evenly(forms: int, seats: int) -> None:
    counts = [0] * forms
    for placement in placed(seats, [make_room(seats)], forms=forms):
        counts[placement.form] += 1
    assert max(counts) - min(counts) <= 1


@given(st.lists(st.integers(1, 40), min_size=1, max_size=5), st.integers(0, 100))
def test_nobody_shares_a_seat_or_a_number(room_sizes: list[int], count: int) -> None:
    assume(count <= sum(room_sizes))
    placements = placed(count, [make_room(size, f"P{n}") for n, size in enumerate(room_sizes)])
    seats: set[tuple[UUID, int]] = {(p.room_id, p.seat_number) for p in placements}
    assert len(seats) == len({p.candidate_number for p in placements}) == count


@pytest.mark.parametrize("template", ["{seq}", "{seq:04}", "{site}{seq:04}", "LD-{room}/{seq:03}", "{seq:05}.{site}"])
def test_a_template_with_one_running_number_is_taken(template: str) -> None:
    check_number_template(template)


@pytest.mark.parametrize(
    "template",
    [
        "",
        "LD",
        "{site}",
        "{seq}{seq}",
        "{seq.real}",
        "{seq!r}",
        "{seq:0100}",
        "{seq:>4}",
        "{seq:x}",
        "{name}{seq}",
        "{0}{seq}",
        "{seq",
        "{site:10}{seq}",
        "số{seq}",
        "{seq} ",
        "{seq:{site}}",
        "{seq:3}",
    ],
)
def test_a_template_that_gives_no_numbers_to_type_is_refused(template: str) -> None:
    with pytest.raises(NumberTemplateError):
        check_number_template(template)


def test_a_room_name_with_marks_makes_no_number() -> None:
    assert candidate_number("{room}-{seq:02}", sequence=7, room=make_room(name="P 1")) == "P1-07"
    with pytest.raises(NumberTemplateError):
        candidate_number("{room}-{seq:02}", sequence=7, room=make_room(name="Phòng 1"))


def test_a_number_of_thirty_two_characters_is_taken_and_one_of_thirty_three_is_not() -> None:
    room = make_room(name="A" * 31)
    assert len(candidate_number("{room}{seq}", sequence=9, room=room)) == 32
    with pytest.raises(NumberTemplateError):
        candidate_number("{room}{seq}", sequence=10, room=room)


def test_personal_forms_go_one_to_each_in_list_order_and_may_not_run_out() -> None:
    ids = [uuid4() for _ in range(5)]
    rooms = [make_room(3, "P1"), make_room(3, "P2")]

    def handed_out(forms: int) -> list[tuple[int, int]]:
        placements = place(ids, rooms=rooms, forms=forms, template="{seq:04}", first_sequence=1, is_personal=True)
        return [(placement.form, placement.variant) for placement in placements]

    assert handed_out(5) == [(number, 0) for number in range(5)]
    assert handed_out(9) == handed_out(5)
    with pytest.raises(ValueError, match="4 personal forms"):
        handed_out(4)
