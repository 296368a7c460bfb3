"""Calibration: marginal maximum likelihood estimates of item parameters, with the evidence that they are good."""

import dataclasses
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import Executor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.calibration.block_store import StoredBlocks, store_blocks
from exam_engine.psychometrics.calibration.density import (
    DavidianDensity,
    HistogramDensity,
    LatentDensity,
    NormalDensity,
)
from exam_engine.psychometrics.calibration.design import BlockSource, ResponseBlock, Totals, totals
from exam_engine.psychometrics.calibration.em import EmRun, Point, Problem, Progress, State, run_em
from exam_engine.psychometrics.calibration.errors import CalibrationError
from exam_engine.psychometrics.calibration.expectation import expectation
from exam_engine.psychometrics.calibration.flags import BOUND_FLAGS, FitWarning, item_flags
from exam_engine.psychometrics.calibration.information import score_moments
from exam_engine.psychometrics.calibration.parameterisation import COMMON_SLOPE, Parameterisation, parameterise
from exam_engine.psychometrics.calibration.passes import Passes
from exam_engine.psychometrics.calibration.preparation import Preparation, ResponseRows, matrix_rows, prepare
from exam_engine.psychometrics.calibration.result import CalibrationResult, Certificate, GroupEstimate
from exam_engine.psychometrics.calibration.settings import CalibrationSettings
from exam_engine.psychometrics.calibration.starting import starting_values
from exam_engine.psychometrics.calibration.uncertainty import (
    Uncertainty,
    free_of_bounds,
    invert,
    observed_information,
    uncertainty,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.responses import ResponseMatrix

FEWEST_CANDIDATES: Final = 10
"""Candidates below which nothing is estimated: any figure would be noise."""

_IN_MEMORY_BYTES = 256 * 2**20
_MOST_NODES = 961
_WORST_EDGE_MASS = 1e-3
_SDS_TO_COVER = 4.5
_BLOCKS_PER_SAMPLED_BLOCK = 8
_FEWEST_SAMPLED_BLOCKS, _MOST_SAMPLED_BLOCKS = 12, 48
"""12 blocks of 2,048 candidates give the information to about 2 %, so that a step leaves about 2 % of the error."""
_SAMPLE_ITERATIONS = 22
"""Fewer than the maps before the first Newton step, whose information would be that of all blocks."""
_SAMPLE_TOLERANCE = 1e-4
_HISTOGRAM_SLACK = 100.0
"""By how much the tolerances are wider for a histogram: its weights creep towards a few spikes for ever, while the item
parameters have long settled."""


def calibrate(
    responses: ResponseMatrix | ResponseRows,
    settings: CalibrationSettings | None = None,
    *,
    groups: ArrayLike | None = None,
    fixed: ItemParameters | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
    n_parts: int = 8,
    spool_directory: Path | None = None,
) -> CalibrationResult:
    """Estimate item parameters by marginal maximum likelihood, or maximum a posteriori where priors are given.

    Parameters
    ----------
    responses : any design; what was not presented is missing at random. A matrix, or rows read in pieces.
    settings : defaults when None.
    groups : (N,) labels of the candidates' populations, for a matrix; one population when None. Items are the same in
        all groups; to let an item differ, give each group a column of its own.
    fixed : items held at given parameters; the means and spreads of all populations are then estimated on their scale.
        Those without responses are left aside.
    progress : called after every iteration with (iteration, log-likelihood, largest change).
    executor : where the passes run, in ``n_parts`` parts; this process when None. Workers must be able to open the
        files in ``spool_directory`` (a temporary one when None), where responses are put for them and where responses
        that are large or read in pieces are put in any case.

    Raises
    ------
    CalibrationError
        ``no_responses``, ``too_few_candidates``, ``too_few_items`` (with fewer items that vary, slopes are not
        identified), ``groups_do_not_fit``, ``unknown_group``, ``unknown_item``, ``model_does_not_fit``,
        ``score_outside_fixed``, ``density_not_identified``.

    References
    ----------
    Bock & Aitkin (1981), Psychometrika 46, 443–459; Kim (2006), Journal of Educational Measurement 43, 355–381 (fixed
    items with a distribution of their own for the new sample).
    """
    began = time.perf_counter()
    settings = settings or CalibrationSettings()
    if isinstance(responses, ResponseMatrix):
        is_large = responses.scores.nbytes > _IN_MEMORY_BYTES
        rows: ResponseRows = matrix_rows(responses, groups, in_pieces=is_large)
    else:
        if groups is not None:
            raise CalibrationError("groups_do_not_fit", "rows read in pieces carry their groups themselves")
        is_large, rows = True, responses
    preparation = prepare(rows, settings, fixed)
    used = None if fixed is None else fixed.select([name for name in fixed.names if name in preparation.names])
    layout = parameterise(
        preparation.names,
        preparation.models,
        preparation.n_categories,
        used,
        unit_slopes=preparation.unit_slopes,
    )
    with ExitStack() as stack:
        blocks = preparation.blocks(rows, settings.block_rows)
        parts: list[list[ResponseBlock] | StoredBlocks]
        if is_large or executor is not None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="calibration-", dir=spool_directory))
            stored = store_blocks(blocks, Path(folder) / "blocks")
            parts = list(stored.split(n_parts)) if executor is not None else [stored]
        else:
            parts = [list(blocks)]
        found = totals(
            _all(parts), len(layout.names), int(preparation.n_categories.max(initial=2)), len(preparation.group_names)
        )
        _refuse_what_cannot_work(preparation, layout, found, settings)
        return _Fit(preparation, layout, found, Passes(parts, executor), settings, progress).result(began)


