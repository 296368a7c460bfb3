"""The range that a player asks for, by the rules of RFC 9110."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.media.byte_ranges import ByteRange, UnsatisfiableRangeError, requested_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        # The examples of RFC 9110, section 14.1.2, for a representation of 10000 bytes.
        ("bytes=0-499", ByteRange(0, 499)),
        ("bytes=500-999", ByteRange(500, 999)),
        ("bytes=-500", ByteRange(9500, 9999)),
        ("bytes=9500-", ByteRange(9500, 9999)),
        ("bytes=0-", ByteRange(0, 9999)),
        ("bytes=9999-", ByteRange(9999, 9999)),
        ("bytes=9990-20000", ByteRange(9990, 9999)),
        ("bytes=-20000", ByteRange(0, 9999)),
    ],
)
def test_one_range_is_understood(header: str, expected: ByteRange) -> None:
    assert requested_range(header, 10_000) == expected


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes=-",
        "bytes=5-4",
        "bytes=0-0,-1",
        "items=0-5",
        "bytes=a-b",
        "bytes=--5",
        "bytes=" + "9" * 5000 + "-",
    ],
)
def test_nothing_several_and_malformed_ranges_mean_the_whole(header: str | None) -> None:
    assert requested_range(header, 10_000) is None


@pytest.mark.parametrize("header", ["bytes=10000-", "bytes=10000-10001", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_answered(header: str) -> None:
    with pytest.raises(UnsatisfiableRangeError):
        requested_range(header, 10_000)


@given(size=st.integers(1, 500), first=st.integers(0, 600), last=st.integers(0, 600))
def test_a_range_never_leaves_the_file(size: int, first: int, last: int) -> None:
    try:
        part = requested_range(f"bytes={first}-{last}", size)
    except UnsatisfiableRangeError:
        assert first >= size
        return
    assert (part is None) == (last < first)
    if part is not None:
        assert bytes(size)[part.first : part.last + 1] == bytes(size)[first : last + 1] != b""
        assert part.last < size
