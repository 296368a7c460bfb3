"""The vectors that the verification page is tested with: both readers accept and refuse the same."""

import base64
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.qr_payload import (
    SPECIMEN_BOARD,
    ForgedPayloadError,
    Level,
    MalformedPayloadError,
    read_payload,
    sign_payload,
)
from certificates.verification.status_list import StatusList
from tests.certificates.makers import KEY, make_facts

FILE = Path(__file__).parents[2] / "proctor_client" / "ui" / "tests" / "unit" / "verify.vectors.json"
VECTORS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
PUBLIC_KEY = Ed25519PublicKey.from_public_bytes(base64.b64decode(VECTORS["publicKey"]))


def test_the_valid_vector_is_what_the_signer_writes() -> None:
    expected = VECTORS["valid"]
    assert sign_payload(make_facts(), KEY) == expected["digits"]
    facts = read_payload(expected["digits"]).verify(PUBLIC_KEY)
    assert (facts.public_id.hex(), facts.status_index, facts.level) == (expected["publicId"], 70_001, Level.BASIC)
    assert (facts.issued_on, facts.serial_number) == (date.fromisoformat(expected["issuedOn"]), "CB 0012345")
    assert (facts.kid.hex(), facts.board, facts.name) == (VECTORS["kid"], expected["board"], expected["name"])


@pytest.mark.parametrize("case", ["ethnicName", "longName"])
def test_names_of_all_kinds_are_read(case: str) -> None:
    assert read_payload(VECTORS[case]["digits"]).verify(PUBLIC_KEY).name == VECTORS[case]["name"]


def test_a_specimen_names_the_board_of_specimens() -> None:
    assert read_payload(VECTORS["specimen"]["digits"]).verify(PUBLIC_KEY).board == SPECIMEN_BOARD


@pytest.mark.parametrize("case", sorted(VECTORS["forged"]))
def test_forged_vectors_are_refused_by_their_signature(case: str) -> None:
    payload = read_payload(VECTORS["forged"][case])
    with pytest.raises(ForgedPayloadError):
        payload.verify(PUBLIC_KEY)


@pytest.mark.parametrize("case", sorted(VECTORS["malformed"]))
def test_malformed_vectors_are_refused_before_their_signature(case: str) -> None:
    with pytest.raises(MalformedPayloadError):
        read_payload(VECTORS["malformed"][case])


@pytest.mark.parametrize(
    ("case", "is_signed", "status"),
    [("clean", True, 0), ("revoked", True, 1), ("superseded", True, 2), ("reserved", True, 3), ("forged", False, 0)],
)
def test_status_lists_are_read_and_checked(case: str, is_signed: bool, status: int) -> None:
    given = VECTORS["lists"][case]
    built = StatusList(
        kid=bytes.fromhex(given["kid"]),
        issued_at=datetime.fromisoformat(given["issued_at"]),
        ttl=timedelta(seconds=given["ttl_seconds"]),
        size=given["size"],
        bits=base64.b64decode(given["bits"]),
        signature=base64.b64decode(given["signature"]),
    )
    assert built.verify(PUBLIC_KEY) == is_signed
    assert built.status_at(70_001) == status
