"""Reports on simulated sittings: what is listed, what is not, and when nothing can be said."""

import json
from typing import Any

import numpy as np
import pytest

from exam_engine.forensics.computing import compute_report
from exam_engine.forensics.task import ForensicsTask
from tests.exam_engine.forensics.tasks import changed_task, honest_task


def report(task: ForensicsTask) -> dict[str, Any]:
    content = compute_report(task, tell=lambda word: None)
    # What is stored as JSON must be JSON.
    return dict(json.loads(json.dumps(content, allow_nan=False)))


@pytest.fixture(scope="module")
def task() -> ForensicsTask:
    return honest_task()


@pytest.fixture(scope="module")
def honest(task: ForensicsTask) -> dict[str, Any]:
    return report(task)


def test_honest_candidates_are_hardly_ever_listed(honest: dict[str, Any]) -> None:
    # Six families at 5 % each: three or more listed would be a fault.
    assert sum(len(kind["findings"]) for kind in honest["kinds"].values()) <= 2
    assert {kind["state"] for kind in honest["kinds"].values()} == {"done"}
    replications = {kind: found["false_alarms"]["replications"] for kind, found in honest["kinds"].items()}
    assert replications == {kind: 40 if kind == "person_fit" else 4 for kind in honest["kinds"]}
    assert honest["parameters"]["source"] == "bank"


def test_every_pair_belongs_to_one_family(task: ForensicsTask, honest: dict[str, Any]) -> None:
    size = len(task.candidates)
    tested = {kind: honest["kinds"][kind]["tested"] for kind in ("neighbours", "elsewhere")}

    # Three rooms of five rows of eight: 5·7 beside, 4·8 behind, 2·4·7 over a corner.
    assert tested == {"neighbours": 3 * 123, "elsewhere": size * (size - 1) // 2 - 3 * 123}


def test_the_same_task_gives_the_same_report(task: ForensicsTask, honest: dict[str, Any]) -> None:
    assert report(task) == honest


def test_copiers_are_listed_with_their_neighbour_and_without_answers(task: ForensicsTask) -> None:
    chosen, scores = task.chosen.copy(), task.scores.copy()
    weak = int(np.argmin(task.scores[:40].sum(axis=1)))
    beside = weak + 1 if weak % 8 < 7 else weak - 1
    chosen[beside, :34], scores[beside, :34] = chosen[weak, :34], scores[weak, :34]
    found = report(changed_task(task, chosen=chosen, scores=scores))["kinds"]["neighbours"]["findings"]

    assert set(found[0]["candidates"]) == {task.candidates[weak], task.candidates[beside]}
    assert found[0]["figures"]["n_same"] >= 34
    assert found[0]["q"] <= 0.05
    assert {item["sign"] for item in found[0]["items"]} <= {"same_right", "same_wrong", "different_wrong", "one_right"}
    assert set(found[0]["items"][0]) == {"code", "sign"}


def test_items_known_beforehand_are_listed_by_their_times(task: ForensicsTask) -> None:
    seconds, scores, chosen = task.seconds.copy(), task.scores.copy(), task.chosen.copy()
    seconds[3, :14] *= 0.2
    scores[3, :14], chosen[3, :14] = 1, task.right[:14]
    found = report(changed_task(task, seconds=seconds, scores=scores, chosen=chosen))["kinds"]["response_times"]

    assert found["findings"][0]["candidates"] == [task.candidates[3]]
    assert found["findings"][0]["figures"]["n_fast_right"] >= 8


def test_changes_that_all_succeed_are_listed(task: ForensicsTask) -> None:
    first, chosen, scores = task.first.copy(), task.chosen.copy(), task.scores.copy()
    chosen[7, :16], scores[7, :16] = task.right[:16], 1
    first[7, :16] = (task.right[:16] + 1) % 4
    found = report(changed_task(task, first=first, chosen=chosen, scores=scores))["kinds"]["answer_changes"]

    assert [finding["candidates"] for finding in found["findings"]] == [[task.candidates[7]]]
    assert found["findings"][0]["figures"]["n_gained"] >= 16


def test_frequent_departures_are_listed(task: ForensicsTask) -> None:
    departures = task.departures.copy()
    departures[11] = 25
    found = report(changed_task(task, departures=departures))["kinds"]["departures"]["findings"]

    assert [finding["candidates"] for finding in found] == [[task.candidates[11]]]


def test_an_unlikely_pattern_is_listed_by_its_fit(task: ForensicsTask) -> None:
    # Somebody who knows exactly the hardest items and none of the others.
    b = task.parameters.b[:, 0]  # type: ignore[union-attr]
    right = b > np.median(b)
    scores, chosen = task.scores.copy(), task.chosen.copy()
    scores[5] = right
    chosen[5] = np.where(right, task.right, (task.right + 1) % 4)
    found = report(changed_task(task, scores=scores, chosen=chosen))["kinds"]["person_fit"]["findings"]

    assert found[0]["candidates"] == [task.candidates[5]]
    assert found[0]["figures"]["lz_star"] < -4.0


def test_without_bank_and_with_few_candidates_there_is_not_enough_data() -> None:
    content = report(honest_task(2, candidates=60, with_bank=False))

    assert content["parameters"]["source"] == "none"
    for kind in ("neighbours", "elsewhere", "person_fit"):
        assert content["kinds"][kind]["state"] == "not_enough_data"
        assert content["kinds"][kind]["reason"] == "no_parameters"


def test_without_bank_parameters_come_from_a_sitting_of_a_hundred() -> None:
    content = report(honest_task(3, candidates=100, with_bank=False))

    assert content["parameters"] == {"source": "sitting", "n_items": 40, "models": ["Rasch"]}
    assert content["kinds"]["neighbours"]["state"] == "done"


def test_a_handful_of_candidates_is_too_few_for_everything() -> None:
    content = report(honest_task(4, candidates=12))

    assert {kind["state"] for kind in content["kinds"].values()} == {"not_enough_data"}


def test_nobody_at_all_is_not_enough_data() -> None:
    task = honest_task(5, candidates=12)
    none = changed_task(
        task,
        candidates=(),
        places=(),
        scores=task.scores[:0],
        chosen=task.chosen[:0],
        first=task.first[:0],
        seconds=task.seconds[:0],
        departures=task.departures[:0],
        away_seconds=task.away_seconds[:0],
    )
    assert {kind["state"] for kind in report(none)["kinds"].values()} == {"not_enough_data"}
