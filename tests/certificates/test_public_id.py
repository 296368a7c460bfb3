"""The public id: what a person types leads to one certificate or to none, never to another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.public_id import (
    ALPHABET,
    MalformedPublicIdError,
    decode_public_id,
    encode_public_id,
    group_public_id,
)

identities = st.binary(min_size=8, max_size=8)


@given(identities)
def test_an_id_survives_writing_and_typing(identity: bytes) -> None:
    written = encode_public_id(identity)
    assert len(written) == 14
    assert decode_public_id(written) == identity
    assert decode_public_id(group_public_id(written).lower()) == identity


@given(identities)
def test_the_first_thirteen_characters_are_the_number_in_base_32(identity: bytes) -> None:
    # int() reads base 32 with the digits 0-9a-v; Crockford's letters are the same digits under other names.
    translated = encode_public_id(identity)[:13].translate(str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv"))
    assert int(translated, 32) == int.from_bytes(identity)


@given(identities, st.integers(0, 13), st.integers(1, 31))
def test_every_single_wrong_character_is_noticed(identity: bytes, place: int, shift: int) -> None:
    written = encode_public_id(identity)
    wrong = ALPHABET[(ALPHABET.index(written[place]) + shift) % 32]
    with pytest.raises(MalformedPublicIdError):
        decode_public_id(written[:place] + wrong + written[place + 1 :])


@given(identities, st.integers(0, 13), st.integers(0, 13))
def test_every_swap_of_two_characters_is_noticed(identity: bytes, one: int, other: int) -> None:
    characters = list(encode_public_id(identity))
    if characters[one] == characters[other]:
        return
    characters[one], characters[other] = characters[other], characters[one]
    with pytest.raises(MalformedPublicIdError):
        decode_public_id("".join(characters))


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    written = encode_public_id(bytes(8))
    assert set(written) == {"0"}
    assert decode_public_id(written.replace("0", "O")) == bytes(8)
    one = encode_public_id((1).to_bytes(8))
    assert "1" in one
    assert decode_public_id(one.replace("1", "l")) == decode_public_id(one.replace("1", "i")) == (1).to_bytes(8)


@pytest.mark.parametrize("separator", [" ", "-", ".", "\u2013"])
def test_separators_do_not_matter(separator: str) -> None:
    written = encode_public_id(b"separate")
    assert decode_public_id(separator.join(written)) == b"separate"


@pytest.mark.parametrize(
    "typed", ["", "0" * 13, "0" * 15, "U" * 14, "Ộ" * 14, "0" * 10_000, "0000000000000\x00", "G" * 14]
)
def test_what_cannot_be_an_id_is_refused(typed: str) -> None:
    with pytest.raises(MalformedPublicIdError):
        decode_public_id(typed)


def test_an_identity_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="8 bytes"):
        encode_public_id(bytes(7))
