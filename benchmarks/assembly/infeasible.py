"""Contradictory specifications: the conflict, minimal and proved, and the cheapest repair."""

import time
from typing import Any

from benchmarks.assembly.instances import Instance, specification_of
from exam_engine.psychometrics.assembly.infeasibility import explain_infeasibility


def run(instance: Instance) -> list[dict[str, Any]]:
    specification = specification_of(instance)
    begin = time.process_time()
    conflict = explain_infeasibility(instance.pool, specification, repairs=0)
    middle = time.process_time()
    explanation = explain_infeasibility(instance.pool, specification)
    end = time.process_time()
    # The second run finds the conflict again; what it takes longer is the repair.
    conflict_seconds = middle - begin
    repair_seconds = max(0.0, end - middle - conflict_seconds)
    first = explanation.repairs[0] if explanation.repairs else None
    return [
        {
            "status": "infeasible" if conflict.conflict else "nothing proved",
            "conflict": [str(demand) for demand in conflict.conflict],
            "is_minimal": conflict.is_minimal,
            "proof": conflict.proof,
            "shortages": [str(shortage) for shortage in conflict.shortages],
            "repair": None if first is None else str(first),
            "repair_cost": None if first is None else first.cost,
            "repair_cost_bound": None if first is None else first.proven_cost,
            "is_repair_verified": first is not None and first.is_verified,
            "cpu_s": round(conflict_seconds, 3),
            "repair_cpu_s": round(repair_seconds, 3),
        }
    ]
