"""The signed QR payload: exact bytes, and nothing but a signer's own bytes is believed."""

import unicodedata
from datetime import date, timedelta

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from certificates.names import LETTERS
from certificates.qr_payload import (
    DOMAIN,
    ForgedPayloadError,
    Level,
    MalformedPayloadError,
    decode_facts,
    encode_facts,
    read_payload,
    sign_payload,
    verification_url,
)
from tests.certificates.makers import KEY, KID, PUBLIC_ID, make_facts

names = st.lists(st.text(st.sampled_from(sorted(LETTERS)), min_size=1, max_size=6), min_size=1, max_size=4).map(
    " ".join
)
facts_of_any_kind = st.builds(
    make_facts,
    kid=st.binary(min_size=4, max_size=4),
    public_id=st.binary(min_size=8, max_size=8),
    status_index=st.integers(0, (1 << 24) - 1),
    level=st.sampled_from(Level),
    issued_on=st.dates(date(2000, 1, 1), date(2000, 1, 1) + timedelta(days=0xFFFF)),
    board=st.text("ABCDEFGHĐ0123456789-", min_size=1, max_size=12),
    serial_number=st.text("ABCDEFGHĐ0123456789 -./", min_size=1, max_size=24),
    name=names,
)


def as_list(**changes: object) -> list[object]:
    values: dict[str, object] = {
        "version": 1,
        "kid": KID,
        "public_id": PUBLIC_ID,
        "status_index": 70_001,
        "level": 1,
        # 26 full years with seven leap days (2000 to 2024) and 355 days of 2026.
        "day": 26 * 365 + 7 + 355,
        "board": "LD",
        "serial_number": "CB 0012345",
        "name": "Nguyễn Thị Thuỳ Dương",
    }
    return list((values | changes).values())


def test_the_facts_are_the_deterministic_cbor_of_an_independent_encoder() -> None:
    assert encode_facts(make_facts()) == cbor2.dumps(as_list(), canonical=True)


@given(facts_of_any_kind)
def test_facts_survive_signing_and_reading(facts: object) -> None:
    from certificates.qr_payload import CertificateFacts

    assert isinstance(facts, CertificateFacts)
    payload = read_payload(sign_payload(facts, KEY))
    assert payload.verify(KEY.public_key()) == facts
    days = (facts.issued_on - date(2000, 1, 1)).days
    plain = [1, facts.kid, facts.public_id, facts.status_index, int(facts.level), days]
    assert cbor2.loads(payload.encoded) == [*plain, facts.board, facts.serial_number, facts.name]


def test_the_payload_is_layout_facts_and_an_ed25519_signature_with_its_own_domain() -> None:
    facts = make_facts()
    number = int(sign_payload(facts, KEY))
    encoded = encode_facts(facts)
    blob = number.to_bytes(1 + len(encoded) + 64)
    assert blob[:1] + blob[1:-64] == b"\x01" + encoded
    KEY.public_key().verify(blob[-64:], b"VNITCERT-QR-v1\x00" + encoded)


def test_every_flipped_bit_is_noticed() -> None:
    number = int(sign_payload(make_facts(), KEY))
    for bit in range(number.bit_length()):
        with pytest.raises((MalformedPayloadError, ForgedPayloadError)):
            read_payload(str(number ^ (1 << bit))).verify(KEY.public_key())


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Nguyễn Thị Thùy Dương"},
        {"level": Level.ADVANCED},
        {"serial_number": "CB 0012346"},
        {"issued_on": date(2026, 12, 23)},
        {"status_index": 70_000},
        {"public_id": b"12345678"},
    ],
)
def test_the_signature_of_one_certificate_does_not_fit_another(change: dict[str, object]) -> None:
    original = read_payload(sign_payload(make_facts(), KEY))
    other = encode_facts(make_facts(**change))
    forged = str(int.from_bytes(b"\x01" + other + original.signature))
    with pytest.raises(ForgedPayloadError):
        read_payload(forged).verify(KEY.public_key())


def test_another_key_does_not_vouch() -> None:
    forger = Ed25519PrivateKey.from_private_bytes(b"f" * 32)
    with pytest.raises(ForgedPayloadError):
        read_payload(sign_payload(make_facts(), forger)).verify(KEY.public_key())


def test_a_signature_made_for_another_purpose_does_not_count() -> None:
    encoded = encode_facts(make_facts())
    for prefix in (b"", DOMAIN[:-1], b"VNITCERT-STATUS-v1\n"):
        forged = str(int.from_bytes(b"\x01" + encoded + KEY.sign(prefix + encoded)))
        with pytest.raises(ForgedPayloadError):
            read_payload(forged).verify(KEY.public_key())


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": True},
        {"kid": KID[:3]},
        {"kid": KID.hex()},
        {"public_id": PUBLIC_ID + b"0"},
        {"status_index": -1},
        {"status_index": 1 << 24},
        {"status_index": 70_001.0},
        {"level": 0},
        {"level": 3},
        {"level": "1"},
        {"day": 0x10000},
        {"board": ""},
        {"board": "ld"},
        {"board": "A" * 13},
        {"serial_number": ""},
        {"serial_number": "1" * 25},
        {"serial_number": "12\u202e34"},
        {"serial_number": None},
        {"name": ""},
        {"name": "\u041dguyễn"},
        {"name": unicodedata.normalize("NFD", "Thuỳ")},
        {"name": "Lê  An"},
        {"name": " An"},
        {"name": "A" * 81},
        {"name": b"An"},
    ],
)
def test_facts_of_the_wrong_type_or_range_are_refused_even_when_signed(change: dict[str, object]) -> None:
    with pytest.raises(MalformedPayloadError):
        decode_facts(cbor2.dumps(as_list(**change), canonical=True))


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        cbor2.dumps(as_list(), canonical=True) + b"\x00",
        cbor2.dumps(as_list(), canonical=True)[:-1],
        cbor2.dumps([*as_list(), 1], canonical=True),
        cbor2.dumps(as_list()[:-1], canonical=True),
        cbor2.dumps({"name": "An"}, canonical=True),
        # The same values in longer forms: 1 as two bytes, the array without a length.
        b"\x89\x18\x01" + cbor2.dumps(as_list(), canonical=True)[2:],
        b"\x9f" + cbor2.dumps(as_list(), canonical=True)[1:] + b"\xff",
    ],
)
def test_only_the_shortest_complete_encoding_is_read(encoded: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        decode_facts(encoded)


GOOD = sign_payload(make_facts(), KEY)


@pytest.mark.parametrize(
    "digits",
    ["", "0", "1", "0" + GOOD, "+" + GOOD, GOOD + " ", GOOD[:-1] + "\u0665", GOOD + "0" * 500, "9" * 5000, "-1", "1e3"],
)
def test_other_texts_are_not_payloads(digits: str) -> None:
    with pytest.raises(MalformedPayloadError):
        read_payload(digits)


def test_another_layout_byte_is_not_read() -> None:
    number = int(GOOD)
    length = (number.bit_length() + 7) // 8
    with pytest.raises(MalformedPayloadError):
        read_payload(str(int.from_bytes(b"\x02" + number.to_bytes(length)[1:])))


@pytest.mark.parametrize("address", ["https://chungchi.example.vn", "https://chungchi.example.vn/"])
def test_the_code_opens_the_verification_page_of_the_installation(address: str) -> None:
    assert verification_url(address, GOOD) == f"https://chungchi.example.vn/v#{GOOD}"
