import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.dif import DifError, mantel_haenszel_dif
from tests.exam_engine.psychometrics.dif.simulated import (
    COMMON_ODDS_RATIO,
    GROUPS,
    MANTEL_HAENSZEL,
    WITH_DIF,
    simulated_responses,
)
from tests.exam_engine.psychometrics.dif.tables import ADMISSIONS, MIGRAINE, stratified_responses


def test_statistic_and_odds_ratio_equal_those_of_difr() -> None:
    result = mantel_haenszel_dif(simulated_responses(), GROUPS, reference="R", focal="F")

    np.testing.assert_allclose(result.statistic, MANTEL_HAENSZEL, rtol=1e-10)
    np.testing.assert_allclose(result.details["alpha"], COMMON_ODDS_RATIO, rtol=1e-10)
    np.testing.assert_allclose(result.effect, -2.35 * np.log(COMMON_ODDS_RATIO), atol=1e-10)


@pytest.mark.parametrize(
    ("table", "correction", "statistic", "odds_ratio", "interval"),
    [
        (ADMISSIONS, True, 1.4269, 0.9046968, (0.7719074, 1.0603298)),
        (ADMISSIONS, False, 1.5246, 0.9046968, (0.7719074, 1.0603298)),
        (MIGRAINE, False, 8.3052, 3.3132, (1.4456, 7.5934)),
    ],
)
def test_published_tables_give_their_published_results(
    table: np.ndarray, correction: bool, statistic: float, odds_ratio: float, interval: tuple[float, float]
) -> None:
    responses, groups, stratum = stratified_responses(table)

    result = mantel_haenszel_dif(
        responses,
        groups,
        reference="reference",
        focal="focal",
        matching=stratum,
        continuity_correction=correction,
    )

    half_width = norm.ppf(0.975) * result.details["log_alpha_standard_error"][0]
    bounds = result.details["alpha"][0] * np.exp([-half_width, half_width])
    assert result.statistic[0] == pytest.approx(statistic, abs=1e-4)
    assert result.details["alpha"][0] == pytest.approx(odds_ratio, abs=1e-4)
    assert bounds == pytest.approx(interval, abs=1e-4)


def test_purification_finds_the_items_with_dif_and_matches_on_the_others() -> None:
    result = mantel_haenszel_dif(simulated_responses(), GROUPS, reference="R", focal="F", purify=True)

    assert result.purification is not None
    assert result.purification.settled
    assert result.purification.flagged[-1] == WITH_DIF
    assert set(result.anchors).isdisjoint(WITH_DIF)
    again = mantel_haenszel_dif(simulated_responses(), GROUPS, reference="R", focal="F", anchors=result.anchors)
    np.testing.assert_array_equal(again.statistic, result.statistic)


def test_the_largest_simulated_difference_is_large_and_against_the_focal_group() -> None:
    result = mantel_haenszel_dif(simulated_responses(), GROUPS, reference="R", focal="F")

    place = result.item_names.index("Item_11")
    assert (result.classes[place], result.favoured[place]) == ("C", "reference")
    assert result.effect[place] < -1.5


# One stratum, where the odds ratio is ad / bc and everything about the class can be worked out by hand. With n of each
# group and half of the reference group right, delta = -2.35 ln(n_wrong / n_right) of the focal group.
@pytest.mark.parametrize(
    ("focal_right", "n_each", "expected"),
    [
        (0.5, 1000, "A"),  # no difference
        (0.39, 1000, "B"),  # |delta| = 1.05, significant
        (0.40, 1000, "A"),  # |delta| = 0.95
        (0.30, 40, "A"),  # |delta| = 1.99, not significant
        (0.34, 1000, "C"),  # |delta| = 1.56, 95 % bound 1.20
        (0.34, 100, "B"),  # |delta| = 1.56, not significantly above 1
        (0.35, 1000, "B"),  # |delta| = 1.45
    ],
)
def test_ets_classes_change_at_their_boundaries(focal_right: float, n_each: int, expected: str) -> None:
    right = round(focal_right * n_each)
    table = np.array([[[n_each / 2, n_each / 2], [n_each - right, right]]])
    responses, groups, stratum = stratified_responses(table)

    result = mantel_haenszel_dif(responses, groups, reference="reference", focal="focal", matching=stratum)

    assert result.classes == (expected,)


