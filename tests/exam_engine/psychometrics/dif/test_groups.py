import numpy as np
import pytest

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.dif import DifError, mantel_haenszel_dif
from exam_engine.psychometrics.dif.groups import two_groups

RESPONSES = ResponseMatrix.from_array([[0, 1], [1, 0], [1, 1]])


@pytest.mark.parametrize(
    ("groups", "reference", "focal", "code", "complaint"),
    [
        (["a", "b"], "a", "b", "dif.group_labels", "3 rows"),
        (["a", "b", "a"], "a", "a", "dif.same_group", "both 'a'"),
        (["a", "b", "a"], "a", "c", "dif.group_empty", "'c'; the groups are a, b"),
    ],
)
def test_groups_that_cannot_be_compared_are_refused(
    groups: list[str], reference: str, focal: str, code: str, complaint: str
) -> None:
    with pytest.raises(DifError, match=complaint) as caught:
        two_groups(RESPONSES, groups, reference=reference, focal=focal)

    assert caught.value.code == code


def test_numbers_may_name_the_groups_and_other_groups_are_left_out() -> None:
    cut = two_groups(RESPONSES, np.array([0, 2, 1]), reference="0", focal="1")

    assert cut.rows.tolist() == [0, 2]
    assert cut.is_focal.tolist() == [False, True]


def test_candidates_of_a_third_group_change_nothing() -> None:
    rng = np.random.default_rng(12)
    scores, groups = rng.integers(0, 2, (300, 5)), rng.choice(["a", "b", "c"], 300)
    kept = groups != "c"

    whole = mantel_haenszel_dif(ResponseMatrix.from_array(scores), groups, reference="a", focal="b")
    part = mantel_haenszel_dif(ResponseMatrix.from_array(scores[kept]), groups[kept], reference="a", focal="b")

    np.testing.assert_array_equal(whole.statistic, part.statistic)
