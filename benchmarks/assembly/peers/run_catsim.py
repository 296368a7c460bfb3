"""catsim's simulator: maximum information, its own estimator; reads a request as JSON, prints the figures as JSON."""

import json
import sys
import time

import numpy as np
from catsim.estimation import NumericalSearchEstimator
from catsim.initialization import FixedPointInitializer
from catsim.item_bank import ItemBank
from catsim.selection import MaxInfoSelector, RandomesqueSelector
from catsim.simulation import Simulator
from catsim.stopping import TestLengthStopper


def main() -> None:
    request = json.load(sys.stdin)
    length, n_simulees = request["length"], request["n_simulees"]
    with np.load(request["pool"]) as arrays:
        columns = [arrays[name] for name in ("a", "b", "c")]
    bank = ItemBank(np.column_stack([*columns, np.ones(columns[0].size)]))
    theta = np.random.default_rng(request["seed"]).standard_normal(n_simulees)
    selectors = {"MFI": MaxInfoSelector, "randomesque 5": lambda: RandomesqueSelector(5)}
    figures = []
    for name, make in selectors.items():
        # min_items comes first: given alone it would run through the whole bank.
        stopper = TestLengthStopper(min_items=length, max_items=length)
        simulator = Simulator(
            bank, theta, FixedPointInitializer(0.0), make(), NumericalSearchEstimator(), stopper, seed=request["seed"]
        )
        begin = time.process_time()
        simulator.simulate()
        cpu = time.process_time() - begin
        final = np.array([estimates[-1] for estimates in simulator.estimations])
        given = [item for items in simulator.administered_items for item in items]
        figures.append(
            {
                "variant": name,
                "simulees_per_s": n_simulees / cpu,
                "rmse": float(np.sqrt(np.mean((final - theta) ** 2))),
                "exposure_max": float(np.bincount(given).max() / n_simulees),
                "n_simulees": n_simulees,
            }
        )
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
