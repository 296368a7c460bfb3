"""The E-step: one pass over the responses, any mixture of models, any design, any number of populations.

Models in which the log-probability is linear in a score given ability (2PL, GPCM, NRM and their restrictions) are
exponential families: a candidate's responses say about ability only one number, Σ s_j(x_j), so a pass needs
matrix-vector products with the responses where a general model needs (n, J) × (J, Q) products. Both live side by side.

A pass is a sum over blocks, so it can be split over processes or machines and added up.

References
----------
Bock & Aitkin (1981), Psychometrika 46, 443–459.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.calibration.design import BlockSource, ResponseBlock
from exam_engine.psychometrics.calibration.item_curves import log_probabilities
from exam_engine.psychometrics.calibration.parameterisation import ItemGroup, Parameterisation


@dataclass(frozen=True, eq=False)
class Model:
    """Everything a pass needs to know, small enough to be sent to another process.

    Attributes
    ----------
    layout : item groups and their places.
    omega : (W,) working parameters.
    nodes : (Q,) abilities.
    log_weights : (L, Q) logarithms of each population's weights.
    """

    layout: Parameterisation
    omega: FloatArray
    nodes: FloatArray
    log_weights: FloatArray


@dataclass(frozen=True, eq=False)
class Expectation:
    """What one pass over the responses yields; ``+`` adds the passes over parts.

    Attributes
    ----------
    log_likelihood : marginal log-likelihood but for the constants of exponential families (see ``expectation``).
    mass : (L, Q) expected number of candidates of each population at each node.
    counts : (J, Q) expected number of candidates at each node who were shown the item.
    smallest_variance : smallest posterior variance of any candidate.
    largest_edge_mass : largest posterior probability that any candidate has on the two outermost nodes together.
    features : for each item group, (G, f) expected θ-weighted sums of an exponential family's features (score of a
        partial-credit item, category indicators of a nominal one), or (G, f, Q) expected counts in categories 1 … f.
    """

    log_likelihood: float
    mass: FloatArray
    counts: FloatArray
    smallest_variance: float
    largest_edge_mass: float
    features: tuple[FloatArray, ...]

    def __add__(self, other: "Expectation") -> "Expectation":
        """Add the passes over two sets of responses."""
        return Expectation(
            self.log_likelihood + other.log_likelihood,
            self.mass + other.mass,
            self.counts + other.counts,
            min(self.smallest_variance, other.smallest_variance),
            max(self.largest_edge_mass, other.largest_edge_mass),
            tuple(one + two for one, two in zip(self.features, other.features, strict=True)),
        )


class Posterior(NamedTuple):
    """Posterior distributions of the candidates of one block.

    Attributes
    ----------
    density : (Q, n) joint densities of responses and node, each candidate's largest about 1.
    mass : (n,) their sums over nodes; density / mass is the posterior.
    log_scale : (n,) what was divided out, so that log(mass) + log_scale is the log-likelihood.
    presented : (n, K) 1 where the block's items were presented, None when all were.
    parts : for each item group with items in the block, see ``GroupPart``.
    """

    density: FloatArray
    mass: FloatArray
    log_scale: FloatArray
    presented: FloatArray | None
    parts: list["GroupPart"]


class GroupPart(NamedTuple):
    """The items of one group that a block shows.

    Attributes
    ----------
    group : its position among the item groups.
    rows : (g,) positions within the group.
    columns : (g,) positions within the block's columns.
    features : (n, g · f) floats: the score of partial-credit items, indicators of categories 1 … f of others.
    """

    group: int
    rows: IntArray
    columns: IntArray
    features: FloatArray


def expectation(source: BlockSource, model: Model) -> Expectation:
    """One E-step over the blocks of a source.

    The log-likelihood leaves out Σ C_j(x_j), the intercept part of exponential families, which depends on the
    responses only through their totals; ``intercept_part`` of the M-step adds it.
    """
    layout, nodes = model.layout, model.nodes
    n_items = len(layout.names)
    total = 0.0
    mass = np.zeros_like(model.log_weights)
    counts = np.zeros((n_items, nodes.size))
    features = [np.zeros(_feature_shape(group, nodes.size)) for group in layout.groups]
    moments = np.vstack([nodes, nodes**2])
    smallest_variance, largest_edge_mass = np.inf, 0.0
    for block, posterior in posteriors(source, model):
        density = posterior.density
        first, second = moments @ density / posterior.mass
        smallest_variance = min(smallest_variance, float((second - first**2).min()))
        largest_edge_mass = max(largest_edge_mass, float(((density[0] + density[-1]) / posterior.mass).max()))
        scale = block.weights / posterior.mass
        total += float(block.weights @ (np.log(posterior.mass) + posterior.log_scale))
        needs_tables = any(not layout.groups[part.group].is_exponential for part in posterior.parts)
        if block.presented is None and not needs_tables:
            at_nodes = density @ scale
            counts[block.columns] += at_nodes
        else:
            density *= scale
            at_nodes = density.sum(axis=1)
            if posterior.presented is None:
                counts[block.columns] += at_nodes
            else:
                counts[block.columns] += (density @ posterior.presented).T
        mass[block.population] += at_nodes
        for part in posterior.parts:
            group = layout.groups[part.group]
            if group.is_exponential:
                found = (block.weights * first) @ part.features
                features[part.group][part.rows] += found.reshape(part.columns.size, -1)
            else:
                table = (density @ part.features).T
                features[part.group][part.rows] += table.reshape(part.columns.size, -1, nodes.size)
    return Expectation(total, mass, counts, smallest_variance, largest_edge_mass, tuple(features))


def posteriors(source: BlockSource, model: Model) -> Iterator[tuple[ResponseBlock, Posterior]]:
    """Go through the blocks with the posterior distributions of their candidates, valid until the next block.

    Nodes come first because numpy reduces over the first axis several times faster than over a short last one.
    """
    workspace = _Workspace()
    layout, nodes = model.layout, model.nodes
    group_of = np.empty(len(layout.names), dtype=np.intp)
    row_of = np.empty(len(layout.names), dtype=np.intp)
    for index, group in enumerate(layout.groups):
        group_of[group.items], row_of[group.items] = index, np.arange(group.items.size)
    tables = [log_probabilities(group, group.working(model.omega), nodes) for group in layout.groups]
    base = np.empty((len(layout.names), nodes.size))
    for group, table in zip(layout.groups, tables, strict=True):
        base[group.items] = table[:, 0]

    for block in source:
        n_rows = block.weights.size
        statistic = np.zeros(n_rows)
        parts: list[GroupPart] = []
        tabled: list[tuple[FloatArray, FloatArray]] = []
        groups_here = group_of[block.columns]
        for index, group in enumerate(layout.groups):
            columns = np.flatnonzero(groups_here == index)
            if not columns.size:
                continue
            rows = row_of[block.columns[columns]]
            features = _features(block, group, columns, workspace, index)
            parts.append(GroupPart(index, rows, columns, features))
            if group.is_exponential:
                slopes = group.working(model.omega)[rows, : features.shape[1] // columns.size]
                statistic += features @ slopes.ravel()
            else:
                relative = tables[index][rows, 1:] - tables[index][rows, :1]
                tabled.append((features, relative.reshape(features.shape[1], nodes.size)))
        log_weights = model.log_weights[block.population]
        joint = workspace.array("joint", nodes.size, n_rows)
        product = workspace.array("product", nodes.size, n_rows)
        presented = None
        if block.presented is None:
            fixed = log_weights + base[block.columns].sum(axis=0)
            np.matmul(np.column_stack([nodes, fixed]), np.vstack([statistic, np.ones_like(statistic)]), out=joint)
        else:
            presented = workspace.array("presented", *block.presented.shape)
            np.copyto(presented, block.presented)
            np.matmul(base[block.columns].T, presented.T, out=joint)
            joint += np.multiply.outer(nodes, statistic, out=product)
            joint += log_weights[:, None]
        for features, relative in tabled:
            joint += np.matmul(relative.T, features.T, out=product)
        peak = joint.max(axis=0)
        joint -= peak
        np.exp(joint, out=joint)
        yield block, Posterior(joint, joint.sum(axis=0), peak, presented, parts)


class _Workspace:
    """Arrays used again from block to block: fetching fresh pages for each would cost as much as the arithmetic."""

    def __init__(self) -> None:
        self._buffers: dict[str, FloatArray] = {}

    def array(self, name: str, n_rows: int, n_columns: int) -> FloatArray:
        """An array with whatever was in it before."""
        size = n_rows * n_columns
        if name not in self._buffers or self._buffers[name].size < size:
            self._buffers[name] = np.empty(size)
        return self._buffers[name][:size].reshape(n_rows, n_columns)


def _feature_shape(group: ItemGroup, n_nodes: int) -> tuple[int, ...]:
    if group.kind == "partial":
        return (group.items.size, 1)
    if group.kind == "nominal":
        return (group.items.size, group.n_steps)
    return (group.items.size, group.n_steps, n_nodes)


def _features(
    block: ResponseBlock, group: ItemGroup, columns: IntArray, workspace: _Workspace, index: int
) -> FloatArray:
    scores = block.scores if columns.size == block.columns.size else block.scores[:, columns]
    n_rows = scores.shape[0]
    if group.kind == "partial" or group.n_steps == 1:
        features = workspace.array(f"features {index}", n_rows, columns.size)
        np.copyto(features, scores)
        return features
    features = workspace.array(f"features {index}", n_rows, columns.size * group.n_steps)
    steps = np.arange(1, group.n_steps + 1, dtype=np.int8)
    np.equal(scores[:, :, None], steps, out=features.reshape(n_rows, columns.size, -1), casting="unsafe")
    return features
