"""One form, or several parallel ones: both objectives of an instance, with value, bound, gap and CPU seconds."""

import resource
from typing import Any

from benchmarks.assembly.instances import Instance, indices_of, specification_of
from exam_engine.psychometrics.assembly.assemble import assemble_forms
from exam_engine.psychometrics.assembly.infeasibility import InfeasibleError
from exam_engine.psychometrics.assembly.result import AssemblySettings, AssemblyStoppedError
from exam_engine.psychometrics.assembly.specification import MinimaxTarget
from exam_engine.psychometrics.assembly.verification import check_forms


def run(instance: Instance, settings: AssemblySettings | None = None) -> list[dict[str, Any]]:
    """The results of ``objective`` and, where there is one, of ``objective_alt``."""
    objectives = [instance.facts.get(name) for name in ("objective", "objective_alt")]
    return [_assemble(instance, objective, settings) for objective in objectives if objective is not None]


def _assemble(instance: Instance, objective: dict[str, Any], settings: AssemblySettings | None) -> dict[str, Any]:
    specification = specification_of(instance, objective)
    facts: dict[str, Any] = {"pool": instance.pool_name, "objective": objective["type"]}
    begin = _user_seconds()
    try:
        result = assemble_forms(instance.pool, specification, settings)
    except (InfeasibleError, AssemblyStoppedError) as error:
        status = "infeasible" if isinstance(error, InfeasibleError) else "stopped"
        return facts | {
            "status": status,
            "failure": str(error),
            "forms": [],
            "cpu_s": round(_user_seconds() - begin, 3),
        }
    seconds = _user_seconds() - begin
    facts |= {
        "forms": indices_of([form.item_ids for form in result.forms]),
        "value": result.value,
        "bound": result.bound,
        "gap": result.gap,
        "status": "solved",
        "stop_reason": result.stop_reason,
        "engine": result.engine,
        "nodes": result.nodes,
        "iterations": result.iterations,
        "violations": len(check_forms(instance.pool, specification, [form.item_ids for form in result.forms])),
        "cpu_s": round(seconds, 3),
    }
    if isinstance(specification.objective, MinimaxTarget):
        facts["worst_deviation"] = result.value
    return facts


def _user_seconds() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime
