"""What a calibration returns: estimates, standard errors, populations, and the certificate that they can be trusted."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.calibration.errors import CalibrationError
from exam_engine.psychometrics.calibration.flags import ExcludedItem, FitWarning, ItemFlag
from exam_engine.psychometrics.calibration.priors import Prior, Priors
from exam_engine.psychometrics.calibration.result_version_1 import from_version_1
from exam_engine.psychometrics.calibration.settings import CalibrationSettings
from exam_engine.psychometrics.item_parameters import ItemParameters, one_or_many
from exam_engine.psychometrics.quadrature import Quadrature

FORMAT: Final = "exam-engine/calibration"
FORMAT_VERSION: Final = 2


@dataclass(frozen=True, slots=True)
class ParameterLabel:
    """Whose parameter a row of the covariance is.

    Attributes
    ----------
    owner : item or group name.
    kind : ``a``, ``d1`` … ``dm``, ``s1`` … ``sm``, ``c``, ``u`` of an item; ``mean``, ``sd`` of a group.
    """

    owner: str
    kind: str


@dataclass(frozen=True, eq=False)
class ItemStandardErrors:
    """Standard errors in the layout of ``ItemParameters``; NaN for what was not estimated.

    Attributes
    ----------
    a, c, u : (J,).
    d, b, s : (J, M); b by the delta method.
    """

    a: FloatArray
    d: FloatArray
    b: FloatArray
    c: FloatArray
    u: FloatArray
    s: FloatArray


@dataclass(frozen=True, eq=False)
class GroupEstimate:
    """Ability distribution of one population.

    Attributes
    ----------
    name : of the group; empty when there is only one.
    n_candidates : weighted number of candidates.
    mean, sd : logits.
    se_mean, se_sd : standard errors; None where the value was given or the distribution is not normal.
    quadrature : nodes and weights of the fit.
    """

    name: str
    n_candidates: float
    mean: float
    sd: float
    se_mean: float | None
    se_sd: float | None
    quadrature: Quadrature


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Evidence that the objective's maximum was reached, and what stands against it.

    Attributes
    ----------
    converged : parameter change and gradient both met their tolerances.
    max_gradient : largest component of the gradient of the objective at the estimates, in the free parameters.
    max_change : largest change of a parameter in the last EM map.
    newton_decrement : by how much the objective would still rise, to second order; None without information.
    condition_number : of the information scaled to unit diagonal; None without information.
    is_identified : whether the information is positive definite; None when it was not computed.
    iterations, e_steps : EM maps and Newton steps, passes over the responses.
    trace : objective (log-likelihood plus log prior) after each accepted iteration on the final nodes.
    linked_item_sets : sets of items without a common candidate; 1 for a linked design.
    items_at_bounds : items with an asymptote at 0 or 1, or a slope that runs away.
    smallest_posterior_sd : narrowest posterior of any candidate, against which the node spacing is judged.
    seconds : wall time of the fit. A file of version 1 of the format tells neither this nor the two figures above.
    """

    converged: bool
    max_gradient: float
    max_change: float
    newton_decrement: float | None
    condition_number: float | None
    is_identified: bool | None
    iterations: int
    e_steps: int
    trace: tuple[float, ...]
    linked_item_sets: int | None
    items_at_bounds: tuple[str, ...]
    smallest_posterior_sd: float | None
    seconds: float | None


