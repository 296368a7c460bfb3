"""Which item parameters a fit left free, and how category probabilities change with each of them.

A statistic that tests a fit must know how much the fit could adapt itself; by default that follows from the models'
names: slopes are free in 2PL, 3PL, 4PL, GPCM, GRM and NRM items, common to all 1PL items, and fixed at one in Rasch,
PCM and RSM items, where the spread of ability is free instead.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.fit.errors import FitError
from exam_engine.psychometrics.item_parameters import FAMILY_OF, ItemParameters
from exam_engine.psychometrics.response_functions import category_probabilities

UNIT_SLOPE_MODELS = frozenset({"Rasch", "PCM", "RSM"})

DensityParameter = Literal["mean", "sd"]
"""What of an ability density may have been estimated."""


class FreeParameters(NamedTuple):
    """Free parameters of the items.

    Parameters
    ----------
    labels : P names.
    design : (T, P) derivative of every natural parameter of every item (``natural_parameters``) in the free ones.
    """

    labels: tuple[str, ...]
    design: FloatArray


def natural_parameters(items: ItemParameters) -> list[tuple[str, ...]]:
    """Names of each item's natural parameters, in the order in which derivatives list them."""
    names: list[tuple[str, ...]] = []
    for model, n_categories in zip(items.models, items.n_categories, strict=True):
        steps = range(1, int(n_categories))
        intercepts = tuple(f"d{step}" for step in steps)
        if FAMILY_OF[model] == "nominal":
            names.append((*(f"s{step}" for step in steps), *intercepts))
        else:
            asymptotes = {"3PL": ("c",), "4PL": ("c", "u")}.get(model, ())
            names.append(("a", *intercepts, *asymptotes))
    return names


def probability_derivatives(theta: FloatArray, items: ItemParameters) -> list[FloatArray]:
    """Derivatives of category probabilities in the natural parameters; one (Q, K_j, n_parameters) array per item."""
    p = category_probabilities(theta, items)
    return [
        _DERIVATIVES[FAMILY_OF[items.models[item]]](theta, p[:, item, : items.n_categories[item]], items, item)
        for item in range(len(items))
    ]


def free_parameters(items: ItemParameters, fixed: Sequence[str] = ()) -> FreeParameters:
    """Free parameters of a fit of these items.

    Parameters
    ----------
    items : item parameters.
    fixed : names of items whose parameters were not estimated (anchors).
    """
    fixed_items = _positions(items, fixed)
    entries: list[tuple[int, str, float]] = []
    row = 0
    for item, names in enumerate(natural_parameters(items)):
        model = items.models[item]
        for offset, parameter in enumerate(names):
            place = row + offset
            if item in fixed_items or (parameter == "a" and model in UNIT_SLOPE_MODELS):
                continue
            if parameter == "a" and model == "1PL":
                entries.append((place, "a of all 1PL items", 1.0))
            elif model == "RSM":
                # d_k = −(location + τ_k), and the τ sum to zero: the first is minus the sum of the others.
                entries.append((place, f"{items.names[item]}: location", -1.0))
                width = int(items.n_categories[item])
                step = int(parameter[1:])
                others = range(2, width) if step == 1 else (step,)
                sign = 1.0 if step == 1 else -1.0
                entries.extend((place, f"threshold {other} of {width} rating categories", sign) for other in others)
            else:
                entries.append((place, f"{items.names[item]}: {parameter}", 1.0))
        row += len(names)
    labels = tuple(dict.fromkeys(label for _, label, _ in entries))
    column = {label: index for index, label in enumerate(labels)}
    design = np.zeros((row, len(labels)))
    for place, label, value in entries:
        design[place, column[label]] = value
    return FreeParameters(labels, design)


def free_densities(
    items: ItemParameters,
    fixed: Sequence[str],
    groups: Sequence[str | None],
    free: Sequence[DensityParameter] | None,
) -> dict[str | None, tuple[int, ...]]:
    """Which of location (0) and spread (1) of ability is free in each group.

    Given names hold for one group and for all but the first of several. By default nothing is free when all items are
    fixed, and both everywhere when some are, because those fix the scale. Without fixed items the first group is the
    scale: its spread is free when all slopes are fixed at one, else nothing; further groups have both free.
    """
    both = (0, 1)
    if free is not None:
        unknown = [name for name in free if name not in get_args(DensityParameter)]
        if unknown:
            raise FitError("options_differ", f"free_density names {unknown[0]!r}; it may name 'mean' and 'sd'")
        chosen = tuple(sorted({get_args(DensityParameter).index(name) for name in free}))
        first: tuple[int, ...] = chosen if len(groups) == 1 else ()
        others = chosen
    elif len(_positions(items, fixed)) == len(items):
        first = others = ()
    elif fixed:
        first = others = both
    else:
        first = (1,) if all(model in UNIT_SLOPE_MODELS for model in items.models) else ()
        others = both
    return {group: first if place == 0 else others for place, group in enumerate(groups)}


