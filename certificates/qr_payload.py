r"""The signed text in the QR code of a certificate ("VNC1"): an address whose fragment proves itself offline.

``https://HOST/v#`` + decimal digits of ``0x01 || facts || signature``. *facts* is one deterministic CBOR array
``[version, kid, id, status_index, level, issue_day, board, serial_number, name]``; *signature* is Ed25519 over
``"VNITCERT-QR-v1\0" || facts``. Decimal digits take the numeric mode of QR codes (3.33 bits each), so the symbol is
smaller than with base64, and the fragment of an address never reaches a server. The leading byte keeps zeros and names
the layout.

Reading is strict: shortest integer forms, exact types and lengths, no trailing byte, an allowed name. What a checker
accepts is therefore exactly what a signer can have written.

References
----------
RFC 8949, sections 4.2.1 (deterministic CBOR); RFC 8032 (Ed25519); ISO/IEC 18004 (numeric mode).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certificates.names import find_fault

DOMAIN = b"VNITCERT-QR-v1\0"
LAYOUT = 0x01
VERSION = 1
KID_BYTES = 4
PUBLIC_ID_BYTES = 8
SIGNATURE_BYTES = 64
LONGEST_BOARD = 12
SPECIMEN_BOARD = "MAU"
"""Signed in the place of the board by demonstration authorities, so that a checker can tell without a register."""
LONGEST_SERIAL = 24
STATUS_INDEX_LIMIT = 1 << 24
EPOCH = date(2000, 1, 1)
_LAST_DAY = 0xFFFF
_LONGEST_BLOB = 320
_LONGEST_DIGITS = 800
_SERIAL_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZĐ0123456789 -./")
_UINT, _BYTES, _TEXT, _ARRAY = 0, 2, 3, 4


class Level(IntEnum):
    """The standard a certificate attests, as signed."""

    BASIC = 1
    ADVANCED = 2


class MalformedPayloadError(ValueError):
    """The text is not a payload that any signer of this system writes."""


class ForgedPayloadError(ValueError):
    """The signature does not belong to the facts and the named key."""


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What the QR code attests; everything here is also printed in plain words on the certificate.

    Attributes
    ----------
    kid : 4 bytes naming the signing key.
    public_id : 8 random bytes.
    status_index : place in the status list, below 2**24.
    board : short code of the issuing board, at most 12 characters.
    serial_number : number of the blank, at most 24 characters.
    name : the holder's name, NFC, as checked by :mod:`certificates.names`.
    """

    kid: bytes
    public_id: bytes
    status_index: int
    level: Level
    issued_on: date
    board: str
    serial_number: str
    name: str

    def __post_init__(self) -> None:
        if len(self.kid) != KID_BYTES or len(self.public_id) != PUBLIC_ID_BYTES:
            raise MalformedPayloadError("kid has 4 bytes, public id has 8")
        if not 0 <= self.status_index < STATUS_INDEX_LIMIT:
            raise MalformedPayloadError("status index out of range")
        if not 0 <= (self.issued_on - EPOCH).days <= _LAST_DAY:
            raise MalformedPayloadError("issue day out of range")
        _check_code(self.board, LONGEST_BOARD)
        _check_code(self.serial_number, LONGEST_SERIAL)
        if find_fault(self.name) is not None:
            raise MalformedPayloadError("the name is not allowed")


def encode_facts(facts: CertificateFacts) -> bytes:
    """Return the bytes that are signed, without the domain prefix."""
    parts = (
        _head(_ARRAY, 9),
        _head(_UINT, VERSION),
        _head(_BYTES, KID_BYTES) + facts.kid,
        _head(_BYTES, PUBLIC_ID_BYTES) + facts.public_id,
        _head(_UINT, facts.status_index),
        _head(_UINT, facts.level),
        _head(_UINT, (facts.issued_on - EPOCH).days),
        _text(facts.board),
        _text(facts.serial_number),
        _text(facts.name),
    )
    return b"".join(parts)


