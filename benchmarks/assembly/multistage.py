"""Panels of multistage tests from instances of kind ``mst``: assembled, checked on the raw arrays, and simulated."""

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.assembly.instances import Instance, indices_of
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.assembly.measures import Count, Information
from exam_engine.psychometrics.assembly.pool import ANY
from exam_engine.psychometrics.assembly.specification import (
    EnemyLimit,
    Maximin,
    MustExclude,
    Range,
    Requirement,
    length,
)
from exam_engine.psychometrics.multistage import (
    ModuleSpecification,
    MultistageEstimator,
    MultistageTest,
    PanelSpecification,
    Route,
    RouteSpecification,
    Routing,
    SimulatedMultistageTests,
    adjacent_routes,
    assemble_panels,
    evaluate_multistage,
    maximum_information_routing,
    number_correct_routing,
    population_interval_routing,
    simulate_multistage,
)

SIMULATIONS = 5
"""Runs of the simulation; the speed is that of the median one."""


def run(instance: Instance) -> list[dict[str, Any]]:
    """The panels, then one entry a way of routing: speed, precision and how the routes were used."""
    begin = time.process_time()
    specification = panel_specification(instance)
    assembly = assemble_panels(instance.pool, specification)
    cpu = time.process_time() - begin
    forms = [[indices_of([module.item_ids])[0] for module in panel.modules] for panel in assembly.panels]
    violations = [fault for modules in forms for fault in faults(instance, modules)]
    results: list[dict[str, Any]] = [
        {
            "variant": "assembly",
            "forms": forms[0] if len(forms) == 1 else forms,
            "value": assembly.value,
            "bound": assembly.bound,
            "gap": assembly.gap,
            "stop_reason": assembly.stop_reason,
            "nodes": assembly.nodes,
            "cpu_s": cpu,
            "violations": len(violations),
            "violation_list": violations[:10],
            "tif": [{"module": goal.place, "panel": goal.panel, "value": goal.value} for goal in assembly.goals],
        }
    ]
    panel, items = assembly.panels[0], instance.pool.parameters
    by_information = maximum_information_routing(panel, items)
    by_score = number_correct_routing(by_information, panel, items)
    by_shares = population_interval_routing(panel)
    theta = np.random.default_rng(instance.facts["seed"]).standard_normal(instance.facts["n_simulees"])
    ways: list[tuple[str, Routing, MultistageEstimator]] = [
        ("EAP routing at information crossings, EAP", by_information, "EAP"),
        ("EAP routing at equal shares, EAP", by_shares, "EAP"),
        ("number-correct routing, EAP", by_score, "EAP"),
        ("number-correct routing and score", by_score, "number_correct"),
    ]
    for name, routing, estimator in ways:
        test = MultistageTest(panel=panel, items=items, routing=routing, estimator=estimator, cuts=(0.0,))
        tests, seconds = _simulated(test, theta, instance.facts["seed"])
        exact = evaluate_multistage(test) if estimator == "number_correct" else None
        results.append(
            {
                "variant": name,
                "rmse": tests.rmse,
                "bias": tests.bias,
                "rmse_exact": None if exact is None else exact.population_rmse,
                "simulees_per_s": theta.size / seconds,
                "cpu_s": seconds,
                "route_shares": {"-".join(route): share for route, share in tests.route_shares.items()},
                "exposure_max": tests.exposure.maximum,
                "accuracy": tests.decisions().accuracy,
                "consistency": tests.decisions().consistency,
            }
        )
    return results


def _simulated(test: MultistageTest, theta: FloatArray, seed: int) -> tuple[SimulatedMultistageTests, float]:
    """The tests, and CPU seconds of the median run."""
    seconds = []
    tests = simulate_multistage(test, theta[:1], np.random.default_rng(seed))
    for _ in range(SIMULATIONS):
        begin = time.process_time()
        tests = simulate_multistage(test, theta, np.random.default_rng(seed))
        seconds.append(time.process_time() - begin)
    return tests, float(np.median(seconds))


