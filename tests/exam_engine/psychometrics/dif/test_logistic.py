import numpy as np
import pytest
from scipy.special import xlogy

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.dif import DifError, logistic_dif
from tests.exam_engine.psychometrics.dif.simulated import GROUPS, LOGISTIC_BOTH, simulated_responses
from tests.exam_engine.psychometrics.dif.tables import ARTHRITIS, MIGRAINE, stratified_responses


def test_the_likelihood_ratio_equals_that_of_difr() -> None:
    result = logistic_dif(simulated_responses(), GROUPS, reference="R", focal="F")

    np.testing.assert_allclose(result.statistic, LOGISTIC_BOTH, atol=1e-9)
    assert set(result.df.tolist()) == {2.0}


def test_with_two_matching_values_the_larger_model_is_saturated() -> None:
    responses, groups, stratum = stratified_responses(MIGRAINE)

    result = logistic_dif(responses, groups, reference="reference", focal="focal", matching=stratum)

    # G² of group given stratum: both models fit their margins exactly.
    size, pooled = MIGRAINE.sum(axis=2), MIGRAINE.sum(axis=1)
    expected = pooled[:, None, :] * (size / size.sum(axis=1, keepdims=True))[:, :, None]
    assert result.statistic[0] == pytest.approx(2 * xlogy(MIGRAINE, MIGRAINE / expected).sum(), rel=1e-9)
    log_odds = np.log(MIGRAINE[:, :, 1] / MIGRAINE[:, :, 0])
    difference = log_odds[:, 1] - log_odds[:, 0]
    share = MIGRAINE.sum(axis=(1, 2)) / MIGRAINE.sum()
    assert result.details["product"][0] == pytest.approx(difference[1] - difference[0], rel=1e-7)
    assert result.details["group"][0] == pytest.approx(share @ difference, rel=1e-7)


def test_both_parts_of_the_likelihood_ratio_add_up() -> None:
    responses = simulated_responses()
    both, uniform, nonuniform = (
        logistic_dif(responses, GROUPS, reference="R", focal="F", hypothesis=hypothesis)
        for hypothesis in ("both", "uniform", "nonuniform")
    )

    np.testing.assert_allclose(uniform.statistic + nonuniform.statistic, both.statistic, atol=1e-8)
    np.testing.assert_allclose(uniform.effect + nonuniform.effect, both.effect, atol=1e-12)


@pytest.mark.parametrize("hypothesis", ["both", "uniform", "nonuniform"])
def test_walds_test_is_near_the_likelihood_ratio_in_a_large_sample(hypothesis: str) -> None:
    responses = simulated_responses()
    wald, ratio = (
        logistic_dif(responses, GROUPS, reference="R", focal="F", hypothesis=hypothesis, test=test)  # type: ignore[arg-type]
        for test in ("wald", "likelihood_ratio")
    )

    np.testing.assert_allclose(wald.statistic, ratio.statistic, rtol=0.05, atol=0.05)
    if hypothesis != "both":
        name = {"uniform": "group", "nonuniform": "product"}[hypothesis]
        z = wald.details[name] / wald.details[f"{name}_standard_error"]
        np.testing.assert_allclose(z**2, wald.statistic, rtol=1e-8)


def test_uniform_and_crossing_differences_are_named() -> None:
    result = logistic_dif(simulated_responses(), GROUPS, reference="R", focal="F", purify=True)

    named = dict(zip(result.item_names, result.favoured, strict=True))
    assert named["Item_11"] == "reference"
    assert named["Item_17"] == "crossing"
    assert result.details["product"][result.item_names.index("Item_17")] < 0.0


def test_the_order_of_rows_and_repeated_candidates_do_not_matter() -> None:
    rng = np.random.default_rng(8)
    scores, groups = rng.integers(0, 3, (150, 4)), rng.choice(["a", "b"], 150)
    times = rng.integers(1, 4, 150)
    order = rng.permutation(int(times.sum()))

    weighted = logistic_dif(ResponseMatrix.from_array(scores, weights=times), groups, reference="a", focal="b")
    repeated = logistic_dif(
        ResponseMatrix.from_array(np.repeat(scores, times, axis=0)[order]),
        np.repeat(groups, times)[order],
        reference="a",
        focal="b",
    )

    np.testing.assert_allclose(weighted.statistic, repeated.statistic, atol=1e-8)
    np.testing.assert_allclose(weighted.effect, repeated.effect, atol=1e-10)


