import numpy as np
import pytest

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.calibration import CalibrationSettings, calibrate
from exam_engine.psychometrics.dif import DifError, likelihood_ratio_dif, wald_dif
from exam_engine.psychometrics.item_parameters import ItemModel
from tests.exam_engine.psychometrics.dif.simulated import (
    ANCHORS,
    GROUPS,
    ITEMS,
    WALD_ANCHORED,
    simulated_responses,
)


def test_with_anchors_the_statistics_equal_those_of_mirt() -> None:
    result = wald_dif(simulated_responses(), GROUPS, reference="F", focal="R", anchors=ANCHORS)

    tested = [ITEMS.index(name) for name in WALD_ANCHORED]
    # The covariances of both programs are numerical derivatives' work; 2e-3 is what they leave.
    np.testing.assert_allclose(result.statistic[tested], list(WALD_ANCHORED.values()), rtol=2e-3, atol=2e-4)
    assert np.isnan(result.statistic[[ITEMS.index(name) for name in ANCHORS]]).all()


def test_two_stages_are_two_calibrations_joined_by_the_mean_and_spread_of_a_joint_one() -> None:
    responses = simulated_responses()
    joint = calibrate(responses, CalibrationSettings(reference_group="R"), groups=GROUPS)
    mean, sd = joint.groups[1].mean, joint.groups[1].sd
    parts = []
    for name in ("R", "F"):
        fit = calibrate(ResponseMatrix.from_array(responses.scores[name == GROUPS], ITEMS))
        assert fit.covariance is not None
        rows = fit.positions("Item_17", ["a", "d1"])
        place = ITEMS.index("Item_17")
        parts.append((np.array([fit.items.a[place], fit.items.d[place, 0]]), fit.covariance[np.ix_(rows, rows)]))
    # θ = sd θ* + mean: a = a*/sd and d = d* − a* mean/sd.
    moved: FloatArray = np.array([[1.0 / sd, 0.0], [-mean / sd, 1.0]])
    difference = moved @ parts[1][0] - parts[0][0]
    covariance = moved @ parts[1][1] @ moved.T + parts[0][1]

    result = wald_dif(responses, GROUPS, reference="R", focal="F")

    place = ITEMS.index("Item_17")
    assert result.statistic[place] == pytest.approx(difference @ np.linalg.solve(covariance, difference), rel=1e-5)
    assert result.details["nonuniform"][place] == pytest.approx(difference[0] ** 2 / covariance[0, 0], rel=1e-5)
    assert result.df[place] == 2
    assert result.details["nonuniform_df"][place] == result.details["uniform_df"][place] == 1


def test_the_parts_tell_a_shift_from_a_change_of_slope() -> None:
    result = wald_dif(simulated_responses(), GROUPS, reference="R", focal="F", anchors=ANCHORS)

    shifted, flatter = ITEMS.index("Item_11"), ITEMS.index("Item_17")
    assert result.details["uniform"][shifted] > 20.0 > 4.0 > result.details["nonuniform"][shifted]
    assert result.details["nonuniform"][flatter] > 15.0
    np.testing.assert_allclose(
        (result.details["uniform"] + result.details["nonuniform"])[6:], result.statistic[6:], rtol=1e-12
    )


def test_walds_test_is_near_the_likelihood_ratio() -> None:
    items = ["Item_3", "Item_11", "Item_14"]
    wald = wald_dif(simulated_responses(), GROUPS, reference="F", focal="R", anchors=ANCHORS)
    ratio = likelihood_ratio_dif(simulated_responses(), GROUPS, reference="F", focal="R", anchors=ANCHORS, items=items)

    places = [ITEMS.index(item) for item in items]
    np.testing.assert_allclose(wald.statistic[places], ratio.statistic[places], rtol=0.08)
    np.testing.assert_allclose(wald.effect[places], ratio.effect[places], atol=0.02)
    assert [wald.favoured[place] for place in places] == [ratio.favoured[place] for place in places]


