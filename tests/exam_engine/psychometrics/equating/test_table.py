import json

import numpy as np
import pytest

from exam_engine.psychometrics.equating import (
    EquatingError,
    EquatingTable,
    ScoreDistribution,
    bootstrap_equating,
    equivalent_groups,
    linear_equating,
)


def made(equivalents: list[float]) -> EquatingTable:
    n = len(equivalents)
    return EquatingTable(
        method="by hand",
        x_scores=np.arange(n, dtype=np.float64),
        equivalents=np.array(equivalents),
        standard_errors=np.array([0.1] * (n - 1) + [np.nan]),
        y_lowest=0.0,
        y_highest=3.0,
        parameters={"slope": np.nan},
    )


def test_halves_are_rounded_up_and_equivalents_cut_to_the_range() -> None:
    table = made([-0.7, 0.5, 1.49999, 2.5, 3.8])
    np.testing.assert_array_equal(table.rounded(), [0.0, 1.0, 1.0, 3.0, 3.0])
    np.testing.assert_array_equal(table.rounded(within_range=False), [-1.0, 1.0, 1.0, 3.0, 4.0])
    np.testing.assert_allclose(made([0.25, 1.349]).rounded(1), [0.3, 1.3])


def test_scores_between_those_of_the_table_lie_on_the_line_between() -> None:
    table = made([-0.7, 0.5, 1.5, 2.5, 3.8])
    np.testing.assert_allclose(table.apply([0.5, 2.25]), [0.0, 1.75])
    np.testing.assert_allclose(table.apply([0.5, 4.0], within_range=False), [-0.1, 3.8])
    for outside in (-0.1, 4.1, np.nan):
        with pytest.raises(EquatingError) as caught:
            table.apply([1.0, outside])
        assert caught.value.code == "score_outside"


def test_rows_say_what_was_cut_and_what_is_not_known() -> None:
    rows = made([-0.7, 0.5, 3.8]).rows()
    assert [row["cut_to_range"] for row in rows] == [True, False, True]
    assert [row["rounded"] for row in rows] == [0.0, 1.0, 3.0]
    assert rows[-1]["standard_error"] is None
    written = json.loads(json.dumps(made([0.0, 1.0]).to_dict(), allow_nan=False))
    assert written["parameters"] == {"slope": None}
    assert written["increasing"] is True


def test_a_table_that_does_not_rise_says_so() -> None:
    assert made([0.0, 0.5, 0.6]).increasing
    assert not made([0.0, 0.5, 0.5]).increasing


def test_linear_equating_keeps_the_first_two_moments_exactly() -> None:
    design = equivalent_groups(
        ScoreDistribution.from_frequencies([3, 6, 9, 5]), ScoreDistribution.from_frequencies([2, 7, 8, 8, 3])
    )
    errors = linear_equating(design).percent_relative_errors(3)
    np.testing.assert_allclose(errors[:2], 0.0, atol=1e-10)
    assert abs(errors[2]) > 1e-3
    with pytest.raises(EquatingError) as caught:
        made([0.0, 1.0]).percent_relative_errors()
    assert caught.value.code == "design_differs"


def test_the_bootstrap_repeats_with_its_seed_and_needs_samples_of_a_size() -> None:
    samples = [
        ScoreDistribution.from_frequencies([30, 60, 90, 50]),
        ScoreDistribution.from_frequencies([20, 70, 80, 8]),
    ]

    def equate(x: ScoreDistribution, y: ScoreDistribution) -> EquatingTable:
        return linear_equating(equivalent_groups(x, y))

    first, second = (
        bootstrap_equating(samples, equate, n_replications=20, rng=np.random.default_rng(1)) for _ in range(2)
    )
    np.testing.assert_array_equal(first.replications, second.replications)
    assert first.replications.shape == (20, 4)
    with pytest.raises(ValueError, match="at least 2"):
        bootstrap_equating(samples, equate, n_replications=1, rng=np.random.default_rng(1))
    known = ScoreDistribution(scores=np.arange(3.0), probabilities=np.ones(3) / 3, n_candidates=np.inf)
    with pytest.raises(EquatingError) as caught:
        bootstrap_equating([known, samples[1]], equate, rng=np.random.default_rng(1))
    assert caught.value.code == "bad_frequencies"
