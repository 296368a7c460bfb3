"""Time 2PL calibration and form assembly on simulated data: ``python -m benchmarks.calibration``.

Set OMP_NUM_THREADS=1 to compare with single-threaded programs. Every case runs in a process of its own, so that the
peak memory is its own; responses are simulated from the stated seed with a ~ LogNormal(0, 0.3), b ~ N(0, 1).
"""

import os
import platform
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import scipy

from exam_engine.psychometrics import (
    CalibrationSettings,
    CellRequirement,
    ItemPool,
    ResponseMatrix,
    TestSpecification,
    assemble_forms,
    calibrate,
    simulate_scores,
)

CALIBRATIONS = ((101, 1_000, 40), (102, 10_000, 60), (103, 100_000, 60))
ASSEMBLIES = ((201, 240, 2), (202, 240, 3), (203, 1_000, 2), (204, 1_000, 3))
MODULES = tuple(f"IU0{number}" for number in range(1, 7))
# Questions of each cognitive level in the six modules, 40 in all.
COUNTS = {"NB": (3, 2, 2, 3, 2, 2), "TH": (2, 2, 2, 2, 2, 2), "VD": (2, 1, 1, 2, 1, 1), "VDC": (1, 1, 1, 1, 1, 1)}
_NODES, _BLOCK_ROWS = 61, 2048


def main() -> None:
    threads = os.environ.get("OMP_NUM_THREADS", "as numpy chooses")
    print(f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}, threads {threads}\n")
    print("Calibration, 2PL, 61 nodes, convergence at 1e-6; 'gemm' is the time that the two (n, J) x (J, Q) products")
    print("of a general EM would take alone for as many passes, measured in the same process.\n")
    print(
        "| seed | N x J | CPU s | wall s | with SE, CPU s | EM maps | passes | logLik | max gradient | gemm s "
        "| fit / gemm | peak MB |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for case in CALIBRATIONS:
        print(_in_fresh_process(time_calibration, *case))
    print("\nAssembly, 40 questions over 6 modules x 4 levels, disjoint forms, gap 1 %\n")
    print("| seed | pool | forms | CPU s | wall s | information | bound | gap | status |")
    print("|---|---|---|---|---|---|---|---|---|")
    for case in ASSEMBLIES:
        print(_in_fresh_process(time_assembly, *case))


def time_calibration(seed: int, n_candidates: int, n_items: int) -> str:
    rng = np.random.default_rng(seed)
    a, b = rng.lognormal(0.0, 0.3, n_items), rng.normal(size=n_items)
    # In parts, so that making the data needs less memory than fitting them.
    parts = [simulate_scores(rng, rng.normal(size=size), a, b) for size in _sizes(n_candidates)]
    responses = ResponseMatrix.from_array(np.concatenate(parts))
    cpu, wall = time.process_time(), time.perf_counter()
    fit = calibrate(responses, CalibrationSettings(standard_errors=False))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    start = time.process_time()
    calibrate(responses)
    with_errors = time.process_time() - start
    gemm = fit.e_steps * _gemm_seconds(n_candidates, n_items)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"| {seed} | {n_candidates:,} x {n_items} | {cpu:.3f} | {wall:.3f} | {with_errors:.3f} | {fit.iterations} | "
        f"{fit.e_steps} | {fit.log_likelihood:.4f} | {fit.max_gradient:.1e} | {gemm:.3f} "
        f"| {cpu / gemm:.2f} | {peak:.0f} |"
    )


def time_assembly(seed: int, n_items: int, n_forms: int) -> str:
    rng = np.random.default_rng(seed)
    pool = ItemPool(
        item_ids=tuple(f"Q{index:04}" for index in range(n_items)),
        a=rng.lognormal(0.0, 0.3, n_items),
        b=rng.normal(size=n_items),
        attributes={
            "module": [MODULES[index % 6] for index in range(n_items)],
            "level": [tuple(COUNTS)[index // 6 % 4] for index in range(n_items)],
        },
        expected_seconds=rng.uniform(30.0, 90.0, n_items),
    )
    specification = TestSpecification(
        n_forms=n_forms,
        length=40,
        theta_cut=-0.3,
        theta_points=(-1.3, 0.7),
        cells=tuple(
            CellRequirement.exactly(count, module=module, level=level)
            for level, counts in COUNTS.items()
            for module, count in zip(MODULES, counts, strict=True)
        ),
        seconds=(2280.0, 2520.0),
        score_tolerance=0.5,
    )
    cpu, wall = time.process_time(), time.perf_counter()
    result = assemble_forms(pool, specification)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return (
        f"| {seed} | {n_items} | {n_forms} | {cpu:.2f} | {wall:.2f} | {result.objective:.3f} | {result.bound:.3f} | "
        f"{100 * result.gap:.2f} % | {result.status} |"
    )


def _gemm_seconds(n_candidates: int, n_items: int) -> float:
    """CPU seconds of both products for all candidates, the best of three runs."""
    answers = np.ones((_BLOCK_ROWS, n_items))
    logits = np.ones((n_items, _NODES))
    best = np.inf
    for _ in range(3):
        start = time.process_time()
        for _ in range(20):
            posterior = answers @ logits
            answers.T @ posterior
        best = min(best, (time.process_time() - start) / 20)
    return best * n_candidates / _BLOCK_ROWS


def _sizes(n_candidates: int) -> list[int]:
    return [min(5_000, n_candidates - start) for start in range(0, n_candidates, 5_000)]


def _in_fresh_process(work: Callable[[int, int, int], str], seed: int, first: int, second: int) -> str:
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as executor:
        return executor.submit(work, seed, first, second).result()


if __name__ == "__main__":
    main()
