"""Calibrate with PyPI's mirt; Gauss–Hermite nodes are the only ones its ``fit_mirt`` has."""

from importlib.metadata import version
from typing import Any

import mirt  # type: ignore[import-not-found]  # it lives in an environment of its own
import numpy as np
from mirt.estimation.priors import BetaPrior  # type: ignore[import-not-found]
from numpy.typing import NDArray


def fit(
    scores: NDArray[np.int8], model: str, prior: tuple[float, float] | None, options: dict[str, Any]
) -> dict[str, Any]:
    priors = None if prior is None else {"guessing": BetaPrior(*prior)}
    result = mirt.fit_mirt(scores, model=model, priors=priors, **options)
    estimates, errors = result.model.parameters, result.standard_errors
    thresholds = {"GRM": "thresholds", "GPCM": "steps"}.get(model, "difficulty")
    return {
        "version": version("mirt"),
        "a": estimates["discrimination"],
        "b": estimates[thresholds],
        "c": estimates.get("guessing"),
        "se_a": errors.get("discrimination"),
        "se_b": errors.get(thresholds),
        "iterations": result.n_iterations,
        "converged": bool(result.converged),
    }