def _all(parts: Iterable[BlockSource]) -> Iterable[ResponseBlock]:
    for part in parts:
        yield from part


def _refuse_what_cannot_work(
    preparation: Preparation, layout: Parameterisation, found: Totals, settings: CalibrationSettings
) -> None:
    candidates = float(found.candidates.sum())
    if candidates == 0.0:
        raise CalibrationError("no_responses", "no candidate has a response to an item that varies")
    if candidates < FEWEST_CANDIDATES:
        raise CalibrationError(
            "too_few_candidates",
            f"{candidates:g} candidate(s) with responses; at least {FEWEST_CANDIDATES} are needed",
            candidates=candidates,
            needed=FEWEST_CANDIDATES,
        )
    # Two items leave a slope each undetermined; a common slope, fixed items or more categories determine them.
    is_one_slope = all(model in COMMON_SLOPE for model in layout.models)
    shares_slope = layout.has_ties or layout.has_unit_slopes or is_one_slope
    needed = 1 if layout.is_fixed.any() else 2 if shares_slope else 3
    if len(layout.names) < needed:
        raise CalibrationError(
            "too_few_items",
            f"{len(layout.names)} item(s) have more than one score among their responses; "
            f"the {settings.model} needs at least {needed}",
            estimable=len(layout.names),
            needed=needed,
        )
    if settings.density != "normal" and layout.has_unit_slopes and not layout.is_fixed.any():
        raise CalibrationError(
            "density_not_identified",
            f"the {settings.density} density holds mean 0 and standard deviation 1, but the Rasch model frees the "
            "spread; use the 1PL, which is the same model",
        )


