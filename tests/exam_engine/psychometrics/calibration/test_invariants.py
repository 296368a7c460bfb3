"""What must not change the estimates, and what must change them in a known way."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics import (
    NOT_PRESENTED,
    CalibrationResult,
    CalibrationSettings,
    ItemModel,
    ItemParameters,
    Prior,
    Priors,
    ResponseMatrix,
    calibrate,
)
from exam_engine.psychometrics.arrays import FloatArray, ScoreArray
from tests.exam_engine.psychometrics import published
from tests.exam_engine.psychometrics.calibration.models import simulate

# Tighter than by default, so that two ways to the same maximum end at the same digits.
EXACT = CalibrationSettings(parameter_tolerance=1e-8, gradient_tolerance=1e-9)
NAMES = ("two", "three", "graded", "partial", "rated", "named", "more")
MODELS: dict[str, ItemModel] = dict(zip(NAMES, ("2PL", "3PL", "GRM", "GPCM", "GPCM", "NRM", "2PL"), strict=True))
MIXED = replace(
    EXACT,
    item_models=MODELS,
    priors=Priors(slope=Prior("lognormal", 0.0, 0.4), intercept=Prior("normal", 0.0, 2.0), lower=Prior("beta", 5, 17)),
)
seeds = st.integers(0, 1000)
few = settings(max_examples=5, deadline=None)


def mixed_test(seed: int, n_candidates: int = 300) -> tuple[ScoreArray, np.random.Generator]:
    """Seven items of five families, a fifth of the responses missing."""
    rng = np.random.default_rng(seed)
    items = ItemParameters.concatenate(
        [
            ItemParameters.dichotomous(["two"], rng.uniform(0.7, 1.6, 1), rng.normal(0, 0.7, 1)),
            ItemParameters.dichotomous(["three"], rng.uniform(0.7, 1.6, 1), rng.normal(0, 0.7, 1), [0.2]),
            ItemParameters.polytomous(["graded"], "GRM", rng.uniform(0.7, 1.6, 1), [[-0.9, 0.0, 0.9]]),
            ItemParameters.polytomous(["partial", "rated"], "GPCM", rng.uniform(0.7, 1.3, 2), [[-0.5, 0.5]] * 2),
            ItemParameters.nominal(["named"], [[0.5, 1.1]], [[0.3, -0.2]]),
            ItemParameters.dichotomous(["more"], rng.uniform(0.7, 1.6, 1), rng.normal(0, 0.7, 1)),
        ]
    )
    scores = simulate(rng, rng.normal(size=n_candidates), items)
    scores[rng.random(scores.shape) < 0.2] = NOT_PRESENTED
    return scores, rng


def right_or_wrong(seed: int, n_candidates: int = 400, n_items: int = 6) -> ScoreArray:
    rng = np.random.default_rng(seed)
    names = [f"q{item}" for item in range(n_items)]
    items = ItemParameters.dichotomous(names, rng.uniform(0.8, 1.6, n_items), rng.normal(0, 0.7, n_items))
    return simulate(rng, rng.normal(size=n_candidates), items)


def graded_test(seed: int, n_candidates: int = 400) -> ScoreArray:
    rng = np.random.default_rng(seed)
    items = ItemParameters.polytomous([*"uvwx"], "GRM", rng.uniform(0.8, 1.6, 4), [[-0.9, 0.1, 0.9]] * 4)
    return simulate(rng, rng.normal(size=n_candidates), items)


def fit(
    scores: ScoreArray, chosen: CalibrationSettings = EXACT, names: tuple[str, ...] | None = None
) -> CalibrationResult:
    found = calibrate(ResponseMatrix.from_array(scores, names), chosen)
    assert found.converged
    return found


def errors(found: CalibrationResult, name: str) -> FloatArray:
    assert found.standard_errors is not None
    result: FloatArray = getattr(found.standard_errors, name)
    return result


def assert_equal_items(one: CalibrationResult, other: CalibrationResult, atol: float = 1e-5) -> None:
    for name in ("a", "d", "c", "u", "s"):
        np.testing.assert_allclose(getattr(one.items, name), getattr(other.items, name), atol=atol)
        np.testing.assert_allclose(errors(one, name), errors(other, name), rtol=1e-3, atol=atol)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-10)
    assert one.log_prior == pytest.approx(other.log_prior, rel=1e-6, abs=1e-6)


@few
@given(seeds)
def test_the_order_of_items_and_of_candidates_does_not_matter(seed: int) -> None:
    scores, rng = mixed_test(seed)
    rows, columns = rng.permutation(len(scores)), rng.permutation(len(NAMES))

    one = fit(scores, MIXED, NAMES)
    two = fit(scores[rows][:, columns], MIXED, tuple(NAMES[column] for column in columns))

    assert two.item_names == tuple(NAMES[column] for column in columns)
    back = replace(two, items=two.items.select(NAMES))
    assert back.items.models == one.items.models
    for name in ("a", "d", "c", "s"):
        np.testing.assert_allclose(getattr(back.items, name), getattr(one.items, name), atol=1e-5)
        np.testing.assert_allclose(errors(two, name)[np.argsort(columns)], errors(one, name), rtol=1e-3)
    assert two.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-10)
    assert [two.flags[index] for index in np.argsort(columns)] == list(one.flags)


@few
@given(seeds)
def test_names_are_only_names(seed: int) -> None:
    scores, _ = mixed_test(seed)
    renamed = {name: f"câu {number}, {name!r}" for number, name in enumerate(reversed(NAMES))}
    models = {renamed[name]: model for name, model in MODELS.items()}

    one = fit(scores, MIXED, NAMES)
    two = fit(scores, replace(MIXED, item_models=models), tuple(renamed[name] for name in NAMES))

    for name in ("a", "d", "c", "s"):
        np.testing.assert_array_equal(getattr(two.items, name), getattr(one.items, name))


@few
@given(seeds)
def test_rows_that_repeat_are_one_row_with_a_weight(seed: int) -> None:
    scores, rng = mixed_test(seed)
    times = rng.integers(1, 5, len(scores))

    repeated = fit(np.repeat(scores, times, axis=0), MIXED, NAMES)
    weighted = calibrate(ResponseMatrix.from_array(scores, NAMES, weights=times), MIXED)

    assert_equal_items(weighted, repeated)
    np.testing.assert_allclose(weighted.category_counts, repeated.category_counts)
    np.testing.assert_allclose(weighted.n_responses, repeated.n_responses)
    assert weighted.n_candidates == pytest.approx(repeated.n_candidates)
    assert weighted.flags == repeated.flags


def test_patterns_with_counts_equal_one_row_per_candidate() -> None:
    one = calibrate(published.pattern_responses(published.LSAT6_PATTERNS), EXACT)
    two = calibrate(published.expanded_responses(published.LSAT6_PATTERNS), EXACT)

    assert_equal_items(one, two, atol=1e-7)


@few
@given(seeds, st.floats(0.05, 40.0))
def test_a_common_factor_of_all_weights_changes_only_what_is_known_about_the_estimates(
    seed: int, factor: float
) -> None:
    scores = right_or_wrong(seed)
    one = fit(scores)
    other = calibrate(ResponseMatrix.from_array(scores, weights=np.full(len(scores), factor)), EXACT)

    np.testing.assert_allclose(other.items.a, one.items.a, atol=1e-5)
    np.testing.assert_allclose(other.items.d, one.items.d, atol=1e-5)
    assert other.log_likelihood == pytest.approx(factor * one.log_likelihood, rel=1e-9)
    np.testing.assert_allclose(errors(other, "a") * np.sqrt(factor), errors(one, "a"), rtol=1e-4)


@few
@given(seeds, st.integers(1, 60))
def test_the_size_of_the_blocks_does_not_matter(seed: int, block_rows: int) -> None:
    scores, _ = mixed_test(seed, 150)

    small = calibrate(ResponseMatrix.from_array(scores, NAMES), replace(MIXED, block_rows=block_rows))
    large = calibrate(ResponseMatrix.from_array(scores, NAMES), replace(MIXED, block_rows=10_000))

    assert_equal_items(small, large)


@few
@given(seeds, st.integers(0, 300), st.integers(0, 7))
def test_candidates_and_items_without_responses_change_nothing(seed: int, row: int, column: int) -> None:
    scores, _ = mixed_test(seed)
    table = np.insert(np.insert(scores, row, NOT_PRESENTED, axis=0), column, NOT_PRESENTED, axis=1)
    names = list(NAMES)
    names.insert(column, "unseen")

    one = fit(scores, MIXED, NAMES)
    two = fit(table, MIXED, tuple(names))

    assert_equal_items(two, one, atol=1e-8)
    assert [(item.name, item.reason) for item in two.excluded] == [("unseen", "never_presented")]
    silent = float((scores == NOT_PRESENTED).all(axis=1).sum())
    assert {warning.code: dict(warning.data) for warning in two.warnings} == {
        "candidates_without_responses": {"candidates": silent + 1.0}
    }
    assert two.n_candidates == one.n_candidates


def three_groups(seed: int) -> tuple[ScoreArray, np.ndarray[tuple[int], np.dtype[np.str_]]]:
    rng = np.random.default_rng(seed)
    items = ItemParameters.dichotomous([f"q{item}" for item in range(8)], np.full(8, 1.2), rng.normal(0, 0.8, 8))
    theta = np.concatenate([rng.normal(0, 1, 250), rng.normal(0.5, 1.2, 250), rng.normal(-0.5, 0.8, 250)])
    return simulate(rng, theta, items), np.repeat(["a", "b", "c"], 250)


@few
@given(seeds, st.permutations(["x", "y", "z"]))
def test_names_of_groups_are_only_names(seed: int, renamed: list[str]) -> None:
    scores, groups = three_groups(seed)
    new = dict(zip("abc", renamed, strict=True))
    responses = ResponseMatrix.from_array(scores)

    one = calibrate(responses, replace(EXACT, reference_group="a"), groups=groups)
    two = calibrate(responses, replace(EXACT, reference_group=new["a"]), groups=[new[name] for name in groups])

    np.testing.assert_allclose(two.items.a, one.items.a, atol=1e-5)
    found = {group.name: group for group in two.groups}
    assert two.groups[0].name == new["a"]
    for group in one.groups:
        other = found[new[group.name]]
        assert (other.mean, other.sd) == pytest.approx((group.mean, group.sd), abs=1e-5)
        assert other.n_candidates == group.n_candidates
        if group.name == "a":
            assert (group.se_mean, group.se_sd, other.se_mean, other.se_sd) == (None,) * 4
        else:
            assert (other.se_mean, other.se_sd) == pytest.approx((group.se_mean, group.se_sd), rel=1e-3)


@few
@given(seeds)
def test_another_reference_group_is_another_scale_of_the_same_fit(seed: int) -> None:
    scores, groups = three_groups(seed)
    responses = ResponseMatrix.from_array(scores)

    # Nodes far enough for all groups on either scale.
    wide = replace(EXACT, n_nodes=181, theta_min=-9.0, theta_max=9.0)

    one = calibrate(responses, replace(wide, reference_group="a"), groups=groups)
    two = calibrate(responses, replace(wide, reference_group="b"), groups=groups)

    of_b = next(group for group in one.groups if group.name == "b")
    expected = one.items.transformed(1.0 / of_b.sd, -of_b.mean / of_b.sd)
    assert two.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(two.items.a, expected.a, atol=1e-3)
    np.testing.assert_allclose(two.items.d, expected.d, atol=1e-3)


@few
@given(seeds, st.floats(0.6, 1.6), st.floats(-0.8, 0.8))
def test_another_scale_of_the_fixed_items_moves_population_and_new_items_with_it(
    seed: int, slope: float, intercept: float
) -> None:
    rng = np.random.default_rng(seed)
    old = ItemParameters.concatenate(
        [
            ItemParameters.dichotomous(["x", "y", "z"], [1.0, 1.3, 0.8], [-0.5, 0.2, 0.6], [0.0, 0.2, 0.1]),
            ItemParameters.polytomous(["g"], "GRM", [1.1], [[-0.6, 0.7]]),
            ItemParameters.nominal(["n"], [[0.5, 1.0]], [[0.2, -0.1]]),
        ]
    )
    new = ItemParameters.concatenate(
        [
            ItemParameters.dichotomous(["p", "q"], [1.2, 0.9], [0.3, -0.3]),
            ItemParameters.polytomous(["r"], "GPCM", [0.9], [[-0.4, 0.5]]),
        ]
    )
    truth = ItemParameters.concatenate([old, new])
    responses = ResponseMatrix.from_array(simulate(rng, rng.normal(0.2, 0.9, 500), truth), truth.names)
    # Wide and fine enough for both scales: a scale stretched also stretches the population over the nodes.
    wide = replace(EXACT, item_models={"r": "GPCM"}, n_nodes=241, theta_min=-12.0, theta_max=12.0)

    one = calibrate(responses, wide, fixed=old)
    two = calibrate(responses, wide, fixed=old.transformed(slope, intercept))

    assert two.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-6)
    assert two.groups[0].mean == pytest.approx(slope * one.groups[0].mean + intercept, abs=1e-4)
    assert two.groups[0].sd == pytest.approx(slope * one.groups[0].sd, abs=1e-4)
    assert two.groups[0].se_mean is not None
    assert one.groups[0].se_mean is not None
    assert two.groups[0].se_mean == pytest.approx(slope * one.groups[0].se_mean, rel=1e-3)
    expected = one.items.transformed(slope, intercept).select(new.names)
    found = two.items.select(new.names)
    np.testing.assert_allclose(found.a, expected.a, atol=1e-4)
    np.testing.assert_allclose(found.d, expected.d, atol=1e-4)
    np.testing.assert_allclose(errors(two, "a") * slope, errors(one, "a"), rtol=1e-3)


@few
@given(seeds, st.integers(0, 5))
def test_reversing_an_item_turns_its_signs_and_nothing_else(seed: int, item: int) -> None:
    scores = right_or_wrong(seed)
    reversed_scores = scores.copy()
    reversed_scores[:, item] = 1 - scores[:, item]

    one, two = fit(scores), fit(reversed_scores)

    sign = np.where(np.arange(6) == item, -1.0, 1.0)
    np.testing.assert_allclose(two.items.a, sign * one.items.a, atol=1e-4)
    np.testing.assert_allclose(two.items.d[:, 0], sign * one.items.d[:, 0], atol=1e-4)
    np.testing.assert_allclose(errors(two, "a"), errors(one, "a"), rtol=1e-3)
    assert two.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-10)


@few
@given(seeds, st.sampled_from(["GRM", "GPCM", "NRM"]))
def test_reversing_all_items_mirrors_the_scale(seed: int, model: str) -> None:
    scores = graded_test(seed)
    chosen = replace(EXACT, model=model)  # type: ignore[arg-type]  # names of models

    one, two = fit(scores, chosen), fit(3 - scores, chosen)

    assert two.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-10)
    if model == "NRM":
        highest = one.items.s[:, -1]
        np.testing.assert_allclose(np.abs(two.items.s[:, -1]), np.abs(highest), atol=1e-3)
        return
    np.testing.assert_allclose(two.items.a, one.items.a, atol=1e-4)
    np.testing.assert_allclose(two.items.d, -one.items.d[:, ::-1], atol=1e-3)


@few
@given(seeds)
def test_reversing_one_graded_item_turns_its_slope(seed: int) -> None:
    scores = graded_test(seed)
    turned = scores.copy()
    turned[:, 2] = 3 - scores[:, 2]
    graded = replace(EXACT, model="GRM")

    one, two = fit(scores, graded), fit(turned, graded)

    assert two.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-10)
    np.testing.assert_allclose(two.items.a, one.items.a * [1.0, 1.0, -1.0, 1.0], atol=1e-4)
    np.testing.assert_allclose(two.items.d[2], -one.items.d[2, ::-1], atol=1e-4)
    np.testing.assert_allclose(np.delete(two.items.d, 2, axis=0), np.delete(one.items.d, 2, axis=0), atol=1e-4)


@few
@given(seeds, st.permutations(range(4)))
def test_any_category_of_a_nominal_item_may_be_the_baseline(seed: int, order: list[int]) -> None:
    scores = graded_test(seed)
    moved = scores.copy()
    moved[:, 1] = np.array(order)[scores[:, 1]]
    nominal = replace(EXACT, model="NRM")

    one, two = fit(scores, nominal), fit(moved, nominal)

    assert two.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-10)
    before, after = np.append(0.0, one.items.s[1]), np.append(0.0, two.items.s[1])
    np.testing.assert_allclose(after[order] - after[order[0]], before, atol=1e-3)
    others = [0, 2, 3]
    np.testing.assert_allclose(two.items.s[others], one.items.s[others], atol=1e-3)


@few
@given(seeds)
def test_a_model_with_more_freedom_is_never_less_likely(seed: int) -> None:
    scores = graded_test(seed)
    nested: tuple[ItemModel, ...] = ("RSM", "PCM", "GPCM", "NRM")
    of_two_categories: tuple[ItemModel, ...] = ("1PL", "2PL")

    likelihoods = [fit(scores, replace(EXACT, model=model)).log_likelihood for model in nested]
    halves = (scores > 1).astype(np.int8)
    of_halves = [fit(halves, replace(EXACT, model=model)).log_likelihood for model in of_two_categories]

    assert (np.diff(likelihoods) > -1e-7).all()
    assert (np.diff(of_halves) > -1e-7).all()


@few
@given(seeds, st.sampled_from([("RSM", "1PL"), ("PCM", "1PL"), ("GPCM", "2PL"), ("GRM", "2PL"), ("NRM", "2PL")]))
def test_with_two_categories_polytomous_models_are_the_dichotomous_ones(
    seed: int, models: tuple[ItemModel, ItemModel]
) -> None:
    scores = right_or_wrong(seed)

    one, two = (fit(scores, replace(EXACT, model=model)) for model in models)

    assert one.items.models == two.items.models
    np.testing.assert_array_equal(one.items.d, two.items.d)


@few
@given(seeds)
def test_scores_that_start_at_another_number_or_skip_one_mean_the_same_categories(seed: int) -> None:
    scores = graded_test(seed)
    graded = replace(EXACT, model="GRM")

    one, shifted, spread = fit(scores, graded), fit(scores + 1, graded), fit(3 * scores, graded)

    np.testing.assert_array_equal(shifted.items.d, one.items.d)
    np.testing.assert_array_equal(spread.items.d, one.items.d)
    assert shifted.category_scores == ((1, 2, 3, 4),) * 4
    assert spread.category_scores == ((0, 3, 6, 9),) * 4
    assert not any("category_unused" in flags for flags in (*one.flags, *shifted.flags))
    assert all("category_unused" in flags for flags in spread.flags)
