"""RMSD and MD: how far the curve that the responses draw lies from the model's, and whether that can be chance.

The empirical curve of item j at node q is the posterior-weighted mean score Σ_i h_iq x_ij / Σ_i h_iq. Each deviation
r_q from the model's curve is a mean of h_iq (x_ij − E x_j(θ_q)), whose expectation is zero under the model; estimated
parameters pull the deviations together by their regression on the candidates' score functions (by the information
equality), which gives their covariance V without any simulation. Under the model RMSD² = Σ f_q r_q² is then a weighted
sum of chi-squares with mean tr(FV): that mean is the bias, and the sum is referred to a scaled chi-square.

References
----------
Köhler, Robitzsch & Hartig (2020), Journal of Educational and Behavioral Statistics 45, 251–273 (bias of RMSD); OECD
(2017), *PISA 2015 Technical Report*, ch. 9 (RMSD and MD); Satterthwaite (1946), Biometrics Bulletin 2, 110–114.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import chi2, norm

from exam_engine.psychometrics.ability.errors import items_of
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.fit.booklets import AbilityDensity, densities_by_group
from exam_engine.psychometrics.fit.chi_squares import adjusted, json_number
from exam_engine.psychometrics.fit.errors import FitError
from exam_engine.psychometrics.fit.free_parameters import (
    DensityParameter,
    density_columns,
    free_densities,
    free_parameters,
    natural_parameters,
    probability_derivatives,
)
from exam_engine.psychometrics.fit.posterior import posterior_blocks
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.response_functions import category_curves, expected_item_scores
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class CurveDeviations:
    """Deviations of empirical from model curves of J items, in shares of the item's highest score.

    Parameters
    ----------
    item_names : J names.
    rmsd, p, p_adjusted : (J,) root of the mean squared deviation over the ability density and its test.
    rmsd_corrected : (J,) √max(RMSD² − bias, 0), what is left beyond what chance alone would give.
    md, md_se, md_p : (J,) mean deviation, positive where the item is easier than its curve, its standard error and
        two-sided test.
    nodes : (Q,) abilities.
    observed, expected : (J, Q) empirical and model curves; NaN where nobody's posterior reaches.
    standard_errors : (J, Q) of the deviations, NaN likewise.
    n_candidates : (J,) candidates who saw the item, by weight.
    """

    item_names: tuple[str, ...]
    rmsd: FloatArray
    p: FloatArray
    p_adjusted: FloatArray
    rmsd_corrected: FloatArray
    md: FloatArray
    md_se: FloatArray
    md_p: FloatArray
    nodes: FloatArray
    observed: FloatArray
    expected: FloatArray
    standard_errors: FloatArray
    n_candidates: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """JSON values, one object per item with its curve."""
        columns = ("rmsd", "p", "p_adjusted", "rmsd_corrected", "md", "md_se", "md_p", "n_candidates")
        curves = ("observed", "expected", "standard_errors")
        return {
            "nodes": self.nodes.tolist(),
            "items": [
                {
                    "name": name,
                    **{column: json_number(getattr(self, column)[item]) for column in columns},
                    **{curve: [json_number(value) for value in getattr(self, curve)[item]] for curve in curves},
                }
                for item, name in enumerate(self.item_names)
            ],
        }


def rmsd(
    responses: ResponseMatrix,
    items: ItemParameters,
    ability: Quadrature | None = None,
    *,
    fixed: Sequence[str] = (),
    free_density: Sequence[DensityParameter] | None = None,
    parameter_design: FloatArray | None = None,
) -> CurveDeviations:
    """RMSD and MD of each item with their tests, candidates of one group.

    Parameters
    ----------
    responses : (N, J) responses.
    items : parameters of these items, matched by name.
    ability : density of ability of the group, standard normal by default.
    fixed : items whose parameters were not estimated from these responses, as in a comparison of a group or a year with
        parameters of a bank; all of them when nothing was estimated.
    free_density : whether "mean" and "sd" of ability were estimated from these responses; by default neither when all
        items are fixed, both when some are, else the spread if all slopes are fixed at one.
    parameter_design : (T, P) derivatives of all natural parameters in the free ones, when models and ``fixed`` do not
        say it.

    Raises
    ------
    FitError
        ``options_differ``.
    ScoringError
        ``no_parameters``, ``score_outside``.
    """
    return _deviations(responses, items, ability, None, fixed, free_density, parameter_design)[None]


def rmsd_by_group(
    responses: ResponseMatrix,
    items: ItemParameters,
    ability: Mapping[str, Quadrature] | Quadrature | None = None,
    *,
    groups: Sequence[str],
    fixed: Sequence[str] = (),
    free_density: Sequence[DensityParameter] | None = None,
    parameter_design: FloatArray | None = None,
) -> dict[str, CurveDeviations]:
    """RMSD and MD of each item in each group against parameters common to all groups.

    Parameters
    ----------
    responses, items, fixed, parameter_design : as in ``rmsd``.
    ability : density of ability of each group by name, or one for all.
    groups : N names of groups.
    free_density : what was estimated in every group but the first; both by default unless all items are fixed.

    Raises
    ------
    FitError
        ``groups_differ``, ``options_differ``.
    ScoringError
        ``no_parameters``, ``score_outside``.
    """
    found = _deviations(responses, items, ability, groups, fixed, free_density, parameter_design)
    return {str(name): curves for name, curves in found.items()}


class _Sums(NamedTuple):
    """Sums over the candidates of one group: of posteriors, deviations, their products, and score functions."""

    mass: FloatArray
    total: FloatArray
    within: FloatArray
    shared: FloatArray
    information: FloatArray
    n_candidates: FloatArray


def _deviations(
    responses: ResponseMatrix,
    items: ItemParameters,
    ability: AbilityDensity,
    groups: Sequence[str] | None,
    fixed: Sequence[str],
    free_density: Sequence[DensityParameter] | None,
    parameter_design: FloatArray | None,
) -> dict[str | None, CurveDeviations]:
    items = items_of(responses, items)
    densities = densities_by_group(ability, groups)
    if groups is not None and len(groups) != responses.scores.shape[0]:
        raise FitError("groups_differ", f"{len(groups)} groups for {responses.scores.shape[0]} rows of responses")
    design = free_parameters(items, fixed).design if parameter_design is None else parameter_design
    sizes = [len(names) for names in natural_parameters(items)]
    if design.shape[0] != sum(sizes):
        raise FitError("options_differ", f"parameter_design has {design.shape[0]} rows, expected {sum(sizes)}")
    free = free_densities(items, fixed, list(densities), free_density)
    label = None if groups is None else np.asarray(groups, dtype=object)
    sums = {
        name: _sums(
            responses,
            items,
            density,
            np.arange(responses.scores.shape[0]) if label is None else np.flatnonzero(label == name),
            _with_density(design, sizes, density_columns(free, name)),
        )
        for name, density in densities.items()
    }
    information = np.sum([part.information for part in sums.values()], axis=0)
    # Directions that the responses do not determine have no influence on the deviations.
    inverse = np.linalg.pinv(information, hermitian=True) if information.size else information
    return {name: _tests(items, densities[name], part, inverse) for name, part in sums.items()}


def _with_density(design: FloatArray, sizes: Sequence[int], columns: FloatArray) -> FloatArray:
    """Rows of every item's natural parameters, each item followed by location and spread of ability."""
    parts = np.split(design, np.cumsum(sizes)[:-1])
    empty = np.zeros((2, design.shape[1]))
    return np.concatenate(
        [np.block([[part, np.zeros((len(part), columns.shape[1]))], [empty, columns]]) for part in parts]
    )


