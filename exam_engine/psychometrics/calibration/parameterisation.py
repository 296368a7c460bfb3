"""Working parameters of the items, and how the free parameters of a model move them.

Items of one kind with equally many categories form an item group; its working parameters ω are a (G, p) table. A
model's ties (a common slope, common rating-scale steps) and fixed values are one sparse linear map, ω = B φ + ω₀, from
the free parameters φ.

=============  ==========================================  ==============================
kind           working parameters                          models
=============  ==========================================  ==============================
partial        a, d₁ … d_m                                 2PL, GPCM; tied: 1PL, PCM, RSM
nominal        s₁ … s_m, d₁ … d_m                          NRM
lower          a, d, logit c                               3PL
asymptotes     a, d, logit c, logit u                      4PL
graded         a, d₁ > … > d_m                             GRM
=============  ==========================================  ==============================
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit, logit

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.item_parameters import ItemModel, ItemParameters

Kind = Literal["partial", "nominal", "lower", "asymptotes", "graded"]
ParameterKind = Literal["slope", "intercept", "lower", "upper"]

_KIND_OF: Final[Mapping[ItemModel, Kind]] = {
    "Rasch": "partial",
    "1PL": "partial",
    "2PL": "partial",
    "3PL": "lower",
    "4PL": "asymptotes",
    "PCM": "partial",
    "GPCM": "partial",
    "RSM": "partial",
    "GRM": "graded",
    "NRM": "nominal",
}
FARTHEST_LOGIT: Final = 30.0
"""Logit that stands for an asymptote of exactly 0 or 1; its distance from them is 1e-13."""
COMMON_SLOPE: Final[frozenset[ItemModel]] = frozenset({"1PL", "PCM", "RSM"})
"""Models whose items share one slope."""


@dataclass(frozen=True, eq=False)
class ItemGroup:
    """Items of one kind with the same number of score steps.

    Attributes
    ----------
    kind, n_steps : what they have in common; K = n_steps + 1.
    items : (G,) their positions among all items.
    place : where their working parameters lie in ω, item by item.
    parameter_kinds : what each of an item's p working parameters is.
    is_free : (G, p) whether the parameter is estimated.
    takes_prior : (G, p) whether a prior counts here: the parameter is free and no item before shares it.
    """

    kind: Kind
    n_steps: int
    items: IntArray
    place: slice
    parameter_kinds: tuple[ParameterKind, ...]
    is_free: BoolArray
    takes_prior: BoolArray

    @property
    def is_exponential(self) -> bool:
        """Whether log-probabilities are linear in ω up to a constant, so that few statistics are sufficient."""
        return self.kind in ("partial", "nominal")

    def working(self, omega: FloatArray) -> FloatArray:
        """(G, p) working parameters of these items."""
        return omega[self.place].reshape(self.items.size, -1)


@dataclass(frozen=True, eq=False)
class Parameterisation:
    """All items' working parameters and the free parameters behind them.

    Attributes
    ----------
    groups : item groups in the order of ω.
    names, models, n_categories : of all J items.
    basis : (W, P) sparse B; offset : (W,) ω₀.
    owner : (W,) position of the item that each working parameter belongs to.
    is_fixed : (J,) items whose parameters are all given.
    has_unit_slopes : whether common slopes are held at 1, so that the spread of ability is to be estimated.
    """

    groups: tuple[ItemGroup, ...]
    names: tuple[str, ...]
    models: tuple[ItemModel, ...]
    n_categories: IntArray
    basis: csr_array
    offset: FloatArray
    owner: IntArray
    is_fixed: BoolArray
    has_unit_slopes: bool

    @property
    def n_free(self) -> int:
        """Number of free parameters P."""
        return int(self.basis.shape[1])

    def omega(self, phi: FloatArray) -> FloatArray:
        """(W,) working parameters at free parameters (P,)."""
        result: FloatArray = self.basis @ phi + self.offset
        return result

    def pull_back(self, gradient: FloatArray) -> FloatArray:
        """(P,) derivative with respect to the free parameters of what has derivative (W,) with respect to ω."""
        result: FloatArray = self.basis.T @ gradient
        return result

    @property
    def has_ties(self) -> bool:
        """Whether some free parameter moves more than one working parameter."""
        return bool(self.basis.nnz > self.n_free)

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        """What each of the W working parameters is."""
        return tuple(kind for group in self.groups for _ in group.items for kind in group.parameter_kinds)

    def free_kinds(self) -> tuple[ParameterKind, ...]:
        """What each of the P free parameters is, by the first working parameter it moves."""
        columns = self.basis.tocsc()
        kinds = self.parameter_kinds
        return tuple(kinds[columns.indices[columns.indptr[free]]] for free in range(self.n_free))

    def item_parameters(self, omega: FloatArray) -> ItemParameters:
        """Items at working parameters (W,)."""
        n_items, width = len(self.names), int(self.n_categories.max()) - 1
        a, c, u = np.full(n_items, np.nan), np.zeros(n_items), np.ones(n_items)
        d, s = np.full((n_items, width), np.nan), np.full((n_items, width), np.nan)
        for group in self.groups:
            working, steps = group.working(omega), group.n_steps
            if group.kind == "nominal":
                s[group.items, :steps], d[group.items, :steps] = working[:, :steps], working[:, steps:]
                continue
            a[group.items] = working[:, 0]
            d[group.items, :steps] = working[:, 1 : 1 + steps]
            if group.kind in ("lower", "asymptotes"):
                c[group.items] = expit(working[:, 2])
            if group.kind == "asymptotes":
                u[group.items] = expit(working[:, 3])
        return ItemParameters(
            names=self.names, models=self.models, n_categories=self.n_categories, a=a, d=d, c=c, u=u, s=s
        )


def parameterise(
    names: tuple[str, ...],
    models: tuple[ItemModel, ...],
    n_categories: IntArray,
    fixed: ItemParameters | None,
    *,
    unit_slopes: bool = False,
) -> Parameterisation:
    """Lay out the working parameters of items, tie and fix them as their models and ``fixed`` demand.

    Parameters
    ----------
    fixed : items whose parameters are given; those of them among ``names`` are held at these values.
    unit_slopes : whether 1PL, PCM and RSM items have slope 1, as Rasch items always have, instead of a common one.
    """
    builder = _TieBuilder(unit_slopes=unit_slopes)
    groups: list[ItemGroup] = []
    owner: list[int] = []
    kinds = np.array([_KIND_OF[model] for model in models])
    for kind in dict.fromkeys(_KIND_OF[model] for model in models):
        for n_categories_here in np.unique(n_categories[kinds == kind]).tolist():
            items = np.flatnonzero((kinds == kind) & (n_categories == n_categories_here))
            parameter_kinds = _parameter_kinds(kind, n_categories_here - 1)
            first = len(builder.offset)
            for item in items.tolist():
                held = fixed.select([names[item]]) if fixed is not None and names[item] in fixed.names else None
                if held is None:
                    builder.add_item(item, models[item], n_categories_here - 1, len(parameter_kinds))
                else:
                    builder.add_fixed(_working_values(kind, n_categories_here - 1, held))
                owner.extend([item] * len(parameter_kinds))
            place = slice(first, len(builder.offset))
            shape = (items.size, len(parameter_kinds))
            groups.append(
                ItemGroup(
                    kind=kind,
                    n_steps=n_categories_here - 1,
                    items=items,
                    place=place,
                    parameter_kinds=parameter_kinds,
                    is_free=np.array(builder.is_free[place]).reshape(shape),
                    takes_prior=np.array(builder.takes_prior[place]).reshape(shape),
                )
            )
    given = set() if fixed is None else set(fixed.names)
    return Parameterisation(
        groups=tuple(groups),
        names=names,
        models=models,
        n_categories=n_categories,
        basis=builder.basis(),
        offset=np.array(builder.offset),
        owner=np.array(owner, dtype=np.intp),
        is_fixed=np.array([name in given for name in names], dtype=np.bool_),
        has_unit_slopes=unit_slopes
        or any(model == "Rasch" and name not in given for name, model in zip(names, models, strict=True)),
    )


class _TieBuilder:
    """Collects the rows of ω = B φ + ω₀ one working parameter at a time."""

    def __init__(self, *, unit_slopes: bool) -> None:
        self._given_slope = COMMON_SLOPE | {"Rasch"} if unit_slopes else {"Rasch"}
        self.offset: list[float] = []
        self.is_free: list[bool] = []
        self.takes_prior: list[bool] = []
        self._entries: list[tuple[int, int, float]] = []
        self._shared: dict[tuple[object, ...], int] = {}
        self._n_free = 0

    def add_fixed(self, values: FloatArray) -> None:
        """Rows of parameters that stay what they are."""
        for value in values.tolist():
            self._add_row(value, ())

    def add_item(self, item: int, model: ItemModel, n_steps: int, width: int) -> None:
        """Rows of one item's parameters as its model ties them."""
        for position in range(width):
            if position == 0 and model in self._given_slope:
                self._add_row(1.0, ())
            elif position == 0 and model in COMMON_SLOPE:
                self._add_row(0.0, ((("slope",), 1.0),))
            elif model == "RSM":
                # d_v = location of the item + step v, which all rating-scale items share and which sum to zero.
                is_last = position == n_steps
                steps = range(1, n_steps) if is_last else (position,)
                shared = tuple((("step", n_steps, step), -1.0 if is_last else 1.0) for step in steps)
                self._add_row(0.0, ((("location", item), 1.0), *shared))
            else:
                self._add_row(0.0, (((item, position), 1.0),))

    def basis(self) -> csr_array:
        """Sparse B of all rows."""
        rows, columns, values = zip(*self._entries, strict=True) if self._entries else ((), (), ())
        return csr_array((values, (rows, columns)), shape=(len(self.offset), self._n_free), dtype=np.float64)

    def _add_row(self, offset: float, terms: tuple[tuple[tuple[object, ...], float], ...]) -> None:
        is_new = False
        for key, value in terms:
            if key not in self._shared:
                self._shared[key] = self._n_free
                self._n_free += 1
                is_new = True
            self._entries.append((len(self.offset), self._shared[key], value))
        self.offset.append(offset)
        self.is_free.append(bool(terms))
        self.takes_prior.append(is_new and len(terms) == 1)


