"""Instants as text: milliseconds, always UTC, the same everywhere."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.core.time import VIETNAM, iso_utc, utc_now


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 12, 12, 1, 0, tzinfo=UTC), "2026-12-12T01:00:00.000Z"),
        (datetime(2026, 12, 12, 8, 0, 0, 123_999, tzinfo=VIETNAM), "2026-12-12T01:00:00.123Z"),
        (datetime(2026, 12, 12, 0, 30, tzinfo=VIETNAM), "2026-12-11T17:30:00.000Z"),
        (datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), "2026-12-31T23:59:59.999Z"),
    ],
)
def test_the_text_has_milliseconds_and_is_utc(instant: datetime, text: str) -> None:
    assert iso_utc(instant) == text


@given(
    st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(9998, 1, 1)),  # noqa: DTZ001  # zones are added below
    st.integers(-23, 23),
)
def test_the_text_reads_back_as_the_same_millisecond(naive: datetime, hours: int) -> None:
    instant = naive.replace(tzinfo=timezone(timedelta(hours=hours)))
    read = datetime.fromisoformat(iso_utc(instant))
    assert timedelta(0) <= instant - read < timedelta(milliseconds=1)


@given(st.lists(st.datetimes(timezones=st.just(UTC), min_value=datetime(1000, 1, 1)), min_size=2))  # noqa: DTZ001  # the bound is naive by Hypothesis' rule
def test_texts_sort_as_the_instants_do(instants: list[datetime]) -> None:
    texts = [iso_utc(instant) for instant in sorted(instants)]
    assert texts == sorted(texts)


def test_now_knows_its_zone() -> None:
    assert utc_now().utcoffset() == timedelta(0)
