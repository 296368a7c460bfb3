"""A run beside an earlier one, or beside the parameters in force: how far each item has moved, on one scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.linking import (
    LinkingError,
    ScaleTransformation,
    anchor_drift,
    link_scales,
    match_anchors,
    purify_anchors,
)
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from item_bank.calibration import service
from item_bank.calibration.anchoring import FEWEST_ANCHORS, FEWEST_FOR_DRIFT, LARGEST_SHARE_DROPPED, SMALLEST_DRIFT
from item_bank.calibration.errors import CalibrationNotReadyError
from item_bank.calibration.models import CalibrationItem
from item_bank.calibration.service import CalibrationDetail
from item_bank.items import service as items_service
from item_bank.items.models import Item
from item_bank.items.response_functions import StoredParameters, response_table

Scale = Literal["same", "linked", "unlinked"]

_AS_IT_IS: Final = ScaleTransformation.exact(1.0, 0.0)


@dataclass(frozen=True, slots=True)
class ComparedParameters:
    """Parameters of an item with their standard errors, None where it was held or they are not known."""

    a: float
    se_a: float | None
    b: float
    se_b: float | None
    c: float | None
    se_c: float | None
    steps: tuple[float, ...] | None
    model: str | None

    @property
    def stored(self) -> StoredParameters:
        """The parameters alone."""
        return StoredParameters(self.a, self.b, self.c, self.model, self.steps)


@dataclass(frozen=True, slots=True)
class ItemComparison:
    """One item of both; differences are this run less the earlier one, on the scale of the earlier one.

    Attributes
    ----------
    was_held : this run held the item; ``new`` is then what its sample alone says of it.
    difficulty_z, log_slope_z : robust z of the differences among the items compared; None with too few of them.
    rmsd : root mean squared difference of the response functions over the sample's abilities.
    score_effect : mean difference of the expected score there, as a share of the highest: above 0 the item has become
        easier.
    flags : rules of drift that the item broke; none where the difference is too small to matter.
    """

    item_id: UUID
    code: str
    was_held: bool
    old: ComparedParameters
    new: ComparedParameters
    difficulty_difference: float | None
    log_slope_difference: float | None
    difficulty_z: float | None
    log_slope_z: float | None
    rmsd: float
    score_effect: float
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sets of parameters on one scale.

    Attributes
    ----------
    slope, intercept : how this run was brought onto the earlier scale, θ_earlier = slope · θ + intercept.
    scale : ``same`` where both are on the bank's scale as they are; ``unlinked`` where too few items are in both to
        bring one onto the other, so that differences may be those of the scales.
    not_compared : items of both whose numbers of score categories differ.
    """

    slope: float
    intercept: float
    scale: Scale
    items: list[ItemComparison]
    not_compared: int


async def compare_with(session: AsyncSession, calibration_id: UUID, other_id: UUID | None) -> Comparison:
    """Compare a run with an earlier one, or with the parameters in force when there is none.

    A run on a scale of its own is brought onto the other's by the Stocking–Lord method over the items of both, those
    that moved left out one after another.

    Raises
    ------
    CalibrationNotFoundError
    CalibrationNotReadyError
        One of the runs has no estimates.
    """
    detail = await _estimated(session, calibration_id)
    if other_id is None:
        # Those that this very run put in force would be compared with themselves.
        old = await _in_force(session, [item.id for _, item in detail.items], besides=calibration_id)
        holds_scale = _holds(detail)
    else:
        other = await _estimated(session, other_id)
        old = {item.id: found for row, item in other.items if (found := _estimates(row)) is not None}
        holds_scale = _holds(detail) and _holds(other)
    rows = {
        item.id: (row, item, new)
        for row, item in detail.items
        if item.id in old and (new := _own(row)) is not None and new.a > 0.0 and old[item.id].a > 0.0
    }
    same = [id_ for id_, (_, _, new) in rows.items() if _categories(new) == _categories(old[id_])]
    if not same:
        return Comparison(1.0, 0.0, "same" if holds_scale else "unlinked", [], len(rows))
    tables = (
        response_table([str(id_) for id_ in same], [rows[id_][2].stored for id_ in same]),
        response_table([str(id_) for id_ in same], [old[id_].stored for id_ in same]),
    )
    population = _population(detail)
    link = None if holds_scale else _link(*tables, population)
    transformation = link or _AS_IT_IS
    items = _compared([(rows[id_], old[id_]) for id_ in same], *tables, transformation, population)
    scale: Scale = "same" if holds_scale else "unlinked" if link is None else "linked"
    return Comparison(transformation.slope, transformation.intercept, scale, items, len(rows) - len(same))


