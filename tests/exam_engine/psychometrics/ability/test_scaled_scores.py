import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.psychometrics.ability import ScoreScale, ScoringError, ability_at_expected_score, expected_sum_scores
from exam_engine.psychometrics.item_parameters import ItemParameters
from tests.exam_engine.psychometrics.ability import makers


@pytest.mark.parametrize("items", makers.ITEMS_OF_EVERY_MODEL[:5], ids=makers.MODEL_NAMES[:5])
def test_the_characteristic_curve_read_backwards_gives_the_ability_back(items: ItemParameters) -> None:
    theta = np.linspace(-4.0, 4.0, 33)

    np.testing.assert_allclose(ability_at_expected_score(items, expected_sum_scores(items, theta)), theta, atol=1e-8)


def test_equal_items_have_the_closed_form() -> None:
    items = ItemParameters.dichotomous(list("abcde"), 1.3, 0.5, 0.2)

    found = ability_at_expected_score(items, [2.0, 3.0])

    # P = c + (1 − c) σ(a(θ − b)) with P = 2/5 and 3/5.
    share = (np.array([0.4, 0.6]) - 0.2) / 0.8
    np.testing.assert_allclose(found, 0.5 + np.log(share / (1 - share)) / 1.3, atol=1e-10)


def test_scores_that_guessing_gives_have_no_finite_ability() -> None:
    items = ItemParameters.dichotomous(list("abcde"), 1.3, 0.0, 0.2)

    found = ability_at_expected_score(items, [0.0, 1.0, 1.001, 4.999, 5.0])

    assert found[:2].tolist() == [-np.inf, -np.inf]
    assert np.isfinite(found[2:4]).all()
    assert found[4] == np.inf


def test_the_upper_limit_is_what_slips_leave() -> None:
    items = ItemParameters.dichotomous(list("abcde"), 1.3, 0.0, 0.2, 0.9)

    found = ability_at_expected_score(items, [4.499, 4.5, 5.0])

    assert np.isfinite(found[0])
    assert found[1:].tolist() == [np.inf, np.inf]


@pytest.mark.parametrize("score", [-0.1, 5.1, np.nan])
def test_scores_nobody_can_have_are_refused(score: float) -> None:
    with pytest.raises(ScoringError, match="not between 0 and 5") as caught:
        ability_at_expected_score(ItemParameters.dichotomous(list("abcde"), 1.0, 0.0), [score])
    assert caught.value.code == "score_outside"


def test_a_falling_expected_score_is_refused() -> None:
    items = ItemParameters.dichotomous(list("ab"), [1.0, -2.0], [0.0, 1.0])
    with pytest.raises(ScoringError, match="does not grow") as caught:
        ability_at_expected_score(items, [1.0])
    assert caught.value.code == "not_increasing"


def test_a_scale_through_two_points_has_both_and_its_ends() -> None:
    scale = ScoreScale.through((0.37, 500.0), (-1.0, 400.0), lowest=200, highest=800)

    assert scale.score([0.37, -1.0, -np.inf, np.inf, -9.0]).tolist() == [500.0, 400.0, 200.0, 800.0, 200.0]
    assert scale.standard_error(0.137) == pytest.approx(10.0)
    assert ScoreScale(**scale.to_dict()) == scale  # type: ignore[arg-type]  # one table of numbers for all fields


def test_halves_are_rounded_up() -> None:
    scale = ScoreScale(slope=1.0, intercept=0.0)

    assert scale.score([0.5, 1.5, 2.5, -0.5, 2.499]).tolist() == [1.0, 2.0, 3.0, 0.0, 2.0]
    assert ScoreScale(slope=1.0, intercept=0.0, decimals=1).score(0.25) == 0.3


def test_no_estimate_has_no_score() -> None:
    assert np.isnan(ScoreScale(slope=1.0, intercept=0.0).score([np.nan])).all()


def test_an_infinite_ability_needs_an_end_of_the_scale() -> None:
    with pytest.raises(ScoringError, match="lowest and highest") as caught:
        ScoreScale(slope=10.0, intercept=50.0, lowest=0.0).score([np.inf])
    assert caught.value.code == "not_finite"


@pytest.mark.parametrize(
    ("slope", "lowest", "highest"), [(0.0, None, None), (-1.0, None, None), (np.nan, None, None), (1.0, 5.0, 5.0)]
)
def test_a_scale_that_could_reverse_candidates_is_refused(
    slope: float, lowest: float | None, highest: float | None
) -> None:
    with pytest.raises(ScoringError) as caught:
        ScoreScale(slope=slope, intercept=0.0, lowest=lowest, highest=highest)
    assert caught.value.code == "bad_scale"


def test_two_points_at_one_ability_make_no_scale() -> None:
    with pytest.raises(ScoringError, match="same ability") as caught:
        ScoreScale.through((1.0, 400.0), (1.0, 500.0))
    assert caught.value.code == "bad_scale"


@given(st.lists(st.floats(-10.0, 10.0), min_size=2, max_size=20))
def test_greater_ability_never_has_a_lower_score(theta: list[float]) -> None:
    scale = ScoreScale(slope=37.5, intercept=512.0, lowest=300.0, highest=700.0)

    assert (np.diff(scale.score(sorted(theta))) >= 0.0).all()
