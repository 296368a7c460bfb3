"""scipy's milp on a programme in a file of arrays; reads a request as JSON, prints the figures as JSON."""

import json
import sys
import time

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array


def main() -> None:
    request = json.load(sys.stdin)
    with np.load(request["programme"]) as arrays:
        parts = {name: arrays[name] for name in arrays.files}
    shape = (parts["row_lower"].size, parts["cost"].size)
    matrix = csr_array((parts["values"], parts["places"], parts["starts"]), shape=shape)
    begin = time.process_time()
    result = milp(
        parts["cost"],
        integrality=parts["is_integer"].astype(np.int64),
        bounds=Bounds(parts["lower"], parts["upper"]),
        constraints=LinearConstraint(matrix, parts["row_lower"], parts["row_upper"]),
        options={"mip_rel_gap": request["relative_gap"], "time_limit": request["seconds"]},
    )
    figures = {
        "cpu_s": time.process_time() - begin,
        "status": result.message.split(" (")[0].rstrip("."),
        "bound": None if result.mip_dual_bound is None else float(result.mip_dual_bound),
        "x": None if result.x is None else result.x.tolist(),
    }
    json.dump([figures], sys.stdout)


if __name__ == "__main__":
    main()
