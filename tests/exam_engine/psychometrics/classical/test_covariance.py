import numpy as np
import pytest

from exam_engine.psychometrics import NOT_PRESENTED, ResponseMatrix
from exam_engine.psychometrics.classical import ClassicalDataError, item_covariance, total_scores


def test_complete_responses_have_the_sample_covariances() -> None:
    table = np.random.default_rng(1).integers(0, 4, size=(50, 5))

    found = item_covariance(ResponseMatrix.from_array(table))

    np.testing.assert_allclose(found.covariance, np.cov(table.T), rtol=1e-12)
    assert found.complete
    assert found.n_candidates == 50
    assert found.total_variance == pytest.approx(np.var(table.sum(axis=1), ddof=1))


def test_pairwise_covariances_use_everybody_who_saw_both_items() -> None:
    rng = np.random.default_rng(2)
    table = rng.integers(0, 3, size=(60, 4))
    table[rng.random(table.shape) < 0.3] = NOT_PRESENTED
    weights = rng.integers(1, 4, 60)

    found = item_covariance(ResponseMatrix.from_array(table, weights=weights))

    rows = np.repeat(table, weights, axis=0)
    for i in range(4):
        for j in range(4):
            both = (rows[:, i] >= 0) & (rows[:, j] >= 0)
            assert found.pair_counts[i, j] == both.sum()
            assert found.covariance[i, j] == pytest.approx(np.cov(rows[both][:, [i, j]].T)[0, 1], abs=1e-12)
    assert not found.complete


def test_complete_cases_are_those_who_saw_every_item() -> None:
    table = np.array([[0, 1, 1], [1, 1, 0], [1, 0, 1], [1, NOT_PRESENTED, 1], [0, 0, NOT_PRESENTED]])

    found = item_covariance(ResponseMatrix.from_array(table), missing="complete")

    np.testing.assert_allclose(found.covariance, np.cov(table[:3].T), atol=1e-15)


def test_missing_responses_are_refused_by_row_and_item_when_asked() -> None:
    responses = ResponseMatrix.from_array([[0, 1], [1, NOT_PRESENTED]], ["q1", "q2"])
    for call in (lambda: item_covariance(responses, missing="refuse"), lambda: total_scores(responses)):
        with pytest.raises(ClassicalDataError, match="row 2 was not shown item 'q2'") as error:
            call()
        assert error.value.code == "responses_missing"
        assert error.value.data == {"row": 2, "item": "q2"}


def test_items_of_different_forms_are_named() -> None:
    table = [[0, 1, -1], [1, 0, -1], [-1, 1, 1], [-1, 0, 0]]
    with pytest.raises(ClassicalDataError, match="items 'a' and 'c' were shown together to 0 candidates") as error:
        item_covariance(ResponseMatrix.from_array(table, ["a", "b", "c"]))
    assert error.value.code == "items_never_together"
    with pytest.raises(ClassicalDataError) as error:
        item_covariance(ResponseMatrix.from_array(table), missing="complete")
    assert error.value.code == "too_few_candidates"


def test_one_item_has_no_covariance() -> None:
    with pytest.raises(ClassicalDataError, match="at least 2 items") as error:
        item_covariance(ResponseMatrix.from_array([[0], [1]]))
    assert error.value.code == "too_few_items"


def test_totals_are_sums_of_scores_beyond_one_byte() -> None:
    np.testing.assert_array_equal(total_scores(ResponseMatrix.from_array([[100, 100], [0, 1]])), [200.0, 1.0])
