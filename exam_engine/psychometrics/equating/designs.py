"""Data-collection designs: from what was observed to the score distributions of both forms in one target population.

References
----------
von Davier, Holland & Thayer (2004), *The Kernel Method of Test Equating*, chs. 2 and 3; Kolen & Brennan (2014), *Test
Equating, Scaling, and Linking*, 3rd ed., ch. 5 (frequency estimation, which is poststratification).
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.equating.distributions import BivariateDistribution, ScoreDistribution
from exam_engine.psychometrics.equating.errors import EquatingError


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class EquatingDesign:
    """Scores of both forms in the target population.

    Parameters
    ----------
    name : the design.
    x, y : distributions of the scores of the new form X and of the old form Y.
    covariance : (J + K, J + K) sampling covariance of the probabilities of X, then Y.
    """

    name: str
    x: ScoreDistribution
    y: ScoreDistribution
    covariance: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class ChainedDesign:
    """Two single groups joined by an anchor: X to V among those who took X, V to Y among those who took Y.

    Parameters
    ----------
    first, second : the two single-group designs.
    """

    first: EquatingDesign
    second: EquatingDesign


def equivalent_groups(x: ScoreDistribution, y: ScoreDistribution) -> EquatingDesign:
    """Random samples of one population take one form each."""
    return EquatingDesign(
        name="equivalent groups",
        x=x,
        y=y,
        covariance=block_diag(x.covariance(np.eye(x.scores.size)), y.covariance(np.eye(y.scores.size))),
    )


def single_group(xy: BivariateDistribution) -> EquatingDesign:
    """The same candidates take both forms; rows are X, columns Y."""
    return EquatingDesign(
        name="single group", x=xy.x, y=xy.v, covariance=xy.covariance(_margin_jacobian(xy.probabilities.shape))
    )


def counterbalanced(
    x_first: BivariateDistribution, y_first: BivariateDistribution, *, x_weight: float = 0.5, y_weight: float = 0.5
) -> EquatingDesign:
    """Two random samples take both forms in opposite orders; rows are X, columns Y in both tables.

    Parameters
    ----------
    x_first, y_first : the sample that took X first and the one that took Y first.
    x_weight, y_weight : share of the sample that took a form first in the distribution of that form; 1 uses only data
        that no other form came before, 0.5 assumes that order does not matter.

    Raises
    ------
    EquatingError
        ``anchor_scores_differ`` when the tables have different scores, ``bad_weight`` when a share is not in [0, 1].
    """
    _check_share(x_weight)
    _check_share(y_weight)
    if x_first.probabilities.shape != y_first.probabilities.shape or not (
        np.array_equal(x_first.x_scores, y_first.x_scores) and np.array_equal(x_first.v_scores, y_first.v_scores)
    ):
        raise EquatingError("anchor_scores_differ", "both orders need tables over the same scores of X and of Y")
    jacobian = _margin_jacobian(x_first.probabilities.shape)
    n_x = x_first.x_scores.size
    shares = np.concatenate([np.full(n_x, x_weight), np.full(x_first.v_scores.size, 1.0 - y_weight)])
    first, second = shares[:, None] * jacobian, (1.0 - shares)[:, None] * jacobian
    mixed = first @ x_first.probabilities.ravel() + second @ y_first.probabilities.ravel()
    return _in_target(
        "counterbalanced",
        (x_first.x_scores, mixed[:n_x]),
        (x_first.v_scores, mixed[n_x:]),
        x_first.covariance(first) + y_first.covariance(second),
        x_first.n_candidates + y_first.n_candidates,
    )


def poststratification(
    xv: BivariateDistribution, yv: BivariateDistribution, *, x_weight: float = 0.5
) -> EquatingDesign:
    """Nonequivalent groups with an anchor: both forms in a synthetic population (frequency estimation).

    Assumes that candidates with the same anchor score would score alike on a form whichever group they are in.

    Parameters
    ----------
    xv : scores on X (rows) and the anchor (columns) of the group that took X.
    yv : scores on Y and the anchor of the group that took Y.
    x_weight : share of the group that took X in the synthetic population, 0 to 1.

    Raises
    ------
    EquatingError
        ``anchor_scores_differ``, ``bad_weight``, or ``anchor_score_unseen`` when one group has candidates with an
        anchor score that nobody in the other group has, so that nothing is known of them on the other form.
    """
    _check_share(x_weight)
    _check_anchor(xv, yv)
    p, q, w = xv.probabilities, yv.probabilities, x_weight
    h_p, h_q = p.sum(axis=0), q.sum(axis=0)
    for needed, there, weight, group in ((h_q, h_p, 1.0 - w, "X"), (h_p, h_q, w, "Y")):
        unseen = (there <= 0.0) & (needed > 0.0) & (weight > 0.0)
        if unseen.any():
            raise EquatingError(
                "anchor_score_unseen",
                f"nobody who took {group} has the anchor score {xv.v_scores[int(np.argmax(unseen))]:g}; "
                "smooth the frequencies first",
            )
    inverse_p = np.divide(1.0, h_p, out=np.zeros_like(h_p), where=h_p > 0.0)
    inverse_q = np.divide(1.0, h_q, out=np.zeros_like(h_q), where=h_q > 0.0)
    x_factor, y_factor = w + (1.0 - w) * h_q * inverse_p, (1.0 - w) + w * h_p * inverse_q
    (n_x, n_v), n_y = p.shape, q.shape[0]

    # Derivatives of both target distributions in the cells of both tables, cells by rows.
    x_in_p = np.einsum("jk,l->jkl", np.eye(n_x), x_factor) - ((1.0 - w) * p * h_q * inverse_p**2)[:, None, :]
    y_in_q = np.einsum("jk,l->jkl", np.eye(n_y), y_factor) - (w * q * h_p * inverse_q**2)[:, None, :]
    x_in_q = np.broadcast_to(((1.0 - w) * p * inverse_p)[:, None, :], (n_x, n_y, n_v))
    y_in_p = np.broadcast_to((w * q * inverse_q)[:, None, :], (n_y, n_x, n_v))
    in_p = np.concatenate([x_in_p.reshape(n_x, -1), y_in_p.reshape(n_y, -1)])
    in_q = np.concatenate([x_in_q.reshape(n_x, -1), y_in_q.reshape(n_y, -1)])
    return _in_target(
        "poststratification",
        (xv.x_scores, p @ x_factor),
        (yv.x_scores, q @ y_factor),
        xv.covariance(in_p) + yv.covariance(in_q),
        xv.n_candidates + yv.n_candidates,
    )


def chained(xv: BivariateDistribution, yv: BivariateDistribution) -> ChainedDesign:
    """Nonequivalent groups with an anchor: X to the anchor in one group, the anchor to Y in the other.

    Parameters
    ----------
    xv, yv : scores on a form (rows) and the anchor (columns) of the group that took it.

    Raises
    ------
    EquatingError
        ``anchor_scores_differ`` when the anchors have different scores.
    """
    _check_anchor(xv, yv)
    reversed_cells = np.arange(yv.probabilities.size).reshape(yv.probabilities.shape).T.ravel()
    vy = BivariateDistribution(
        x_scores=yv.v_scores,
        v_scores=yv.x_scores,
        probabilities=yv.probabilities.T,
        n_candidates=yv.n_candidates,
        factor=None if yv.factor is None else yv.factor[reversed_cells],
    )
    return ChainedDesign(first=single_group(xv), second=single_group(vy))


def _in_target(
    name: str,
    x: tuple[FloatArray, FloatArray],
    y: tuple[FloatArray, FloatArray],
    covariance: FloatArray,
    n_candidates: float,
) -> EquatingDesign:
    values, vectors = np.linalg.eigh(covariance)
    factor = vectors * np.sqrt(np.clip(values, 0.0, None))
    n_x = x[0].size
    return EquatingDesign(
        name=name,
        x=ScoreDistribution(scores=x[0], probabilities=x[1], n_candidates=n_candidates, factor=factor[:n_x]),
        y=ScoreDistribution(scores=y[0], probabilities=y[1], n_candidates=n_candidates, factor=factor[n_x:]),
        covariance=covariance,
    )


def _margin_jacobian(shape: tuple[int, ...]) -> FloatArray:
    n_x, n_y = shape
    rows, columns = np.kron(np.eye(n_x), np.ones(n_y)), np.kron(np.ones(n_x), np.eye(n_y))
    return np.concatenate([rows, columns])


def _check_share(share: float) -> None:
    if not 0.0 <= share <= 1.0:
        raise EquatingError("bad_weight", f"a share of {share} is not in [0, 1]")


def _check_anchor(xv: BivariateDistribution, yv: BivariateDistribution) -> None:
    if not np.array_equal(xv.v_scores, yv.v_scores):
        raise EquatingError(
            "anchor_scores_differ",
            f"the anchor has {xv.v_scores.size} scores in one group and {yv.v_scores.size} in the other, or other ones",
        )
