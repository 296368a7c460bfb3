"""A small pool and instances of it, as files."""

import json
from pathlib import Path
from typing import Any

from benchmarks.assembly.pool_instances import PoolPlan
from benchmarks.assembly.pools import write_pool

PLAN = PoolPlan(
    name="P80",
    n_items=80,
    model="2PL",
    n_stimuli=2,
    stimulus_size=3,
    n_enemy_sets=4,
    length=8,
    module_counts=(1, 1, 2, 2, 1, 1),
    level_ranges=((0, 8), (0, 8), (0, 8), (0, 8)),
    key_range=(0, 8),
    words=(0, 2000),
    seconds=(0, 2000),
    stimuli=0,
)
ROWS: list[dict[str, Any]] = [
    {"type": "length", "lb": 8, "ub": 8},
    {"type": "count", "where": {"cog": "NB"}, "lb": 2, "ub": 4},
    {"type": "sum", "attr": "words", "lb": 150, "ub": 450},
    {"type": "enemy", "max": 1},
    {"type": "exclude", "where": {"stimulus": "any"}},
]
MAXIMIN = {"type": "maximin", "theta": [-1.0, 0.0, 1.0], "weights": [1, 1, 1]}


def write_small_pool(folder: Path, seed: int = 1) -> list[float]:
    """Write the pool; return what an average form reaches, times 1.15."""
    return write_pool(folder, PLAN, seed)


def write_instance(folder: Path, name: str, **facts: Any) -> None:
    """Write an instance of one form, changed as told."""
    plain = {"id": name, "kind": "single_form", "pool": "P80", "n_forms": 1, "form": ROWS, "objective": MAXIMIN}
    (folder / f"inst_{name}.json").write_text(json.dumps(plain | facts), encoding="utf-8")
