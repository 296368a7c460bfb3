"""An adaptive test: a pool and settings, checked against each other and compiled into tables."""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Final, NamedTuple, Self

import numpy as np

from exam_engine.psychometrics.adaptive.errors import AdaptiveTestError
from exam_engine.psychometrics.adaptive.exposure import ExposureControl, ItemEligibility, RestrictedRate, SympsonHetter
from exam_engine.psychometrics.adaptive.pool import AdaptivePool
from exam_engine.psychometrics.adaptive.settings import AdaptiveSettings, Criterion, Estimator, SequentialRatioRule
from exam_engine.psychometrics.adaptive.tables import GridTables
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.response_functions import category_log_probabilities, fisher_information

_LEAST_NODES = 61
_PRIOR_REACH = 6.0
"""Standard deviations of the prior that the grid covers on either side."""
_SPACING_PER_ERROR = 1.25
"""Spacing in units of the smallest standard error; the rule's error in a posterior mean is then below 1e-5 of it."""
_SPACING_PER_SLOPE = 0.25
"""Spacing times a steep slope at which interpolation of a log-likelihood's slope is accurate."""
_LOWEST_LOG = -1e8
_OF_LIKELIHOOD = ("log_probability", "log_slope", "information")
_TABLES_OF_ESTIMATOR: Final[Mapping[Estimator, tuple[str, ...]]] = {
    "EAP": (),
    "MAP": _OF_LIKELIHOOD,
    "MLE": _OF_LIKELIHOOD,
    "WLE": (*_OF_LIKELIHOOD, "skew"),
}
_TABLES_OF_CRITERION: Final[Mapping[Criterion, tuple[str, ...]]] = {
    "MFI": (),
    "MPWI": ("information",),
    "KL": ("log_integral",),
    "KLP": ("log_by_node",),
    "MEPV": ("node_products",),
    "MEPV_at_estimate": ("node_products",),
}


class BinOrders(NamedTuple):
    """Items in the order of the criterion for bins of the estimate; M items in the largest area.

    Attributes
    ----------
    items : (bins · A, M) positions, best first; J beyond the items of an area.
    made : (bins,) whether the bin's orders have been made.
    """

    items: IntArray
    made: BoolArray


class AdaptiveTest:
    """A test that can be given to candidates and simulated.

    Parameters
    ----------
    pool : J items.
    settings : rules of selection, estimation and stopping.

    Attributes
    ----------
    prior : distribution of ability on the Q nodes at which all posteriors are held.
    area_of : (J,) content area of each item; all 0 when content is left alone.
    quota : (A,) items of each content area in a test of the maximum length; largest remainders of the targets.
    share : (A,) content targets.
    position_of : position in the pool by item name.
    tables : response functions at the nodes.
    orders : items in the order of the criterion, by number of items given, as simulations have needed them.

    Raises
    ------
    AdaptiveTestError
        ``pool_too_small``, ``bad_content`` for targets of areas that the pool does not have or cannot fill, or
        ``bad_exposure`` for probabilities of another number of items.
    """

    def __init__(self, pool: AdaptivePool, settings: AdaptiveSettings) -> None:
        n_items = len(pool.items)
        if n_items < settings.maximum_length:
            raise AdaptiveTestError(
                "pool_too_small",
                f"the pool has {n_items} items, tests have up to {settings.maximum_length}; shorten the test",
                items=n_items,
            )
        _check_exposure(settings.exposure, n_items)
        self.pool, self.settings = pool, settings
        self.prior: Quadrature = _ability_grid(pool.items, settings)
        self.share, self.quota = _content(pool, settings)
        self.area_of: IntArray = pool.area_of if settings.content_targets is not None else np.zeros(n_items, np.intp)
        self.position_of = {name: item for item, name in enumerate(pool.items.names)}
        self.tables = GridTables(pool.items, self.prior.nodes)
        self.orders: dict[int, BinOrders] = {}
        for name in (*_TABLES_OF_CRITERION[settings.criterion], *_TABLES_OF_ESTIMATOR[settings.estimator]):
            # Tables are computed when first looked at; no candidate shall wait for them.
            getattr(self.tables, name)

    def with_exposure(self, control: ExposureControl | None) -> Self:
        """The same test under another exposure control; the tables are shared."""
        _check_exposure(control, len(self.pool.items))
        other = copy(self)
        other.settings = replace(self.settings, exposure=control)
        return other

    @property
    def record_control(self) -> ItemEligibility | RestrictedRate | None:
        """The exposure control if it is one that counts earlier candidates."""
        control = self.settings.exposure
        return control if isinstance(control, ItemEligibility | RestrictedRate) else None

    @property
    def n_segments(self) -> int:
        """Segments of ability that exposure control keeps apart."""
        return len(self.settings.segment_bounds) + 1

    @property
    def start(self) -> float:
        """Ability at which the first item is selected."""
        return self.settings.prior_mean if self.settings.start is None else self.settings.start

    @cached_property
    def log_ratio(self) -> FloatArray:
        """(J·K, C) what each response adds to the log-likelihood ratio of above against below each cut."""
        rule = self.settings.classification
        if not isinstance(rule, SequentialRatioRule):
            return np.zeros((len(self.pool.items) * self.tables.n_categories, 0))
        cuts = np.array(rule.cuts)
        above, below = (
            np.maximum(category_log_probabilities(cuts + side * rule.half_width, self.pool.items), _LOWEST_LOG)
            for side in (1.0, -1.0)
        )
        return (above - below).transpose(1, 2, 0).reshape(-1, cuts.size)


