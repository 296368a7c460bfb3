"""Data and wishes that cannot be met: a clear error or a flagged result, never a wrong number in silence."""

from typing import Any

import numpy as np
import pytest

from exam_engine.psychometrics import (
    NOT_PRESENTED,
    CalibrationError,
    CalibrationResult,
    CalibrationSettings,
    ItemParameters,
    Prior,
    Priors,
    ResponseDataError,
    ResponseMatrix,
    calibrate,
)
from exam_engine.psychometrics.arrays import ScoreArray
from tests.exam_engine.psychometrics.calibration.models import simulate


def answers(seed: int, n_candidates: int = 300, n_items: int = 6) -> ScoreArray:
    rng = np.random.default_rng(seed)
    items = ItemParameters.dichotomous([str(item) for item in range(n_items)], 1.0, np.linspace(-1.0, 1.0, n_items))
    return simulate(rng, rng.normal(size=n_candidates), items)


def graded_answers(seed: int, n_candidates: int = 600) -> ScoreArray:
    rng = np.random.default_rng(seed)
    items = ItemParameters.polytomous(list("abcde"), "GPCM", 1.0, [[-1.0, 0.0, 1.0]] * 5)
    return simulate(rng, rng.normal(size=n_candidates), items)


def codes(fit: CalibrationResult) -> list[str]:
    return [warning.code for warning in fit.warnings]


def refusal(responses: ResponseMatrix, settings: CalibrationSettings | None = None, **options: Any) -> CalibrationError:
    with pytest.raises(CalibrationError) as caught:
        calibrate(responses, settings, **options)
    return caught.value


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (np.inf, "row 2, column 1"),
        (-np.inf, "row 2, column 1"),
        (0.5, "row 2, column 1"),
        (-2, "row 2"),
        (127, "row 2"),
    ],
)
def test_what_is_no_score_is_refused_with_its_place(value: float, place: str) -> None:
    table = answers(1).astype(np.float64)
    table[1, 0] = value

    with pytest.raises(ResponseDataError, match=place):
        ResponseMatrix.from_array(table)


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan, np.inf])
def test_a_weight_that_counts_for_nothing_is_refused_with_its_row(weight: float) -> None:
    weights = np.ones(300)
    weights[4] = weight

    with pytest.raises(ResponseDataError, match="row 5: weight"):
        ResponseMatrix.from_array(answers(1), weights=weights)


def test_an_item_named_twice_is_refused() -> None:
    with pytest.raises(ResponseDataError, match="'a' occurs more than once"):
        ResponseMatrix.from_array(answers(1), ["a", "b", "c", "d", "e", "a"])


def test_nothing_at_all_is_told_apart_from_nothing_that_varies() -> None:
    unseen = np.full((50, 4), NOT_PRESENTED, dtype=np.int8)

    assert refusal(ResponseMatrix.from_array(unseen)).code == "no_responses"
    assert refusal(ResponseMatrix.from_array(np.ones((50, 4)))).code == "no_responses"
    assert refusal(ResponseMatrix.from_array(np.empty((0, 4)))).code == "no_responses"


@pytest.mark.parametrize(("n_candidates", "is_refused"), [(2, True), (9, True), (10, False)])
def test_fewer_than_ten_candidates_are_refused_and_ten_are_flagged(n_candidates: int, is_refused: bool) -> None:
    scores = np.tile(np.array([[0, 1, 1, 0], [1, 0, 1, 1], [0, 0, 1, 0], [1, 1, 0, 1]], dtype=np.int8), (3, 1))
    responses = ResponseMatrix.from_array(scores[:n_candidates])

    if is_refused:
        error = refusal(responses)
        assert error.code == "too_few_candidates"
        assert error.data == {"candidates": float(n_candidates), "needed": 10}
    else:
        fit = calibrate(responses)
        assert all("few_responses" in flags and "few_right_or_wrong" in flags for flags in fit.flags)


