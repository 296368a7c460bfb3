"""Adaptive tests from instances of kind ``cat``: every variant simulated, with looked-up and with exact selection."""

import re
import time
from dataclasses import replace
from typing import Any, cast, get_args

import numpy as np

from benchmarks.assembly.instances import Instance
from exam_engine.psychometrics.adaptive import (
    AdaptivePool,
    AdaptiveSettings,
    AdaptiveTest,
    Criterion,
    Estimator,
    ItemEligibility,
    RestrictedRate,
    SimulatedTests,
    calibrate_sympson_hetter,
    simulate_adaptive_tests,
)
from exam_engine.psychometrics.arrays import FloatArray

CALIBRATION_ITERATIONS = 15
CALIBRATION_SIMULEES = 2_000


def run(instance: Instance) -> list[dict[str, Any]]:
    """One entry a variant: speed over everything but reading the pool, precision, exposure, content."""
    facts = instance.facts
    mean, sd = normal_distribution(facts.get("theta_dist", "N(0,1)"))
    theta = np.random.default_rng(facts["seed"]).normal(mean, sd, facts["n_simulees"])
    results = []
    for name, description in facts["variants"].items():
        pool = pool_of(instance)
        settings = settings_of(facts, description)
        begin = time.process_time()
        rate = _named_rate("Sympson", description)
        if rate is not None:
            calibration = calibrate_sympson_hetter(
                pool,
                settings,
                maximum_rate=rate,
                seed=facts["seed"],
                iterations=CALIBRATION_ITERATIONS,
                n_candidates=CALIBRATION_SIMULEES,
                abilities=np.random.default_rng([facts["seed"], 1]).normal(mean, sd, 10 * CALIBRATION_SIMULEES),
            )
            settings = replace(settings, exposure=calibration.control)
        calibrated = time.process_time()
        tests = simulate_adaptive_tests(AdaptiveTest(pool, settings), theta, seed=facts["seed"])
        cpu = time.process_time() - calibrated
        entry = figures(tests, settings) | {"variant": name, "description": description, "cpu_s": cpu}
        entry["simulees_per_s"] = theta.size / cpu
        if rate is not None:
            entry["calibration_cpu_s"] = calibrated - begin
        entry["rmse_exact"] = _exact_rmse(pool, settings, theta, facts["seed"])
        results.append(entry)
    return results


def pool_of(instance: Instance) -> AdaptivePool:
    """The instance's items with modules as content areas and its enemies."""
    pool = instance.pool
    return AdaptivePool(
        items=pool.parameters,
        areas=tuple(pool.attributes["module"]),
        enemies=tuple(tuple(sorted(group)) for group in pool.enemies),
    )


def settings_of(facts: Any, description: str) -> AdaptiveSettings:
    """What an instance and the words of one of its variants ask for; Sympson–Hetter control is calibrated later."""
    randomesque = re.search(r"randomesque (\d+)", description)
    mean, sd = normal_distribution(facts.get("estimator", ""))
    eligibility, restricted = _named_rate("eligibility", description), _named_rate("restricted", description)
    return AdaptiveSettings(
        maximum_length=facts["length"],
        criterion=_criterion(description) or _criterion(facts.get("select", "")) or "MFI",
        estimator=cast(Estimator, facts.get("estimator", "EAP").split()[0]),
        prior_mean=mean,
        prior_sd=sd,
        randomesque=(int(randomesque[1]),) if randomesque else (1,),
        exposure=ItemEligibility(maximum_rate=eligibility)
        if eligibility is not None
        else RestrictedRate(maximum_rate=restricted)
        if restricted is not None
        else None,
        content_targets=facts["content_targets"] if "content" in description else None,
    )


def normal_distribution(text: str) -> tuple[float, float]:
    """Mean and standard deviation of a text with N(mean,sd); N(0,1) without one."""
    found = re.search(r"N\(([-\d.]+),\s*([\d.]+)\)", text)
    return (float(found[1]), float(found[2])) if found else (0.0, 1.0)


def figures(tests: SimulatedTests, settings: AdaptiveSettings) -> dict[str, Any]:
    """Precision, exposure and content of simulated tests; ``item_counts`` in the order of the pool."""
    exposure, counts = tests.exposure, tests.content_counts
    data: dict[str, Any] = {
        "rmse": tests.rmse,
        "bias": tests.bias,
        "mean_length": float(tests.length.mean()),
        "exposure_max": exposure.maximum,
        "exposure_chi2": exposure.chi_square,
        "unused_share": exposure.unused_share,
        "overlap_mean": exposure.overlap,
        "item_counts": tests.times_given.tolist(),
        "repeated_items": _repeated_items(tests),
    }
    if settings.content_targets is not None:
        data["content_counts"] = {
            area: [int(counts[:, place].min()), int(counts[:, place].max())]
            for place, area in enumerate(tests.pool.area_names)
        }
    return data


def _criterion(text: str) -> Criterion | None:
    named = [name for name in get_args(Criterion) if re.search(rf"\b{name}\b", text)]
    return cast(Criterion, named[0]) if named else None


def _named_rate(word: str, description: str) -> float | None:
    found = re.search(word + r"\D*?r\w*\s*=\s*([\d.]+)", description, re.IGNORECASE)
    return float(found[1]) if found else None


def _repeated_items(tests: SimulatedTests) -> int:
    """Tests in which an item or two enemies stand, counted from the pool's sets and not from our tables."""
    items = np.sort(tests.items, axis=1)
    wrong = ((items[:, 1:] == items[:, :-1]) & (items[:, 1:] >= 0)).any(axis=1)
    position = {name: place for place, name in enumerate(tests.pool.items.names)}
    for group in tests.pool.enemies:
        wrong |= np.isin(tests.items, [position[name] for name in group]).sum(axis=1) > 1
    return int(wrong.sum())


def _exact_rmse(pool: AdaptivePool, settings: AdaptiveSettings, theta: FloatArray, seed: int) -> float:
    return simulate_adaptive_tests(AdaptiveTest(pool, settings), theta, seed=seed, exact=True).rmse
