"""The expected complete-data log-posterior: value, gradient and information, item by item.

By Fisher's identity its gradient at the parameters of the E-step is the gradient of the marginal log-posterior.
"""

from typing import NamedTuple

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.calibration.expectation import Expectation
from exam_engine.psychometrics.calibration.item_curves import curve_derivatives, log_probabilities, predictor_design
from exam_engine.psychometrics.calibration.parameterisation import ItemGroup, Parameterisation
from exam_engine.psychometrics.calibration.priors import Prior, Priors, PriorTerms


class GroupStatistics(NamedTuple):
    """Expected statistics of one item group.

    Attributes
    ----------
    counts : (G, Q) expected candidates at the nodes.
    sufficient : (G, p) statistics that multiply the working parameters of an exponential family; (G, K, Q) expected
        counts by category of other families.
    """

    counts: FloatArray
    sufficient: FloatArray


class Derivatives(NamedTuple):
    """Gradient (G, p) and information (G, p, p) of a group's objective."""

    gradient: FloatArray
    information: FloatArray


def group_statistics(
    layout: Parameterisation, at: Expectation, category_counts: FloatArray
) -> tuple[GroupStatistics, ...]:
    """Statistics of each item group; ``category_counts`` (J, K) are the observed totals."""
    found: list[GroupStatistics] = []
    for group, features in zip(layout.groups, at.features, strict=True):
        counts = at.counts[group.items]
        observed = category_counts[group.items, : group.n_steps + 1]
        if group.kind == "partial":
            at_least = np.cumsum(observed[:, :0:-1], axis=1)[:, ::-1]
            found.append(GroupStatistics(counts, np.hstack([features, at_least])))
        elif group.kind == "nominal":
            found.append(GroupStatistics(counts, np.hstack([features, observed[:, 1:]])))
        else:
            lowest = counts - features.sum(axis=1)
            found.append(GroupStatistics(counts, np.concatenate([lowest[:, None], features], axis=1)))
    return tuple(found)


def intercept_part(layout: Parameterisation, omega: FloatArray, category_counts: FloatArray) -> float:
    """Σ over responses of the intercept part C_j(x_j) of exponential families, which E-steps leave out."""
    total = 0.0
    for group in layout.groups:
        if group.is_exponential:
            design, powers = predictor_design(group)
            constants = (group.working(omega) * (powers == 0)) @ design.T
            total += float((category_counts[group.items, : group.n_steps + 1] * constants).sum())
    return total


def group_objective(
    group: ItemGroup, statistics: GroupStatistics, working: FloatArray, nodes: FloatArray, priors: Priors
) -> FloatArray:
    """(G,) expected log-posterior of each item; −∞ where the parameters are not allowed."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log_p = log_probabilities(group, working, nodes)
        if group.is_exponential:
            value = (statistics.sufficient * working).sum(axis=1) + (statistics.counts * log_p[:, 0]).sum(axis=1)
        else:
            table = statistics.sufficient
            # A node where nobody is expected adds nothing, even if the category is impossible there.
            value = np.where(table == 0.0, 0.0, table * log_p).sum(axis=(1, 2))
    for _, prior in _prior_terms(group, working, priors):
        value = value + prior.value
    allowed = ~np.isnan(value)
    if group.kind == "asymptotes":
        allowed &= working[:, 2] < working[:, 3]
    return np.where(allowed, value, -np.inf)


def group_derivatives(
    group: ItemGroup,
    statistics: GroupStatistics,
    working: FloatArray,
    nodes: FloatArray,
    priors: Priors,
    *,
    exact: bool = False,
) -> Derivatives:
    """Gradient and information of each item.

    The information is the expected one (Fisher scoring), which is positive semi-definite; ``exact`` asks for the
    negative second derivative, which differs for families that are not exponential and for log-normal priors.
    """
    if group.is_exponential:
        gradient, information = _exponential_derivatives(group, statistics, working, nodes)
    else:
        gradient, information = _tabled_derivatives(group, statistics, working, nodes, exact=exact)
    diagonal = np.arange(working.shape[1])
    for index, prior in _prior_terms(group, working, priors):
        gradient[:, index] += prior.slope
        addition = prior.information if exact else np.maximum(prior.information, 0.0)
        information[:, diagonal[index], diagonal[index]] += addition
    return Derivatives(gradient, information)


def log_prior(layout: Parameterisation, omega: FloatArray, priors: Priors) -> float:
    """Log prior density of all free parameters."""
    terms = (
        prior.value.sum() for group in layout.groups for _, prior in _prior_terms(group, group.working(omega), priors)
    )
    return float(sum(terms))


def _prior_terms(group: ItemGroup, working: FloatArray, priors: Priors) -> list[tuple[int, PriorTerms]]:
    """(parameter, (G,) terms) for each parameter of the group that has a prior; zero for items it does not touch."""
    found: list[tuple[int, PriorTerms]] = []
    for index, kind in enumerate(group.parameter_kinds):
        prior: Prior | None = getattr(priors, kind)
        if prior is not None:
            counts = group.takes_prior[:, index]
            found.append((index, PriorTerms(*(np.where(counts, part, 0.0) for part in prior.terms(working[:, index])))))
    return found


def _exponential_derivatives(
    group: ItemGroup, statistics: GroupStatistics, working: FloatArray, nodes: FloatArray
) -> tuple[FloatArray, FloatArray]:
    design, powers = predictor_design(group)
    n_parameters = powers.size
    # Means and products of the predictor's parts under the item's probabilities, (G, Q, p) and (G, Q, p²).
    p = np.exp(log_probabilities(group, working, nodes)).transpose(0, 2, 1)
    mean = p @ design
    products = (design[:, :, None] * design[:, None, :]).reshape(design.shape[0], -1)
    covariance = p @ products - (mean[:, :, :, None] * mean[:, :, None, :]).reshape(*mean.shape[:2], -1)
    scaled = nodes[:, None] ** powers
    mean *= scaled
    covariance *= (scaled[:, :, None] * scaled[:, None, :]).reshape(nodes.size, -1)
    counts = statistics.counts[:, None, :]
    gradient = statistics.sufficient - (counts @ mean)[:, 0]
    information = (counts @ covariance)[:, 0].reshape(-1, n_parameters, n_parameters)
    return gradient, information


def _tabled_derivatives(
    group: ItemGroup, statistics: GroupStatistics, working: FloatArray, nodes: FloatArray, *, exact: bool
) -> tuple[FloatArray, FloatArray]:
    p, first, second = curve_derivatives(group, working, nodes, second=exact)
    table = statistics.sufficient
    safe = np.maximum(p, np.finfo(np.float64).tiny)
    relative = first / safe[..., None]
    gradient = np.einsum("gkq,gkqp->gp", table, relative)
    if second is None:
        weight = statistics.counts[:, None] * p
        information = np.einsum("gkq,gkqp,gkqr->gpr", weight, relative, relative, optimize=True)
    else:
        information = np.einsum("gkq,gkqp,gkqr->gpr", table, relative, relative, optimize=True)
        information -= np.einsum("gkq,gkqpr->gpr", table / safe, second)
    return gradient, information
