"""Exact figures against every response pattern there is, and simulation against exact figures."""

import itertools
from collections import defaultdict

import numpy as np
import pytest

from exam_engine.psychometrics import (
    ItemParameters,
    ResponseMatrix,
    category_probabilities,
    estimate_eap,
    estimate_map,
    estimate_mle,
    normal_quadrature,
)
from exam_engine.psychometrics.ability import estimate_wle
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.multistage import (
    MultistageError,
    MultistageEstimator,
    MultistageTest,
    Panel,
    PanelModule,
    Route,
    answer_module,
    evaluate_multistage,
    maximum_information_routing,
    module_items,
    multistage_result,
    number_correct_routing,
    path_score_distributions,
    simulate_multistage,
    start_multistage_session,
)
from exam_engine.psychometrics.multistage.estimation import estimates_by_pattern
from tests.exam_engine.psychometrics.multistage.small_panels import all_scores, one_three_three_panel, one_two_panel

THETA = np.array([-2.0, -0.5, 0.0, 0.7, 2.2])


def scored_test(panel: Panel, items: ItemParameters, **options: object) -> MultistageTest:
    routing = number_correct_routing(maximum_information_routing(panel, items), panel, items)
    return MultistageTest(panel=panel, items=items, routing=routing, **options)  # type: ignore[arg-type]


def by_enumeration(test: MultistageTest, theta: FloatArray) -> dict[Route, dict[int, FloatArray]]:
    """Probability of every route and score at every ability, over all response patterns of a 1-2 panel."""
    found: dict[Route, dict[int, FloatArray]] = defaultdict(lambda: defaultdict(lambda: np.zeros(theta.size)))
    (rule,) = test.routing.rules

    def pattern_probability(module: str, scores: tuple[int, ...]) -> FloatArray:
        p = category_probabilities(theta, test.items.select(test.panel.items_of[module]))
        product: FloatArray = np.prod([p[:, item, score] for item, score in enumerate(scores)], axis=0)
        return product

    for first in all_scores(test.items, test.panel.items_of["R"]):
        module = rule.modules[int(sum(first) >= rule.cuts[0])]
        for second in all_scores(test.items, test.panel.items_of[module]):
            probability = pattern_probability("R", first) * pattern_probability(module, second)
            found[("R", module)][sum(first) + sum(second)] += probability
    return found


def test_the_recursion_gives_the_probability_of_every_route_and_score() -> None:
    panel, items = one_two_panel()
    test = scored_test(panel, items)
    distributions = path_score_distributions(panel, items, test.routing, THETA)
    expected = by_enumeration(test, THETA)
    for route in panel.routes:
        for score in range(distributions[route].shape[1]):
            assert distributions[route][:, score] == pytest.approx(expected[route][score], abs=1e-14)
    total = sum(distributions[route].sum(axis=1) for route in panel.routes)
    assert total == pytest.approx(np.ones(THETA.size), abs=1e-12)


def test_estimates_bias_error_and_decisions_are_those_of_all_response_patterns() -> None:
    panel, items = one_two_panel()
    test = scored_test(panel, items, estimator="number_correct", cuts=(0.2,))
    density = normal_quadrature()
    posterior = by_enumeration(test, density.nodes)
    expected = by_enumeration(test, THETA)
    mean, square, passed = np.zeros(THETA.size), np.zeros(THETA.size), np.zeros(THETA.size)
    for route, of_score in expected.items():
        for score, probability in of_score.items():
            weight = posterior[route][score] * density.weights
            estimate = float(weight @ density.nodes / weight.sum())
            assert test.score_tables[route].theta[score] == pytest.approx(estimate, abs=1e-10)
            mean += probability * estimate
            square += probability * (estimate - THETA) ** 2
            passed += probability * (estimate >= 0.2)
    found = evaluate_multistage(test, theta=THETA)
    assert found.bias == pytest.approx(mean - THETA, abs=1e-10)
    assert found.rmse == pytest.approx(np.sqrt(square), abs=1e-10)
    assert found.standard_error**2 + found.bias**2 == pytest.approx(found.rmse**2, abs=1e-12)
    assert found.classification is not None
    assert found.classification.probability[:, 1] == pytest.approx(passed, abs=1e-10)


