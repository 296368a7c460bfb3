"""CBC, as PuLP brings it, on the programme of an MPS file; reads a request as JSON, prints the figures as JSON."""

import json
import resource
import sys

import pulp


def main() -> None:
    request = json.load(sys.stdin)
    names, problem = pulp.LpProblem.fromMPS(request["mps"])
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    problem.solve(pulp.PULP_CBC_CMD(msg=False, threads=1, gapRel=request["relative_gap"], timeLimit=request["seconds"]))
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    figures = {
        "cpu_s": cpu,
        "status": pulp.LpStatus[problem.status],
        "has_solution": problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible),
        "values": {name: variable.varValue for name, variable in names.items() if variable.varValue},
    }
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
