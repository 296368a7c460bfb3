"""CBC, as PuLP brings it, on a programme in a file of arrays; reads a request as JSON, prints the figures as JSON."""

import json
import resource
import sys

import numpy as np
import pulp


def main() -> None:
    request = json.load(sys.stdin)
    with np.load(request["programme"]) as arrays:
        parts = {name: arrays[name] for name in arrays.files}
    problem, variables = stated(parts)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    problem.solve(
        pulp.PULP_CBC_CMD(
            msg=False, threads=1, gapRel=request["relative_gap"], timeLimit=request["seconds"], timeMode="cpu"
        )
    )
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    found = problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)
    figures = {
        "cpu_s": cpu,
        "status": pulp.LpSolution[problem.sol_status],
        "x": [float(variable.varValue or 0.0) for variable in variables] if found else None,
    }
    json.dump([figures], sys.stdout)


def stated(parts: dict[str, np.ndarray]) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """The programme in PuLP's terms; a row with two bounds is two constraints."""
    problem = pulp.LpProblem("assembly", pulp.LpMinimize)
    variables = [
        pulp.LpVariable(f"v{place}", low, None if np.isinf(high) else high, "Integer" if whole else "Continuous")
        for place, (low, high, whole) in enumerate(
            zip(parts["lower"].tolist(), parts["upper"].tolist(), parts["is_integer"].tolist(), strict=True)
        )
    ]
    costs = parts["cost"]
    problem += pulp.LpAffineExpression([(variables[place], float(costs[place])) for place in np.flatnonzero(costs)])
    starts, places, values = parts["starts"], parts["places"], parts["values"]
    for row, (low, high) in enumerate(zip(parts["row_lower"].tolist(), parts["row_upper"].tolist(), strict=True)):
        span = slice(starts[row], starts[row + 1])
        terms = [
            (variables[place], value) for place, value in zip(places[span].tolist(), values[span].tolist(), strict=True)
        ]
        if low == high:
            problem += pulp.LpAffineExpression(terms) == low
            continue
        if np.isfinite(low):
            problem += pulp.LpAffineExpression(terms) >= low
        if np.isfinite(high):
            problem += pulp.LpAffineExpression(terms) <= high
    return problem, variables


if __name__ == "__main__":
    main()
