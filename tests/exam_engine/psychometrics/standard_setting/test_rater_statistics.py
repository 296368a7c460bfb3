import numpy as np
import pytest

from exam_engine.psychometrics.standard_setting.rater_statistics import judge_statistics, rater_agreement

# Shrout & Fleiss (1979), Psychological Bulletin 86, table 2: six targets rated by four judges; table 4 has the results.
SHROUT_FLEISS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]).T / 1.0


def test_intraclass_correlations_are_those_of_shrout_and_fleiss() -> None:
    found = rater_agreement(SHROUT_FLEISS, np.full(6, 10.0))

    assert found.single_agreement == pytest.approx(0.29, abs=0.005)
    assert found.panel_agreement == pytest.approx(0.62, abs=0.005)
    assert found.single_consistency == pytest.approx(0.71, abs=0.005)
    assert found.panel_consistency == pytest.approx(0.91, abs=0.005)


def test_variance_components_reproduce_the_published_mean_squares() -> None:
    # The same article's table 3: between targets 11.24, between judges 32.49, residual 1.02.
    found = rater_agreement(SHROUT_FLEISS, np.full(6, 10.0))

    assert found.residual_variance == pytest.approx(1.02, abs=0.005)
    assert found.item_variance == pytest.approx((11.24 - 1.02) / 4, abs=0.005)
    assert found.judge_variance == pytest.approx((32.49 - 1.02) / 6, abs=0.005)


def test_with_items_fixed_the_error_is_that_of_the_mean_of_the_judges_cuts() -> None:
    cuts = SHROUT_FLEISS.sum(axis=1)

    found = rater_agreement(SHROUT_FLEISS, np.full(6, 10.0))

    assert found.se_fixed_items == pytest.approx(cuts.std(ddof=1) / 2)
    assert found.se_random_items > found.se_fixed_items


def test_components_of_a_simulated_panel_are_recovered() -> None:
    rng = np.random.default_rng(1)
    ratings = 5 + rng.normal(0, 0.5, (300, 1)) + rng.normal(0, 1.0, (1, 400)) + rng.normal(0, 0.8, (300, 400))

    found = rater_agreement(ratings, np.full(400, 10.0))

    assert found.judge_variance == pytest.approx(0.25, rel=0.2)
    assert found.item_variance == pytest.approx(1.0, rel=0.2)
    assert found.residual_variance == pytest.approx(0.64, rel=0.02)


def test_a_single_judge_has_no_agreement() -> None:
    assert np.isnan(rater_agreement(np.array([[0.5, 0.6]]), np.ones(2)).single_agreement)
    (alone,) = judge_statistics(("ann",), np.array([[0.5, 0.6]]), np.ones(2))
    assert np.isnan(alone.severity)
    assert alone.flags == ()


def test_severity_is_the_distance_to_the_other_judges() -> None:
    ratings = np.array([[0.5, 0.6], [0.6, 0.8], [0.7, 0.7]])

    found = judge_statistics(("ann", "bob", "eve"), ratings, np.ones(2))

    assert [judge.severity for judge in found] == pytest.approx([-0.3, 0.15, 0.15])


def test_an_outlying_judge_is_called_severe_and_the_error_rate_is_kept() -> None:
    rng = np.random.default_rng(2)
    names = tuple(f"judge {place}" for place in range(8))
    flagged = 0
    for _ in range(400):
        ratings = rng.normal(0.6, 0.05, (8, 1)) + np.linspace(-0.1, 0.1, 20)
        flagged += any(
            {"severe", "lenient"} & set(judge.flags) for judge in judge_statistics(names, ratings, np.ones(20))
        )
    # Bonferroni keeps the chance that an alike panel has any flag near 5 %.
    assert flagged / 400 == pytest.approx(0.05, abs=0.035)

    ratings = np.linspace(0.58, 0.62, 8)[:, None] + np.linspace(-0.1, 0.1, 20)
    ratings[3] += 0.2
    found = judge_statistics(names, ratings, np.ones(20))
    assert [judge.flags for judge in found] == [("severe",) if place == 3 else () for place in range(8)]


def test_a_judge_who_orders_items_otherwise_or_not_at_all_is_flagged() -> None:
    up = np.linspace(0.3, 0.9, 7)
    ratings = np.array([up, up + 0.01, up - 0.02, up[::-1], np.full(7, 0.61)])

    found = judge_statistics(("ann", "bob", "kim", "eve", "joe"), ratings, np.ones(7), difficulty=up, conditional=up)

    assert [judge.flags for judge in found] == [(), (), (), ("disagrees_with_panel",), ("same_rating_everywhere",)]
    assert [judge.difficulty_correlation for judge in found[:4]] == pytest.approx([1.0, 1.0, 1.0, -1.0])
    assert found[1].conditional_rmse == pytest.approx(0.01)
    assert found[0].conditional_correlation == pytest.approx(1.0)


def test_two_judges_have_severities_but_no_outlier_test() -> None:
    found = judge_statistics(("ann", "bob"), np.array([[0.1, 0.2], [0.8, 0.9]]), np.ones(2))

    assert np.isnan(found[0].severity_p)
    assert found[0].flags == ()


def test_judges_with_equal_cuts_give_nothing_to_test_the_other_against() -> None:
    found = judge_statistics(("ann", "bob", "eve"), np.array([[0.5, 0.6], [0.6, 0.5], [0.7, 0.9]]), np.ones(2))

    assert found[2].severity == pytest.approx(0.5)
    assert np.isnan(found[2].severity_p)
    assert found[2].flags == ()


def test_rounding_in_the_mean_of_the_others_makes_no_correlation() -> None:
    # The others' ratings cancel to a constant but for the last bits.
    up = np.linspace(0.3, 0.9, 7)
    found = judge_statistics(("ann", "bob", "eve"), np.array([up, up[::-1], up + 0.05]), np.ones(7))

    assert np.isnan(found[2].panel_correlation)
