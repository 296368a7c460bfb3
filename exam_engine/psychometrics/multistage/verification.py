"""An independent check of finished panels against the specification, sharing nothing with rows and solvers."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.specification import MustInclude, TestSpecification
from exam_engine.psychometrics.assembly.verification import Violation, check_forms
from exam_engine.psychometrics.multistage.panel import Panel
from exam_engine.psychometrics.multistage.result import PanelViolation
from exam_engine.psychometrics.multistage.rows import Scope
from exam_engine.psychometrics.multistage.specification import PanelSpecification
from exam_engine.psychometrics.multistage.structure import route_label


def check_panels(
    pool: ItemPool, specification: PanelSpecification, panels: Sequence[Panel]
) -> tuple[PanelViolation, ...]:
    """Recompute every requirement from the panels' item ids; empty when all are met.

    Raises
    ------
    SpecificationError
        When the specification speaks of attributes, quantities or items that the pool does not have.
    """
    found: list[PanelViolation] = []
    if len(panels) != specification.n_panels:
        data = {"required": specification.n_panels, "found": len(panels)}
        found.append(PanelViolation("", "panels", "", Violation("number_of_forms", None, data)))
    for panel in panels:
        for module, form in specification.module_forms.items():
            items = panel.items_of.get(module, ())
            found += _of_part(pool, form, panel, "module", module, items)
        for route, form in specification.route_forms.items():
            items = tuple(item for name in route for item in panel.items_of.get(name, ()))
            found += _of_part(pool, form, panel, "route", route_label(route), items)
        found += _once_in_panel(pool, panel)

    anchors = {
        item
        for form in (*specification.module_forms.values(), *specification.route_forms.values())
        for row in form.requirements
        if isinstance(row, MustInclude)
        for item in row.items
    }
    uses = Counter(item for panel in panels for item in panel.item_ids)
    for item, count in sorted(uses.items()):
        if count > specification.panel_use and item not in anchors:
            used = {"item": item, "minimum": 0, "maximum": specification.panel_use, "found": count}
            found.append(PanelViolation("", "panels", "", Violation("item_use", None, used)))
    return tuple(found)


def _of_part(
    pool: ItemPool, form: TestSpecification, panel: Panel, scope: Scope, place: str, items: tuple[str, ...]
) -> list[PanelViolation]:
    return [
        PanelViolation(panel.name, scope, place, Violation(violation.code, None, violation.data))
        for violation in check_forms(pool, form, [items])
    ]


def _once_in_panel(pool: ItemPool, panel: Panel) -> list[PanelViolation]:
    found: list[PanelViolation] = []
    counts = Counter(item for module in panel.modules for item in module.item_ids)
    for item, count in sorted(counts.items()):
        if count > 1:
            data = {"item": item, "minimum": 0, "maximum": 1, "found": count}
            found.append(PanelViolation(panel.name, "panel", "", Violation("item_use", None, data)))
    if not pool.stimuli:
        return found
    modules_of: defaultdict[str, set[str]] = defaultdict(set)
    stimulus_of = dict(zip(pool.item_ids, pool.stimuli, strict=True))
    for module in panel.modules:
        for item in module.item_ids:
            if stimulus_of.get(item):
                modules_of[stimulus_of[item]].add(module.name)
    for stimulus, modules in sorted(modules_of.items()):
        if len(modules) > 1:
            torn = {"stimulus": stimulus, "modules": sorted(modules), "maximum": 1, "found": len(modules)}
            found.append(PanelViolation(panel.name, "panel", "", Violation("stimuli", None, torn)))
    return found
