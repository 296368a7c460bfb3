"""Panels are assembled as well as possible, and every requirement of modules and routes holds."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from exam_engine.psychometrics import fisher_information
from exam_engine.psychometrics.assembly import (
    AssemblyProgress,
    Count,
    EnemyLimit,
    Information,
    ItemPool,
    Maximin,
    MinimaxTarget,
    MustExclude,
    MustInclude,
    Range,
    SpecificationError,
    StimulusSets,
    Total,
    length,
)
from exam_engine.psychometrics.multistage import (
    ModuleSpecification,
    PanelInfeasibleError,
    PanelSettings,
    PanelSpecification,
    RouteSpecification,
    adjacent_routes,
    assemble_panels,
    check_panels,
)
from tests.exam_engine.psychometrics.assembly.small_pools import passage_pool
from tests.exam_engine.psychometrics.multistage.small_panels import mixed_pool

EXACT = PanelSettings(relative_gap=0.0)
UNITS = Range(Count({"unit": "u1"}), 1, 1)


def one_two(**changes: object) -> PanelSpecification:
    """A start of two items and two modules of two, one item of each unit in every module."""
    given = {
        "modules": (
            ModuleSpecification(name="R", stage=1, objective=Maximin((Information(0.0),))),
            ModuleSpecification(name="E", stage=2, objective=Maximin((Information(-1.0),))),
            ModuleSpecification(name="H", stage=2, objective=Maximin((Information(1.0),))),
        ),
        "routes": (RouteSpecification(modules=("R", "E")), RouteSpecification(modules=("R", "H"))),
        "module_requirements": (length(2), UNITS),
        "route_requirements": (EnemyLimit(1), Range(Total("words"), maximum=140.0)),
    }
    return PanelSpecification(**(given | changes))  # type: ignore[arg-type]


def one_three_three() -> PanelSpecification:
    """Modules of four items out of three units, with ranges over routes."""
    points = {"R": (-0.5, 0.5), "E": (-1.0,), "M": (0.0,), "H": (1.0,)}
    names = ["R", "2E", "2M", "2H", "3E", "3M", "3H"]
    units = ("u1", "u2", "u3")
    return PanelSpecification(
        modules=tuple(
            ModuleSpecification(
                name=name,
                stage=int(name[0]) if name[0].isdigit() else 1,
                objective=Maximin(tuple(Information(point) for point in points[name[-1]])),
            )
            for name in names
        ),
        routes=tuple(
            RouteSpecification(modules=route) for route in adjacent_routes([names[:1], names[1:4], names[4:]])
        ),
        module_requirements=(length(4), *(Range(Count({"unit": unit}), 1) for unit in units)),
        route_requirements=(EnemyLimit(1), *(Range(Count({"unit": unit}), 3, 5) for unit in units)),
    )


def every_panel(pool: ItemPool) -> Iterator[dict[str, tuple[int, ...]]]:
    """Every panel that meets ``one_two``, found by trying all."""
    unit = pool.attributes["unit"]
    words = pool.quantities["words"]
    pairs = [
        pair for pair in itertools.combinations(range(len(unit)), 2) if sum(unit[item] == "u1" for item in pair) == 1
    ]
    for start, easy, hard in itertools.product(pairs, repeat=3):
        if len({*start, *easy, *hard}) < 6:
            continue
        routes = [{*start, *easy}, {*start, *hard}]
        if any({0, 1} <= route for route in routes) or any(words[list(route)].sum() > 140.0 for route in routes):
            continue
        yield {"R": start, "E": easy, "H": hard}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_largest_minimum_is_that_found_by_trying_every_panel(seed: int) -> None:
    pool = mixed_pool(9, seed=seed)
    information = dict(zip("ERH", fisher_information(np.array([-1.0, 0.0, 1.0]), pool.parameters), strict=True))
    best = max(
        min(information[name][list(items)].sum() for name, items in panel.items()) for panel in every_panel(pool)
    )
    result = assemble_panels(pool, one_two(), EXACT)
    assert result.value == pytest.approx(best, rel=1e-9)
    assert result.bound == pytest.approx(best, rel=1e-6)
    assert result.stop_reason == "optimal"
    assert result.gap <= 1e-6
    assert check_panels(pool, one_two(), result.panels) == ()


def test_the_best_panel_for_targets_is_that_found_by_trying_every_panel() -> None:
    pool = mixed_pool(9, seed=4)
    points, targets = {"R": 0.0, "E": -1.0, "H": 1.0}, {"R": 0.5, "E": 0.6, "H": 0.7}
    specification = one_two(
        modules=tuple(
            ModuleSpecification(
                name=name,
                stage=1 if name == "R" else 2,
                objective=MinimaxTarget((Information(point),), (targets[name],), tolerance=0.0),
            )
            for name, point in points.items()
        )
    )
    information = {name: fisher_information(np.array([point]), pool.parameters)[0] for name, point in points.items()}
    best = min(
        max(abs(information[name][list(items)].sum() / targets[name] - 1.0) for name, items in panel.items())
        for panel in every_panel(pool)
    )
    result = assemble_panels(pool, specification, EXACT)
    assert result.value == pytest.approx(best, rel=1e-6, abs=1e-9)
    assert result.bound <= result.value


def test_objectives_of_routes_count_the_items_of_all_their_modules() -> None:
    pool = mixed_pool(9, seed=2)
    specification = one_two(
        modules=tuple(replace(module, objective=None) for module in one_two().modules),
        routes=(
            RouteSpecification(modules=("R", "E"), objective=Maximin((Information(-1.0),))),
            RouteSpecification(modules=("R", "H"), objective=Maximin((Information(1.0),), (2.0,))),
        ),
    )
    low, high = fisher_information(np.array([-1.0, 1.0]), pool.parameters)
    best = max(
        min(low[[*panel["R"], *panel["E"]]].sum(), high[[*panel["R"], *panel["H"]]].sum() / 2.0)
        for panel in every_panel(pool)
    )
    assert assemble_panels(pool, specification, EXACT).value == pytest.approx(best, rel=1e-9)


def test_a_1_3_3_panel_meets_every_row_within_its_gap_and_repeats_itself() -> None:
    pool, specification = mixed_pool(90, n_units=3), one_three_three()
    result = assemble_panels(pool, specification)
    assert check_panels(pool, specification, result.panels) == ()
    assert 0.0 <= result.gap <= 0.01
    assert result.value <= result.bound
    assert result.value == pytest.approx(min(goal.value for goal in result.goals), rel=1e-12)
    assert assemble_panels(pool, specification).to_dict() == result.to_dict()


def test_surplus_is_spread_over_the_other_modules_without_lowering_the_smallest() -> None:
    pool, specification = mixed_pool(40), one_two()
    start, easy, hard = specification.modules
    heavy = replace(specification, modules=(replace(start, objective=Maximin((Information(0.0),), (3.0,))), easy, hard))
    spread = assemble_panels(pool, heavy, PanelSettings(surplus="maximise", relative_gap=0.0))
    left = assemble_panels(pool, heavy, PanelSettings(surplus="leave", relative_gap=0.0))
    assert spread.value == pytest.approx(left.value, rel=1e-8)
    assert spread.gap <= 1e-8
    # With the start at its best, each of the others can only be bettered by taking from the other.
    assert sum(goal.value for goal in spread.goals) > 1.2 * sum(goal.value for goal in left.goals)


def test_a_weight_of_two_asks_for_twice_the_information() -> None:
    pool, specification = mixed_pool(60), one_two()
    start, easy, hard = specification.modules
    heavy = replace(
        specification, modules=(start, replace(easy, objective=Maximin((Information(-1.0),), (2.0,))), hard)
    )
    result = assemble_panels(pool, heavy, EXACT)
    of_place = {goal.place: goal.value for goal in result.goals}
    assert result.value == pytest.approx(min(of_place["R"], of_place["E"] / 2.0, of_place["H"]), rel=1e-12)


def test_parallel_panels_share_no_items_and_are_as_good_as_the_bound_allows() -> None:
    pool, specification = mixed_pool(40), one_two(n_panels=2)
    heard: list[AssemblyProgress] = []
    result = assemble_panels(pool, specification, tell=heard.append)
    first, second = result.panels
    assert check_panels(pool, specification, result.panels) == ()
    assert not set(first.item_ids) & set(second.item_ids)
    assert result.gap <= 0.05
    assert [progress.forms_done for progress in heard] == [1, 2]


def test_items_may_stand_in_two_panels_when_the_specification_says_so() -> None:
    pool = mixed_pool(10)
    with pytest.raises(PanelInfeasibleError, match="not items enough for 2 panels"):
        assemble_panels(pool, one_two(n_panels=2))
    specification = one_two(n_panels=2, panel_use=2)
    result = assemble_panels(pool, specification)
    assert check_panels(pool, specification, result.panels) == ()


def test_an_anchor_stands_in_its_module_of_every_panel() -> None:
    pool, specification = mixed_pool(40), one_two(n_panels=2)
    start, *others = specification.modules
    specification = replace(
        specification,
        modules=(replace(start, requirements=(MustInclude(frozenset({"q5"})),)), *others),
    )
    result = assemble_panels(pool, specification)
    assert all("q5" in panel.items_of["R"] for panel in result.panels)
    assert check_panels(pool, specification, result.panels) == ()


def test_excluded_items_stay_out_of_every_module() -> None:
    pool = mixed_pool(60)
    specification = one_two(module_requirements=(length(2), MustExclude(where={"unit": "u2"})))
    result = assemble_panels(pool, specification)
    unit = dict(zip(pool.item_ids, pool.attributes["unit"], strict=True))
    assert {unit[item] for item in result.panels[0].item_ids} == {"u1"}


def test_a_route_may_be_asked_to_hold_an_item_in_whichever_module() -> None:
    pool = mixed_pool(20)
    specification = one_two(
        routes=(
            RouteSpecification(modules=("R", "E"), requirements=(MustInclude(frozenset({"q3"})),)),
            RouteSpecification(modules=("R", "H"), requirements=(MustExclude(frozenset({"q3"})),)),
        )
    )
    panel = assemble_panels(pool, specification).panels[0]
    assert "q3" in panel.items_of["E"]


def test_a_stimulus_stays_whole_within_one_module_even_when_nobody_mentions_it() -> None:
    pool = passage_pool()
    plain = PanelSpecification(
        modules=tuple(
            ModuleSpecification(name=name, stage=stage, objective=Maximin((Information(0.0),)))
            for name, stage in (("R", 1), ("E", 2), ("H", 2))
        ),
        routes=(RouteSpecification(modules=("R", "E")), RouteSpecification(modules=("R", "H"))),
        module_requirements=(length(2),),
    )
    result = assemble_panels(pool, plain, EXACT)
    assert check_panels(pool, plain, result.panels) == ()
    in_module = [
        {"q1": "s1", "q2": "s1", "q3": "s1", "q4": "s2", "q5": "s2", "q6": "s2"}.get(item)
        for module in result.panels[0].modules
        for item in set(module.item_ids)
    ]
    assert sum(stimulus is not None for stimulus in in_module) == 4
    torn = replace(plain, module_requirements=(length(2), Range(Count({"stimulus": ("s1", "s2")}), 1, 1)))
    with pytest.raises(PanelInfeasibleError):
        assemble_panels(pool, torn)


def test_modules_may_bring_a_passage_with_two_of_its_items_and_its_words() -> None:
    pool = passage_pool()
    specification = PanelSpecification(
        modules=(
            ModuleSpecification(name="R", stage=1, requirements=(length(2), StimulusSets(0, 0))),
            ModuleSpecification(name="E", stage=2, requirements=(length(2), StimulusSets(1, 1, 2, 2))),
            ModuleSpecification(name="H", stage=2, requirements=(length(3), StimulusSets(1, 1, 3, 3))),
        ),
        routes=(
            RouteSpecification(modules=("R", "E"), requirements=(Range(Total("words"), maximum=90.0),)),
            RouteSpecification(modules=("R", "H")),
        ),
    )
    panel = assemble_panels(pool, specification).panels[0]
    assert set(panel.items_of["R"]) == {"q7", "q8"}
    assert panel.items_of["H"] == ("q1", "q2", "q3")
    assert panel.items_of["E"] == ("q4", "q5")


def test_a_contradiction_between_modules_and_routes_is_named_and_nothing_else_is() -> None:
    pool = mixed_pool(60)
    route = Range(Count({"unit": "u1"}), 3, name="u1 on a route")
    specification = one_two(route_requirements=(route, EnemyLimit(1), Range(Total("words"), maximum=140.0)))
    with pytest.raises(PanelInfeasibleError, match="u1 on a route") as error:
        assemble_panels(pool, specification)
    conflict = error.value.conflict
    named = {(name.scope, name.place, name.row.code) for name in conflict}
    assert len(named) == 3
    assert {(scope, code) for scope, _, code in named} == {("route", "count"), ("module", "count")}
    assert error.value.data["conflict"][0]["scope"] == "module"
    (route_name,) = [name for name in conflict if name.scope == "route"]
    assert {place for scope, place, _ in named if scope == "module"} == set(route_name.place.split(" → "))


def test_a_pool_without_room_is_told_apart_from_a_contradiction_of_whole_items() -> None:
    with pytest.raises(PanelInfeasibleError, match="panel") as error:
        assemble_panels(mixed_pool(5), one_two())
    assert {"length"} <= {name.row.code for name in error.value.conflict}
    halves = one_two(route_requirements=(), module_requirements=(length(2), Range(Total("words"), 55.0, 55.5)))
    pool = replace(mixed_pool(12), quantities={"words": np.array([10.0, 45.5] * 3 + [20.0, 42.0] * 3)})
    assemble_panels(pool, halves)
    pool = replace(mixed_pool(12), quantities={"words": np.array([10.0, 42.0] * 3 + [20.0, 48.0] * 3)})
    with pytest.raises(PanelInfeasibleError, match="whole items") as error:
        assemble_panels(pool, halves)
    assert error.value.conflict == ()


def test_a_limit_of_nodes_is_told_as_the_reason_for_a_gap() -> None:
    pool, specification = mixed_pool(90, n_units=3), one_three_three()
    result = assemble_panels(pool, specification, PanelSettings(nodes=1, relative_gap=0.0))
    assert check_panels(pool, specification, result.panels) == ()
    assert result.value <= result.bound
    assert result.stop_reason in ("nodes", "iterations")


def test_the_check_finds_what_was_broken_by_hand() -> None:
    pool, specification = mixed_pool(60), one_two()
    panel = assemble_panels(pool, specification).panels[0]
    start, easy, hard = panel.modules
    free = [item for item in pool.item_ids if item not in panel.item_ids]
    unit = dict(zip(pool.item_ids, pool.attributes["unit"], strict=True))

    def codes(*modules: object) -> set[tuple[str, str, str]]:
        broken = replace(panel, modules=modules)  # type: ignore[arg-type]
        return {
            (violation.scope, violation.place, violation.violation.code)
            for violation in check_panels(pool, specification, [broken])
        }

    assert codes(start, easy, hard) == set()
    short = replace(easy, item_ids=easy.item_ids[:1])
    assert ("module", "E", "range") in codes(start, short, hard)
    assert ("route", "R → E", "range") in codes(start, short, hard)
    same_unit = next(item for item in free if unit[item] == unit[easy.item_ids[0]])
    assert ("module", "E", "range") in codes(start, replace(easy, item_ids=(easy.item_ids[0], same_unit)), hard)
    assert ("panel", "", "item_use") in codes(start, easy, replace(hard, item_ids=easy.item_ids))
    together = replace(start, item_ids=("q0", "q1"))
    assert {("module", "R", "enemies"), ("route", "R → E", "enemies")} & codes(together, easy, hard)
    two = replace(specification, n_panels=2)
    found = check_panels(pool, two, [panel, replace(panel, name="2")])
    assert {violation.scope for violation in found} == {"panels"}
    assert len(found) == 6
    (missing,) = check_panels(pool, two, [panel])
    assert missing.to_dict()["data"] == {"required": 2, "found": 1}


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("out_of_range", {"n_panels": 0}),
        ("out_of_range", {"panel_use": 0}),
        ("no_length", {"module_requirements": (UNITS,)}),
        ("repeated_requirement", {"module_requirements": (length(2), length(2))}),
        ("repeated_module", {"modules": (one_two().modules[0],) * 2}),
        (
            "mixed_objectives",
            {
                "modules": (
                    *one_two().modules[:2],
                    ModuleSpecification(name="H", stage=2, objective=MinimaxTarget((Information(1.0),), (1.0,))),
                )
            },
        ),
    ],
)
def test_a_specification_that_contradicts_itself_is_refused_at_once(code: str, changes: dict[str, object]) -> None:
    with pytest.raises(SpecificationError) as error:
        one_two(**changes)
    assert error.value.code == code


@pytest.mark.parametrize("wrong", [{"relative_gap": 1.0}, {"nodes": 0}, {"cpu_seconds": 0.0}, {"surplus": "burn"}])
def test_settings_that_cannot_work_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        PanelSettings(**wrong)  # type: ignore[arg-type]
