"""Probabilities of options."""

import numpy as np
import pytest

from exam_engine.psychometrics.forensics import NO_OPTION, fit_options
from exam_engine.psychometrics.response_functions import category_probabilities
from tests.exam_engine.psychometrics.forensics.sittings import honest_sitting


def test_options_sum_to_one_and_the_key_follows_its_curve() -> None:
    sitting = honest_sitting(1)
    model = fit_options(sitting.chosen, sitting.right, sitting.n_options, sitting.theta, sitting.truth.items)
    p = model.probabilities(np.array([-2.0, 0.0, 1.5]))

    np.testing.assert_allclose(p.sum(axis=2), 1.0)
    curves = category_probabilities(np.array([-2.0, 0.0, 1.5]), sitting.truth.items)[:, :, 1]
    np.testing.assert_allclose(p[:, np.arange(40), sitting.right], curves)


def test_shares_of_distractors_are_found_again() -> None:
    sitting = honest_sitting(2, candidates=4000)
    model = fit_options(sitting.chosen, sitting.right, sitting.n_options, sitting.theta, sitting.truth.items)

    wrong = (sitting.chosen != sitting.right).sum(axis=0)
    assert len(model.shares) == 4
    # Errors of shares of 3 × 40 × 4 options from some hundred wrong answers each; the ablest quarter has the fewest.
    error = np.abs(model.shares - sitting.truth.shares)
    assert error[0, wrong > 1500].max() < 4.5 * np.sqrt(0.25 / 400)
    assert error.mean() < 0.03


def test_a_small_sitting_has_one_group_and_no_impossible_option() -> None:
    sitting = honest_sitting(3, candidates=40)
    model = fit_options(sitting.chosen, sitting.right, sitting.n_options, sitting.theta, sitting.truth.items)

    assert model.cuts.size == 0
    assert (model.probabilities(sitting.theta) > 0.0).all()


def test_gaps_stay_gaps_in_drawn_answers() -> None:
    sitting = honest_sitting(4, candidates=50)
    gaps = sitting.chosen.copy()
    gaps[:, 3] = NO_OPTION

    drawn = sitting.truth.draw(np.random.default_rng(0), sitting.theta, gaps)
    assert (drawn[:, 3] == NO_OPTION).all()
    assert (drawn[:, :3] >= 0).all()


def test_an_option_that_is_not_there_is_refused() -> None:
    sitting = honest_sitting(5, candidates=50)
    with pytest.raises(ValueError, match="places of options"):
        fit_options(sitting.chosen, sitting.right, sitting.n_options - 1, sitting.theta, sitting.truth.items)
