import numpy as np
import pytest
from scipy.special import expit

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.calibration import CalibrationSettings, calibrate
from exam_engine.psychometrics.dif import DifError, likelihood_ratio_dif
from exam_engine.psychometrics.item_parameters import ItemModel
from tests.exam_engine.psychometrics.dif.simulated import (
    ANCHORS,
    GROUPS,
    ITEMS,
    LIKELIHOOD_RATIO_ALL_OTHERS,
    LIKELIHOOD_RATIO_ANCHORED,
    simulated_responses,
)


def _columns(*names: str) -> ResponseMatrix:
    responses = simulated_responses()
    return ResponseMatrix.from_array(responses.scores[:, [ITEMS.index(name) for name in names]], names)


def test_the_ratios_against_all_other_items_equal_those_of_mirt() -> None:
    items = ["Item_1", "Item_3", "Item_11", "Item_16", "Item_17"]

    result = likelihood_ratio_dif(simulated_responses(), GROUPS, reference="R", focal="F", items=items)

    for item in items:
        place = ITEMS.index(item)
        assert result.statistic[place] == pytest.approx(LIKELIHOOD_RATIO_ALL_OTHERS[item], abs=1e-3)
        assert result.df[place] == 2
    assert np.isnan(result.statistic[ITEMS.index("Item_2")])
    assert result.flags[ITEMS.index("Item_2")] == ()


def test_the_ratios_against_given_anchors_equal_those_of_mirt() -> None:
    items = ["Item_3", "Item_7", "Item_11", "Item_17"]

    result = likelihood_ratio_dif(simulated_responses(), GROUPS, reference="R", focal="F", anchors=ANCHORS, items=items)

    for item in items:
        assert result.statistic[ITEMS.index(item)] == pytest.approx(LIKELIHOOD_RATIO_ANCHORED[item], abs=1e-3)
    assert result.anchors == ANCHORS
    assert result.favoured[ITEMS.index("Item_11")] == "reference"
    assert result.classes[ITEMS.index("Item_11")] == "C"


def test_which_group_is_called_the_reference_does_not_matter() -> None:
    responses = _columns("Item_3", "Item_8", "Item_12", "Item_17", "Item_18")
    items = ["Item_3", "Item_17"]
    one = likelihood_ratio_dif(responses, GROUPS, reference="R", focal="F", items=items)
    other = likelihood_ratio_dif(responses, GROUPS, reference="F", focal="R", items=items)

    # The abilities of the other group lie elsewhere on the nodes, which is all that may differ.
    np.testing.assert_allclose(one.statistic[[0, 3]], other.statistic[[0, 3]], atol=1e-3)
    assert one.favoured[0] == "reference"
    assert other.favoured[0] == "focal"


def test_the_parts_for_intercepts_and_slopes_add_up() -> None:
    responses = _columns("Item_3", "Item_8", "Item_12", "Item_17", "Item_18")
    both, uniform, nonuniform = (
        likelihood_ratio_dif(
            responses,
            GROUPS,
            reference="R",
            focal="F",
            items=["Item_3"],
            hypothesis=hypothesis,
        )
        for hypothesis in ("both", "uniform", "nonuniform")
    )

    assert uniform.df[0] == nonuniform.df[0] == 1
    assert uniform.statistic[0] + nonuniform.statistic[0] == pytest.approx(both.statistic[0], abs=1e-5)
    assert uniform.statistic[0] > 9.0 > 4.0 > nonuniform.statistic[0]


def test_the_parts_with_given_anchors_add_up_too() -> None:
    responses = _columns("Item_1", "Item_2", "Item_4", "Item_17", "Item_18")
    both, uniform, nonuniform = (
        likelihood_ratio_dif(
            responses,
            GROUPS,
            reference="R",
            focal="F",
            anchors=["Item_1", "Item_2", "Item_4"],
            items=["Item_17"],
            hypothesis=hypothesis,
        )
        for hypothesis in ("both", "uniform", "nonuniform")
    )

    assert uniform.statistic[3] + nonuniform.statistic[3] == pytest.approx(both.statistic[3], abs=1e-5)


def test_purification_frees_the_item_with_dif() -> None:
    responses = _columns("Item_2", "Item_8", "Item_11", "Item_12", "Item_18")

    result = likelihood_ratio_dif(responses, GROUPS, reference="R", focal="F", purify=True, level=0.01)

    assert result.purification is not None
    assert result.purification.settled
    assert result.purification.flagged[-1] == ("Item_11",)


def test_graded_items_are_tested_in_all_their_parameters() -> None:
    rng = np.random.default_rng(14)
    groups = np.repeat(["a", "b"], 500)
    ability = rng.normal(size=1000) + 0.5 * (groups == "b")
    harder = 0.9 * (groups == "b")
    scores = np.array(
        [np.digitize(1.5 * ability + rng.logistic(size=1000) - harder * (j == 0), [-1.0, 1.0]) for j in range(5)]
    ).T

    result = likelihood_ratio_dif(
        ResponseMatrix.from_array(scores),
        groups,
        reference="a",
        focal="b",
        settings=CalibrationSettings(model="GRM"),
        items=["item_1", "item_2"],
    )

    assert result.df[:2].tolist() == [3, 3]
    assert result.p[0] < 1e-4 < 0.01 < result.p[1]
    # 0.9 lower on the logit scale of a slope of 1.5: 0.9 times the mean slope of the expected score.
    focal = rng.normal(0.5, 1.0, 200_000)
    expected = sum((expit(1.5 * focal - cut - 0.9) - expit(1.5 * focal - cut)).mean() for cut in (-1.0, 1.0))
    assert result.effect[0] == pytest.approx(expected, abs=0.12)


