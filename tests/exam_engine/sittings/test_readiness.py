"""What a sitting needs before its papers are sealed, one lack at a time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from exam_engine.core.db import new_id
from exam_engine.sittings.readiness import Preparation, SeatAssignment, missing
from tests.conftest import NINE

ROOM, FORM = new_id(), new_id()
SEAT = SeatAssignment("0001", ROOM, 1, FORM, 0)
PREPARED = Preparation(
    opens_at=NINE,
    closes_at=NINE + timedelta(minutes=45),
    duration_minutes=45,
    has_rule_set=True,
    proctors_by_room={"Phòng 1": 1},
    room_ids=frozenset({ROOM}),
    form_ids=frozenset({FORM}),
    seats=[SEAT],
)


def test_a_prepared_sitting_lacks_nothing() -> None:
    assert missing(PREPARED) == []


@pytest.mark.parametrize(
    ("lack", "code"),
    [
        ({"closes_at": NINE + timedelta(minutes=45) - timedelta(microseconds=1)}, "sitting_window_short"),
        ({"has_rule_set": False}, "sitting_without_rule_set"),
        ({"proctors_by_room": {}}, "sitting_without_rooms"),
        ({"proctors_by_room": {"Phòng 1": 1, "Phòng 2": 0}}, "room_without_proctor"),
        ({"seats": []}, "sitting_without_candidates"),
        ({"seats": [SEAT, replace(SEAT, candidate_number=None)]}, "candidates_without_seat"),
        ({"seats": [SEAT, replace(SEAT, room_id=None)]}, "candidates_without_seat"),
        ({"seats": [SEAT, replace(SEAT, seat_number=None)]}, "candidates_without_seat"),
        ({"seats": [SEAT, replace(SEAT, form_id=None)]}, "candidates_without_seat"),
        ({"seats": [SEAT, replace(SEAT, variant=None)]}, "candidates_without_seat"),
        ({"seats": [SEAT, replace(SEAT, room_id=new_id())]}, "arrangement_outdated"),
        ({"seats": [SEAT, replace(SEAT, form_id=new_id())]}, "arrangement_outdated"),
    ],
)
def test_a_single_lack_is_named(lack: dict[str, Any], code: str) -> None:
    assert [fault.code for fault in missing(replace(PREPARED, **lack))] == [code]


def test_a_sitting_without_forms_says_so_and_that_seats_are_outdated() -> None:
    found = [fault.code for fault in missing(replace(PREPARED, form_ids=frozenset()))]
    assert found == ["sitting_without_forms", "arrangement_outdated"]
