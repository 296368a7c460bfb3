"""The look-up limit: so many in a window for each address, and a clear time to come back."""

from datetime import UTC, datetime, timedelta

import pytest

from certificates.errors import TooManyLookupsError
from certificates.verification.rate_limit import LookupLimit

NOON = datetime(2026, 12, 12, 5, tzinfo=UTC)


def test_the_last_allowed_look_up_is_answered_and_the_next_is_not() -> None:
    limit = LookupLimit(lookups=3, window=timedelta(minutes=1))
    for second in range(3):
        limit.count("10.0.0.1", now=NOON + timedelta(seconds=second))
    with pytest.raises(TooManyLookupsError) as caught:
        limit.count("10.0.0.1", now=NOON + timedelta(seconds=10))
    assert caught.value.retry_after == 50


def test_the_window_slides_and_refused_look_ups_do_not_extend_it() -> None:
    limit = LookupLimit(lookups=1, window=timedelta(minutes=1))
    limit.count("10.0.0.1", now=NOON)
    for second in (10, 59):
        with pytest.raises(TooManyLookupsError):
            limit.count("10.0.0.1", now=NOON + timedelta(seconds=second))
    limit.count("10.0.0.1", now=NOON + timedelta(seconds=60))


def test_addresses_do_not_share_a_limit() -> None:
    limit = LookupLimit(lookups=1)
    limit.count("10.0.0.1", now=NOON)
    limit.count("10.0.0.2", now=NOON)
