import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.classical import ClassicalDataError, coefficient_alpha, spearman_brown, split_half


def matrix(seed: int, n_items: int, n_candidates: int = 60) -> ResponseMatrix:
    rng = np.random.default_rng(seed)
    return ResponseMatrix.from_array(
        (rng.normal(size=(n_candidates, 1)) + rng.normal(size=(n_candidates, n_items)) > 0).astype(int)
    )


def test_odd_even_and_first_last_correlate_the_halves_they_name() -> None:
    responses = matrix(1, 6)
    scores = responses.scores.astype(float)
    for method, first in (("odd_even", [0, 2, 4]), ("first_last", [0, 1, 2])):
        one = scores[:, first].sum(axis=1)
        other = scores.sum(axis=1) - one

        found = split_half(responses, method)  # type: ignore[arg-type]

        r = np.corrcoef(one, other)[0, 1]
        assert found.correlation == pytest.approx(r)
        assert found.spearman_brown == pytest.approx(2 * r / (1 + r))
        assert found.rulon == pytest.approx(1 - np.var(one - other) / np.var(one + other))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 1000), st.sampled_from([4, 6, 8]))
def test_alpha_is_the_mean_of_rulons_coefficient_over_all_splits(seed: int, n_items: int) -> None:
    responses = matrix(seed, n_items)

    found = split_half(responses, "all")

    assert found.n_splits == {4: 3, 6: 10, 8: 35}[n_items]
    assert found.rulon == pytest.approx(coefficient_alpha(responses).alpha, rel=1e-10)
    assert found.rulon_min <= found.rulon <= found.rulon_max


def test_random_splits_approach_all_splits() -> None:
    responses = matrix(2, 8)
    everything = split_half(responses, "all")

    drawn = split_half(responses, "random", n_splits=4000, rng=np.random.default_rng(3))

    assert drawn.spearman_brown == pytest.approx(everything.spearman_brown, abs=4 * drawn.rulon_sd / 4000**0.5)
    assert drawn.rulon_max == pytest.approx(everything.rulon_max)


def test_halves_of_unequal_length_are_stepped_up_as_parts_of_parallel_pieces() -> None:
    # Five parallel items with variance 1 and covariance ρ: Horst's formula finds the reliability of the whole exactly.
    rho = 0.3
    rng = np.random.default_rng(4)
    noise = rng.normal(size=(5000, 5))
    noise -= noise.mean(axis=0)
    white = noise @ np.linalg.inv(np.linalg.cholesky(np.cov(noise.T))).T
    scores = white @ np.linalg.cholesky(np.full((5, 5), rho) + (1 - rho) * np.eye(5)).T
    coarse = np.clip(np.round(60 + 12 * scores), 0, 120)

    found = split_half(ResponseMatrix.from_array(coarse), "odd_even")

    assert found.spearman_brown == pytest.approx(spearman_brown(rho, 5), abs=2e-3)
    assert found.correlation < found.spearman_brown


def test_doubling_a_test_follows_the_textbook() -> None:
    assert spearman_brown(0.6, 2) == pytest.approx(0.75)
    assert spearman_brown(0.75, 0.5) == pytest.approx(0.6)
    with pytest.raises(ValueError, match="does not exist"):
        spearman_brown(0.6, 0)


def test_perfectly_alike_halves_have_reliability_one() -> None:
    table = np.array([[1, 1, 1, 1], [0, 0, 0, 0], [1, 1, 0, 0]])
    assert split_half(ResponseMatrix.from_array(table)).spearman_brown == pytest.approx(1.0)


def test_too_many_splits_and_constant_halves_are_refused() -> None:
    with pytest.raises(ClassicalDataError, match="22 items have 352716 splits") as error:
        split_half(matrix(5, 22), "all")
    assert error.value.code == "too_many_splits"
    with pytest.raises(ClassicalDataError, match="a half do not vary"):
        split_half(ResponseMatrix.from_array([[1, 0], [1, 1]]))
    with pytest.raises(ValueError, match="need rng"):
        split_half(matrix(5, 4), "random")
