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
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from benchmarks.assembly.instances import KEYS, LEVELS, read_instance, specification_of
from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.assembly.measures import Information, amounts_of
from exam_engine.psychometrics.assembly.rows import form_rows
from exam_engine.psychometrics.assembly.solver import LinearProgramme, SolverLimits, solve
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import fisher_information

MODULES: Final = ("IU01", "IU02", "IU03", "IU04", "IU05", "IU06")
MODULE_SHARES: Final = (0.15, 0.15, 0.20, 0.20, 0.15, 0.15)
LEVEL_SHARES: Final = (0.34, 0.34, 0.21, 0.11)
LEVEL_DIFFICULTY: Final = (-0.8, -0.2, 0.5, 1.1)
LEVEL_SECONDS: Final = (0.0, 10.0, 20.0, 30.0)
ENEMY_SIZES: Final = {2: 0.63, 3: 0.27, 4: 0.10}
NEVER_USED: Final = 99
THETA: Final = (-1.0, 0.0, 1.0)

Facts = dict[str, Any]


@dataclass(frozen=True)
class PoolPlan:
    """Size of a pool and the blueprint that goes with it."""

    name: str
    n_items: int
    model: str
    n_stimuli: int
    stimulus_size: int
    n_enemy_sets: int
    length: int
    module_counts: tuple[int, ...]
    level_ranges: tuple[tuple[int, int], ...]
    key_range: tuple[int, int]
    words: tuple[int, int]
    seconds: tuple[int, int]
    stimuli: int


P300: Final = PoolPlan(
    name="P300",
    n_items=300,
    model="2PL",
    n_stimuli=8,
    stimulus_size=5,
    n_enemy_sets=10,
    length=30,
    module_counts=(4, 5, 6, 6, 5, 4),
    level_ranges=((9, 12), (9, 12), (4, 8), (2, 5)),
    key_range=(5, 10),
    words=(950, 1350),
    seconds=(1300, 1700),
    stimuli=1,
)


def _plan_of_40(name: str, *, n_items: int, n_stimuli: int, stimulus_size: int, n_enemy_sets: int) -> PoolPlan:
    return PoolPlan(
        name=name,
        n_items=n_items,
        model="3PL",
        n_stimuli=n_stimuli,
        stimulus_size=stimulus_size,
        n_enemy_sets=n_enemy_sets,
        length=40,
        module_counts=(6, 6, 8, 8, 6, 6),
        level_ranges=((12, 16), (12, 16), (6, 10), (3, 6)),
        key_range=(7, 13),
        words=(1300, 1750),
        seconds=(1750, 2250),
        stimuli=2,
    )


P1000: Final = _plan_of_40("P1000", n_items=1000, n_stimuli=24, stimulus_size=5, n_enemy_sets=35)
P5000: Final = _plan_of_40("P5000", n_items=5000, n_stimuli=100, stimulus_size=6, n_enemy_sets=150)


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
            written.append(_write_instance(folder, facts))
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


def write_instances(folder: Path, targets: dict[str, list[float]]) -> list[str]:
    """Write every instance that needs no solver; return their ids."""
    maximin = {"type": "maximin", "theta": list(THETA), "weights": [1, 1, 1]}
    written: list[str] = []
    for plan in (P300, P1000, P5000):
        facts = {"id": f"a_{plan.name}", "kind": "single_form", "pool": plan.name, "n_forms": 1}
        written.append(_write_instance(folder, facts | {"form": _blueprint(plan), "objective": maximin}))
    for plan, n_forms, most, shared in (
        (P300, 4, 1, 0),
        (P1000, 4, 1, 0),
        (P1000, 10, 1, 0),
        (P1000, 30, 2, 8),
        (P5000, 30, 1, 0),
    ):
        facts = {
            "id": f"b{n_forms}_{plan.name}",
            "kind": "parallel_forms",
            "pool": plan.name,
            "n_forms": n_forms,
            "form": _blueprint(plan),
            "across": {"item_usage_max": most, "pairwise_overlap_max": shared},
            "objective": {"type": "minimax_target", "theta": list(THETA), "target": targets[plan.name]},
            "objective_alt": maximin | {"type": "maximin_all_forms"},
        }
        written.append(_write_instance(folder, facts))
    written.append(
        _write_instance(
            folder,
            {
                "id": "c1000_P5000",
                "kind": "loft",
                "pool": "P5000",
                "n_forms": 1000,
                "form": _blueprint(P5000),
                "across": {"item_usage_max": 20, "pairwise_overlap_max": None},
                "tif_band": {"theta": list(THETA), "target": targets["P5000"], "rel_tol": 0.05},
                "report": ["forms_per_s", "exposure_max", "exposure_chi2", "overlap_mean", "overlap_max"],
            },
        )
    )
    written += [_write_instance(folder, facts) for facts in _adaptive_instances()]
    written += [_write_instance(folder, facts) for facts in _infeasible_instances(maximin)]
    return written


