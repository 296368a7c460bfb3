import dataclasses

import numpy as np
import pytest

from exam_engine.psychometrics.fit.errors import FitError
from exam_engine.psychometrics.fit.free_parameters import (
    density_columns,
    free_densities,
    free_parameters,
    free_parameters_per_item,
    natural_parameters,
    probability_derivatives,
)
from exam_engine.psychometrics.fit.moments import LimitedStatistic, Moments
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.response_functions import category_curves, category_probabilities
from tests.exam_engine.psychometrics.fit.reference import mixed_items, pattern_distribution

ABILITY = normal_quadrature(31, mean=0.3, sd=1.1)


def moments_of(statistic: LimitedStatistic, items: ItemParameters, ability: Quadrature = ABILITY) -> Moments:
    return Moments.of(statistic, ability.weights, category_probabilities(ability.nodes, items), items.n_categories)


def statistics_of(statistic: LimitedStatistic, items: ItemParameters, patterns: np.ndarray) -> np.ndarray:
    """Each pattern's statistics written out: scores or category indicators, then products of pairs."""
    columns = []
    for item in range(len(items)):
        if statistic == "C2":
            columns += [patterns[:, item] == k for k in range(1, items.n_categories[item])]
        else:
            columns.append(patterns[:, item])
    columns += [patterns[:, i] * patterns[:, j] for i in range(len(items)) for j in range(i + 1, len(items))]
    return np.stack(columns, axis=1).astype(float)


@pytest.mark.parametrize("statistic", ["M2", "C2"])
def test_moments_and_their_covariance_are_those_of_all_patterns(statistic: LimitedStatistic) -> None:
    items = mixed_items()
    patterns, probability = pattern_distribution(items, ABILITY)
    values = statistics_of(statistic, items, patterns)
    mean = probability @ values

    moments = moments_of(statistic, items)

    np.testing.assert_allclose(moments.expected(), mean, rtol=1e-12)
    np.testing.assert_allclose(
        moments.covariance(), (values - mean).T @ ((values - mean) * probability[:, None]), rtol=1e-9, atol=1e-13
    )
    np.testing.assert_allclose(moments.observed(patterns.astype(np.int8), probability), mean, rtol=1e-12)


def test_implied_correlations_are_those_of_all_patterns() -> None:
    items = mixed_items()
    patterns, probability = pattern_distribution(items, ABILITY)
    covariance = np.cov(patterns, rowvar=False, aweights=probability, ddof=0)
    spread = np.sqrt(np.diag(covariance))

    np.testing.assert_allclose(
        moments_of("M2", items).score_correlations(), covariance / np.outer(spread, spread), rtol=1e-10
    )


def changed(items: ItemParameters, item: int, parameter: str, step: float) -> ItemParameters:
    field = parameter[0]
    values = getattr(items, field).copy()
    values[(item, int(parameter[1:]) - 1) if field in "ds" else item] += step
    return dataclasses.replace(items, **{field: values})


@pytest.mark.parametrize("statistic", ["M2", "C2"])
def test_derivatives_of_moments_are_finite_differences(statistic: LimitedStatistic) -> None:
    four = ItemParameters.dichotomous(["four"], [1.1], [0.4], [0.15], [0.95])
    items = ItemParameters.concatenate([mixed_items(), four])
    step = 1e-6
    numerical = [
        (
            moments_of(statistic, changed(items, item, name, step)).expected()
            - moments_of(statistic, changed(items, item, name, -step)).expected()
        )
        / (2 * step)
        for item, names in enumerate(natural_parameters(items))
        for name in names
    ]

    exact = moments_of(statistic, items).derivatives(probability_derivatives(ABILITY.nodes, items))

    np.testing.assert_allclose(exact, np.array(numerical).T, atol=1e-8)


