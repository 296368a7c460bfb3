"""Infit and outfit mean squares of items.

References
----------
Wright & Masters (1982), *Rating Scale Analysis*, ch. 5; Wu & Adams (2013), Journal of Applied Measurement 14, 339–355
(their sampling variance).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from exam_engine.psychometrics.ability.errors import items_of
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.fit.chi_squares import json_number
from exam_engine.psychometrics.fit.residuals import (
    SMALLEST_VARIANCE,
    InfiniteAbility,
    finite_abilities,
    residual_blocks,
    standardised_mean_square,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.responses import ResponseMatrix


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class MeanSquares:
    """Mean squares of J items, 1 when responses vary as the model says, more when they are noisier.

    Parameters
    ----------
    item_names : J names.
    outfit, outfit_z : (J,) mean of squared standardised residuals and its z.
    infit, infit_z : (J,) the same weighted by information and its z.
    n_candidates : (J,) candidates who entered, by weight.
    n_left_out : candidates without a finite ability, by weight.
    """

    item_names: tuple[str, ...]
    outfit: FloatArray
    outfit_z: FloatArray
    infit: FloatArray
    infit_z: FloatArray
    n_candidates: FloatArray
    n_left_out: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values, one object per item."""
        columns = ("outfit", "outfit_z", "infit", "infit_z", "n_candidates")
        return {
            "n_left_out": self.n_left_out,
            "items": [
                {"name": name, **{column: json_number(getattr(self, column)[item]) for column in columns}}
                for item, name in enumerate(self.item_names)
            ],
        }


def infit_outfit(
    responses: ResponseMatrix,
    items: ItemParameters,
    theta: FloatArray,
    *,
    infinite: InfiniteAbility = "leave_out",
    smallest_variance: float = SMALLEST_VARIANCE,
) -> MeanSquares:
    """Infit and outfit of each item at estimated abilities.

    Parameters
    ----------
    responses : (N, J) responses; items not presented do not count.
    items : parameters of these items, matched by name.
    theta : (N,) estimated abilities. EAP and MAP estimates are shrunk, which pulls mean squares below 1, the more the
        shorter the test; WLE or maximum likelihood estimates are the ones the rules of thumb are made for.
    infinite : infinite estimates are left out, or put 0.1 beyond the outermost finite one as R package mirt does.
    smallest_variance : floor of a score's variance in infit and outfit; 0 for the definition without a floor.

    Raises
    ------
    FitError
        ``abilities_differ``, ``options_differ``.
    ScoringError
        ``no_parameters``, ``score_outside``.
    """
    items = items_of(responses, items)
    ability = finite_abilities(theta, responses, infinite)
    count, square, kurtosis, raw, information, excess = np.zeros((6, len(items)))
    for block in residual_blocks(responses, items, ability, smallest_variance):
        weight = responses.weights[block.rows] @ block.presented
        count += weight
        varies = block.variance > 0.0
        safe = np.where(varies, block.variance, 1.0)
        weights = responses.weights[block.rows]
        square += weights @ np.where(varies, block.residual**2 / safe, 0.0)
        kurtosis += weights @ np.where(varies, block.fourth / safe**2, 0.0)
        raw += weights @ block.residual**2
        information += weights @ block.variance
        excess += weights @ (block.fourth - block.variance**2)
    size = np.where(count > 0.0, count, np.nan)
    total = np.where(information > 0.0, information, np.nan)
    outfit, infit = square / size, raw / total
    return MeanSquares(
        item_names=items.names,
        outfit=outfit,
        outfit_z=standardised_mean_square(outfit, np.sqrt(np.maximum(kurtosis / size**2 - 1.0 / size, 0.0))),
        infit=infit,
        infit_z=standardised_mean_square(infit, np.sqrt(np.maximum(excess, 0.0)) / total),
        n_candidates=count,
        n_left_out=float(responses.weights[np.isnan(ability)].sum()),
    )
