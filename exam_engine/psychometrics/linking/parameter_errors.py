"""Sampling errors of item parameters as linking needs them: named parameters, their covariance, and small changes."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import TYPE_CHECKING, Self

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking.errors import LinkingError

if TYPE_CHECKING:
    from exam_engine.psychometrics.calibration import CalibrationResult

_PARAMETER = re.compile(r"^(?:(a|c|u)|([ds])([1-9]\d*))$")
_STEP = 1e-5


@dataclass(frozen=True, eq=False, slots=True)
class ParameterCovariance:
    """Sampling covariance of estimated item parameters.

    Parameters
    ----------
    labels : P pairs of item name and parameter: ``a``, ``c``, ``u``, ``d1`` … ``dM``, ``s1`` … ``sM``, in the
        slope–intercept form of ``ItemParameters``. What is not named counts as known.
    matrix : (P, P) covariance.

    Raises
    ------
    LinkingError
        ``bad_covariance`` when shapes disagree, a parameter is unknown or named twice, or the matrix is not finite,
        symmetric and non-negative.
    """

    labels: tuple[tuple[str, str], ...]
    matrix: FloatArray

    def __post_init__(self) -> None:
        """Check the parts against each other."""
        n = len(self.labels)
        if self.matrix.shape != (n, n):
            raise LinkingError("bad_covariance", f"{n} labels but a covariance of shape {self.matrix.shape}")
        for item, parameter in self.labels:
            if _PARAMETER.match(parameter) is None:
                raise LinkingError("bad_covariance", f"item {item!r}: {parameter!r} is not a, c, u, d1 … or s1 …")
        if len(set(self.labels)) != n:
            raise LinkingError("bad_covariance", "a parameter is named twice")
        if not np.isfinite(self.matrix).all() or not np.allclose(self.matrix, self.matrix.T, rtol=1e-6, atol=1e-12):
            raise LinkingError("bad_covariance", "the covariance must be finite and symmetric")
        if n and np.linalg.eigvalsh(self.matrix)[0] < -1e-8 * max(float(np.trace(self.matrix)), 1e-300):
            raise LinkingError("bad_covariance", "the covariance has a negative eigenvalue")

    @classmethod
    def independent_items(cls, items: ItemParameters, blocks: Sequence[FloatArray]) -> Self:
        """From one block an item over the parameters its model has, in the order a (or s1 …), d1 …, c, u."""
        labels = tuple(label for name in items.names for label in item_labels(items, name))
        sizes = [len(item_labels(items, name)) for name in items.names]
        matrix = np.zeros((len(labels), len(labels)))
        place = 0
        for name, size, block in zip(items.names, sizes, blocks, strict=True):
            if block.shape != (size, size):
                raise LinkingError("bad_covariance", f"item {name!r} has {size} parameters, its block {block.shape}")
            matrix[place : place + size, place : place + size] = block
            place += size
        return cls(labels, matrix)

    @classmethod
    def of_calibration(cls, result: "CalibrationResult") -> Self:
        """From a calibration, items only: the parameters of the population are fixed by the scale.

        Raises
        ------
        LinkingError
            ``bad_covariance`` when the calibration has no standard errors.
        """
        if result.covariance is None:
            raise LinkingError(
                "bad_covariance",
                "the calibration has no standard errors; ask for them, or its information is not positive definite",
            )
        items = set(result.items.names)
        rows = [row for row, label in enumerate(result.parameter_labels) if label.owner in items]
        labels = tuple((result.parameter_labels[row].owner, result.parameter_labels[row].kind) for row in rows)
        return cls(labels, result.covariance[np.ix_(rows, rows)])

    def of_items(self, names: Sequence[str]) -> Self:
        """The part that belongs to the named items."""
        wanted = set(names)
        index = [position for position, (item, _) in enumerate(self.labels) if item in wanted]
        return type(self)(tuple(self.labels[position] for position in index), self.matrix[np.ix_(index, index)])


def item_labels(items: ItemParameters, name: str) -> list[tuple[str, str]]:
    """Every parameter that the model of an item has."""
    position = int(items.positions([name])[0])
    steps, model = int(items.n_categories[position]) - 1, items.models[position]
    slopes = [f"s{k + 1}" for k in range(steps)] if items.families[position] == "nominal" else ["a"]
    asymptotes = ["c"] if model in ("3PL", "4PL") else []
    if model == "4PL":
        asymptotes.append("u")
    return [(name, parameter) for parameter in [*slopes, *(f"d{k + 1}" for k in range(steps)), *asymptotes]]


def shifted(items: ItemParameters, labels: Sequence[tuple[str, str]], change: FloatArray) -> ItemParameters:
    """The items with the named parameters changed by change (P,)."""
    arrays = {field: getattr(items, field).copy() for field in ("a", "d", "c", "u", "s")}
    for (item, parameter), step in zip(labels, change, strict=True):
        position = int(items.positions([item])[0])
        field = parameter[0]
        index = (position, int(parameter[1:]) - 1) if field in "ds" else (position,)
        arrays[field][index] += step
    return replace(items, **arrays)


def parameter_derivatives(
    function: Callable[[ItemParameters], FloatArray], items: ItemParameters, labels: Sequence[tuple[str, str]]
) -> FloatArray:
    """(P, …) derivatives of a function of item parameters by central differences, one-sided at an asymptote's bound."""
    rows = []
    for label in labels:
        position = int(items.positions([label[0]])[0])
        low, high = -_STEP, _STEP
        if label[1] == "c" and items.c[position] < _STEP:
            low = 0.0
        if label[1] == "u" and items.u[position] > 1.0 - _STEP:
            high = 0.0
        upper = function(shifted(items, [label], np.array([high])))
        lower = function(shifted(items, [label], np.array([low])))
        rows.append((upper - lower) / (high - low))
    return np.array(rows)


def draw_items(
    items: ItemParameters, covariance: ParameterCovariance | None, n_draws: int, rng: np.random.Generator
) -> Iterator[ItemParameters]:
    """Sets of parameters from the normal approximation to their sampling distribution; the same set without errors.

    Asymptotes are kept inside their bounds and the intercepts of graded items in order, as estimation does.
    """
    if covariance is None:
        yield from repeat(items, n_draws)
        return
    place = {name: position for position, name in enumerate(items.names)}
    targets = [
        (parameter[0], (place[item], int(parameter[1:]) - 1) if parameter[0] in "ds" else (place[item],))
        for item, parameter in covariance.labels
    ]
    # Eigenvalues, because a covariance of parameters with equality constraints has no Cholesky factor.
    values, vectors = np.linalg.eigh(covariance.matrix)
    spread = vectors * np.sqrt(np.clip(values, 0.0, None))
    graded = [position for position, family in enumerate(items.families) if family == "graded"]
    for _ in range(n_draws):
        arrays = {field: getattr(items, field).copy() for field in ("a", "d", "c", "u", "s")}
        for (field, index), change in zip(targets, spread @ rng.standard_normal(values.size), strict=True):
            arrays[field][index] += change
        arrays["c"] = np.clip(arrays["c"], 0.0, 0.99)
        arrays["u"] = np.clip(arrays["u"], arrays["c"] + 0.005, 1.0)
        for position in graded:
            steps = int(items.n_categories[position]) - 1
            arrays["d"][position, :steps] = np.sort(arrays["d"][position, :steps])[::-1] - 1e-9 * np.arange(steps)
        yield replace(items, **arrays)
