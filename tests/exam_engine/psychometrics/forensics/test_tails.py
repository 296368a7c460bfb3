"""Upper tails of sums of unequal events."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from exam_engine.psychometrics.forensics import poisson_binomial_tail


def test_equal_probabilities_give_the_binomial_tail() -> None:
    at_least = np.arange(31)
    tails = poisson_binomial_tail(np.full((31, 30), 0.3), at_least)

    np.testing.assert_allclose(tails, binom.sf(at_least - 1, 30, 0.3), rtol=1e-12)


def test_smallest_tails_keep_their_precision() -> None:
    assert poisson_binomial_tail(np.full((1, 40), 1e-3), np.array([40]))[0] == pytest.approx(1e-120, rel=1e-10)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8), st.integers(-1, 9))
def test_tail_is_the_sum_over_all_outcomes(probabilities: list[float], at_least: int) -> None:
    by_hand = sum(
        np.prod([p if hit else 1.0 - p for p, hit in zip(probabilities, outcome, strict=True)])
        for outcome in itertools.product((0, 1), repeat=len(probabilities))
        if sum(outcome) >= at_least
    )

    tail = poisson_binomial_tail(np.array([probabilities]), np.array([at_least]))
    assert tail[0] == pytest.approx(by_hand, abs=1e-12)


def test_an_impossible_probability_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        poisson_binomial_tail(np.array([[1.2]]), np.array([1]))
