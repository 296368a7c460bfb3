"""catpie's test loop: maximum information and EAP; reads a request as JSON, prints the figures as JSON."""

import json
import random
import sys
import time

import numpy as np
from catpie import randomCAT


def main() -> None:
    request = json.load(sys.stdin)
    with np.load(request["pool"]) as arrays:
        bank = [(float(a), float(b), float(c), 1.0) for a, b, c in zip(*(arrays[name] for name in "abc"), strict=True)]
    theta = np.random.default_rng(request["seed"]).standard_normal(request["n_simulees"])
    stop = {"rule": ["length"], "thr": [request["length"]]}
    begin = time.process_time()
    runs = [
        randomCAT(float(true), bank, method="EAP", stop=stop, rng=random.Random(request["seed"] + number).random)
        for number, true in enumerate(theta)
    ]
    cpu = time.process_time() - begin
    final = np.array([run.finalTheta for run in runs])
    counts = np.bincount([item for run in runs for item in run.administered])
    figures = {
        "variant": "MFI",
        "simulees_per_s": len(runs) / cpu,
        "rmse": float(np.sqrt(np.mean((final - theta) ** 2))),
        "exposure_max": float(counts.max() / len(runs)),
        "n_simulees": len(runs),
        "length": float(np.mean([run.nItems for run in runs])),
    }
    json.dump([figures], sys.stdout)


if __name__ == "__main__":
    main()
