"""Effects of differential item functioning with their intervals and classes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.dif import DifResult


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class DifFigure:
    """Effect sizes of J items by one method.

    Parameters
    ----------
    method, effect_name, reference, focal : as in the result.
    item_names : J names.
    effect, lower, upper : (J,) effect and limits of its interval, NaN where there is none.
    classes : J classes A, B, C or None.
    favoured : J groups to whose advantage the item works, or None.
    p_adjusted : (J,) p values adjusted for the number of items (Holm).
    confidence : of the intervals.
    """

    method: str
    effect_name: str
    reference: str
    focal: str
    item_names: tuple[str, ...]
    effect: FloatArray
    lower: FloatArray
    upper: FloatArray
    classes: tuple[str | None, ...]
    favoured: tuple[str | None, ...]
    p_adjusted: FloatArray
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values; an effect that does not exist is null."""
        result: dict[str, Any] = json_value(self)
        return result


def dif_figure(result: DifResult, *, confidence: float = 0.95) -> DifFigure:
    """Effects of a result with normal intervals from their standard errors.

    Raises
    ------
    ValueError
        When the confidence is not between 0 and 1.
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"the confidence {confidence} is not between 0 and 1")
    half = float(norm.ppf(0.5 + confidence / 2.0)) * result.standard_error
    return DifFigure(
        method=result.method,
        effect_name=result.effect_name,
        reference=result.reference,
        focal=result.focal,
        item_names=result.item_names,
        effect=result.effect,
        lower=np.asarray(result.effect - half),
        upper=np.asarray(result.effect + half),
        classes=result.classes,
        favoured=result.favoured,
        p_adjusted=result.p_holm,
        confidence=confidence,
    )
