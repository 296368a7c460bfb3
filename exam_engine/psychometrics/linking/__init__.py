"""Linking: scales of separate calibrations made one, drift of the common items, anchors without drifted items."""

from exam_engine.psychometrics.linking.anchors import AnchorItems, match_anchors
from exam_engine.psychometrics.linking.characteristic_curves import CriterionScale
from exam_engine.psychometrics.linking.constants import LinkingMethod
from exam_engine.psychometrics.linking.drift import DriftCriteria, DriftTable, anchor_drift, robust_z
from exam_engine.psychometrics.linking.errors import LinkingError
from exam_engine.psychometrics.linking.link import AnchorResiduals, LinkingResult, link_scales
from exam_engine.psychometrics.linking.parameter_errors import ParameterCovariance
from exam_engine.psychometrics.linking.purification import DroppedAnchor, PurifiedLink, purify_anchors
from exam_engine.psychometrics.linking.simultaneous import SimultaneousLinks, link_simultaneously
from exam_engine.psychometrics.linking.transformation import ScaleTransformation, chain
from exam_engine.psychometrics.linking.weights import uniform_quadrature

__all__ = [
    "AnchorItems",
    "AnchorResiduals",
    "CriterionScale",
    "DriftCriteria",
    "DriftTable",
    "DroppedAnchor",
    "LinkingError",
    "LinkingMethod",
    "LinkingResult",
    "ParameterCovariance",
    "PurifiedLink",
    "ScaleTransformation",
    "SimultaneousLinks",
    "anchor_drift",
    "chain",
    "link_scales",
    "link_simultaneously",
    "match_anchors",
    "purify_anchors",
    "robust_z",
    "uniform_quadrature",
]
