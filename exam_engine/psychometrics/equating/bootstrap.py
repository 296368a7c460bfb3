"""Standard errors of equating by the bootstrap, for any method as a whole.

References
----------
Efron & Tibshirani (1993), *An Introduction to the Bootstrap*; Kolen & Brennan (2014), 3rd ed., ch. 7.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.equating.distributions import BivariateDistribution, ScoreDistribution
from exam_engine.psychometrics.equating.errors import EquatingError
from exam_engine.psychometrics.equating.table import EquatingTable

_Sample = ScoreDistribution | BivariateDistribution


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class EquatingBootstrap:
    """How equivalents vary from sample to sample.

    Parameters
    ----------
    standard_errors : (S,) standard deviations over the replications.
    bias : (S,) mean over the replications less the equivalents of the data.
    replications : (R, S) equivalents.
    """

    standard_errors: FloatArray
    bias: FloatArray
    replications: FloatArray


def bootstrap_equating(
    samples: Sequence[ScoreDistribution | BivariateDistribution],
    equate: Callable[..., EquatingTable],
    *,
    n_replications: int = 500,
    rng: np.random.Generator,
) -> EquatingBootstrap:
    """Draw new samples of the same sizes and equate each time.

    Parameters
    ----------
    samples : independent samples: plain frequencies for the usual bootstrap, smoothed ones for the parametric one,
        which then count as the truth.
    equate : takes one distribution a sample, in order, and returns a table; includes presmoothing where it is used, so
        that its choice varies too.
    n_replications : at least 2.
    rng : source of chance.

    Raises
    ------
    EquatingError
        ``bad_frequencies`` when a sample has no finite size.
    ValueError
        When there are fewer than 2 replications.
    """
    if n_replications < 2:
        raise ValueError(f"n_replications is {n_replications}; at least 2 are needed")
    for sample in samples:
        if not np.isfinite(sample.n_candidates):
            raise EquatingError("bad_frequencies", "a distribution of infinite sample size has no bootstrap")
    plain = [replace(sample, factor=None) for sample in samples]
    rows = [equate(*(_resampled(sample, rng) for sample in plain)).equivalents for _ in range(n_replications)]
    replications = np.array(rows)
    return EquatingBootstrap(
        standard_errors=replications.std(axis=0, ddof=1),
        bias=replications.mean(axis=0) - equate(*samples).equivalents,
        replications=replications,
    )


def _resampled(sample: _Sample, rng: np.random.Generator) -> _Sample:
    size = round(sample.n_candidates)
    cells = sample.probabilities.ravel()
    drawn = rng.multinomial(size, cells / cells.sum()) / size
    return replace(sample, probabilities=drawn.reshape(sample.probabilities.shape))