def test_posterior_means_are_unbiased_in_the_population_they_assume() -> None:
    panel, items = one_three_three_panel(length=8)
    found = evaluate_multistage(scored_test(panel, items, estimator="number_correct", cuts=(-0.5, 0.5)))
    assert found.mean_bias == pytest.approx(0.0, abs=1e-6)
    assert sum(found.route_shares.values()) == pytest.approx(1.0)
    assert found.module_shares["R"] == pytest.approx(1.0)
    assert found.module_shares["2E"] + found.module_shares["2M"] + found.module_shares["2H"] == pytest.approx(1.0)
    assert found.classification is not None
    assert found.classification.table.sum() == pytest.approx(1.0)
    assert 0.6 < found.classification.consistency < found.classification.accuracy < 1.0
    assert found.to_dict()["rmse"] == pytest.approx(found.population_rmse)


def test_simulation_agrees_with_the_exact_figures_at_every_ability() -> None:
    panel, items = one_three_three_panel(length=5)
    test = scored_test(panel, items, estimator="number_correct", cuts=(0.0,))
    exact = evaluate_multistage(test, theta=THETA)
    n = 4_000
    simulated = simulate_multistage(test, np.repeat(THETA, n), np.random.default_rng(11))
    error = (simulated.estimate - simulated.theta).reshape(THETA.size, n)
    # Five standard errors of the simulation: once in two million comparisons by chance.
    assert (np.abs(error.mean(axis=1) - exact.bias) < 5.0 * exact.standard_error / np.sqrt(n)).all()
    assert error.std(axis=1) == pytest.approx(exact.standard_error, rel=0.08)
    routes = simulated.route.reshape(THETA.size, n)
    for place in range(len(panel.routes)):
        probability = exact.route_probability[:, place]
        limit = 5.0 * np.sqrt(probability * (1.0 - probability) / n) + 1e-9
        assert (np.abs((routes == place).mean(axis=1) - probability) < limit).all()
    assert exact.classification is not None
    decisions = simulated.decisions()
    assert decisions.accuracy == pytest.approx(exact.classification.conditional_accuracy.mean(), abs=0.02)
    assert decisions.consistency == pytest.approx(exact.classification.conditional_consistency.mean(), abs=0.03)


@pytest.mark.parametrize("by_score", [False, True])
@pytest.mark.parametrize("estimator", ["EAP", "MAP", "MLE", "WLE", "number_correct"])
def test_a_live_session_takes_the_route_and_estimate_of_its_scores(
    estimator: MultistageEstimator, *, by_score: bool
) -> None:
    if estimator == "number_correct" and not by_score:
        with pytest.raises(MultistageError) as error:
            scored_like(estimator, by_score=by_score)
        assert error.value.code == "needs_number_correct"
        return
    test = scored_like(estimator, by_score=by_score)
    rng = np.random.default_rng(3)
    for _ in range(12):
        session = start_multistage_session(test)
        given: dict[str, int] = {}
        while names := module_items(test, session):
            scores = {name: int(rng.integers(0, 2)) for name in names}
            given |= scores
            session = answer_module(test, type(session).from_dict(session.to_dict()), scores)
        result = multistage_result(test, session)
        assert result.is_final
        assert result.path in test.panel.routes
        assert sum(result.number_correct) == sum(given.values())
        responses = ResponseMatrix(
            scores=np.array([list(given.values())], dtype=np.int8), item_names=tuple(given), weights=np.ones(1)
        )
        match estimator:
            case "EAP":
                expected = estimate_eap(responses, test.items, test.grid)
            case "MAP":
                expected = estimate_map(responses, test.items)
            case "MLE":
                expected = estimate_mle(responses, test.items, bounds=(-6.0, 6.0))
            case "WLE":
                expected = estimate_wle(responses, test.items)
            case _:
                table = test.score_tables[result.path]
                assert result.theta == table.theta[sum(given.values())]
                continue
        # Searches for a mode start from the pattern of presented items and end within their tolerance.
        assert result.theta == pytest.approx(expected.theta[0], abs=1e-6)
        assert result.standard_error == pytest.approx(expected.standard_error[0], abs=1e-6)