class _Fit:
    """One calibration under way."""

    def __init__(
        self,
        preparation: Preparation,
        layout: Parameterisation,
        found: Totals,
        passes: Passes,
        settings: CalibrationSettings,
        progress: Progress | None,
    ) -> None:
        self._preparation, self._layout, self._totals = preparation, layout, found
        self._passes, self._settings, self._progress = passes, settings, progress
        self._n_candidates = float(found.candidates.sum())

    def result(self, began: float) -> CalibrationResult:
        """Iterate, then put together estimates, errors and certificate."""
        run, problem, warnings = self._iterate()
        point, layout, settings = run.point, self._layout, self._settings
        items = layout.item_parameters(point.model.omega)
        densities, names = point.state.densities, self._preparation.group_names
        errors: Uncertainty | None = None
        condition = decrement = None
        is_identified: bool | None = None
        if settings.standard_errors != "none":
            moments = self._passes.score_moments(point.model, densities)
            information = observed_information(layout, point, moments, problem.nodes, settings.priors)
            inside = free_of_bounds(layout, items, densities, problem.nodes)
            place = np.ix_(inside, inside)
            inverse, condition = invert(information.observed[place])
            is_identified = inverse is not None
            if inverse is not None:
                slope = point.gradient[inside]
                decrement = max(0.5 * float(slope @ inverse @ slope), 0.0)
            covariance = _covariance(settings.standard_errors, inverse, information.cross_product[place])
            if covariance is None:
                warnings.append(FitWarning("information_singular", {}))
            else:
                full = np.zeros_like(information.observed)
                full[place] = covariance
                errors = uncertainty(layout, items, densities, names, full, inside)
        counts = self._totals.category_counts
        n_responses = counts.sum(axis=1)
        shares = np.full(n_responses.size, np.nan)
        scores = counts @ np.arange(counts.shape[1], dtype=np.float64)
        np.divide(scores, n_responses * items.max_scores, out=shares, where=n_responses > 0.0)
        fixed = frozenset(name for name, held in zip(layout.names, layout.is_fixed, strict=True) if held)
        flags = item_flags(items, counts, self._preparation.closed_up, fixed)
        return CalibrationResult(
            items=items,
            fixed_items=tuple(name for name in layout.names if name in fixed),
            standard_errors=None if errors is None else errors.items,
            covariance=None if errors is None else errors.covariance,
            parameter_labels=() if errors is None else errors.labels,
            groups=self._group_estimates(point, problem.nodes, errors),
            n_responses=n_responses,
            mean_score=shares,
            category_counts=counts,
            category_scores=self._preparation.category_scores,
            flags=flags,
            excluded=self._preparation.excluded,
            warnings=tuple(warnings),
            log_likelihood=point.log_likelihood,
            log_prior=point.objective - point.log_likelihood,
            n_parameters=point.gradient.size + self._n_shape_parameters(densities),
            n_candidates=self._n_candidates,
            certificate=Certificate(
                converged=run.is_stationary,
                max_gradient=float(np.abs(point.gradient).max(initial=0.0)),
                max_change=run.max_change,
                newton_decrement=decrement,
                condition_number=condition,
                is_identified=is_identified,
                iterations=run.iterations,
                e_steps=run.e_steps,
                trace=run.trace,
                linked_item_sets=self._totals.linked_item_sets,
                items_at_bounds=tuple(
                    name for name, own in zip(layout.names, flags, strict=True) if not BOUND_FLAGS.isdisjoint(own)
                ),
                smallest_posterior_sd=_posterior_sd(point),
                seconds=time.perf_counter() - began,
            ),
            settings=settings,
        )

    def _iterate(self) -> tuple[EmRun, Problem, list[FitWarning]]:
        """Run to the maximum, on finer or wider nodes while posteriors are narrower than the spacing or reach the end.

        The equally spaced rule integrates a bell of standard deviation s with relative error 2 exp(−2π²s²/h²) at
        spacing h: 5e-9 for s = h, but 1 % for s = h/2.
        """
        settings = self._settings
        nodes = np.linspace(settings.theta_min, settings.theta_max, settings.n_nodes)
        start_phi = starting_values(self._layout, self._totals.category_counts, settings.priors)
        state, rough_information = self._after_a_sample(State(start_phi, self._starting_densities(nodes)), nodes)
        slack = _HISTOGRAM_SLACK if settings.density == "histogram" else 1.0
        iterations = e_steps = 0
        while True:
            problem = self._problem(nodes)
            run = run_em(
                problem,
                state,
                max_iterations=settings.max_iterations,
                parameter_tolerance=slack * settings.parameter_tolerance,
                gradient_tolerance=slack * settings.gradient_tolerance * self._n_candidates,
                accelerate=settings.accelerate,
                progress=self._progress,
                rough_information=rough_information,
            )
            iterations, e_steps = iterations + run.iterations, e_steps + run.e_steps
            better = self._better_nodes(run, nodes)
            if better is None:
                break
            # A slope that ran away between two coarse nodes may have a maximum on finer ones.
            phi = start_phi if run.has_diverged else run.point.state.phi
            state = State(phi, tuple(_on_nodes(density, nodes, better) for density in run.point.state.densities))
            nodes = better
        # Likelihoods on different nodes do not compare, so the trace is that of the last ones; the work is that of all.
        run = dataclasses.replace(run, iterations=iterations, e_steps=e_steps)
        return run, problem, self._warnings(run, nodes)

    def _after_a_sample(self, state: State, nodes: FloatArray) -> tuple[State, FloatArray | None]:
        """Where a rough fit to some of very many blocks ends, and the information there, scaled up to all candidates.

        Few passes over all blocks are left from there. Data that are not large are returned as they came.
        """
        layout, settings = self._layout, self._settings
        n_sampled = min(self._passes.n_blocks // _BLOCKS_PER_SAMPLED_BLOCK, _MOST_SAMPLED_BLOCKS)
        if n_sampled < _FEWEST_SAMPLED_BLOCKS or not settings.accelerate:
            return state, None
        blocks = self._passes.sample(n_sampled)
        found = totals(blocks, len(layout.names), self._totals.category_counts.shape[1], self._totals.candidates.size)
        is_whole = ((found.category_counts > 0.0) | (self._totals.category_counts == 0.0)).all()
        if not is_whole or (found.candidates == 0.0).any():
            return state, None
        n_candidates = float(found.candidates.sum())
        problem = dataclasses.replace(
            self._problem(nodes), category_counts=found.category_counts, run_pass=partial(expectation, blocks)
        )
        run = run_em(
            problem,
            state,
            max_iterations=_SAMPLE_ITERATIONS,
            parameter_tolerance=_SAMPLE_TOLERANCE,
            gradient_tolerance=_SAMPLE_TOLERANCE * n_candidates,
            accelerate=True,
            progress=None,
        )
        if run.has_diverged:
            return state, None
        point = run.point
        moments = score_moments(blocks, point.model, point.state.densities)
        information = observed_information(layout, point, moments, nodes, settings.priors).observed
        return point.state, information * (self._n_candidates / n_candidates)

    def _problem(self, nodes: FloatArray) -> Problem:
        layout, settings = self._layout, self._settings

        def information(point: Point) -> FloatArray:
            moments = self._passes.score_moments(point.model, point.state.densities)
            return observed_information(layout, point, moments, nodes, settings.priors).observed

        return Problem(
            layout=layout,
            category_counts=self._totals.category_counts,
            nodes=nodes,
            priors=settings.priors,
            run_pass=self._passes.expectation,
            information=information,
        )

    def _starting_densities(self, nodes: FloatArray) -> tuple[LatentDensity, ...]:
        settings = self._settings
        free_spread = self._layout.has_unit_slopes
        has_anchor = bool(self._layout.is_fixed.any())
        found: list[LatentDensity] = []
        for population in range(len(self._preparation.group_names)):
            moves = population > 0 or has_anchor
            normal = NormalDensity(
                free_mean=moves and settings.free_means,
                free_sd=(moves and settings.free_sds) or (free_spread and not has_anchor),
            )
            is_standardised = not (moves and settings.free_means)
            if settings.density == "histogram":
                found.append(HistogramDensity(NormalDensity().log_weights(nodes), is_standardised))
            elif settings.density == "davidian":
                angles = np.zeros(settings.davidian_order)
                found.append(DavidianDensity(angles, 0.0, 0.0, is_standardised))
            else:
                found.append(normal)
        return tuple(found)

    def _better_nodes(self, run: EmRun, nodes: FloatArray) -> FloatArray | None:
        """Nodes on which to go on; None when these are good or may not be changed."""
        if not (self._settings.refine_quadrature and (run.is_stationary or run.has_diverged)):
            return None
        spacing = float(nodes[1] - nodes[0])
        lower, upper = float(nodes[0]), float(nodes[-1])
        ends_early = run.point.expectation.largest_edge_mass > _WORST_EDGE_MASS
        for log_weights in run.point.model.log_weights:
            population = Quadrature(nodes, np.exp(log_weights))
            reach = _SDS_TO_COVER * population.sd
            if ends_early:
                reach = max(reach, population.mean - lower, upper - population.mean) + population.sd
            lower, upper = min(lower, population.mean - reach), max(upper, population.mean + reach)
        before = int(np.ceil((nodes[0] - lower) / spacing - 1e-9))
        after = int(np.ceil((upper - nodes[-1]) / spacing - 1e-9))
        n_nodes = before + nodes.size + after
        factor = 2 if _posterior_sd(run.point) < spacing else 1
        n_nodes = factor * (n_nodes - 1) + 1
        if n_nodes == nodes.size or n_nodes > _MOST_NODES:
            return None
        return np.linspace(nodes[0] - before * spacing, nodes[-1] + after * spacing, n_nodes)

    def _warnings(self, run: EmRun, nodes: FloatArray) -> list[FitWarning]:
        warnings: list[FitWarning] = []
        silent = self._preparation.candidates_without_responses
        if silent > 0.0:
            warnings.append(FitWarning("candidates_without_responses", {"candidates": silent}))
        if self._totals.linked_item_sets > 1:
            # Their scales meet only by the assumption that the candidates of each set are equally able.
            warnings.append(FitWarning("unlinked_items", {"sets": self._totals.linked_item_sets}))
        priors = self._settings.priors
        kinds = self._layout.free_kinds()
        if ("lower" in kinds and priors.lower is None) or ("upper" in kinds and priors.upper is None):
            warnings.append(FitWarning("asymptotes_without_prior", {}))
        spacing, smallest = float(nodes[1] - nodes[0]), _posterior_sd(run.point)
        figures = {"spacing": spacing, "smallest_posterior_sd": smallest}
        if smallest < spacing:
            warnings.append(FitWarning("quadrature_coarse", figures))
        elif nodes.size > self._settings.n_nodes:
            warnings.append(FitWarning("quadrature_refined", {"n_nodes": nodes.size, **figures}))
        edge = run.point.expectation.largest_edge_mass
        if edge > _WORST_EDGE_MASS:
            warnings.append(FitWarning("quadrature_range", {"largest_edge_mass": edge}))
        lost = sum(density.has_run_away(nodes) or density.has_no_spread for density in run.point.state.densities)
        if lost:
            warnings.append(FitWarning("population_at_bound", {"populations": float(lost)}))
        if not run.is_stationary:
            worst = float(np.abs(run.point.gradient).max(initial=0.0))
            warnings.append(FitWarning("not_converged", {"max_change": run.max_change, "max_gradient": worst}))
        return warnings

    def _group_estimates(
        self, point: Point, nodes: FloatArray, errors: Uncertainty | None
    ) -> tuple[GroupEstimate, ...]:
        found: list[GroupEstimate] = []
        for population, name in enumerate(self._preparation.group_names):
            density = point.state.densities[population]
            quadrature = Quadrature(nodes, np.exp(point.model.log_weights[population]))
            mean, sd = quadrature.mean, quadrature.sd
            if isinstance(density, NormalDensity):
                mean, sd = density.mean, density.sd
            se_mean, se_sd = (None, None) if errors is None else errors.groups[population]
            candidates = float(self._totals.candidates[population])
            found.append(GroupEstimate(name, candidates, mean, sd, se_mean, se_sd, quadrature))
        return tuple(found)

    def _n_shape_parameters(self, densities: tuple[LatentDensity, ...]) -> int:
        """Free parameters of distributions that are not normal; sum and moments take away the constrained ones."""
        total = 0
        for density in densities:
            if isinstance(density, HistogramDensity):
                total += density.log_weight.size - (3 if density.is_standardised else 1)
            elif isinstance(density, DavidianDensity):
                total += density.vector().size
        return total


def _covariance(method: str, inverse: FloatArray | None, cross_product: FloatArray) -> FloatArray | None:
    if method == "observed":
        return inverse
    if method == "sandwich":
        # Through a root of the middle, so that rounding cannot make a variance negative.
        values, vectors = np.linalg.eigh(cross_product)
        return None if inverse is None else _square(inverse @ (vectors * np.sqrt(np.maximum(values, 0.0))))
    return invert(cross_product)[0]


def _square(root: FloatArray) -> FloatArray:
    result: FloatArray = root @ root.T
    return result


def _posterior_sd(point: Point) -> float:
    return float(np.sqrt(max(point.expectation.smallest_variance, 0.0)))


def _on_nodes(density: LatentDensity, nodes: FloatArray, better: FloatArray) -> LatentDensity:
    if not isinstance(density, HistogramDensity):
        return density
    return density.at(np.interp(better, nodes, density.vector(), left=0.0, right=0.0), better)