@pytest.mark.parametrize(("model", "least"), [("2PL", 3), ("1PL", 2), ("Rasch", 2)])
def test_too_few_items_that_vary_are_refused(model: str, least: int) -> None:
    scores = answers(2)
    scores[:, least - 1 :] = 1
    settings = CalibrationSettings(model=model)  # type: ignore[arg-type]  # names of models

    error = refusal(ResponseMatrix.from_array(scores), settings)

    assert error.code == "too_few_items"
    assert error.data == {"estimable": least - 1, "needed": least}


def test_items_without_a_maximum_are_left_out_with_the_reason_and_change_nothing() -> None:
    scores = answers(3)
    apart = {"easy": 1, "hard": 0, "unused": NOT_PRESENTED}
    table = np.hstack([scores, np.tile(np.array(list(apart.values()), dtype=np.int8), (300, 1))])
    names = [*(f"q{item}" for item in range(6)), *apart]

    fit, alone = calibrate(ResponseMatrix.from_array(table, names)), calibrate(ResponseMatrix.from_array(scores))

    assert [(item.name, item.reason) for item in fit.excluded] == [
        ("easy", "all_correct"),
        ("hard", "all_wrong"),
        ("unused", "never_presented"),
    ]
    np.testing.assert_allclose(fit.items.a, alone.items.a, atol=1e-9)


def test_one_wrong_answer_is_enough_for_an_item_to_be_estimated_but_flagged() -> None:
    scores = answers(4)
    scores[:, 0] = 1
    scores[5, 0] = 0

    fit = calibrate(ResponseMatrix.from_array(scores))

    assert fit.excluded == ()
    assert "few_right_or_wrong" in fit.flags[0]


@pytest.mark.parametrize("unused", [0, 1, 3])
def test_a_category_that_nobody_used_is_closed_up_and_told(unused: int) -> None:
    scores = graded_answers(5)
    moved = 2 if unused in (1, 3) else 1
    scores[scores[:, 0] == unused, 0] = moved

    fit = calibrate(ResponseMatrix.from_array(scores), CalibrationSettings(model="GPCM"))

    assert fit.items.n_categories.tolist() == [3, 4, 4, 4, 4]
    assert fit.category_scores[0] == tuple(score for score in range(4) if score != unused)
    # Without its highest score an item looks like one with fewer categories: nothing is amiss.
    assert ("category_unused" in fit.flags[0]) == (unused != 3)
    assert all("category_unused" not in flags for flags in fit.flags[1:])


def test_scores_that_start_at_one_are_no_gap() -> None:
    scores = graded_answers(6)

    fit, moved = (
        calibrate(ResponseMatrix.from_array(table), CalibrationSettings(model="GRM")) for table in (scores, scores + 1)
    )

    assert moved.category_scores[0] == (1, 2, 3, 4)
    assert moved.flags == fit.flags
    assert moved.log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-12)


def test_a_right_or_wrong_model_for_an_item_with_more_scores_is_refused_by_name() -> None:
    error = refusal(ResponseMatrix.from_array(graded_answers(7), list("vwxyz")))

    assert error.code == "model_does_not_fit"
    assert error.data == {"item": "v", "categories": 4, "model": "2PL"}


def test_names_that_nobody_has_are_refused() -> None:
    responses = ResponseMatrix.from_array(answers(8))
    groups = ["north", "south"] * 150

    assert refusal(responses, CalibrationSettings(item_models={"q99": "3PL"})).data == {"item": "q99"}
    assert refusal(responses, CalibrationSettings(reference_group="west"), groups=groups).code == "unknown_group"
    assert refusal(responses, groups=groups[:-1]).code == "groups_do_not_fit"


def test_a_score_that_a_fixed_item_does_not_have_is_refused() -> None:
    responses = ResponseMatrix.from_array(graded_answers(9), list("vwxyz"))
    fixed = ItemParameters.polytomous(["w"], "GPCM", [1.0], [[-0.5, 0.5]])

    error = refusal(responses, CalibrationSettings(model="GPCM"), fixed=fixed)

    assert error.code == "score_outside_fixed"
    assert error.data == {"item": "w", "score": 3, "highest": 2}


