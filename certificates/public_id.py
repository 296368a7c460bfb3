"""The public id of a certificate: 64 random bits that a person can read out and type.

Thirteen characters of Crockford's base 32 (no I, L, O, U) and one check character. The check is a weighted sum over
GF(32): every single wrong character and every swap of two characters is noticed, and the check stays inside the same
32 letters, which Crockford's own modulo-37 check does not.

References
----------
D. Crockford, "Base 32" (crockford.com/base32.html); the check is a one-symbol Reed-Solomon parity, R. Blahut (2003),
*Algebraic Codes for Data Transmission*, ch. 6.
"""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BYTES = 8
_DIGITS = 13
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = str.maketrans("", "", " -.\u2013\u2014")
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1 is primitive over GF(2)
_LONGEST_TYPED = 40


class MalformedPublicIdError(ValueError):
    """What was typed cannot be the id of any certificate: wrong length, wrong character or wrong check character."""


def encode_public_id(identity: bytes) -> str:
    """Return the 14 characters of an 8-byte identity."""
    if len(identity) != BYTES:
        raise ValueError("a public id has 8 bytes")
    number = int.from_bytes(identity)
    digits = [number >> (5 * place) & 31 for place in reversed(range(_DIGITS))]
    return "".join(ALPHABET[digit] for digit in [*digits, _check_digit(digits)])


def decode_public_id(typed: str) -> bytes:
    """Return the 8 bytes of an id as a person typed it: any case, spaces, hyphens and dots, O for 0, I or L for 1.

    Raises
    ------
    MalformedPublicIdError
    """
    if len(typed) > _LONGEST_TYPED:
        raise MalformedPublicIdError("too long")
    text = typed.translate(_SEPARATORS).upper().translate(_LOOK_ALIKES)
    if len(text) != _DIGITS + 1 or any(character not in _VALUES for character in text):
        raise MalformedPublicIdError("not 14 characters of the alphabet")
    *digits, check = (_VALUES[character] for character in text)
    number = 0
    for digit in digits:
        number = number << 5 | digit
    if number >> (8 * BYTES) or check != _check_digit(digits):
        raise MalformedPublicIdError("the check character does not fit")
    return number.to_bytes(BYTES)


def group_public_id(public_id: str) -> str:
    """Return the id in groups for print: ``7QK4M-2XR9V-TB3C``."""
    return f"{public_id[:5]}-{public_id[5:10]}-{public_id[10:]}"


def _check_digit(digits: list[int]) -> int:
    check = 0
    for digit in digits:
        check = _times_x(check ^ digit)
    return check


def _times_x(value: int) -> int:
    value <<= 1
    return value ^ _POLYNOMIAL if value & 0b100000 else value
