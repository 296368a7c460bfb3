"""How an adaptive test selects, estimates and stops."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal, Self, get_args

import numpy as np

from exam_engine.psychometrics.adaptive.errors import AdaptiveTestError
from exam_engine.psychometrics.adaptive.exposure import ExposureControl, SympsonHetter, exposure_control_from_dict

Criterion = Literal["MFI", "MPWI", "KL", "KLP", "MEPV", "MEPV_at_estimate"]
Estimator = Literal["EAP", "MAP", "MLE", "WLE"]
InformationAt = Literal["estimate", "cut"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialRatioRule:
    """Wald's sequential probability ratio test at each cut score; the test ends when all have decided.

    Parameters
    ----------
    cuts : increasing abilities that separate the categories.
    half_width : δ; the hypotheses are cut − δ and cut + δ, and between them either category will do.
    alpha : probability of putting a candidate at cut − δ above the cut.
    beta : probability of putting a candidate at cut + δ below it.

    References
    ----------
    Wald (1947), *Sequential Analysis*; Sobel & Wald (1949), Annals of Mathematical Statistics 20, 502–522 (a test at
    each of several cuts); Eggen (1999), Applied Psychological Measurement 23, 249–261 (adaptive tests).
    """

    cuts: tuple[float, ...]
    half_width: float = 0.2
    alpha: float = 0.05
    beta: float = 0.05

    def __post_init__(self) -> None:
        """Check the cuts and error rates."""
        check_cuts(self.cuts)
        if not (np.isfinite(self.half_width) and self.half_width > 0.0):
            raise AdaptiveTestError(
                "bad_rule", f"half_width {self.half_width} of the indifference region must be positive"
            )
        if not (self.alpha > 0.0 and self.beta > 0.0 and self.alpha + self.beta < 1.0):
            raise AdaptiveTestError(
                "bad_rule", f"error rates {self.alpha} and {self.beta} must be positive with a sum below 1"
            )
        if (np.diff(self.cuts) <= 2.0 * self.half_width).any():
            raise AdaptiveTestError(
                "bad_rule", f"the indifference regions of cuts {list(self.cuts)} overlap; make half_width smaller"
            )

    @property
    def bounds(self) -> tuple[float, float]:
        """Log-likelihood ratios at which the test decides for below and for above."""
        return float(np.log(self.beta / (1.0 - self.alpha))), float(np.log((1.0 - self.beta) / self.alpha))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceRule:
    """Stop when no cut score is within the confidence interval estimate ± z · standard error.

    Parameters
    ----------
    cuts : increasing abilities that separate the categories.
    confidence : of the two-sided interval.

    References
    ----------
    Kingsbury & Weiss (1983), in Weiss (ed.), *New Horizons in Testing*, 257–283.
    """

    cuts: tuple[float, ...]
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """Check the cuts and the level."""
        check_cuts(self.cuts)
        if not 0.0 < self.confidence < 1.0:
            raise AdaptiveTestError("bad_rule", f"confidence {self.confidence} must be between 0 and 1")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AdaptiveSettings:
    """Rules of an adaptive test.

    Parameters
    ----------
    maximum_length : items after which every test ends; the length of all tests when no other rule stops them.
    minimum_length : items before which neither precision nor classification ends a test.
    standard_error : stop when the standard error is at or below this, logits.
    classification : stop when the category is decided.
    criterion : ``MFI`` Fisher information at the estimate; ``MPWI`` Fisher information weighted by the posterior;
        ``KL`` Kullback–Leibler information within ``kl_width``/√n of the estimate; ``KLP`` weighted by the posterior;
        ``MEPV`` least expected posterior variance, responses predicted by the posterior, or by the estimate
        (``MEPV_at_estimate``, as R package catR does).
    information_at : where ``MFI`` looks, at the estimate or at the cut score nearest to it.
    estimator : of the interim estimates; ``MLE`` only between ``fences``.
    final_estimator : of the estimate reported; the same when None.
    prior_mean, prior_sd : normal prior of ability, logits.
    fences : least and greatest estimate that MLE gives.
    start : ability at which the first item is selected; the prior mean when None.
    kl_width : c of the interval θ ± c/√n of ``KL``.
    randomesque : among how many of the best items the 1st, 2nd, … item is drawn; the last number holds for all later
        items, so (5,) is Kingsbury & Zara's rule and (5, 4, 3, 2, 1) that of McBride & Martin.
    exposure : exposure control besides.
    content_targets : share of each content area in a test, summing to 1; None leaves content alone.

    Raises
    ------
    AdaptiveTestError
        ``bad_length``, ``bad_rule``, ``unknown_option``, ``bad_prior``, ``bad_exposure`` or ``bad_content``.

    References
    ----------
    van der Linden & Glas (eds.) (2010), *Elements of Adaptive Testing*; Chang & Ying (1996), Applied Psychological
    Measurement 20, 213–229 (KL); van der Linden (1998), Psychometrika 63, 201–216 (posterior-weighted criteria);
    Kingsbury & Zara (1989), Applied Measurement in Education 2, 359–375 (randomesque, content); McBride & Martin
    (1983), in Weiss (ed.), *New Horizons in Testing*, 223–236.
    """

    maximum_length: int
    minimum_length: int = 1
    standard_error: float | None = None
    classification: SequentialRatioRule | ConfidenceRule | None = None
    criterion: Criterion = "MFI"
    information_at: InformationAt = "estimate"
    estimator: Estimator = "EAP"
    final_estimator: Estimator | None = None
    prior_mean: float = 0.0
    prior_sd: float = 1.0
    fences: tuple[float, float] = (-4.0, 4.0)
    start: float | None = None
    kl_width: float = 3.0
    randomesque: tuple[int, ...] = (1,)
    exposure: ExposureControl | None = None
    content_targets: Mapping[str, float] | None = field(default=None)

    def __post_init__(self) -> None:
        """Refuse rules that contradict themselves."""
        for name, allowed in _OPTIONS.items():
            value = getattr(self, name)
            if value not in allowed and not (name == "final_estimator" and value is None):
                raise AdaptiveTestError("unknown_option", f"{name} {value!r} is not one of {', '.join(allowed)}")
        if not 1 <= self.minimum_length <= self.maximum_length:
            raise AdaptiveTestError(
                "bad_length", f"a test of {self.minimum_length} to {self.maximum_length} items does not exist"
            )
        if self.standard_error is not None and not self.standard_error > 0.0:
            raise AdaptiveTestError("bad_rule", f"a standard error of {self.standard_error} cannot be reached")
        if self.information_at == "cut" and (self.classification is None or self.criterion != "MFI"):
            raise AdaptiveTestError(
                "bad_rule", "information at the cut needs the criterion MFI and a classification rule"
            )
        if not (np.isfinite(self.prior_mean) and np.isfinite(self.prior_sd) and self.prior_sd > 0.0):
            raise AdaptiveTestError(
                "bad_prior", f"a normal prior with mean {self.prior_mean} and sd {self.prior_sd} does not exist"
            )
        if not (np.isfinite(self.fences).all() and self.fences[0] < self.fences[1]):
            raise AdaptiveTestError("bad_rule", f"fences {self.fences} must be finite, the lower first")
        if not (self.start is None or np.isfinite(self.start)) or not self.kl_width > 0.0:
            raise AdaptiveTestError(
                "bad_rule", f"start {self.start} must be finite and kl_width {self.kl_width} positive"
            )
        if not self.randomesque or min(self.randomesque) < 1:
            raise AdaptiveTestError("bad_exposure", f"randomesque sizes {self.randomesque} must be 1 or more")
        if isinstance(self.exposure, SympsonHetter) and max(self.randomesque) > 1:
            raise AdaptiveTestError("bad_exposure", "Sympson–Hetter already randomises; use it without randomesque")
        if self.content_targets is not None:
            shares = np.array(list(self.content_targets.values()))
            if not (shares >= 0.0).all() or abs(shares.sum() - 1.0) > 1e-6:
                raise AdaptiveTestError(
                    "bad_content", f"content targets {dict(self.content_targets)} must be shares that sum to 1"
                )

    @property
    def cuts(self) -> tuple[float, ...]:
        """Cut scores of the classification rule; none without one."""
        return () if self.classification is None else self.classification.cuts

    @property
    def segment_bounds(self) -> tuple[float, ...]:
        """Abilities between the segments that exposure control keeps apart."""
        return () if self.exposure is None else self.exposure.segment_bounds

    def randomesque_at(self, n_given: int) -> int:
        """Among how many of the best items the next is drawn after ``n_given`` items."""
        return self.randomesque[min(n_given, len(self.randomesque) - 1)]

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        data = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        rule = self.classification
        if rule is not None:
            data["classification"] = {"rule": _RULE_NAMES[type(rule)]} | {
                entry.name: getattr(rule, entry.name) for entry in fields(rule)
            }
            data["classification"]["cuts"] = list(rule.cuts)
        data["exposure"] = None if self.exposure is None else self.exposure.to_dict()
        data["content_targets"] = None if self.content_targets is None else dict(self.content_targets)
        return data | {"fences": list(self.fences), "randomesque": list(self.randomesque)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``to_dict`` wrote."""
        given = dict(data) | {"fences": tuple(data["fences"]), "randomesque": tuple(data["randomesque"])}
        if given["exposure"] is not None:
            given["exposure"] = exposure_control_from_dict(given["exposure"])
        if given["classification"] is not None:
            rule = dict(given["classification"])
            kinds = {name: kind for kind, name in _RULE_NAMES.items()}
            name = rule.pop("rule")
            if name not in kinds:
                raise AdaptiveTestError("unknown_option", f"there is no classification rule {name!r}")
            given["classification"] = kinds[name](**(rule | {"cuts": tuple(rule["cuts"])}))
        return cls(**given)


def check_cuts(cuts: tuple[float, ...]) -> None:
    """Refuse cut scores that do not separate categories.

    Raises
    ------
    AdaptiveTestError
        ``bad_cuts``.
    """
    if not cuts or not np.isfinite(cuts).all() or (np.diff(cuts) <= 0.0).any():
        raise AdaptiveTestError("bad_cuts", f"cut scores {list(cuts)} must be finite and increase", cuts=list(cuts))


_OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "criterion": get_args(Criterion),
    "information_at": get_args(InformationAt),
    "estimator": get_args(Estimator),
    "final_estimator": get_args(Estimator),
}
_RULE_NAMES: Final[Mapping[type[SequentialRatioRule | ConfidenceRule], str]] = {
    SequentialRatioRule: "sequential_ratio",
    ConfidenceRule: "confidence",
}
