import numpy as np
import pytest

from exam_engine.psychometrics.equating import (
    EquatingError,
    EquatingTable,
    ScoreDistribution,
    equipercentile_equating,
    equivalent_groups,
    irt_true_score_equating,
    postsmooth,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from tests.exam_engine.psychometrics.equating.printed_scores import ACT_X, ACT_X_PERCENTILE_RANKS, ACT_Y


def table() -> EquatingTable:
    return equipercentile_equating(
        equivalent_groups(ScoreDistribution.from_frequencies(ACT_X), ScoreDistribution.from_frequencies(ACT_Y))
    )


SERVED = np.flatnonzero((np.array(ACT_X_PERCENTILE_RANKS) >= 0.5) & (np.array(ACT_X_PERCENTILE_RANKS) <= 99.5))


@pytest.mark.parametrize("smoothing", [0.05, 0.2, 0.75])
def test_the_curve_is_as_far_from_the_equivalents_as_asked(smoothing: float) -> None:
    raw, smooth = table(), postsmooth(table(), smoothing=smoothing)
    z = ((smooth.equivalents - raw.equivalents) / raw.standard_errors)[SERVED]
    assert (z**2).mean() == pytest.approx(smoothing, rel=1e-5)


def test_more_smoothing_gives_a_straighter_curve() -> None:
    bends = [
        float((np.diff(postsmooth(table(), smoothing=smoothing).equivalents[SERVED], n=2) ** 2).sum())
        for smoothing in (0.0, 0.05, 0.3, 1.0)
    ]
    assert bends == sorted(bends, reverse=True)
    assert bends[-1] < 0.05 * bends[0]


def test_no_smoothing_changes_nothing_in_the_range() -> None:
    np.testing.assert_allclose(
        postsmooth(table(), smoothing=0.0).equivalents[SERVED], table().equivalents[SERVED], atol=1e-9
    )


def test_a_straight_line_is_left_when_the_errors_allow_it() -> None:
    smooth = postsmooth(table(), smoothing=1000.0)
    np.testing.assert_allclose(np.diff(smooth.equivalents[SERVED], n=2), 0.0, atol=1e-9)


def test_outside_the_range_lines_lead_half_a_score_beyond_both_scales() -> None:
    smooth = postsmooth(table(), smoothing=0.2)
    first, last = SERVED[0], SERVED[-1]
    slope = (smooth.equivalents[first] + 0.5) / (first + 0.5)
    np.testing.assert_allclose(smooth.equivalents[:first], -0.5 + slope * (np.arange(first) + 0.5))
    slope = (40.5 - smooth.equivalents[last]) / (40.5 - last)
    np.testing.assert_allclose(
        smooth.equivalents[last + 1 :], 40.5 - slope * (40.5 - np.arange(last + 1, 41)), atol=1e-12
    )
    assert smooth.increasing


def test_what_cannot_be_smoothed_is_refused() -> None:
    with pytest.raises(EquatingError) as caught:
        postsmooth(table(), smoothing=-0.1)
    assert caught.value.code == "bad_weight"
    with pytest.raises(EquatingError) as caught:
        postsmooth(table(), smoothing=0.1, percentile_range=(50.0, 50.0))
    assert caught.value.code == "bad_weight"
    with pytest.raises(EquatingError) as caught:
        postsmooth(table(), smoothing=0.1, percentile_range=(45.0, 55.0))
    assert caught.value.code == "bad_frequencies"
    items = ItemParameters.dichotomous(["a", "b"], 1.0, 0.0)
    with pytest.raises(EquatingError) as caught:
        postsmooth(irt_true_score_equating(items, items), smoothing=0.1)
    assert caught.value.code == "design_differs"
