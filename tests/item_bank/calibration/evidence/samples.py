"""Simulated answers with something built into them that the evidence must find."""

from typing import Any

import numpy as np

from exam_engine.psychometrics import ItemParameters, ResponseMatrix, normal_quadrature
from exam_engine.psychometrics.simulation import simulate_responses
from item_bank.calibration.evidence.observed import Observed
from item_bank.calibration.response_matrix import Group

CODES = tuple(f"IU01-{number:03d}" for number in range(1, 25))
HARDER = 3
"""Column of the item that is harder for women than for men of equal ability."""


def parameters(codes: tuple[str, ...] = CODES) -> ItemParameters:
    rng = np.random.default_rng(11)
    return ItemParameters.dichotomous(codes, rng.uniform(0.7, 1.6, len(codes)), rng.normal(0.0, 0.8, len(codes)))


def observe(scores: Any, items: ItemParameters, **more: Any) -> Observed:
    """The scores of everybody under these parameters."""
    return Observed(
        responses=ResponseMatrix.from_array(scores, items.names),
        items=items,
        population=more.pop("population", normal_quadrature()),
        n_candidates=len(scores),
        **more,
    )


def answers(n_candidates: int, seed: int = 12, items: ItemParameters | None = None) -> Any:
    """Answers that fit the model."""
    rng = np.random.default_rng(seed)
    scores = simulate_responses(rng, rng.standard_normal(n_candidates), items or parameters()).scores
    return np.array(scores)


def by_gender(n_men: int, n_women: int, seed: int = 13) -> Observed:
    """Answers of men and women of equal ability; half of the women who know item ``HARDER`` miss it all the same."""
    rng = np.random.default_rng(seed)
    scores = answers(n_men + n_women, seed)
    codes = np.repeat(np.array([0, 1], dtype=np.int8), [n_men, n_women])
    scores[(codes == 1) & (rng.random(codes.size) < 0.5), HARDER] = 0
    return observe(scores, parameters(), groups={"Giới tính": Group(("Nam", "Nữ"), codes)})
