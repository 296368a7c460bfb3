import numpy as np
import pytest

from exam_engine.psychometrics.arrays import BoolArray
from exam_engine.psychometrics.dif import DifError, DifResult
from exam_engine.psychometrics.dif.purification import with_anchors
from tests.exam_engine.psychometrics.dif.results import result_of

ITEMS = ("q1", "q2", "q3")


def _purified(p_by_anchors: dict[str, list[float]], max_iterations: int = 10) -> DifResult:
    """A test whose p values depend on the anchors, given as a string of 0 and 1."""

    def test(anchors: BoolArray) -> DifResult:
        return result_of(p=np.array(p_by_anchors["".join(map(str, anchors.astype(int)))]), item_names=ITEMS)

    return with_anchors(test, ITEMS, anchors=None, purify=True, level=0.05, max_iterations=max_iterations)


def test_it_settles_when_the_flagged_items_are_those_left_out() -> None:
    result = _purified({"111": [0.01, 0.5, 0.5], "011": [0.01, 0.5, 0.04], "010": [0.01, 0.5, 0.04]})

    purification = result.purification
    assert purification is not None
    assert purification.flagged == (("q1",), ("q1", "q3"), ("q1", "q3"))
    assert (purification.iterations, purification.settled, purification.reason) == (3, True, "settled")


def test_without_a_flagged_item_one_test_is_enough() -> None:
    purification = _purified({"111": [0.5, 0.5, np.nan]}).purification

    assert purification is not None
    assert (purification.iterations, purification.flagged, purification.reason) == (1, ((),), "settled")


def test_a_set_of_anchors_that_comes_back_ends_it_unsettled() -> None:
    purification = _purified({"111": [0.01, 0.5, 0.5], "011": [0.5, 0.5, 0.5]}).purification

    assert purification is not None
    assert (purification.iterations, purification.settled, purification.reason) == (2, False, "cycle")


def test_it_stops_at_the_limit_and_when_no_anchor_is_left() -> None:
    table = {"111": [0.01, 0.5, 0.5], "011": [0.01, 0.01, 0.5], "001": [0.01, 0.01, 0.01]}

    stopped, exhausted = _purified(table, max_iterations=2).purification, _purified(table).purification

    assert stopped is not None
    assert (stopped.iterations, stopped.settled, stopped.reason) == (2, False, "iterations")
    assert exhausted is not None
    assert (exhausted.iterations, exhausted.settled, exhausted.reason) == (3, False, "no_anchors")


@pytest.mark.parametrize(
    ("anchors", "level", "max_iterations", "outside"),
    [(["q1"], 0.05, 10, False), (None, 0.0, 10, False), (None, 0.05, 0, False), (None, 0.05, 10, True)],
)
def test_what_cannot_be_purified_is_refused(
    anchors: list[str] | None, level: float, max_iterations: int, outside: bool
) -> None:
    with pytest.raises(DifError) as caught:
        with_anchors(
            lambda _: result_of(p=np.ones(3), item_names=ITEMS),
            ITEMS,
            anchors=anchors,
            purify=True,
            level=level,
            max_iterations=max_iterations,
            outside_criterion=outside,
        )

    assert caught.value.code == "dif.option"


def test_an_anchor_that_is_no_item_is_refused() -> None:
    with pytest.raises(DifError, match="'q9'") as caught:
        with_anchors(
            lambda _: result_of(p=np.ones(3), item_names=ITEMS),
            ITEMS,
            anchors=["q1", "q9"],
            purify=False,
            level=0.05,
            max_iterations=10,
        )

    assert caught.value.code == "dif.unknown_item"
