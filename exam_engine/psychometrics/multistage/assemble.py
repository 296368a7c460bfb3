"""Assembly of panels: search, verify, put in order."""

from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.result import Tell, reading_order
from exam_engine.psychometrics.multistage.panel import Panel, PanelModule
from exam_engine.psychometrics.multistage.result import PanelAssembly, PanelGoal, PanelSettings, PanelStoppedError
from exam_engine.psychometrics.multistage.rows import panel_rows
from exam_engine.psychometrics.multistage.search import PanelSearch
from exam_engine.psychometrics.multistage.specification import PanelSpecification
from exam_engine.psychometrics.multistage.verification import check_panels


def assemble_panels(
    pool: ItemPool,
    specification: PanelSpecification,
    settings: PanelSettings | None = None,
    *,
    tell: Tell | None = None,
) -> PanelAssembly:
    """Choose items for the modules of panels that meet the specification, as good as its objectives say.

    Modules and all routes are constrained together in one mixed integer programme a panel. A maximin is bounded by what
    each module could have if it were alone; mostly one module decides, often the first, and with its best items in
    place the others are found in no time. Where several compete for the same items, modules are rounded one by one,
    while the others and all panels to come stay in fractions; then the worst are chosen anew.

    Parameters
    ----------
    pool, specification : see there.
    settings : defaults when None.
    tell : hears of progress; ``forms_done`` counts panels.

    Raises
    ------
    SpecificationError
        When the specification speaks of what the pool does not have.
    PanelInfeasibleError
        When no panels exist, naming the requirements in conflict.
    PanelStoppedError
        When a limit came before the panels were complete.
    """
    search = PanelSearch(panel_rows(pool, specification), specification, settings or PanelSettings(), tell)
    chosen = search.run()
    panels = tuple(
        Panel(
            name=str(number),
            modules=tuple(
                PanelModule(
                    module.name,
                    module.stage,
                    tuple(
                        pool.item_ids[item]
                        for item in reading_order(pool, specification.module_forms[module.name], items.tolist())
                    ),
                )
                for module, items in zip(specification.modules, search.rows.items_of(v), strict=True)
            ),
            routes=tuple(route.modules for route in specification.routes),
        )
        for number, v in enumerate(chosen, start=1)
    )
    violations = check_panels(pool, specification, panels)
    if violations:
        raise PanelStoppedError(
            "unverified", f"the panels fail {len(violations)} check(s), first {violations[0]}", violations
        )
    outcome = search.outcome(chosen)
    return PanelAssembly(
        panels=panels,
        goals=tuple(
            PanelGoal(panel.name, goal.scope, goal.place, goal.measure, goal.value_of(v), goal.target)
            for panel, v in zip(panels, chosen, strict=True)
            for goal in search.rows.goals
        ),
        value=outcome.value,
        bound=outcome.bound,
        gap=outcome.gap,
        stop_reason=outcome.stop_reason,
        nodes=outcome.nodes,
    )
