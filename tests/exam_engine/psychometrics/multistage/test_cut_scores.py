"""Cut scores for routing."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from exam_engine.psychometrics import ItemParameters, category_probabilities, fisher_information, normal_quadrature
from exam_engine.psychometrics.ability import expected_sum_scores
from exam_engine.psychometrics.multistage import (
    MultistageError,
    Panel,
    PanelModule,
    Routing,
    RoutingRule,
    maximum_information_routing,
    number_correct_routing,
    population_interval_routing,
)
from tests.exam_engine.psychometrics.multistage.small_panels import all_scores, one_three_three_panel, one_two_panel


def rasch_panel(easy: float, hard: float) -> tuple[Panel, ItemParameters]:
    """A start at 0 and two modules of four equal items each, of the given difficulties."""
    names = [f"{module}{number}" for module in "REH" for number in range(4)]
    items = ItemParameters.dichotomous(names, np.ones(12), np.repeat([0.0, easy, hard], 4))
    modules = tuple(
        PanelModule(module, stage, tuple(names[place * 4 : place * 4 + 4]))
        for place, (module, stage) in enumerate((("R", 1), ("E", 2), ("H", 2)))
    )
    return Panel("1", modules, (("R", "E"), ("R", "H"))), items


@pytest.mark.parametrize(("easy", "hard"), [(-1.0, 1.0), (-0.4, 1.7), (0.5, 0.6)])
def test_information_of_equal_rasch_modules_crosses_halfway_between_their_difficulties(
    easy: float, hard: float
) -> None:
    panel, items = rasch_panel(easy, hard)
    (rule,) = maximum_information_routing(panel, items).rules
    assert rule.modules == ("E", "H")
    assert rule.cuts[0] == pytest.approx((easy + hard) / 2.0, abs=1e-9)


def test_on_either_side_of_a_cut_the_module_chosen_is_the_most_informative_of_those_that_may_follow() -> None:
    panel, items = one_three_three_panel(length=12)
    routing = maximum_information_routing(panel, items)
    theta = np.linspace(-2.5, 2.5, 201)
    for rule in routing.rules:
        information = np.column_stack(
            [fisher_information(theta, items.select(panel.items_of[name])).sum(axis=1) for name in rule.modules]
        )
        assert rule.choose(theta).tolist() == information.argmax(axis=1).tolist()


def test_modules_named_hardest_first_are_refused() -> None:
    panel, items = rasch_panel(1.0, -1.0)
    with pytest.raises(MultistageError, match="easiest first") as error:
        maximum_information_routing(panel, items)
    assert error.value.code == "no_crossing"


def test_a_module_that_its_neighbours_surpass_everywhere_is_named() -> None:
    names = [f"{module}{number}" for module in "REMH" for number in range(4)]
    slopes = np.repeat([1.0, 1.5, 0.5, 1.5], 4)
    items = ItemParameters.dichotomous(names, slopes, np.repeat([0.0, -0.5, 0.0, 0.5], 4))
    modules = tuple(
        PanelModule(module, min(place, 1) + 1, tuple(names[place * 4 : place * 4 + 4]))
        for place, module in enumerate("REMH")
    )
    panel = Panel("1", modules, (("R", "E"), ("R", "M"), ("R", "H")))
    with pytest.raises(MultistageError) as error:
        maximum_information_routing(panel, items)
    assert error.value.code in ("module_never_best", "no_crossing")


def test_equal_shares_of_a_normal_population_are_cut_at_its_thirds() -> None:
    panel, _ = one_three_three_panel()
    rule_of = population_interval_routing(panel).rule_of
    thirds = norm.ppf([1.0 / 3.0, 2.0 / 3.0])
    assert rule_of[("R",)].cuts == pytest.approx(thirds, abs=1e-3)
    assert rule_of[("R", "2M")].cuts == pytest.approx(thirds, abs=1e-3)
    assert rule_of[("R", "2E")].cuts == pytest.approx(thirds[:1], abs=1e-3)
    assert rule_of[("R", "2H")].cuts == pytest.approx(thirds[1:], abs=1e-3)


def test_shares_and_population_may_be_given() -> None:
    panel, _ = one_three_three_panel()
    population = normal_quadrature(mean=0.5, sd=0.8)
    routing = population_interval_routing(panel, {"2E": 0.2, "2M": 0.5, "2H": 0.3}, population)
    assert routing.rule_of[("R",)].cuts == pytest.approx(norm.ppf([0.2, 0.7], 0.5, 0.8), abs=1e-3)
    assert routing.rule_of[("R", "2M")].cuts == pytest.approx(norm.ppf([1 / 3, 2 / 3], 0.5, 0.8), abs=1e-3)


@pytest.mark.parametrize(
    ("code", "shares"),
    [
        ("bad_shares", {"2E": 0.5, "2M": 0.5}),
        ("bad_shares", {"2E": 0.5, "2M": 0.5, "2H": 0.1}),
        ("bad_shares", {"2E": 0.5, "2M": 0.5, "2H": 0.0}),
        ("unknown_module", {"4E": 1.0}),
    ],
)
def test_shares_that_are_none_are_refused(code: str, shares: dict[str, float]) -> None:
    panel, _ = one_three_three_panel()
    with pytest.raises(MultistageError) as error:
        population_interval_routing(panel, shares)
    assert error.value.code == code


def test_by_the_characteristic_curve_the_cut_is_the_expected_score_rounded_up() -> None:
    panel, items = one_three_three_panel(length=12)
    by_ability = maximum_information_routing(panel, items)
    by_score = number_correct_routing(by_ability, panel, items, method="characteristic_curve")
    for rule, scored in zip(by_ability.rules, by_score.rules, strict=True):
        expected = expected_sum_scores(items.select(panel.route_items(rule.path)), np.array(rule.cuts))
        assert scored.cuts == tuple(np.ceil(expected).tolist())


def test_the_cut_in_scores_is_where_the_mean_ability_of_those_with_the_score_reaches_the_cut() -> None:
    panel, items = one_two_panel()
    density = normal_quadrature()
    p = category_probabilities(density.nodes, items.select(panel.items_of["R"]))
    weight = np.zeros((4, density.nodes.size))
    for scores in all_scores(items, panel.items_of["R"]):
        weight[sum(scores)] += density.weights * np.prod(
            [p[:, item, score] for item, score in enumerate(scores)], axis=0
        )
    mean = weight @ density.nodes / weight.sum(axis=1)
    for lowest in (1, 2, 3):
        for cut in (mean[lowest] - 1e-6, mean[lowest - 1] + 1e-6):
            given = Routing("EAP", (RoutingRule(("R",), ("E", "H"), (float(cut),)),))
            assert number_correct_routing(given, panel, items).rules[0].cuts == (lowest,)


def test_scores_that_cannot_tell_the_cuts_apart_are_refused() -> None:
    panel, items = one_two_panel()
    far = Routing("EAP", (RoutingRule(("R",), ("E", "H"), (3.0,)),))
    with pytest.raises(MultistageError, match="no number-correct score reaches") as error:
        number_correct_routing(far, panel, items)
    assert error.value.code == "cut_out_of_reach"
    panel, items = one_three_three_panel(length=2)
    close = population_interval_routing(panel, {"2E": 0.49, "2M": 0.02, "2H": 0.49})
    with pytest.raises(MultistageError) as error:
        number_correct_routing(close, panel, items)
    assert error.value.code == "cuts_collide"


def test_scores_are_not_made_of_scores_and_methods_are_known() -> None:
    panel, items = one_two_panel()
    routing = maximum_information_routing(panel, items)
    scored = number_correct_routing(routing, panel, items)
    with pytest.raises(MultistageError) as error:
        number_correct_routing(scored, panel, items)
    assert error.value.code == "not_by_ability"
    with pytest.raises(MultistageError) as error:
        number_correct_routing(routing, panel, items, method="guess")  # type: ignore[arg-type]
    assert error.value.code == "unknown_option"


def test_at_the_cut_the_harder_module_follows() -> None:
    rule = RoutingRule(("R",), ("E", "M", "H"), (4.0, 7.0))
    assert rule.choose(np.array([3.0, 4.0, 6.0, 7.0])).tolist() == [0, 1, 1, 2]


@pytest.mark.parametrize("cuts", [(), (1.0, 2.0), (np.nan,)])
def test_a_rule_needs_one_finite_cut_less_than_modules(cuts: tuple[float, ...]) -> None:
    with pytest.raises(MultistageError) as error:
        RoutingRule(("R",), ("E", "H"), cuts)
    assert error.value.code == "bad_cuts"


def test_cuts_increase() -> None:
    with pytest.raises(MultistageError):
        RoutingRule(("R",), ("E", "M", "H"), (1.0, 1.0))


def test_rules_of_another_panel_are_refused() -> None:
    panel, items = one_three_three_panel()
    routing = population_interval_routing(panel)
    with pytest.raises(MultistageError) as error:
        replace(routing, rules=routing.rules[:-1]).refuse_other_panel(panel)
    assert error.value.code == "rule_missing"
    strange = [replace(rule, modules=tuple(f"x{name}" for name in rule.modules)) for rule in routing.rules]
    with pytest.raises(MultistageError) as error:
        replace(routing, rules=tuple(strange)).refuse_other_panel(panel)
    assert error.value.code == "rule_elsewhere"
    with pytest.raises(MultistageError):
        Routing("TCC", ())  # type: ignore[arg-type]
    assert len(list(itertools.chain(*(rule.cuts for rule in maximum_information_routing(panel, items).rules)))) == 6


def test_routing_comes_back_from_json() -> None:
    panel, _ = one_three_three_panel()
    routing = population_interval_routing(panel)
    assert Routing.from_dict(routing.to_dict()) == routing