def density_columns(free: Mapping[str | None, tuple[int, ...]], group: str | None) -> FloatArray:
    """(2, D) which of all groups' D free density parameters the location and the spread of one group are."""
    result = np.zeros((2, sum(len(chosen) for chosen in free.values())))
    start = 0
    for name, chosen in free.items():
        if name == group:
            result[list(chosen), start + np.arange(len(chosen))] = 1.0
        start += len(chosen)
    return result


def free_parameters_per_item(
    items: ItemParameters, fixed: Sequence[str] = (), given: ArrayLike | None = None
) -> IntArray:
    """(J,) number of parameters that adapt to each item: its own and a slope, common or not; 0 for fixed items.

    The spread of ability counts as the slope of Rasch, PCM and RSM items, so that they and 1PL items are treated alike.
    Numbers ``given`` by the caller are only checked.
    """
    if given is not None:
        counts = np.asarray(given, dtype=np.intp)
        if counts.shape != (len(items),) or (counts < 0).any():
            raise FitError("options_differ", f"n_free must be {len(items)} numbers from 0 on, one for each item")
        return counts
    own = np.array([len(names) for names in natural_parameters(items)], dtype=np.intp)
    own[list(_positions(items, fixed))] = 0
    return own


def _positions(items: ItemParameters, names: Sequence[str]) -> frozenset[int]:
    place = {name: index for index, name in enumerate(items.names)}
    unknown = [name for name in names if name not in place]
    if unknown:
        raise FitError("options_differ", f"fixed item {unknown[0]!r} has no parameters")
    return frozenset(place[name] for name in names)


def _logistic(theta: FloatArray, _p: FloatArray, items: ItemParameters, item: int) -> FloatArray:
    upper = expit(items.a[item] * theta + items.d[item, 0])
    density = (items.u[item] - items.c[item]) * upper * (1.0 - upper)
    columns = {"a": density * theta, "d1": density, "c": 1.0 - upper, "u": upper}
    names = {"3PL": ("a", "d1", "c"), "4PL": ("a", "d1", "c", "u")}.get(items.models[item], ("a", "d1"))
    right = np.stack([columns[name] for name in names], axis=1)
    return np.stack([-right, right], axis=1)


def _graded(theta: FloatArray, _p: FloatArray, items: ItemParameters, item: int) -> FloatArray:
    steps = int(items.n_categories[item]) - 1
    z = items.a[item] * theta[:, None] + items.d[item, :steps]
    density = expit(z) * expit(-z)
    cumulative = np.zeros((theta.size, steps + 2, steps + 1))
    cumulative[:, 1:-1, 0] = density * theta[:, None]
    boundary = np.arange(steps)
    cumulative[:, 1 + boundary, 1 + boundary] = density
    result: FloatArray = -np.diff(cumulative, axis=1)
    return result


def _partial(theta: FloatArray, p: FloatArray, items: ItemParameters, item: int) -> FloatArray:
    steps = int(items.n_categories[item]) - 1
    score = np.arange(steps + 1, dtype=np.float64)
    passed = (score[:, None] > np.arange(steps)).astype(np.float64)
    gradient = np.concatenate(
        [theta[:, None, None] * score[:, None], np.broadcast_to(passed, (theta.size, *passed.shape))], axis=2
    )
    return _of_softmax(p, gradient)


def _nominal(theta: FloatArray, p: FloatArray, items: ItemParameters, item: int) -> FloatArray:
    steps = int(items.n_categories[item]) - 1
    chosen = np.eye(steps + 1)[:, 1:]
    gradient = np.concatenate(
        [theta[:, None, None] * chosen, np.broadcast_to(chosen, (theta.size, *chosen.shape))], axis=2
    )
    return _of_softmax(p, gradient)


def _of_softmax(p: FloatArray, gradient: FloatArray) -> FloatArray:
    mean = np.einsum("qk,qkt->qt", p, gradient)
    result: FloatArray = p[:, :, None] * (gradient - mean[:, None, :])
    return result


_DERIVATIVES = {"logistic": _logistic, "graded": _graded, "partial": _partial, "nominal": _nominal}
