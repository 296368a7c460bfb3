"""Item parameters of every model the library knows, in one frozen table: the language in which its parts talk.

Slope–intercept form is stored, because it is what is estimated and stays finite when a slope is zero; thresholds b are
derived. Abilities are in logits of the reference population, without the factor 1.7.

=========  ====================================================================================  =================
family     probability                                                                           models
=========  ====================================================================================  =================
logistic   P(1) = c + (u − c) / (1 + exp(−(aθ + d₁)))                                            Rasch, 1PL … 4PL
graded     P(≥ k) = 1 / (1 + exp(−(aθ + d_k))),  d₁ > d₂ > …                                     GRM
partial    P(k) ∝ exp(k aθ + d₁ + … + d_k)                                                       PCM, GPCM, RSM
nominal    P(k) ∝ exp(s_k θ + d_k),  s₀ = d₀ = 0                                                 NRM
=========  ====================================================================================  =================

References
----------
Birnbaum (1968), in Lord & Novick, *Statistical Theories of Mental Test Scores*; Barton & Lord (1981), ETS RR-81-20
(4PL); Samejima (1969), Psychometrika Monograph 17; Masters (1982), Psychometrika 47, 149–174; Muraki (1992), Applied
Psychological Measurement 16, 159–176; Andrich (1978), Psychometrika 43, 561–573; Bock (1972), Psychometrika 37, 29–51.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal, Self, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray

ItemModel = Literal["Rasch", "1PL", "2PL", "3PL", "4PL", "PCM", "GPCM", "RSM", "GRM", "NRM"]
ItemFamily = Literal["logistic", "graded", "partial", "nominal"]

FAMILY_OF: Final[Mapping[ItemModel, ItemFamily]] = {
    "Rasch": "logistic",
    "1PL": "logistic",
    "2PL": "logistic",
    "3PL": "logistic",
    "4PL": "logistic",
    "PCM": "partial",
    "GPCM": "partial",
    "RSM": "partial",
    "GRM": "graded",
    "NRM": "nominal",
}


class ItemParameterError(ValueError):
    """Item parameters contradict themselves; the message names the item."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ItemParameters:
    """Parameters of J items; M is the largest number of categories less one.

    Parameters
    ----------
    names : J distinct names.
    models : J model names.
    n_categories : (J,) numbers of score categories, 2 for right/wrong.
    a : (J,) slopes per logit; NaN for nominal items.
    d : (J, M) intercepts as in the table above, NaN beyond the item's categories.
    c, u : (J,) lower and upper asymptotes; 0 and 1 for all but 3PL and 4PL items.
    s : (J, M) category slopes of nominal items, NaN elsewhere.

    Raises
    ------
    ItemParameterError
        When shapes disagree, a name repeats, a value is missing, not finite or none of the item's model, asymptotes are
        not 0 ≤ c < u ≤ 1, or the intercepts of a graded item do not decrease.
    """

    names: tuple[str, ...]
    models: tuple[ItemModel, ...]
    n_categories: IntArray
    a: FloatArray
    d: FloatArray
    c: FloatArray
    u: FloatArray
    s: FloatArray

    def __post_init__(self) -> None:
        """Check the parts against each other and make them read-only."""
        n_items, width = len(self.names), self.d.shape[1] if self.d.ndim == 2 else 0
        shapes = {
            "n_categories": (n_items,),
            "a": (n_items,),
            "d": (n_items, width),
            "c": (n_items,),
            "u": (n_items,),
            "s": (n_items, width),
        }
        if len(self.models) != n_items:
            raise ItemParameterError(f"{n_items} names but {len(self.models)} models")
        for field, shape in shapes.items():
            array = getattr(self, field)
            if array.shape != shape:
                raise ItemParameterError(f"{field} has shape {array.shape}, expected {shape}")
            view = array.view()
            view.flags.writeable = False
            object.__setattr__(self, field, view)
        if len(set(self.names)) != n_items:
            repeated = next(name for name in self.names if self.names.count(name) > 1)
            raise ItemParameterError(f"item {repeated!r} occurs more than once")
        for item in range(n_items):
            self._check_item(item, width)

    def _check_item(self, item: int, width: int) -> None:
        name, model, steps = self.names[item], self.models[item], int(self.n_categories[item]) - 1
        if model not in get_args(ItemModel):
            raise ItemParameterError(f"item {name!r}: model {model!r} is not one of {', '.join(get_args(ItemModel))}")
        family = FAMILY_OF[model]
        if not 1 <= steps <= width or (family == "logistic" and steps != 1):
            raise ItemParameterError(f"item {name!r}: {steps + 1} categories do not fit the {model} and its intercepts")
        slopes = self.s[item, :steps] if family == "nominal" else self.a[item : item + 1]
        if not (np.isfinite(self.d[item, :steps]).all() and np.isfinite(slopes).all()):
            raise ItemParameterError(f"item {name!r}: a parameter is missing or not finite")
        if not 0.0 <= self.c[item] < self.u[item] <= 1.0:
            raise ItemParameterError(f"item {name!r}: asymptotes {self.c[item]} and {self.u[item]} need 0 ≤ c < u ≤ 1")
        if (self.c[item] > 0.0 and model not in ("3PL", "4PL")) or (self.u[item] < 1.0 and model != "4PL"):
            raise ItemParameterError(
                f"item {name!r}: the {model} has no asymptotes {self.c[item]} and {self.u[item]}; use the 3PL or 4PL"
            )
        beyond = [self.d[item, steps:], self.s[item, steps if family == "nominal" else 0 :]]
        if not all(np.isnan(values).all() for values in beyond):
            raise ItemParameterError(f"item {name!r}: the {model} with {steps + 1} categories has too many parameters")
        if family == "graded" and (np.diff(self.d[item, :steps]) >= 0.0).any():
            raise ItemParameterError(f"item {name!r}: the intercepts of a graded item must decrease")

    @classmethod
    def dichotomous(
        cls,
        names: Sequence[str],
        a: ArrayLike,
        b: ArrayLike,
        c: ArrayLike | None = None,
        u: ArrayLike | None = None,
    ) -> Self:
        """Items scored right or wrong from (J,) slopes, difficulties and asymptotes: 2PL, 3PL with c, 4PL with u."""
        slope, difficulty = _column(a, len(names)), _column(b, len(names))
        model: ItemModel = "2PL" if c is None and u is None else "3PL" if u is None else "4PL"
        models: tuple[ItemModel, ...] = (model,) * len(names)
        return cls(
            names=tuple(names),
            models=models,
            n_categories=np.full(len(names), 2),
            a=slope,
            d=(-slope * difficulty)[:, None],
            c=_column(0.0 if c is None else c, len(names)),
            u=_column(1.0 if u is None else u, len(names)),
            s=np.full((len(names), 1), np.nan),
        )

    @classmethod
    def polytomous(
        cls, names: Sequence[str], model: Literal["PCM", "GPCM", "RSM", "GRM"], a: ArrayLike, b: ArrayLike
    ) -> Self:
        """Items with (J,) slopes and (J, M) thresholds b, NaN beyond an item's categories."""
        slope, thresholds = _column(a, len(names)), np.atleast_2d(np.asarray(b, dtype=np.float64))
        models: tuple[ItemModel, ...] = (model,) * len(names)
        return cls(
            names=tuple(names),
            models=models,
            n_categories=1 + np.isfinite(thresholds).sum(axis=1),
            a=slope,
            d=-slope[:, None] * thresholds,
            c=np.zeros(len(names)),
            u=np.ones(len(names)),
            s=np.full(thresholds.shape, np.nan),
        )

    @classmethod
    def nominal(cls, names: Sequence[str], s: ArrayLike, d: ArrayLike) -> Self:
        """Nominal items from (J, M) slopes and intercepts of categories 1 … M against category 0."""
        slopes, intercepts = (np.atleast_2d(np.asarray(part, dtype=np.float64)) for part in (s, d))
        model: ItemModel = "NRM"
        models: tuple[ItemModel, ...] = (model,) * len(names)
        return cls(
            names=tuple(names),
            models=models,
            n_categories=1 + np.isfinite(intercepts).sum(axis=1),
            a=np.full(len(names), np.nan),
            d=intercepts,
            c=np.zeros(len(names)),
            u=np.ones(len(names)),
            s=slopes,
        )

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """All items of several tables, in order."""
        width = max(part.d.shape[1] for part in parts)

        def padded(array: FloatArray) -> FloatArray:
            return np.pad(array, ((0, 0), (0, width - array.shape[1])), constant_values=np.nan)

        return cls(
            names=tuple(name for part in parts for name in part.names),
            models=tuple(model for part in parts for model in part.models),
            n_categories=np.concatenate([part.n_categories for part in parts]),
            a=np.concatenate([part.a for part in parts]),
            d=np.concatenate([padded(part.d) for part in parts]),
            c=np.concatenate([part.c for part in parts]),
            u=np.concatenate([part.u for part in parts]),
            s=np.concatenate([padded(part.s) for part in parts]),
        )

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.names)

    @property
    def b(self) -> FloatArray:
        """(J, M) thresholds −d/a: difficulty, GRM boundaries or GPCM steps; NaN for nominal items and where a = 0."""
        a = np.where(self.a == 0.0, np.nan, self.a)
        result: FloatArray = -self.d / a[:, None]
        return result

    @cached_property
    def families(self) -> tuple[ItemFamily, ...]:
        """Family of each item's response function."""
        return tuple(FAMILY_OF[model] for model in self.models)

    @property
    def max_scores(self) -> IntArray:
        """(J,) highest scores."""
        result: IntArray = self.n_categories - 1
        return result

    def positions(self, names: Sequence[str]) -> IntArray:
        """Positions of the named items.

        Raises
        ------
        ItemParameterError
            Naming the item that is not here.
        """
        place = {name: index for index, name in enumerate(self.names)}
        missing = [name for name in names if name not in place]
        if missing:
            raise ItemParameterError(f"item {missing[0]!r} has no parameters here")
        return np.array([place[name] for name in names], dtype=np.intp)

    def select(self, names: Sequence[str]) -> Self:
        """The named items, in the order of the names."""
        return self.take(self.positions(names))

    def take(self, positions: IntArray | BoolArray) -> Self:
        """The items at positions, or where a mask holds."""
        index = np.arange(len(self.names))[positions]
        return type(self)(
            names=tuple(self.names[place] for place in index),
            models=tuple(self.models[place] for place in index),
            n_categories=self.n_categories[index],
            a=self.a[index],
            d=self.d[index],
            c=self.c[index],
            u=self.u[index],
            s=self.s[index],
        )

    def transformed(self, slope: float, intercept: float) -> Self:
        """The same items on the scale θ* = slope · θ + intercept, on which every probability stays what it was.

        Raises
        ------
        ItemParameterError
            When the slope is not positive.
        """
        if not slope > 0.0:
            raise ItemParameterError(f"a change of scale needs a positive slope, got {slope}")
        # The intercept of category k moves by its slope: a for one boundary or one step, s_k for a nominal category.
        per_intercept = np.where(np.isnan(self.s), self.a[:, None], self.s)
        return type(self)(
            names=self.names,
            models=self.models,
            n_categories=self.n_categories,
            a=self.a / slope,
            d=self.d - per_intercept * (intercept / slope),
            c=self.c,
            u=self.u,
            s=self.s / slope,
        )

    def to_dict(self) -> list[dict[str, Any]]:
        """One JSON object per item: name, model, and the parameters its model has.

        Intercepts, thresholds and nominal slopes are numbers for an item with two categories, lists for one with more.
        """
        thresholds = self.b
        items: list[dict[str, Any]] = []
        for index, (name, model) in enumerate(zip(self.names, self.models, strict=True)):
            steps = int(self.n_categories[index]) - 1
            item: dict[str, Any] = {"name": name, "model": model, "n_categories": steps + 1}
            if FAMILY_OF[model] == "nominal":
                item["s"] = one_or_many(self.s[index, :steps])
            else:
                item["a"] = float(self.a[index])
            item["d"] = one_or_many(self.d[index, :steps])
            if FAMILY_OF[model] != "nominal":
                item["b"] = one_or_many(thresholds[index, :steps])
            if model in ("3PL", "4PL"):
                item["c"] = float(self.c[index])
            if model == "4PL":
                item["u"] = float(self.u[index])
            items.append(item)
        return items

    @classmethod
    def from_dict(cls, items: Sequence[Mapping[str, Any]]) -> Self:
        """Read what ``to_dict`` wrote; thresholds are derived again from the intercepts."""
        width = max((item["n_categories"] - 1 for item in items), default=1)

        def padded(values: float | Sequence[float]) -> list[float]:
            listed = list(values) if isinstance(values, Sequence) else [values]
            return [*listed, *([np.nan] * (width - len(listed)))]

        return cls(
            names=tuple(item["name"] for item in items),
            models=tuple(item["model"] for item in items),
            n_categories=np.array([item["n_categories"] for item in items], dtype=np.intp),
            a=np.array([item.get("a", np.nan) for item in items], dtype=np.float64),
            d=np.array([padded(item["d"]) for item in items], dtype=np.float64).reshape(len(items), width),
            c=np.array([item.get("c", 0.0) for item in items], dtype=np.float64),
            u=np.array([item.get("u", 1.0) for item in items], dtype=np.float64),
            s=np.array([padded(item.get("s", [])) for item in items], dtype=np.float64).reshape(len(items), width),
        )


def one_or_many(values: FloatArray) -> float | list[float | None] | None:
    """JSON values of an item's parameters of one kind: a number if there is one, else a list; null for not finite."""
    listed = [float(value) if np.isfinite(value) else None for value in values]
    return listed[0] if len(listed) == 1 else listed


def _column(values: ArrayLike, n_items: int) -> NDArray[np.float64]:
    return np.array(np.broadcast_to(np.asarray(values, dtype=np.float64), (n_items,)))
