"""Simulated answer files for tests."""

import numpy as np

from exam_engine.psychometrics import simulate_options, simulate_scores


def response_csv(
    codes: list[str], a: list[float], b: list[float], keys: list[str], *, n_candidates: int, seed: int
) -> bytes:
    """Return a file of answers under the 2PL; every candidate answers every item."""
    rng = np.random.default_rng(seed)
    theta = rng.standard_normal(n_candidates)
    scores = simulate_scores(rng, theta, np.array(a), np.array(b))
    chosen = simulate_options(rng, scores, keys, ["ABCD"] * len(codes))
    lines = ["# mô phỏng / simulated", "candidate,item,answer"]
    for number, row in enumerate(chosen, start=1):
        lines += [f"P{number:04d},{code},{answer}" for code, answer in zip(codes, row, strict=True)]
    return "\n".join(lines).encode()