def test_candidates_are_compared_only_with_candidates_who_saw_the_same_anchors() -> None:
    # Two booklets with one common item: the sums over strata are the sums over both booklets' strata.
    rng = np.random.default_rng(5)
    scores = rng.integers(0, 2, (600, 7))
    first, second = scores[:300].copy(), scores[300:].copy()
    first[:, 4:], second[:, 1:4] = -1, -1
    groups = rng.choice(["a", "b"], 600)
    both = ResponseMatrix.from_array(np.vstack([first, second]))

    result = mantel_haenszel_dif(both, groups, reference="a", focal="b", continuity_correction=False)

    def parts(rows: slice) -> tuple[float, float]:
        own = np.vstack([first, second])[rows]
        total = np.where(own >= 0, own, 0).sum(axis=1)
        focal = groups[rows] == "b"
        deviation = variance = 0.0
        for value in np.unique(total):
            at = total == value
            n, m, r = at.sum(), own[at, 0].sum(), (at & ~focal).sum()
            if n > 1:
                deviation += own[at & ~focal, 0].sum() - r * m / n
                variance += r * (n - r) * m * (n - m) / (n**2 * (n - 1))
        return deviation, variance

    pieces = np.array([parts(slice(0, 300)), parts(slice(300, 600))]).sum(axis=0)
    assert result.statistic[0] == pytest.approx(pieces[0] ** 2 / pieces[1], rel=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_exchanging_the_groups_turns_the_effect_round(seed: int) -> None:
    rng = np.random.default_rng(seed)
    responses = ResponseMatrix.from_array(rng.integers(0, 2, (200, 5)))
    groups = rng.choice(["a", "b"], 200)

    one = mantel_haenszel_dif(responses, groups, reference="a", focal="b")
    other = mantel_haenszel_dif(responses, groups, reference="b", focal="a")

    np.testing.assert_allclose(one.effect, -other.effect, atol=1e-12)
    np.testing.assert_allclose(one.statistic, other.statistic, rtol=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_a_weight_of_two_is_the_same_candidate_twice_in_any_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores, groups = rng.integers(-1, 2, (80, 4)), rng.choice(["a", "b"], 80)
    twice = rng.integers(1, 3, 80)
    weighted = ResponseMatrix.from_array(scores, weights=twice)
    order = rng.permutation(int(twice.sum()))
    repeated = ResponseMatrix.from_array(np.repeat(scores, twice, axis=0)[order])

    one = mantel_haenszel_dif(weighted, groups, reference="a", focal="b")
    other = mantel_haenszel_dif(repeated, np.repeat(groups, twice)[order], reference="a", focal="b")

    np.testing.assert_allclose(one.statistic, other.statistic, rtol=1e-9)
    np.testing.assert_allclose(one.standard_error, other.standard_error, rtol=1e-9)


def test_an_item_everybody_answers_right_is_flagged_not_estimated() -> None:
    rng = np.random.default_rng(3)
    scores = rng.integers(0, 2, (600, 5))
    scores[:, 2] = 1

    result = mantel_haenszel_dif(
        ResponseMatrix.from_array(scores), rng.choice(["a", "b"], 600), reference="a", focal="b"
    )

    assert np.isnan(result.p[2])
    assert result.classes[2] is None
    assert result.flags[2] == ("not_estimable",)
    assert result.to_dict()["items"][2]["p"] is None


@pytest.mark.parametrize(("n_focal", "flagged"), [(199, True), (200, False)])
def test_small_groups_are_flagged(n_focal: int, flagged: bool) -> None:
    rng = np.random.default_rng(4)
    responses = ResponseMatrix.from_array(rng.integers(0, 2, (400 + n_focal, 5)))

    result = mantel_haenszel_dif(responses, ["a"] * 400 + ["b"] * n_focal, reference="a", focal="b")

    assert ("small_sample" in result.flags[0]) is flagged


@pytest.mark.parametrize(("n_apart", "flagged"), [(21, True), (20, False)])
def test_groups_that_share_few_scores_are_flagged(n_apart: int, flagged: bool) -> None:
    # 20 candidates of each group have score 2; the others of a group have a score that the other group has not.
    shared = np.repeat([[1, 1, 0, 0], [0, 0, 1, 1]], 10, axis=0)
    high, low = np.tile([1, 1, 1, 0], (n_apart, 1)), np.tile([0, 0, 0, 1], (n_apart, 1))
    groups = ["a"] * (20 + n_apart) + ["b"] * (20 + n_apart)

    result = mantel_haenszel_dif(
        ResponseMatrix.from_array(np.vstack([shared, high, shared, low])), groups, reference="a", focal="b"
    )

    assert ("few_matched" in result.flags[0]) is flagged
    assert result.details["matched_share"][0] == pytest.approx(40 / (40 + 2 * n_apart))


def test_polytomous_items_are_sent_to_mantels_test() -> None:
    responses = ResponseMatrix.from_array([[0, 2], [1, 1]], ["q1", "q2"])

    with pytest.raises(DifError, match=r"'q2'.*mantel_dif") as caught:
        mantel_haenszel_dif(responses, ["a", "b"], reference="a", focal="b")

    assert caught.value.code == "dif.polytomous"
