"""The release of papers: their keys travel to a site wrapped under a key that follows from a code given out at T0."""

from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from exam_engine.delivery.papers import unwrap_key
from exam_engine.sites.errors import ReleaseCodeWrongError


def release_key(code: str, delegation_id: UUID) -> bytes:
    """Return the key that wraps the keys of a delegation's papers; the code alone, in 89 random bits, makes it."""
    return HKDF(SHA256(), 32, salt=None, info=b"site-release-v1\n" + delegation_id.bytes).derive(code.encode())


def released(key: bytes, wrapped: bytes, paper_id: UUID) -> bytes:
    """Return the key of a paper.

    Raises
    ------
    ReleaseCodeWrongError
        The code is that of another delegation.
    """
    try:
        return unwrap_key(key, wrapped, paper_id)
    except InvalidTag as error:
        raise ReleaseCodeWrongError from error
