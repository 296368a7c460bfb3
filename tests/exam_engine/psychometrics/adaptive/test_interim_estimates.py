import numpy as np
import pytest

from exam_engine.psychometrics import ItemParameters, ResponseMatrix, estimate_eap, estimate_map, estimate_mle
from exam_engine.psychometrics.ability import AbilityEstimates, estimate_wle
from exam_engine.psychometrics.adaptive import AdaptiveTest, Estimator
from exam_engine.psychometrics.adaptive.final_estimates import final_estimates
from exam_engine.psychometrics.adaptive.interim_estimates import update_estimates
from exam_engine.psychometrics.adaptive.progress import CandidateProgress
from exam_engine.psychometrics.arrays import IntArray
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.adaptive import makers

N = 200


def after(test: AdaptiveTest, items: IntArray, scores: IntArray) -> CandidateProgress:
    progress = CandidateProgress(test, items.shape[0])
    for step in range(items.shape[1]):
        progress.give(items[:, step])
        progress.record(scores[:, step])
    update_estimates(progress)
    return progress


def own_tests(items: ItemParameters, length: int) -> tuple[IntArray, IntArray, ResponseMatrix]:
    """N candidates with random items each, their scores, and the same as a matrix."""
    rng = np.random.default_rng(8)
    chosen = np.argsort(rng.random((N, len(items))), axis=1)[:, :length]
    presented = np.zeros((N, len(items)), dtype=np.bool_)
    np.put_along_axis(presented, chosen, True, axis=1)
    responses = simulate_responses(rng, rng.standard_normal(N), items, presented)
    return chosen, np.take_along_axis(responses.scores, chosen, axis=1).astype(np.intp), responses


def reference(estimator: Estimator, responses: ResponseMatrix, items: ItemParameters) -> AbilityEstimates:
    match estimator:
        case "EAP":
            return estimate_eap(responses, items)
        case "MAP":
            return estimate_map(responses, items, information="expected")
        case "MLE":
            return estimate_mle(responses, items, bounds=(-4.0, 4.0), information="expected")
        case "WLE":
            return estimate_wle(responses, items, information="expected")


@pytest.mark.parametrize("items", [makers.three_parameter(), makers.mixed()], ids=["3PL", "mixed"])
@pytest.mark.parametrize(("estimator", "tolerance"), [("EAP", 1e-9), ("MAP", 2e-6), ("MLE", 2e-6), ("WLE", 2e-6)])
def test_interim_estimates_are_near_those_of_the_whole_record(
    estimator: Estimator, tolerance: float, items: ItemParameters
) -> None:
    test = makers.adaptive_test(items, maximum_length=30, estimator=estimator)
    chosen, scores, responses = own_tests(items, 25)

    progress = after(test, chosen, scores)
    expected = reference(estimator, responses, items)

    # Grids may pick different ones of two equally high maxima; those records have no one estimate.
    single = ~expected.with_flag("multimodal") & (np.abs(expected.theta) < 4.5)
    assert single.sum() > 0.9 * N
    assert progress.theta[single] == pytest.approx(expected.theta[single], abs=tolerance)
    assert progress.standard_error[single] == pytest.approx(expected.standard_error[single], rel=1e-5)


@pytest.mark.parametrize("estimator", ["MAP", "MLE", "WLE"])
def test_final_estimates_are_exactly_those_of_the_whole_record(estimator: Estimator) -> None:
    items = makers.three_parameter()
    test = makers.adaptive_test(items, maximum_length=30, final_estimator=estimator)
    chosen, scores, responses = own_tests(items, 20)
    theta, error = final_estimates(after(test, chosen, scores))
    expected = reference(estimator, responses, items)
    assert theta == pytest.approx(expected.theta, abs=1e-6)
    assert error == pytest.approx(expected.standard_error, rel=1e-5)


@pytest.mark.parametrize(("score", "fence"), [(0, -3.0), (1, 2.5)])
def test_mle_of_all_right_or_all_wrong_stands_at_the_fence(score: int, fence: float) -> None:
    test = makers.adaptive_test(estimator="MLE", fences=(-3.0, 2.5))
    progress = after(test, np.arange(5)[None, :], np.full((1, 5), score))
    assert progress.theta[0] == fence
    information = test.tables.information_at(np.array([fence]))[0, :5].sum()
    assert progress.standard_error[0] == pytest.approx(1.0 / np.sqrt(information), rel=1e-5)


def test_posteriors_stay_right_when_likelihoods_become_tiny() -> None:
    items = makers.three_parameter(600, seed=3)
    test = makers.adaptive_test(items, maximum_length=600)
    scores = np.random.default_rng(2).integers(0, 2, (3, 600))
    chosen = np.tile(np.arange(600), (3, 1))
    progress = CandidateProgress(test, 3)
    for step in range(600):
        progress.give(chosen[:, step])
        progress.record(scores[:, step])
        update_estimates(progress)
    expected = estimate_eap(ResponseMatrix.from_array(scores, items.names), items, test.prior)
    assert progress.theta == pytest.approx(expected.theta, abs=1e-4)


def test_another_prior_moves_the_grid_with_it() -> None:
    test = makers.adaptive_test(prior_mean=30.0, prior_sd=5.0)
    assert test.prior.mean == pytest.approx(30.0, abs=1e-6)
    assert test.prior.sd == pytest.approx(5.0, rel=1e-6)
    assert test.start == 30.0
    assert makers.adaptive_test(start=-1.0).start == -1.0


def test_a_precise_test_gets_a_finer_grid() -> None:
    steep = ItemParameters.dichotomous([f"s{item}" for item in range(80)], 2.5, np.linspace(-0.5, 0.5, 80))
    coarse, fine = makers.adaptive_test(), makers.adaptive_test(steep, maximum_length=80)
    assert coarse.prior.nodes.size == 61
    most = float(fine.tables.information_at(np.zeros(1)).sum())
    assert fine.prior.spacing <= 1.25 / np.sqrt(most + 1.0)


def test_a_record_that_the_model_excludes_still_has_an_estimate() -> None:
    # Steps at −1 and 1, right on the hard and wrong on the easy ones: below −1 and above 1 half of the answers are
    # impossible, between them all.
    items = ItemParameters.dichotomous([f"s{item}" for item in range(40)], 200.0, np.tile([-1.0, 1.0], 20))
    test = makers.adaptive_test(items, maximum_length=40)
    progress = after(test, np.arange(40)[None, :], np.tile([0, 1], 20)[None, :])
    assert progress.theta[0] == pytest.approx(0.0, abs=1e-9)
    assert 1.0 < progress.standard_error[0] < 2.5


def test_a_narrow_prior_does_not_make_the_grid_of_the_fences() -> None:
    assert makers.adaptive_test(prior_sd=0.01).prior.nodes.size == 61
    assert makers.adaptive_test(prior_sd=0.3, estimator="MLE").prior.nodes[[0, -1]].tolist() == [-4.0, 4.0]
