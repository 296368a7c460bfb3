"""Whether forms meet blueprint and options: the independent check, and what somebody accepted in spite of it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from exam_engine.psychometrics.assembly import Violation, check_forms
from item_bank.assembly.bank import BankItem, RecentForm, item_pool
from item_bank.assembly.options import AssemblyOptions
from item_bank.assembly.requirements import specification_of
from item_bank.blueprints.statement import BlueprintStatement

Stored = dict[str, Any]
"""A violation as it is stored with an assembly: code, form, data; an accepted one has reason, by and at as well."""


def violations_of(
    statement: BlueprintStatement,
    options: AssemblyOptions,
    recent: Sequence[RecentForm],
    forms: Sequence[Sequence[BankItem]],
    *,
    made_at: datetime,
) -> list[Stored]:
    """Return every requirement that the forms do not meet.

    Parameters
    ----------
    made_at : when the assembly was started; rest is counted to that day.
    """
    items = list({item.code: item for form in forms for item in form}.values())
    pool = item_pool(items, statement, now=made_at)
    # The specification may speak of items of the pool only; those that no form holds are missing in each.
    held = tuple(code for code in options.include if code in pool.places)
    missing = sorted(set(options.include) - set(held))
    specification = specification_of(statement, options.model_copy(update={"include": held}), recent, pool)
    found = check_forms(pool, specification, [[item.code for item in form] for form in forms])
    return (
        [_stored(violation) for violation in found]
        + [
            {"code": "include", "form": number, "data": {"items": missing}}
            for number, _ in enumerate(forms, start=1)
            if missing
        ]
        + list(_outside_cells(statement, forms))
    )


def _outside_cells(statement: BlueprintStatement, forms: Sequence[Sequence[BankItem]]) -> Iterable[Stored]:
    cells = {(cell.module_code, cell.cognitive_level) for cell in statement.cells}
    for number, form in enumerate(forms, start=1):
        for item in form:
            if (item.module_code, item.cognitive_level) not in cells:
                yield _one_too_many(number, {"module": item.module_code, "level": item.cognitive_level})
            if not statement.takes(item.interaction):
                yield _one_too_many(number, {"interaction": item.interaction})


def _one_too_many(form: int, where: Mapping[str, str]) -> Stored:
    data = {"measure": "count", "where": dict(where), "name": "", "minimum": 0, "maximum": 0, "found": 1}
    return {"code": "range", "form": form, "data": data}


def not_accepted(found: Iterable[Stored], accepted: Sequence[Stored]) -> list[Stored]:
    """Return the violations that nobody accepted, or that are worse than what was accepted."""
    known = {_identity(violation): _excess(violation) for violation in accepted}
    return [
        violation
        for violation in found
        if (limit := known.get(_identity(violation))) is None or _excess(violation) > limit * (1.0 + 1e-9)
    ]


def with_reasons(
    found: Iterable[Stored], accepted: Sequence[Stored], *, reason: str, by: str, at: datetime
) -> list[Stored]:
    """Return the violations with the reasons they were accepted for; new ones get the given one."""
    fresh = {_identity(violation) for violation in not_accepted(found, accepted)}
    known = {_identity(violation): violation for violation in accepted}
    kept = []
    for violation in found:
        identity = _identity(violation)
        before = known.get(identity)
        why = {"reason": reason, "by": by, "at": at.isoformat()}
        if before is not None and identity not in fresh:
            why = {name: before[name] for name in ("reason", "by", "at")}
        kept.append({**violation, **why})
    return kept


def _stored(violation: Violation) -> Stored:
    return {"code": violation.code, "form": violation.form, "data": dict(violation.data)}


def _identity(violation: Stored) -> tuple[str, int | None, str]:
    data: Mapping[str, Any] = violation["data"]
    named = {name: value for name, value in data.items() if name not in {"found", "items"}}
    if violation["code"] in {"enemies", "include", "exclude"}:
        named["items"] = sorted(data["items"])
    return violation["code"], violation["form"], repr(sorted(named.items(), key=lambda pair: pair[0]))


def _excess(violation: Stored) -> float:
    """Return by how much a requirement is missed; comparable between violations of the same identity only."""
    data = violation["data"]
    found = data.get("found")
    if isinstance(found, list):
        return max(found) / min(found) if violation["code"] == "closeness" and min(found) > 0 else math.inf
    if found is None:
        return float(len(data.get("items", ())))
    lower, upper = data.get("minimum"), data.get("maximum")
    below = -math.inf if lower is None else lower - found
    above = -math.inf if upper is None else found - upper
    return float(max(below, above))
