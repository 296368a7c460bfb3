"""Calibrate with this project, at its default settings but for what the options say."""

from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics import CalibrationSettings, Prior, Priors, ResponseMatrix, calibrate


def fit(
    scores: NDArray[np.int8], model: str, prior: tuple[float, float] | None, options: dict[str, Any]
) -> dict[str, Any]:
    responses = ResponseMatrix(
        scores=scores,
        item_names=tuple(f"item_{number}" for number in range(1, scores.shape[1] + 1)),
        weights=np.ones(scores.shape[0]),
    )
    priors = Priors() if prior is None else Priors(lower=Prior("beta", *prior))
    settings: dict[str, Any] = {"model": model, "priors": priors, **options}
    result = calibrate(responses, CalibrationSettings(**settings))
    errors = result.standard_errors
    return {
        "version": version("exam-engine"),
        "a": result.items.a,
        "b": result.items.b,
        "c": result.items.c,
        "se_a": None if errors is None else errors.a,
        "se_b": None if errors is None else errors.b,
        "iterations": result.certificate.iterations,
        "passes": result.certificate.e_steps,
        "converged": result.converged,
    }
