"""Shadow-test CATs from instances of kind ``shadow_cat``: every variant simulated, timed at each selection, audited."""

import re
import time
from typing import Any

import numpy as np

from benchmarks.assembly.adaptive import normal_distribution
from benchmarks.assembly.instances import Instance, specification_of
from exam_engine.psychometrics.adaptive import (
    ItemEligibility,
    ShadowAdaptiveTest,
    ShadowSession,
    ShadowSettings,
    SimulatedShadowTests,
    simulate_shadow_tests,
)
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.assembly import check_forms

AUDITED_SHARE = 0.1
AUDITED_SIMULEES = 40
"""Audits take longer than selections, so that they are of a simulation of their own, with the same first simulees."""
SEGMENT_BOUNDS = (-1.5, -0.5, 0.5, 1.5)
ANY_OBJECTIVE = {"type": "maximin", "theta": [0.0], "weights": [1.0]}
"""Instances name none: shadow tests are the most informative at the interim estimate."""


def run(instance: Instance) -> list[dict[str, Any]]:
    """One entry a variant; eligibility a second time conditional on ability."""
    facts = instance.facts
    mean, sd = normal_distribution(facts.get("theta_dist", "N(0,1)"))
    theta = np.random.default_rng(facts["seed"]).normal(mean, sd, facts["n_simulees"])
    results = []
    for name, description in facts.get("variants", {"": "no exposure control"}).items():
        rate = re.search(r"eligibility\D*?r\w*\s*=\s*([\d.]+)", description)
        if rate is None:
            results.append(_simulated(instance, theta, None) | {"variant": name, "description": description})
            continue
        for label, bounds in (("", ()), ("_conditional", SEGMENT_BOUNDS)):
            exposure = ItemEligibility(maximum_rate=float(rate[1]), segment_bounds=bounds)
            entry = _simulated(instance, theta, exposure)
            results.append(entry | {"variant": f"{name}{label}", "description": description})
    return results


def _simulated(instance: Instance, theta: FloatArray, exposure: ItemEligibility | None) -> dict[str, Any]:
    facts = instance.facts
    mean, sd = normal_distribution(facts.get("prior", "N(0,1)"))
    low, high = facts.get("theta_range", (-4.0, 4.0))
    settings = ShadowSettings(exposure=exposure, prior_mean=mean, prior_sd=sd, ability_range=(low, high))
    begin = time.process_time()
    test = ShadowAdaptiveTest(instance.pool, specification_of(instance, ANY_OBJECTIVE), settings)
    moments = [time.process_time()]

    def note(_candidate: int, session: ShadowSession) -> None:
        # After the last answer of a test nothing is selected; its time counts to the next.
        if session.pending is not None:
            moments.append(time.process_time())

    simulated = simulate_shadow_tests(test, theta, seed=facts["seed"], tell=note)
    cpu = time.process_time() - begin
    audited = simulate_shadow_tests(test, theta[:AUDITED_SIMULEES], seed=facts["seed"], audited_share=AUDITED_SHARE)
    return _figures(test, simulated) | {
        "cpu_s": cpu,
        "ms_per_selection": _milliseconds(np.diff(moments), cpu),
        "audit": audited.to_dict()["audit"],
    }


def _milliseconds(seconds: FloatArray, cpu: float) -> dict[str, float]:
    """The mean over everything, and quantiles of the selections."""
    p50, p95, most = 1_000.0 * np.quantile(seconds, [0.5, 0.95, 1.0])
    return {"mean": 1_000.0 * cpu / seconds.size, "p50": float(p50), "p95": float(p95), "max": float(most)}


def _figures(test: ShadowAdaptiveTest, simulated: SimulatedShadowTests) -> dict[str, Any]:
    tests, names = simulated.tests, test.pool.item_ids
    exposure = tests.exposure
    forms = [[item for item in row if item >= 0] for row in tests.items.tolist()]
    violations = sum(
        len(check_forms(test.pool, test.specification, [[names[item] for item in form]])) for form in forms
    )
    return {
        "forms": forms,
        "violations": violations,
        "rmse": tests.rmse,
        "bias": tests.bias,
        "mean_length": float(tests.length.mean()),
        "exposure_max": exposure.maximum,
        "unused_share": exposure.unused_share,
        "overlap_mean": exposure.overlap,
        "branched_share": simulated.branched_share,
        "programmes_max": int(simulated.n_programmes.max()),
        "exposure_relaxed": int(tests.exposure_relaxed.sum()),
        "item_counts": tests.times_given.tolist(),
        "estimates": np.round(tests.estimate, 6).tolist(),
    }
