"""The ordered item booklet of the Bookmark method: score points in order of the ability that masters them.

References
----------
Mitzel, Lewis, Patz & Green (2001), in Cizek (ed.), *Setting Performance Standards*, 249–281. Beretvas (2004), Applied
Psychological Measurement 28, 25–47 (locations under several models). Huynh (1998), Journal of Educational and
Behavioral Statistics 23, 35–56 (score locations of binary and partial credit items).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.optimize import brentq
from scipy.special import logit

from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import category_probabilities
from exam_engine.psychometrics.standard_setting.errors import StandardSettingError
from exam_engine.psychometrics.standard_setting.worksheet import WorksheetRow

TWO_THIRDS: Final = 2.0 / 3.0
"""The usual response probability, RP67."""

_WIDEST = 40.0


@dataclass(frozen=True, slots=True)
class BookletPage:
    """One score point: the item, the score to reach, and the ability (logits) that reaches it with probability RP."""

    page: int
    item: str
    score: int
    location: float


@dataclass(frozen=True, slots=True)
class OrderedItemBooklet:
    """Pages from the easiest to the hardest score point.

    Attributes
    ----------
    pages : numbered from 1.
    response_probability : of mastering a page at its location.
    guessing_adjusted : whether that is the probability of knowing, guessing left out.
    """

    pages: tuple[BookletPage, ...]
    response_probability: float
    guessing_adjusted: bool

    def rows(self) -> list[WorksheetRow]:
        """Pages as rows to print."""
        return [
            {"page": page.page, "item": page.item, "score": page.score, "location": page.location}
            for page in self.pages
        ]

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        result: dict[str, Any] = json_value(self)
        return result


def ordered_item_booklet(
    items: ItemParameters, *, response_probability: float = TWO_THIRDS, guessing_adjusted: bool = False
) -> OrderedItemBooklet:
    """Order the score points of all items; an item with K categories has K − 1 pages.

    Parameters
    ----------
    response_probability : RP in (0, 1): 2/3 or 1/2 by custom. The cut depends on it, because judges hardly adjust.
    guessing_adjusted : take RP as the probability of answering beyond guessing, (P − c)/(u − c) = RP; otherwise P = RP.

    Raises
    ------
    StandardSettingError
        ``nothing_to_judge`` without items; ``location_undefined`` naming the item whose probability never passes RP
        upwards: RP at or below its guessing level, or a slope that is not positive.
    ValueError
        When response_probability is not between 0 and 1.
    """
    if not 0.0 < response_probability < 1.0:
        raise ValueError(f"response_probability is {response_probability}; it lies between 0 and 1")
    if not len(items):
        raise StandardSettingError("nothing_to_judge", "a booklet needs at least one item")
    points: list[tuple[float, int, int]] = []
    for item, family in enumerate(items.families):
        for score in range(1, int(items.n_categories[item])):
            if family == "logistic":
                location = _logistic_location(items, item, response_probability, guessing_adjusted)
            else:
                location = _polytomous_location(items, item, score, response_probability)
            points.append((location, item, score))
    return OrderedItemBooklet(
        pages=tuple(
            BookletPage(page=page, item=items.names[item], score=score, location=location)
            for page, (location, item, score) in enumerate(sorted(points), start=1)
        ),
        response_probability=response_probability,
        guessing_adjusted=guessing_adjusted,
    )


def _logistic_location(items: ItemParameters, item: int, probability: float, adjusted: bool) -> float:
    c, u, a = float(items.c[item]), float(items.u[item]), float(items.a[item])
    share = probability if adjusted else (probability - c) / (u - c)
    if not (0.0 < share < 1.0 and a > 0.0):
        raise _undefined(items.names[item], 1, probability)
    return float((logit(share) - items.d[item, 0]) / a)


def _polytomous_location(items: ItemParameters, item: int, score: int, probability: float) -> float:
    own = items.take(np.array([item], dtype=np.intp))

    def excess(theta: float) -> float:
        return float(category_probabilities(np.array([theta]), own)[0, 0, score:].sum()) - probability

    if not excess(-_WIDEST) < 0.0 < excess(_WIDEST):
        raise _undefined(items.names[item], score, probability)
    return float(brentq(excess, -_WIDEST, _WIDEST, xtol=1e-12))


def _undefined(item: str, score: int, probability: float) -> StandardSettingError:
    return StandardSettingError(
        "location_undefined",
        f"item {item!r}: the probability of a score of {score} or more does not rise through {probability:.4g}; leave "
        "the item out or adjust for guessing",
        item=item,
        score=score,
    )
