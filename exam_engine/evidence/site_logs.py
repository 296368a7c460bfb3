"""Logs of test sites inside the log of a sitting: each row of a site's log stands there with its number at the site.

Taken together again they must give the root that the site signed, which the minutes of its rooms state.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from exam_engine.core.errors import Fault
from exam_engine.evidence.file_format import LogLine
from exam_engine.sitting_log.merkle import MerkleTree
from exam_engine.sitting_log.roots import RootFacts, is_genuine
from exam_engine.sitting_log.rows import canonical, row_text

MARK = "site"
"""Field of a row's body that says at which site, and as which row there, it was written."""
RECEIVED = "site.received"
"""Kind of the row that vouches for rows of a site with the site's own root."""


def marked(said: Mapping[str, Any], *, delegation: UUID, number: int, public_key: str) -> dict[str, Any]:
    """Return what a row of a site's log says, as it stands in the log of the sitting.

    Parameters
    ----------
    number : of the row at the site.
    public_key : of the site; candidates' receipts are signed with it.
    """
    return {**said, MARK: {"delegation": str(delegation), "number": number, "key": public_key}}


def is_markable(body: str) -> bool:
    """Whether a row's text comes out the same when the mark is set and taken away."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and MARK not in said and canonical(said) == body


def key_of_site(said: Mapping[str, Any]) -> str | None:
    """Return the public key of the site at which a row was written; None for the server of the log itself."""
    mark = said.get(MARK)
    key = mark.get("key") if isinstance(mark, dict) else None
    return key if isinstance(key, str) else None


class SiteLogs:
    """Takes the rows of a sitting's log one after another and puts the logs of its sites together again."""

    def __init__(self, sitting: UUID) -> None:
        self._sitting = sitting
        self._trees: dict[str, MerkleTree] = {}
        self._vouched: dict[str, int] = {}
        self._keys: dict[str, str] = {}
        self.roots: list[str] = []

    def take(self, line: LogLine) -> Fault | None:
        """Take the next row; returns what is wrong with it as a row of a site."""
        if line.kind != RECEIVED and f'"{MARK}":' not in line.body:
            return None
        try:
            said = json.loads(line.body)
            if line.kind == RECEIVED:
                return self._received(line.number, said["details"])
            return self._row(line, said, said[MARK]) if isinstance(said, dict) and MARK in said else None
        except (ValueError, KeyError, TypeError, RecursionError):
            return Fault("log_row_unreadable", f"log:{line.number}", {"number": line.number})

    def end(self) -> list[Fault]:
        """Return what is wrong after the last row: rows that no root of their site covers."""
        return [
            Fault("log_site_without_root", f"site:{delegation}", {"site": delegation})
            for delegation, tree in sorted(self._trees.items())
            if tree.size != self._vouched.get(delegation)
        ]

    def _row(self, line: LogLine, said: dict[str, Any], mark: dict[str, Any]) -> Fault | None:
        delegation, number = str(UUID(mark["delegation"])), int(mark["number"])
        tree = self._trees.setdefault(delegation, MerkleTree())
        original = canonical({name: value for name, value in said.items() if name != MARK})
        is_in_place = number == tree.size + 1 and self._keys.setdefault(delegation, mark["key"]) == mark["key"]
        tree.add(row_text(number, line.kind, line.at, original).encode("utf-8", "surrogatepass"))
        if is_in_place:
            return None
        return Fault("log_site_row_out_of_place", f"log:{line.number}", {"number": line.number, "row": number})

    def _received(self, number: int, said: dict[str, Any]) -> Fault | None:
        delegation = str(UUID(said["delegation"]))
        tree = self._trees.setdefault(delegation, MerkleTree())
        facts = RootFacts(
            self._sitting, said["segment"], said["rows"], said["root"], said["previous_root"], said["closed_at"]
        )
        self._vouched[delegation] = facts.rows
        self.roots.append(facts.root)
        place, params = f"log:{number}", {"number": number, "segment": facts.segment}
        key = said["public_key"]
        if self._keys.get(delegation, key) != key or not is_genuine(facts, said["signature"], key):
            return Fault("log_site_signature_wrong", place, params)
        if (tree.size, tree.root().hex()) != (facts.rows, facts.root):
            return Fault("log_site_root_differs", place, params)
        return None
