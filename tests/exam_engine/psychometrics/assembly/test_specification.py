from collections.abc import Callable

import numpy as np
import pytest

from exam_engine.psychometrics import CellRequirement, SpecificationError, assemble_forms
from tests.exam_engine.psychometrics.assembly.pools import make_pool, make_specification, tiny_pool


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: tiny_pool([1.0, 1.0], b=np.zeros(3)), "pool_shape"),
        (lambda: tiny_pool([1.0, 1.0], attributes={"part": ["x"]}), "pool_shape"),
        (lambda: tiny_pool([1.0, 1.0], item_ids=("q", "q")), "repeated_item"),
        (lambda: tiny_pool([1.0, float("nan")]), "parameter_not_finite"),
        (lambda: tiny_pool([1.0, 1.0], b=np.array([0.0, np.inf])), "parameter_not_finite"),
        (lambda: tiny_pool([1.0, -0.5]), "slope_not_positive"),
        (lambda: tiny_pool([1.0, 0.0]), "slope_not_positive"),
        (lambda: tiny_pool([1.0, 1.0], c=np.array([0.2])), "pool_shape"),
        (lambda: tiny_pool([1.0, 1.0], c=np.array([0.2, 1.0])), "asymptote_out_of_range"),
        (lambda: tiny_pool([1.0, 1.0], c=np.array([-0.01, 0.2])), "asymptote_out_of_range"),
        (lambda: tiny_pool([1.0, 1.0], c=np.array([0.2, np.nan])), "asymptote_out_of_range"),
        (lambda: tiny_pool([1.0, 1.0], expected_seconds=np.array([60.0, 0.0])), "seconds_not_positive"),
        (lambda: tiny_pool([1.0, 1.0], enemies=(frozenset(["q1", "q9"]),)), "unknown_item"),
        (lambda: tiny_pool([1.0, 1.0], enemies=(frozenset(["q1"]),)), "enemy_set_too_small"),
        (lambda: CellRequirement({}, 1, 1), "cell_without_attributes"),
        (lambda: CellRequirement({"module": "IU01"}, 3, 2), "cell_range"),
        (lambda: CellRequirement({"module": "IU01"}, -1, 2), "cell_range"),
        (lambda: make_specification(n_forms=0), "out_of_range"),
        (lambda: make_specification(length=0), "out_of_range"),
        (lambda: make_specification(max_uses=0), "out_of_range"),
        (lambda: make_specification(theta_cut=float("nan")), "out_of_range"),
        (lambda: make_specification(information_tolerance=0.0), "out_of_range"),
        (lambda: make_specification(score_tolerance=0.0), "out_of_range"),
        (lambda: make_specification(seconds=(100.0, 50.0)), "out_of_range"),
        (lambda: make_specification(cells=(CellRequirement.exactly(1, module="IU01"),) * 2), "repeated_cell"),
        (lambda: make_specification(include=frozenset("q"), exclude=frozenset("q")), "included_and_excluded"),
    ],
)
def test_a_pool_or_specification_that_contradicts_itself_is_refused(make: Callable[[], object], code: str) -> None:
    with pytest.raises(SpecificationError) as caught:
        make()
    assert caught.value.code == code


def test_a_specification_may_only_speak_of_what_the_pool_has() -> None:
    pool = make_pool()
    unknown_cell = make_specification(cells=(CellRequirement.exactly(1, topic="mạng"),))
    for specification, code in (
        (unknown_cell, "unknown_attribute"),
        (make_specification(include=frozenset(["Q9999"])), "unknown_item"),
        (make_specification(exclude=frozenset(["Q9999"])), "unknown_item"),
    ):
        with pytest.raises(SpecificationError) as caught:
            assemble_forms(pool, specification)
        assert caught.value.code == code

    with pytest.raises(SpecificationError) as caught:
        assemble_forms(make_pool(expected_seconds=None), make_specification())
    assert caught.value.code == "seconds_unknown"


def test_an_ability_named_twice_is_compared_once() -> None:
    assert make_specification(theta_cut=0.0, theta_points=(1.0, 0.0, 1.0)).thetas == (0.0, 1.0)
