"""Size of a difference between two item curves: the expected scores of focal candidates by either.

References
----------
Meade (2010), Journal of Applied Psychology 95, 728-743 (signed and unsigned item difference in the sample); Wainer
(1993), in Holland & Wainer, *Differential Item Functioning*, 123-135 (model-based standardised difference).
"""

from typing import NamedTuple

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.dif.result import EffectClass, Favoured, effect_classes
from exam_engine.psychometrics.dif.standardization import P_DIF_BOUNDS
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.response_functions import expected_item_scores

EFFECT_NAME = "difference of expected scores over the focal ability distribution, focal less reference (points)"


class ExpectedScoreDifferences(NamedTuple):
    """Differences of J items and of the whole test, in points, focal less reference.

    Parameters
    ----------
    signed : (J,) mean over the focal ability distribution: the model's STD P-DIF for a right/wrong item.
    unsigned : (J,) mean of the absolute difference, which differences in opposite directions cannot cancel.
    test_signed, test_unsigned : the same of the expected test score; what is left of the items' differences there.
    favoured : J groups to whose advantage the item works, ``crossing`` when less than 90 % of the unsigned difference
        is in one direction.
    """

    signed: FloatArray
    unsigned: FloatArray
    test_signed: float
    test_unsigned: float
    favoured: tuple[Favoured | None, ...]


def expected_score_differences(
    reference: ItemParameters, focal: ItemParameters, density: Quadrature
) -> ExpectedScoreDifferences:
    """Compare two tables of the same items on one scale.

    Parameters
    ----------
    reference, focal : parameters of the items as they work in each group, on one scale.
    density : ability distribution of the focal group on that scale.
    """
    by_focal, by_reference = (expected_item_scores(density.nodes, items) for items in (focal, reference))
    difference = by_focal - by_reference
    signed, unsigned = density.weights @ difference, density.weights @ np.abs(difference)
    favoured: list[Favoured | None] = []
    for total, size in zip(signed, unsigned, strict=True):
        if size == 0.0:
            favoured.append(None)
        elif abs(total) < 0.8 * size:
            # 90 % in one direction and 10 % in the other leave 80 % of the size.
            favoured.append("crossing")
        else:
            favoured.append("reference" if total < 0.0 else "focal")
    whole = difference.sum(axis=1)
    return ExpectedScoreDifferences(
        signed=signed,
        unsigned=unsigned,
        test_signed=float(density.weights @ whole),
        test_unsigned=float(density.weights @ np.abs(whole)),
        favoured=tuple(favoured),
    )


def expected_score_classes(
    differences: ExpectedScoreDifferences, highest: FloatArray, p: FloatArray
) -> tuple[EffectClass | None, ...]:
    """Classes by the bounds of standardisation, on the unsigned difference per point of the highest score (J,)."""
    return effect_classes(differences.unsigned / highest, p, *P_DIF_BOUNDS)
