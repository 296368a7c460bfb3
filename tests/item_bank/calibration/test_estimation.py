"""The computation: simulated parameters come back for every model, held items keep theirs, drifted ones go."""

from typing import Any

import numpy as np
import pytest

from exam_engine.psychometrics import simulate_responses
from item_bank.calibration.estimation import Estimation, EstimationTask, TaskItem, estimate
from item_bank.calibration.options import DEFAULT_GUESSING, CalibrationOptions
from item_bank.calibration.response_matrix import NOT_PRESENTED, NOT_REACHED, ResponseMatrix
from item_bank.items.response_functions import StoredParameters, response_table

CHOICE = TaskItem(option_count=4, key=0, module="IU01")
RIGHT_OR_WRONG = [StoredParameters(a, b, None) for a, b in ((1.2, -1.0), (0.9, -0.3), (1.5, 0.4), (1.1, 1.0))]
STEPS = [(-1.2, 0.1, 0.9), (-0.8, 0.6), (-1.6, -0.4, 0.5, 1.4)]


def people(truth: list[StoredParameters], n: int, seed: int, mean: float = 0.0) -> ResponseMatrix:
    rng = np.random.default_rng(seed)
    table = response_table([str(place) for place in range(len(truth))], truth)
    return ResponseMatrix(simulate_responses(rng, mean + rng.standard_normal(n), table).scores)


def with_steps(model: str, a: float = 1.1) -> list[StoredParameters]:
    return [StoredParameters(a, float(np.mean(steps)), None, model, steps) for steps in STEPS]


def run(responses: ResponseMatrix, items: list[TaskItem], anchors: Any = None, **options: Any) -> Estimation:
    task = EstimationTask(responses, items, CalibrationOptions(**options), anchors or {})
    return estimate(task, tell=lambda _: None)


@pytest.mark.parametrize("model", ["PCM", "GPCM", "GRM"])
def test_steps_and_slopes_of_items_with_several_categories_are_recovered(model: str) -> None:
    truth = [*RIGHT_OR_WRONG, *with_steps(model)]
    items = [CHOICE] * 4 + [TaskItem(highest_score=len(steps)) for steps in STEPS]
    found = run(people(truth, 3000, 51), items, polytomous=model)
    assert [item.model for item in found.items] == ["2PL"] * 4 + [model] * 3
    for item, true in zip(found.items, truth, strict=True):
        assert item.a is not None
        assert item.se_a is not None
        assert item.b is not None
        assert item.se_b is not None
        assert abs(item.a - true.a) < 4 * item.se_a
        assert abs(item.b - true.b) < 4 * item.se_b
    for item, steps in zip(found.items[4:], STEPS, strict=True):
        assert item.steps is not None
        assert item.se_steps is not None
        assert item.b == pytest.approx(np.mean(item.steps))
        # The mean of thresholds is known better than the worst of them, and no worse than were they independent.
        assert item.se_b is not None
        assert item.se_b < max(error or 0.0 for error in item.se_steps)
        for step, error, true_step in zip(item.steps, item.se_steps, steps, strict=True):
            assert error is not None
            assert abs(step - true_step) < 4 * error
    assert "polytomous_not_assembled" in [warning["code"] for warning in found.warnings]
    assert {"exam_engine", "python", "numpy", "scipy"} == found.figures["software"].keys()


def test_under_the_3pl_only_single_choice_has_a_lower_asymptote() -> None:
    truth = [StoredParameters(1.2, b, 0.2) for b in (-0.5, 0.0, 0.5)] + RIGHT_OR_WRONG
    items = [CHOICE] * 3 + [TaskItem()] * 4
    found = run(people(truth, 800, 52), items, model="3PL", guessing=DEFAULT_GUESSING)
    assert [item.model for item in found.items] == ["3PL"] * 3 + ["2PL"] * 4
    assert [item.c is None for item in found.items] == [False] * 3 + [True] * 4


