"""Empirical curves: observed shares of categories by groups of ability with bands, beside the model, for figures.

References
----------
Wilson (1927), Journal of the American Statistical Association 22, 209–212.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm

from exam_engine.psychometrics.ability.errors import items_of
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.fit.ability_groups import AbilityGroups, check_groups, in_order
from exam_engine.psychometrics.fit.errors import FitError
from exam_engine.psychometrics.fit.residuals import InfiniteAbility, finite_abilities
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.responses import ResponseMatrix


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class EmpiricalCurve:
    """Observed shares of an item's categories in G groups of ability, lowest ability first.

    Parameters
    ----------
    item_name : name.
    theta : (G,) mean estimated abilities.
    n_candidates : (G,) candidates by weight.
    observed, lower, upper : (G, K) shares of the categories with limits of Wilson's interval.
    expected : (G, K) mean probabilities of the model.
    confidence : of the interval.
    """

    item_name: str
    theta: FloatArray
    n_candidates: FloatArray
    observed: FloatArray
    lower: FloatArray
    upper: FloatArray
    expected: FloatArray
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        columns = ("theta", "n_candidates", "observed", "lower", "upper", "expected")
        return {
            "name": self.item_name,
            "confidence": self.confidence,
            **{column: getattr(self, column).tolist() for column in columns},
        }


def empirical_curves(
    responses: ResponseMatrix,
    items: ItemParameters,
    theta: FloatArray,
    *,
    n_groups: int = 10,
    confidence: float = 0.95,
    infinite: InfiniteAbility = "leave_out",
) -> tuple[EmpiricalCurve, ...]:
    """Observed shares of every category of every item by groups of estimated ability, with bands, as data for figures.

    Parameters
    ----------
    responses : (N, J) responses.
    items : parameters of these items, matched by name.
    theta : (N,) estimated abilities.
    n_groups : number of groups of about equal size among those who saw the item.
    confidence : of Wilson's interval, which stays within 0 and 1 and is sound for small groups.
    infinite : infinite estimates are left out, or put 0.1 beyond the outermost finite one ("edge").

    Raises
    ------
    FitError
        ``abilities_differ``, ``options_differ``.
    ScoringError
        ``no_parameters``, ``score_outside``.
    """
    items = items_of(responses, items)
    ability = finite_abilities(theta, responses, infinite)
    check_groups(n_groups)
    if not 0.0 < confidence < 1.0:
        raise FitError("options_differ", f"the confidence {confidence} is not between 0 and 1")
    z = float(norm.ppf(0.5 + confidence / 2.0))
    order = in_order(ability)
    curves = []
    for item, name in enumerate(items.names):
        groups = AbilityGroups.of(responses, items, item, ability, order, n_groups)
        size = groups.size[:, None]
        share = groups.counts() / size
        centre = (share + z**2 / (2.0 * size)) / (1.0 + z**2 / size)
        half = z * np.sqrt(share * (1.0 - share) / size + z**2 / (4.0 * size**2)) / (1.0 + z**2 / size)
        curves.append(
            EmpiricalCurve(
                item_name=name,
                theta=groups.mean(groups.ability),
                n_candidates=groups.size,
                observed=share,
                lower=np.maximum(centre - half, 0.0),
                upper=np.minimum(centre + half, 1.0),
                expected=groups.mean_probability(),
                confidence=confidence,
            )
        )
    return tuple(curves)
