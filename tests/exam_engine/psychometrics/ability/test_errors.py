from collections.abc import Callable

import numpy as np
import pytest

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.ability import (
    AbilityEstimates,
    ScoringError,
    estimate_eap,
    estimate_eap_sum,
    estimate_map,
    estimate_mle,
    estimate_wle,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from tests.exam_engine.psychometrics.ability import makers

ESTIMATORS = [estimate_eap, estimate_eap_sum, estimate_map, estimate_mle, estimate_wle]
Estimator = Callable[[ResponseMatrix, ItemParameters], AbilityEstimates]


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_a_column_without_parameters_is_named(estimate: Estimator) -> None:
    responses = ResponseMatrix.from_array([[1, 0]], ["two0", "unknown"])
    with pytest.raises(ScoringError, match="'unknown'") as caught:
        estimate(responses, makers.two_parameter())
    assert caught.value.code == "no_parameters"
    assert caught.value.data == {"items": ["unknown"]}


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_a_score_above_the_items_highest_is_placed(estimate: Estimator) -> None:
    items = makers.graded()
    responses = ResponseMatrix.from_array([[3, 3], [0, 4]], ["grm0", "grm1"])
    with pytest.raises(ScoringError, match="row 2, item 'grm1': score 4 is above 3") as caught:
        estimate(responses, items)
    assert caught.value.code == "score_outside"
    assert caught.value.data == {"row": 2, "item": "grm1", "score": 4}


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_a_bank_may_hold_more_items_than_the_form(estimate: Estimator) -> None:
    bank = makers.ITEMS_OF_EVERY_MODEL[-1]
    form = ["grm2", "three5", "gpcm1"]
    responses = ResponseMatrix.from_array([[2, 1, 1], [0, 1, 3]], form)

    np.testing.assert_array_equal(estimate(responses, bank).theta, estimate(responses, bank.select(form)).theta)


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_no_candidates_give_no_estimates(estimate: Estimator) -> None:
    items = makers.two_parameter()

    found = estimate(ResponseMatrix.from_array(np.zeros((0, 12)), items.names), items)

    assert found.theta.size == 0
    assert found.to_dict() == []


def test_options_that_do_not_exist_are_refused() -> None:
    items = makers.two_parameter()
    responses = ResponseMatrix.from_array([[1, 0] * 6], items.names)
    calls: list[Callable[[], object]] = [
        lambda: estimate_mle(responses, items, information="fisher"),  # type: ignore[arg-type]  # on purpose
        lambda: estimate_map(responses, items, information="fisher"),  # type: ignore[arg-type]  # on purpose
        lambda: estimate_wle(responses, items, information="fisher"),  # type: ignore[arg-type]  # on purpose
        lambda: estimate_wle(responses, items, weight="Warm"),  # type: ignore[arg-type]  # on purpose
    ]
    for call in calls:
        with pytest.raises(ScoringError, match="is not one of") as caught:
            call()
        assert caught.value.code == "unknown_option"
