"""The cut of a panel from the cuts of its judges.

References
----------
Cizek & Bunch (2007), *Standard Setting*, ch. 2 and 5. Tukey & McLaughlin (1963), Sankhyā A 25, 331–352 (standard error
of a trimmed mean).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import mstats, trim_mean

from exam_engine.psychometrics.arrays import FloatArray

PanelSummary = Literal["mean", "median", "trimmed_mean"]


@dataclass(frozen=True, slots=True)
class PanelCut:
    """What a panel recommends, in the units of the judges' cuts.

    Attributes
    ----------
    cut : summary of the judges' cuts.
    standard_error : over panels of as many judges drawn alike: sd/√P for the mean, √(π/2) of that for the median
        (normal cuts), from the winsorised sd for the trimmed mean; NaN for one judge.
    sd, lowest, highest : of the judges' cuts.
    n_judges : P.
    summary : how the cuts were put together.
    """

    cut: float
    standard_error: float
    sd: float
    lowest: float
    highest: float
    n_judges: int
    summary: PanelSummary


def panel_cut(cuts: FloatArray, *, summary: PanelSummary = "mean", trim: float = 0.1) -> PanelCut:
    """Put the judges' cuts together.

    Parameters
    ----------
    cuts : (P,) one cut a judge.
    trim : share of the judges left out at each end for ``trimmed_mean``, in [0, 0.5).

    Raises
    ------
    ValueError
        When there are no cuts or trim is outside [0, 0.5).
    """
    n_judges = cuts.size
    if not n_judges or not 0.0 <= trim < 0.5:
        raise ValueError(f"a panel needs judges and a trim in [0, 0.5), got {n_judges} judges and trim {trim}")
    sd = float(cuts.std(ddof=1)) if n_judges > 1 else float("nan")
    error = sd / n_judges**0.5
    if summary == "median":
        cut, error = float(np.median(cuts)), error * (0.5 * np.pi) ** 0.5
    elif summary == "trimmed_mean":
        cut = float(trim_mean(cuts, trim))
        if n_judges > 1:
            error = float(mstats.trimmed_stde(cuts, limits=(trim, trim)))
    else:
        cut = float(cuts.mean())
    return PanelCut(
        cut=cut,
        standard_error=float(error),
        sd=sd,
        lowest=float(cuts.min()),
        highest=float(cuts.max()),
        n_judges=n_judges,
        summary=summary,
    )


def pass_mark(cut: float) -> int:
    """Lowest whole score that reaches the cut; a cut that rounding lifted above a whole score counts as that score."""
    return int(np.ceil(cut - 1e-9))
