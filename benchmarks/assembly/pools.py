"""Fresh pools and instances as files: ``python -m benchmarks.assembly.pools --out DIR --seed N``.

Three synthetic pools: P300 (2PL, blueprint of 30 items), P1000 and P5000 (3PL, 40 items), all in the logistic metric.
The distributions: slope LogNormal(log 1.15, 0.3) cut to [0.4, 2.5]; difficulty normal around its cognitive level with
standard deviation 0.9, cut to ±3.5; lower asymptote Beta(5, 17); words LogNormal(log 35, 0.45); seconds linear in words
and level with noise. Items of a stimulus, and enemies, belong to one module. Targets are 1.15 times what random items
reach; the targets of ``_hard`` are 0.96 times the information per form of an integer solution of the aggregate maximin
problem, all forms added up in one.
"""

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from benchmarks.assembly.instances import KEYS, LEVELS, read_instance, specification_of
from benchmarks.assembly.pool_instances import (
    MODULE_SHARES,
    MODULES,
    P300,
    P1000,
    P5000,
    THETA,
    Facts,
    PoolPlan,
    write_instance,
    write_instances,
)
from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.assembly.measures import Information, amounts_of
from exam_engine.psychometrics.assembly.rows import form_rows
from exam_engine.psychometrics.assembly.solver import LinearProgramme, SolverLimits, solve
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import fisher_information

LEVEL_SHARES: Final = (0.34, 0.34, 0.21, 0.11)
LEVEL_DIFFICULTY: Final = (-0.8, -0.2, 0.5, 1.1)
LEVEL_SECONDS: Final = (0.0, 10.0, 20.0, 30.0)
ENEMY_SIZES: Final = {2: 0.63, 3: 0.27, 4: 0.10}
NEVER_USED: Final = 99


def write_folder(folder: Path, seed: int, *, with_hard: bool = True) -> None:
    """Write the pools and instances of a seed; ``with_hard`` also those whose targets need a solver."""
    folder.mkdir(parents=True, exist_ok=True)
    targets: dict[str, list[float]] = {}
    for plan in (P300, P1000, P5000):
        targets[plan.name] = write_pool(folder, plan, seed)
    written = write_instances(folder, targets)
    if with_hard:
        for instance_id in ("b4_P300", "b4_P1000", "b10_P1000", "b30_P1000"):
            facts = json.loads((folder / f"inst_{instance_id}.json").read_text(encoding="utf-8"))
            facts["id"] = f"{instance_id}_hard"
            facts["objective"]["target"] = _hard_target(folder, instance_id)
            facts["note"] = "target = 0.96 x per-form TIF of the integer aggregate maximin solution"
            written.append(write_instance(folder, facts))
    index = {"seed": seed, "pools": list(targets), "instances": written, "targets": targets}
    (folder / "index.json").write_text(json.dumps(index, indent=1), encoding="utf-8")


