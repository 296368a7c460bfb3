"""The only place that reads the wall clock; everything else takes ``now`` as an argument."""

from datetime import UTC, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Vietnam has kept UTC+7 without daylight saving since 1975, so no time-zone database is needed."""


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def iso_utc(instant: datetime) -> str:
    """Return an aware instant as ``2026-12-12T01:00:00.123Z``: milliseconds, always UTC.

    Receipts are signed over this text, so its form is part of the delivery protocol.
    """
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
