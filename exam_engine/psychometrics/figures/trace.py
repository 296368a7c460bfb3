"""Trace of a fit: how far the objective of each iteration was from its final value."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.calibration import Certificate
from exam_engine.psychometrics.classical.json_values import json_value


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class TraceFigure:
    """Objective of I accepted iterations on the final nodes.

    Parameters
    ----------
    iteration : (I,) from 1 on.
    objective : (I,) log-likelihood plus log prior.
    gap : (I,) final objective less that of the iteration; 0 at the last.
    converged : whether the fit did.
    """

    iteration: FloatArray
    objective: FloatArray
    gap: FloatArray
    converged: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        result: dict[str, Any] = json_value(self)
        return result


def trace_figure(certificate: Certificate) -> TraceFigure:
    """Trace of a calibration."""
    objective = np.array(certificate.trace, dtype=np.float64)
    return TraceFigure(
        iteration=np.arange(1.0, objective.size + 1.0),
        objective=objective,
        gap=objective[-1:] - objective if objective.size else objective,
        converged=certificate.converged,
    )
