"""What a root states, its signature, its fingerprint."""

import dataclasses
from uuid import UUID

import pytest

from exam_engine.delivery.receipts import ReceiptFacts, ReceiptSigner
from exam_engine.delivery.receipts import is_genuine as is_genuine_receipt
from exam_engine.sitting_log.roots import RootFacts, RootSigner, fingerprint, is_genuine, is_same_root
from tests.conftest import NINE

SEED = bytes(range(32))
ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
FACTS = RootFacts(UUID(int=7), 2, 40, ROOT, "ab" * 32, "2026-12-12T04:00:00.000Z")


def test_the_signed_text_is_written_down() -> None:
    assert FACTS.signed_text() == (
        "sitting-log-v1\n00000000-0000-0000-0000-000000000007\n2\n40\n" + ROOT + "\n" + "ab" * 32 + "\n"
        "2026-12-12T04:00:00.000Z"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"sitting_id": UUID(int=8)},
        {"segment": 1},
        {"rows": 41},
        {"root": "0" * 64},
        {"previous_root": None},
        {"closed_at": "2026-12-12T04:00:00.001Z"},
    ],
)
def test_a_signature_holds_for_every_word(change: dict[str, object]) -> None:
    signer = RootSigner(SEED)
    signature = signer.sign(FACTS)
    assert is_genuine(FACTS, signature, signer.public_key)
    assert not is_genuine(dataclasses.replace(FACTS, **change), signature, signer.public_key)  # type: ignore[arg-type]
    assert not is_genuine(FACTS, signature, RootSigner(bytes(32)).public_key)


def test_a_signature_has_one_spelling() -> None:
    signer = RootSigner(SEED)
    signature = signer.sign(FACTS)
    letter = signature[85]
    other = chr(ord(letter) + 1)
    assert not is_genuine(FACTS, signature[:85] + other + "==", signer.public_key)
    assert not is_genuine(FACTS, "no base64", signer.public_key)


def test_the_key_of_receipts_signs_roots_but_neither_passes_for_the_other() -> None:
    receipts, roots = ReceiptSigner(SEED), RootSigner(SEED)
    assert receipts.public_key == roots.public_key
    receipt = ReceiptFacts(UUID(int=1), 1, 5, "0" * 64, NINE, 1000)
    assert not is_genuine(FACTS, receipts.sign(receipt), roots.public_key)
    assert not is_genuine_receipt(receipt, roots.sign(FACTS), roots.public_key)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        (ROOT, True),
        (ROOT.upper(), True),
        ("5DC9-DA79-A706-59A9-AD55-9CB7-01DE-D9A2", True),
        (" 5dc9 da79 a706 59a9 ad55 9cb7 01de d9a2 ", True),
        ("5DC9-DA79-A706-59A9", False),
        ("5DC9-DA79-A706-59A9-AD55-9CB7-01DE-D9A3", False),
        ("xyz " + ROOT, False),
        ("", False),
    ],
)
def test_a_root_may_be_typed_whole_or_as_its_fingerprint(typed: str, same: bool) -> None:
    assert is_same_root(typed, ROOT) is same


def test_a_fingerprint_is_eight_groups_of_four() -> None:
    assert fingerprint(ROOT) == "5DC9-DA79-A706-59A9-AD55-9CB7-01DE-D9A2"