@pytest.mark.parametrize("anchors", [None, ANCHORS])
def test_with_one_slope_for_all_only_the_difficulties_are_tested(anchors: tuple[str, ...] | None) -> None:
    one_pl, rasch = (
        wald_dif(
            simulated_responses(),
            GROUPS,
            reference="R",
            focal="F",
            anchors=anchors,
            settings=CalibrationSettings(model=model),
        )
        for model in ("1PL", "Rasch")
    )

    place = ITEMS.index("Item_11")
    assert one_pl.df[place] == rasch.df[place] == 1
    assert one_pl.details["nonuniform_df"][place] == 0
    # With anchors both are one model in two scalings; in two stages the unit is fixed in different places.
    tolerance = 1e-4 if anchors else 0.05
    assert one_pl.statistic[place] == pytest.approx(rasch.statistic[place], rel=tolerance)


def test_an_item_with_one_score_in_a_group_is_left_out_and_flagged() -> None:
    responses = simulated_responses()
    scores = responses.scores[:, :6].copy()
    scores[GROUPS == "F", 4] = 1

    result = wald_dif(ResponseMatrix.from_array(scores), GROUPS, reference="R", focal="F")

    assert "not_estimable" in result.flags[4]
    assert np.isnan(result.statistic[4])
    assert np.isfinite(np.delete(result.statistic, 4)).all()


def test_anchors_and_standard_errors_are_needed() -> None:
    with pytest.raises(DifError) as caught:
        wald_dif(simulated_responses(), GROUPS, reference="R", focal="F", anchors=[])
    assert caught.value.code == "dif.no_anchors"

    with pytest.raises(DifError) as caught:
        wald_dif(
            simulated_responses(),
            GROUPS,
            reference="R",
            focal="F",
            settings=CalibrationSettings(standard_errors="none"),
        )
    assert caught.value.code == "dif.no_covariance"


@pytest.mark.parametrize("anchors", [None, ["item_1", "item_2", "item_3"]])
@pytest.mark.parametrize(
    ("model", "df", "nonuniform_df"), [("GRM", 4, 1), ("GPCM", 4, 1), ("PCM", 3, 0), ("RSM", 1, 0), ("NRM", 6, 3)]
)
def test_the_degrees_of_freedom_are_what_the_model_lets_the_item_have(
    model: ItemModel, df: int, nonuniform_df: int, anchors: list[str] | None
) -> None:
    rng = np.random.default_rng(16)
    ability = rng.normal(size=800)
    scores = np.array([np.digitize(1.2 * ability + rng.logistic(size=800), [-1.0, 0.0, 1.0]) for _ in range(5)]).T
    responses = ResponseMatrix.from_array(scores)

    result = wald_dif(
        responses,
        np.tile(["a", "b"], 400),
        reference="a",
        focal="b",
        anchors=anchors,
        settings=CalibrationSettings(model=model),
    )

    assert (result.df[4], result.details["nonuniform_df"][4]) == (df, nonuniform_df)
    assert result.p[4] > 1e-4


def test_a_guessing_level_that_went_to_its_bound_in_one_group_is_not_tested() -> None:
    responses = simulated_responses()
    part = ResponseMatrix.from_array(responses.scores[:, [0, 1, 2, 7, 10, 11, 17]])

    result = wald_dif(part, GROUPS, reference="R", focal="F", settings=CalibrationSettings(model="3PL"))

    # Simulated without guessing: some estimates end at 0 and have no sampling error there.
    assert set(result.df.tolist()) == {2.0, 3.0}
    assert np.isfinite(result.statistic).all()


def test_without_an_item_to_test_it_is_refused() -> None:
    with pytest.raises(DifError) as caught:
        wald_dif(simulated_responses(), GROUPS, reference="R", focal="F", anchors=ITEMS)
    assert caught.value.code == "dif.option"

    with pytest.raises(DifError) as caught:
        likelihood_ratio_dif(simulated_responses(), GROUPS, reference="R", focal="F", anchors=ITEMS)
    assert caught.value.code == "dif.option"
