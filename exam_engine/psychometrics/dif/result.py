"""What every method returns about the items: test, effect size, class, direction, and what the test rested on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Self

import numpy as np
from scipy.stats import false_discovery_control

from exam_engine.psychometrics.arrays import FloatArray

EffectClass = Literal["A", "B", "C"]
Favoured = Literal["reference", "focal", "crossing"]

SMALLER_GROUP_AT_LEAST: Final = 200
BOTH_GROUPS_AT_LEAST: Final = 500

SIGNIFICANT: Final = 0.05
"""Level of the test in the rules of the classes; not that of purification, which is an option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purification:
    """How the anchors were found.

    Parameters
    ----------
    iterations : tests of all items that were run, the first with every item as an anchor.
    flagged : items with p below the level in each of these tests.
    settled : the last test flagged exactly the items that its own matching criterion left out.
    reason : why it ended: ``settled``, ``cycle`` (a set of anchors came back), ``iterations`` (the limit was reached)
        or ``no_anchors`` (every item was flagged).
    """

    iterations: int
    flagged: tuple[tuple[str, ...], ...]
    settled: bool
    reason: Literal["settled", "cycle", "iterations", "no_anchors"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DifResult:
    """Differential item functioning of J items between two groups.

    Parameters
    ----------
    method, effect_name : which test, and what ``effect`` measures and in which unit.
    reference, focal : names of the groups.
    item_names : J names of items (or of bundles).
    statistic, df, p : (J,) test statistic, its degrees of freedom and its p value; NaN where it does not exist.
    effect, standard_error : (J,) effect size and its standard error, where there is one.
    classes : J classes A (negligible), B (moderate), C (large) by the rule of the method, or None.
    favoured : J groups to whose advantage the item works at equal ability, ``crossing`` when it depends on the ability.
        It states the sign of the estimate; whether that is more than chance is what p says.
    n_reference, n_focal : (J,) candidates on whose responses the test of the item rests, sums of weights.
    anchors : items whose scores made the matching criterion; empty when it came from outside.
    flags : J tuples of what a reader must know: ``not_estimable``, ``small_sample``, ``few_matched``, ``separation``,
        ``not_converged``, ``rows_dropped``, ``scores_differ``.
    details : further (J,) figures of the method by name.
    purification : how the anchors were found, None when they were given.
    """

    method: str
    effect_name: str
    reference: str
    focal: str
    item_names: tuple[str, ...]
    statistic: FloatArray
    df: FloatArray
    p: FloatArray
    effect: FloatArray
    standard_error: FloatArray
    classes: tuple[EffectClass | None, ...]
    favoured: tuple[Favoured | None, ...]
    n_reference: FloatArray
    n_focal: FloatArray
    anchors: tuple[str, ...]
    flags: tuple[tuple[str, ...], ...]
    details: Mapping[str, FloatArray]
    purification: Purification | None = None

    @property
    def p_holm(self) -> FloatArray:
        """(J,) p values adjusted for the number of items tested: the chance of any false alarm (Holm 1979)."""
        return holm_adjusted(self.p)

    @property
    def p_benjamini_hochberg(self) -> FloatArray:
        """(J,) p values adjusted for the share of false alarms among the items flagged (Benjamini & Hochberg 1995)."""
        adjusted = np.full(self.p.shape, np.nan)
        tested = np.isfinite(self.p)
        if tested.any():
            adjusted[tested] = false_discovery_control(self.p[tested])
        return adjusted

    def with_purification(self, purification: Purification) -> Self:
        """Return the same result with the record of how its anchors were found."""
        return replace(self, purification=purification)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, one object per item; what does not exist is null."""
        columns = {
            "statistic": self.statistic,
            "df": self.df,
            "p": self.p,
            "p_holm": self.p_holm,
            "p_benjamini_hochberg": self.p_benjamini_hochberg,
            "effect": self.effect,
            "standard_error": self.standard_error,
            "n_reference": self.n_reference,
            "n_focal": self.n_focal,
        }
        items = []
        for index, name in enumerate(self.item_names):
            item: dict[str, Any] = {"item": name}
            item |= {key: _json_number(values[index]) for key, values in columns.items()}
            item |= {
                "class": self.classes[index],
                "favoured": self.favoured[index],
                "flags": list(self.flags[index]),
                "details": {key: _json_number(values[index]) for key, values in self.details.items()},
            }
            items.append(item)
        purification = self.purification
        return {
            "method": self.method,
            "effect": self.effect_name,
            "reference": self.reference,
            "focal": self.focal,
            "anchors": list(self.anchors),
            "purification": None
            if purification is None
            else {
                "iterations": purification.iterations,
                "flagged": [list(names) for names in purification.flagged],
                "settled": purification.settled,
                "reason": purification.reason,
            },
            "items": items,
        }


def holm_adjusted(p: FloatArray) -> FloatArray:
    """Step-down adjustment of (J,) p values by Holm; NaN stays NaN and does not count as a test.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    adjusted = np.full(p.shape, np.nan)
    tested = np.flatnonzero(np.isfinite(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    factors = np.arange(order.size, 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(factors * p[order]), 1.0)
    return adjusted


def effect_classes(effect: FloatArray, p: FloatArray, moderate: float, large: float) -> tuple[EffectClass | None, ...]:
    """A when p is not below .05 or the size is below ``moderate``, C from ``large`` on, else B; None without either."""
    classes: list[EffectClass | None] = []
    for size, chance in zip(np.abs(effect), p, strict=True):
        if not (np.isfinite(size) and np.isfinite(chance)):
            classes.append(None)
        elif chance >= SIGNIFICANT or size < moderate:
            classes.append("A")
        else:
            classes.append("C" if size >= large else "B")
    return tuple(classes)


def favoured_by_sign(advantage: FloatArray) -> tuple[Favoured | None, ...]:
    """Group named by the sign of the reference group's advantage; None at 0 or without an estimate."""
    return tuple("reference" if value > 0.0 else "focal" if value < 0.0 else None for value in advantage)


def common_flags(n_reference: FloatArray, n_focal: FloatArray, statistic: FloatArray) -> list[list[str]]:
    """Flags that every method gives: no statistic, or fewer candidates than ETS asks for.

    References
    ----------
    Zwick (2012), ETS RR-12-08: at least 200 candidates in the smaller group and 500 together.
    """
    flags: list[list[str]] = []
    for reference, focal, value in zip(n_reference, n_focal, statistic, strict=True):
        own = [] if np.isfinite(value) else ["not_estimable"]
        if min(reference, focal) < SMALLER_GROUP_AT_LEAST or reference + focal < BOTH_GROUPS_AT_LEAST:
            own.append("small_sample")
        flags.append(own)
    return flags


def _json_number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