def working_values(layout: Parameterisation, items: ItemParameters) -> FloatArray:
    """(W,) working parameters of items in the order of the layout; asymptotes at 0 and 1 as near as logits get."""
    omega = np.empty(layout.offset.size)
    for group in layout.groups:
        omega[group.place] = _working_values(group.kind, group.n_steps, items.take(group.items))
    return omega


def _working_values(kind: Kind, n_steps: int, items: ItemParameters) -> FloatArray:
    intercepts = items.d[:, :n_steps]
    if kind == "nominal":
        table = [items.s[:, :n_steps], intercepts]
    else:
        table = [items.a[:, None], intercepts]
        if kind in ("lower", "asymptotes"):
            table.append(_bounded_logit(items.c)[:, None])
        if kind == "asymptotes":
            table.append(_bounded_logit(items.u)[:, None])
    return np.hstack(table).ravel()


def _bounded_logit(probability: FloatArray) -> FloatArray:
    result: FloatArray = np.clip(logit(probability), -FARTHEST_LOGIT, FARTHEST_LOGIT)
    return result


def _parameter_kinds(kind: Kind, n_steps: int) -> tuple[ParameterKind, ...]:
    slope: ParameterKind = "slope"
    intercept: ParameterKind = "intercept"
    intercepts = (intercept,) * n_steps
    if kind == "nominal":
        return (slope,) * n_steps + intercepts
    asymptotes: Mapping[Kind, tuple[ParameterKind, ...]] = {"lower": ("lower",), "asymptotes": ("lower", "upper")}
    return (slope, *intercepts, *asymptotes.get(kind, ()))