def faults(instance: Instance, modules: Sequence[Sequence[int]]) -> list[str]:
    """What the modules, in the order of ``stage_names``, do not meet, counted from the instance's own words."""
    facts, pool = instance.facts, instance.pool
    names: list[str] = facts["stage_names"]
    unit, level = np.array(pool.attributes["module"]), np.array(pool.attributes["level"])
    has_stimulus = np.array([bool(stimulus) for stimulus in pool.stimuli] or [False] * unit.size)
    rules = facts["module_constraints"]
    found: list[str] = []

    def expect(holds: bool, text: str) -> None:
        if not holds:
            found.append(text)

    for name, items in zip(names, modules, strict=True):
        expect(len(set(items)) == len(items) == facts["module_len"][stage_of(name) - 1], f"{name}: length")
        for wanted, limits in rules.get("cog", {}).items():
            least, most = _bounds(limits)
            expect(least <= (level[items] == wanted).sum() <= most, f"{name}: {wanted}")
        for wanted in sorted(set(unit.tolist())):
            count = (unit[items] == wanted).sum()
            least, most = rules.get("module_each_min", 0), rules.get("module_each_max", len(items))
            expect(least <= count <= most, f"{name}: {wanted}")
        if rules.get("stimuli") == "none":
            expect(not has_stimulus[items].any(), f"{name}: stimuli")
    used = [item for items in modules for item in items]
    expect(len(used) == len(set(used)), "an item stands in two modules")
    for route in routes_of(facts):
        items = [item for name in route for item in modules[names.index(name)]]
        label = "-".join(route)
        if "length" in facts["route_constraints"]:
            expect(len(items) == facts["route_constraints"]["length"], f"{label}: length")
        for wanted, limits in facts["route_constraints"].get("counts", {}).items():
            least, most = _bounds(limits)
            expect(least <= ((unit[items] == wanted) | (level[items] == wanted)).sum() <= most, f"{label}: {wanted}")
        if "enemy" in rules:
            most = _number(rules["enemy"])
            for enemies in pool.enemies:
                expect(len(enemies.intersection(map(str, items))) <= most, f"{label}: enemies {sorted(enemies)}")
    return found


def panel_specification(instance: Instance) -> PanelSpecification:
    """The instance's modules, routes and requirements in our terms."""
    facts = instance.facts
    names: list[str] = facts["stage_names"]
    stages = {name: stage_of(name) for name in names}
    rules, route_rules = facts["module_constraints"], facts["route_constraints"]
    of_modules: list[Requirement] = [
        Range(Count({"level": level}), *_bounds(limits)) for level, limits in rules.get("cog", {}).items()
    ]
    if "module_each_min" in rules or "module_each_max" in rules:
        least, most = rules.get("module_each_min", 0), rules.get("module_each_max", float("inf"))
        units = sorted(set(instance.pool.attributes["module"]))
        of_modules += [Range(Count({"module": unit}), least, most) for unit in units]
    if rules.get("stimuli") == "none":
        of_modules.append(MustExclude(where={"stimulus": ANY}))
    of_routes: list[Requirement] = [length(route_rules["length"])] if "length" in route_rules else []
    for name, limits in route_rules.get("counts", {}).items():
        attribute = "level" if name in instance.pool.attributes["level"] else "module"
        of_routes.append(Range(Count({attribute: name}), *_bounds(limits)))
    if "enemy" in rules:
        of_routes.append(EnemyLimit(_number(rules["enemy"])))
    theta: Mapping[str, list[float]] = facts["module_theta"]
    return PanelSpecification(
        modules=tuple(
            ModuleSpecification(
                name=name,
                stage=stage,
                requirements=(length(facts["module_len"][stage - 1]),),
                objective=Maximin(tuple(Information(point) for point in theta.get(name) or theta[_level(name)])),
            )
            for name, stage in stages.items()
        ),
        routes=tuple(RouteSpecification(modules=route) for route in routes_of(facts)),
        module_requirements=tuple(of_modules),
        route_requirements=tuple(of_routes),
        n_panels=facts.get("n_panels", 1),
        panel_use=rules.get("item_usage_max", 1),
    )


def stage_of(name: str) -> int:
    """``2E`` stands in stage 2, ``R`` in stage 1."""
    digits = re.match(r"\d+", name)
    return int(digits[0]) if digits else 1


def routes_of(facts: Mapping[str, Any]) -> tuple[Route, ...]:
    """Routes as module names: ``1E-2M`` is level E after stage 1 and M after stage 2, so R, 2E, 3M."""
    names: Sequence[str] = facts["stage_names"]
    stages: dict[int, list[str]] = {}
    for name in names:
        stages.setdefault(stage_of(name), []).append(name)
    if not facts.get("routes"):
        return adjacent_routes([stages[stage] for stage in sorted(stages)])
    return tuple(
        (stages[1][0], *(f"{stage_of(step) + 1}{_level(step)}" for step in text.split("-"))) for text in facts["routes"]
    )


def _level(name: str) -> str:
    return re.sub(r"^\d+", "", name)


def _number(text: str | int) -> int:
    """``at most 1 per route`` is 1."""
    return int(re.findall(r"\d+", str(text))[0])


def _bounds(limits: str | Sequence[float]) -> tuple[float, float]:
    """``>=3``, ``<=5``, ``3`` or a pair."""
    if not isinstance(limits, str):
        return float(limits[0]), float(limits[1])
    value = float(re.findall(r"[\d.]+", limits)[0])
    return (-float("inf") if "<" in limits else value), (float("inf") if ">" in limits else value)
