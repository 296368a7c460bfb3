"""The candidate's part of the protocol without a network: journal, chain, receipts, reload."""

import base64
import random
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exam_engine.core.time import iso_utc
from exam_engine.delivery.papers import additional_data, seal
from exam_engine.delivery.receipts import ReceiptFacts, ReceiptSigner
from load_tests.event_lines import Event, EventLines
from load_tests.protocol import CandidateProtocol, OperationsRefusedError, ProtocolBrokenError
from tests.conftest import NINE

SIGNER = ReceiptSigner(bytes(range(32)))
STRANGER = ReceiptSigner(Ed25519PrivateKey.generate().private_bytes_raw())
PAPER = {"design": "linear", "sections": [], "items": [{"ref": "q01"}]}


class FakeServer:
    """What a server would answer to one candidate."""

    def __init__(self) -> None:
        self.attempt_id = uuid4()
        self.sitting_id, self.form_id = uuid4(), uuid4()
        self.sealed = seal(PAPER, additional_data(self.sitting_id, self.form_id, "1.0"))
        self.last_seq, self.head = 0, ""

    def seat(self) -> dict[str, Any]:
        data = additional_data(self.sitting_id, self.form_id, "1.0")
        return {"paper": {"url": "/papers/1.bin", "sha256": self.sealed.sha256, "additional_data": data}}

    def start(self) -> dict[str, Any]:
        return {
            "attempt_id": str(self.attempt_id),
            "epoch": 1,
            "paper_key": base64.b64encode(self.sealed.key).decode(),
            "started_at": iso_utc(NINE),
            "server_time": iso_utc(NINE),
            "deadline": iso_utc(NINE),
            "remaining_ms": 60_000,
            "phase": "running",
            "last_seq": self.last_seq,
            "chain_head": self.head,
            "receipt_public_key": SIGNER.public_key,
            "stages": [],
        }

    def take(self, body: dict[str, Any], signer: ReceiptSigner = SIGNER, **changes: Any) -> dict[str, Any]:
        for operation in body["ops"]:
            if operation["seq"] == self.last_seq + 1:
                self.last_seq, self.head = operation["seq"], operation["hash"]
        facts = ReceiptFacts(self.attempt_id, 1, self.last_seq, self.head, NINE, 60_000)
        receipt = {
            "attempt_id": str(self.attempt_id),
            "epoch": 1,
            "last_seq": self.last_seq,
            "chain_head": self.head,
            "server_time": iso_utc(NINE),
            "remaining_ms": 60_000,
            "conflicts": [],
            "refused": [],
            "instructions": [],
            "signature": signer.sign(facts),
        }
        return receipt | changes


def make_protocol(verified_share: float = 1.0) -> CandidateProtocol:
    return CandidateProtocol(
        access_code="MA",
        candidate_number="0001",
        identity_suffix="123456",
        verified_share=verified_share,
        rng=random.Random(2),
        monotonic=lambda: 100.0,
    )


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def candidate(server: FakeServer) -> CandidateProtocol:
    return started(make_protocol(), server)


def started(protocol: CandidateProtocol, server: FakeServer) -> CandidateProtocol:
    protocol.take_seat(server.seat())
    protocol.take_paper(server.sealed.content)
    protocol.take_start(server.start())
    return protocol


def body_of(protocol: CandidateProtocol) -> dict[str, Any]:
    body = protocol.save_call().body
    assert body is not None
    return body


def test_operations_are_kept_until_a_receipt_acknowledges_them(
    candidate: CandidateProtocol, server: FakeServer
) -> None:
    assert candidate.paper == PAPER
    for kind in ("navigate", "flag", "unflag"):
        candidate.note(kind, "q01")
    first = body_of(candidate)
    assert [operation["seq"] for operation in first["ops"]] == [1, 2, 3]
    # The receipt was lost: the same is sent again, and more.
    server.take(first)
    candidate.note("answer", "q01", ["a"])
    assert (candidate.unsent, candidate.noted) == (4, 4)
    candidate.take_receipt(server.take(body_of(candidate)))
    assert (candidate.unsent, candidate.save_call().kind) == (0, "heartbeat")
    assert candidate.acknowledged is not None
    assert candidate.acknowledged.last_seq == 4


