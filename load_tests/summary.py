"""Figures of a run: per call, second by second, by candidate; computed from the records alone."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from load_tests.audit import Audit
from load_tests.machines import Usage, UsageFile
from load_tests.plan import Plan
from load_tests.records import CallRecord, ErrorExample, Outcome, Part

_SHARES = (50.0, 95.0, 99.0)
_SMOOTHED_SECONDS = 5
FIRST_SECONDS = 10.0
"""After the common start: what happens then is looked at apart."""


class CallFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Calls of one kind: those that were taken with their milliseconds, those told to wait, those that failed."""

    kind: str
    count: int
    waited: int
    failed: int
    per_second: float
    busiest_second: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float


class MachineFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What the machine had to do: CPU in cores, memory in bytes, from the first arrival to the last hand-in.

    ``others_cpu_mean`` is what all other programs took. ``generator_share`` is the highest mean over five
    seconds of the busiest process that plays people, by one core.
    """

    cores: int
    server_cpu_mean: float
    server_cpu_max: float
    database_cpu_mean: float
    database_cpu_max: float
    generator_cpu_mean: float
    generator_share: float
    machine_cpu_max: float
    others_cpu_mean: float
    server_memory_max: int
    database_memory_max: int


class Second(msgspec.Struct, frozen=True, kw_only=True):
    """One second of the run: from the common start on ``at`` is positive."""

    at: int
    saves: int
    calls: int
    save_p95_ms: float | None
    server_cpu: float | None
    generator_cpu: float | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The whole run in figures."""

    candidates: int
    started: int
    submitted: int
    closed: int
    gave_up: int
    proctors: int
    verifiers: int
    working_seconds: float
    speed: float
    receipts: int
    receipts_verified: int
    captured: int
    never_taken: int
    acknowledged: int
    stored: int
    lost: int
    doubled: int
    calls: list[CallFigures]
    start_burst: CallFigures | None
    errors: list[ErrorExample]
    counts: dict[str, int]
    machine: MachineFigures | None
    seconds: list[Second]

    @property
    def all_calls(self) -> int:
        """Calls of all kinds, those that were told to wait too."""
        return sum(call.count + call.waited + call.failed for call in self.calls)

    @property
    def failed_share(self) -> float:
        """Failed calls by all calls."""
        return sum(call.failed for call in self.calls) / self.all_calls if self.calls else 0.0

    def figures_of(self, kind: str) -> CallFigures | None:
        """Return the figures of a kind of call; None when nobody made one."""
        return next((call for call in self.calls if call.kind == kind), None)


def summarise(plan: Plan, part: Part, audit: Audit, usage: UsageFile | None) -> Summary:
    """Compute the figures of a run."""
    states = [end.state for end in part.candidates]
    first = plan.waves[0]
    return Summary(
        candidates=len(plan.places),
        started=sum(end.attempt_id != str(UUID(int=0)) for end in part.candidates),
        submitted=states.count("submitted"),
        closed=states.count("closed"),
        gave_up=states.count("gave_up") + len(plan.places) - len(states),
        proctors=len(plan.proctors),
        verifiers=plan.verifiers,
        working_seconds=first.working_seconds,
        speed=first.speed,
        receipts=sum(end.receipts for end in part.candidates),
        receipts_verified=sum(end.receipts_verified for end in part.candidates),
        captured=sum(end.noted for end in part.candidates),
        never_taken=sum(end.never_taken for end in part.candidates),
        acknowledged=audit.acknowledged,
        stored=audit.stored,
        lost=audit.lost,
        doubled=audit.doubled,
        calls=[figures(kind, record) for kind, record in sorted(part.calls.items())],
        start_burst=_start_burst(plan, part.calls.get("start")),
        errors=sorted(part.errors, key=lambda error: -error.count),
        counts=part.counts,
        machine=_machine(usage, plan) if usage is not None and usage.seconds else None,
        seconds=_seconds(plan, part, usage),
    )


