"""Inclusion proofs: that one attempt's end stands in the log under a signed root, without showing anybody else's."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from exam_engine.core.errors import Fault
from exam_engine.delivery.receipts import ReceiptFacts
from exam_engine.delivery.receipts import is_genuine as is_genuine_receipt
from exam_engine.evidence.file_format import LOG, LogLine, RootLine
from exam_engine.evidence.reading import DamagedMemberError, NotAnExportError, open_export
from exam_engine.evidence.site_logs import key_of_site
from exam_engine.evidence.verification import read_manifest
from exam_engine.sitting_log.merkle import audit_path, leaf_hash, root_by_path
from exam_engine.sitting_log.roots import RootFacts, is_genuine, is_same_root
from exam_engine.sitting_log.rows import row_text

FORMAT = "exam-log-proof"
VERSION = 1
LARGEST_PROOF = 2 * 1024 * 1024
MOST_ROWS = 2_000_000
_CLOSED = "attempt.closed"


class ProofRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The row that is proven to stand in the log."""

    number: int
    kind: str
    at: str
    body: str


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An inclusion proof: a row, the hashes that lead from it to the root, the signed root."""

    format: str
    version: int
    sitting: str
    attempt: str
    row: ProofRow
    path: tuple[str, ...]
    root: RootLine


class Receipt(msgspec.Struct, frozen=True):
    """A receipt as a candidate keeps it."""

    attempt_id: UUID
    epoch: int
    last_seq: int
    chain_head: str
    server_time: str
    remaining_ms: int
    signature: str


@dataclass(frozen=True, slots=True)
class ProvenEnd:
    """What a proof shows of an attempt, with everything that is wrong with it."""

    attempt: str
    finish_kind: str
    finished_at: str
    last_seq: int
    chain_head: str
    faults: tuple[Fault, ...]


def prove(path: Path, wanted: str) -> Proof:
    """Return the proof that an attempt's end stands in the log of an export file.

    Parameters
    ----------
    wanted : id of the attempt, or the candidate number.

    Raises
    ------
    NotAnExportError
        The file is no export, its log cannot be read, or it says nothing of such an attempt's end.
    OSError
    """
    decoder = msgspec.json.Decoder(LogLine)
    with open_export(path) as file:
        try:
            manifest = read_manifest(file)
            if manifest is None:
                raise NotAnExportError("log_file_no_proof", attempt=wanted)
            leaves: list[bytes] = []
            names, found = {wanted.strip().lower()}, dict[int, LogLine]()
            for content in file.lines(LOG):
                line = decoder.decode(content)
                if len(leaves) >= MOST_ROWS:
                    raise NotAnExportError("log_file_too_large", limit=MOST_ROWS)
                leaves.append(leaf_hash(row_text(line.number, line.kind, line.at, line.body).encode()))
                if line.kind in {"attempt.started", _CLOSED}:
                    said = msgspec.json.decode(line.body, type=dict[str, Any])
                    if line.kind == _CLOSED and said.get("attempt") in names:
                        found[len(leaves) - 1] = line
                    elif str(said.get("candidate_number", "")).lower() in names:
                        names.add(str(said.get("attempt")))
        except (DamagedMemberError, msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise NotAnExportError("log_file_no_proof", attempt=wanted) from error
    for index, line in found.items():
        # The first root that covers the row: that of the minutes, unless the attempt ended after it.
        root = next((root for root in manifest.roots if index < root.rows <= len(leaves)), None)
        if root is not None:
            attempt = str(msgspec.json.decode(line.body, type=dict[str, Any])["attempt"])
            path_up = tuple(node.hex() for node in audit_path(leaves[: root.rows], index))
            row = ProofRow(line.number, line.kind, line.at, line.body)
            return Proof(FORMAT, VERSION, manifest.sitting, attempt, row, path_up, root)
    raise NotAnExportError("log_file_no_proof", attempt=wanted)


def read_proof(content: bytes) -> Proof:
    """Return a proof from its JSON.

    Raises
    ------
    NotAnExportError
    """
    try:
        if len(content) > LARGEST_PROOF:
            raise NotAnExportError("log_proof_unreadable")
        proof = msgspec.json.decode(content, type=Proof)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise NotAnExportError("log_proof_unreadable") from error
    if (proof.format, proof.version) != (FORMAT, VERSION):
        raise NotAnExportError("log_proof_unreadable")
    return proof


def read_receipt(content: bytes) -> Receipt:
    """Return a receipt from its JSON; a submission with a receipt in it will do.

    Raises
    ------
    NotAnExportError
    """
    try:
        if len(content) > LARGEST_PROOF:
            raise NotAnExportError("log_receipt_unreadable")
        data = msgspec.json.decode(content, type=dict[str, Any])
        return msgspec.convert(data.get("receipt", data), type=Receipt)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise NotAnExportError("log_receipt_unreadable") from error


def check(
    proof: Proof, *, root: str | None = None, public_key: str | None = None, receipt: Receipt | None = None
) -> ProvenEnd:
    """Check a proof, and whether a candidate's final receipt says the same.

    Parameters
    ----------
    root, public_key : as printed on the minutes.
    receipt : the candidate's, signed with the key of the root, or with that of the site named in the row.

    Raises
    ------
    NotAnExportError
        The row is not that of an attempt's end.
    """
    faults: list[Fault] = []
    said = _end_in(proof)
    row, signed = proof.row, proof.root
    leaf = row_text(row.number, row.kind, row.at, row.body).encode()
    try:
        reached = root_by_path(leaf, row.number - 1, signed.rows, [bytes.fromhex(node) for node in proof.path])
    except ValueError:
        reached = None
    if reached is None or reached.hex() != signed.root:
        faults.append(Fault("log_proof_leads_elsewhere", "path"))
    facts = RootFacts(
        UUID(proof.sitting), signed.segment, signed.rows, signed.root, signed.previous_root, signed.closed_at
    )
    if not is_genuine(facts, signed.signature, signed.public_key):
        faults.append(Fault("log_signature_wrong", f"root:{signed.segment}", {"segment": signed.segment}))
    if root is not None and not is_same_root(root, signed.root):
        faults.append(Fault("log_root_not_expected", "root"))
    if public_key is not None and public_key.strip() != signed.public_key:
        faults.append(Fault("log_key_not_expected", f"root:{signed.segment}", {"segment": signed.segment}))
    if receipt is not None:
        faults += _receipt_faults(receipt, said, key_of_site(said) or signed.public_key)
    return ProvenEnd(
        attempt=proof.attempt,
        finish_kind=str(said["finish_kind"]),
        finished_at=str(said["finished_at"]),
        last_seq=said["last_seq"],
        chain_head=said["chain_head"],
        faults=tuple(faults),
    )


def _end_in(proof: Proof) -> dict[str, Any]:
    try:
        UUID(proof.sitting)
        said = msgspec.json.decode(proof.row.body, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise NotAnExportError("log_proof_unreadable") from error
    fits = proof.row.kind == _CLOSED and said.get("attempt") == proof.attempt
    has_end = isinstance(said.get("last_seq"), int) and isinstance(said.get("chain_head"), str)
    if not (fits and has_end and "finish_kind" in said and "finished_at" in said):
        raise NotAnExportError("log_proof_unreadable")
    return said


def _receipt_faults(receipt: Receipt, said: dict[str, Any], public_key: str) -> list[Fault]:
    faults = []
    try:
        facts = ReceiptFacts(
            receipt.attempt_id,
            receipt.epoch,
            receipt.last_seq,
            receipt.chain_head,
            msgspec.convert(receipt.server_time, type=datetime),
            receipt.remaining_ms,
        )
        is_genuine = is_genuine_receipt(facts, receipt.signature, public_key)
    except (msgspec.ValidationError, ValueError, OverflowError):
        is_genuine = False
    if not is_genuine:
        faults.append(Fault("log_receipt_not_genuine", "receipt"))
    stated = (str(receipt.attempt_id), receipt.last_seq, receipt.chain_head)
    if stated != (said["attempt"], said["last_seq"], said["chain_head"]):
        faults.append(Fault("log_receipt_differs", "receipt", {"stated": receipt.last_seq, "logged": said["last_seq"]}))
    return faults