def test_a_receipt_of_another_key_breaks_the_protocol(candidate: CandidateProtocol, server: FakeServer) -> None:
    candidate.note("navigate", "q01")
    with pytest.raises(ProtocolBrokenError, match="signature"):
        candidate.take_receipt(server.take(body_of(candidate), STRANGER))


def test_a_share_of_the_signatures_is_checked_and_the_last_one_always(server: FakeServer) -> None:
    candidate = started(make_protocol(verified_share=0.25), server)
    for _ in range(400):
        candidate.note("navigate", "q01")
        candidate.take_receipt(server.take(body_of(candidate)))
    assert candidate.receipts == 400
    assert 70 <= candidate.receipts_verified <= 130
    never = started(make_protocol(verified_share=0.0), FakeServer())
    with pytest.raises(ProtocolBrokenError, match="signature"):
        never.take_submission({"receipt": server.take({"ops": []}, STRANGER)})


def test_a_conflict_breaks_the_protocol_and_a_refusal_says_why(
    candidate: CandidateProtocol, server: FakeServer
) -> None:
    candidate.note("navigate", "q01")
    with pytest.raises(OperationsRefusedError) as refused:
        candidate.take_receipt(server.take({"ops": []}, refused=[{"seq": 1, "code": "captured_late"}]))
    assert refused.value.codes == {"captured_late"}
    with pytest.raises(ProtocolBrokenError, match="stored otherwise"):
        candidate.take_receipt(server.take({"ops": []}, conflicts=[1]))


def test_after_a_reload_the_browser_goes_on_with_what_it_had_not_sent(
    candidate: CandidateProtocol, server: FakeServer
) -> None:
    candidate.note("navigate", "q01")
    candidate.take_receipt(server.take(body_of(candidate)))
    candidate.note("answer", "q01", ["a"])
    candidate.note("flag", "q01")
    # The second operation arrived, its receipt did not.
    server.take({"ops": body_of(candidate)["ops"][:1]})
    candidate.take_reload(server.start())
    assert (candidate.unsent, candidate.noted) == (1, 3)
    candidate.take_receipt(server.take(body_of(candidate)))
    assert (candidate.unsent, server.last_seq) == (0, 3)


@pytest.mark.parametrize("rows", [0, 1])
def test_a_reload_finds_out_that_the_server_lost_what_it_acknowledged(
    candidate: CandidateProtocol, server: FakeServer, rows: int
) -> None:
    heads = [""]
    for _ in range(2):
        candidate.note("navigate", "q01")
        candidate.take_receipt(server.take(body_of(candidate)))
        heads.append(server.head)
    server.last_seq, server.head = rows, heads[rows]
    with pytest.raises(ProtocolBrokenError):
        candidate.take_reload(server.start())


def test_a_paper_that_is_not_the_announced_one_is_not_opened(server: FakeServer) -> None:
    candidate = make_protocol()
    candidate.take_seat(server.seat())
    with pytest.raises(ProtocolBrokenError, match="hash"):
        candidate.take_paper(server.sealed.content + b"x")


def test_nothing_is_handed_in_before_everything_was_acknowledged(
    candidate: CandidateProtocol, server: FakeServer
) -> None:
    candidate.note("navigate", "q01")
    with pytest.raises(ProtocolBrokenError, match="not everything"):
        candidate.submission_call()
    candidate.take_receipt(server.take(body_of(candidate)))
    body = candidate.submission_call().body
    assert body is not None
    assert (body["last_seq"], body["chain_head"]) == (1, server.head)
    assert candidate.attempt_id == UUID(str(server.attempt_id))


def test_lines_of_a_stream_become_events() -> None:
    lines = EventLines()
    read = [lines.take(line) for line in ("retry: 2500", "", ": alive", "event: seat", "id: 7-x", 'data: {"a":1}', "")]
    assert read == [None] * 6 + [Event("seat", {"a": 1}, "7-x")]
    assert lines.retry_seconds == 2.5
