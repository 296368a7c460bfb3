"""Item parameters with reference values of fit, and makers of exact data.

Values: R package mirt 1.45.1 (Chalmers 2012, JSS 48(6)), fits of LSAT 6 and 7 by EM to 1e-7 on 61 equal nodes on
[-6, 6]; functions itemfit, M2, residuals and personfit.
"""

import itertools
from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.item_parameters import ItemModel, ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.response_functions import category_probabilities
from exam_engine.psychometrics.responses import ResponseMatrix

NAMES: Final = ("item_1", "item_2", "item_3", "item_4", "item_5")


def logistic_items(
    a: list[float], d: list[float], model: ItemModel = "2PL", c: list[float] | None = None
) -> ItemParameters:
    """Dichotomous items from slopes and intercepts."""
    return ItemParameters(
        names=NAMES[: len(a)],
        models=(model,) * len(a),
        n_categories=np.full(len(a), 2),
        a=np.array(a),
        d=np.array(d)[:, None],
        c=np.zeros(len(a)) if c is None else np.array(c),
        u=np.ones(len(a)),
        s=np.full((len(a), 1), np.nan),
    )


LSAT6_1PL = logistic_items([0.755134816] * 5, [2.730013605, 0.998605882, 0.239853929, 1.306451227, 2.099404492], "1PL")
LSAT6_2PL = logistic_items(
    [0.825658371, 0.722744322, 0.890874223, 0.688368236, 0.656856379],
    [2.773233532, 0.990201209, 0.249147514, 1.284757004, 2.053270652],
)
LSAT6_RASCH = logistic_items([1.0] * 5, [2.730016533, 0.998607631, 0.239854344, 1.306453558, 2.09940711], "Rasch")
LSAT6_RASCH_VARIANCE: Final = 0.570237122124817
LSAT6_3PL = logistic_items(
    [0.846899862, 0.847027794, 1.22510803, 0.763746899, 0.708483014],
    [2.528123811, 0.647962302, -0.278666457, 0.974701792, 1.799700998],
    "3PL",
    [0.19964943, 0.19877784, 0.192760873, 0.199042673, 0.199500605],
)
LSAT7_2PL = logistic_items(
    [0.987546284, 1.080837192, 1.707475955, 0.764990075, 0.735672848],
    [1.855855851, 0.8079696, 1.805205198, 0.485999804, 1.854457646],
)


def mixed_items() -> ItemParameters:
    """Four items of four families with 2, 3, 4 and 3 categories."""
    missing = np.nan
    return ItemParameters(
        names=("choice", "graded", "steps", "nominal"),
        models=("3PL", "GRM", "GPCM", "NRM"),
        n_categories=np.array([2, 3, 4, 3]),
        a=np.array([1.3, 0.9, 0.7, missing]),
        d=np.array([[0.2, missing, missing], [1.0, -0.6, missing], [0.8, 0.1, -0.5], [0.3, -0.2, missing]]),
        c=np.array([0.2, 0.0, 0.0, 0.0]),
        u=np.ones(4),
        s=np.array([[missing] * 3, [missing] * 3, [missing] * 3, [0.6, 1.4, missing]]),
    )


def pattern_distribution(items: ItemParameters, ability: Quadrature) -> tuple[FloatArray, FloatArray]:
    """All response patterns (n, J) and their probabilities, by enumeration."""
    patterns = np.array(list(itertools.product(*(range(k) for k in items.n_categories))))
    p = category_probabilities(ability.nodes, items)
    given = np.prod([p[:, item, patterns[:, item]] for item in range(len(items))], axis=0)
    return patterns, ability.weights @ given


def exact_responses(items: ItemParameters, n_candidates: float, ability: Quadrature | None = None) -> ResponseMatrix:
    """Every pattern as often as the model expects it: data that fit perfectly."""
    patterns, probability = pattern_distribution(items, normal_quadrature() if ability is None else ability)
    return ResponseMatrix.from_patterns(patterns, n_candidates * probability, items.names)