def scored_like(estimator: MultistageEstimator, *, by_score: bool) -> MultistageTest:
    panel, items = one_three_three_panel(length=5)
    routing = maximum_information_routing(panel, items)
    if by_score:
        routing = number_correct_routing(routing, panel, items)
    return MultistageTest(panel=panel, items=items, routing=routing, estimator=estimator, cuts=(0.0,))


@pytest.mark.parametrize("by_score", [False, True])
def test_simulated_routes_and_estimates_are_those_of_live_sessions_with_the_same_answers(*, by_score: bool) -> None:
    """Answers at ±40 logits are certain, so the simulation must take the route that a live session takes."""
    names = [f"{module}{number}" for module in "REH" for number in range(3)]
    items = ItemParameters.dichotomous(names, np.ones(9), np.repeat([0.0, -1.0, 1.0], 3))
    modules = tuple(
        PanelModule(module, stage, tuple(names[place * 3 : place * 3 + 3]))
        for place, (module, stage) in enumerate((("R", 1), ("E", 2), ("H", 2)))
    )
    panel = Panel("1", modules, (("R", "E"), ("R", "H")))
    rule = maximum_information_routing(panel, items)
    if by_score:
        rule = number_correct_routing(rule, panel, items)
    test = MultistageTest(panel=panel, items=items, routing=rule)
    found = simulate_multistage(test, np.array([-40.0, 40.0]), np.random.default_rng(0))
    for place, score in ((0, 0), (1, 1)):
        session = start_multistage_session(test)
        while names_now := module_items(test, session):
            session = answer_module(test, session, [score] * len(names_now))
        result = multistage_result(test, session)
        assert panel.routes[found.route[place]] == result.path
        assert found.estimate[place] == pytest.approx(result.theta, abs=1e-12)
        assert found.standard_error[place] == pytest.approx(result.standard_error, abs=1e-12)
        assert found.number_correct[place] == sum(result.number_correct)


def test_simulation_recovers_ability_and_reports_it() -> None:
    panel, items = one_three_three_panel(length=10)
    routing = maximum_information_routing(panel, items)
    test = MultistageTest(panel=panel, items=items, routing=routing, cuts=(-0.4, 0.6))
    theta = np.random.default_rng(2).standard_normal(5_000)
    found = simulate_multistage(test, theta, np.random.default_rng(4))
    again = simulate_multistage(test, theta, np.random.default_rng(4))
    assert found.estimate.tolist() == again.estimate.tolist()
    # Squared posterior standard deviations are expected squared errors.
    assert found.rmse == pytest.approx(float(np.sqrt((found.standard_error**2).mean())), rel=0.05)
    assert abs(found.bias) < 0.02
    assert found.exposure.maximum == 1.0
    assert sum(found.item_rates.values()) == pytest.approx(30.0)
    assert found.module_shares["R"] == 1.0
    precision = found.conditional([-3.0, -1.0, 0.0, 1.0, 3.0])
    inside = np.abs(theta) < 3.0
    assert precision.n_candidates.sum() == inside.sum()
    pooled = float(np.sqrt((precision.n_candidates * precision.rmse**2).sum() / precision.n_candidates.sum()))
    errors = (found.estimate - theta)[inside]
    assert pooled == pytest.approx(float(np.sqrt((errors**2).mean())))
    report = found.to_dict()
    assert sum(route["share"] for route in report["routes"]) == pytest.approx(1.0)
    assert report["decisions"]["accuracy"] == pytest.approx(found.decisions().accuracy)
    with pytest.raises(MultistageError):
        found.conditional([1.0, 0.0])
    with pytest.raises(MultistageError):
        found.decisions(())


def test_blocks_of_candidates_do_not_show_in_the_estimates() -> None:
    panel, items = one_three_three_panel(length=8)
    test = MultistageTest(panel=panel, items=items, routing=maximum_information_routing(panel, items), estimator="WLE")
    theta = np.tile([-1.5, 0.0, 1.5], 3_000)
    found = simulate_multistage(test, theta, np.random.default_rng(1))
    assert np.isfinite(found.estimate).all()
    halves = found.estimate[:4_096], found.estimate[4_096:]
    assert halves[0].mean() == pytest.approx(halves[1].mean(), abs=0.06)
    assert set(found.route.tolist()) == set(range(7))