def _sums(
    responses: ResponseMatrix, items: ItemParameters, density: Quadrature, rows: IntArray, design: FloatArray
) -> _Sums:
    n_items, n_nodes, n_free = len(items), density.nodes.size, design.shape[1]
    model = expected_item_scores(density.nodes, items)
    log_derivatives = _log_derivatives(density, items)
    mass, total = np.zeros((2, n_items, n_nodes))
    within = np.zeros((n_items, n_nodes, n_nodes))
    shared = np.zeros((n_items, n_nodes, n_free))
    information = np.zeros((n_free, n_free))
    whole = rows.size == responses.scores.shape[0]
    group_scores = responses.scores if whole else responses.scores[rows]
    group_weights = responses.weights[rows]
    for block, posterior in posterior_blocks(group_scores, items, density):
        scores, weights = group_scores[block], group_weights[block]
        gradient = _score_functions(scores, posterior, log_derivatives) @ design
        weighted_gradient = gradient * weights[:, None]
        information += weighted_gradient.T @ gradient
        for item in range(n_items):
            seen = scores[:, item] != NOT_PRESENTED
            own = posterior[seen]
            deviation = own * (scores[seen, item].astype(np.float64)[:, None] - model[:, item])
            mass[item] += weights[seen] @ own
            total[item] += weights[seen] @ deviation
            within[item] += (deviation * weights[seen, None]).T @ deviation
            shared[item] += deviation.T @ weighted_gradient[seen]
    return _Sums(mass, total, within, shared, information, group_weights @ (group_scores != NOT_PRESENTED))


