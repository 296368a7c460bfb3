"""Receipts can be checked by anybody with the public key, and by nobody's word else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from exam_engine.delivery.receipts import ReceiptFacts, ReceiptSigner, is_genuine

FACTS = ReceiptFacts(UUID(int=5), 1, 42, "ab" * 32, datetime(2026, 12, 12, 3, 31, 7, 250_000, tzinfo=UTC), 1_000_000)


def test_the_signed_text_is_what_the_protocol_says() -> None:
    assert FACTS.signed_text() == (
        "receipt-v1\n00000000-0000-0000-0000-000000000005\n1\n42\n" + "ab" * 32 + "\n2026-12-12T03:31:07.250Z\n1000000"
    )


def test_a_genuine_receipt_is_recognised() -> None:
    signer = ReceiptSigner(b"k" * 32)
    assert is_genuine(FACTS, signer.sign(FACTS), signer.public_key)


@pytest.mark.parametrize(
    "change",
    [
        {"attempt_id": UUID(int=6)},
        {"epoch": 2},
        {"last_seq": 43},
        {"chain_head": "ac" * 32},
        {"server_time": FACTS.server_time + timedelta(milliseconds=1)},
        {"remaining_ms": 1_000_001},
    ],
)
def test_a_receipt_with_any_changed_fact_is_not_genuine(change: dict[str, Any]) -> None:
    signer = ReceiptSigner(b"k" * 32)
    assert not is_genuine(replace(FACTS, **change), signer.sign(FACTS), signer.public_key)


def test_another_servers_key_and_garbage_are_not_genuine() -> None:
    signature = ReceiptSigner(b"k" * 32).sign(FACTS)
    assert not is_genuine(FACTS, signature, ReceiptSigner(b"x" * 32).public_key)
    assert not is_genuine(FACTS, "không phải chữ ký", ReceiptSigner(b"k" * 32).public_key)
