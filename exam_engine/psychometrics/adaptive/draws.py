"""Random draws that depend on a seed, a block of candidates and a step alone, so that a test can be resumed."""

from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray

SELECTION: Final = 0
ANSWER: Final = 1
ELIGIBILITY: Final = 2


def uniform_draws(seed: int, purpose: int, size: int | tuple[int, ...], *, block: int = 0, step: int = 0) -> FloatArray:
    """Uniform numbers in [0, 1) for one purpose.

    The first numbers of a longer array are those of a shorter one; a single candidate gets the draws of the first
    candidate of block 0.
    """
    stream = np.random.SeedSequence(seed, spawn_key=(purpose, block, step))
    return np.random.Generator(np.random.PCG64(stream)).random(size)
