"""Simulated answer files for tests."""

import numpy as np

from exam_engine.psychometrics import ItemParameters, simulate_options, simulate_responses


def response_csv(
    codes: list[str],
    a: list[float],
    b: list[float],
    keys: list[str],
    *,
    n_candidates: int,
    seed: int,
    c: float | None = None,
    mean: float = 0.0,
    sd: float = 1.0,
) -> bytes:
    """Return a file of answers under the 2PL, or the 3PL with a common c; every candidate answers every item."""
    rng = np.random.default_rng(seed)
    theta = mean + sd * rng.standard_normal(n_candidates)
    items = ItemParameters.dichotomous(codes, a, b, None if c is None else np.full(len(a), c))
    scores = simulate_responses(rng, theta, items).scores
    chosen = simulate_options(rng, scores, keys, ["ABCD"] * len(codes))
    lines = ["# mô phỏng / simulated", "candidate,item,answer"]
    for number, row in enumerate(chosen, start=1):
        lines += [f"P{number:04d},{code},{answer}" for code, answer in zip(codes, row, strict=True)]
    return "\n".join(lines).encode()