def _tests(items: ItemParameters, density: Quadrature, sums: _Sums, inverse: FloatArray) -> CurveDeviations:
    model = expected_item_scores(density.nodes, items)
    covariance = sums.within - sums.shared @ inverse @ sums.shared.transpose(0, 2, 1)
    scale_of_node = sums.mass * items.max_scores[:, None]
    reached: BoolArray = scale_of_node > 0.0
    divisor = np.where(reached, scale_of_node, 1.0)
    deviations = np.where(reached, sums.total / divisor, 0.0)
    covariance = np.where(
        reached[:, :, None] & reached[:, None, :], covariance / (divisor[:, :, None] * divisor[:, None, :]), 0.0
    )
    f = density.weights
    square = (deviations**2) @ f
    weighted = covariance * f[:, None]
    mean = np.trace(weighted, axis1=1, axis2=2)
    half_variance = np.einsum("jqr,jrq->j", weighted, weighted)
    seen = (mean > 0.0) & (half_variance > 0.0)
    scale = np.divide(half_variance, mean, out=np.full(len(items), np.nan), where=seen)
    freedom = np.divide(mean**2, half_variance, out=np.full(len(items), np.nan), where=seen)
    p = chi2.sf(square / scale, freedom)
    md, md_se = deviations @ f, np.sqrt(np.maximum(np.einsum("q,jqr,r->j", f, covariance, f), 0.0))
    z = np.divide(md, md_se, out=np.full(len(items), np.nan), where=md_se > 0.0)
    expected = (model / items.max_scores).T
    spread = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 0.0))
    return CurveDeviations(
        item_names=items.names,
        rmsd=np.where(seen, np.sqrt(square), np.nan),
        p=p,
        p_adjusted=adjusted(p),
        rmsd_corrected=np.where(seen, np.sqrt(np.maximum(square - mean, 0.0)), np.nan),
        md=np.where(seen, md, np.nan),
        md_se=np.where(seen, md_se, np.nan),
        md_p=2.0 * norm.sf(np.abs(z)),
        nodes=density.nodes,
        observed=np.where(reached, expected + deviations, np.nan),
        expected=expected,
        standard_errors=np.where(reached, spread, np.nan),
        n_candidates=sums.n_candidates,
    )


def _log_derivatives(density: Quadrature, items: ItemParameters) -> list[FloatArray]:
    """(Q, K_j, t_j + 2) derivatives of log-probabilities in parameters, and in location and spread of ability."""
    p, slope, _ = category_curves(density.nodes, items)
    centred = (density.nodes - density.mean)[:, None]
    parts = []
    for item, part in enumerate(probability_derivatives(density.nodes, items)):
        n_categories = part.shape[1]
        own_slope = slope[:, item, :n_categories]
        gradient = np.concatenate([part, own_slope[:, :, None], (centred * own_slope)[:, :, None]], axis=2)
        own = p[:, item, :n_categories, None]
        parts.append(np.divide(gradient, own, out=np.zeros_like(gradient), where=own > 0.0))
    return parts


def _score_functions(scores: ScoreArray, posterior: FloatArray, log_derivatives: list[FloatArray]) -> FloatArray:
    """(n, T) derivatives of each candidate's marginal log-likelihood in all natural parameters."""
    columns = []
    for item, part in enumerate(log_derivatives):
        n_nodes, n_categories, n_parameters = part.shape
        by_category = (posterior @ part.reshape(n_nodes, -1)).reshape(-1, n_categories, n_parameters)
        own = scores[:, item].astype(np.intp)
        chosen = by_category[np.arange(own.size), np.maximum(own, 0)]
        columns.append(np.where((own != NOT_PRESENTED)[:, None], chosen, 0.0))
    return np.concatenate(columns, axis=1)
