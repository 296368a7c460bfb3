"""The one word for a seat's state, and when a browser waits for the proctor."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from exam_engine.delivery.batch import SILENCE
from exam_engine.delivery.clock import AttemptTiming
from exam_engine.delivery.models import Attempt, Seat
from exam_engine.delivery.seats import SeatProgress
from exam_engine.proctoring.service import condition, needs_unlock
from exam_engine.sittings.service import RegistrationFacts
from tests.conftest import NINE

HERE, ELSEWHERE = UUID(int=21), UUID(int=22)
MOMENT = timedelta(microseconds=1)
WINDOW: dict[str, Any] = {"opens_at": NINE, "closes_at": NINE + timedelta(hours=2)}
FACTS = RegistrationFacts(
    registration_id=UUID(int=1),
    sitting_id=UUID(int=2),
    candidate_id=UUID(int=3),
    candidate_number="LD0001",
    full_name="Ka Hồng",
    birth_date="01/02/1990",
    sex="female",
    birth_place="Lâm Đồng",
    identity_number_masked="****1234",
    organisation="THPT Bảo Lộc",
    sitting_name="Ca 1",
    sitting_status="ready",
    unlock_needs_identity=True,
    exam_name="Ứng dụng CNTT cơ bản",
    standard_level="basic",
    council_name="Hội đồng thi",
    place="Lâm Đồng",
    duration=timedelta(minutes=45),
    grace=timedelta(seconds=60),
    extra_time=timedelta(0),
    room_id=UUID(int=4),
    room_name="Phòng máy 1",
    seat_number=7,
    form_id=UUID(int=5),
    variant=0,
    **WINDOW,
)


def make_seat(**changes: Any) -> Seat:
    values: dict[str, Any] = {"registration_id": UUID(int=1), "login_session_id": HERE, "logged_in_at": NINE}
    return Seat(**(values | changes))


def make_attempt(*, last_seen_at: datetime = NINE, **changes: Any) -> Attempt:
    values: dict[str, Any] = {
        "registration_id": UUID(int=1),
        "sitting_id": UUID(int=2),
        "form_id": UUID(int=5),
        "paper_id": UUID(int=6),
        "holder_session_id": HERE,
        "started_at": NINE,
        "duration_ms": 45 * 60_000,
        "grace_ms": 60_000,
        "chain_head": "0" * 64,
        "last_seen_at": last_seen_at,
    }
    return Attempt(**(values | WINDOW | changes))


def progress(seat: Seat | None, attempt: Attempt | None = None) -> SeatProgress:
    timing = AttemptTiming(duration=timedelta(minutes=45), **WINDOW)
    return SeatProgress(FACTS, seat, attempt, timing, answered=0, flagged=0)


UNLOCKED = {"unlocked_session_id": HERE, "unlocked_at": NINE}


@pytest.mark.parametrize(
    ("seat", "word", "waits"),
    [
        (None, "absent", False),
        (make_seat(), "logged_in", True),
        (make_seat(confirmed_at=NINE), "confirmed", True),
        (make_seat(confirmed_at=NINE, **UNLOCKED), "unlocked", False),
        # Unlocked ahead of the check of one's own data: the proctor need not come back.
        (make_seat(**UNLOCKED), "unlocked", False),
        # The unlock was for another browser than the one that logged in last.
        (make_seat(confirmed_at=NINE, unlocked_session_id=ELSEWHERE, unlocked_at=NINE), "confirmed", True),
        (make_seat(unlocked_session_id=ELSEWHERE, unlocked_at=NINE), "logged_in", True),
    ],
)
def test_a_seat_before_the_attempt(seat: Seat | None, word: str, waits: bool) -> None:
    assert condition(progress(seat), NINE) == word
    assert needs_unlock(progress(seat)) is waits


def test_a_running_seat_is_offline_after_forty_seconds_of_silence_and_not_before() -> None:
    seated = progress(make_seat(**UNLOCKED), make_attempt())
    assert timedelta(seconds=40) == SILENCE
    assert condition(seated, NINE) == "running"
    assert condition(seated, NINE + SILENCE) == "running"
    assert condition(seated, NINE + SILENCE + MOMENT) == "offline"


@pytest.mark.parametrize(("finish_kind", "word"), [("submitted", "submitted"), ("time_over", "closed")])
def test_a_finished_seat_says_how_and_is_never_offline_nor_waiting(finish_kind: str, word: str) -> None:
    attempt = make_attempt(finish_kind=finish_kind, finished_at=NINE, closed_at=NINE)
    for seat in (make_seat(**UNLOCKED), make_seat(login_session_id=ELSEWHERE, **UNLOCKED)):
        assert condition(progress(seat, attempt), NINE + timedelta(hours=1)) == word
        assert not needs_unlock(progress(seat, attempt))


def test_a_candidate_who_changes_computers_waits_for_the_proctor_while_the_attempt_runs_on() -> None:
    moved = progress(make_seat(login_session_id=ELSEWHERE, confirmed_at=NINE, **UNLOCKED), make_attempt())
    assert condition(moved, NINE) == "running"
    assert needs_unlock(moved)
