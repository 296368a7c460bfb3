"""One instance in this process: ``python -m benchmarks.assembly.worker FOLDER ID`` prints its results as JSON."""

import argparse
import json
import math
import resource
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from benchmarks.assembly.instances import Instance, read_instance

Result = dict[str, Any]

RUNNERS: Final = {
    "single_form": "forms",
    "parallel_forms": "forms",
    "loft": "loft",
    "shadow_cat": "shadow",
    "cat": "adaptive",
    "mst": "multistage",
}
"""Kind of instance → module with ``run(instance) -> list of results``."""

ROW_KEYS: Final = {
    "length": {"lb", "ub"},
    "count": {"where", "lb", "ub"},
    "sum": {"attr", "where", "lb", "ub", "add_stimulus_words"},
    "enemy": {"max"},
    "stimulus": {"n_lb", "n_ub", "items_lb", "items_ub"},
    "exclude": {"where"},
}
ACROSS_KEYS: Final = {"item_usage_max", "pairwise_overlap_max"}
OBJECTIVES: Final = {"maximin", "maximin_all_forms", "minimax_target"}
KNOWN_KEYS: Final[Mapping[str, set[str]]] = {
    "single_form": {"form", "across", "objective", "objective_alt", "n_forms"},
    "parallel_forms": {"form", "across", "objective", "objective_alt", "n_forms"},
    "loft": {"form", "across", "n_forms", "tif_band", "report"},
    "shadow_cat": {"form", "n_simulees", "theta_dist", "seed", "length", "select", "prior", "theta_range", "variants"},
    "cat": {
        *("n_simulees", "theta_dist", "seed", "length", "select", "estimator"),
        *("content_targets", "variants"),
    },
    "mst": {
        *("panel", "module_len", "routes", "module_theta", "stage_names", "module_constraints", "route_constraints"),
        *("objective", "n_simulees", "seed", "n_panels"),
    },
}
COMMON_KEYS: Final = {"id", "kind", "pool", "note"}
QUICK_SIMULEES: Final = {"shadow_cat": 10, "cat": 1_000, "mst": 1_000}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.assembly.worker", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("instance_id")
    parser.add_argument("--health", action="store_true", help="what the bank supplies at the instance's blueprint")
    parser.add_argument("--quick", action="store_true", help="one objective, few simulees")
    chosen = parser.parse_args()
    results = results_of(chosen.folder, chosen.instance_id, health=chosen.health, quick=chosen.quick)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for result in results:
        result["peak_mb"] = round(memory, 1)
    json.dump(json_values(results), sys.stdout, allow_nan=False)


def results_of(folder: Path, instance_id: str, *, health: bool = False, quick: bool = False) -> list[Result]:
    """The instance's results; one with ``failure`` when it cannot be read or has no solution."""
    kind = None
    try:
        instance = read_instance(folder, instance_id)
        kind = instance.kind
        refuse_unknown(instance.facts)
        if quick:
            instance = shortened(instance)
        results = _run("health", instance) if health else _results_of_kind(instance)
    except KeyError as error:
        results = [{"failure": f"the instance or its pool has no {error}"}]
    except (ValueError, TypeError, OSError, RuntimeError) as error:
        results = [{"failure": f"{type(error).__name__}: {error}"}]
    else:
        ignored = sorted(instance.facts.keys() - KNOWN_KEYS[instance.kind] - COMMON_KEYS)
        if ignored:
            results = [result | {"ignored_keys": ignored} for result in results]
    return [{"id": instance_id, "kind": kind} | result for result in results]


def _results_of_kind(instance: Instance) -> list[Result]:
    if RUNNERS[instance.kind] != "forms":
        return _run(RUNNERS[instance.kind], instance)
    results: list[Result] = []
    if not instance.id.startswith("infeasible"):
        results = _run("forms", instance)
        if not any(result.get("status") == "infeasible" for result in results):
            return results
    explained = _run("infeasible", instance)
    if all(result["proof"] == "none" for result in explained) and not results:
        # The name says so, but perhaps there are forms.
        explained += _run("forms", instance)
    return results + explained


def _run(runner: str, instance: Instance) -> list[Result]:
    results: list[Result] = import_module(f"benchmarks.assembly.{runner}").run(instance)
    return results


def refuse_unknown(facts: Mapping[str, Any]) -> None:
    """Say what of an instance is not understood and would change the forms; other unknown keys are only reported.

    Raises
    ------
    ValueError
    """
    if facts["kind"] not in RUNNERS:
        raise ValueError(f"kind {facts['kind']!r} is not known; there are {', '.join(RUNNERS)}")
    for number, row in enumerate(facts.get("form", []), start=1):
        if row["type"] not in ROW_KEYS:
            raise ValueError(
                f"requirement {number} is of type {row['type']!r}, which is not known; there are {', '.join(ROW_KEYS)}"
            )
        _refuse_keys(f"requirement {number} ({row['type']})", row.keys() - {"type"}, ROW_KEYS[row["type"]])
    _refuse_keys("across", set(facts.get("across") or {}), ACROSS_KEYS)
    for name in ("objective", "objective_alt"):
        objective = facts.get(name)
        if isinstance(objective, Mapping) and objective["type"] not in OBJECTIVES:
            known = ", ".join(sorted(OBJECTIVES))
            raise ValueError(f"{name} is of type {objective['type']!r}, which is not known; there are {known}")


def _refuse_keys(place: str, found: set[str], known: set[str]) -> None:
    unknown = sorted(found - known)
    if unknown:
        raise ValueError(
            f"{place} has the key {unknown[0]!r}, which is not known; there are {', '.join(sorted(known))}"
        )


def shortened(instance: Instance) -> Instance:
    """The instance for a quick run: its first objective, few simulees."""
    facts = {name: value for name, value in instance.facts.items() if name != "objective_alt"}
    if instance.kind in QUICK_SIMULEES and "n_simulees" in facts:
        facts["n_simulees"] = min(facts["n_simulees"], QUICK_SIMULEES[instance.kind])
    return replace(instance, facts=facts)


def json_values(value: Any) -> Any:
    """The same with numbers that JSON does not have as null."""
    if isinstance(value, Mapping):
        return {str(name): json_values(found) for name, found in value.items()}
    if isinstance(value, list | tuple):
        return [json_values(found) for found in value]
    if hasattr(value, "tolist"):
        return json_values(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


if __name__ == "__main__":
    main()
