"""Probabilities of Sympson–Hetter control, found by simulating the test again and again.

References
----------
Sympson & Hetter (1985), Proceedings of the 27th annual meeting of the Military Testing Association, 973–977; van der
Linden (2003), Journal of Educational and Behavioral Statistics 28, 249–265 (on its convergence).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from exam_engine.psychometrics.adaptive.adaptive_test import AdaptiveTest
from exam_engine.psychometrics.adaptive.errors import AdaptiveTestError
from exam_engine.psychometrics.adaptive.exposure import SympsonHetter
from exam_engine.psychometrics.adaptive.pool import AdaptivePool
from exam_engine.psychometrics.adaptive.settings import AdaptiveSettings
from exam_engine.psychometrics.adaptive.simulation import simulate_adaptive_tests
from exam_engine.psychometrics.arrays import FloatArray

_FEWEST_UNAVERAGED = 2
_ERRORS_ABOVE = 2.0
"""Standard errors added to a share that was simulated, because chance would else raise half of the rates above r."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SympsonHetterCalibration:
    """Probabilities and how they were reached.

    Attributes
    ----------
    control : for ``AdaptiveSettings.exposure``.
    maximum_rate : r, the rate aimed at.
    highest_rates : (M,) the highest exposure rate of any item, in any segment that at least a tenth of the candidates
        visited, in each simulation; each under the probabilities of the simulation before.
    """

    control: SympsonHetter
    maximum_rate: float
    highest_rates: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "control": self.control.to_dict(),
            "maximum_rate": self.maximum_rate,
            "highest_rates": self.highest_rates.tolist(),
        }


def calibrate_sympson_hetter(
    pool: AdaptivePool,
    settings: AdaptiveSettings,
    *,
    maximum_rate: float,
    seed: int,
    iterations: int = 15,
    n_candidates: int = 2_000,
    abilities: FloatArray | None = None,
    segment_bounds: Sequence[float] = (),
) -> SympsonHetterCalibration:
    """Find the probabilities that hold every exposure rate at or below a maximum, up to sampling.

    After each simulation an item that was selected for a share S > r of the candidates gets the probability r/S, any
    other 1. After the first third of the iterations, S is the mean over the iterations since, so that the probabilities
    settle instead of following the chance of the last simulation.

    Parameters
    ----------
    pool, settings : the test; its exposure control is replaced.
    maximum_rate : r.
    seed : of all simulations, 0 or more.
    iterations, n_candidates : how often how many candidates are simulated.
    abilities : from which the simulated candidates are drawn; normal with the prior's mean and sd when None.
    segment_bounds : abilities between segments with probabilities of their own, so that rates are held down among
        candidates of similar ability and not on the whole only.

    Raises
    ------
    AdaptiveTestError
        ``bad_exposure`` when the rate cannot be held: maximum_rate · J is below the length of a test, or not in (0, 1].
    """
    n_items = len(pool.items)
    if not 0.0 < maximum_rate <= 1.0 or maximum_rate * n_items < settings.maximum_length:
        raise AdaptiveTestError(
            "bad_exposure",
            f"tests of {settings.maximum_length} from {n_items} items need a maximum rate of at least "
            f"{settings.maximum_length / n_items:.3f} and at most 1, not {maximum_rate}",
            least=settings.maximum_length / n_items,
        )
    if iterations < 1 or n_candidates < 1:
        raise AdaptiveTestError("bad_exposure", "calibration needs at least one iteration and one candidate")
    bounds = tuple(segment_bounds)
    control = SympsonHetter(probabilities=np.ones((len(bounds) + 1, n_items)), segment_bounds=bounds)
    test = AdaptiveTest(pool, replace(settings, exposure=control))
    unaveraged = max(iterations // 3, _FEWEST_UNAVERAGED)
    selected = np.zeros_like(control.probabilities)
    highest = np.empty(iterations)
    for iteration in range(iterations):
        rng = np.random.default_rng([seed, iteration])
        if abilities is None:
            theta = rng.normal(settings.prior_mean, settings.prior_sd, n_candidates)
        else:
            theta = rng.choice(abilities, n_candidates)
        tests = simulate_adaptive_tests(test.with_exposure(control), theta, seed=int(rng.integers(2**63)))
        usual = tests.visits >= 0.1 * n_candidates
        highest[iteration] = tests.segment_rates[usual].max()
        visits = np.maximum(tests.visits, 1.0)[:, None]
        share = (tests.given + tests.set_aside) / visits
        n_averaged = max(iteration - unaveraged + 1, 1)
        selected += (share - selected) / n_averaged
        error = np.sqrt(selected * (1.0 - np.minimum(selected, 1.0)) / (visits * n_averaged))
        likely = selected + _ERRORS_ABOVE * error
        p = np.divide(maximum_rate, likely, out=np.ones_like(likely), where=likely > maximum_rate)
        control = replace(control, probabilities=p)
    return SympsonHetterCalibration(control=control, maximum_rate=maximum_rate, highest_rates=highest)
