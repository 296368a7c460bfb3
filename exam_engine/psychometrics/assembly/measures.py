"""What a requirement or an objective counts in a form: a sum over its items, and over its stimuli where they count."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.assembly.pool import Interval, ItemPool, SpecificationError, Where, describe
from exam_engine.psychometrics.response_functions import expected_item_scores, fisher_information


@dataclass(frozen=True, slots=True)
class Count:
    """How many items meet a condition; all items when it is empty."""

    where: Where = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Total:
    """The total of a quantity over the items that meet a condition, and over the form's stimuli.

    Parameters
    ----------
    quantity : name in the pool. Working time: the quantities ``seconds`` and ``seconds_variance`` hold mean and
        variance of each item's response time; both add up over independent items (van der Linden, 2011).
    where : which items.
    with_stimuli : whether the amounts of the form's stimuli are added (words of the passages).
    """

    quantity: str
    where: Where = field(default_factory=dict)
    with_stimuli: bool = True


@dataclass(frozen=True, slots=True)
class Information:
    """Test information at an ability (logits), Fisher's."""

    theta: float


@dataclass(frozen=True, slots=True)
class ExpectedScore:
    """Expected score at an ability (logits), a point of the test characteristic curve."""

    theta: float


Measure = Count | Total | Information | ExpectedScore


class Amounts(NamedTuple):
    """What each item (J,) and each stimulus (S,) adds to a measure."""

    items: FloatArray
    stimuli: FloatArray


def amounts_of(measure: Measure, pool: ItemPool) -> Amounts:
    """What each item and stimulus of the pool adds to the measure; read-only, and kept with the pool.

    Raises
    ------
    SpecificationError
        ``unknown_quantity`` or what ``ItemPool.matching`` raises.
    """
    # A condition is a mapping and has no hash; its text tells it from every other.
    key = repr(measure)
    known: Amounts | None = pool.known_amounts.get(key)
    if known is None:
        known = _computed(measure, pool)
        for amounts in known:
            amounts.flags.writeable = False
        pool.known_amounts[key] = known
    return known


def _computed(measure: Measure, pool: ItemPool) -> Amounts:
    no_stimuli = np.zeros(len(pool.stimulus_ids))
    match measure:
        case Count(where):
            return Amounts(pool.matching(where).astype(np.float64), no_stimuli)
        case Total(quantity, where, with_stimuli):
            if quantity not in pool.quantities:
                known = sorted(pool.quantities)
                raise SpecificationError(
                    "unknown_quantity", f"the pool has no quantity {quantity!r}", name=quantity, known=known
                )
            items = np.where(pool.matching(where), pool.quantities[quantity], 0.0)
            return Amounts(items, pool.stimulus_amounts(quantity) if with_stimuli else no_stimuli)
        case Information(theta):
            return Amounts(fisher_information(np.array([theta]), pool.parameters)[0], no_stimuli)
        case ExpectedScore(theta):
            return Amounts(expected_item_scores(np.array([theta]), pool.parameters)[0], no_stimuli)


def measure_data(measure: Measure) -> dict[str, Any]:
    """The measure as JSON values: ``measure`` and what it is about."""
    match measure:
        case Count(where):
            return {"measure": "count", "where": where_data(where)}
        case Total(quantity, where, _):
            return {"measure": "total", "quantity": quantity, "where": where_data(where)}
        case Information(theta):
            return {"measure": "information", "theta": theta}
        case ExpectedScore(theta):
            return {"measure": "expected_score", "theta": theta}


def measure_label(measure: Measure) -> str:
    """The measure in a few words, for logs."""
    match measure:
        case Count(where):
            return describe(where) or "length"
        case Total(quantity, where, _):
            return f"{quantity} {describe(where)}".strip()
        case Information(theta):
            return f"information at {theta:+g}"
        case ExpectedScore(theta):
            return f"expected score at {theta:+g}"


def where_data(where: Where) -> dict[str, Any]:
    """A condition as JSON values."""
    return {
        name: value if isinstance(value, str) else str(value) if isinstance(value, Interval) else sorted(value)
        for name, value in where.items()
    }
