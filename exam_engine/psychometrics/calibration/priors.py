"""Prior distributions of item parameters: always asked for, never hidden.

A prior is a density in the metric in which people state it: a normal of a slope, an intercept or the logit of an
asymptote, a log-normal of a slope, a Beta of an asymptote. The estimates maximise log-likelihood plus log prior density
in that metric; its derivatives are taken to the working metric by the chain rule, which for a Beta of c means the
factor c(1 − c) that is easily forgotten.

References
----------
Mislevy (1986), Psychometrika 51, 177–195; Swaminathan & Gifford (1986), Psychometrika 51, 589–601.
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Self, get_args

import numpy as np
from scipy.special import betaln, expit, log_expit

from exam_engine.psychometrics.arrays import FloatArray

PriorFamily = Literal["normal", "lognormal", "logitnormal", "beta"]
_HALF_LOG_TWO_PI = 0.5 * float(np.log(2.0 * np.pi))


class PriorTerms(NamedTuple):
    """Log density, its derivative and negative second derivative in the working metric, each like the parameters."""

    value: FloatArray
    slope: FloatArray
    information: FloatArray


@dataclass(frozen=True, slots=True)
class Prior:
    """One prior distribution.

    Parameters
    ----------
    family : ``normal`` (mean, sd) of a slope or intercept; ``lognormal`` (mean and sd of the logarithm) of a slope;
        ``logitnormal`` (mean and sd of the logit: the density is that of the logit) or ``beta`` (α, β: the density is
        that of the proportion) of an asymptote.
    first, second : the two parameters in the order above.

    Raises
    ------
    ValueError
        When a parameter is out of range.
    """

    family: PriorFamily
    first: float
    second: float

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        if self.family not in get_args(PriorFamily):
            raise ValueError(f"prior {self.family!r} is not one of {', '.join(get_args(PriorFamily))}")
        positive = (self.first, self.second) if self.family == "beta" else (self.second,)
        if not (np.isfinite(self.first) and np.isfinite(self.second) and min(positive) > 0.0):
            raise ValueError(f"{self.family} prior ({self.first}, {self.second}): its scale must be positive")

    def terms(self, working: FloatArray) -> PriorTerms:
        """Evaluate at working parameters: slopes and intercepts as they are, asymptotes as logits."""
        if self.family in ("normal", "logitnormal"):
            z = (working - self.first) / self.second
            return PriorTerms(
                -0.5 * z**2 - np.log(self.second) - _HALF_LOG_TWO_PI,
                -z / self.second,
                np.full_like(working, self.second**-2.0),
            )
        if self.family == "lognormal":
            positive = np.where(working > 0.0, working, np.nan)
            log_a = np.log(positive)
            z = (log_a - self.first) / self.second
            value = -0.5 * z**2 - log_a - np.log(self.second) - _HALF_LOG_TWO_PI
            slope = -(z / self.second + 1.0) / positive
            information = (self.second**-2.0 - z / self.second - 1.0) / positive**2
            # A slope of zero or less has prior density zero; EM steps that lead there are halved.
            return PriorTerms(
                np.where(np.isnan(value), -np.inf, value), np.nan_to_num(slope), np.nan_to_num(information)
            )
        proportion = expit(working)
        alpha, beta = self.first, self.second
        value = (alpha - 1.0) * log_expit(working) + (beta - 1.0) * log_expit(-working) - betaln(alpha, beta)
        # d/dlogit of (α − 1) log c + (β − 1) log(1 − c), with dc/dlogit = c(1 − c).
        slope = (alpha - 1.0) * (1.0 - proportion) - (beta - 1.0) * proportion
        information = (alpha + beta - 2.0) * proportion * (1.0 - proportion)
        return PriorTerms(value, slope, information)

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {"family": self.family, "first": self.first, "second": self.second}

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``beta(5, 17)``, ``normal(0, 1)`` and the like.

        Raises
        ------
        ValueError
            When the text is of another form.
        """
        family, _, rest = text.strip().partition("(")
        numbers = rest.removesuffix(")").split(",")
        if not rest.endswith(")") or len(numbers) != 2:
            raise ValueError(f"prior {text!r} is not of the form family(number, number), for example beta(5, 17)")
        try:
            first, second = (float(number) for number in numbers)
        except ValueError as error:
            raise ValueError(f"prior {text!r}: {error}") from error
        return cls(family.strip(), first, second)  # type: ignore[arg-type]  # __post_init__ refuses other names


@dataclass(frozen=True, slots=True, kw_only=True)
class Priors:
    """Priors by kind of parameter; None means none.

    Parameters
    ----------
    slope : ``normal`` or ``lognormal``.
    intercept : ``normal``.
    lower, upper : ``logitnormal`` or ``beta``.

    Raises
    ------
    ValueError
        When a family does not fit the parameter.
    """

    slope: Prior | None = None
    intercept: Prior | None = None
    lower: Prior | None = None
    upper: Prior | None = None

    def __post_init__(self) -> None:
        """Refuse families that do not fit."""
        fitting = {
            "slope": ("normal", "lognormal"),
            "intercept": ("normal",),
            "lower": ("logitnormal", "beta"),
            "upper": ("logitnormal", "beta"),
        }
        for name, families in fitting.items():
            prior = getattr(self, name)
            if prior is not None and prior.family not in families:
                raise ValueError(f"a {prior.family} prior does not fit {name}; use {' or '.join(families)}")

    def to_dict(self) -> dict[str, Any]:
        """JSON values, only the priors that there are."""
        return {
            name: prior.to_dict()
            for name in ("slope", "intercept", "lower", "upper")
            if (prior := getattr(self, name)) is not None
        }
