import numpy as np
import pytest

from exam_engine.psychometrics.equating import EquatingError, form_and_anchor_distribution, form_distribution
from exam_engine.psychometrics.responses import ResponseMatrix

ANSWERS = ResponseMatrix.from_array(
    [[1, 0, 2], [0, 0, 1], [1, 1, 0]], ["q1", "q2", "q3"], weights=np.array([2.0, 1.0, 1.0])
)


def test_sum_scores_count_candidates_by_their_weights_up_to_the_highest_possible() -> None:
    scores = form_distribution(ANSWERS, [1, 1, 2])
    np.testing.assert_allclose(scores.scores, [0, 1, 2, 3, 4])
    np.testing.assert_allclose(scores.probabilities, [0.0, 0.25, 0.25, 0.5, 0.0])
    assert scores.n_candidates == 4.0


def test_an_internal_anchor_counts_twice_an_external_one_does_not() -> None:
    inside = form_and_anchor_distribution(ANSWERS, [1, 1, 2], anchor=["q3"])
    outside = form_and_anchor_distribution(ANSWERS, [1, 1, 2], anchor=["q3"], internal=False)
    assert inside.probabilities.shape == (5, 3)
    assert inside.probabilities[3, 2] == 0.5
    assert outside.probabilities.shape == (3, 3)
    np.testing.assert_allclose(outside.probabilities, [[0.0, 0.25, 0.0], [0.0, 0.0, 0.5], [0.25, 0.0, 0.0]])


def test_forms_that_were_not_taken_whole_have_no_sum_score() -> None:
    partial = ResponseMatrix.from_array([[1, 0], [1, -1]], ["q1", "q2"])
    with pytest.raises(EquatingError, match="row 2, item 'q2'") as caught:
        form_distribution(partial, [1, 1])
    assert caught.value.code == "not_presented"


@pytest.mark.parametrize(
    ("max_scores", "anchor", "code"),
    [
        ([1, 1, 1], ["q1"], "score_outside"),
        ([1, 1], ["q1"], "bad_frequencies"),
        ([1, 1, 2], ["q9"], "bad_frequencies"),
        ([1, 1, 2], [], "bad_frequencies"),
    ],
)
def test_contradictions_are_named(max_scores: list[int], anchor: list[str], code: str) -> None:
    with pytest.raises(EquatingError) as caught:
        form_and_anchor_distribution(ANSWERS, max_scores, anchor=anchor)
    assert caught.value.code == code
