"""One instance in this process: ``python -m benchmarks.assembly.worker FOLDER ID`` prints its results as JSON."""

import json
import resource
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.assembly.instances import read_instance

RUNNERS = {
    "single_form": "forms",
    "parallel_forms": "forms",
    "loft": "loft",
    "shadow_cat": "shadow",
    "cat": "adaptive",
    "mst": "multistage",
}
"""Kind of instance → module with ``run(instance) -> list of results``."""


def main() -> None:
    folder, instance_id = Path(sys.argv[1]), sys.argv[2]
    instance = read_instance(folder, instance_id)
    runner = "infeasible" if instance_id.startswith("infeasible") else RUNNERS[instance.kind]
    results = import_module(f"benchmarks.assembly.{runner}").run(instance)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for result in results:
        result |= {"id": instance_id, "kind": instance.kind, "peak_mb": round(memory, 1)}
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
