"""The status list: two bits a place, signed as a whole, honest about its age."""

import gzip
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from certificates.verification.status_list import SMALLEST_SIZE, Status, StatusList, build_status_list, list_size
from tests.certificates.makers import KEY, KID

NOON = datetime(2026, 12, 12, 5, tzinfo=UTC)
DAY = timedelta(days=1)


def make_list(statuses: dict[int, Status]) -> StatusList:
    return build_status_list(statuses, size=SMALLEST_SIZE, kid=KID, key=KEY, issued_at=NOON, ttl=DAY)


@given(
    st.dictionaries(
        st.integers(0, SMALLEST_SIZE - 1), st.sampled_from([Status.REVOKED, Status.SUPERSEDED]), max_size=20
    )
)
def test_named_places_have_their_status_and_all_others_are_valid(statuses: dict[int, Status]) -> None:
    built = make_list(statuses)
    # Read the whole list another way: as one little-endian number of two-bit digits.
    number = int.from_bytes(gzip.decompress(built.bits), "little")
    expected = sum(int(status) << (2 * index) for index, status in statuses.items())
    assert number == expected
    for index, status in statuses.items():
        assert built.status_at(index) == status


def test_the_signature_covers_everything_a_checker_relies_on() -> None:
    built = make_list({5: Status.REVOKED})
    assert built.verify(KEY.public_key())
    emptied = gzip.compress(bytes(SMALLEST_SIZE // 4), mtime=0)
    for changed in (
        replace(built, bits=emptied),
        replace(built, issued_at=NOON + DAY),
        replace(built, ttl=10 * DAY),
        replace(built, size=2 * SMALLEST_SIZE),
        replace(built, kid=b"0000"),
    ):
        assert not changed.verify(KEY.public_key())
    assert not built.verify(Ed25519PrivateKey.from_private_bytes(b"f" * 32).public_key())


def test_the_signed_text_is_what_browsers_rebuild() -> None:
    built = make_list({5: Status.REVOKED})
    digest = hashlib.sha256(built.bits).hexdigest()
    text = f"VNITCERT-STATUS-v1\n{KID.hex()}\n2026-12-12T05:00:00.000Z\n86400\n131072\n{digest}"
    KEY.public_key().verify(built.signature, text.encode())


def test_a_list_is_relied_on_up_to_its_time_to_live_and_not_beyond() -> None:
    built = make_list({})
    assert not built.is_stale(NOON + DAY)
    assert built.is_stale(NOON + DAY + timedelta(microseconds=1))


def test_a_place_outside_the_list_has_no_status() -> None:
    built = make_list({})
    for index in (-1, SMALLEST_SIZE):
        with pytest.raises(ValueError, match="no such place"):
            built.status_at(index)


@pytest.mark.parametrize(
    ("highest", "size"), [(0, 131_072), (131_071, 131_072), (131_072, 262_144), (262_143, 262_144), (262_144, 524_288)]
)
def test_the_list_doubles_when_it_is_full(highest: int, size: int) -> None:
    assert list_size(highest) == size


def test_a_national_list_with_few_revocations_stays_small() -> None:
    statuses = {index * 997: Status.REVOKED for index in range(1000)}
    built = build_status_list(statuses, size=1 << 20, kid=KID, key=KEY, issued_at=NOON, ttl=DAY)
    assert len(built.bits) < 16_000
