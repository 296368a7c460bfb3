"""Calibrate with girth, which wants items in rows and marks what is missing with a number of its own."""

from importlib.metadata import version
from typing import Any

import girth  # type: ignore[import-not-found]  # it lives in an environment of its own
import numpy as np
from numpy.typing import NDArray

_MISSING = -99_999
_FUNCTIONS = {"2PL": girth.twopl_mml, "3PL": girth.threepl_mml, "GRM": girth.grm_mml, "GPCM": girth.pcm_mml}


def fit(
    scores: NDArray[np.int8], model: str, prior: tuple[float, float] | None, options: dict[str, Any]
) -> dict[str, Any]:
    """Fit without a prior: girth has none."""
    table = np.where(scores < 0, _MISSING, scores.astype(np.int64)).T
    result = _FUNCTIONS[model](table, options)
    return {
        "version": version("girth"),
        "a": result["Discrimination"],
        "b": result["Difficulty"],
        "c": result.get("Guessing"),
    }
