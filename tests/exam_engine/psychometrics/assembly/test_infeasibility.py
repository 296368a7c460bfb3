import json

import pytest

from exam_engine.psychometrics import (
    CellRequirement,
    InfeasibleError,
    ItemPool,
    TestSpecification,
    assemble_forms,
)
from tests.exam_engine.psychometrics.assembly.pools import make_pool, make_specification, tiny_pool


def refusal(pool: ItemPool, specification: TestSpecification) -> InfeasibleError:
    with pytest.raises(InfeasibleError) as caught:
        assemble_forms(pool, specification)
    return caught.value


def test_a_cell_with_too_few_items_is_named_with_its_figures() -> None:
    # 240 items are 10 per cell; IU01 × NB needs 3 per form, so three forms have enough and four do not.
    assert len(assemble_forms(make_pool(), make_specification(n_forms=3)).forms) == 3

    error = refusal(make_pool(), make_specification(n_forms=4))

    assert error.kind == "shortages"
    assert [(conflict.code, dict(conflict.data)) for conflict in error.conflicts] == [
        (
            "cell_supply",
            {
                "where": {"module": module, "level": "NB"},
                "needed_per_form": 3,
                "n_forms": 4,
                "max_uses": 1,
                "available": 10,
                "excluded": 0,
            },
        )
        for module in ("IU01", "IU04")
    ]
    assert "cell_supply IU01 × NB" in str(error)


def test_excluded_items_count_as_missing_and_anchors_serve_every_form() -> None:
    nb_of_iu01 = make_pool().item_ids[0:240:24]
    short = make_specification(exclude=frozenset(nb_of_iu01[:5]))
    enough = make_specification(exclude=frozenset(nb_of_iu01[:5]), include=frozenset([nb_of_iu01[5]]))

    (conflict,) = refusal(make_pool(), short).conflicts

    assert (conflict.data["available"], conflict.data["excluded"]) == (5, 5)
    assert len(assemble_forms(make_pool(), enough).forms) == 2


def test_a_pool_smaller_than_the_forms_is_named() -> None:
    pool = tiny_pool([1.0] * 5)

    (conflict,) = refusal(pool, TestSpecification(n_forms=2, length=3, theta_cut=0.0)).conflicts

    assert conflict.code == "pool_supply"
    assert conflict.data["available"] == 5


@pytest.mark.parametrize(("length", "code"), [(39, "cells_exceed_length"), (41, "cells_below_length")])
def test_a_table_that_does_not_add_up_to_the_length_is_named(length: int, code: str) -> None:
    (conflict,) = refusal(make_pool(), make_specification(length=length)).conflicts

    assert conflict.code == code
    assert (conflict.data["minimum"], conflict.data["maximum"], conflict.data["length"]) == (40, 40, length)


def test_too_little_time_is_told_as_length_against_seconds() -> None:
    error = refusal(make_pool(), make_specification(seconds=(0.0, 1200.0)))

    assert error.kind == "contradiction"
    assert error.is_minimal
    assert {conflict.code for conflict in error.conflicts} == {"length", "seconds"}


def test_anchors_that_overfill_a_cell_are_told_as_that_cell_against_the_anchors() -> None:
    pool = make_pool(enemies=())
    anchors = frozenset(pool.item_ids[0:96:24])

    cell, include = refusal(pool, make_specification(include=anchors)).conflicts

    assert cell.data["where"] == {"module": "IU01", "level": "NB"}
    assert (include.code, include.data["items"]) == ("include", sorted(anchors))


def test_enemies_that_starve_a_cell_are_told_as_that_cell_against_the_enemies() -> None:
    pool = make_pool(enemies=(frozenset(make_pool().item_ids[0:240:24]),))

    cell, enemies = refusal(pool, make_specification()).conflicts

    assert cell.data["where"] == {"module": "IU01", "level": "NB"}
    assert enemies.code == "enemies"


def test_overlapping_cells_that_disagree_are_told_without_the_others() -> None:
    cells = (*make_specification().cells, CellRequirement({"level": "VDC"}, 8, 40))

    error = refusal(make_pool(), make_specification(cells=cells))

    assert len(error.conflicts) == 7
    assert {conflict.data["where"]["level"] for conflict in error.conflicts} == {"VDC"}


def test_a_contradiction_of_whole_numbers_alone_is_found() -> None:
    # Fractions of items could balance 0.25, 0.25, 0.25 and 2.25; whole items cannot.
    pool = tiny_pool([1.0, 1.0, 1.0, 3.0])

    error = refusal(pool, TestSpecification(n_forms=2, length=2, theta_cut=0.0))

    assert error.is_minimal
    assert {conflict.code for conflict in error.conflicts} == {"length", "max_uses", "information_closeness"}


def test_dropping_any_requirement_of_a_contradiction_makes_the_rest_possible() -> None:
    pool = make_pool()
    tight = make_specification(seconds=(0.0, 1200.0))
    assert {conflict.code for conflict in refusal(pool, tight).conflicts} == {"length", "seconds"}

    shorter = TestSpecification(n_forms=2, length=20, theta_cut=-0.3, seconds=(0.0, 1200.0))
    unlimited = make_specification(seconds=None)

    assert len(assemble_forms(pool, shorter).forms) == 2
    assert len(assemble_forms(pool, unlimited).forms) == 2


def test_the_data_of_conflicts_are_json_values() -> None:
    error = refusal(make_pool(), make_specification(seconds=(0.0, 1200.0), include=frozenset(["Q0000"])))
    shortage = refusal(make_pool(48, 1), make_specification(n_forms=3))

    for conflict in (*error.conflicts, *shortage.conflicts):
        assert json.loads(json.dumps(dict(conflict.data))) == dict(conflict.data)
