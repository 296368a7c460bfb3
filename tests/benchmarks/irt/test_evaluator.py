"""The judge of the comparison is itself judged: by published fits, by the library's curves, by differences."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

from benchmarks.irt.cases import Case, as_item_parameters, simulate
from benchmarks.irt.evaluator import (
    NODES,
    Estimates,
    category_log_probabilities,
    evaluate,
)
from exam_engine.psychometrics.response_functions import category_log_probabilities as library_log_probabilities
from tests.exam_engine.psychometrics.published import (
    LSAT6_A,
    LSAT6_B,
    LSAT6_LOG_LIKELIHOOD,
    LSAT6_PATTERNS,
    expanded_responses,
)

CASES = (
    Case(key="2PL", title="", seed=1, model="2PL", n_candidates=400, n_items=6, n_presented=4),
    Case(key="3PL", title="", seed=2, model="3PL", n_candidates=400, n_items=6, guessing_prior=(5.0, 17.0)),
    Case(key="GRM", title="", seed=3, model="GRM", n_candidates=400, n_items=4),
    Case(key="GPCM", title="", seed=4, model="GPCM", n_candidates=400, n_items=4),
)


def test_published_estimates_reach_the_published_log_likelihood_and_leave_no_rise() -> None:
    judged = evaluate(
        expanded_responses(LSAT6_PATTERNS).scores, Estimates("2PL", LSAT6_A, LSAT6_B[:, None], np.zeros(5))
    )
    assert judged.log_likelihood == pytest.approx(LSAT6_LOG_LIKELIHOOD, abs=1e-6)
    assert judged.rise_left < 1e-6
    assert max(judged.step_a, judged.step_b) < 1e-3


def test_the_distance_to_the_maximum_is_about_how_far_the_estimates_were_moved_away() -> None:
    scores = expanded_responses(LSAT6_PATTERNS).scores
    moved = LSAT6_A.copy()
    moved[2] += 0.02
    judged = evaluate(scores, Estimates("2PL", moved, LSAT6_B[:, None], np.zeros(5)))
    assert judged.step_a == pytest.approx(0.02, rel=0.2)
    assert judged.rise_left == pytest.approx(LSAT6_LOG_LIKELIHOOD - judged.log_likelihood, rel=0.2)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_formulas_agree_with_the_library_that_they_judge(case: Case) -> None:
    _, truth = simulate(case)
    expected = library_log_probabilities(NODES, as_item_parameters(truth))
    np.testing.assert_allclose(category_log_probabilities(truth), np.transpose(expected, (2, 1, 0)), rtol=1e-9)


def test_the_gradient_in_the_lower_asymptote_has_the_prior_in_it() -> None:
    scores, truth = simulate(CASES[1])
    judged = evaluate(scores, truth, (5.0, 17.0))
    step = 1e-5
    slopes = []
    for item in range(truth.c.size):
        ahead, behind = (
            evaluate(scores, replace(truth, c=truth.c + by * (np.arange(truth.c.size) == item)), (5.0, 17.0)).objective
            for by in (step, -step)
        )
        slopes.append((ahead - behind) / (2 * step))
    assert judged.max_gradient_c == pytest.approx(np.abs(slopes).max(), rel=1e-6)


@pytest.mark.parametrize(("model", "highest"), [("2PL", 1), ("3PL", 1), ("GRM", 4), ("GPCM", 4)])
def test_simulated_scores_use_every_category(model: Literal["2PL", "3PL", "GRM", "GPCM"], highest: int) -> None:
    case = next(case for case in CASES if case.model == model)
    scores, _ = simulate(case)
    assert set(np.unique(scores)) == set(range(-1 if case.n_presented else 0, highest + 1))


def test_each_candidate_of_a_booklet_design_sees_as_many_items_as_stated() -> None:
    scores, _ = simulate(CASES[0])
    assert set((scores >= 0).sum(axis=1)) == {4}
