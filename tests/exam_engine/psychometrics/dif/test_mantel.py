import numpy as np
import pytest

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.dif import DifError, mantel_dif, mantel_haenszel_dif
from tests.exam_engine.psychometrics.dif.simulated import GROUPS, simulated_responses
from tests.exam_engine.psychometrics.dif.tables import ARTHRITIS, stratified_responses


def test_the_arthritis_trial_gives_its_published_statistics() -> None:
    responses, groups, stratum = stratified_responses(ARTHRITIS)

    mantel = mantel_dif(responses, groups, reference="reference", focal="focal", matching=stratum)
    generalized = mantel_dif(
        responses, groups, reference="reference", focal="focal", matching=stratum, statistic="generalized"
    )

    # SAS: row mean scores differ 14.6319 (1 df), general association 14.6323 (2 df).
    assert (mantel.statistic[0], mantel.df[0]) == (pytest.approx(14.6319, abs=1e-4), 1)
    assert (generalized.statistic[0], generalized.df[0]) == (pytest.approx(14.6323, abs=1e-4), 2)


def test_for_two_scores_all_are_mantel_haenszels() -> None:
    responses = simulated_responses()
    binary = mantel_haenszel_dif(responses, GROUPS, reference="R", focal="F", continuity_correction=False)

    mantel = mantel_dif(responses, GROUPS, reference="R", focal="F")
    generalized = mantel_dif(responses, GROUPS, reference="R", focal="F", statistic="generalized")

    np.testing.assert_allclose(mantel.statistic, binary.statistic, rtol=1e-9)
    np.testing.assert_allclose(generalized.statistic, binary.statistic, rtol=1e-9)
    np.testing.assert_allclose(mantel.details["liu_agresti_log_odds"], np.log(binary.details["alpha"]), atol=1e-12)
    # Both standard errors estimate the same quantity; with 2000 candidates they are close.
    np.testing.assert_allclose(
        mantel.details["liu_agresti_standard_error"], binary.details["log_alpha_standard_error"], rtol=0.02
    )


def test_liu_agresti_counts_concordant_against_discordant_cuts() -> None:
    table = np.array([[[3, 2, 4], [5, 1, 2]], [[1, 4, 2], [2, 2, 3]]], dtype=np.float64)
    responses, groups, stratum = stratified_responses(table)

    result = mantel_dif(responses, groups, reference="reference", focal="focal", matching=stratum)

    above = below = 0.0
    for reference, focal in table:
        total = reference.sum() + focal.sum()
        for cut in (1, 2):
            above += reference[cut:].sum() * focal[:cut].sum() / total
            below += reference[:cut].sum() * focal[cut:].sum() / total
    assert result.details["liu_agresti_log_odds"][0] == pytest.approx(np.log(above / below), rel=1e-12)


def test_liu_agrestis_standard_error_is_the_spread_over_samples_in_small_strata() -> None:
    # 40 strata of 3 + 3 candidates from proportional odds with log odds ratio 0.5.
    rng = np.random.default_rng(11)
    difficulty = rng.normal(size=40)
    estimates, errors = [], []
    for _ in range(300):
        shift = np.array([0.5, 0.0])
        latent = rng.logistic(size=(40, 2, 3)) + difficulty[:, None, None] + shift[:, None]
        score = np.digitize(latent, [-1.0, 0.0, 1.0])
        table = np.stack([(score == k).sum(axis=2) for k in range(4)], axis=2).astype(np.float64)
        responses, groups, stratum = stratified_responses(table)
        result = mantel_dif(responses, groups, reference="reference", focal="focal", matching=stratum)
        estimates.append(result.details["liu_agresti_log_odds"][0])
        errors.append(result.details["liu_agresti_standard_error"][0])

    assert np.mean(estimates) == pytest.approx(0.5, abs=4 * np.std(estimates) / np.sqrt(300))
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(estimates), rel=0.12)


def test_a_shift_of_an_ordered_item_is_found_and_classed() -> None:
    rng = np.random.default_rng(2)
    ability = rng.normal(size=2000)
    groups = np.repeat(["a", "b"], 1000)
    scores = np.array(
        [
            np.digitize(ability + rng.logistic(size=2000) - 0.8 * (item == 0) * (groups == "b"), [-1.0, 0.0, 1.0])
            for item in range(8)
        ]
    ).T

    result = mantel_dif(ResponseMatrix.from_array(scores), groups, reference="a", focal="b", purify=True)

    assert result.classes == ("C", *"AAAAAAA")
    assert result.favoured[0] == "reference"
    assert "item_1" not in result.anchors
    assert result.details["liu_agresti_log_odds"][0] == pytest.approx(0.8, abs=0.25)


def test_the_generalized_test_sees_a_difference_in_spread_that_mantels_does_not() -> None:
    table = np.array([[[40, 20, 40], [10, 80, 10]]], dtype=np.float64)
    responses, groups, stratum = stratified_responses(table)

    mantel = mantel_dif(responses, groups, reference="reference", focal="focal", matching=stratum)
    generalized = mantel_dif(
        responses, groups, reference="reference", focal="focal", matching=stratum, statistic="generalized"
    )

    assert mantel.statistic[0] == pytest.approx(0.0, abs=1e-20)
    assert generalized.p[0] < 1e-10


def test_scores_nobody_has_do_not_count_as_degrees_of_freedom() -> None:
    table = np.array([[[5, 0, 7], [6, 0, 4]]], dtype=np.float64)
    responses, groups, stratum = stratified_responses(table)

    result = mantel_dif(
        responses, groups, reference="reference", focal="focal", matching=stratum, statistic="generalized"
    )

    assert result.df[0] == 1


def test_an_unknown_statistic_is_refused() -> None:
    responses = ResponseMatrix.from_array([[0, 1], [1, 0]])

    with pytest.raises(DifError, match="none of"):
        mantel_dif(responses, ["a", "b"], reference="a", focal="b", statistic="cox")  # type: ignore[arg-type]


def test_for_matched_pairs_the_odds_ratio_and_its_error_are_mcnemars() -> None:
    # Five pairs in which only the reference candidate is right, three the other way round.
    table = np.array([[[0, 1], [1, 0]]] * 5 + [[[1, 0], [0, 1]]] * 3, dtype=np.float64)
    responses, groups, stratum = stratified_responses(table)

    result = mantel_dif(responses, groups, reference="reference", focal="focal", matching=stratum)

    assert result.details["liu_agresti_log_odds"][0] == pytest.approx(np.log(5 / 3), rel=1e-12)
    assert result.details["liu_agresti_standard_error"][0] == pytest.approx(np.sqrt(1 / 5 + 1 / 3), rel=1e-12)


def test_a_variance_that_the_pairs_cannot_show_is_withheld() -> None:
    # One reference candidate between two focal ones: the pairwise estimate of the variance is 0.
    responses, groups, stratum = stratified_responses(np.array([[[0, 1, 0], [1, 0, 1]]], dtype=np.float64))

    result = mantel_dif(
        responses, groups, reference="reference", focal="focal", matching=stratum, statistic="liu_agresti"
    )

    assert result.details["liu_agresti_log_odds"][0] == 0.0
    assert np.isnan(result.details["liu_agresti_standard_error"][0])
    assert "not_estimable" in result.flags[0]