def test_an_item_that_one_group_did_not_see_is_left_out_and_flagged() -> None:
    responses = _columns("Item_1", "Item_2", "Item_3", "Item_8")
    scores = responses.scores.copy()
    scores[GROUPS == "F", 1] = -1
    part = ResponseMatrix.from_array(scores, responses.item_names)

    result = likelihood_ratio_dif(part, GROUPS, reference="R", focal="F", items=["Item_2", "Item_3"])

    assert result.flags[1][0] == "not_estimable"
    assert "scores_differ" in result.flags[1]
    assert np.isnan(result.statistic[1])
    without = likelihood_ratio_dif(
        _columns("Item_1", "Item_3", "Item_8"), GROUPS, reference="R", focal="F", items=["Item_3"]
    )
    assert result.statistic[2] == pytest.approx(without.statistic[1], abs=1e-9)


def test_the_log_likelihood_is_that_of_the_model_with_two_columns_for_the_item() -> None:
    responses = _columns("Item_1", "Item_2", "Item_3", "Item_8")
    result = likelihood_ratio_dif(responses, GROUPS, reference="R", focal="F", items=["Item_3"])

    scores = np.column_stack([responses.scores, responses.scores[:, 2]])
    scores[GROUPS == "F", 2] = -1
    scores[GROUPS == "R", 4] = -1
    fit = calibrate(ResponseMatrix.from_array(scores), CalibrationSettings(reference_group="R"), groups=GROUPS)
    assert result.details["log_likelihood"][2] == pytest.approx(fit.log_likelihood, abs=1e-6)


def test_progress_is_told_item_by_item() -> None:
    told: list[tuple[int, int]] = []

    likelihood_ratio_dif(
        _columns("Item_1", "Item_2", "Item_3", "Item_8"),
        GROUPS,
        reference="R",
        focal="F",
        items=["Item_2", "Item_3"],
        progress=lambda done, of: told.append((done, of)),
    )

    assert told == [(1, 2), (2, 2)]


def test_slopes_that_cannot_be_held_alone_are_refused() -> None:
    with pytest.raises(DifError, match=r"'Item_1'.*3PL") as caught:
        likelihood_ratio_dif(
            simulated_responses(),
            GROUPS,
            reference="R",
            focal="F",
            settings=CalibrationSettings(model="3PL"),
            hypothesis="uniform",
        )

    assert caught.value.code == "dif.option"


def test_without_an_anchor_nothing_links_the_groups() -> None:
    responses = _columns("Item_1", "Item_2", "Item_3", "Item_8")

    with pytest.raises(DifError) as caught:
        likelihood_ratio_dif(responses, GROUPS, reference="R", focal="F", anchors=[])
    assert caught.value.code == "dif.no_anchors"

    only = likelihood_ratio_dif(
        responses, GROUPS, reference="R", focal="F", anchors=["Item_1"], items=["Item_1", "Item_3"]
    )
    assert np.isnan(only.statistic[0])
    assert np.isfinite(only.statistic[2])


@pytest.mark.parametrize(("model", "df"), [("2PL", 2), ("1PL", 1), ("Rasch", 1)])
def test_the_degrees_of_freedom_are_the_parameters_of_the_item(model: ItemModel, df: int) -> None:
    result = likelihood_ratio_dif(
        _columns("Item_1", "Item_2", "Item_3", "Item_8"),
        GROUPS,
        reference="R",
        focal="F",
        settings=CalibrationSettings(model=model),
        items=["Item_3"],
    )

    assert result.df[2] == df
    assert result.p[2] < 0.05


def test_partial_credit_items_have_their_slopes_held_alone_too() -> None:
    rng = np.random.default_rng(15)
    groups = np.repeat(["a", "b"], 400)
    ability = rng.normal(size=800)
    scores = np.array([np.digitize(1.2 * ability + rng.logistic(size=800), [-1.0, 1.0]) for _ in range(5)]).T
    both, uniform, nonuniform = (
        likelihood_ratio_dif(
            ResponseMatrix.from_array(scores),
            groups,
            reference="a",
            focal="b",
            settings=CalibrationSettings(model="GPCM"),
            items=["item_1"],
            hypothesis=hypothesis,
        )
        for hypothesis in ("both", "uniform", "nonuniform")
    )

    assert (both.df[0], uniform.df[0], nonuniform.df[0]) == (3, 2, 1)
    assert uniform.statistic[0] + nonuniform.statistic[0] == pytest.approx(both.statistic[0], abs=1e-5)
