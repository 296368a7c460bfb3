"""The most even use of a pool that the requirements allow: how often to use each item, so that exposure χ² is smallest.

References
----------
Chang & Ying (1999), a-stratified multistage computerized adaptive testing, *Applied Psychological Measurement* 23(3),
for the χ² of exposure. Boyd & Vandenberghe (2004), *Convex Optimization*, §5.2 (the dual of a quadratic programme).
"""

from typing import Final

import numpy as np
from scipy.optimize import minimize

from exam_engine.psychometrics.arrays import FloatArray

_STIFFNESS: Final = 1e4
"""Price of missing a bound by one standard amount, relative to the price of uneven use."""


def even_shares(
    amounts: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    *,
    weights: FloatArray,
    floors: FloatArray,
    caps: FloatArray,
) -> FloatArray:
    """Shares x that minimise Σ weights · x², with lower ≤ amounts · x ≤ upper and floors ≤ x ≤ caps.

    The dual has two prices for each requirement, one for each bound, and x follows from them item by item. Bounds that
    cannot be met are missed by as little as possible.

    Parameters
    ----------
    amounts : (R, U) what each unit adds to each requirement.
    lower, upper : (R,) bounds, ±∞ for none.
    weights : (U,) items behind a unit, as they count in χ².
    floors, caps : (U,) least and greatest share of each unit.

    Returns
    -------
    (U,) shares.
    """
    roots = np.sqrt(weights)
    scaled = amounts / roots
    sizes = np.sqrt((scaled**2).sum(axis=1))
    sizes[sizes == 0.0] = 1.0
    scaled = scaled / sizes[:, None]
    least, most = floors * roots, caps * roots
    has_lower, has_upper = np.flatnonzero(np.isfinite(lower)), np.flatnonzero(np.isfinite(upper))
    # The prices of the lower bounds pull a share up, those of the upper bounds push it down.
    pull = np.vstack([scaled[has_lower], -scaled[has_upper]])
    bounds = np.concatenate([(lower / sizes)[has_lower], -(upper / sizes)[has_upper]])

    def negative_dual(prices: FloatArray) -> tuple[float, FloatArray]:
        wish = prices @ pull
        z = np.clip(wish, least, most)
        slope = pull @ z - bounds + prices / _STIFFNESS
        value = z @ wish - 0.5 * (z @ z) - prices @ bounds + 0.5 * (prices @ prices) / _STIFFNESS
        return float(value), slope

    found = minimize(
        negative_dual,
        np.zeros(bounds.size),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * bounds.size,
        options={"maxiter": 300, "maxcor": 20, "ftol": 1e-10, "gtol": 1e-6},
    )
    shares: FloatArray = np.clip(found.x @ pull, least, most) / roots
    return shares
