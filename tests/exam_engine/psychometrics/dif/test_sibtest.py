import numpy as np
import pytest
from scipy.special import expit

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.dif import DifError, sibtest_dif, standardization_dif
from tests.exam_engine.psychometrics.dif.simulated import (
    CROSSING_SIBTEST,
    GROUPS,
    SIBTEST,
    WITH_DIF,
    simulated_responses,
)


def test_beta_its_error_and_the_chi_square_equal_those_of_mirt() -> None:
    result = sibtest_dif(simulated_responses(), GROUPS, reference="R", focal="F")

    for name, (beta, error, statistic) in SIBTEST.items():
        place = result.item_names.index(name)
        assert result.effect[place] == pytest.approx(beta, rel=1e-10)
        assert result.standard_error[place] == pytest.approx(error, rel=1e-10)
        assert result.statistic[place] == pytest.approx(statistic, rel=1e-10)


def test_the_crossing_test_equals_that_of_mirt() -> None:
    result = sibtest_dif(simulated_responses(), GROUPS, reference="R", focal="F", crossing=True)

    for name, (beta, statistic, df) in CROSSING_SIBTEST.items():
        place = result.item_names.index(name)
        assert result.effect[place] == pytest.approx(beta, rel=1e-10)
        assert result.statistic[place] == pytest.approx(statistic, rel=1e-10)
        assert result.df[place] == df
    assert result.favoured[result.item_names.index("Item_17")] == "crossing"
    assert result.favoured[result.item_names.index("Item_11")] == "reference"


def test_the_unrounded_crossing_score_lies_where_the_simulated_curves_cross() -> None:
    result = sibtest_dif(
        simulated_responses(), GROUPS, reference="R", focal="F", crossing=True, crossing_rule="regression"
    )

    # The curves of item 17 cross at ability 0, where a candidate has about half of the 19 points of the other items.
    place = result.item_names.index("Item_17")
    assert 8.0 < result.details["crossing_score"][place] < 13.0
    assert result.p[place] < 1e-4


def test_without_correction_beta_is_the_standardised_difference_at_the_inner_rest_scores() -> None:
    rng = np.random.default_rng(41)
    ability = rng.normal(size=3000)
    scores = (rng.random((3000, 6)) < expit(ability[:, None])).astype(np.int64)
    groups = rng.choice(["a", "b"], 3000)
    rest = scores[:, 1:].sum(axis=1).astype(np.float64)
    inner = (rest > 0.0) & (rest < 5.0)

    result = sibtest_dif(
        ResponseMatrix.from_array(scores),
        groups,
        reference="a",
        focal="b",
        correction=False,
        stratum_weights="focal",
    )
    standardised = standardization_dif(
        ResponseMatrix.from_array(scores[inner]), groups[inner], reference="a", focal="b", matching=rest[inner]
    )

    assert result.effect[0] == pytest.approx(-standardised.effect[0], rel=1e-12)


def test_a_bundle_of_items_adds_up_their_differences() -> None:
    result = sibtest_dif(
        simulated_responses(),
        GROUPS,
        reference="R",
        focal="F",
        bundles={"hard for F": ["Item_3", "Item_11"], "fair": ["Item_2", "Item_8", "Item_18"]},
    )

    assert result.item_names == ("hard for F", "fair")
    assert result.effect[0] == pytest.approx(0.2, abs=0.06)
    assert result.classes == ("C", "A")
    assert result.p[1] > 0.05


def test_purification_leaves_the_simulated_items_out_of_the_matching_score() -> None:
    result = sibtest_dif(simulated_responses(), GROUPS, reference="R", focal="F", purify=True)

    assert result.purification is not None
    assert result.purification.flagged[-1] == WITH_DIF
    assert set(result.anchors).isdisjoint(WITH_DIF)


def test_the_correction_removes_the_false_difference_of_groups_of_unequal_ability() -> None:
    rng = np.random.default_rng(21)
    difficulty = np.linspace(-1.5, 1.5, 15)
    groups = np.repeat(["a", "b"], 3000)
    ability = rng.normal(size=6000) - 1.0 * (groups == "b")
    scores = (rng.random((6000, 15)) < expit(1.6 * (ability[:, None] - difficulty))).astype(np.int64)
    responses = ResponseMatrix.from_array(scores)

    corrected = sibtest_dif(responses, groups, reference="a", focal="b")
    raw = sibtest_dif(responses, groups, reference="a", focal="b", correction=False)

    assert np.abs(corrected.effect.mean()) < 0.01
    assert raw.effect.mean() > 0.02


def test_repeated_candidates_are_weights() -> None:
    rng = np.random.default_rng(31)
    ability = rng.normal(size=400)
    scores = np.digitize(ability[:, None] + rng.logistic(size=(400, 6)), [-0.5, 0.7])
    groups, times = rng.choice(["a", "b"], 400), rng.integers(1, 3, 400)

    weighted = sibtest_dif(ResponseMatrix.from_array(scores, weights=times), groups, reference="a", focal="b")
    repeated = sibtest_dif(
        ResponseMatrix.from_array(np.repeat(scores, times, axis=0)),
        np.repeat(groups, times),
        reference="a",
        focal="b",
    )

    np.testing.assert_allclose(weighted.statistic, repeated.statistic, rtol=1e-9)
    np.testing.assert_allclose(weighted.effect, repeated.effect, rtol=1e-9)


def test_candidates_who_did_not_see_all_anchors_are_left_out_and_counted() -> None:
    responses = simulated_responses()
    scores = responses.scores.copy()
    scores[:100, 5] = -1
    thinned = ResponseMatrix.from_array(scores, responses.item_names)

    result = sibtest_dif(thinned, GROUPS, reference="R", focal="F")
    without = sibtest_dif(
        ResponseMatrix.from_array(responses.scores[100:], responses.item_names), GROUPS[100:], reference="R", focal="F"
    )

    assert "rows_dropped" in result.flags[0]
    assert result.n_reference[0] == 900
    np.testing.assert_allclose(result.statistic, without.statistic, rtol=1e-12)


def test_anchors_nobody_of_a_group_saw_are_refused() -> None:
    scores = np.array([[1, 0, -1], [0, 1, -1], [1, -1, 1], [0, -1, 0]])

    with pytest.raises(DifError) as caught:
        sibtest_dif(ResponseMatrix.from_array(scores), ["a", "a", "b", "b"], reference="a", focal="b")

    assert caught.value.code == "dif.booklets_differ"


def test_groups_too_small_for_any_matching_score_are_flagged() -> None:
    rng = np.random.default_rng(1)
    responses = ResponseMatrix.from_array(rng.integers(0, 2, (8, 5)))

    result = sibtest_dif(responses, ["a", "b"] * 4, reference="a", focal="b")

    assert np.isnan(result.statistic).all()
    assert all("not_estimable" in flags for flags in result.flags)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"crossing_rule": "visual"}, "dif.option"),
        ({"minimum_count": 0}, "dif.option"),
        ({"bundles": {}}, "dif.option"),
        ({"bundles": {"none": []}}, "dif.option"),
        ({"bundles": {"one": ["item_1"]}, "purify": True}, "dif.option"),
        ({"bundles": {"one": ["item_9"]}}, "dif.unknown_item"),
    ],
)
def test_options_that_make_no_test_are_refused(options: dict[str, object], code: str) -> None:
    responses = ResponseMatrix.from_array([[0, 1, 1], [1, 0, 1]])

    with pytest.raises(DifError) as caught:
        sibtest_dif(responses, ["a", "b"], reference="a", focal="b", **options)  # type: ignore[arg-type]

    assert caught.value.code == code
