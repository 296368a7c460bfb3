"""One pass over the responses, its gradient and its information, for every model in every design."""

import numpy as np
import pytest

from exam_engine.psychometrics import NOT_PRESENTED, ItemParameters, Prior, Priors
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.calibration.design import response_blocks
from exam_engine.psychometrics.calibration.expectation import Model, expectation
from exam_engine.psychometrics.calibration.parameterisation import parameterise, working_values
from exam_engine.psychometrics.calibration.passes import Passes
from exam_engine.psychometrics.response_functions import category_probabilities
from tests.exam_engine.psychometrics.calibration.models import DESIGNS, ITEMS, MIXED, NODES, SmallProblem, small_problem

ALL_ITEMS = {**ITEMS, "mixed": MIXED}
CASES = [(name, design) for name in ALL_ITEMS for design in DESIGNS]
PRIORS = Priors(
    slope=Prior("normal", 1.0, 0.5),
    intercept=Prior("normal", 0.0, 2.0),
    lower=Prior("beta", 5.0, 17.0),
    upper=Prior("logitnormal", 2.0, 0.7),
)


def log_likelihood_written_out(small: SmallProblem, items: ItemParameters) -> float:
    p = category_probabilities(NODES, items)
    total = 0.0
    for row, weight, population in zip(small.scores, small.weights, small.populations, strict=True):
        density = np.exp(small.state.densities[population].log_weights(NODES))
        for item, score in enumerate(row):
            if score != NOT_PRESENTED:
                density = density * p[:, item, score]
        total += weight * np.log(density.sum())
    return float(total)


def differences(small: SmallProblem, of: str, step: float = 1e-5) -> FloatArray:
    size = small.state.phi.size + 2
    shifts = step * np.eye(size)
    rows = [(getattr(small.point(shift), of) - getattr(small.point(-shift), of)) / (2 * step) for shift in shifts]
    return np.array(rows)


@pytest.mark.parametrize(("name", "design"), CASES)
def test_the_marginal_likelihood_is_the_sum_over_nodes_written_out(name: str, design: str) -> None:
    small = small_problem(ALL_ITEMS[name], design)

    assert small.point().log_likelihood == pytest.approx(log_likelihood_written_out(small, ALL_ITEMS[name]), rel=1e-12)


