"""Calibration from a file that nobody loads whole: ``python -m benchmarks.irt_scale FOLDER [--dask]``.

Ten million candidates by sixty items are simulated into a Parquet file once, row group by row group, and calibrated
from it in a fresh process whose peak memory is its own; the time a row takes is set against case (b) of
``benchmarks.irt``, 100,000 rows in memory. With ``--dask`` the same fit runs on two workers over loopback as well and
must give the same estimates. Needs pyarrow and, for the cluster, distributed: the extra ``scale``.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.irt.cases import CASES, as_item_parameters, draw_parameters, simulate
from benchmarks.irt.report import Check, checks_table
from benchmarks.irt.runs import ONE_THREAD
from benchmarks.irt.worker import peak_memory
from exam_engine.psychometrics import CalibrationSettings, ResponseMatrix, calibrate
from exam_engine.psychometrics.calibration.parquet import ParquetResponses
from exam_engine.psychometrics.simulation import simulate_responses

SEED: Final = 107
ROWS_PER_GROUP: Final = 65_536
WORKERS: Final = 2

_CASE_B = next(case for case in CASES if case.key == "b")
_MOST_MEMORY = 1536.0
_SLOWER_PER_ROW = 1.2
_LARGEST_DIFFERENCE = 1e-8

Report = dict[str, Any]


def simulate_file(path: Path, n_candidates: int, n_items: int) -> Report:
    """Write a column of int8 per item; memory is that of one row group."""
    cpu = time.process_time()
    rng = np.random.default_rng(SEED)
    items = as_item_parameters(draw_parameters(rng, replace(_CASE_B, n_items=n_items)))
    schema = pa.schema([(name, pa.int8()) for name in items.names])
    part = path.with_suffix(".part")
    with pq.ParquetWriter(part, schema) as writer:
        for start in range(0, n_candidates, ROWS_PER_GROUP):
            theta = rng.normal(size=min(ROWS_PER_GROUP, n_candidates - start))
            columns = np.asfortranarray(simulate_responses(rng, theta, items).scores)
            writer.write_table(pa.table(list(columns.T), schema=schema), row_group_size=ROWS_PER_GROUP)
    part.rename(path)
    return {"cpu": time.process_time() - cpu, "memory": peak_memory()}


def fit_in_memory() -> Report:
    """Case (b)."""
    scores, _ = simulate(_CASE_B)
    names = tuple(f"item_{number}" for number in range(1, scores.shape[1] + 1))
    return _timed(ResponseMatrix(scores=scores, item_names=names, weights=np.ones(scores.shape[0])), None)


def fit_file(path: Path) -> Report:
    """Calibrate from the file in this process."""
    return _timed(ParquetResponses.open(path), path.parent)


def fit_on_cluster(path: Path) -> Report:
    """Calibrate from the file on two workers, one thread each."""
    # Imported here, so that its memory does not count where no cluster is used.
    import dask  # noqa: PLC0415
    from distributed import Client, LocalCluster  # noqa: PLC0415

    # Dask has its workers give every freed page back, and a pass then spends most of its time on getting the pages of
    # its work arrays again.
    keep_pages = {"MALLOC_TRIM_THRESHOLD_": 2**28, "MALLOC_MMAP_THRESHOLD_": 2**25}
    with (
        dask.config.set({f"distributed.nanny.pre-spawn-environ.{name}": size for name, size in keep_pages.items()}),
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=WORKERS, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, memory_limit=0
        ) as cluster,
        Client(cluster) as client,  # type: ignore[no-untyped-call]
    ):
        before = sum(client.run(time.process_time).values())
        report = _timed(ParquetResponses.open(path), path.parent, client.get_executor())
        report["cpu"] += sum(client.run(time.process_time).values()) - before
        report["memory"] += sum(client.run(peak_memory).values())
    return report


def _timed(
    responses: ResponseMatrix | ParquetResponses, spool: Path | None, executor: Executor | None = None
) -> Report:
    cpu, wall = time.process_time(), time.perf_counter()
    result = calibrate(
        responses,
        CalibrationSettings(standard_errors="none"),
        executor=executor,
        n_parts=4 * WORKERS,
        spool_directory=spool,
    )
    return {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "memory": peak_memory(),
        "passes": result.certificate.e_steps,
        "converged": result.converged,
        "log_likelihood": result.log_likelihood,
        "n_candidates": result.n_candidates,
        "estimates": np.concatenate([result.items.a, result.items.d[:, 0]]),
    }


def _in_fresh_process(work: Callable[..., Report], *arguments: object) -> Report:
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as executor:
        return executor.submit(work, *arguments).result()


def _row(name: str, report: Report) -> str:
    per_row = 1e6 * report["cpu"] / report["n_candidates"]
    return (
        f"| {name} | {report['n_candidates']:,.0f} | {report['cpu']:.1f} | {report['wall']:.1f} | {report['passes']} "
        f"| {per_row:.2f} | {1e3 * per_row / report['passes']:.0f} | {report['memory']:.0f} "
        f"| {report['log_likelihood']:.4f} |"
    )


def main() -> int:
    """Print the table; 1 when something that must hold does not."""
    parser = argparse.ArgumentParser(description="Calibration from a Parquet file of any length")
    parser.add_argument("folder", type=Path, help="for the simulated file and what the fit puts on disk")
    parser.add_argument("--candidates", type=int, default=10_000_000)
    parser.add_argument("--items", type=int, default=60)
    parser.add_argument("--dask", action="store_true", help=f"also on {WORKERS} workers of a Dask cluster on loopback")
    chosen = parser.parse_args()
    os.environ |= ONE_THREAD
    chosen.folder.mkdir(parents=True, exist_ok=True)
    path = chosen.folder / f"responses_{chosen.candidates}x{chosen.items}_seed{SEED}.parquet"
    if not path.exists():
        made = _in_fresh_process(simulate_file, path, chosen.candidates, chosen.items)
        print(f"Simulated in {made['cpu']:.0f} s of CPU with at most {made['memory']:.0f} MB.")
    print(f"{path.name}: {path.stat().st_size / 2**20:.0f} MB on disk\n")
    print("| fit | candidates | CPU s | wall s | passes | µs a row | ns a row and pass | MB | log-likelihood |")
    print("|---|---|---|---|---|---|---|---|---|")
    reference = _in_fresh_process(fit_in_memory)
    print(_row("case (b), in memory", reference), flush=True)
    streamed = _in_fresh_process(fit_file, path)
    print(_row("from the file", streamed), flush=True)
    per_row = streamed["cpu"] / streamed["n_candidates"] / (reference["cpu"] / reference["n_candidates"])
    memory = streamed["memory"]
    checks = [
        Check("converged", "yes", str(streamed["converged"]), streamed["converged"]),
        Check("memory", f"≤ {_MOST_MEMORY:.0f} MB", f"{memory:.0f} MB", memory <= _MOST_MEMORY),
        Check("time per row", f"≤ {_SLOWER_PER_ROW} × case (b)", f"{per_row:.2f} ×", per_row <= _SLOWER_PER_ROW),
    ]
    if chosen.dask:
        clustered = _in_fresh_process(fit_on_cluster, path)
        print(_row(f"from the file, {WORKERS} Dask workers", clustered), flush=True)
        apart = float(np.abs(clustered["estimates"] - streamed["estimates"]).max())
        wanted = f"≤ {_LARGEST_DIFFERENCE} apart"
        checks.append(Check("cluster's estimates", wanted, f"{apart:.1e}", apart <= _LARGEST_DIFFERENCE))
    print(checks_table(checks))
    return int(not all(check.passed for check in checks))


if __name__ == "__main__":
    sys.exit(main())
