"""Instances of kind "loft": a thousand personal forms in an information band, and one at a time for live candidates."""

import time
from dataclasses import replace
from typing import Any

from benchmarks.assembly.instances import Instance, indices_of, specification_of
from exam_engine.psychometrics.assembly.loft import assemble_on_the_fly
from exam_engine.psychometrics.assembly.loft_live import OnTheFlyState, next_form, plan_on_the_fly
from exam_engine.psychometrics.assembly.measures import Information
from exam_engine.psychometrics.assembly.specification import AnyForms, Range, TestSpecification
from exam_engine.psychometrics.assembly.verification import check_forms

LIVE_FORMS = 200


def run(instance: Instance) -> list[dict[str, Any]]:
    """All forms at once, then some of them one at a time."""
    specification = banded_specification(instance)
    # The first form loads and compiles what no later run pays for.
    assemble_on_the_fly(instance.pool, replace(specification, n_forms=1))
    begin = time.process_time()
    made = assemble_on_the_fly(instance.pool, specification)
    seconds = time.process_time() - begin
    figures = made.exposure.to_dict()
    together = {
        "variant": "all at once",
        "forms": indices_of(made.forms),
        "n_forms": len(made.forms),
        "requested": specification.n_forms,
        "cpu_s": round(seconds, 3),
        "forms_per_s": round(len(made.forms) / seconds, 1),
        "cap_limit": made.limit.cap,
        "binding": [{"row": str(row.name), "weight": round(row.weight, 4)} for row in made.limit.binding],
        "exchanged": made.exchanged,
        "exact": made.exact,
        "violations": len(check_forms(instance.pool, specification, made.forms)),
    }
    return [together | figures, _live(instance, specification)]


def banded_specification(instance: Instance) -> TestSpecification:
    """The instance's specification with its band of information as ranges."""
    band = instance.facts["tif_band"]
    ranges = tuple(
        Range(Information(theta), target * (1.0 - band["rel_tol"]), target * (1.0 + band["rel_tol"]))
        for theta, target in zip(band["theta"], band["target"], strict=True)
    )
    plain = specification_of(instance, {"type": "minimax_target", **band})
    return replace(plain, requirements=(*plain.requirements, *ranges), objective=AnyForms())


def _live(instance: Instance, specification: TestSpecification) -> dict[str, Any]:
    begin = time.process_time()
    plan = plan_on_the_fly(instance.pool, specification)
    prepared = time.process_time() - begin
    state, forms, milliseconds = OnTheFlyState(), [], []
    for _ in range(min(LIVE_FORMS, specification.n_forms)):
        begin = time.process_time()
        made = next_form(plan, state, seed=1)
        milliseconds.append(1000.0 * (time.process_time() - begin))
        state = made.state
        forms.append(made.item_ids)
    milliseconds.sort()
    alone = replace(specification, n_forms=len(forms))
    return {
        "variant": "one at a time",
        "forms": indices_of(forms),
        "n_forms": len(forms),
        "cpu_s": round(prepared + sum(milliseconds) / 1000.0, 3),
        "prepare_s": round(prepared, 3),
        "ms_mean": round(sum(milliseconds) / len(milliseconds), 3),
        "ms_p95": round(milliseconds[int(0.95 * len(milliseconds))], 3),
        "use_max": max(state.used.values()),
        "violations": len(check_forms(instance.pool, alone, forms)),
    }
