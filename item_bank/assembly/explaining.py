"""Why there are no forms and what would mend it, as it is kept with the assembly: codes, figures, places."""

from collections.abc import Mapping
from typing import Any

from exam_engine.psychometrics.assembly.infeasibility import Infeasibility
from exam_engine.psychometrics.assembly.repaired import Change
from item_bank.assembly.requirements import PART, RECENT_FORM, REFERENCE
from item_bank.blueprints.statement import BlueprintStatement

_OPTIONS = {
    "item_use": "uses_per_item",
    "pair_overlap": "overlap_maximum",
    "closeness": "closeness.tolerance",
    "include": "include",
    "number_of_forms": "form_count",
}
_STIMULI = {"stimuli": "maximum", "stimulus_items": "items_minimum"}
_MOST_ITEMS = 50
"""Items that a message keeps; a rest period can bar thousands."""


def conflict_of(why: Infeasibility) -> list[dict[str, Any]]:
    """Return shortages first, then the demands that exclude each other."""
    rows = [
        {
            "code": "shortage",
            "data": {
                **_data(shortage.name.data),
                "needed": shortage.needed,
                "available": shortage.available,
                "excluded": shortage.excluded,
                "per_form": shortage.per_form,
                "n_forms": shortage.n_forms,
            },
        }
        for shortage in why.shortages
    ]
    for demand in why.conflict:
        sides: dict[str, float | None] = {}
        if demand.bound is not None:
            sides = {"minimum": None, "maximum": None, str(demand.side): demand.bound}
        rows.append({"code": demand.name.code, "data": {**_data(demand.name.data), **sides, "side": demand.side}})
    return rows


def repairs_of(why: Infeasibility, statement: BlueprintStatement) -> list[list[dict[str, Any]]]:
    """Return the repairs, the cheapest first, each step with its place in the blueprint or among the options."""
    return [[_step(change, statement) for change in repair.changes] for repair in why.repairs]


def _step(change: Change, statement: BlueprintStatement) -> dict[str, Any]:
    data = _data(change.name.data)
    old = data.get(change.side)
    if change.change is not None and change.bound is not None:
        old = change.bound - change.change
    return {
        "code": change.name.code,
        "data": {**data, "old_bound": old},
        "place": _place(change.name.code, data, statement),
        "side": change.side if change.side != "required" and change.bound is not None else None,
        "new_bound": change.bound,
    }


def _place(code: str, data: Mapping[str, Any], statement: BlueprintStatement) -> str | None:
    where: Mapping[str, Any] = data.get("where") or {}
    module, level = where.get("module"), where.get("level")
    name = str(data.get("name") or "")
    if name.startswith(RECENT_FORM):
        return "recent_overlap.maximum_items"
    if name.startswith(REFERENCE):
        codes = [row.reference_code for row in statement.reference_totals]
        return f"reference_totals.{codes.index(name.removeprefix(REFERENCE))}"
    if name.startswith(PART):
        return f"parts.{[part.name for part in statement.parts].index(name.removeprefix(PART))}"
    if code in _STIMULI:
        return f"stimuli.{_STIMULI[code]}"
    if code == "length":
        return "form_length"
    if code == "total":
        return str(data["quantity"])
    if "key" in where:
        return "key_balance"
    if module is not None and level is not None:
        keys = [(cell.module_code, cell.cognitive_level) for cell in statement.cells]
        return f"cells.{keys.index((module, level))}"
    if module is not None:
        return f"module_totals.{[row.module_code for row in statement.module_totals].index(module)}"
    if level is not None:
        return f"level_totals.{[row.cognitive_level for row in statement.level_totals].index(level)}"
    return _OPTIONS.get(code)


def _data(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a row, with long lists of items cut."""
    where: Mapping[str, Any] = data.get("where") or {}
    kept = dict(data)
    if "item" in where or "reference" in where:
        # The items of a form of the last sittings, or what lies in a part of the syllabus; the name says which.
        kept["where"] = {}
    items = data.get("items")
    if isinstance(items, list) and len(items) > _MOST_ITEMS:
        kept |= {"items": items[:_MOST_ITEMS], "n_items": len(items)}
    return kept