def figures(kind: str, record: CallRecord) -> CallFigures:
    """Return the figures of calls of one kind; percentiles are those of the calls that were taken, interpolated."""
    outcome = np.asarray(record.outcome)
    at, ms = np.asarray(record.at), np.asarray(record.ms)
    taken = outcome == Outcome.DONE
    count = int(taken.sum())
    p50, p95, p99 = np.percentile(ms[taken], _SHARES) if count else (0.0, 0.0, 0.0)
    lasted = float(np.ptp(at[taken])) if count > 1 else 0.0
    per_second = np.bincount((at[taken] - at[taken].min()).astype(int)) if count else np.zeros(1, int)
    return CallFigures(
        kind=kind,
        count=count,
        waited=int((outcome == Outcome.TOLD_TO_WAIT).sum()),
        failed=int((outcome == Outcome.FAILED).sum()),
        per_second=round(count / max(lasted, 1.0), 2),
        busiest_second=int(per_second.max()),
        p50_ms=round(float(p50), 2),
        p95_ms=round(float(p95), 2),
        p99_ms=round(float(p99), 2),
        max_ms=round(float(ms[taken].max()), 2) if count else 0.0,
    )


def _start_burst(plan: Plan, record: CallRecord | None) -> CallFigures | None:
    """The starts of the first seconds after a common start."""
    if record is None:
        return None
    near = [
        place
        for place, at in enumerate(record.at)
        if any(0.0 <= at - wave.opens_at <= FIRST_SECONDS for wave in plan.waves)
    ]
    picked = CallRecord(
        [record.at[place] for place in near],
        [record.ms[place] for place in near],
        [record.outcome[place] for place in near],
    )
    return figures("start", picked) if near else None


def _machine(usage: UsageFile, plan: Plan) -> MachineFigures:
    began = min(wave.opens_at for wave in plan.waves) - plan.arrival_seconds
    seconds = [second for second in usage.seconds if began <= second.at <= plan.ends_at] or usage.seconds
    return MachineFigures(
        cores=usage.cores,
        server_cpu_mean=_mean([second.server_cpu for second in seconds]),
        server_cpu_max=_smoothed_max([second.server_cpu for second in seconds]),
        database_cpu_mean=_mean([second.database_cpu for second in seconds]),
        database_cpu_max=_smoothed_max([second.database_cpu for second in seconds]),
        generator_cpu_mean=_mean([second.generator_cpu for second in seconds]),
        generator_share=_smoothed_max([second.generator_busiest for second in seconds]),
        machine_cpu_max=_smoothed_max([second.machine_cpu for second in seconds]),
        others_cpu_mean=_mean([_others(second) for second in seconds]),
        server_memory_max=max(second.server_memory for second in seconds),
        database_memory_max=max(second.database_memory for second in seconds),
    )


def _others(second: Usage) -> float:
    # The shares are measured one after the other: what is left may come out a little below nothing.
    return max(0.0, second.machine_cpu - second.server_cpu - second.database_cpu - second.generator_cpu)


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 3)


def _smoothed_max(values: Sequence[float]) -> float:
    width = min(_SMOOTHED_SECONDS, len(values))
    means: NDArray[np.float64] = np.convolve(values, np.full(width, 1.0 / width), mode="valid")
    return round(float(means.max()), 3)


def _seconds(plan: Plan, part: Part, usage: UsageFile | None) -> list[Second]:
    start = min(wave.opens_at for wave in plan.waves)
    calls: dict[int, int] = {}
    saves: dict[int, list[float]] = {}
    for kind, record in part.calls.items():
        for at, ms, outcome in zip(record.at, record.ms, record.outcome, strict=True):
            second = int(np.floor(at - start))
            calls[second] = calls.get(second, 0) + 1
            if kind == "save" and outcome == Outcome.DONE:
                saves.setdefault(second, []).append(ms)
    machine: dict[int, Usage] = {}
    if usage is not None:
        machine = {int(np.floor(second.at - start)): second for second in usage.seconds}
    if not calls:
        return []
    return [
        Second(
            at=at,
            saves=len(saves.get(at, ())),
            calls=calls.get(at, 0),
            save_p95_ms=round(float(np.percentile(saves[at], 95)), 2) if at in saves else None,
            server_cpu=machine[at].server_cpu if at in machine else None,
            generator_cpu=machine[at].generator_cpu if at in machine else None,
        )
        for at in range(min(calls), max(calls) + 1)
    ]