def decode_facts(data: bytes) -> CertificateFacts:
    """Return the facts of a canonical encoding.

    Raises
    ------
    MalformedPayloadError
    """
    reader = _Reader(data)
    if reader.head(_ARRAY) != 9 or reader.head(_UINT) != VERSION:
        raise MalformedPayloadError("not a version 1 array of nine")
    kid = reader.string(_BYTES, KID_BYTES)
    public_id = reader.string(_BYTES, PUBLIC_ID_BYTES)
    status_index = reader.head(_UINT)
    level = reader.head(_UINT)
    issue_day = reader.head(_UINT)
    board, serial_number, name = (reader.text() for _ in range(3))
    if not reader.is_at_end:
        raise MalformedPayloadError("bytes after the facts")
    if level not in set(Level) or issue_day > _LAST_DAY:
        raise MalformedPayloadError("unknown level or day")
    return CertificateFacts(
        kid, public_id, status_index, Level(level), EPOCH + timedelta(days=issue_day), board, serial_number, name
    )


def sign_payload(facts: CertificateFacts, key: Ed25519PrivateKey) -> str:
    """Return the decimal digits that stand after ``/v#``."""
    encoded = encode_facts(facts)
    return str(int.from_bytes(bytes([LAYOUT]) + encoded + key.sign(DOMAIN + encoded)))


@dataclass(frozen=True, slots=True)
class SignedPayload:
    """A payload taken apart; nothing in ``facts`` may be believed before :meth:`verify` returned."""

    facts: CertificateFacts
    encoded: bytes
    signature: bytes

    def verify(self, key: Ed25519PublicKey) -> CertificateFacts:
        """Return the facts when ``key`` signed them.

        Raises
        ------
        ForgedPayloadError
        """
        try:
            key.verify(self.signature, DOMAIN + self.encoded)
        except InvalidSignature:
            raise ForgedPayloadError("the signature does not fit") from None
        return self.facts


def read_payload(digits: str) -> SignedPayload:
    """Take the digits after ``/v#`` apart.

    Raises
    ------
    MalformedPayloadError
    """
    if not (0 < len(digits) <= _LONGEST_DIGITS and digits.isascii() and digits.isdigit()) or digits[0] == "0":
        raise MalformedPayloadError("not a decimal number")
    number = int(digits)
    blob = number.to_bytes((number.bit_length() + 7) // 8)
    if not SIGNATURE_BYTES + 2 < len(blob) <= _LONGEST_BLOB or blob[0] != LAYOUT:
        raise MalformedPayloadError("unknown layout")
    encoded, signature = blob[1:-SIGNATURE_BYTES], blob[-SIGNATURE_BYTES:]
    return SignedPayload(decode_facts(encoded), encoded, signature)


def verification_url(public_url: str, digits: str) -> str:
    """Return the whole text of the QR code for an installation reached under ``public_url``."""
    return f"{public_url.rstrip('/')}/v#{digits}"


def _check_code(text: str, longest: int) -> None:
    if not 0 < len(text) <= longest or not _SERIAL_CHARACTERS.issuperset(text):
        raise MalformedPayloadError("a code has capitals, digits, space and - . / only")


def _head(major: int, value: int) -> bytes:
    if value < 24:
        return bytes([major << 5 | value])
    for extra, size in ((24, 1), (25, 2), (26, 4)):
        if value < 1 << (8 * size):
            return bytes([major << 5 | extra]) + value.to_bytes(size)
    raise MalformedPayloadError("number too large")


def _text(text: str) -> bytes:
    encoded = text.encode()
    return _head(_TEXT, len(encoded)) + encoded


class _Reader:
    """Reads shortest-form CBOR from the front; anything else is refused."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        return self._at == len(self._data)

    def head(self, major: int) -> int:
        first = self._take(1)[0]
        if first >> 5 != major:
            raise MalformedPayloadError("unexpected type")
        extra = first & 31
        if extra < 24:
            return extra
        if extra > 26:
            raise MalformedPayloadError("unexpected length form")
        size = 1 << (extra - 24)
        value = int.from_bytes(self._take(size))
        if value < (24 if size == 1 else 1 << (4 * size)):
            raise MalformedPayloadError("not the shortest form")
        return value

    def string(self, major: int, length: int) -> bytes:
        if self.head(major) != length:
            raise MalformedPayloadError("wrong length")
        return self._take(length)

    def text(self) -> str:
        encoded = self._take(self.head(_TEXT))
        try:
            return encoded.decode("utf-8", "strict")
        except UnicodeDecodeError:
            raise MalformedPayloadError("not UTF-8") from None

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise MalformedPayloadError("cut short")
        part, self._at = self._data[self._at : end], end
        return part
