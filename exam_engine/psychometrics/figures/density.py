"""Latent ability distributions of a calibration beside normal ones of the same mean and spread."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scipy.stats import norm

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.calibration import GroupEstimate
from exam_engine.psychometrics.classical.json_values import json_value


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class GroupDensity:
    """Ability distribution of one population.

    Parameters
    ----------
    name : of the group; empty when there is only one.
    theta : (Q,) abilities; density : (Q,) share per logit; normal : (Q,) the normal density of equal mean and sd.
    mean, sd : logits.
    n_candidates : by weight.
    """

    name: str
    theta: FloatArray
    density: FloatArray
    normal: FloatArray
    mean: float
    sd: float
    n_candidates: float


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class DensityFigure:
    """Ability distributions of all populations of a calibration.

    Parameters
    ----------
    groups : the populations.
    """

    groups: tuple[GroupDensity, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        result: dict[str, Any] = json_value(self)
        return result


def density_figure(groups: Sequence[GroupEstimate]) -> DensityFigure:
    """Distributions of the groups of a calibration."""
    return DensityFigure(
        groups=tuple(
            GroupDensity(
                name=group.name,
                theta=group.quadrature.nodes,
                density=group.quadrature.weights / group.quadrature.spacing,
                normal=norm.pdf(group.quadrature.nodes, group.mean, group.sd),
                mean=group.mean,
                sd=group.sd,
                n_candidates=group.n_candidates,
            )
            for group in groups
        )
    )
