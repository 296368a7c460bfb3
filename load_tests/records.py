"""What simulated people note of a run: every call with its time, errors, and how each candidate's exam ended."""

from array import array
from enum import IntEnum
from pathlib import Path

import msgspec

_EXAMPLES = 5
_LONGEST_TEXT = 300


class Outcome(IntEnum):
    """What became of a call."""

    DONE = 0
    TOLD_TO_WAIT = 1
    FAILED = 2


class CallRecord(msgspec.Struct):
    """Calls of one kind: when each began (seconds since 1970), how long it took (ms), and its outcome."""

    at: list[float]
    ms: list[float]
    outcome: list[int]


class ErrorExample(msgspec.Struct):
    """An error as it was seen first, and how often."""

    kind: str
    text: str
    at: float
    count: int = 1


class CandidateEnd(msgspec.Struct, frozen=True, kw_only=True):
    """How the exam of one candidate ended, with what the last receipt vouches for.

    ``state`` is submitted, closed (the server ended it in time), or gave_up. ``never_taken`` operations were captured
    but no receipt ever acknowledged them.
    """

    wave: int
    candidate_number: str
    state: str
    attempt_id: str
    last_seq: int
    chain_head: str
    noted: int
    never_taken: int
    receipts: int
    receipts_verified: int


class Part(msgspec.Struct, kw_only=True):
    """The records of one generator process."""

    calls: dict[str, CallRecord]
    errors: list[ErrorExample]
    candidates: list[CandidateEnd]
    counts: dict[str, int]


class Recorder:
    """Collects the records of one process."""

    def __init__(self) -> None:
        self.candidates: list[CandidateEnd] = []
        self.counts: dict[str, int] = {}
        self._calls: dict[str, tuple[array[float], array[float], array[int]]] = {}
        self._errors: dict[tuple[str, str], ErrorExample] = {}

    def add(self, kind: str, at: float, ms: float, outcome: Outcome, error: str = "") -> None:
        """Note a call; ``error`` says why it failed."""
        calls = self._calls.get(kind)
        if calls is None:
            calls = self._calls[kind] = (array("d"), array("f"), array("b"))
        calls[0].append(at)
        calls[1].append(ms)
        calls[2].append(outcome)
        if outcome is Outcome.FAILED:
            self._add_error(kind, error[:_LONGEST_TEXT], at)

    def fault(self, kind: str, text: str, at: float) -> None:
        """Note something that is wrong with no call of its own, for instance a forged receipt."""
        self.add(kind, at, 0.0, Outcome.FAILED, text)

    def count(self, name: str, by: int = 1) -> None:
        """Count something, for instance events of streams."""
        self.counts[name] = self.counts.get(name, 0) + by

    def _add_error(self, kind: str, text: str, at: float) -> None:
        known = self._errors.get((kind, text))
        if known is not None:
            known.count += 1
        elif sum(error.kind == kind for error in self._errors.values()) < _EXAMPLES:
            self._errors[kind, text] = ErrorExample(kind, text, at)
        else:
            other = self._errors.setdefault((kind, "…"), ErrorExample(kind, "…", at, 0))
            other.count += 1

    def write(self, file: Path) -> None:
        """Write the records; a reader sees all of the file or nothing."""
        calls = {
            kind: CallRecord([round(x, 3) for x in at], [round(x, 2) for x in ms], list(outcome))
            for kind, (at, ms, outcome) in self._calls.items()
        }
        whole = Part(calls=calls, errors=list(self._errors.values()), candidates=self.candidates, counts=self.counts)
        part = file.with_suffix(".writing")
        part.write_bytes(msgspec.json.encode(whole))
        part.replace(file)


def parts_of(folder: Path) -> list[Path]:
    """Return the files that generator processes wrote."""
    return sorted(folder.glob("part-*.json"))


def read_parts(folder: Path) -> Part:
    """Read and join the records of all generator processes of a run."""
    joined = Part(calls={}, errors=[], candidates=[], counts={})
    for file in parts_of(folder):
        part = msgspec.json.decode(file.read_bytes(), type=Part)
        for kind, calls in part.calls.items():
            own = joined.calls.setdefault(kind, CallRecord([], [], []))
            own.at += calls.at
            own.ms += calls.ms
            own.outcome += calls.outcome
        joined.errors += part.errors
        joined.candidates += part.candidates
        for name, count in part.counts.items():
            joined.counts[name] = joined.counts.get(name, 0) + count
    return joined