@dataclass(frozen=True, kw_only=True, eq=False)
class CalibrationResult:
    """Estimates with what is needed to judge them.

    Attributes
    ----------
    items : parameters of all estimated and fixed items, in the order of the responses.
    fixed_items : names of those that were given.
    standard_errors : None when not asked for or when the information is not positive definite.
    covariance : (P, P) of the estimates named by ``parameter_labels``, in their natural metric; None as above. Tied
        parameters appear once per item, so that its rank may be smaller.
    parameter_labels : P labels.
    groups : one population per group, the reference first.
    n_responses : (J,) weighted responses; mean_score : (J,) their mean as a share of the highest score.
    category_counts : (J, K) weighted responses in each category.
    category_scores : for each item the observed scores its categories stand for; not 0 … K−1 where a score that nobody
        has was closed up.
    flags : for each item, what makes its estimates doubtful.
    excluded : items that could not be estimated.
    warnings : what makes the whole fit doubtful.
    log_likelihood, log_prior : at the estimates.
    n_parameters : free parameters of items and populations.
    n_candidates : weighted number of candidates with a response to one of the items.
    certificate : evidence of convergence.
    settings : as asked for.
    """

    items: ItemParameters
    fixed_items: tuple[str, ...]
    standard_errors: ItemStandardErrors | None
    covariance: FloatArray | None
    parameter_labels: tuple[ParameterLabel, ...]
    groups: tuple[GroupEstimate, ...]
    n_responses: FloatArray
    mean_score: FloatArray
    category_counts: FloatArray
    category_scores: tuple[tuple[int, ...], ...]
    flags: tuple[tuple[ItemFlag, ...], ...]
    excluded: tuple[ExcludedItem, ...]
    warnings: tuple[FitWarning, ...]
    log_likelihood: float
    log_prior: float
    n_parameters: int
    n_candidates: float
    certificate: Certificate
    settings: CalibrationSettings

    @property
    def converged(self) -> bool:
        """Whether the certificate says so."""
        return self.certificate.converged

    @property
    def item_names(self) -> tuple[str, ...]:
        """Names of the items, in the order of the responses."""
        return self.items.names

    @property
    def quadrature(self) -> Quadrature:
        """Nodes and weights of the reference population."""
        return self.groups[0].quadrature

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return 2.0 * self.n_parameters - 2.0 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's information criterion; counts ``n_candidates``."""
        return float(np.log(self.n_candidates)) * self.n_parameters - 2.0 * self.log_likelihood

    def positions(self, owner: str, kinds: Sequence[str]) -> list[int]:
        """Rows of the covariance that hold an item's or group's parameters.

        Raises
        ------
        KeyError
            Naming the parameter that was not estimated.
        """
        place = {(label.owner, label.kind): index for index, label in enumerate(self.parameter_labels)}
        return [place[owner, kind] for kind in kinds]

    def estimates(self) -> FloatArray:
        """(P,) values of the estimated parameters, in the order of ``parameter_labels``."""
        values: dict[tuple[str, str], float] = {}
        for index, name in enumerate(self.items.names):
            for kind, table in (("a", self.items.a), ("c", self.items.c), ("u", self.items.u)):
                values[name, kind] = float(table[index])
            for step in range(self.items.d.shape[1]):
                values[name, f"d{step + 1}"] = float(self.items.d[index, step])
                values[name, f"s{step + 1}"] = float(self.items.s[index, step])
        for group in self.groups:
            values[group.name, "mean"], values[group.name, "sd"] = group.mean, group.sd
        return np.array([values[label.owner, label.kind] for label in self.parameter_labels])

    def delta_method(self, function: Callable[[FloatArray], FloatArray]) -> tuple[FloatArray, FloatArray]:
        """Value (R,) of a smooth function of the estimates (P,), and its covariance (R, R).

        Derivatives are central differences with steps of a thousandth of a standard error.

        Raises
        ------
        CalibrationError
            ``no_covariance`` when there are no standard errors.
        """
        if self.covariance is None:
            raise CalibrationError("no_covariance", "the fit has no standard errors to carry over")
        at = self.estimates()
        steps = np.maximum(1e-3 * np.sqrt(np.diag(self.covariance)), 1e-9)
        value = np.atleast_1d(function(at))
        jacobian = np.empty((value.size, at.size))
        for column, step in enumerate(steps):
            shift = np.zeros(at.size)
            shift[column] = step
            jacobian[:, column] = (np.atleast_1d(function(at + shift)) - np.atleast_1d(function(at - shift))) / (
                2 * step
            )
        return value, jacobian @ self.covariance @ jacobian.T

    def to_dict(self) -> dict[str, Any]:
        """JSON values only; numbers keep every digit, values that are not finite become null.

        ``covariance`` is stored as the rows of its lower triangle.
        """
        covariance = None
        if self.covariance is not None:
            covariance = [row[: index + 1].tolist() for index, row in enumerate(self.covariance)]
        return {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "model": self.settings.model,
            "log_likelihood": self.log_likelihood,
            "log_prior": self.log_prior,
            "n_parameters": self.n_parameters,
            "n_candidates": self.n_candidates,
            "aic": self.aic,
            "bic": self.bic,
            "converged": self.converged,
            "seconds": self.certificate.seconds,
            "items": [self._item_dict(index, item) for index, item in enumerate(self.items.to_dict())],
            "excluded": [{"name": item.name, "reason": item.reason} for item in self.excluded],
            "groups": [
                {
                    "name": group.name,
                    "n_candidates": group.n_candidates,
                    "mean": group.mean,
                    "variance": group.sd**2,
                    "sd": group.sd,
                    "se_mean": group.se_mean,
                    "se_sd": group.se_sd,
                    "weights": group.quadrature.weights.tolist(),
                }
                for group in self.groups
            ],
            "nodes": self.quadrature.nodes.tolist(),
            "warnings": [{"code": warning.code, "data": dict(warning.data)} for warning in self.warnings],
            "certificate": {
                name: list(value) if isinstance(value, tuple) else value
                for name in Certificate.__slots__
                for value in (getattr(self.certificate, name),)
            },
            "parameters": [[label.owner, label.kind] for label in self.parameter_labels],
            "covariance": covariance,
            "settings": self.settings.to_dict(),
        }

    def _item_dict(self, index: int, item: dict[str, Any]) -> dict[str, Any]:
        steps = int(self.items.n_categories[index]) - 1
        item["fixed"] = item["name"] in self.fixed_items
        if self.standard_errors is not None:
            for name in ("a", "c", "u"):
                if name in item:
                    item[f"se_{name}"] = json_number(getattr(self.standard_errors, name)[index])
            for name in ("d", "b", "s"):
                if name in item:
                    item[f"se_{name}"] = one_or_many(getattr(self.standard_errors, name)[index, :steps])
        item["n_responses"] = float(self.n_responses[index])
        item["mean_score"] = json_number(self.mean_score[index])
        item["category_counts"] = self.category_counts[index, : steps + 1].tolist()
        item["category_scores"] = list(self.category_scores[index])
        item["flags"] = list(self.flags[index])
        return item

    def save(self, path: Path) -> None:
        """Write the result as a JSON file, whole or not at all."""
        partial = path.with_name(path.name + ".part")
        partial.write_text(json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False), encoding="utf-8")
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what ``save`` wrote.

        Raises
        ------
        CalibrationError
            ``unknown_format`` when the file is no calibration of a known version.
        """
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise CalibrationError("unknown_format", f"{path.name} is not a JSON file: {error}") from error
        return cls.from_dict(stored if isinstance(stored, dict) else {})

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read what ``to_dict`` wrote.

        Raises
        ------
        CalibrationError
            ``unknown_format`` when the mapping is no calibration of a known version.
        """
        found = (stored.get("format"), stored.get("version"))
        if found not in ((FORMAT, 1), (FORMAT, FORMAT_VERSION)):
            raise CalibrationError(
                "unknown_format",
                f"expected {FORMAT} version {FORMAT_VERSION}, got {found[0]!r} version {found[1]!r}",
                format=found[0],
                version=found[1],
            )
        try:
            return cls._read(from_version_1(stored) if found == (FORMAT, 1) else stored)
        except (KeyError, TypeError) as error:
            raise CalibrationError("unknown_format", f"a part of the calibration is missing or odd: {error}") from error

    @classmethod
    def _read(cls, stored: Mapping[str, Any]) -> Self:
        items = ItemParameters.from_dict(stored["items"])
        nodes = np.array(stored["nodes"])
        return cls(
            items=items,
            fixed_items=tuple(item["name"] for item in stored["items"] if item["fixed"]),
            standard_errors=_read_standard_errors(stored, items),
            covariance=_read_covariance(stored["covariance"]),
            parameter_labels=tuple(ParameterLabel(*label) for label in stored["parameters"]),
            groups=tuple(
                GroupEstimate(
                    name=group["name"],
                    n_candidates=group["n_candidates"],
                    mean=group["mean"],
                    sd=group["sd"],
                    se_mean=group["se_mean"],
                    se_sd=group["se_sd"],
                    quadrature=Quadrature(nodes, np.array(group["weights"])),
                )
                for group in stored["groups"]
            ),
            n_responses=np.array([item["n_responses"] for item in stored["items"]]),
            mean_score=_floats([item["mean_score"] for item in stored["items"]]),
            category_counts=_padded([item["category_counts"] for item in stored["items"]], 0.0),
            category_scores=tuple(tuple(item["category_scores"]) for item in stored["items"]),
            flags=tuple(tuple(item["flags"]) for item in stored["items"]),
            excluded=tuple(ExcludedItem(item["name"], item["reason"]) for item in stored["excluded"]),
            warnings=tuple(FitWarning(warning["code"], warning["data"]) for warning in stored["warnings"]),
            log_likelihood=stored["log_likelihood"],
            log_prior=stored["log_prior"],
            n_parameters=stored["n_parameters"],
            n_candidates=stored["n_candidates"],
            certificate=_read_certificate(stored["certificate"]),
            settings=_read_settings(stored["settings"]),
        )


