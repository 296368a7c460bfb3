"""Where a sitting stands in time, on both sides of each boundary."""

from datetime import datetime, timedelta

import pytest

from exam_engine.sittings.sitting_time import last_end, sitting_status
from tests.conftest import NINE

CLOSES = NINE + timedelta(hours=2)
ENDS = last_end(CLOSES, grace=timedelta(seconds=60), longest_extra_time=timedelta(minutes=15))
TICK = timedelta(microseconds=1)


def test_the_last_end_is_closing_time_plus_the_longest_extra_time_plus_grace() -> None:
    assert timedelta(hours=2, minutes=16) + NINE == ENDS


@pytest.mark.parametrize(
    ("moment", "status"),
    [(NINE - TICK, "ready"), (NINE, "running"), (CLOSES, "running"), (ENDS, "running"), (ENDS + TICK, "closed")],
)
def test_a_ready_sitting_follows_the_clock(moment: datetime, status: str) -> None:
    assert sitting_status("ready", opens_at=NINE, ends_at=ENDS, now=moment) == status


@pytest.mark.parametrize("status", ["draft", "marked", "approved"])
@pytest.mark.parametrize("moment", [NINE - TICK, CLOSES, ENDS + TICK])
def test_what_people_decided_does_not_change_with_time(status: str, moment: datetime) -> None:
    assert sitting_status(status, opens_at=NINE, ends_at=ENDS, now=moment) == status


def test_an_unknown_stored_status_is_an_error() -> None:
    with pytest.raises(ValueError, match="closed"):
        sitting_status("closed", opens_at=NINE, ends_at=ENDS, now=NINE)