def test_fixed_items_without_responses_are_left_aside() -> None:
    responses = ResponseMatrix.from_array(answers(10), list("uvwxyz"))
    fixed = ItemParameters.dichotomous(["u", "v", "elsewhere"], 1.0, [-1.0, -0.6, 0.0])

    assert calibrate(responses, fixed=fixed).fixed_items == ("u", "v")


def test_candidates_who_saw_nothing_are_counted_apart() -> None:
    scores = answers(11)
    silent = np.vstack([scores, np.full((7, 6), NOT_PRESENTED, dtype=np.int8)])

    fit = calibrate(ResponseMatrix.from_array(silent))

    assert fit.n_candidates == 300
    assert [(warning.code, dict(warning.data)) for warning in fit.warnings] == [
        ("candidates_without_responses", {"candidates": 7.0})
    ]


@pytest.mark.parametrize(
    ("labels", "row"),
    [
        ([np.nan, *[1.0] * 299], 1),
        (["a", None, *["b"] * 298], 2),
        (["a", "b", float("nan"), *["b"] * 297], 3),
    ],
)
def test_a_candidate_without_a_group_is_refused_by_row(labels: list[Any], row: int) -> None:
    groups = np.array(labels, dtype=object) if isinstance(labels[1], str | None) else labels

    error = refusal(ResponseMatrix.from_array(answers(16)), groups=groups)

    assert error.code == "groups_do_not_fit"
    assert error.data == {"row": row}


def test_groups_may_be_numbers_or_of_several_types() -> None:
    responses = ResponseMatrix.from_array(answers(17))

    by_number = calibrate(responses, groups=[10] * 150 + [9] * 150)
    mixed = calibrate(responses, groups=np.array([7] * 150 + ["b"] * 150, dtype=object))

    assert [group.name for group in by_number.groups] == ["9", "10"]
    assert [group.name for group in mixed.groups] == ["7", "b"]


def test_a_reference_group_of_which_nobody_answered_is_refused_and_another_one_dropped() -> None:
    groups = np.repeat(["absent", "present"], 150)
    scores = answers(18)
    scores[:150] = NOT_PRESENTED
    responses = ResponseMatrix.from_array(scores)

    error = refusal(responses, CalibrationSettings(reference_group="absent"), groups=groups)

    assert error.code == "unknown_group"
    assert [group.name for group in calibrate(responses, groups=groups).groups] == ["present"]


def test_fixed_items_of_which_none_was_answered_cannot_hold_the_scale() -> None:
    scores = answers(19)
    scores[:, 0] = NOT_PRESENTED
    responses = ResponseMatrix.from_array(scores, list("uvwxyz"))

    for names in (["elsewhere"], ["u"]):
        error = refusal(responses, fixed=ItemParameters.dichotomous(names, 1.0, 0.0))
        assert error.code == "no_responses"


def test_fixed_items_that_measure_nothing_leave_the_scale_undetermined_and_told() -> None:
    fixed = ItemParameters.dichotomous(["item_1"], 0.0, 0.0)

    fit = calibrate(ResponseMatrix.from_array(answers(20)), fixed=fixed)

    assert "information_singular" in codes(fit)
    assert fit.certificate.is_identified is False
    assert fit.standard_errors is None


def test_groups_without_a_common_item_are_not_put_on_one_scale_in_silence() -> None:
    is_first = np.arange(300) < 150
    scores = np.where(is_first[:, None] == (np.arange(6) < 3), answers(21), NOT_PRESENTED).astype(np.int8)

    fit = calibrate(ResponseMatrix.from_array(scores), CalibrationSettings(max_iterations=100), groups=is_first)

    assert {"unlinked_items", "information_singular"} <= set(codes(fit))