def json_number(value: float) -> float | None:
    """A float as JSON knows it: null for what is not finite."""
    return float(value) if np.isfinite(value) else None


def _read_settings(stored: Mapping[str, Any]) -> CalibrationSettings:
    priors = Priors(**{name: Prior(**prior) for name, prior in stored["priors"].items()})
    return CalibrationSettings(**{**stored, "priors": priors})


def _read_certificate(stored: Mapping[str, Any]) -> Certificate:
    fields: dict[str, Any] = {  # JSON values of any kind
        name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
    }
    return Certificate(**fields)


def _read_standard_errors(stored: Mapping[str, Any], items: ItemParameters) -> ItemStandardErrors | None:
    if stored["covariance"] is None:
        return None
    width = items.d.shape[1]

    def column(name: str) -> FloatArray:
        return _floats([item.get(f"se_{name}") for item in stored["items"]])

    def table(name: str) -> FloatArray:
        return np.array([_pad(item.get(f"se_{name}"), width) for item in stored["items"]]).reshape(-1, width)

    return ItemStandardErrors(column("a"), table("d"), table("b"), column("c"), column("u"), table("s"))


def _read_covariance(rows: Sequence[Sequence[float]] | None) -> FloatArray | None:
    if rows is None:
        return None
    covariance = np.zeros((len(rows), len(rows)))
    for index, row in enumerate(rows):
        covariance[index, : index + 1] = covariance[: index + 1, index] = row
    return covariance


def _pad(values: float | Sequence[float | None] | None, width: int) -> FloatArray:
    listed = values if isinstance(values, Sequence) else [values]
    return np.pad(_floats(listed), (0, width - len(listed)), constant_values=np.nan)


def _padded(rows: Sequence[Sequence[float]], fill: float) -> FloatArray:
    width = max((len(row) for row in rows), default=0)
    table: FloatArray = np.array([[*row, *[fill] * (width - len(row))] for row in rows], dtype=np.float64)
    return table


def _floats(values: Sequence[float | None]) -> FloatArray:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