def test_estimates_from_patterns_ignore_what_was_not_presented() -> None:
    panel, items = one_three_three_panel(length=4)
    test = MultistageTest(panel=panel, items=items, routing=maximum_information_routing(panel, items), estimator="MAP")
    row = np.full((1, len(panel.item_ids)), -1, dtype=np.int8)
    row[0, :4] = [1, 0, 1, 1]
    own = ResponseMatrix(scores=row[:, :4].copy(), item_names=panel.items_of["R"], weights=np.ones(1))
    theta, error = estimates_by_pattern(test, row)
    expected = estimate_map(own, items)
    assert (theta[0], error[0]) == pytest.approx((expected.theta[0], expected.standard_error[0]), abs=1e-6)


def test_between_modules_the_result_is_interim() -> None:
    panel, items = one_three_three_panel(length=5)
    test = scored_test(panel, items, estimator="number_correct", cuts=(0.0,))
    session = start_multistage_session(test)
    before = multistage_result(test, session)
    assert (before.theta, before.standard_error) == pytest.approx((0.0, 1.0), abs=1e-6)
    assert before.category_probability == pytest.approx((0.5, 0.5), abs=1e-3)
    after = multistage_result(test, answer_module(test, session, [1, 1, 1, 1, 1]))
    assert not after.is_final
    assert after.theta > 0.3
    assert after.category == 1
    assert after.to_dict()["number_correct"] == [5]


def test_what_a_session_cannot_take_is_refused() -> None:
    panel, items = one_two_panel()
    test = scored_test(panel, items)
    session = start_multistage_session(test)
    for code, scores in (
        ("scores_missing", [1, 1]),
        ("scores_missing", {"r1": 1, "r2": 1, "e1": 1}),
        ("score_outside", [1, 1, 2]),
        ("score_outside", [1, 1, -1]),
    ):
        with pytest.raises(MultistageError) as error:
            answer_module(test, session, scores)
        assert error.value.code == code
    session = answer_module(test, session, [0, 0, 0])
    assert session.current_module == "E"
    session = answer_module(test, session, {"e1": 1, "e2": 2})
    with pytest.raises(MultistageError) as error:
        answer_module(test, session, [1])
    assert error.value.code == "test_over"
    with pytest.raises(MultistageError) as error:
        multistage_result(test, type(session)("2", ("R",)))
    assert error.value.code == "other_panel"


def test_a_test_comes_back_from_json_with_the_same_results() -> None:
    panel, items = one_two_panel()
    test = scored_test(panel, items, estimator="number_correct", cuts=(0.1,))
    again = MultistageTest.from_dict(test.to_dict())
    scores = list(itertools.islice(all_scores(items, panel.items_of["R"]), 4))
    for given in scores:
        paths = [answer_module(each, start_multistage_session(each), given).path for each in (test, again)]
        assert paths[0] == paths[1]
    assert evaluate_multistage(again).population_rmse == pytest.approx(evaluate_multistage(test).population_rmse)


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("unknown_option", {"estimator": "guess"}),
        ("bad_cuts", {"cuts": (1.0, 0.0)}),
        ("bad_cuts", {"cuts": (np.inf,)}),
    ],
)
def test_a_test_that_cannot_be_given_is_refused(code: str, options: dict[str, object]) -> None:
    panel, items = one_two_panel()
    with pytest.raises(MultistageError) as error:
        scored_test(panel, items, **options)
    assert error.value.code == code


def test_parameters_of_every_item_are_needed() -> None:
    panel, items = one_two_panel()
    with pytest.raises(MultistageError) as error:
        MultistageTest(panel=panel, items=items.take(np.arange(5)), routing=scored_test(panel, items).routing)
    assert error.value.code == "no_parameters"


def test_patterns_are_too_many_to_evaluate_exactly() -> None:
    with pytest.raises(MultistageError) as error:
        evaluate_multistage(scored_test(*one_two_panel(), estimator="EAP"))
    assert error.value.code == "needs_number_correct"


def test_abilities_must_be_finite() -> None:
    test = scored_test(*one_two_panel())
    for theta in (np.array([np.inf]), np.empty(0), np.zeros((2, 2))):
        with pytest.raises(ValueError, match="abilities"):
            simulate_multistage(test, theta, np.random.default_rng(0))