@pytest.mark.parametrize("priors", [None, PRIORS], ids=["likelihood", "posterior"])
@pytest.mark.parametrize(("name", "design"), CASES)
def test_the_gradient_is_the_finite_difference_of_the_objective(name: str, design: str, priors: Priors | None) -> None:
    small = small_problem(ALL_ITEMS[name], design, priors)

    np.testing.assert_allclose(small.point().gradient, differences(small, "objective"), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("priors", [None, PRIORS], ids=["likelihood", "posterior"])
@pytest.mark.parametrize(("name", "design"), CASES)
def test_the_information_is_the_finite_difference_of_the_gradient(
    name: str, design: str, priors: Priors | None
) -> None:
    small = small_problem(ALL_ITEMS[name], design, priors)

    information = small.problem.information(small.point())

    np.testing.assert_allclose(information, -differences(small, "gradient"), rtol=1e-5, atol=2e-5)


def test_a_prior_of_logarithms_of_slopes_has_the_right_derivatives() -> None:
    positive = ItemParameters.dichotomous(["x", "y", "z"], [0.8, 1.4, 0.5], [-0.4, 0.7, 0.2])
    small = small_problem(positive, "complete", Priors(slope=Prior("lognormal", 0.0, 0.5)))

    np.testing.assert_allclose(small.point().gradient, differences(small, "objective"), rtol=1e-5, atol=1e-5)
    information = small.problem.information(small.point())
    np.testing.assert_allclose(information, -differences(small, "gradient"), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("model", ["1PL", "PCM", "RSM", "Rasch"])
def test_tied_parameters_have_the_derivatives_of_what_they_move(model: str, design: str) -> None:
    thresholds = [[-1.0, 0.3, 0.9], [-0.6, 0.7, 1.3], [-1.4, -0.1, 0.5]]
    names = ["x", "y", "z"]
    items = (
        ItemParameters.polytomous(names, model, [1.0] * 3, thresholds)  # type: ignore[arg-type]  # names of models
        if model in ("PCM", "RSM")
        else ItemParameters.dichotomous(names, [1.0] * 3, [-1.0, 0.0, 1.0])
    )
    layout = parameterise(items.names, (model,) * 3, items.n_categories, None)  # type: ignore[arg-type]
    small = small_problem(items, design, layout=layout)

    assert layout.n_free == {"1PL": 4, "PCM": 10, "RSM": 6, "Rasch": 3}[model]
    np.testing.assert_allclose(small.point().gradient, differences(small, "objective"), rtol=1e-5, atol=1e-5)
    information = small.problem.information(small.point())
    np.testing.assert_allclose(information, -differences(small, "gradient"), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("design", DESIGNS)
def test_the_cross_product_is_that_of_the_candidates_own_gradients(design: str) -> None:
    small = small_problem(MIXED, design)
    point = small.point()
    moments = Passes(small.parts).score_moments(point.model, point.state.densities)

    total = np.zeros_like(moments.cross_product)
    for row, weight, population in zip(small.scores, small.weights, small.populations, strict=True):
        # The gradient of one candidate of weight w is w times the candidate's score.
        one = response_blocks(row[None, :], np.array([weight]), np.array([population]), 1)
        alone = small_problem(MIXED, design)
        counts = np.zeros_like(small.problem.category_counts)
        presented = np.flatnonzero(row != NOT_PRESENTED)
        counts[presented, row[presented]] = weight
        object.__setattr__(alone.problem, "category_counts", counts)
        object.__setattr__(alone.problem, "run_pass", Passes([list(one)]).expectation)
        score = alone.point().gradient / weight
        total += weight * np.outer(score, score)

    np.testing.assert_allclose(moments.cross_product, total, rtol=1e-9, atol=1e-9)


def test_expected_counts_add_up_to_the_candidates_who_saw_the_item() -> None:
    small = small_problem(MIXED, "booklets")

    at = small.point().expectation

    np.testing.assert_allclose(at.counts.sum(axis=1), small.weights @ (small.scores != NOT_PRESENTED))
    in_second = small.weights * (small.populations == 1)
    np.testing.assert_allclose(at.mass.sum(axis=1), [small.weights.sum() - in_second.sum(), in_second.sum()])


def test_a_thousand_items_do_not_underflow() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.uniform(0.5, 2.0, 1000), rng.normal(size=1000)
    items = ItemParameters.dichotomous([f"q{item}" for item in range(1000)], a, b, np.full(1000, 0.2))
    p = category_probabilities(rng.normal(size=40), items)[:, :, 1]
    scores = (rng.random(p.shape) < p).astype(np.int8)
    layout = parameterise(items.names, items.models, items.n_categories, None)
    log_weights = np.log(np.exp(-0.5 * NODES**2) / np.exp(-0.5 * NODES**2).sum())
    blocks = list(response_blocks(scores, np.ones(40), np.zeros(40, dtype=np.intp), 64))

    at = expectation(blocks, Model(layout, working_values(layout, items), NODES, log_weights[None, :]))

    log_p = np.log(category_probabilities(NODES, items))
    joint = scores @ log_p[:, :, 1].T + (1 - scores) @ log_p[:, :, 0].T + log_weights
    exact = np.logaddexp.reduce(joint, axis=1).sum()
    assert at.log_likelihood == pytest.approx(float(exact), rel=1e-12)
    assert at.log_likelihood < -10_000


def test_without_information_the_posterior_spread_is_that_of_the_population() -> None:
    items = ItemParameters.dichotomous(["x", "y", "z"], [1e-9] * 3, [0.0] * 3)
    layout = parameterise(items.names, items.models, items.n_categories, None)
    weights = np.exp(-0.5 * NODES**2) / np.exp(-0.5 * NODES**2).sum()
    scores = np.array([[0, 1, 1], [1, 0, 1]] * 20, dtype=np.int8)
    blocks = list(response_blocks(scores, np.ones(40), np.zeros(40, dtype=np.intp), 64))

    at = expectation(blocks, Model(layout, working_values(layout, items), NODES, np.log(weights)[None, :]))

    assert at.smallest_variance == pytest.approx(1.0, abs=1e-6)
    assert at.largest_edge_mass == pytest.approx(2 * weights[0], rel=1e-6)