def _check_exposure(control: ExposureControl | None, n_items: int) -> None:
    if isinstance(control, SympsonHetter) and control.probabilities.shape[1] != n_items:
        raise AdaptiveTestError(
            "bad_exposure",
            f"Sympson–Hetter probabilities of {control.probabilities.shape[1]} items, but the pool has {n_items}",
        )


def _ability_grid(items: ItemParameters, settings: AdaptiveSettings) -> Quadrature:
    """Nodes over the prior, as close as the most precise test and, for likelihoods, the steepest items need."""
    mean, sd = settings.prior_mean, settings.prior_sd
    lower, upper = mean - _PRIOR_REACH * sd, mean + _PRIOR_REACH * sd
    if settings.estimator in ("MLE", "WLE"):
        # These look where the prior does not.
        lower, upper = min(lower, settings.fences[0]), max(upper, settings.fences[1])
    information = fisher_information(np.linspace(lower, upper, _LEAST_NODES), items)
    best = np.sort(information, axis=1)[:, -settings.maximum_length :].sum(axis=1).max()
    spacing = min((upper - lower) / (_LEAST_NODES - 1), _SPACING_PER_ERROR / float(np.sqrt(best + sd**-2.0)))
    if settings.estimator != "EAP":
        slopes = np.where(np.isnan(items.a), np.abs(np.nan_to_num(items.s)).max(axis=1), np.abs(items.a))
        steep = float(np.quantile(slopes, 0.95))
        spacing = min(spacing, _SPACING_PER_SLOPE / steep) if steep > 0.0 else spacing
    n_nodes = int(np.ceil((upper - lower) / spacing * (1.0 - 1e-12))) + 1
    return normal_quadrature(n_nodes, lower, upper, mean=mean, sd=sd)


def _content(pool: AdaptivePool, settings: AdaptiveSettings) -> tuple[FloatArray, IntArray]:
    """Shares and quotas of the areas; without targets one quota that never binds."""
    targets = settings.content_targets
    if targets is None:
        return np.ones(1), np.array([settings.maximum_length])
    unknown = sorted(set(targets) - set(pool.area_names))
    if unknown:
        raise AdaptiveTestError(
            "bad_content",
            f"the pool has no content area {unknown[0]!r}; its areas are {', '.join(pool.area_names)}",
            area=unknown[0],
        )
    share = np.array([targets.get(name, 0.0) for name in pool.area_names])
    exact = share * settings.maximum_length
    quota = np.floor(exact + 1e-9).astype(np.intp)
    missing = settings.maximum_length - int(quota.sum())
    quota[np.argsort(quota - exact, kind="stable")[:missing]] += 1
    supply = np.bincount(pool.area_of, minlength=share.size)
    if (quota > supply).any():
        area = int(np.argmax(quota > supply))
        raise AdaptiveTestError(
            "bad_content",
            f"content area {pool.area_names[area]!r} has {supply[area]} items, a test needs {quota[area]}",
            area=pool.area_names[area],
        )
    return share, quota
