"""Verification of an export file: every chain, the tree, the signatures; each fault with its place.

Nothing in the file is trusted: the log says what must be in it, the signed roots say what the log must be, and the
root on the minutes says which roots there are. Memory is bounded by the number of attempts, not of operations.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from exam_engine.core.errors import Fault
from exam_engine.delivery.journal import genesis_hash as journal_genesis
from exam_engine.delivery.log_rows import AT_CLOSE, refusals_genesis
from exam_engine.evidence.chains import ChainsOfMember, ExpectedChain
from exam_engine.evidence.file_format import (
    ATTEMPTS,
    FORMAT,
    LOG,
    LONGEST_LINE,
    MANIFEST,
    OPERATIONS,
    REFUSALS,
    VERSION,
    AttemptLine,
    LogLine,
    Manifest,
    OperationLine,
    RefusalLine,
    RootLine,
)
from exam_engine.evidence.reading import DamagedMemberError, ExportFile, NotAnExportError, open_export
from exam_engine.evidence.sequences import ChainedSequence, Finding, Link
from exam_engine.evidence.site_logs import SiteLogs
from exam_engine.sitting_log.merkle import MerkleTree
from exam_engine.sitting_log.roots import RootFacts, is_genuine, is_same_root
from exam_engine.sitting_log.rows import genesis_hash, row_rest, row_text

MOST_FAULTS = 500
MOST_ATTEMPTS = 200_000

T = TypeVar("T")
_UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


@dataclass(slots=True)
class Verdict:
    """What the verification found.

    Attributes
    ----------
    faults : code, place and values for the texts; empty when everything fits.
    is_cut : whether there are more faults than are listed.
    roots : the signed roots that the file states, the first first.
    """

    sitting: str = ""
    roots: tuple[RootLine, ...] = ()
    rows: int = 0
    attempts: int = 0
    operations: int = 0
    refusals: int = 0
    faults: list[Fault] = field(default_factory=list)
    is_cut: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


@dataclass(slots=True)
class _Logged:
    """What the log says of one attempt."""

    started: dict[str, Any] | None = None
    closed: dict[str, Any] | None = None
    marked: dict[str, Any] | None = None
    may_be_remarked: bool = False
    late: dict[int, dict[str, Any]] = field(default_factory=dict)


class _CutError(Exception):
    """More faults than anybody reads."""


def verify_file(path: Path, *, root: str | None = None, public_key: str | None = None) -> Verdict:
    """Verify an export file.

    Parameters
    ----------
    root : one of the roots of the log, or of a site's log in it, as printed on the minutes, whole or as its
        fingerprint.
    public_key : the installation's public key as printed on the minutes.

    Raises
    ------
    NotAnExportError
        The file is no export, or breaks the bounds within which one is read.
    OSError
    """
    with open_export(path) as file:
        verification = _Verification(file)
        try:
            verification.run(root, public_key)
        except _CutError:
            verification.verdict.is_cut = True
        return verification.verdict


def read_manifest(file: ExportFile) -> Manifest | None:
    """Return the manifest, or None when it cannot be read.

    Raises
    ------
    NotAnExportError
        It is the manifest of something else.
    """
    content = b"\n".join(file.lines(MANIFEST))
    if len(content) > LONGEST_LINE:
        return None
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
        if str(UUID(manifest.sitting)) != manifest.sitting:
            return None
    except (*_UNREADABLE, ValueError):
        return None
    if manifest.format != FORMAT or manifest.version != VERSION:
        raise NotAnExportError("log_file_other_format", format=manifest.format[:64], version=manifest.version)
    return manifest


class _Verification:
    def __init__(self, file: ExportFile) -> None:
        self._file = file
        self._logged: dict[str, _Logged] = {}
        self.verdict = Verdict()

    def run(self, root: str | None, public_key: str | None) -> None:
        try:
            manifest = read_manifest(self._file)
        except DamagedMemberError:
            manifest = None
        if manifest is None:
            self._fault("log_manifest_unreadable", MANIFEST)
            return
        self.verdict.sitting, self.verdict.roots = manifest.sitting, manifest.roots
        self._check_roots(manifest, public_key)
        known = [*(line.root for line in manifest.roots), *self._check_log(manifest)]
        if root is not None and not any(is_same_root(root, one) for one in known):
            self._fault("log_root_not_expected", MANIFEST)
        self._check_attempts()
        self._check_chains(
            OPERATIONS,
            OperationLine,
            lambda line: (line.attempt, AT_CLOSE),
            lambda line: Link(line.seq, line.body, line.hash),
            self._journals(),
        )
        self._check_chains(
            REFUSALS,
            RefusalLine,
            lambda line: (line.attempt, line.part),
            lambda line: Link(line.number, line.text, line.hash),
            self._refusals(),
        )

    def _fault(self, code: str, place: str, **params: Any) -> None:
        if len(self.verdict.faults) >= MOST_FAULTS:
            raise _CutError
        self.verdict.faults.append(Fault(code, place, params))

    # --- roots ---

    def _check_roots(self, manifest: Manifest, public_key: str | None) -> None:
        if not manifest.roots:
            self._fault("log_without_root", MANIFEST)
        before: RootLine | None = None
        for number, line in enumerate(manifest.roots[: MOST_FAULTS + 1], start=1):
            place = f"root:{number}"
            facts = RootFacts(
                UUID(manifest.sitting), line.segment, line.rows, line.root, line.previous_root, line.closed_at
            )
            if not is_genuine(facts, line.signature, line.public_key):
                self._fault("log_signature_wrong", place, segment=number)
            rows, previous = (before.rows, before.root) if before is not None else (0, None)
            if line.segment != number or line.rows <= rows or line.previous_root != previous:
                self._fault("log_roots_do_not_follow", place, segment=number)
            if public_key is not None and line.public_key != public_key.strip():
                self._fault("log_key_not_expected", place, segment=number)
            before = line

    # --- the log ---

    def _check_log(self, manifest: Manifest) -> list[str]:
        """Check the rows; returns the roots of sites' logs in it."""
        due = {line.rows: (line.segment, line.root) for line in manifest.roots}
        total = max(due, default=None)
        sequence = ChainedSequence(genesis_hash(UUID(manifest.sitting)), total=total, head=None, is_numbered=True)
        tree, wrong, sites = MerkleTree(), list[int](), SiteLogs(UUID(manifest.sitting))
        for line in self._lines(LOG, LogLine):
            sequence.feed(Link(line.number, row_rest(line.kind, line.at, line.body), line.hash))
            if tree.size == 0:
                self._check_sitting(line, manifest.sitting)
            tree.add(row_text(line.number, line.kind, line.at, line.body).encode("utf-8", "surrogatepass"))
            segment, root = due.pop(tree.size, (0, ""))
            if segment and tree.root().hex() != root:
                wrong.append(segment)
            if (fault := sites.take(line)) is not None:
                self._fault(fault.code, fault.place, **fault.params)
            self._note(line)
        self.verdict.rows = tree.size
        sequence.end()
        for finding in sequence.findings():
            code = f"log_row_{finding.kind}"
            self._found(finding, code, f"log:{finding.number}")
        for segment in [*wrong, *(segment for segment, _ in due.values())]:
            self._fault("log_root_differs", f"root:{segment}", segment=segment)
        for fault in sites.end():
            self._fault(fault.code, fault.place, **fault.params)
        return sites.roots

    def _check_sitting(self, first: LogLine, sitting: str) -> None:
        """Say it plainly when the first row is of another sitting; its chain would only say that it was changed."""
        try:
            of = msgspec.json.decode(first.body, type=dict[str, Any]).get("object")
        except _UNREADABLE:
            return
        if first.kind == "sitting.made_ready" and of != ["sitting", sitting]:
            self._fault("log_other_sitting", "log:1", sitting=sitting)

    def _note(self, line: LogLine) -> None:
        """Remember what a row says of an attempt."""
        is_admission = line.kind == "recovery.admitted"
        if not is_admission and (not line.kind.startswith("attempt.") or line.kind == "attempt.moved"):
            return
        try:
            said = msgspec.json.decode(line.body, type=dict[str, Any])
            attempt = str(UUID(said["object"][1] if is_admission else said["attempt"]))
        except (*_UNREADABLE, LookupError, ValueError, TypeError, AttributeError):
            self._fault("log_row_unreadable", f"log:{line.number}", number=line.number)
            return
        if attempt not in self._logged and len(self._logged) >= MOST_ATTEMPTS:
            raise NotAnExportError("log_file_attempts", limit=MOST_ATTEMPTS)
        logged = self._logged.setdefault(attempt, _Logged())
        if line.kind == "attempt.refused_late" and isinstance(said.get("part"), int):
            logged.late[said["part"]] = said
            return
        if is_admission:
            logged.may_be_remarked = True
            return
        if line.kind == "attempt.remarked" and logged.marked is not None and logged.may_be_remarked:
            logged.marked, logged.may_be_remarked = said, False
            return
        if line.kind == "attempt.marked":
            # What was admitted until now is in these marks.
            logged.may_be_remarked = False
        what = line.kind.removeprefix("attempt.")
        if what not in {"started", "closed", "marked"} or getattr(logged, what) is not None:
            self._fault("log_row_repeated", f"log:{line.number}", number=line.number, attempt=attempt)
            return
        setattr(logged, what, said)

    # --- attempts as stored ---

    def _check_attempts(self) -> None:
        seen: set[str] = set()
        last = ""
        for line in self._lines(ATTEMPTS, AttemptLine):
            logged = self._logged.get(line.attempt)
            if logged is None or line.attempt in seen:
                self._fault("log_attempt_inserted", f"attempt:{line.attempt[:36]}", attempt=line.attempt[:36])
                continue
            if line.attempt < last:
                self._fault("log_attempt_out_of_place", f"attempt:{line.attempt}", attempt=line.attempt)
            last = max(last, line.attempt)
            seen.add(line.attempt)
            for name in _differing(line, logged):
                self._fault("log_attempt_differs", f"attempt:{line.attempt}:{name}", attempt=line.attempt, field=name)
        self.verdict.attempts = len(seen)
        for attempt in sorted(self._logged.keys() - seen):
            self._fault("log_attempt_missing", f"attempt:{attempt}", attempt=attempt)

    # --- chains of attempts ---

    def _journals(self) -> dict[tuple[str, int], ExpectedChain]:
        return {
            (attempt, AT_CLOSE): ExpectedChain(
                journal_genesis(UUID(attempt)), _number(logged.closed, "last_seq"), _text(logged.closed, "chain_head")
            )
            for attempt, logged in self._logged.items()
        }

    def _refusals(self) -> dict[tuple[str, int], ExpectedChain]:
        expected = {}
        for attempt, logged in self._logged.items():
            for part, said in {AT_CLOSE: logged.closed, **logged.late}.items():
                if said is not None:
                    expected[attempt, part] = ExpectedChain(
                        refusals_genesis(attempt, part), _number(said, "refusals"), _text(said, "refusals_head")
                    )
        return expected

    def _check_chains(
        self,
        member: str,
        line_type: type[T],
        key_of: Callable[[T], tuple[str, int]],
        link_of: Callable[[T], Link],
        expected: dict[tuple[str, int], ExpectedChain],
    ) -> None:
        """Check the chains of all attempts in one member: each in one piece, in the order of the attempts' ids."""
        what = member.removesuffix("s.jsonl")
        groups = ChainsOfMember(expected)
        count = 0
        lines = self._lines(member, line_type)
        line = next(lines, None)
        while line is not None:
            follower = next(lines, None)
            key = key_of(line)
            count += 1
            if key not in expected:
                attempt, number = key[0][:36], link_of(line).number
                self._found(
                    Finding("inserted", number),
                    f"log_{what}_inserted",
                    f"attempt:{attempt}:{what}:{number}",
                    attempt=attempt,
                )
            elif not groups.take(key, link_of(line), key_of(follower) if follower is not None else None):
                place = f"attempt:{key[0]}:{what}:{link_of(line).number}"
                self._fault("log_attempt_out_of_place", place, attempt=key[0])
            line = follower
        setattr(self.verdict, f"{what}s", count)
        for (attempt, _), findings in groups.findings():
            for finding in findings:
                self._found(
                    finding, f"log_{what}_{finding.kind}", f"attempt:{attempt}:{what}:{finding.number}", attempt=attempt
                )

    def _found(self, finding: Finding, code: str, place: str, **params: Any) -> None:
        if finding.kind == "missing" and finding.other != finding.number:
            code = f"{code}_many"
        self._fault(code, place, number=finding.number, other=finding.other, **params)

    def _lines(self, member: str, line_type: type[T]) -> Iterator[T]:
        """Yield the readable lines of a member; those that are not, and a member that breaks off, are faults."""
        decoder = msgspec.json.Decoder(line_type)
        number = 0
        try:
            for content in self._file.lines(member):
                number += 1
                try:
                    line = decoder.decode(content)
                except _UNREADABLE:
                    self._fault("log_line_unreadable", f"{member}:{number}", member=member, line=number)
                    continue
                yield line
        except DamagedMemberError:
            self._fault("log_member_damaged", f"{member}:{number + 1}", member=member, line=number + 1)


def _number(said: dict[str, Any] | None, name: str) -> int | None:
    value = said.get(name) if said is not None else None
    return value if isinstance(value, int) else None


def _text(said: dict[str, Any] | None, name: str) -> str | None:
    value = said.get(name) if said is not None else None
    return value if isinstance(value, str) else None


def _differing(line: AttemptLine, logged: _Logged) -> list[str]:
    """Return the fields of a stored attempt that are not what the log says, or the row that says nothing of them."""
    parts = (
        ("attempt.started", logged.started, ("registration", "candidate_number", "form", "paper")),
        ("attempt.closed", logged.closed, ("epoch", "finish_kind", "finished_at", "last_seq", "chain_head")),
        ("attempt.marked", logged.marked, ("raw", "max_points", "items_sha256")),
    )
    differing = []
    for kind, said, names in parts:
        if said is not None:
            differing += [name for name in names if getattr(line, name) != said.get(name)]
        elif any(getattr(line, name) is not None for name in names):
            differing.append(kind)
    return differing
