"""Sealing papers, shuffling them, and wrapping their keys."""

import zlib
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exam_engine.delivery.papers import additional_data, seal, unseal, unwrap_key, wrap_key

BOUND = additional_data(UUID(int=1), UUID(int=2), "1.0")
PAPER = {"form_code": "101", "items": [{"ref": "q01", "stem": "Phím nào xoá ký tự bên trái?", "options": []}]}


def test_a_paper_opens_with_its_key_and_its_sitting_form_and_version() -> None:
    sealed = seal(PAPER, BOUND)
    assert unseal(sealed.content, sealed.key, BOUND) == PAPER


def test_the_layout_is_nonce_then_gcm_over_deflated_json() -> None:
    # Opened by hand as the browser does it: nonce 12 bytes, AES-256-GCM, RFC 1950.
    sealed = seal(PAPER, BOUND)
    plain = AESGCM(sealed.key).decrypt(sealed.content[:12], sealed.content[12:], BOUND.encode())
    assert "Phím nào xoá".encode() in zlib.decompress(plain)
    assert len(sealed.key) == 32


@pytest.mark.parametrize("other", [(3, 2, "1.0"), (1, 3, "1.0"), (1, 2, "1.1")])
def test_a_paper_of_another_sitting_form_or_version_does_not_open(other: tuple[int, int, str]) -> None:
    sealed = seal(PAPER, BOUND)
    with pytest.raises(InvalidTag):
        unseal(sealed.content, sealed.key, additional_data(UUID(int=other[0]), UUID(int=other[1]), other[2]))


def test_a_flipped_bit_anywhere_is_noticed() -> None:
    sealed = seal(PAPER, BOUND)
    for place in range(len(sealed.content)):
        broken = bytearray(sealed.content)
        broken[place] ^= 1
        with pytest.raises(InvalidTag):
            unseal(bytes(broken), sealed.key, BOUND)


def test_a_wrapped_key_opens_only_for_its_paper() -> None:
    master, key = AESGCM.generate_key(256), AESGCM.generate_key(256)
    wrapped = wrap_key(master, key, UUID(int=7))
    assert unwrap_key(master, wrapped, UUID(int=7)) == key
    with pytest.raises(InvalidTag):
        unwrap_key(master, wrapped, UUID(int=8))