def test_perfect_and_empty_records_do_not_disturb() -> None:
    scores = np.vstack([answers(12), np.ones((40, 6), dtype=np.int8), np.zeros((40, 6), dtype=np.int8)])

    fit = calibrate(ResponseMatrix.from_array(scores))

    assert fit.converged
    assert np.isfinite(fit.items.a).all()


def test_two_items_that_repeat_each_other_are_flagged() -> None:
    scores = answers(13, n_candidates=1000)
    scores[:, 1] = scores[:, 0]

    fit = calibrate(ResponseMatrix.from_array(scores))

    suspicious = {"slope_extreme", "slope_diverging"}
    assert suspicious & set(fit.flags[0])
    assert suspicious & set(fit.flags[1])


def test_a_histogram_cannot_hold_the_scale_of_the_rasch_model() -> None:
    settings = CalibrationSettings(model="Rasch", density="histogram")

    assert refusal(ResponseMatrix.from_array(answers(14)), settings).code == "density_not_identified"


def test_asymptotes_without_prior_are_told_and_with_prior_not() -> None:
    responses = ResponseMatrix.from_array(answers(15))
    prior = Priors(lower=Prior("beta", 5, 17))

    assert "asymptotes_without_prior" in codes(
        calibrate(responses, CalibrationSettings(model="3PL", max_iterations=60))
    )
    with_prior = calibrate(responses, CalibrationSettings(model="3PL", priors=prior, max_iterations=60))
    assert "asymptotes_without_prior" not in codes(with_prior)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"model": "5PL"}, "model '5PL' is not one of"),
        ({"item_models": {"q1": "XPL"}}, "model of item 'q1' 'XPL'"),
        ({"density": "flat"}, "density 'flat'"),
        ({"standard_errors": True}, "standard_errors True"),
        ({"davidian_order": 0}, "davidian_order is 0"),
        ({"davidian_order": 11}, "davidian_order is 11"),
        ({"n_nodes": 2}, "n_nodes is 2"),
        ({"n_nodes": 61.5}, r"n_nodes is 61\.5; a whole number"),
        ({"max_iterations": 0}, "max_iterations is 0"),
        ({"block_rows": 0}, "block_rows is 0"),
        ({"parameter_tolerance": 0.0}, "parameter_tolerance"),
        ({"gradient_tolerance": -1.0}, "gradient_tolerance"),
        ({"gradient_tolerance": np.nan}, "gradient_tolerance is nan"),
        ({"parameter_tolerance": np.inf}, "parameter_tolerance is inf"),
        ({"theta_min": -np.inf}, "theta_min -inf"),
        ({"theta_max": np.nan}, "theta_max nan"),
        ({"theta_min": 6.0}, r"theta_min 6\.0 is not below"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        CalibrationSettings(**settings)


def test_an_item_that_is_the_sum_of_the_others_is_told() -> None:
    scores = answers(22)
    table = np.column_stack([scores, scores.sum(axis=1)])

    fit = calibrate(
        ResponseMatrix.from_array(table), CalibrationSettings(item_models={"item_7": "GRM"}, max_iterations=200)
    )

    assert not fit.converged
    assert {"slope_extreme", "slope_diverging"} & set(fit.flags[-1])


@pytest.mark.parametrize("model", ["NRM", "GRM"])
def test_slopes_that_run_away_are_named_and_have_stopped_the_run(model: str) -> None:
    # Every candidate has all easier scores and no harder one: curves may be as steep as they like.
    cuts = 8 * np.arange(1, 5)[:, None] + 2 * np.arange(3)
    scores = (np.arange(48)[:, None, None] > cuts).sum(axis=2).astype(np.int8)
    settings = CalibrationSettings(model=model, max_iterations=400)  # type: ignore[arg-type]  # names of models

    fit = calibrate(ResponseMatrix.from_array(scores), settings)

    assert not fit.converged
    running = [name for name, flags in zip(fit.items.names, fit.flags, strict=True) if "slope_diverging" in flags]
    assert running
    assert set(running) <= set(fit.certificate.items_at_bounds)
