"""Passes over the responses as map and reduce: here, on a pool of processes, or on a cluster.

Any ``concurrent.futures.Executor`` will do; Dask's ``Client.get_executor()`` gives one. Parts are added in a fixed
order, so that the result does not depend on which worker was faster.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import reduce
from operator import add

from exam_engine.psychometrics.calibration.block_store import StoredBlocks
from exam_engine.psychometrics.calibration.density import LatentDensity
from exam_engine.psychometrics.calibration.design import ResponseBlock
from exam_engine.psychometrics.calibration.expectation import Expectation, Model, expectation
from exam_engine.psychometrics.calibration.information import ScoreMoments, score_moments


@dataclass(frozen=True, slots=True, eq=False)
class Passes:
    """The responses and who goes over them.

    Attributes
    ----------
    parts : blocks in memory or in files that together hold every candidate once.
    executor : runs a pass over each part; None for this process.
    """

    parts: Sequence[list[ResponseBlock] | StoredBlocks]
    executor: Executor | None = None

    def expectation(self, model: Model) -> Expectation:
        """E-step over all responses."""
        models = [model] * len(self.parts)
        run = map if self.executor is None else self.executor.map
        return reduce(add, run(expectation, self.parts, models))

    def sample(self, n_blocks: int) -> list[ResponseBlock]:
        """About ``n_blocks`` of the blocks, spread evenly, in memory; the same ones however they are parted."""
        step = max(self.n_blocks // n_blocks, 1)
        found: list[ResponseBlock] = []
        first = 0
        for part in self.parts:
            own = slice(-first % step, None, step)
            found.extend(part.taken(own) if isinstance(part, StoredBlocks) else part[own])
            first += len(part)
        return found

    @property
    def n_blocks(self) -> int:
        """Number of blocks in all parts."""
        return sum(len(part) for part in self.parts)

    def score_moments(self, model: Model, densities: tuple[LatentDensity, ...]) -> ScoreMoments:
        """Sums for the observed information over all responses."""
        repeated = ([model] * len(self.parts), [densities] * len(self.parts))
        run = map if self.executor is None else self.executor.map
        return reduce(add, run(score_moments, self.parts, *repeated))