def test_derivatives_in_the_density_are_finite_differences_of_a_moved_and_stretched_one() -> None:
    items, step = mixed_items(), 1e-6

    def expected(shift: float, stretch: float) -> np.ndarray:
        nodes = ABILITY.mean + shift + (ABILITY.nodes - ABILITY.mean) * np.exp(stretch)
        return moments_of("C2", items, Quadrature(nodes, ABILITY.weights)).expected()

    exact = moments_of("C2", items).density_derivatives(category_curves(ABILITY.nodes, items).slope, ABILITY.nodes)

    np.testing.assert_allclose(exact[:, 0], (expected(step, 0) - expected(-step, 0)) / (2 * step), atol=1e-8)
    np.testing.assert_allclose(exact[:, 1], (expected(0, step) - expected(0, -step)) / (2 * step), atol=1e-8)


def test_models_say_which_parameters_are_free() -> None:
    names = ["r1", "r2"]
    rasch = dataclasses.replace(ItemParameters.dichotomous(names, [1, 1], [0, 1]), models=("Rasch", "Rasch"))
    common = dataclasses.replace(rasch, models=("1PL", "1PL"))
    mixed = mixed_items()

    assert free_parameters(rasch).labels == ("r1: d1", "r2: d1")
    assert free_parameters(common).labels == ("a of all 1PL items", "r1: d1", "r2: d1")
    np.testing.assert_array_equal(free_parameters(common).design[:, 0], [1, 0, 1, 0])
    assert free_parameters_per_item(rasch).tolist() == free_parameters_per_item(common).tolist() == [2, 2]
    assert free_parameters_per_item(mixed).tolist() == [3, 3, 4, 4]
    assert free_parameters_per_item(mixed, fixed=["steps"]).tolist() == [3, 3, 0, 4]
    assert not [label for label in free_parameters(mixed, fixed=["steps"]).labels if label.startswith("steps")]


def test_rating_scale_items_share_thresholds_up_to_their_locations() -> None:
    items = ItemParameters.polytomous(
        ["q1", "q2", "q3"], "RSM", [1.0] * 3, [[-1.0, 0.0, 1.0], [-0.5, 0.5, 1.5], [-2.0, -1.0, 0.0]]
    )
    labels, design = free_parameters(items)
    intercepts = np.flatnonzero([name != "a" for names in natural_parameters(items) for name in names])
    design = design[intercepts]

    # Locations of three items and thresholds of four categories that sum to zero.
    assert len(labels) == np.linalg.matrix_rank(design) == 3 + 2
    np.testing.assert_array_equal(design[:, labels.index("q1: location")], [-1, -1, -1, 0, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(design[:, labels.index("threshold 2 of 4 rating categories")], [1, -1, 0] * 3)
    np.testing.assert_array_equal(design[:, labels.index("threshold 3 of 4 rating categories")], [1, 0, -1] * 3)


def test_what_is_free_in_a_density_follows_from_what_fixes_the_scale() -> None:
    names = ["r1", "r2"]
    slopes_free = ItemParameters.dichotomous(names, [1, 1], [0, 1])
    slopes_one = dataclasses.replace(slopes_free, models=("Rasch", "Rasch"))

    assert free_densities(slopes_free, [], [None], None) == {None: ()}
    assert free_densities(slopes_one, [], [None], None) == {None: (1,)}
    assert free_densities(slopes_free, [], ["a", "b"], None) == {"a": (), "b": (0, 1)}
    assert free_densities(slopes_one, [], ["a", "b"], None) == {"a": (1,), "b": (0, 1)}
    assert free_densities(slopes_free, ["r1"], ["a", "b"], None) == {"a": (0, 1), "b": (0, 1)}
    assert free_densities(slopes_free, names, ["a", "b"], None) == {"a": (), "b": ()}
    assert free_densities(slopes_free, names, [None], ["sd", "mean"]) == {None: (0, 1)}
    assert free_densities(slopes_free, names, ["a", "b"], ["mean"]) == {"a": (), "b": (0,)}
    with pytest.raises(FitError, match="'variance'"):
        free_densities(slopes_free, [], [None], ["variance"])  # type: ignore[list-item]  # what a user may write


def test_each_group_has_its_own_columns_for_its_density() -> None:
    free: dict[str | None, tuple[int, ...]] = {"a": (1,), "b": (0, 1)}

    np.testing.assert_array_equal(density_columns(free, "a"), [[0, 0, 0], [1, 0, 0]])
    np.testing.assert_array_equal(density_columns(free, "b"), [[0, 1, 0], [0, 0, 1]])
