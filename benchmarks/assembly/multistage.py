"""Panels of multistage tests from instances of kind ``mst``: assembled, checked on the raw arrays, and simulated."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.assembly.instances import Instance
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
from exam_engine.psychometrics.multistage.specification import (
    ModuleSpecification,
    PanelSpecification,
    RouteSpecification,
)
from exam_engine.psychometrics.multistage.structure import Route, adjacent_routes


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
        of_routes.append(EnemyLimit(int(re.findall(r"\d+", str(rules["enemy"]))[0])))
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
        (stages[1][0], *(f"{stage_of(step) + 1}{_level(step)}" for step in text.split("-")))
        for text in facts["routes"]
    )


def _level(name: str) -> str:
    return re.sub(r"^\d+", "", name)


def _bounds(limits: str | Sequence[float]) -> tuple[float, float]:
    """``>=3``, ``<=5``, ``3`` or a pair."""
    if not isinstance(limits, str):
        return float(limits[0]), float(limits[1])
    value = float(re.findall(r"[\d.]+", limits)[0])
    return (-float("inf") if "<" in limits else value), (float("inf") if ">" in limits else value)
