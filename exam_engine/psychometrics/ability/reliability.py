"""How reliable ability estimates are in a population, predicted from the items or found in a sample.

References
----------
Green, Bock, Humphreys, Linn & Reckase (1984), Journal of Educational Measurement 21, 347–360.
"""

import numpy as np

from exam_engine.psychometrics.ability.errors import ScoringError
from exam_engine.psychometrics.ability.estimates import AbilityEstimates
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.response_functions import fisher_information


def marginal_reliability(items: ItemParameters, prior: Quadrature | None = None) -> float:
    """Share of the ability variance σ² that a form explains, 1 − E[1 / (I(θ) + 1/σ²)] / σ².

    The mean is over the population given, and σ² is its variance: the figure belongs to form and population, and does
    not change with the unit of the scale. A Rasch scale whose population has another variance than 1 must be given
    that population.

    Parameters
    ----------
    items : the items of one form.
    prior : the population; standard normal on 61 nodes when None.
    """
    population = prior if prior is not None else normal_quadrature()
    variance = population.sd**2
    information = fisher_information(population.nodes, items).sum(axis=1)
    return float(population.weights @ (variance * information / (1.0 + variance * information)))


def empirical_reliability(estimates: AbilityEstimates, weights: FloatArray | None = None) -> float:
    """Share of true variance found in a sample's estimates, from their variance V and mean squared standard error E.

    V / (V + E) for posterior means and modes, which vary less than abilities do; (V − E) / V for maximum and weighted
    likelihood, which vary more. The variance has N − 1 in its denominator.

    Parameters
    ----------
    estimates : of the sample.
    weights : (N,) how many candidates an estimate stands for, the weights of the responses; 1 each when None.

    Raises
    ------
    ScoringError
        ``not_finite`` when an estimate is not finite, because leaving such candidates out would flatter the test;
        ``too_few`` for fewer than two candidates.
    """
    theta, error = estimates.theta, estimates.standard_error
    count = np.ones(theta.size) if weights is None else weights
    bad = ~(np.isfinite(theta) & np.isfinite(error))
    if bad.any():
        row = int(np.argmax(bad))
        raise ScoringError(
            "not_finite",
            f"row {row + 1}: the estimate is {theta[row]} with standard error {error[row]}; "
            "use EAP, WLE, or MLE with bounds",
            row=row + 1,
        )
    if not count.sum() > 1.0:
        raise ScoringError("too_few", "a reliability needs at least two candidates")
    spread = float(count @ (theta - np.average(theta, weights=count)) ** 2 / (count.sum() - 1.0))
    noise = float(np.average(error**2, weights=count))
    if estimates.method in ("MLE", "WLE"):
        return (spread - noise) / spread if spread > 0.0 else float("nan")
    return spread / (spread + noise)
