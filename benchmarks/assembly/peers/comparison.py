"""What other packages make of the same instances, beside our results; runs in the project's own environment."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_array

from benchmarks.assembly.checks import objective_value, raw_columns, stated_objective
from benchmarks.assembly.instances import Instance, indices_of, specification_of
from benchmarks.assembly.runs import run_peer
from exam_engine.psychometrics.assembly.exact import monolithic_programme
from exam_engine.psychometrics.assembly.rows import form_rows
from exam_engine.psychometrics.assembly.solver import LinearProgramme
from exam_engine.psychometrics.assembly.verification import check_forms

Result = dict[str, Any]
Run = Callable[[str, dict[str, Any]], list[Result]]

SOLVERS: Final = {"cbc": "PuLP + CBC", "scipy": "scipy.milp"}
MOST_BINARIES: Final = 12_000
"""Larger programmes are beyond these solvers within any limit that one would wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerLimits:
    """What a peer may take.

    Parameters
    ----------
    solver_seconds : wall time of one programme; neither solver takes a limit of CPU time.
    simulees : tests that a simulator gives, by its name.
    """

    solver_seconds: float = 60.0
    simulees: tuple[tuple[str, int], ...] = (("catsim", 100), ("catpie", 10))


QUICK_SIMULEES: Final = (("catsim", 5), ("catpie", 1))


def problem_key(instance: Instance, objective: Mapping[str, Any]) -> str:
    """The same for the same problem; instances that differ in one objective share the other."""
    facts = instance.facts
    stated = [facts.get(name) for name in ("pool", "n_forms", "form", "across")]
    return json.dumps([*stated, objective], sort_keys=True)


def compare(
    folder: Path,
    instance: Instance,
    ours: Sequence[Result],
    limits: PeerLimits,
    *,
    solved: set[str] | None = None,
    run: Run = run_peer,
) -> list[Result]:
    """Results of every peer that can do what the instance asks; none for other kinds.

    Parameters
    ----------
    solved : keys of the problems that solvers had before and do not get again; new ones are added.
    """
    match instance.kind:
        case "single_form" | "parallel_forms":
            return list(_solved(folder, instance, ours, limits, set() if solved is None else solved, run))
        case "cat":
            return list(_simulated(folder, instance, ours, limits, run))
    return []


def _solved(
    folder: Path, instance: Instance, ours: Sequence[Result], limits: PeerLimits, solved: set[str], run: Run
) -> Iterator[Result]:
    columns = raw_columns(folder, instance.pool_name)
    for own in ours:
        if not own.get("forms"):
            continue
        objective = stated_objective(instance.facts, own["objective"])
        key = problem_key(instance, objective)
        if key in solved:
            continue
        solved.add(key)
        specification = specification_of(instance, objective)
        rows = form_rows(instance.pool, specification)
        width = rows.n_items + rows.n_stimuli
        head = {"id": instance.id, "variant": own["objective"]}
        if specification.n_forms * width > MOST_BINARIES:
            told = f"not tried: {specification.n_forms * width:,} binary variables"
            yield from (head | {"peer": name, "failure": told} for name in SOLVERS.values())
            continue
        with tempfile.TemporaryDirectory(prefix="exam-bench-") as temporary:
            path = Path(temporary) / "programme.npz"
            write_programme(path, monolithic_programme(instance.pool, specification))
            request = {"programme": str(path), "relative_gap": 0.0, "seconds": limits.solver_seconds}
            for peer, name in SOLVERS.items():
                (found,) = run(peer, request)
                found = head | {"peer": name} | found
                x = found.pop("x", None)
                if x is not None:
                    table = np.array(x)[: specification.n_forms * width].reshape(specification.n_forms, width)
                    forms = [np.flatnonzero(form[: rows.n_items] > 0.5).tolist() for form in table]
                    ids = [[instance.pool.item_ids[item] for item in form] for form in forms]
                    found |= {
                        "forms": indices_of(ids),
                        "value": objective_value(columns, objective, forms),
                        "violations": len(check_forms(instance.pool, specification, ids)),
                    }
                yield _beside(found, own, "value")


def write_programme(path: Path, programme: LinearProgramme) -> None:
    """The arrays of a programme, for solvers in another environment."""
    matrix = csr_array(programme.matrix)
    np.savez(
        path,
        cost=programme.cost,
        starts=matrix.indptr,
        places=matrix.indices,
        values=matrix.data,
        row_lower=programme.row_lower,
        row_upper=programme.row_upper,
        lower=programme.lower,
        upper=programme.upper,
        is_integer=programme.is_integer,
    )


def _simulated(
    folder: Path, instance: Instance, ours: Sequence[Result], limits: PeerLimits, run: Run
) -> Iterator[Result]:
    for peer, most in limits.simulees:
        request = {
            "pool": str((folder / f"pool_{instance.pool_name}.npz").resolve()),
            "length": instance.facts["length"],
            "n_simulees": min(most, instance.facts["n_simulees"]),
            "seed": instance.facts["seed"],
        }
        for found in run(peer, request):
            own = next((result for result in ours if is_same_selection(result, found)), {})
            yield _beside({"id": instance.id, "peer": peer} | found, own, "simulees_per_s")


def is_same_selection(own: Result, found: Result) -> bool:
    """Whether our variant selects as the peer's does: ``plain MFI`` and MFI, ``randomesque 5`` and itself."""
    description = own.get("description", "").removeprefix("plain ")
    return bool(description and description == found.get("variant"))


def _beside(found: Result, own: Result, figure: str) -> Result:
    """Our figure and CPU seconds next to the peer's, and how many times faster we are."""
    if figure in own:
        found = found | {f"our_{figure}": own[figure]}
    if figure == "simulees_per_s":
        if figure in found and figure in own:
            found["ratio"] = own[figure] / found[figure]
    elif "cpu_s" in own:
        found["our_cpu_s"] = own["cpu_s"]
        if found.get("cpu_s") and own["cpu_s"]:
            found["ratio"] = found["cpu_s"] / own["cpu_s"]
    return found
