"""The result of a chi-square test of every item: statistic, degrees of freedom, p, and how large the misfit is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import chi2, false_discovery_control

from exam_engine.psychometrics.arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ItemChiSquares:
    """A chi-square statistic of each item.

    Parameters
    ----------
    name : name of the statistic.
    item_names : J names.
    statistic, df, p : (J,); NaN statistic and p where no degrees of freedom are left.
    p_adjusted : (J,) p by Benjamini & Hochberg's false discovery rate over the items that could be tested.
    rmsea : (J,) √(max(X²/df − 1, 0)/(N − 1)).
    n_candidates : (J,) candidates whose responses entered, by weight.
    n_left_out : candidates left out, by weight.
    flags : J codes saying why an item has no statistic, or None.
    """

    name: str
    item_names: tuple[str, ...]
    statistic: FloatArray
    df: FloatArray
    p: FloatArray
    p_adjusted: FloatArray
    rmsea: FloatArray
    n_candidates: FloatArray
    n_left_out: float
    flags: tuple[str | None, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values: one object per item, null for what could not be computed."""
        columns = {
            "statistic": self.statistic,
            "df": self.df,
            "p": self.p,
            "p_adjusted": self.p_adjusted,
            "rmsea": self.rmsea,
            "n_candidates": self.n_candidates,
        }
        return {
            "statistic": self.name,
            "n_left_out": self.n_left_out,
            "items": [
                {"name": name, **{key: json_number(values[item]) for key, values in columns.items()}, "flag": flag}
                for item, (name, flag) in enumerate(zip(self.item_names, self.flags, strict=True))
            ],
        }


def item_chi_squares(
    name: str,
    item_names: tuple[str, ...],
    statistic: FloatArray,
    cells: FloatArray,
    n_free: IntArray,
    n_candidates: FloatArray,
    *,
    n_left_out: float,
) -> ItemChiSquares:
    """Finish the tests from statistics and degrees of freedom before parameters are taken off (``cells``)."""
    df = np.maximum(cells - n_free, 0.0)
    testable = (df > 0) & np.isfinite(statistic)
    value = np.where(testable, statistic, np.nan)
    p = chi2.sf(value, np.where(testable, df, 1.0))
    return ItemChiSquares(
        name=name,
        item_names=item_names,
        statistic=value,
        df=df,
        p=p,
        p_adjusted=adjusted(p),
        rmsea=root_mean_square_error(value, df, n_candidates),
        n_candidates=n_candidates,
        n_left_out=n_left_out,
        flags=tuple(None if good else "no_degrees_of_freedom" for good in testable),
    )


def adjusted(p: FloatArray) -> FloatArray:
    """False-discovery-rate adjusted p of the values that are numbers (Benjamini & Hochberg, 1995)."""
    result = np.full(p.shape, np.nan)
    finite = np.isfinite(p)
    if finite.any():
        result[finite] = false_discovery_control(p[finite])
    return result


def root_mean_square_error(statistic: FloatArray, df: FloatArray, n_candidates: FloatArray) -> FloatArray:
    """Root mean square error of approximation, NaN without degrees of freedom or with a single candidate."""
    result = np.full(np.shape(statistic), np.nan)
    good = (df > 0) & np.isfinite(statistic) & (n_candidates > 1)
    result[good] = np.sqrt(np.maximum(statistic[good] / df[good] - 1.0, 0.0) / (n_candidates[good] - 1.0))
    return result


def json_number(value: float) -> float | None:
    """The number as JSON has it: null where it is not finite."""
    return float(value) if np.isfinite(value) else None
