"""One fit in a process of its own: reads a request as JSON from standard input, writes its report to a file.

It runs in the environment of the tool it measures, so it needs only numpy and that tool, whose adapter is imported by
name: no environment has them all.
"""

import importlib
import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NODES, _BLOCK_ROWS = 61, 2_048


def main() -> None:
    request = json.load(sys.stdin)
    warnings.simplefilter("ignore")
    Path(request["report"]).write_text(json.dumps(_measured(request), default=_as_json))


def _measured(request: dict[str, Any]) -> dict[str, Any]:
    model, options = request["model"], request["options"]
    prior = None if request["prior"] is None else tuple(request["prior"])
    scores = np.load(request["scores"])
    # What a tool imports, some of it at the first call, is no part of a fit; it is reported by itself.
    cpu = time.process_time()
    fit = importlib.import_module(f"benchmarks.irt.fit_{request['tool']}").fit
    fit(_small_sample(5 if model in ("GRM", "GPCM") else 2), model, prior, options)
    start = time.process_time() - cpu
    cpu, wall = time.process_time(), time.perf_counter()
    report: dict[str, Any] = fit(scores, model, prior, options)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    report |= {"cpu": cpu, "wall": wall, "start_cpu": start, "memory": peak_memory()}
    return report | ({"product_seconds": product_seconds(*scores.shape)} if request["tool"] == "exam_engine" else {})


def product_seconds(n_candidates: int, n_items: int) -> float:
    """CPU seconds of the two products (n, J) × (J, Q) and (J, n) × (n, Q) over all candidates, the best of five."""
    answers, logits = np.ones((_BLOCK_ROWS, n_items)), np.ones((n_items, _NODES))
    posterior, counts = np.empty((_BLOCK_ROWS, _NODES)), np.empty((n_items, _NODES))
    best = np.inf
    for _ in range(5):
        start = time.process_time()
        for _ in range(20):
            np.matmul(answers, logits, out=posterior)
            np.matmul(answers.T, posterior, out=counts)
        best = min(best, (time.process_time() - start) / 20)
    return best * n_candidates / _BLOCK_ROWS


def peak_memory() -> float:
    """Largest resident memory of this process so far, MB.

    Linux reports it by process image; ``getrusage`` would count what the parent held when it started this process.
    """
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(fields["VmHWM"].split()[0]) / 1024


def _small_sample(n_categories: int) -> NDArray[np.int8]:
    rng = np.random.default_rng(0)
    latent = rng.normal(size=(500, 1)) + rng.logistic(size=(500, 6))
    return np.digitize(latent, np.linspace(-1.5, 1.5, n_categories + 1)[1:-1]).astype(np.int8)


def _as_json(value: Any) -> Any:
    return value.tolist()


if __name__ == "__main__":
    main()
