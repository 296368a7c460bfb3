"""Information of items and test with the standard error it gives; the expected-score curve of a test.

References
----------
Birnbaum (1968), in Lord & Novick, *Statistical Theories of Mental Test Scores*, ch. 17; Lord (1980), *Applications of
Item Response Theory*, ch. 4–5.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.figures.grid import FIGURE_THETA
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.response_functions import category_probabilities, fisher_information


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class InformationFigure:
    """Fisher information at (Q,) abilities.

    Parameters
    ----------
    item_names : J names.
    theta : (Q,) abilities.
    item_information : (Q, J), per squared logit.
    test_information : (Q,) their sum.
    standard_error : (Q,) 1/√ of it, logits; NaN where there is no information.
    density_theta, density : (R,) the population for comparison, share per logit; empty when not given.
    """

    item_names: tuple[str, ...]
    theta: FloatArray
    item_information: FloatArray
    test_information: FloatArray
    standard_error: FloatArray
    density_theta: FloatArray
    density: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """JSON values; a standard error that does not exist is null."""
        result: dict[str, Any] = json_value(self)
        return result


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ScoreCurveFigure:
    """Expected sum score of a test (test characteristic curve) at (Q,) abilities.

    Parameters
    ----------
    theta, expected_score : (Q,).
    score_sd : (Q,) standard deviation of the sum score at that ability: the conditional error of measurement.
    max_score : highest sum score.
    """

    theta: FloatArray
    expected_score: FloatArray
    score_sd: FloatArray
    max_score: int

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        result: dict[str, Any] = json_value(self)
        return result


def information_figure(
    items: ItemParameters, *, population: Quadrature | None = None, theta: FloatArray | None = None
) -> InformationFigure:
    """Information of each item and of the test they make.

    Parameters
    ----------
    items : items of one form.
    population : ability distribution to show beside, None for none.
    theta : (Q,) abilities, −4 to 4 when None.
    """
    grid = FIGURE_THETA if theta is None else np.asarray(theta, dtype=np.float64)
    by_item = fisher_information(grid, items)
    total = by_item.sum(axis=1)
    return InformationFigure(
        item_names=items.names,
        theta=grid,
        item_information=by_item,
        test_information=total,
        standard_error=1.0 / np.sqrt(np.where(total > 0.0, total, np.nan)),
        density_theta=np.empty(0) if population is None else population.nodes,
        density=np.empty(0) if population is None else population.weights / population.spacing,
    )


def score_curve_figure(items: ItemParameters, *, theta: FloatArray | None = None) -> ScoreCurveFigure:
    """Expected sum score and its conditional standard deviation.

    Parameters
    ----------
    items : items of one form.
    theta : (Q,) abilities, −4 to 4 when None.
    """
    grid = FIGURE_THETA if theta is None else np.asarray(theta, dtype=np.float64)
    p = category_probabilities(grid, items)
    score = np.arange(p.shape[2], dtype=np.float64)
    mean = p @ score
    variance = np.maximum(p @ score**2 - mean**2, 0.0)
    return ScoreCurveFigure(
        theta=grid,
        expected_score=mean.sum(axis=1),
        score_sd=np.sqrt(variance.sum(axis=1)),
        max_score=int(items.max_scores.sum()),
    )
