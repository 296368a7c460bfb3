"""The table of item parameters: what it refuses, what a change of scale leaves alone, what JSON keeps."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.psychometrics import ItemParameterError, ItemParameters, category_probabilities
from exam_engine.psychometrics.arrays import FloatArray

NAN = np.nan
THETA = np.linspace(-5.0, 5.0, 21)

RIGHT_WRONG = ItemParameters.dichotomous(["r1", "r2"], [0.8, -1.4], [-0.5, 0.7])
GUESSED = ItemParameters.dichotomous(["g1"], [1.1], [0.3], [0.2])
SLIPPED = ItemParameters.dichotomous(["s1"], [1.3], [0.1], [0.15], [0.95])
GRADED = ItemParameters.polytomous(["o1", "o2"], "GRM", [1.2, 0.9], [[-1.0, 0.0, 1.2], [-0.4, 0.6, NAN]])
PARTIAL = ItemParameters.polytomous(["p1", "p2"], "GPCM", [1.2, 0.9], [[0.5, -0.3, 0.8], [-0.4, 0.6, NAN]])
NOMINAL = ItemParameters.nominal(["n1", "n2"], [[0.6, -0.2, 1.1], [0.5, 1.0, NAN]], [[0.1, 0.4, -0.3], [0.2, 0.1, NAN]])
MIXED = ItemParameters.concatenate([RIGHT_WRONG, GUESSED, SLIPPED, GRADED, PARTIAL, NOMINAL])


def assert_same(one: ItemParameters, other: ItemParameters, rtol: float = 0.0) -> None:
    assert (one.names, one.models) == (other.names, other.models)
    np.testing.assert_array_equal(one.n_categories, other.n_categories)
    for name in ("a", "d", "c", "u", "s"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=rtol, atol=rtol)


def part(**change: Any) -> ItemParameters:
    """One 3PL and one graded item with something changed."""
    items = ItemParameters.concatenate([GUESSED, GRADED.take(np.array([0]))])
    return replace(items, **change)


def test_constructors_choose_the_model_by_what_they_are_given() -> None:
    assert RIGHT_WRONG.models == ("2PL", "2PL")
    assert GUESSED.models == ("3PL",)
    assert SLIPPED.models == ("4PL",)
    assert ItemParameters.dichotomous(["x"], 1.0, 0.0, u=0.9).models == ("4PL",)
    assert GRADED.n_categories.tolist() == [4, 3]
    assert NOMINAL.families == ("nominal", "nominal")
    assert MIXED.max_scores.tolist() == [1, 1, 1, 1, 3, 2, 3, 2, 3, 2]
    assert len(MIXED) == 10


def test_thresholds_are_where_the_constructors_were_told() -> None:
    np.testing.assert_allclose(RIGHT_WRONG.b[:, 0], [-0.5, 0.7])
    np.testing.assert_allclose(GRADED.b, [[-1.0, 0.0, 1.2], [-0.4, 0.6, NAN]], atol=1e-15)
    np.testing.assert_allclose(PARTIAL.b, [[0.5, -0.3, 0.8], [-0.4, 0.6, NAN]])
    assert np.isnan(NOMINAL.b).all()
    flat = ItemParameters.dichotomous(["x"], [0.0], [2.0])
    assert np.isnan(flat.b).all()


def test_a_value_for_all_items_may_be_given_once() -> None:
    assert_same(
        ItemParameters.dichotomous(["x", "y"], 1.2, [0.0, 1.0], 0.2),
        ItemParameters.dichotomous(["x", "y"], [1.2, 1.2], [0.0, 1.0], [0.2, 0.2]),
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"names": ("g1",)}, "1 names but 2 models"),
        ({"names": ("g1", "g1")}, "item 'g1' occurs more than once"),
        ({"models": ("3PL", "GRMM")}, "item 'o1': model 'GRMM' is not one of"),
        ({"a": np.array([1.0])}, r"a has shape \(1,\), expected \(2,\)"),
        ({"d": np.array([1.0, 2.0])}, "d has shape"),
        ({"s": np.full((2, 2), NAN)}, r"s has shape \(2, 2\), expected \(2, 3\)"),
        ({"a": np.array([NAN, 1.0])}, "item 'g1': a parameter is missing or not finite"),
        ({"a": np.array([1.0, np.inf])}, "item 'o1': a parameter is missing"),
        ({"d": np.array([[0.1, NAN, NAN], [1.0, NAN, -1.0]])}, "item 'o1': a parameter is missing"),
        (
            {"d": np.array([[0.1, NAN, NAN], [1.0, 1.0, -1.0]])},
            "item 'o1': the intercepts of a graded item must decrease",
        ),
        ({"d": np.array([[0.1, NAN, NAN], [-1.0, 0.0, 1.0]])}, "must decrease"),
        ({"d": np.array([[0.1, 0.2, NAN], [1.0, 0.0, -1.0]])}, "item 'g1': the 3PL with 2 categories has too many"),
        ({"s": np.array([[NAN, NAN, NAN], [0.5, NAN, NAN]])}, "item 'o1': the GRM with 4 categories has too many"),
        ({"n_categories": np.array([3, 4])}, "item 'g1': 3 categories do not fit the 3PL"),
        ({"n_categories": np.array([2, 5])}, "item 'o1': 5 categories do not fit the GRM"),
        ({"n_categories": np.array([2, 1])}, "item 'o1': 1 categories do not fit"),
        ({"c": np.array([1.0, 0.0])}, r"item 'g1': asymptotes 1\.0 and 1\.0 need 0 ≤ c < u ≤ 1"),
        ({"c": np.array([-0.1, 0.0])}, "asymptotes -0.1"),
        ({"c": np.array([NAN, 0.0])}, "asymptotes nan"),
        ({"u": np.array([1.1, 1.0])}, "asymptotes"),
        ({"u": np.array([0.9, 1.0])}, "item 'g1': the 3PL has no asymptotes"),
        ({"c": np.array([0.2, 0.1])}, "item 'o1': the GRM has no asymptotes"),
        ({"models": ("2PL", "GRM")}, r"item 'g1': the 2PL has no asymptotes 0\.2 and 1\.0"),
    ],
)
def test_parameters_that_contradict_themselves_are_refused_by_item(change: dict[str, Any], complaint: str) -> None:
    assert len(part()) == 2
    with pytest.raises(ItemParameterError, match=complaint):
        part(**change)


def test_a_threshold_missing_in_the_middle_is_refused() -> None:
    with pytest.raises(ItemParameterError, match="item 'x': a parameter is missing"):
        ItemParameters.polytomous(["x"], "GPCM", [1.0], [[NAN, 0.5]])


def test_parameters_cannot_be_changed_afterwards() -> None:
    given = np.array([1.0, 2.0])
    items = ItemParameters.dichotomous(["x", "y"], given, [0.0, 0.0])
    given[0] = 9.0

    assert items.a[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        items.a[0] = 9.0


def test_items_are_selected_in_the_order_asked_for() -> None:
    names = ["n2", "r1", "o2"]

    chosen = MIXED.select(names)

    assert chosen.names == tuple(names)
    assert_same(chosen, MIXED.take(MIXED.positions(names)))
    np.testing.assert_array_equal(
        category_probabilities(THETA, chosen), category_probabilities(THETA, MIXED)[:, MIXED.positions(names)]
    )
    is_graded = np.array([family == "graded" for family in MIXED.families])
    assert MIXED.take(is_graded).names == ("o1", "o2")
    with pytest.raises(ItemParameterError, match="item 'zz' has no parameters here"):
        MIXED.select(["r1", "zz"])


def test_parts_put_together_and_taken_apart_are_themselves() -> None:
    for items in (RIGHT_WRONG, GUESSED, SLIPPED, GRADED, PARTIAL, NOMINAL):
        again = MIXED.select(items.names)
        np.testing.assert_array_equal(
            category_probabilities(THETA, again)[:, :, : items.d.shape[1] + 1], category_probabilities(THETA, items)
        )
    with pytest.raises(ItemParameterError, match="occurs more than once"):
        ItemParameters.concatenate([RIGHT_WRONG, RIGHT_WRONG])


scales = st.tuples(st.floats(0.2, 5.0), st.floats(-4.0, 4.0))


@given(scales)
def test_probabilities_do_not_change_with_the_scale(scale: tuple[float, float]) -> None:
    slope, intercept = scale

    moved = MIXED.transformed(slope, intercept)

    np.testing.assert_allclose(
        category_probabilities(slope * THETA + intercept, moved), category_probabilities(THETA, MIXED), atol=1e-13
    )
    np.testing.assert_allclose(moved.b, slope * MIXED.b + intercept, atol=1e-12)
    np.testing.assert_array_equal(moved.c, MIXED.c)


@given(scales, scales)
def test_one_change_of_scale_after_another_is_one_change(one: tuple[float, float], two: tuple[float, float]) -> None:
    step_by_step = MIXED.transformed(*one).transformed(*two)

    assert_same(step_by_step, MIXED.transformed(two[0] * one[0], two[0] * one[1] + two[1]), rtol=1e-10)


@given(scales)
def test_a_change_of_scale_can_be_undone(scale: tuple[float, float]) -> None:
    slope, intercept = scale

    assert_same(MIXED.transformed(slope, intercept).transformed(1.0 / slope, -intercept / slope), MIXED, rtol=1e-10)


@pytest.mark.parametrize("slope", [0.0, -1.0, NAN])
def test_a_scale_without_direction_is_refused(slope: float) -> None:
    with pytest.raises(ItemParameterError, match="needs a positive slope"):
        MIXED.transformed(slope, 0.0)


def test_json_keeps_every_digit() -> None:
    items = MIXED.transformed(1.0 / 3.0, np.pi)

    text = json.dumps(items.to_dict(), allow_nan=False)

    assert_same(ItemParameters.from_dict(json.loads(text)), items)


def test_json_holds_the_parameters_that_the_model_has() -> None:
    by_name = {item["name"]: item for item in MIXED.to_dict()}

    assert by_name["r1"] == {"name": "r1", "model": "2PL", "n_categories": 2, "a": 0.8, "d": 0.4, "b": -0.5}
    assert (by_name["s1"]["c"], by_name["s1"]["u"]) == (0.15, 0.95)
    assert "u" not in by_name["g1"]
    assert by_name["p2"]["b"] == pytest.approx([-0.4, 0.6])
    assert by_name["n2"]["s"] == [0.5, 1.0]
    assert not {"a", "b"} & by_name["n2"].keys()
    flat = ItemParameters.dichotomous(["x"], [0.0], [2.0])
    assert flat.to_dict()[0]["b"] is None


def test_probabilities_of_the_models_special_cases_agree() -> None:
    def same(one: ItemParameters, other: ItemParameters) -> None:
        np.testing.assert_allclose(category_probabilities(THETA, one), category_probabilities(THETA, other), atol=1e-14)

    thresholds: FloatArray = np.array([[-0.3], [0.6]])
    two = ItemParameters.dichotomous(["x", "y"], [0.8, 1.3], thresholds[:, 0])
    same(two, ItemParameters.dichotomous(["x", "y"], [0.8, 1.3], thresholds[:, 0], 0.0, 1.0))
    same(two, ItemParameters.polytomous(["x", "y"], "GPCM", [0.8, 1.3], thresholds))
    same(two, ItemParameters.polytomous(["x", "y"], "GRM", [0.8, 1.3], thresholds))
    same(two, ItemParameters.nominal(["x", "y"], [[0.8], [1.3]], two.d))
    # The GPCM is the nominal model with slopes a, 2a, … and summed intercepts.
    partial = ItemParameters.polytomous(["x"], "GPCM", [0.8], [[-0.5, 0.2, 0.9]])
    same(partial, ItemParameters.nominal(["x"], [[0.8, 1.6, 2.4]], np.cumsum(partial.d, axis=1)))
