"""A candidate's end tied to the printed root, without anybody else's data."""

import json
from pathlib import Path

import msgspec
import pytest

from exam_engine.evidence.inclusion import Proof, check, prove, read_proof, read_receipt
from exam_engine.evidence.reading import NotAnExportError
from exam_engine.evidence.verification import verify_file
from tests.exam_engine.evidence.conftest import ExportedSitting


def codes(proof: Proof, **expected: object) -> set[str]:
    return {fault.code for fault in check(proof, **expected).faults}  # type: ignore[arg-type]


@pytest.mark.parametrize("seat", range(4))
def test_every_attempt_is_proven_under_the_root_and_its_final_receipt_says_the_same(
    exported: ExportedSitting, seat: int
) -> None:
    root = verify_file(exported.file).roots[0]
    proof = prove(exported.file, str(exported.attempts[seat]))
    receipt = read_receipt(json.dumps({"receipt": exported.final_receipts[seat]}).encode())
    proven = check(proof, root=root.root, public_key=root.public_key, receipt=receipt)
    assert proven.faults == ()
    assert proven.attempt == str(exported.attempts[seat])
    assert (proven.last_seq, proven.chain_head) == (receipt.last_seq, receipt.chain_head)
    assert proven.finish_kind == "submitted"


def test_an_attempt_may_be_named_by_its_candidate_number(exported: ExportedSitting) -> None:
    assert prove(exported.file, exported.candidate_numbers[2]).attempt == str(exported.attempts[2])


def test_a_proof_shows_nobody_else(exported: ExportedSitting) -> None:
    text = msgspec.json.encode(prove(exported.file, str(exported.attempts[0]))).decode()
    assert not any(str(attempt) in text for attempt in exported.attempts[1:])


def test_a_proof_survives_its_json(exported: ExportedSitting) -> None:
    proof = prove(exported.file, str(exported.attempts[0]))
    assert read_proof(msgspec.json.encode(proof)) == proof


def test_somebody_elses_receipt_and_a_forged_one_are_told(exported: ExportedSitting) -> None:
    proof = prove(exported.file, str(exported.attempts[0]))
    other = read_receipt(json.dumps(exported.final_receipts[1]).encode())
    assert codes(proof, receipt=other) == {"log_receipt_differs"}
    forged = read_receipt(json.dumps(exported.final_receipts[0] | {"last_seq": 99}).encode())
    assert codes(proof, receipt=forged) == {"log_receipt_differs", "log_receipt_not_genuine"}
    undated = read_receipt(json.dumps(exported.final_receipts[0] | {"server_time": "yesterday"}).encode())
    assert codes(proof, receipt=undated) == {"log_receipt_not_genuine"}


def test_a_changed_proof_leads_elsewhere(exported: ExportedSitting) -> None:
    proof = prove(exported.file, str(exported.attempts[0]))
    row = msgspec.structs.replace(proof.row, body=proof.row.body.replace("submitted", "time_over"))
    assert codes(msgspec.structs.replace(proof, row=row)) == {"log_proof_leads_elsewhere"}
    moved = msgspec.structs.replace(proof.row, number=proof.row.number + 1)
    assert codes(msgspec.structs.replace(proof, row=moved)) == {"log_proof_leads_elsewhere"}
    assert codes(msgspec.structs.replace(proof, path=("zz",))) == {"log_proof_leads_elsewhere"}
    signed = msgspec.structs.replace(proof.root, closed_at="2020-01-01T00:00:00.000Z")
    assert codes(msgspec.structs.replace(proof, root=signed)) == {"log_signature_wrong"}
    assert codes(proof, root="0" * 64, public_key="x") == {"log_root_not_expected", "log_key_not_expected"}


def test_an_unknown_attempt_has_no_proof(exported: ExportedSitting) -> None:
    with pytest.raises(NotAnExportError) as refused:
        prove(exported.file, "9999")
    assert refused.value.code == "log_file_no_proof"


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000, b"\xff", b'{"format":"x"}', b" " * (3 * 1024 * 1024)])
def test_what_is_no_proof_is_told(content: bytes) -> None:
    with pytest.raises(NotAnExportError):
        read_proof(content)
    with pytest.raises(NotAnExportError):
        read_receipt(content)


@pytest.mark.parametrize(
    "body", ["[]", "{}", '{"attempt":"x"}', '{"attempt":"%s","last_seq":"1","chain_head":"x"}', "[" * 100_000]
)
def test_a_proof_of_another_row_is_no_proof_of_an_end(exported: ExportedSitting, body: str) -> None:
    proof = prove(exported.file, str(exported.attempts[0]))
    row = msgspec.structs.replace(proof.row, body=body.replace("%s", proof.attempt))
    with pytest.raises(NotAnExportError):
        check(msgspec.structs.replace(proof, row=row))
    with pytest.raises(NotAnExportError):
        check(msgspec.structs.replace(proof, sitting="nobody"))


def test_the_reader_says_when_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nothing"):
        prove(tmp_path / "nothing.zip", "1")
