"""Leave drifted items out of the anchor, one at a time, on the record and within limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking.anchors import match_anchors
from exam_engine.psychometrics.linking.characteristic_curves import CriterionScale
from exam_engine.psychometrics.linking.constants import LinkingMethod
from exam_engine.psychometrics.linking.drift import DriftCriteria, DriftTable, anchor_drift
from exam_engine.psychometrics.linking.link import LinkingResult, link_scales
from exam_engine.psychometrics.linking.parameter_errors import ParameterCovariance
from exam_engine.psychometrics.quadrature import Quadrature

_MEASURES = {
    "difficulty_z": "robust_z",
    "log_slope_z": "robust_z",
    "d_squared": "d_squared",
    "rmsd": "rmsd",
    "p_value": "p_value",
}


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class DroppedAnchor:
    """One item that left the anchor.

    Parameters
    ----------
    name : the item in the new calibration.
    rule : the rule that it broke most.
    value, limit : its measure and where the rule draws the line.
    slope, intercept : the linking constants with the item still in the anchor.
    n_anchors : number of common items before it left.
    """

    name: str
    rule: str
    value: float
    limit: float
    slope: float
    intercept: float
    n_anchors: int


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class PurifiedLink:
    """The final link and how the anchor came to be what it is.

    Parameters
    ----------
    link : linking with the items that stayed.
    drift : drift of all items of the first anchor under the final link, the dropped ones included.
    dropped : items that left, in order.
    kept_despite_flag : flagged items that stay because a limit forbids dropping them, with the limit:
        ``largest_share``, ``fewest_anchors`` or ``content_area``.
    """

    link: LinkingResult
    drift: DriftTable
    dropped: tuple[DroppedAnchor, ...]
    kept_despite_flag: tuple[tuple[str, Literal["largest_share", "fewest_anchors", "content_area"]], ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "link": self.link.to_dict(),
            "drift": self.drift.to_dict(),
            "dropped": [{field: getattr(item, field) for field in item.__dataclass_fields__} for item in self.dropped],
            "kept_despite_flag": [{"name": name, "limit": limit} for name, limit in self.kept_despite_flag],
        }


def purify_anchors(
    new: ItemParameters,
    old: ItemParameters,
    *,
    anchors: Mapping[str, str] | Sequence[str] | None = None,
    method: LinkingMethod = "stocking-lord",
    scale: CriterionScale = "old",
    old_weights: Quadrature | None = None,
    new_weights: Quadrature | None = None,
    criteria: DriftCriteria | None = None,
    largest_share: float = 0.2,
    fewest_anchors: int = 5,
    content_areas: Mapping[str, str] | None = None,
    fewest_in_area: int = 1,
    new_covariance: ParameterCovariance | None = None,
    old_covariance: ParameterCovariance | None = None,
) -> PurifiedLink:
    """Link, drop the item that drifted most, and link again until no item breaks a rule or a limit is reached.

    One item goes at a time, because a drifted item pulls the link towards itself and makes sound items look drifted.

    Parameters
    ----------
    new, old, anchors, method, scale, old_weights, new_weights, new_covariance, old_covariance : as in ``link_scales``.
    criteria : when an item is flagged.
    largest_share : at most this share of the first anchor may go, 0 to 1.
    fewest_anchors : at least so many items stay.
    content_areas : content area of each common item, by its name in the new calibration. An anchor that loses an area
        no longer stands for the test, so the last ``fewest_in_area`` items of an area stay whatever they show.
    fewest_in_area : see above.

    Raises
    ------
    LinkingError
        As ``link_scales``.
    ValueError
        When a limit is out of range or an item has no content area.
    """
    if not 0.0 <= largest_share < 1.0:
        raise ValueError(f"largest_share {largest_share} is not a share from 0 to below 1")
    if fewest_anchors < 1 or fewest_in_area < 0:
        raise ValueError("fewest_anchors must be at least 1 and fewest_in_area not negative")
    first = match_anchors(new, old, anchors)
    if content_areas is not None:
        without_area = [name for name in first.names if name not in content_areas]
        if without_area:
            raise ValueError(f"anchor item {without_area[0]!r} has no content area")
    criteria = DriftCriteria() if criteria is None else criteria
    most = int(largest_share * len(first) + 1e-9)
    dropped: list[DroppedAnchor] = []
    while True:
        current = first.without([item.name for item in dropped])
        link = link_scales(
            new,
            old,
            anchors=dict(zip(current.new.names, current.old.names, strict=True)),
            method=method,
            scale=scale,
            old_weights=old_weights,
            new_weights=new_weights,
            new_covariance=new_covariance,
            old_covariance=old_covariance,
        )
        drift = anchor_drift(
            current,
            link.transformation,
            weights=old_weights,
            criteria=criteria,
            new_covariance=new_covariance,
            old_covariance=old_covariance,
        )
        kept: list[tuple[str, Literal["largest_share", "fewest_anchors", "content_area"]]] = []
        leaving: DroppedAnchor | None = None
        for j in sorted(np.flatnonzero(drift.flagged), key=lambda j: -_excess(drift, criteria, int(j))[1]):
            name = current.names[j]
            if len(current) <= fewest_anchors:
                kept.append((name, "fewest_anchors"))
            elif len(dropped) >= most:
                kept.append((name, "largest_share"))
            elif content_areas is not None and (
                sum(content_areas[other] == content_areas[name] for other in current.names) <= fewest_in_area
            ):
                kept.append((name, "content_area"))
            elif leaving is None:
                rule, _ = _excess(drift, criteria, int(j))
                leaving = DroppedAnchor(
                    name=name,
                    rule=rule,
                    value=float(getattr(drift, rule)[j]),
                    limit=float(getattr(criteria, _MEASURES[rule])),
                    slope=link.transformation.slope,
                    intercept=link.transformation.intercept,
                    n_anchors=len(current),
                )
        if leaving is None:
            break
        dropped.append(leaving)
    everything = anchor_drift(
        first,
        link.transformation,
        weights=old_weights,
        criteria=criteria,
        new_covariance=new_covariance,
        old_covariance=old_covariance,
    )
    return PurifiedLink(link=link, drift=everything, dropped=tuple(dropped), kept_despite_flag=tuple(kept))


def _excess(drift: DriftTable, criteria: DriftCriteria, j: int) -> tuple[str, float]:
    """The rule that item j broke most and by what factor."""
    factors = []
    for rule in drift.flags[j]:
        value, limit = abs(float(getattr(drift, rule)[j])), float(getattr(criteria, _MEASURES[rule]))
        factors.append((rule, limit / max(value, 1e-300) if rule == "p_value" else value / max(limit, 1e-300)))
    return max(factors, key=lambda pair: pair[1])