def test_items_not_reached_say_nothing_or_count_as_wrong_as_chosen() -> None:
    responses = people(RIGHT_OR_WRONG, 600, 53)
    scores = responses.scores.copy()
    scores[:300, 3] = NOT_REACHED
    scores[300:400, 2] = NOT_PRESENTED
    kept = ResponseMatrix(scores)
    ignored, wrong = (run(kept, [CHOICE] * 4, not_reached=rule) for rule in ("ignored", "wrong"))
    assert [item.n for item in ignored.items] == [600, 600, 500, 300]
    assert [item.n for item in wrong.items] == [600, 600, 500, 600]
    right = float((responses.scores[300:, 3] == 1).mean())
    assert ignored.items[3].p == pytest.approx(right)
    assert wrong.items[3].p == pytest.approx(right / 2)


def test_held_items_of_several_categories_keep_their_digits_and_carry_the_scale() -> None:
    truth = [*with_steps("GPCM"), *RIGHT_OR_WRONG]
    items = [TaskItem(highest_score=len(steps)) for steps in STEPS] + [CHOICE] * 4
    found = run(people(truth, 2500, 54, mean=0.7), items, {0: truth[0], 1: truth[1], 2: truth[2]})
    assert [item.is_anchor for item in found.items] == [True] * 3 + [False] * 4
    assert [(item.a, item.b, tuple(item.steps or ())) for item in found.items[:3]] == [
        (true.a, true.b, true.steps) for true in truth[:3]
    ]
    assert found.figures["groups"][0]["mean"] == pytest.approx(0.7, abs=0.12)
    for item, true in zip(found.items[3:], RIGHT_OR_WRONG, strict=True):
        assert item.b is not None
        assert item.se_b is not None
        assert abs(item.b - true.b) < 4 * item.se_b + 0.05
    for item in found.items[:3]:
        assert item.drift is not None
        assert item.drift["rmsd"] < 0.05
        assert len(item.drift["steps"]) == len(item.steps or ())


def drifting() -> tuple[ResponseMatrix, dict[int, StoredParameters]]:
    b = [-1.0, -0.5, 0.0, 0.4, 0.9, -0.2, 0.6, 0.3]
    before = {place: StoredParameters(1.2, difficulty, None) for place, difficulty in enumerate(b)}
    now = [*before.values()]
    # One became much easier, as a leaked item does; a new item stands beside the held ones.
    now[2] = StoredParameters(1.2, -1.2, None)
    return people([*now, StoredParameters(1.0, 0.5, None)], 2500, 55), before


def test_a_drifted_anchor_is_let_go_and_estimated_anew_when_the_board_wishes_so() -> None:
    responses, before = drifting()
    found = run(responses, [CHOICE] * 9, before, holds_anchors=True, drops_drifted=True)
    assert [place for place, item in enumerate(found.items) if not item.is_anchor] == [2, 8]
    gone = found.items[2]
    assert "anchor_dropped" in gone.flags
    assert gone.b == pytest.approx(-1.2, abs=0.2)
    assert gone.drift is not None
    # Easier now: the expected score is higher, by some 0.2 of the highest where most candidates are.
    assert gone.drift["signed_area"] > 0.1
    assert {"code": "anchors_dropped", "data": {"anchors": 1, "kept": 7}} in found.warnings
    mean = found.figures["groups"][0]["mean"]
    held = run(responses, [CHOICE] * 9, before, holds_anchors=True)
    assert [place for place, item in enumerate(held.items) if not item.is_anchor] == [8]
    assert "anchor_drifted" in held.items[2].flags
    # The drifted item pulls the sample's mean towards itself; without it the mean of 0 is found again.
    assert abs(mean) < abs(held.figures["groups"][0]["mean"])


def test_the_last_anchor_of_a_module_stays_whatever_it_shows() -> None:
    responses, before = drifting()
    items = [CHOICE, CHOICE, TaskItem(option_count=4, key=0, module="IU02"), *[CHOICE] * 6]
    found = run(responses, items, before, holds_anchors=True, drops_drifted=True)
    assert found.items[2].is_anchor
    assert {"code": "drifted_anchors_kept", "data": {"anchors": 1}} in found.warnings