def _compared(
    pairs: Sequence[tuple[tuple[CalibrationItem, Item, ComparedParameters], ComparedParameters]],
    new: ItemParameters,
    old: ItemParameters,
    transformation: ScaleTransformation,
    population: Quadrature,
) -> list[ItemComparison]:
    drift = anchor_drift(match_anchors(new, old), transformation, weights=_on(population, transformation))
    by_name = {told["name"]: told for told in drift.to_dict()}
    compared = []
    for (row, item, own), before in pairs:
        told = by_name[str(item.id)]
        compared.append(
            ItemComparison(
                item_id=item.id,
                code=item.code,
                was_held=row.is_anchor,
                old=before,
                new=_moved(own, transformation),
                difficulty_difference=told["difficulty_difference"],
                log_slope_difference=told["log_slope_difference"],
                difficulty_z=told["difficulty_z"],
                log_slope_z=told["log_slope_z"],
                rmsd=told["rmsd"],
                score_effect=told["signed_area"],
                flags=tuple(told["flags"]) if told["rmsd"] > SMALLEST_DRIFT else (),
            )
        )
    return compared


def _link(new: ItemParameters, old: ItemParameters, population: Quadrature) -> ScaleTransformation | None:
    """Bring the new scale onto the old; None with too few or too odd items."""
    if len(new) < FEWEST_FOR_DRIFT:
        return None
    try:
        # Where the sample is on the old scale is known only from a first link.
        first = link_scales(new, old, scale="new", new_weights=population).transformation
        # An item that moved would pull the scale after it and make the others look moved.
        return purify_anchors(
            new,
            old,
            old_weights=_on(population, first),
            largest_share=LARGEST_SHARE_DROPPED,
            fewest_anchors=min(FEWEST_ANCHORS, len(new)),
        ).link.transformation
    except LinkingError:
        return None


def _on(population: Quadrature, change: ScaleTransformation) -> Quadrature:
    return Quadrature(change.slope * population.nodes + change.intercept, population.weights)


def _moved(own: ComparedParameters, change: ScaleTransformation) -> ComparedParameters:
    slope, intercept = change.slope, change.intercept
    return ComparedParameters(
        a=own.a / slope,
        se_a=None if own.se_a is None else own.se_a / slope,
        b=slope * own.b + intercept,
        se_b=None if own.se_b is None else slope * own.se_b,
        c=own.c,
        se_c=own.se_c,
        steps=None if own.steps is None else tuple(slope * step + intercept for step in own.steps),
        model=own.model,
    )


async def _estimated(session: AsyncSession, calibration_id: UUID) -> CalibrationDetail:
    detail = await service.find_run(session, calibration_id)
    if detail.record.status not in {"estimated", "approved"}:
        raise CalibrationNotReadyError
    return detail


async def _in_force(session: AsyncSession, item_ids: list[UUID], besides: UUID) -> dict[UUID, ComparedParameters]:
    records = await items_service.items_by_id(session, item_ids)
    return {
        item_id: ComparedParameters(now.a, now.se_a, now.b, now.se_b, now.c, now.se_c, _steps(now.steps), now.model)
        for item_id, record in records.items()
        if (now := record.parameters) is not None and now.calibration_id != besides
    }


def _own(row: CalibrationItem) -> ComparedParameters | None:
    """What this run's sample says of an item: of a held one, what it says when nothing is held."""
    if not row.is_anchor:
        return _estimates(row)
    drift: Mapping[str, Any] = row.drift or {}
    if drift.get("a") is None or drift.get("b") is None:
        return None
    steps = _steps(drift.get("steps"))
    return ComparedParameters(drift["a"], None, drift["b"], None, drift.get("c"), None, steps, row.model)


def _estimates(row: CalibrationItem) -> ComparedParameters | None:
    if row.a is None or row.b is None:
        return None
    return ComparedParameters(row.a, row.se_a, row.b, row.se_b, row.c, row.se_c, _steps(row.steps), row.model)


def _steps(stored: Sequence[float] | None) -> tuple[float, ...] | None:
    return tuple(stored) if stored else None


def _categories(parameters: ComparedParameters) -> int:
    return len(parameters.stored.thresholds)


def _holds(detail: CalibrationDetail) -> bool:
    return any(row.is_anchor for row, _ in detail.items)


def _population(detail: CalibrationDetail) -> Quadrature:
    """Distribution of ability in the sample, on the run's own scale; runs of early versions left none."""
    figures = detail.record.run.figures
    if "nodes" in figures and "groups" in figures:
        return Quadrature(np.array(figures["nodes"]), np.array(figures["groups"][0]["weights"]))
    return normal_quadrature()
