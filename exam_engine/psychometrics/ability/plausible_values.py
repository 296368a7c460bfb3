"""Plausible values: random draws from each candidate's posterior, for questions about groups rather than persons.

A point estimate distorts the spread of a group; the draws do not. Compute the statistic once with each set of draws and
combine the results.

References
----------
Mislevy (1991), Psychometrika 56, 177–196; von Davier, Gonzalez & Mislevy (2009), IERI Monograph Series 2, 9–36; Rubin
(1987), *Multiple Imputation for Nonresponse in Surveys*, ch. 3 (combining).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from exam_engine.psychometrics.ability.errors import ScoringError, items_of, normal_priors
from exam_engine.psychometrics.ability.posterior import cumulative_posteriors, fine_spacing, log_weights, refined
from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.responses import ResponseMatrix

_SDS_COVERED = 6.0
_MOST_NODES = 20_001


def draw_plausible_values(
    rng: np.random.Generator,
    responses: ResponseMatrix,
    items: ItemParameters,
    prior: Quadrature | None = None,
    *,
    n_draws: int = 5,
) -> FloatArray:
    """Draw abilities from the posterior under one prior for all.

    The posterior density is evaluated at nodes a sixteenth of a standard deviation apart, taken as straight between
    them, and inverted exactly.

    Parameters
    ----------
    rng : source of randomness.
    responses : N candidates; columns are matched with the items by name.
    items : parameters of at least these columns.
    prior : distribution of ability in the group the candidates come from; standard normal when None. Analyses of
        subgroups need a prior for each (call once per group), or ``draw_conditioned_values``.
    n_draws : D.

    Returns
    -------
    (N, D) logits.

    Raises
    ------
    ScoringError
        ``no_parameters`` or ``score_outside``; ``too_few`` for no draws.
    """
    own = items_of(responses, items)
    density = prior if prior is not None else normal_quadrature()
    spacing = fine_spacing(responses, own, density.nodes, density.sd)
    density = refined(density, int(np.ceil(density.spacing / spacing)))
    log_prior = log_weights(density)
    return _draw(rng, responses, own, density.nodes, lambda _: log_prior, n_draws)


def draw_conditioned_values(
    rng: np.random.Generator,
    responses: ResponseMatrix,
    items: ItemParameters,
    *,
    prior_mean: ArrayLike,
    prior_sd: ArrayLike,
    n_draws: int = 5,
) -> FloatArray:
    """Draw abilities where each candidate has a normal prior of one's own.

    Parameters
    ----------
    rng, responses, items, n_draws : as for ``draw_plausible_values``.
    prior_mean : (N,) means, such as those of each one's group or of a regression on background variables. Every
        variable of a later analysis must be in that regression, else its effects come out too small.
    prior_sd : (N,) or one number, the (residual) standard deviation.

    Raises
    ------
    ScoringError
        As for ``draw_plausible_values``; ``bad_prior`` naming the row whose prior is no distribution.
    """
    own = items_of(responses, items)
    mean, sd = normal_priors(responses, prior_mean, prior_sd)
    if not mean.size:
        return np.empty((0, n_draws))
    low, high = float((mean - _SDS_COVERED * sd).min()), float((mean + _SDS_COVERED * sd).max())
    spacing = fine_spacing(responses, own, np.linspace(low, high, 201), float(sd.min()))
    n_nodes = int(np.ceil((high - low) / spacing)) + 1
    if n_nodes > _MOST_NODES:
        raise ScoringError(
            "bad_prior",
            f"priors from {low:.1f} to {high:.1f} logits need {n_nodes} nodes; draw for groups of like priors by turns",
            n_nodes=n_nodes,
        )
    nodes = np.linspace(low, high, n_nodes)

    def log_prior(rows: IntArray) -> FloatArray:
        result: FloatArray = -0.5 * ((nodes - mean[rows, None]) / sd[rows, None]) ** 2
        return result

    return _draw(rng, responses, own, nodes, log_prior, n_draws)


def _draw(
    rng: np.random.Generator,
    responses: ResponseMatrix,
    items: ItemParameters,
    nodes: FloatArray,
    log_prior: Callable[[IntArray], FloatArray],
    n_draws: int,
) -> FloatArray:
    if n_draws < 1:
        raise ScoringError("too_few", f"at least one draw is needed, got {n_draws}")
    values = np.empty((responses.scores.shape[0], n_draws))
    for block, posterior in cumulative_posteriors(responses.scores, items, nodes, log_prior):
        values[block] = posterior.position_of(rng.random(values[block].shape))
    result: FloatArray = nodes[0] + (nodes[1] - nodes[0]) * values
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledEstimate:
    """A statistic from D sets of plausible values.

    Attributes
    ----------
    estimate : mean over the sets.
    within : mean sampling variance.
    between : variance over the sets, which measurement error adds.
    variance : total, within + (1 + 1/D) between.
    degrees_of_freedom : of Student's t for an interval; ∞ when the sets agree.
    """

    estimate: float
    within: float
    between: float
    variance: float
    degrees_of_freedom: float

    @property
    def standard_error(self) -> float:
        """Square root of the total variance."""
        return float(np.sqrt(self.variance))

    def to_dict(self) -> dict[str, float | None]:
        """The figures as a JSON object; unlimited degrees of freedom are null."""
        freedom = self.degrees_of_freedom
        return {
            "estimate": self.estimate,
            "standard_error": self.standard_error,
            "within": self.within,
            "between": self.between,
            "variance": self.variance,
            "degrees_of_freedom": freedom if np.isfinite(freedom) else None,
        }


def combine_plausible_values(estimates: ArrayLike, variances: ArrayLike) -> PooledEstimate:
    """Combine a statistic computed with each of D ≥ 2 sets of plausible values (Rubin's rules).

    Parameters
    ----------
    estimates, variances : (D,) the statistic and its sampling variance in each set.

    Raises
    ------
    ScoringError
        ``too_few`` for fewer than two sets, whose spread would be unknown; ``not_finite`` for values that are no
        numbers or variances below 0.
    """
    statistic, sampling = np.asarray(estimates, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    if statistic.ndim != 1 or statistic.shape != sampling.shape or statistic.size < 2:
        raise ScoringError("too_few", "combining needs one estimate and one variance from each of two or more sets")
    if not (np.isfinite(statistic).all() and np.isfinite(sampling).all() and (sampling >= 0.0).all()):
        raise ScoringError("not_finite", "estimates must be finite and their variances finite and not negative")
    within, between = float(sampling.mean()), float(statistic.var(ddof=1))
    added = (1.0 + 1.0 / statistic.size) * between
    freedom = (statistic.size - 1) * (1.0 + within / added) ** 2 if added > 0.0 else float("inf")
    return PooledEstimate(
        estimate=float(statistic.mean()),
        within=within,
        between=between,
        variance=within + added,
        degrees_of_freedom=freedom,
    )
