"""All figures of a run that come from its answers: computed once, read by the pages of the run and of its items."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from exam_engine.psychometrics import estimate_eap
from exam_engine.psychometrics.ability import estimate_wle
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical import ClassicalDataError, CoefficientAlpha, coefficient_alpha
from exam_engine.psychometrics.figures import WrightMapFigure, wright_map_figure
from exam_engine.psychometrics.fit import infit_outfit
from item_bank.calibration.evidence.empirical import ObservedItem, observed_items
from item_bank.calibration.evidence.group_differences import Comparison, GroupSize, compare_groups, group_sizes
from item_bank.calibration.evidence.observed import Observed
from item_bank.calibration.evidence.option_curves import ItemOptions, option_curves

BIN_WIDTH: Final = 0.25
"""Of the histogram of abilities, logits."""
_NARROWEST: Final = 3.0
_WIDEST: Final = 6.0


@dataclass(frozen=True, slots=True)
class MeanSquare:
    """Infit or outfit of an item and its z; None where nothing varies."""

    value: float | None
    z: float | None


@dataclass(frozen=True, slots=True)
class ItemEvidence:
    """Figures of one item; ``options`` is None unless the source says which options were chosen."""

    observed: ObservedItem
    infit: MeanSquare
    outfit: MeanSquare
    options: ItemOptions | None


@dataclass(frozen=True, slots=True, eq=False)
class RunEvidence:
    """Figures of a run.

    Attributes
    ----------
    observed : the answers looked at, which the curves of single items are drawn from.
    ability : (N,) EAP estimates of these candidates.
    items : by code.
    map : candidates and items on one scale.
    alpha : internal consistency of the sum score; None where too few candidates share items.
    """

    observed: Observed
    ability: FloatArray
    items: Mapping[str, ItemEvidence]
    map: WrightMapFigure
    alpha: CoefficientAlpha | None
    group_sizes: tuple[GroupSize, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def n_looked_at(self) -> int:
        """Candidates that the figures rest on."""
        return int(self.observed.responses.scores.shape[0])


def gather(observed: Observed) -> RunEvidence:
    """Compute everything; of a large run from every k-th candidate."""
    observed = observed.thinned()
    responses, items = observed.responses, observed.items
    # The rules of thumb for mean squares are made for estimates that are not shrunk.
    squares = infit_outfit(responses, items, estimate_wle(responses, items).theta)
    options = option_curves(observed)
    found = observed_items(responses, items, observed.population)
    return RunEvidence(
        observed=observed,
        ability=estimate_eap(responses, items, observed.population).theta,
        items={
            code: ItemEvidence(
                found[at],
                MeanSquare(_number(squares.infit[at]), _number(squares.infit_z[at])),
                MeanSquare(_number(squares.outfit[at]), _number(squares.outfit_z[at])),
                options.get(code),
            )
            for at, code in enumerate(observed.codes)
        },
        map=_map(observed),
        alpha=_alpha(observed),
        group_sizes=tuple(group_sizes(observed)),
        comparisons=tuple(compare_groups(observed)),
    )


def _map(observed: Observed) -> WrightMapFigure:
    thresholds = wright_map_figure(observed.items, observed.population).thresholds
    farthest = float(np.nanmax(np.abs(thresholds))) if np.isfinite(thresholds).any() else 0.0
    reach = float(np.clip(np.ceil(farthest), _NARROWEST, _WIDEST))
    return wright_map_figure(
        observed.items, observed.population, lower=-reach, upper=reach, n_bins=round(2.0 * reach / BIN_WIDTH)
    )


def _alpha(observed: Observed) -> CoefficientAlpha | None:
    try:
        found = coefficient_alpha(observed.responses)
    except ClassicalDataError:
        return None
    return None if "impossible_covariances" in found.flags else found


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
