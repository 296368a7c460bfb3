"""What a run must show before an exam may be held on this server: each criterion with threshold, value and verdict."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from load_tests.summary import CallFigures, Summary

Verdict = Literal["passed", "failed", "doubtful", "unknown"]
LARGEST_GENERATOR_SHARE = 0.7
"""Above it the program that plays the people is itself late, and times speak of it rather than of the server."""


LARGEST_OTHERS_SHARE = 0.2
"""Of the machine's cores; above it other programs slow down what is measured."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion.

    Attributes
    ----------
    code : of its name and of what to do, in the messages.
    unit : ``count``, ``share``, ``ms``, ``bytes``.
    value : None when it could not be measured.
    verdict : ``doubtful`` warns and stops nobody.
    """

    code: str
    unit: Literal["count", "share", "ms", "bytes"]
    threshold: float
    value: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The limits; times are the 95th percentile in milliseconds, CPU is a share of all cores of the machine."""

    failed_share: float = 0.001
    save_ms: float = 500.0
    save_p99_ms: float = 2_000.0
    start_ms: float = 3_000.0
    submit_ms: float = 3_000.0
    board_ms: float = 3_000.0
    cpu_share: float = 0.8
    memory_share: float = 0.8
    free_bytes: float = 5e9


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The machine: memory and free disk in bytes; None where the server is another machine."""

    memory: float | None = None
    free: float | None = None


def judge(summary: Summary, surroundings: Surroundings, limits: Thresholds | None = None) -> list[Criterion]:
    """Return all criteria in the order of weight."""
    limits = limits or Thresholds()
    machine = summary.machine
    cpu = (machine.server_cpu_max + machine.database_cpu_max) / machine.cores if machine else None
    memory = None
    if machine is not None and surroundings.memory:
        memory = (machine.server_memory_max + machine.database_memory_max) / surroundings.memory
    burst = summary.start_burst or summary.figures_of("start")
    return [
        _at_most("lost", "count", 0, summary.lost),
        _at_most("doubled", "count", 0, summary.doubled),
        _at_least("acknowledged", "count", 1, summary.acknowledged),
        _at_most("absent", "count", 0, summary.candidates - summary.started),
        _at_most("gave_up", "count", 0, summary.gave_up),
        _at_most("failed", "share", limits.failed_share, summary.failed_share),
        _at_most("save", "ms", limits.save_ms, _ms(summary.figures_of("save"), lambda call: call.p95_ms)),
        _at_most("save_p99", "ms", limits.save_p99_ms, _ms(summary.figures_of("save"), lambda call: call.p99_ms)),
        _at_most("start", "ms", limits.start_ms, _ms(burst, lambda call: call.p95_ms)),
        _at_most("submit", "ms", limits.submit_ms, _ms(summary.figures_of("submit"), lambda call: call.p95_ms)),
        _at_most("board", "ms", limits.board_ms, _ms(summary.figures_of("board"), lambda call: call.p95_ms)),
        _at_most("cpu", "share", limits.cpu_share, cpu),
        _at_most("memory", "share", limits.memory_share, memory),
        _at_least("free", "bytes", limits.free_bytes, surroundings.free),
        _at_most(
            "generator",
            "share",
            LARGEST_GENERATOR_SHARE,
            machine.generator_share if machine is not None else None,
            otherwise="doubtful",
        ),
        _at_most(
            "others",
            "share",
            LARGEST_OTHERS_SHARE,
            machine.others_cpu_mean / machine.cores if machine is not None else None,
            otherwise="doubtful",
        ),
    ]


def is_go(criteria: list[Criterion]) -> bool:
    """Whether nothing that was measured failed."""
    return all(criterion.verdict != "failed" for criterion in criteria)


def _ms(call: CallFigures | None, figure: Callable[[CallFigures], float]) -> float | None:
    return figure(call) if call is not None and call.count else None


def _at_most(
    code: str,
    unit: Literal["count", "share", "ms", "bytes"],
    threshold: float,
    value: float | None,
    *,
    otherwise: Verdict = "failed",
) -> Criterion:
    verdict: Verdict = "unknown" if value is None else "passed" if value <= threshold else otherwise
    return Criterion(code, unit, threshold, value, verdict)


def _at_least(
    code: str, unit: Literal["count", "share", "ms", "bytes"], threshold: float, value: float | None
) -> Criterion:
    verdict: Verdict = "unknown" if value is None else "passed" if value >= threshold else "failed"
    return Criterion(code, unit, threshold, value, verdict)
