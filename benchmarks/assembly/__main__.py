"""Run instances: ``python -m benchmarks.assembly [--instances DIR] [--only ID …] [--peers] [--out FILE]``."""

import argparse
import dataclasses
import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy

from benchmarks.assembly.checks import Check, health_checks, instance_checks, stated_facts
from benchmarks.assembly.instances import instance_ids, read_instance
from benchmarks.assembly.peers.comparison import QUICK_SIMULEES, PeerLimits, compare
from benchmarks.assembly.pools import write_folder
from benchmarks.assembly.report import HEALTH, PEERS, checks_table, instance_table, table
from benchmarks.assembly.runs import PEERS as PEER_PACKAGES
from benchmarks.assembly.runs import install_peers, run_instance
from exam_engine.psychometrics.assembly.solver import HAS_HIGHSPY

Result = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 1 when something that must hold does not."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.assembly",
        description="Assembly and adaptive testing on a folder of instances, each in a fresh process with one thread",
    )
    parser.add_argument("--instances", type=Path, metavar="DIR", help="folder of instances; generated when not named")
    parser.add_argument("--only", nargs="+", metavar="ID", default=(), help="run only these instances")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write forms, values, bounds and times as JSON")
    parser.add_argument("--seed", type=int, default=1, help="of the generated folder")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each instance; times are medians")
    parser.add_argument("--peers", action="store_true", help=f"run {', '.join(PEER_PACKAGES)} and scipy.milp too")
    parser.add_argument("--peer-seconds", type=float, default=60.0, help="wall time of a peer's solver on one problem")
    parser.add_argument("--quick", action="store_true", help="one objective an instance, few simulees, short limits")
    chosen = parser.parse_args(arguments)
    if chosen.repeat < 1:
        parser.error("--repeat must be at least 1")
    if chosen.instances is not None and not chosen.instances.is_dir():
        parser.error(f"there is no folder {chosen.instances}")
    if chosen.out is not None and not chosen.out.resolve().parent.is_dir():
        parser.error(f"there is no folder {chosen.out.resolve().parent} to write {chosen.out.name} to")
    with tempfile.TemporaryDirectory(prefix="exam-bench-") as temporary:
        folder = chosen.instances
        if folder is None:
            folder = Path(temporary)
            write_folder(folder, chosen.seed, with_hard=not chosen.quick)
        ids = instance_ids(folder)
        unknown = sorted(set(chosen.only) - set(ids))
        if unknown:
            parser.error(f"no instance {unknown[0]!r} in {folder}; there are {' '.join(ids) or 'none'}")
        if chosen.peers:
            install_peers()
        return _run(folder, [name for name in ids if not chosen.only or name in chosen.only], chosen)


def _run(folder: Path, ids: Sequence[str], chosen: argparse.Namespace) -> int:
    machine = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "highspy": HAS_HIGHSPY,
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 2),
        "threads": 1,
        "repeat": chosen.repeat,
    }
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    record: dict[str, Any] = {"instances": {}, "health": {}, "peers": [], "machine": machine, "checks": []}
    found: list[Check] = []

    def keep(checks: Sequence[Check]) -> None:
        found.extend(checks)
        record["checks"] = [dataclasses.asdict(check) for check in found]
        if chosen.out is not None:
            # After each instance, so that a run that is broken off leaves what it has.
            chosen.out.write_text(json.dumps(record, allow_nan=False), encoding="utf-8")

    limits = PeerLimits(solver_seconds=chosen.peer_seconds)
    if chosen.quick:
        limits = PeerLimits(solver_seconds=min(5.0, chosen.peer_seconds), simulees=QUICK_SIMULEES)
    solved: set[str] = set()
    for instance_id in ids:
        results = run_instance(folder, instance_id, quick=chosen.quick, repeat=chosen.repeat)
        record["instances"][instance_id] = results
        print(f"\n{instance_table(results)}", flush=True)
        keep(list(instance_checks(folder, instance_id, results, few_simulees=chosen.quick)))
        if chosen.peers and not any("failure" in result for result in results):
            instance = read_instance(folder, instance_id)
            record["peers"] += compare(folder, instance, results, limits, solved=solved)
            keep([])
    for pool_name, instance_id in banks(folder, record["instances"]).items():
        results = run_instance(folder, instance_id, health=True, repeat=chosen.repeat)
        record["health"][pool_name] = results
        keep(list(health_checks(folder, pool_name, results)))
    health = [result for results in record["health"].values() for result in results]
    if health:
        print(f"\n{table(health, HEALTH)}")
    if record["peers"]:
        print(f"\n{table(record['peers'], PEERS)}")
    print(checks_table(found))
    keep([])
    failed = sum(check.passed is False for check in found)
    print(f"\n{failed} of {len(found)} fail." if failed else f"\nAll {len(found)} hold, or are not shown by this run.")
    return int(failed > 0)


def banks(folder: Path, instances: Mapping[str, Sequence[Result]]) -> dict[str, str]:
    """Every pool of which parallel forms were made, with the first of those instances."""
    found: dict[str, str] = {}
    for instance_id, results in instances.items():
        if any(result.get("kind") == "parallel_forms" and "failure" not in result for result in results):
            found.setdefault(str(stated_facts(folder, instance_id)["pool"]), instance_id)
    return found


if __name__ == "__main__":
    sys.exit(main())
