"""Calibrate with this project, at its default settings but for what the options say."""

from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics import CalibrationSettings, ResponseMatrix, calibrate


def fit(
    scores: NDArray[np.int8], model: str, prior: tuple[float, float] | None, options: dict[str, Any]
) -> dict[str, Any]:
    responses = ResponseMatrix(
        scores=scores,
        item_names=tuple(f"item_{number}" for number in range(1, scores.shape[1] + 1)),
        weights=np.ones(scores.shape[0]),
    )
    result = calibrate(responses, CalibrationSettings(**{"model": model} | options))
    return {
        "version": version("exam-engine"),
        "a": result.a,
        "b": result.b,
        "se_a": result.se_a,
        "se_b": result.se_b,
        "iterations": result.iterations,
        "passes": result.e_steps,
        "converged": result.converged,
    }
