"""The export file of a sitting's log: its members, their lines, and the bounds within which it is read."""

import msgspec

FORMAT = "exam-sitting-log"
VERSION = 1
MANIFEST, LOG, ATTEMPTS = "manifest.json", "log.jsonl", "attempts.jsonl"
OPERATIONS, REFUSALS = "operations.jsonl", "refusals.jsonl"
MEMBERS = (MANIFEST, LOG, ATTEMPTS, OPERATIONS, REFUSALS)

LONGEST_LINE = 2 * 1024 * 1024
"""Bytes of one line: the longest operation, were each of its bytes written as an escape of six."""
LARGEST_CONTENT = 16 * 1024**3
"""Bytes of all members together, unpacked."""


class RootLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signed root in the manifest."""

    segment: int
    rows: int
    root: str
    previous_root: str | None
    closed_at: str
    public_key: str
    signature: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file is about."""

    format: str
    version: int
    sitting: str
    roots: tuple[RootLine, ...]


class LogLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the log."""

    number: int
    kind: str
    at: str
    body: str
    hash: str


class AttemptLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An attempt as it is stored; everything in it must be what the log says."""

    attempt: str
    registration: str
    candidate_number: str | None
    form: str
    paper: str
    epoch: int
    finish_kind: str | None
    finished_at: str | None
    last_seq: int
    chain_head: str
    raw: str | None
    max_points: str | None
    items_sha256: str | None


class OperationLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An operation of an attempt, as it was hashed in the browser."""

    attempt: str
    seq: int
    body: str
    hash: str


class RefusalLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An operation that was refused: number within its part, the text of all that is known of it, its running hash."""

    attempt: str
    part: int
    number: int
    text: str
    hash: str
