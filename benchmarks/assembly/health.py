"""What a bank supplies at the blueprint of an instance of parallel forms: the bound, what binds, forms really made."""

import time
from typing import Any

from benchmarks.assembly.instances import Instance, indices_of, specification_of
from exam_engine.psychometrics.assembly.bank_health import bank_health


def run(instance: Instance) -> list[dict[str, Any]]:
    specification = specification_of(instance)
    begin = time.process_time()
    health = bank_health(instance.pool, specification)
    middle = time.process_time()
    built = bank_health(instance.pool, specification, build=True)
    end = time.process_time()
    return [
        {
            "pool": instance.pool_name,
            "bound": health.bound,
            "value": health.value,
            "binding": [{"row": str(found.demand), "effect": round(found.effect, 3)} for found in health.binding],
            "built": built.built,
            "forms": indices_of(built.forms),
            "cpu_s": round(middle - begin, 3),
            "build_cpu_s": round(end - middle, 3),
        }
    ]