def _blueprint(plan: PoolPlan) -> list[Facts]:
    def count(where: dict[str, str], least: int, most: int) -> Facts:
        return {"type": "count", "where": where, "lb": least, "ub": most}

    rows: list[Facts] = [{"type": "length", "lb": plan.length, "ub": plan.length}]
    rows += [count({"module": name}, n, n) for name, n in zip(MODULES, plan.module_counts, strict=True)]
    rows += [count({"cog": name}, *limits) for name, limits in zip(LEVELS, plan.level_ranges, strict=True)]
    for name in MODULES:
        rows += [count({"module": name, "cog": "NB"}, 1, 4), count({"module": name, "cog": "VD"}, 1, 3)]
    rows += [count({"key": name}, *plan.key_range) for name in KEYS]
    rows.append({"type": "sum", "attr": "words", "lb": plan.words[0], "ub": plan.words[1], "add_stimulus_words": True})
    rows.append({"type": "sum", "attr": "time_s", "lb": plan.seconds[0], "ub": plan.seconds[1]})
    rows.append({"type": "enemy", "max": 1})
    rows.append({"type": "stimulus", "n_lb": plan.stimuli, "n_ub": plan.stimuli, "items_lb": 3, "items_ub": 4})
    return rows


def _adaptive_instances() -> list[Facts]:
    discrete = [row for row in _blueprint(P1000) if row["type"] != "stimulus"]
    discrete = [row | {"add_stimulus_words": False} if row.get("attr") == "words" else row for row in discrete]
    discrete.append({"type": "exclude", "where": {"stimulus": "any"}})
    shadow: Facts = {
        "kind": "shadow_cat",
        "pool": "P1000",
        "theta_dist": "N(0,1)",
        "length": 40,
        "select": "max_info_at_EAP",
        "prior": "N(0,1)",
        "theta_range": [-4, 4],
    }
    plain: Facts = {
        "id": "d_P1000",
        "form": discrete,
        "n_simulees": 1000,
        "seed": 777,
        "variants": {"d0": "no exposure control", "d1": "item-eligibility exposure r_max=0.25"},
    }
    sets: Facts = {
        "id": "d_sets_P1000",
        "form": _blueprint(P1000),
        "n_simulees": 200,
        "seed": 778,
        "note": "items of an opened stimulus are contiguous",
    }
    cat: Facts = {
        "id": "e_P1000",
        "kind": "cat",
        "pool": "P1000",
        "n_simulees": 10000,
        "theta_dist": "N(0,1)",
        "seed": 779,
        "length": 40,
        "select": "MFI",
        "estimator": "EAP N(0,1) during and at the end",
        "content_targets": dict(zip(MODULES, MODULE_SHARES, strict=True)),
        "variants": {
            "e0": "plain MFI",
            "e1": "randomesque 5",
            "e2": "randomesque 5 + content balancing",
            "e3": "Sympson-Hetter r=0.25 + content balancing",
        },
    }
    multistage: Facts = {
        "id": "f_P1000",
        "kind": "mst",
        "pool": "P1000",
        "panel": "1-3-3",
        "module_len": [12, 14, 14],
        "routes": ["1E-2E", "1E-2M", "1M-2E", "1M-2M", "1M-2H", "1H-2M", "1H-2H"],
        "module_theta": {"R": [-0.75, 0, 0.75], "E": [-1.0], "M": [0.0], "H": [1.0]},
        "stage_names": ["R", "2E", "2M", "2H", "3E", "3M", "3H"],
        "module_constraints": {
            "enemy": "at most 1 per route",
            "cog": {"NB": ">=3", "TH": ">=3", "VD": ">=1"},
            "module_each_min": 1,
            "module_each_max": 4,
            "item_usage_max": 1,
            "stimuli": "none",
        },
        "route_constraints": {
            "length": 40,
            "counts": {name: [n - 1, n + 1] for name, n in zip(MODULES, P1000.module_counts, strict=True)},
        },
        "objective": "maximin of R at its 3 points, E/M/H at their point, common y weighted 1",
        "n_simulees": 10000,
        "seed": 780,
    }
    return [shadow | plain, shadow | sets, cat, multistage]


def _infeasible_instances(maximin: Facts) -> list[Facts]:
    changes: dict[str, dict[tuple[str, str], Facts]] = {
        "cogsum": {("cog", "VDC"): {"lb": 14, "ub": 16}},
        "stimuli": {("attr", "words"): {"ub": 1500}, ("type", "stimulus"): {"n_lb": 14, "n_ub": 14}},
        "words": {("attr", "words"): {"lb": 300, "ub": 560}, ("attr", "time_s"): {"ub": 1900}},
        "iu05": {},
    }
    instances: list[Facts] = []
    for name, changed in changes.items():
        rows = _blueprint(P1000)
        for (field, value), limits in changed.items():
            rows = [row | limits if _is_meant(row, field, value) else row for row in rows]
        if name == "iu05":
            rows.append({"type": "count", "where": {"module": "IU05", "cog": "VDC"}, "lb": 7, "ub": 9})
        facts: Facts = {"id": f"infeasible_{name}", "kind": "single_form", "pool": "P1000", "n_forms": 1}
        instances.append(facts | {"form": rows, "objective": maximin})
    return instances


def _is_meant(row: Facts, field: str, value: str) -> bool:
    return bool(row.get(field) == value or row.get("where") == {field: value})


def _write_instance(folder: Path, facts: Facts) -> str:
    name = str(facts["id"])
    (folder / f"inst_{name}.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    return name


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
