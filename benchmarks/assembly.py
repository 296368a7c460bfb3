"""Time form assembly on simulated banks: ``python -m benchmarks.assembly``."""

import platform
import time

import numpy as np
import scipy

from exam_engine.psychometrics import CellRequirement, ItemPool, TestSpecification, assemble_forms

ASSEMBLIES = ((201, 240, 2), (202, 240, 3), (203, 1_000, 2), (204, 1_000, 3))
MODULES = tuple(f"IU0{number}" for number in range(1, 7))
# Questions of each cognitive level in the six modules, 40 in all.
COUNTS = {"NB": (3, 2, 2, 3, 2, 2), "TH": (2, 2, 2, 2, 2, 2), "VD": (2, 1, 1, 2, 1, 1), "VDC": (1, 1, 1, 1, 1, 1)}


def main() -> None:
    print(f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}\n")
    print("40 questions over 6 modules x 4 levels, disjoint forms, gap 1 %\n")
    print("| seed | pool | forms | CPU s | wall s | information | bound | gap | status |")
    print("|---|---|---|---|---|---|---|---|---|")
    for case in ASSEMBLIES:
        print(time_assembly(*case))


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


if __name__ == "__main__":
    main()
