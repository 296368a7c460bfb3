"""Counts of departures against the sitting."""

import numpy as np
import pytest
from scipy.stats import binom, poisson

from exam_engine.psychometrics.forensics import CountModel, fit_counts, interruptions


def test_counts_that_spread_no_more_than_poisson_are_poisson() -> None:
    model = fit_counts(np.full(100, 2))

    assert model == CountModel(2.0, np.inf)
    assert model.tail(np.array([0, 3])) == pytest.approx([1.0, poisson.sf(2, 2.0)])


def test_tail_of_the_negative_binomial_by_its_closed_form() -> None:
    # Size 1 is the geometric distribution: P(X ≥ n) = (μ / (1 + μ))ⁿ.
    assert CountModel(3.0, 1.0).tail(np.array([4]))[0] == pytest.approx(0.75**4)


def test_size_is_found_again() -> None:
    counts = np.random.default_rng(1).negative_binomial(2.0, 0.4, 5000)
    model = fit_counts(counts)

    # The cut at 95 % takes a little of mean and spread off.
    assert model.mean == pytest.approx(3.0, rel=0.1)
    assert 1.5 < model.size < 5.0


def test_one_who_leaves_very_often_does_not_hide_behind_the_own_count() -> None:
    counts = np.random.default_rng(2).poisson(1.0, 60)
    counts[0] = 40
    found = interruptions(counts, fit_counts(counts))

    assert found.p[0] < 1e-6
    assert binom.sf((found.p[1:] < 0.01).sum() - 1, 59, 0.01) > 1e-3


def test_a_sitting_in_which_nobody_left_is_no_case() -> None:
    counts = np.zeros(50, dtype=np.intp)
    assert (interruptions(counts, fit_counts(counts)).p == 1.0).all()


def test_no_candidates_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        fit_counts(np.array([], dtype=np.intp))
