"""Who sits near whom."""

from hypothesis import given
from hypothesis import strategies as st

from exam_engine.forensics.neighbours import SeatPlace, neighbouring_pairs


def in_room(seats: list[int], row_width: int | None, room: str = "P1") -> list[SeatPlace]:
    return [SeatPlace(room, seat, row_width) for seat in seats]


def near(seat: int, row_width: int | None, seats: int = 30) -> set[int]:
    places = in_room(list(range(1, seats + 1)), row_width)
    return {1 + (one if two == seat - 1 else two) for one, two in neighbouring_pairs(places) if seat - 1 in (one, two)}


def test_in_rows_the_eight_seats_around_are_near() -> None:
    assert near(14, 6) == {7, 8, 9, 13, 15, 19, 20, 21}


def test_the_end_of_a_row_is_not_near_the_start_of_the_next() -> None:
    assert near(6, 6) == {5, 11, 12}
    assert near(7, 6) == {1, 2, 8, 13, 14}


def test_without_rows_two_seats_to_each_side_are_near() -> None:
    assert near(10, None) == {8, 9, 11, 12}
    assert near(1, None) == {2, 3}


def test_nobody_is_near_anybody_in_another_room() -> None:
    places = [*in_room([1, 2], None), *in_room([1, 2], None, "P2")]
    assert neighbouring_pairs(places) == [(0, 1), (2, 3)]


def test_without_a_seat_nobody_is_near() -> None:
    assert neighbouring_pairs([SeatPlace("P1", None, 5), SeatPlace("P1", 1, 5)]) == []


@given(st.lists(st.integers(1, 40), unique=True, max_size=15), st.none() | st.integers(1, 9))
def test_pairs_are_in_order_and_once(seats: list[int], row_width: int | None) -> None:
    pairs = neighbouring_pairs(in_room(seats, row_width))

    assert len(set(pairs)) == len(pairs)
    assert all(one < two for one, two in pairs)