def test_reversing_an_ordered_score_turns_the_groups_advantage_round() -> None:
    responses, groups, stratum = stratified_responses(ARTHRITIS)
    reversed_responses, reversed_groups, reversed_stratum = stratified_responses(ARTHRITIS[:, :, ::-1])

    one = logistic_dif(responses, groups, reference="reference", focal="focal", matching=stratum, hypothesis="uniform")
    other = logistic_dif(
        reversed_responses,
        reversed_groups,
        reference="reference",
        focal="focal",
        matching=reversed_stratum,
        hypothesis="uniform",
    )

    assert one.statistic[0] == pytest.approx(other.statistic[0], rel=1e-9)
    assert one.details["group"][0] == pytest.approx(-other.details["group"][0], rel=1e-6)


# Both groups see two matching values; R² of the group alone decides the class. Jodoin & Gierl put the bounds of B and
# C at .035 and .070, Zumbo & Thomas at .13 and .26.
@pytest.mark.parametrize(
    ("shift", "jodoin_gierl", "zumbo_thomas"), [(15, "A", "A"), (20, "B", "A"), (27, "C", "A"), (38, "C", "B")]
)
def test_classes_follow_the_bounds_chosen(shift: int, jodoin_gierl: str, zumbo_thomas: str) -> None:
    table = np.array([[[100 - shift, 100 + shift], [100 + shift, 100 - shift]]] * 2, dtype=np.float64)
    responses, groups, stratum = stratified_responses(table)

    for bounds, expected in (("jodoin_gierl", jodoin_gierl), ("zumbo_thomas", zumbo_thomas)):
        result = logistic_dif(
            responses,
            groups,
            reference="reference",
            focal="focal",
            matching=stratum,
            bounds=bounds,  # type: ignore[arg-type]
        )
        assert result.classes == (expected,), (bounds, result.effect)


def test_a_group_without_a_wrong_answer_is_flagged_and_walds_test_withheld() -> None:
    table = np.array([[[20, 20], [0, 30]], [[10, 30], [0, 30]]], dtype=np.float64)
    responses, groups, stratum = stratified_responses(table)

    ratio = logistic_dif(
        responses, groups, reference="reference", focal="focal", matching=stratum, hypothesis="uniform"
    )
    wald = logistic_dif(
        responses, groups, reference="reference", focal="focal", matching=stratum, hypothesis="uniform", test="wald"
    )

    assert "separation" in ratio.flags[0]
    assert ratio.p[0] < 1e-6
    assert np.isnan(wald.statistic[0])
    assert "not_estimable" in wald.flags[0]


def test_scores_on_different_anchors_are_refused_and_abilities_accepted() -> None:
    rng = np.random.default_rng(9)
    ability = rng.normal(size=800)
    scores = (rng.random((800, 6)) < 1 / (1 + np.exp(-ability[:, None]))).astype(np.int64)
    scores[:400, 4:], scores[400:, 2:4] = -1, -1
    responses, groups = ResponseMatrix.from_array(scores), np.tile(["a", "b"], 400)

    with pytest.raises(DifError, match="ability") as caught:
        logistic_dif(responses, groups, reference="a", focal="b")
    assert caught.value.code == "dif.booklets_differ"

    result = logistic_dif(responses, groups, reference="a", focal="b", matching=ability)
    assert np.isfinite(result.p).all()
    assert result.n_reference.tolist() == [400, 400, 200, 200, 200, 200]
    assert np.isfinite(logistic_dif(responses, groups, reference="a", focal="b", matching="proportion").p).all()


def test_an_item_of_one_score_is_flagged_not_estimated() -> None:
    rng = np.random.default_rng(1)
    scores = rng.integers(0, 2, (100, 4))
    scores[:, 0] = 0

    result = logistic_dif(ResponseMatrix.from_array(scores), ["a", "b"] * 50, reference="a", focal="b")

    assert np.isnan(result.statistic[0])
    assert "not_estimable" in result.flags[0]
    assert result.classes[0] is None


@pytest.mark.parametrize("option", [{"hypothesis": "any"}, {"test": "score"}, {"bounds": "cohen"}])
def test_unknown_options_are_refused(option: dict[str, str]) -> None:
    responses = ResponseMatrix.from_array([[0, 1], [1, 0]])

    with pytest.raises(DifError) as caught:
        logistic_dif(responses, ["a", "b"], reference="a", focal="b", **option)  # type: ignore[arg-type]
    assert caught.value.code == "dif.option"
