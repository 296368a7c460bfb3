"""Figures of a run against numpy and by hand; criteria on both sides of their thresholds."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from load_tests.audit import Audit
from load_tests.criteria import Surroundings, Thresholds, is_go, judge
from load_tests.machines import Usage, UsageFile
from load_tests.plan import Plan, Wave
from load_tests.records import CallRecord, CandidateEnd, Outcome, Part
from load_tests.summary import Summary, figures, summarise

START = 1_000_000.0
NOBODY = "00000000-0000-0000-0000-000000000000"


def make_plan(candidates: int = 3) -> Plan:
    wave = Wave(
        sitting_id="s",
        access_code="MA",
        opens_at=START,
        working_seconds=60.0,
        exam_seconds=600.0,
        speed=10.0,
        grace_seconds=30.0,
        candidates=[(f"{number:04d}", "123456") for number in range(candidates)],
    )
    return Plan(url="http://127.0.0.1:1", seed=1, waves=[wave], proctors=[], arrival_seconds=5.0)


def make_end(number: int = 0, **changes: object) -> CandidateEnd:
    end = CandidateEnd(
        wave=0,
        candidate_number=f"{number:04d}",
        state="submitted",
        attempt_id=f"a{number}",
        last_seq=4,
        chain_head="h",
        noted=4,
        never_taken=0,
        receipts=2,
        receipts_verified=1,
    )
    return msgspec.structs.replace(end, **changes)


def make_calls(ms: list[float], **outcomes: int) -> CallRecord:
    record = CallRecord([START + n for n in range(len(ms))], list(ms), [int(Outcome.DONE)] * len(ms))
    for name, count in outcomes.items():
        record.at += [START] * count
        record.ms += [9_999.0] * count
        record.outcome += [int(Outcome[name])] * count
    return record


def make_usage(*generator: float, others: float = 0.1) -> UsageFile:
    return UsageFile(
        2,
        [
            Usage(
                at=START + place,
                server_cpu=0.5,
                database_cpu=0.1,
                generator_cpu=busy,
                generator_busiest=busy,
                machine_cpu=0.6 + busy + others,
                server_memory=200_000_000 + place,
                database_memory=0,
            )
            for place, busy in enumerate(generator)
        ],
    )


def clean(calls: dict[str, CallRecord] | None = None, usage: UsageFile | None = None) -> Summary:
    part = Part(
        calls=calls or {"save": make_calls([5.0] * 1_000), "start": make_calls([5.0] * 3)},
        errors=[],
        candidates=[make_end(number) for number in range(3)],
        counts={},
    )
    return summarise(make_plan(), part, Audit(3, 12, 12, 0, 0), usage)


def verdicts(summary: Summary, surroundings: Surroundings | None = None) -> dict[str, str]:
    return {one.code: one.verdict for one in judge(summary, surroundings or Surroundings(16e9, 100e9))}


def test_percentiles_are_those_of_numpy_over_the_calls_that_were_taken() -> None:
    ms = list(np.random.default_rng(8).lognormal(3.0, 1.0, size=4_321))
    found = figures("save", make_calls(ms, TOLD_TO_WAIT=50, FAILED=7))
    expected = np.percentile(ms, [50, 95, 99])
    assert (found.p50_ms, found.p95_ms, found.p99_ms) == pytest.approx(tuple(expected), abs=0.01)
    assert found.max_ms == pytest.approx(max(ms), abs=0.01)
    assert (found.count, found.waited, found.failed) == (4_321, 50, 7)


def test_a_handful_of_calls_by_hand() -> None:
    found = figures("save", make_calls([10.0, 20.0, 30.0, 40.0, 50.0]))
    assert (found.p50_ms, found.p95_ms, found.max_ms) == (30.0, 48.0, 50.0)
    assert (found.per_second, found.busiest_second) == (1.25, 1)


def test_calls_that_all_failed_have_no_times() -> None:
    found = figures("save", make_calls([], FAILED=3))
    assert (found.count, found.failed, found.p99_ms, found.max_ms) == (0, 3, 0.0, 0.0)


def test_starts_of_the_first_seconds_are_looked_at_apart() -> None:
    record = make_calls([100.0, 200.0, 300.0])
    record.at = [START + 1, START + 2, START + 40]
    summary = clean({"start": record})
    assert summary.start_burst is not None
    assert (summary.start_burst.count, summary.start_burst.max_ms) == (2, 200.0)


def test_a_run_without_faults_is_a_go() -> None:
    summary = clean(usage=make_usage(*[0.3] * 10))
    assert is_go(judge(summary, Surroundings(16e9, 100e9)))
    assert set(verdicts(summary).values()) == {"passed", "unknown"}
    assert summary.failed_share == 0.0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lost": 1}, "lost"),
        ({"doubled": 1}, "doubled"),
        ({"acknowledged": 0}, "acknowledged"),
        ({"started": 2}, "absent"),
        ({"gave_up": 1}, "gave_up"),
    ],
)
def test_each_grave_fault_is_a_no_go(change: dict[str, int], code: str) -> None:
    criteria = judge(msgspec.structs.replace(clean(), **change), Surroundings())
    assert [one.code for one in criteria if one.verdict == "failed"] == [code]
    assert not is_go(criteria)


def test_candidates_who_never_came_count_as_absent_and_as_given_up() -> None:
    part = Part(
        calls={}, errors=[], candidates=[make_end(0), make_end(1, attempt_id=NOBODY, state="gave_up")], counts={}
    )
    summary = summarise(make_plan(), part, Audit(1, 4, 4, 0, 0), None)
    assert (summary.started, summary.gave_up) == (1, 2)


def test_one_failed_call_in_a_thousand_is_let_pass_and_two_are_not() -> None:
    for failed, verdict in ((1, "passed"), (2, "failed")):
        summary = clean({"save": make_calls([5.0] * (1_000 - failed), FAILED=failed)})
        assert summary.failed_share == pytest.approx(failed / 1_000)
        assert verdicts(summary)["failed"] == verdict


def test_times_are_judged_at_their_percentile() -> None:
    limits = Thresholds()
    for ms, verdict in ((limits.save_ms, "passed"), (limits.save_ms + 1, "failed")):
        assert verdicts(clean({"save": make_calls([ms] * 100)}))["save"] == verdict
    # Five in a hundred may be slower.
    assert verdicts(clean({"save": make_calls([5.0] * 96 + [limits.save_ms + 900] * 4)}))["save"] == "passed"


def test_a_generator_above_seventy_per_cent_warns_and_stops_nobody() -> None:
    for busy, verdict in ((0.7, "passed"), (0.72, "doubtful")):
        summary = clean(usage=make_usage(*[busy] * 10))
        assert verdicts(summary)["generator"] == verdict
        assert is_go(judge(summary, Surroundings(16e9, 100e9)))


def test_a_single_busy_second_of_the_generator_is_no_warning() -> None:
    assert verdicts(clean(usage=make_usage(0.2, 0.2, 1.0, 0.2, 0.2, 0.2)))["generator"] == "passed"


def test_other_programs_that_take_a_fifth_of_the_machine_make_times_doubtful() -> None:
    for others, verdict in ((0.39, "passed"), (0.41, "doubtful")):
        summary = clean(usage=make_usage(*[0.2] * 10, others=others))
        assert summary.machine is not None
        assert summary.machine.others_cpu_mean == pytest.approx(others)
        assert verdicts(summary)["others"] == verdict


def test_what_could_not_be_measured_says_so() -> None:
    assert {verdicts(clean(), Surroundings())[code] for code in ("cpu", "memory", "free", "generator", "others")} == {
        "unknown"
    }


def test_too_little_disk_or_memory_is_a_no_go() -> None:
    summary = clean(usage=make_usage(*[0.2] * 6))
    roomy = Surroundings(memory=16e9, free=100e9)
    assert verdicts(summary, replace(roomy, free=4.9e9))["free"] == "failed"
    assert verdicts(summary, replace(roomy, memory=220e6))["memory"] == "failed"
