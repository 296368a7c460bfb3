"""Sound brought to another rate does not depend on how it was cut into blocks."""

from collections.abc import Iterator
from math import gcd

import numpy as np
import pytest
from scipy import signal

from exam_engine.media.resampling import Samples, resampled


def blocks(samples: Samples, sizes: list[int]) -> Iterator[Samples]:
    at, turn = 0, 0
    while at < len(samples):
        yield samples[at : at + sizes[turn % len(sizes)]]
        at, turn = at + sizes[turn % len(sizes)], turn + 1


@pytest.mark.parametrize(("rate", "target"), [(96000, 48000), (192000, 48000), (50000, 48000), (11127, 12000)])
@pytest.mark.parametrize("sizes", [[65536], [100], [1, 5000, 37], [10**9]])
def test_blocks_give_what_the_whole_gives(rate: int, target: int, sizes: list[int]) -> None:
    samples = np.random.default_rng(7).standard_normal((20_011, 2)).astype(np.float32)
    up, down = target // gcd(rate, target), rate // gcd(rate, target)
    whole = signal.resample_poly(samples.astype(float), up, down)
    got = np.concatenate(list(resampled(blocks(samples, sizes), rate=rate, target=target)))
    assert got.shape == whole.shape == (-(-20_011 * up // down), 2)
    assert np.abs(got - whole).max() < 1e-5


def test_nothing_gives_nothing() -> None:
    assert list(resampled(iter(()), rate=96000, target=48000)) == []
