"""Rows of the sitting log as pure rules: the canonical text, its hash, the beginning of the chain."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from exam_engine.core.time import iso_utc

LONGEST_BODY = 256 * 1024
"""Characters of one row: an act on a thousand seats takes forty thousand."""


def canonical(facts: Mapping[str, Any]) -> str:
    """Return facts as the one text that is hashed: sorted keys, no white space, letters as they are."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def genesis_hash(sitting_id: UUID) -> str:
    """Return the hash that the first row of a sitting's log is chained to."""
    return hashlib.sha256(f"sitting-log\n{sitting_id}".encode()).hexdigest()


def row_rest(kind: str, at: datetime | str, body: str) -> str:
    """Return the hashed text of a row without its number."""
    return f"{kind}\n{at if isinstance(at, str) else iso_utc(at)}\n{body}"


def row_text(number: int, kind: str, at: datetime | str, body: str) -> str:
    """Return the text of a row: number, kind, instant and body, each on a line. It is a leaf of the tree."""
    return f"{number}\n{row_rest(kind, at, body)}"


def row_hash(previous: str, text: str) -> str:
    """Return the hash of a row: SHA-256 over the hash before, a line feed and the text, as in attempts' journals."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def read_body(body: str) -> dict[str, Any]:
    """Return what a row says."""
    said: dict[str, Any] = json.loads(body)
    return said
