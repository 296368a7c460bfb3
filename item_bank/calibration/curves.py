"""Curves of a calibration: response functions, information, and the distribution of ability in the sample."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.psychometrics.response_functions import expected_item_scores, fisher_information
from item_bank.calibration import service
from item_bank.calibration.errors import TooManyCurvesError, UnknownCurveItemError
from item_bank.calibration.models import CalibrationItem
from item_bank.items.response_functions import StoredParameters, response_table

THETA = np.linspace(-3.0, 3.0, 61)
"""Abilities at which curves are drawn, logits."""
MOST_CURVES = 20
_SMALLEST_SHARE = 1e-5
"""Share of candidates at a node below which the distribution is not drawn on."""


@dataclass(frozen=True, slots=True)
class ItemCurve:
    """Curves of one item over ``THETA`` and the observed points beside them."""

    code: str
    p: list[float]
    information: list[float]
    empirical: list[dict[str, float]]


@dataclass(frozen=True, slots=True)
class LatentDistribution:
    """Density of ability in the sample, per logit."""

    theta: list[float]
    density: list[float]


@dataclass(frozen=True, slots=True)
class Curves:
    """Curves of a run; ``test_information`` sums over all estimated items, its standard error is 1/√information."""

    test_information: list[float]
    standard_error: list[float]
    items: list[ItemCurve]
    ability: LatentDistribution


async def find_curves(session: AsyncSession, *, calibration_id: UUID, codes: Sequence[str]) -> Curves:
    """Return the curves of a run and of the named items.

    Raises
    ------
    CalibrationNotFoundError, TooManyCurvesError
    UnknownCurveItemError
        An item has no estimates in this run.
    """
    if len(codes) > MOST_CURVES:
        raise TooManyCurvesError(most=MOST_CURVES)
    detail = await service.find_run(session, calibration_id)
    rows = {item.code: row for row, item in detail.items if row.a is not None and row.b is not None}
    for code in codes:
        if code not in rows:
            raise UnknownCurveItemError(code=code)
    items = response_table(list(rows), [_stored(row) for row in rows.values()])
    by_item = fisher_information(THETA, items)
    information = by_item.sum(axis=1)
    drawn = items.positions(codes)
    # The expected score as a share of the highest is the probability of a right answer where there are two scores.
    drawn_items = items.take(drawn)
    probability = expected_item_scores(THETA, drawn_items) / drawn_items.max_scores
    return Curves(
        information.tolist(),
        # Without items nothing is known and the error has no bound; JSON has no infinity, so the list stays empty.
        [1.0 / math.sqrt(value) for value in information.tolist()] if rows else [],
        [
            ItemCurve(code, probability[:, place].tolist(), by_item[:, index].tolist(), rows[code].empirical)
            for place, (code, index) in enumerate(zip(codes, drawn.tolist(), strict=True))
        ],
        _distribution(detail.record.run.figures),
    )


def _stored(row: CalibrationItem) -> StoredParameters:
    if row.a is None or row.b is None:
        raise AssertionError("only items with estimates have curves")
    return StoredParameters(row.a, row.b, row.c, row.model, tuple(row.steps) if row.steps else None)


def _distribution(figures: dict[str, Any]) -> LatentDistribution:
    if "nodes" not in figures:
        return LatentDistribution([], [])
    nodes, weights = np.array(figures["nodes"]), np.array(figures["groups"][0]["weights"])
    kept = weights >= _SMALLEST_SHARE
    spacing = float(nodes[1] - nodes[0])
    return LatentDistribution(nodes[kept].tolist(), (weights[kept] / spacing).tolist())
