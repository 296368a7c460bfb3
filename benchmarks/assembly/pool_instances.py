"""Blueprints of the generated pools, and every instance on them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.assembly.instances import KEYS, LEVELS

MODULES: Final = ("IU01", "IU02", "IU03", "IU04", "IU05", "IU06")
MODULE_SHARES: Final = (0.15, 0.15, 0.20, 0.20, 0.15, 0.15)
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


def write_instances(folder: Path, targets: dict[str, list[float]]) -> list[str]:
    """Write every instance that needs no solver; return their ids."""
    maximin = {"type": "maximin", "theta": list(THETA), "weights": [1, 1, 1]}
    written: list[str] = []
    for plan in (P300, P1000, P5000):
        facts = {"id": f"a_{plan.name}", "kind": "single_form", "pool": plan.name, "n_forms": 1}
        written.append(write_instance(folder, facts | {"form": _blueprint(plan), "objective": maximin}))
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
        written.append(write_instance(folder, facts))
    written.append(
        write_instance(
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
    written += [write_instance(folder, facts) for facts in _adaptive_instances()]
    written += [write_instance(folder, facts) for facts in _infeasible_instances(maximin)]
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


def write_instance(folder: Path, facts: Facts) -> str:
    name = str(facts["id"])
    (folder / f"inst_{name}.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    return name
