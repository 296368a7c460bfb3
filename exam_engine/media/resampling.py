"""Sound brought to another sampling rate, block by block, as if it had been one piece."""

from collections.abc import Iterator
from math import gcd

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Samples = NDArray[np.float32]
_REACH = 10
"""Half the length of the filter, in samples of the slower of the two rates; as in ``scipy.signal.resample_poly``."""


def resampled(blocks: Iterator[Samples], *, rate: int, target: int) -> Iterator[Samples]:
    """Yield blocks of shape (frames, channels) at ``target`` Hz from blocks at ``rate`` Hz.

    The filter is a Kaiser-windowed low-pass of linear phase. Each block is filtered with its neighbours' samples as
    far as the filter reaches, so the result does not depend on where the blocks were cut.
    """
    up, down = target // gcd(rate, target), rate // gcd(rate, target)
    slower = max(up, down)
    taps = signal.firwin(2 * _REACH * slower + 1, 1 / slower, window=("kaiser", 5.0))
    # Whole steps of the filter: then cutting the margins away again leaves whole samples.
    margin = -(-(_REACH * slower // up + 1) // down) * down
    held: Samples | None = None
    before = 0
    for block in blocks:
        held = block if held is None else np.concatenate((held, block))
        # Everything but the last margin can be finished, in whole steps, once what follows it is known.
        finished = (len(held) - before - margin) // down * down
        if finished <= 0:
            continue
        end = before + finished
        yield _filtered(held[: end + margin], up, down, taps)[before // down * up : end // down * up]
        start = max(0, end - margin)
        held, before = held[start:], end - start
    if held is not None:
        yield _filtered(held, up, down, taps)[before // down * up :]


def _filtered(samples: Samples, up: int, down: int, taps: NDArray[np.float64]) -> Samples:
    result: Samples = signal.resample_poly(samples, up, down, axis=0, window=taps).astype(np.float32)
    return result
