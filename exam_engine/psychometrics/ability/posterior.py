"""Posterior distributions of ability on a grid, as fine as they need."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import numpy as np
from scipy.integrate import cumulative_trapezoid
from scipy.interpolate import Akima1DInterpolator

from exam_engine.psychometrics.ability.likelihood import GridLikelihood, block_rows, presented_counts
from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.response_functions import fisher_information
from exam_engine.psychometrics.responses import ResponseMatrix

REFINEMENTS: Final = (1, 4, 16, 64)
"""Factors by which nodes are put closer, in turn, while a posterior is narrower than their spacing."""

_NODES_PER_SD = 16


def refined(density: Quadrature, factor: int) -> Quadrature:
    """The same distribution on a grid with ``factor`` times as many intervals.

    Akima's interpolation of log-densities is exact for a normal density and does not swing around a histogram's steps.
    """
    if factor == 1:
        return density
    nodes = np.linspace(density.nodes[0], density.nodes[-1], (density.nodes.size - 1) * factor + 1)
    log_density = Akima1DInterpolator(density.nodes, log_weights(density))(nodes)
    weights = np.exp(log_density - log_density.max())
    return Quadrature(nodes=nodes, weights=weights / weights.sum())


def fine_spacing(responses: ResponseMatrix, items: ItemParameters, nodes: FloatArray, prior_sd: float) -> float:
    """Spacing at which any candidate's posterior density is nearly straight between nodes, logits."""
    longest = int(presented_counts(responses.scores, items)[0].max(initial=0))
    largest = np.sort(fisher_information(nodes, items), axis=1)[:, ::-1][:, :longest]
    narrowest = 1.0 / np.sqrt(largest.sum(axis=1).max(initial=0.0) + prior_sd**-2.0)
    return float(narrowest / _NODES_PER_SD)


def log_weights(density: Quadrature) -> FloatArray:
    """(Q,) logarithms of the weights, finite where a histogram has none."""
    result: FloatArray = np.log(np.maximum(density.weights, np.finfo(np.float64).tiny))
    return result


def posterior_blocks(
    scores: ScoreArray,
    rows: IntArray,
    items: ItemParameters,
    nodes: FloatArray,
    log_prior: Callable[[IntArray], FloatArray],
) -> Iterator[tuple[slice, FloatArray]]:
    """Posterior weights of some rows, block by block.

    Parameters
    ----------
    scores : (N, J); rows : (M,) positions in it.
    nodes : (Q,) abilities.
    log_prior : of some rows, (Q,) or (rows, Q), up to a constant.

    Yields
    ------
    The place among ``rows`` and the (rows, Q) posterior weights, each row summing to 1.
    """
    log_likelihood = GridLikelihood(items, nodes)
    rows_at_once = block_rows(max(nodes.size, len(items)))
    for start in range(0, rows.size, rows_at_once):
        block = slice(start, start + rows_at_once)
        posterior = log_likelihood(scores[rows[block]])
        posterior += log_prior(rows[block])
        posterior -= posterior.max(axis=1, keepdims=True)
        np.exp(posterior, out=posterior)
        posterior /= posterior.sum(axis=1, keepdims=True)
        yield block, posterior


class CumulativePosterior(NamedTuple):
    """Posteriors of a block of candidates, their densities straight between nodes; each (rows, Q).

    Attributes
    ----------
    density : per spacing of the nodes.
    cumulative : probability up to the node, 0 at the first and 1 at the last.
    """

    density: FloatArray
    cumulative: FloatArray

    def probability_below(self, position: float) -> FloatArray:
        """Probability below a place between nodes, counted in nodes from the first; (rows,)."""
        cell = int(np.clip(np.floor(position), 0, self.density.shape[1] - 2))
        part = np.clip(position - cell, 0.0, 1.0)
        left, right = self.density[:, cell], self.density[:, cell + 1]
        result: FloatArray = self.cumulative[:, cell] + part * (left + 0.5 * part * (right - left))
        return result

    def position_of(self, probability: FloatArray) -> FloatArray:
        """Places, counted in nodes, below which (rows, D) probabilities lie; the inverse of ``probability_below``."""
        cell = np.array(
            [
                np.searchsorted(row, wanted, side="right")
                for row, wanted in zip(self.cumulative, probability, strict=True)
            ]
        )
        cell = np.clip(cell - 1, 0, self.density.shape[1] - 2)
        left, right = (np.take_along_axis(self.density, place, axis=1) for place in (cell, cell + 1))
        rest = probability - np.take_along_axis(self.cumulative, cell, axis=1)
        # The root of left·t + (right − left)·t²/2 = rest, in the form that loses no digits.
        root = left + np.sqrt(np.maximum(left**2 + 2.0 * (right - left) * rest, 0.0))
        part = np.divide(2.0 * rest, root, out=np.zeros_like(rest), where=root > 0.0)
        result: FloatArray = cell + np.clip(part, 0.0, 1.0)
        return result


def cumulative_posteriors(
    scores: ScoreArray, items: ItemParameters, nodes: FloatArray, log_prior: Callable[[IntArray], FloatArray]
) -> Iterator[tuple[slice, CumulativePosterior]]:
    """Posteriors of all rows, block by block; shapes as for ``posterior_blocks``."""
    for block, posterior in posterior_blocks(scores, np.arange(scores.shape[0]), items, nodes, log_prior):
        cumulative = cumulative_trapezoid(posterior, axis=1, initial=0.0)
        total = cumulative[:, -1:]
        yield block, CumulativePosterior(posterior / total, cumulative / total)
