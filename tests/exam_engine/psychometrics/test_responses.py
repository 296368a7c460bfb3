from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.psychometrics import NOT_PRESENTED, ResponseDataError, ResponseMatrix


def test_a_long_table_becomes_a_matrix_with_gaps_where_nothing_was_presented() -> None:
    responses = ResponseMatrix.from_long([("An", "q1", True), ("An", "q2", False), ("Bình", "q2", 1)])

    assert responses.candidate_ids == ("An", "Bình")
    assert responses.item_names == ("q1", "q2")
    np.testing.assert_array_equal(responses.scores, [[1, 0], [NOT_PRESENTED, 1]])
    np.testing.assert_array_equal(responses.presented, [[True, True], [False, True]])
    assert responses.scores.dtype == np.int8


def test_an_item_of_the_design_that_nobody_saw_keeps_its_column() -> None:
    responses = ResponseMatrix.from_long([("An", "q2", 1)], item_names=["q1", "q2"])

    np.testing.assert_array_equal(responses.scores, [[NOT_PRESENTED, 1]])


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([("An", "q1", 1), ("An", "q1", 0)], "row 2: candidate 'An' already has a response to 'q1'"),
        ([("An", "q1", 127)], "row 1: score 127"),
        ([("An", "q9", 1)], "row 1: item 'q9' is not among the items"),
    ],
)
def test_a_bad_row_is_named(rows: list[tuple[str, str, int]], complaint: str) -> None:
    with pytest.raises(ResponseDataError, match=complaint):
        ResponseMatrix.from_long(rows, item_names=["q1", "q2"])


def test_nan_in_a_float_table_means_not_presented() -> None:
    responses = ResponseMatrix.from_array([[1.0, float("nan")], [0.0, 1.0]])

    np.testing.assert_array_equal(responses.scores, [[1, NOT_PRESENTED], [0, 1]])
    assert responses.item_names == ("item_1", "item_2")


@pytest.mark.parametrize("value", [127, -2, 0.5, float("inf")])
def test_a_value_that_is_no_score_is_refused_with_its_place(value: float) -> None:
    with pytest.raises(ResponseDataError, match="row 2, column 1"):
        ResponseMatrix.from_array(np.array([[1.0, 0.0], [value, 1.0]]))


def test_repeated_names_and_wrong_sizes_are_refused() -> None:
    with pytest.raises(ResponseDataError, match="item 'q' occurs more than once"):
        ResponseMatrix.from_array([[1, 0]], ["q", "q"])
    with pytest.raises(ResponseDataError, match="candidate 'An' occurs more than once"):
        ResponseMatrix.from_array([[1], [0]], candidate_ids=["An", "An"])
    with pytest.raises(ResponseDataError, match="2 columns of scores but 3 item names"):
        ResponseMatrix.from_array([[1, 0]], ["q1", "q2", "q3"])
    with pytest.raises(ResponseDataError, match="2 rows of scores but 1 candidates"):
        ResponseMatrix.from_array([[1], [0]], candidate_ids=["An"])
    with pytest.raises(ResponseDataError, match="got 1 dimension"):
        ResponseMatrix.from_array([1, 0])
    with pytest.raises(ResponseDataError, match="must be numbers"):
        ResponseMatrix.from_array([["A", "B"]])


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_a_row_cannot_stand_for_no_candidate(weight: float) -> None:
    with pytest.raises(ResponseDataError, match="row 2: weight"):
        ResponseMatrix.from_array([[1], [0]], weights=[1.0, weight])


def test_patterns_nobody_gave_are_dropped_and_the_rest_weighted() -> None:
    responses = ResponseMatrix.from_patterns([[0, 0], [0, 1], [1, 1]], [3, 0, 4])

    np.testing.assert_array_equal(responses.scores, [[0, 0], [1, 1]])
    assert responses.n_candidates == 7.0
    with pytest.raises(ResponseDataError, match="one count per row"):
        ResponseMatrix.from_patterns([[0, 1]], [1, 2])
    with pytest.raises(ResponseDataError, match="non-negative"):
        ResponseMatrix.from_patterns([[0, 1]], [-1])


def test_scores_cannot_be_changed_afterwards() -> None:
    responses = ResponseMatrix.from_array([[1, 0]])

    with pytest.raises(ValueError, match="read-only"):
        responses.scores[0, 0] = 0


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("ABCDE"), st.sampled_from("vwxyz")), st.booleans(), min_size=1, max_size=25
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_long_table_does_not_matter(cells: dict[tuple[str, str], bool], shuffler: Random) -> None:
    rows = [(candidate, item, correct) for (candidate, item), correct in cells.items()]
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    one = ResponseMatrix.from_long(rows, item_names="vwxyz")
    two = ResponseMatrix.from_long(shuffled, item_names="vwxyz")

    assert one.candidate_ids is not None
    assert two.candidate_ids is not None
    order = [two.candidate_ids.index(candidate) for candidate in one.candidate_ids]
    np.testing.assert_array_equal(one.scores, two.scores[order])
    assert int(one.presented.sum()) == len(cells)