def write_pool(folder: Path, plan: PoolPlan, seed: int) -> list[float]:
    """Write ``pool_<name>.npz``, ``.csv`` and ``.json``; return what an average form reaches, times 1.15."""
    rng = np.random.default_rng((seed, plan.n_items))
    columns, facts = _draw_pool(plan, rng)
    np.savez(folder / f"pool_{plan.name}.npz", **columns)  # type: ignore[arg-type]
    facts = {"name": plan.name, "I": plan.n_items, "seed": seed, "model": plan.model, "D": 1.0} | facts
    (folder / f"pool_{plan.name}.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    _write_table(folder / f"pool_{plan.name}.csv", columns)
    ids = [str(index) for index in range(plan.n_items)]
    parameters = ItemParameters.dichotomous(ids, columns["a"], columns["b"], columns["c"])
    information = fisher_information(np.array(THETA), parameters).mean(axis=1)
    return [round(1.15 * plan.length * value, 2) for value in information.tolist()]


def _draw_pool(plan: PoolPlan, rng: np.random.Generator) -> tuple[dict[str, FloatArray | IntArray], Facts]:
    n = plan.n_items
    module = rng.choice(len(MODULES), n, p=MODULE_SHARES)
    level = rng.choice(len(LEVELS), n, p=LEVEL_SHARES)
    slope = np.clip(rng.lognormal(np.log(1.15), 0.3, n), 0.4, 2.5)
    difficulty = np.clip(rng.normal(np.array(LEVEL_DIFFICULTY)[level], 0.9), -3.5, 3.5)
    guessing = rng.beta(5.0, 17.0, n) if plan.model == "3PL" else np.zeros(n)
    words = np.clip(rng.lognormal(np.log(35.0), 0.45, n), 8, 150).round().astype(np.int64)
    seconds = 20.0 + 0.55 * words + np.array(LEVEL_SECONDS)[level] + rng.normal(0.0, 8.0, n)
    stimulus_module = np.sort(rng.choice(len(MODULES), plan.n_stimuli, p=MODULE_SHARES))
    stimulus_words = rng.integers(60, 181, plan.n_stimuli)
    stimulus = np.full(n, -1, dtype=np.int64)
    for number, home in enumerate(stimulus_module.tolist()):
        free = np.flatnonzero((module == home) & (stimulus < 0))
        stimulus[rng.choice(free, plan.stimulus_size, replace=False)] = number
    previous_uses = rng.poisson(0.6, n)
    months_since = np.where(previous_uses > 0, rng.integers(1, 13, n), NEVER_USED)
    columns: dict[str, FloatArray | IntArray] = {
        "a": slope.round(4),
        "b": difficulty.round(4),
        "c": guessing.round(4),
        "module": module,
        "cog": level,
        "words": words,
        "time_s": np.maximum(seconds.round(), 15.0).astype(np.int64),
        "key": rng.integers(0, len(KEYS), n),
        "stimulus": stimulus,
        "prev_use": previous_uses,
        "months_since": months_since,
        "stim_module": stimulus_module,
        "stim_words": stimulus_words,
    }
    facts: Facts = {
        "modules": list(MODULES),
        "cog": list(LEVELS),
        "enemy_sets": _draw_enemies(plan.n_enemy_sets, module, stimulus, rng),
        "stimuli": [
            {"id": f"S{number:03}", "module": MODULES[home], "words": passage}
            for number, (home, passage) in enumerate(
                zip(stimulus_module.tolist(), stimulus_words.tolist(), strict=True)
            )
        ],
    }
    return columns, facts


def _draw_enemies(n_sets: int, module: IntArray, stimulus: IntArray, rng: np.random.Generator) -> list[list[int]]:
    free = stimulus < 0
    enemies: list[list[int]] = []
    for size in rng.choice(list(ENEMY_SIZES), n_sets, p=list(ENEMY_SIZES.values())).tolist():
        home = module[rng.choice(np.flatnonzero(free))]
        members = np.sort(rng.choice(np.flatnonzero(free & (module == home)), size, replace=False))
        free[members] = False
        enemies.append(members.tolist())
    return enemies


def _write_table(path: Path, columns: dict[str, FloatArray | IntArray]) -> None:
    header = ("item_id", "module", "cog", "a", "b", "c", "words", "time_s", "key", "stimulus")
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow([*header, "prev_use", "months_since"])
        values = {name: column.tolist() for name, column in columns.items()}
        for item, module in enumerate(values["module"]):
            stimulus = values["stimulus"][item]
            table.writerow(
                [
                    f"{MODULES[module]}-{item:05}",
                    MODULES[module],
                    LEVELS[values["cog"][item]],
                    *(values[name][item] for name in ("a", "b", "c", "words", "time_s")),
                    KEYS[values["key"][item]],
                    f"S{stimulus:03}" if stimulus >= 0 else "",
                    values["prev_use"][item],
                    values["months_since"][item],
                ]
            )


def _hard_target(folder: Path, instance_id: str) -> list[float]:
    """0.96 times the information per form of an integer solution of the aggregate maximin problem.

    References
    ----------
    van der Linden (2005), *Linear Models for Optimal Test Design*, sect. 6.3: the forms added up in one.
    """
    instance = read_instance(folder, instance_id)
    specification = specification_of(instance, instance.facts["objective_alt"])
    rows, n_forms = form_rows(instance.pool, specification), specification.n_forms
    most = min([rule.maximum for rule in specification.item_uses] + [n_forms])
    width = rows.n_items + rows.n_stimuli
    information = np.array([amounts_of(Information(theta), instance.pool).items for theta in THETA])
    curves = np.hstack([information, np.zeros((len(THETA), rows.n_stimuli))])
    level = csr_array(np.full((len(THETA), 1), -float(n_forms)))
    no_level = csr_array((rows.matrix.shape[0], 1))
    solution = solve(
        LinearProgramme(
            cost=np.append(np.zeros(width), -1.0),
            matrix=csr_array(
                vstack([hstack([rows.matrix, no_level]), hstack([csr_array(curves), level])], format="csr")
            ),
            row_lower=np.append(rows.lower * n_forms, np.zeros(len(THETA))),
            row_upper=np.append(rows.upper * n_forms, np.full(len(THETA), np.inf)),
            lower=np.zeros(width + 1),
            upper=np.append(rows.variable_upper * np.repeat([most, n_forms], [rows.n_items, rows.n_stimuli]), np.inf),
            is_integer=np.append(np.ones(width, dtype=np.bool_), False),
        ),
        SolverLimits(relative_gap=1e-4, nodes=20_000),
    )
    if solution.x is None:
        raise ValueError(f"seed gives a pool on which {instance_id} has no solution; take another")
    return [round(float(0.96 * value), 2) for value in (curves @ solution.x[:width] / n_forms).tolist()]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a folder of pools and instances."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.assembly.pools", description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--seed", type=int, required=True, help="any whole number from 0")
    parser.add_argument("--without-hard", action="store_true", help="leave out the instances that need a solver")
    chosen = parser.parse_args(arguments)
    write_folder(chosen.out, chosen.seed, with_hard=not chosen.without_hard)


if __name__ == "__main__":
    main()
