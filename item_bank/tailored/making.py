"""The computation of tailored papers: a pure function of bank, blueprint and options, run in a process of its own."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal

import numpy as np

from exam_engine.psychometrics.adaptive import (
    AdaptivePool,
    AdaptiveSettings,
    AdaptiveTest,
    AdaptiveTestError,
    SequentialRatioRule,
    calibrate_sympson_hetter,
    simulate_adaptive_tests,
)
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.assembly import (
    AnyForms,
    AssemblyStoppedError,
    Information,
    ItemPool,
    ItemUse,
    Maximin,
    PairOverlap,
    Range,
    SpecificationError,
    TestSpecification,
    length,
)
from exam_engine.psychometrics.assembly.infeasibility import explain_infeasibility
from exam_engine.psychometrics.assembly.loft import OnTheFlyError, OnTheFlySettings, assemble_on_the_fly
from exam_engine.psychometrics.assembly.rows import form_rows
from exam_engine.psychometrics.assembly.specification import Across
from exam_engine.psychometrics.multistage import (
    ModuleSpecification,
    MultistageError,
    MultistageTest,
    Panel,
    PanelInfeasibleError,
    PanelSettings,
    PanelSpecification,
    PanelStoppedError,
    RouteSpecification,
    adjacent_routes,
    assemble_panels,
    maximum_information_routing,
    number_correct_routing,
    population_interval_routing,
    simulate_multistage,
)
from exam_engine.psychometrics.response_functions import expected_item_scores, fisher_information
from item_bank.assembly.bank import BankItem, RecentForm, item_pool
from item_bank.assembly.explaining import conflict_of
from item_bank.assembly.options import AssemblyOptions
from item_bank.assembly.requirements import points_of, specification_of
from item_bank.blueprints.statement import BlueprintStatement, CellRange, TargetObjective
from item_bank.tailored.options import AdaptiveOptions, MultistageOptions, PersonalOptions

Status = Literal["made", "infeasible", "stopped"]
Tell = Callable[[dict[str, Any]], None]

THETA: Final = np.linspace(-3.0, 3.0, 61)
"""Abilities at which curves are drawn, logits."""
_SCALE_THETA: Final = np.linspace(-4.0, 4.0, 81)
_SIMULATED: Final = 10_000
_STAGE_SHARES: Final[Mapping[int, tuple[float, ...]]] = {2: (0.5, 0.5), 3: (0.3, 0.35, 0.35)}
_LEVELS: Final[Mapping[int, tuple[str, ...]]] = {1: ("R",), 2: ("E", "H"), 3: ("E", "M", "H")}
_MOST_SHARED: Final = 0.75
"""Share of a personal form that another one may have too."""
_HALF_WIDTH: Final = 0.3
"""Indifference region around the cut score within which either decision will do, logits."""
_RANDOMESQUE: Final = 5
_WHOLE_FORM: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Problem:
    """What is asked for: the items of the blueprint's modules and levels, and how they are to be tailored."""

    items: tuple[BankItem, ...]
    statement: BlueprintStatement
    options: PersonalOptions | MultistageOptions | AdaptiveOptions
    recent: tuple[RecentForm, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """Papers with their evidence, or why there are none.

    Attributes
    ----------
    content : what is published, in item codes; it holds response functions and stays on the server.
    figures : what the board looks at, JSON values.
    conflict : codes and figures of what stands in the way.
    """

    status: Status
    content: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    conflict: list[dict[str, Any]] = field(default_factory=list)


def make(problem: Problem, *, tell: Tell) -> Made:
    """Make tailored papers and simulate what they would do."""
    pool = item_pool(problem.items, problem.statement, now=problem.now)
    options = problem.options
    try:
        base = specification_of(problem.statement, AssemblyOptions(form_count=1), problem.recent, pool)
        if isinstance(options, PersonalOptions):
            return _make_personal(pool, base, problem.statement, options, tell)
        if isinstance(options, MultistageOptions):
            return _make_multistage(pool, base, problem.statement, options, tell)
        return _make_adaptive(pool, base, problem.statement, options, tell)
    except (SpecificationError, OnTheFlyError, AdaptiveTestError, MultistageError) as error:
        return Made("infeasible", conflict=[{"code": error.code, "data": _json(error.data)}])
    except (AssemblyStoppedError, PanelStoppedError):
        return Made("stopped")


def information_band(pool: ItemPool, statement: BlueprintStatement) -> list[tuple[float, float, float]]:
    """Return ability, least and greatest information of a form: the target, or what an average form has.

    The greatest exceeds the least by the blueprint's closeness, so that any two forms are as alike as it asks.
    """
    tolerance = statement.closeness.tolerance if statement.closeness is not None else 0.05
    objective = statement.objective
    if isinstance(objective, TargetObjective):
        centres = [(point.theta, point.information) for point in objective.points]
    else:
        points = points_of(statement)
        weights = _cell_weights(pool, statement)
        centres = list(
            zip(points, (fisher_information(np.array(points), pool.parameters) @ weights).tolist(), strict=True)
        )
    return [
        (theta, 2.0 * m / (2.0 + tolerance), 2.0 * m * (1.0 + tolerance) / (2.0 + tolerance)) for theta, m in centres
    ]


def score_scale(pool: ItemPool, statement: BlueprintStatement) -> list[tuple[float, float]]:
    """Return points by ability: the score expected on a form of the blueprint made of the bank's average items."""
    expected = expected_item_scores(_SCALE_THETA, pool.parameters) @ _cell_weights(pool, statement)
    points = np.maximum.accumulate(np.round(expected, 6))
    return list(zip(_SCALE_THETA.tolist(), points.tolist(), strict=True))


def _cell_weights(pool: ItemPool, statement: BlueprintStatement) -> FloatArray:
    """(J,) how many of each item an average form has, summing to its length."""
    weights = np.zeros(len(pool.item_ids))
    for cell in statement.cells:
        own = pool.matching({"module": cell.module_code, "level": cell.cognitive_level})
        if own.any():
            weights[own] = 0.5 * (cell.minimum + cell.maximum) / own.sum()
    total = weights.sum()
    if total < _WHOLE_FORM:
        raise SpecificationError("cell_supply", "the bank has no items for the cells of the blueprint")
    scaled: FloatArray = weights * (statement.form_length / total)
    return scaled


# --- personal forms --------------------------------------------------------------------------------------------------


def _make_personal(
    pool: ItemPool, base: TestSpecification, statement: BlueprintStatement, options: PersonalOptions, tell: Tell
) -> Made:
    bands = information_band(pool, statement)
    specification = replace(
        base,
        n_forms=options.form_count,
        requirements=(*base.requirements, *(Range(Information(theta), low, high) for theta, low, high in bands)),
        across=tuple(_across(statement, options)),
        objective=AnyForms(),
    )
    step = max(1, options.form_count // 50)

    def word(done: int) -> None:
        if done % step == 0:
            tell({"stage": "forms", "done": done, "of": options.form_count})

    settings = OnTheFlySettings(item_use=options.item_use, seed=options.seed)
    try:
        result = assemble_on_the_fly(pool, specification, settings, tell=word)
    except OnTheFlyError as error:
        if error.code != "infeasible":
            raise
        return Made("infeasible", conflict=_conflict(pool, specification.single_form()))
    if not result.is_complete:
        data = {"made": len(result.forms), "wanted": options.form_count}
        return Made("infeasible", conflict=[{"code": "forms_incomplete", "data": data}])
    places = [pool.indices(form) for form in result.forms]
    information = fisher_information(np.array([theta for theta, _, _ in bands]), pool.parameters)
    expected = expected_item_scores(np.array([statement.cut_theta]), pool.parameters)[0]
    per_form = np.array([information[:, items].sum(axis=1) for items in places])
    scores = np.array([expected[items].sum() for items in places])
    curves = np.array([fisher_information(THETA, pool.parameters)[:, items].sum(axis=1) for items in places])
    figures = {
        "design": "personal",
        "form_count": len(result.forms),
        "exposure": result.exposure.to_dict(),
        "limit": result.limit.to_dict(),
        "information": [
            {
                "theta": theta,
                "lower": low,
                "upper": high,
                "least": float(per_form[:, place].min()),
                "mean": float(per_form[:, place].mean()),
                "greatest": float(per_form[:, place].max()),
            }
            for place, (theta, low, high) in enumerate(bands)
        ],
        "expected_score": {
            "least": float(scores.min()),
            "mean": float(scores.mean()),
            "greatest": float(scores.max()),
        },
        "theta": THETA.tolist(),
        "information_band": {"least": curves.min(axis=0).tolist(), "greatest": curves.max(axis=0).tolist()},
    }
    return Made("made", {"forms": [list(form) for form in result.forms]}, figures)


def _across(statement: BlueprintStatement, options: PersonalOptions) -> Iterator[Across]:
    # Without a limit two candidates might get the same paper.
    yield PairOverlap(math.floor(_MOST_SHARED * statement.form_length))
    if options.item_use is not None:
        yield ItemUse(options.item_use)


# --- multistage ------------------------------------------------------------------------------------------------------


def _make_multistage(
    pool: ItemPool, base: TestSpecification, statement: BlueprintStatement, options: MultistageOptions, tell: Tell
) -> Made:
    sizes = [int(size) for size in options.structure.split("-")]
    stages = [
        [name if stage == 1 else f"{stage}{name}" for name in _LEVELS[size]]
        for stage, size in enumerate(sizes, start=1)
    ]
    lengths = _split(statement.form_length, _STAGE_SHARES[len(sizes)])
    modules = tuple(
        ModuleSpecification(
            name=name,
            stage=stage,
            requirements=(length(lengths[stage - 1]),),
            objective=Maximin(tuple(Information(theta) for theta in _aims(name, statement.cut_theta, options.spread))),
        )
        for stage, names in enumerate(stages, start=1)
        for name in names
    )
    routes = adjacent_routes(stages)
    specification = PanelSpecification(
        modules=modules,
        routes=tuple(RouteSpecification(modules=route) for route in routes),
        route_requirements=base.requirements,
        n_panels=options.panel_count,
    )

    def word(progress: Any) -> None:
        tell({"stage": progress.stage, "done": progress.forms_done, "of": options.panel_count})

    try:
        result = assemble_panels(pool, specification, PanelSettings(seed=options.seed), tell=word)
    except PanelInfeasibleError:
        # What no single form can meet is said in the blueprint's own terms; the rest is for want of items.
        single = _conflict(pool, base.single_form())
        return Made("infeasible", conflict=single or [{"code": "panel_infeasible", "data": {}}])
    tests = [_multistage_test(panel, pool, statement.cut_theta) for panel in result.panels]
    rng = np.random.default_rng(options.seed)
    theta = rng.standard_normal(_SIMULATED)
    panels = []
    for number, test in enumerate(tests, start=1):
        tell({"stage": "simulation", "done": number - 1, "of": len(tests)})
        simulated = simulate_multistage(test, theta, rng).to_dict()
        panels.append(
            {
                "modules": [
                    {
                        "name": module.name,
                        "stage": module.stage,
                        "items": len(module.item_ids),
                        "information": fisher_information(THETA, test.items_of[module.name]).sum(axis=1).tolist(),
                    }
                    for module in test.panel.modules
                ],
                "rules": [
                    {"path": list(rule.path), "modules": list(rule.modules), "cuts": list(rule.cuts)}
                    for rule in test.routing.rules
                ],
                "simulation": simulated,
            }
        )
    figures = {
        "design": "multistage",
        "structure": options.structure,
        "value": result.value,
        "bound": result.bound if math.isfinite(result.bound) else None,
        "gap": result.gap if math.isfinite(result.gap) else None,
        "theta": THETA.tolist(),
        "panels": panels,
    }
    return Made(
        "made",
        {"tests": [test.to_dict() for test in tests], "scale": score_scale(pool, statement)},
        figures,
    )


def _multistage_test(panel: Panel, pool: ItemPool, cut: float) -> MultistageTest:
    items = pool.parameters.select(panel.item_ids)
    try:
        by_ability = maximum_information_routing(panel, items)
        routing = number_correct_routing(by_ability, panel, items)
    except MultistageError:
        # Modules of a small bank may be too alike for their curves to cross.
        routing = number_correct_routing(population_interval_routing(panel), panel, items)
    return MultistageTest(panel=panel, items=items, routing=routing, cuts=(cut,))


def _aims(module: str, cut: float, spread: float) -> tuple[float, ...]:
    """Abilities at which a module is made informative: the first all around the cut, the others at theirs."""
    if module == "R":
        return (cut - 0.75 * spread, cut, cut + 0.75 * spread)
    return ({"E": cut - spread, "M": cut, "H": cut + spread}[module[-1]],)


def _split(total: int, shares: Sequence[float]) -> list[int]:
    ends = [round(total * sum(shares[: place + 1])) for place in range(len(shares))]
    return [end - begin for begin, end in zip([0, *ends[:-1]], ends, strict=True)]


# --- adaptive --------------------------------------------------------------------------------------------------------


def _make_adaptive(
    pool: ItemPool, base: TestSpecification, statement: BlueprintStatement, options: AdaptiveOptions, tell: Tell
) -> Made:
    usable = _usable(pool, base)
    pool = pool.take(usable)
    areas = [
        f"{module} {level}" for module, level in zip(pool.attributes["module"], pool.attributes["level"], strict=True)
    ]
    adaptive_pool = AdaptivePool(
        items=pool.parameters, areas=tuple(areas), enemies=tuple(tuple(sorted(group)) for group in pool.enemies)
    )
    settings = AdaptiveSettings(
        maximum_length=statement.form_length,
        minimum_length=min(options.minimum_length, statement.form_length),
        standard_error=options.standard_error,
        classification=SequentialRatioRule(cuts=(statement.cut_theta,), half_width=_HALF_WIDTH)
        if options.decides_early
        else None,
        randomesque=(_RANDOMESQUE,) if options.maximum_rate is None else (1,),
        content_targets=_content_targets(statement.cells, statement.form_length),
    )
    AdaptiveTest(adaptive_pool, settings)  # says what the bank lacks before exposure is looked at
    if options.maximum_rate is not None:
        tell({"stage": "exposure", "done": 0, "of": 1})
        calibrated = calibrate_sympson_hetter(
            adaptive_pool, settings, maximum_rate=options.maximum_rate, seed=options.seed
        )
        settings = replace(settings, exposure=calibrated.control)
    tell({"stage": "simulation", "done": 0, "of": 1})
    test = AdaptiveTest(adaptive_pool, settings)
    theta = np.random.default_rng(options.seed).standard_normal(_SIMULATED)
    simulated = simulate_adaptive_tests(test, theta, seed=options.seed)
    figures = {
        "design": "adaptive",
        "pool_size": len(pool.item_ids),
        "simulation": simulated.to_dict(),
        "decisions": simulated.decisions((statement.cut_theta,)).to_dict(),
    }
    content = {
        "items": pool.parameters.to_dict(),
        "areas": areas,
        "enemies": [sorted(group) for group in pool.enemies],
        "settings": settings.to_dict(),
        "scale": score_scale(pool, statement),
    }
    return Made("made", content, figures)


def _conflict(pool: ItemPool, specification: TestSpecification) -> list[dict[str, Any]]:
    """Return what excludes each other in one form, as it is kept with the paper."""
    return conflict_of(explain_infeasibility(pool, specification, repairs=0))


def _usable(pool: ItemPool, specification: TestSpecification) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Items that the specification does not keep out."""
    rows = form_rows(pool, specification)
    return np.flatnonzero(rows.variable_upper[: rows.n_items] > 0.0)


def _content_targets(cells: Sequence[CellRange], form_length: int) -> dict[str, float]:
    """Share of each cell: the middle of its range, scaled so that all together make the form."""
    middle = {f"{cell.module_code} {cell.cognitive_level}": 0.5 * (cell.minimum + cell.maximum) for cell in cells}
    total = sum(middle.values()) or form_length
    return {name: count / total for name, count in middle.items() if count > 0.0}


def _json(data: Mapping[str, Any]) -> dict[str, Any]:
    """What of an error's figures is a JSON value."""
    return {name: value for name, value in data.items() if isinstance(value, str | int | float | list | dict | None)}
