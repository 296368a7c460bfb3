import json

import numpy as np
import pytest

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.dif import DifError, group_curves


def test_the_points_are_means_and_their_errors_in_each_stratum() -> None:
    scores = np.array([[2], [0], [1], [1], [2], [0]])
    groups = ["a", "a", "b", "b", "b", "a"]

    curves = group_curves(
        ResponseMatrix.from_array(scores, ["q"]),
        groups,
        reference="a",
        focal="b",
        item="q",
        matching=[0.0, 0.0, 0.0, 0.0, 7.0, 3.0],
    )

    assert curves.value.tolist() == [0.0, 3.0, 7.0]
    assert curves.n.tolist() == [[2.0, 2.0], [1.0, 0.0], [0.0, 1.0]]
    np.testing.assert_allclose(curves.mean, [[1.0, 1.0], [0.0, np.nan], [np.nan, 2.0]])
    np.testing.assert_allclose(curves.standard_error, [[1.0, 0.0], [np.nan, np.nan], [np.nan, np.nan]])
    stored = json.loads(json.dumps(curves.to_dict(), allow_nan=False))
    assert stored["points"][1]["mean_focal"] is None
    assert stored["points"][0]["se_reference"] == 1.0


def test_the_default_criterion_is_the_total_score() -> None:
    rng = np.random.default_rng(3)
    scores, groups = rng.integers(0, 2, (200, 5)), rng.choice(["a", "b"], 200)

    curves = group_curves(ResponseMatrix.from_array(scores), groups, reference="a", focal="b", item="item_2")

    total = scores.sum(axis=1)
    assert curves.value.tolist() == sorted(set(total.tolist()))
    at = (total == 3) & (groups == "b")
    assert curves.mean[curves.value == 3.0, 1] == pytest.approx(scores[at, 1].mean())


def test_an_item_that_is_not_there_is_refused() -> None:
    with pytest.raises(DifError) as caught:
        group_curves(ResponseMatrix.from_array([[0], [1]]), ["a", "b"], reference="a", focal="b", item="q9")

    assert caught.value.code == "dif.unknown_item"
