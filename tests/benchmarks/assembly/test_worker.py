"""Reading instances: what is refused, what is only reported, and numbers that JSON does not have."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks.assembly.instances import read_instance, specification_of
from benchmarks.assembly.worker import json_values, refuse_unknown, results_of, shortened
from tests.benchmarks.assembly.small_folder import MAXIMIN, ROWS, write_instance, write_small_pool


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": "oral"}, "kind 'oral' is not known"),
        ({"form": [*ROWS, {"type": "length", "min": 3}]}, r"requirement 6 \(length\) has the key 'min'"),
        ({"across": {"item_usage_least": 1}}, "across has the key 'item_usage_least'"),
        ({"objective": MAXIMIN | {"type": "maximum"}}, "objective is of type 'maximum'"),
        ({"objective_alt": MAXIMIN | {"type": "maximum"}}, "objective_alt is of type 'maximum'"),
    ],
)
def test_what_would_change_the_forms_and_is_not_understood_is_refused(changes: dict[str, object], told: str) -> None:
    plain = {"kind": "single_form", "form": ROWS, "objective": MAXIMIN}
    refuse_unknown(plain)
    with pytest.raises(ValueError, match=told):
        refuse_unknown(plain | changes)


def test_other_unknown_keys_are_reported_beside_the_forms(tmp_path: Path) -> None:
    write_small_pool(tmp_path)
    write_instance(tmp_path, "one", colour="blue")
    (result,) = results_of(tmp_path, "one")
    assert result["ignored_keys"] == ["colour"]
    assert result["violations"] == 0


def test_an_instance_without_its_kind_or_of_no_json_fails_with_a_sentence(tmp_path: Path) -> None:
    write_small_pool(tmp_path)
    (tmp_path / "inst_bare.json").write_text(json.dumps({"pool": "P80"}))
    (tmp_path / "inst_torn.json").write_text("{")
    assert results_of(tmp_path, "bare") == [
        {"id": "bare", "kind": None, "failure": "the instance or its pool has no 'kind'"}
    ]
    assert "JSONDecodeError" in results_of(tmp_path, "torn")[0]["failure"]


def test_a_specification_named_infeasible_that_can_be_met_gets_its_forms(tmp_path: Path) -> None:
    write_small_pool(tmp_path)
    write_instance(tmp_path, "infeasible_not")
    explained, solved = results_of(tmp_path, "infeasible_not")
    assert explained["status"] == "nothing proved"
    assert len(solved["forms"]) == 1


def test_a_bound_that_is_absent_or_null_is_none(tmp_path: Path) -> None:
    write_small_pool(tmp_path)
    rows = [ROWS[0], {"type": "sum", "attr": "time_s", "where": {"cog": "NB"}, "lb": None, "ub": 300}]
    write_instance(tmp_path, "open", form=[*rows, {"type": "count", "where": {"cog": "VDC"}, "lb": 1}])
    instance = read_instance(tmp_path, "open")
    _, seconds, count = specification_of(instance).ranges
    assert (seconds.minimum, seconds.maximum) == (-math.inf, 300)
    assert (count.minimum, count.maximum) == (1, math.inf)
    (result,) = results_of(tmp_path, "open")
    with np.load(tmp_path / "pool_P80.npz") as arrays:
        (form,) = result["forms"]
        time, level = arrays["time_s"][form], arrays["cog"][form]
    assert time[level == 0].sum() <= 300
    assert (level == 3).sum() >= 1


def test_any_number_that_the_pool_has_for_its_items_can_be_added_up(tmp_path: Path) -> None:
    write_small_pool(tmp_path)
    write_instance(tmp_path, "hard", form=[*ROWS, {"type": "sum", "attr": "b", "lb": 4.0, "ub": 5.0}])
    write_instance(tmp_path, "none", form=[*ROWS, {"type": "sum", "attr": "weight", "lb": 4.0, "ub": 5.0}])
    (result,) = results_of(tmp_path, "hard")
    with np.load(tmp_path / "pool_P80.npz") as arrays:
        assert 4.0 <= arrays["b"][result["forms"][0]].sum() <= 5.0
    assert "weight" in results_of(tmp_path, "none")[0]["failure"]


def test_a_quick_run_keeps_the_first_objective_and_few_simulees(tmp_path: Path) -> None:
    write_small_pool(tmp_path)
    write_instance(tmp_path, "cat", kind="cat", n_simulees=10_000, objective_alt=MAXIMIN)
    facts = shortened(read_instance(tmp_path, "cat")).facts
    assert facts["n_simulees"] == 1_000
    assert "objective_alt" not in facts
    assert facts["objective"] == MAXIMIN


def test_numbers_that_json_does_not_have_become_null_and_arrays_lists() -> None:
    found = json_values(
        {"a": (math.inf, -math.inf, math.nan, 1.5), "b": np.array([1, 2]), "c": np.float64(2.0), 3: True}
    )
    assert found == {"a": [None, None, None, 1.5], "b": [1, 2], "c": 2.0, "3": True}
    json.dumps(found, allow_nan=False)
