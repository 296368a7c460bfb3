"""Reliability of pass/fail decisions from one administration: accuracy, consistency and kappa at the cut.

=================  ==============================================  =====================================================
method             true scores                                     assumes
=================  ==============================================  =====================================================
Livingston–Lewis   four-parameter beta                             any score with a known reliability; binomial error of
                                                                   a test of the effective length
Huynh              two-parameter beta                              number-correct scores; items of equal difficulty
                                                                   (reliability is KR-21)
Subkoviak          each candidate's regressed score                number-correct scores; binomial error
=================  ==============================================  =====================================================

All take a second form to be strictly parallel and errors to be independent given the true score.

References
----------
Livingston & Lewis (1995), Journal of Educational Measurement 32, 179–197. Huynh (1976), ibid. 13, 253–264. Subkoviak
(1976), ibid. 13, 265–276.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaln, gammaln

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.alpha import kr_21_of_scores
from exam_engine.psychometrics.classical.errors import ClassicalDataError
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.classical.true_score import BetaTrueScores, fit_beta_true_scores

DecisionMethod = Literal["livingston_lewis", "huynh", "subkoviak"]


@dataclass(frozen=True, eq=False, slots=True)
class DecisionReliability:
    """How far pass/fail decisions can be trusted; all shares are of candidates.

    Attributes
    ----------
    method : the model.
    cut, true_cut : lowest passing score, and the true score from which a candidate deserves to pass.
    accuracy : decisions that agree with the true score; NaN for Subkoviak, who has no distribution of true scores.
    false_passes, false_failures : the two kinds of error; they add up to 1 − accuracy.
    consistency : decisions that would agree on a parallel form.
    chance_consistency, kappa : agreement of independent decisions, and consistency beyond it; kappa is NaN when the
        model passes or fails everybody.
    pass_rate, observed_pass_rate : under the model and in the data; far apart, the model does not fit.
    reliability : used or estimated.
    test_length : items, or effective items for Livingston–Lewis.
    true_scores : the fitted distribution of true proportions; None for Subkoviak.
    n_candidates : sum of weights.
    """

    method: DecisionMethod
    cut: float
    true_cut: float
    accuracy: float
    false_passes: float
    false_failures: float
    consistency: float
    chance_consistency: float
    kappa: float
    pass_rate: float
    observed_pass_rate: float
    reliability: float
    test_length: float
    true_scores: BetaTrueScores | None
    n_candidates: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what is not defined is null."""
        result: dict[str, Any] = json_value(self)
        return result


def livingston_lewis(
    scores: ArrayLike,
    cut: float,
    *,
    reliability: float,
    maximum: float,
    minimum: float = 0.0,
    step: float = 1.0,
    true_cut: float | None = None,
    weights: ArrayLike | None = None,
) -> DecisionReliability:
    """Accuracy and consistency for any score of known reliability.

    The effective length n is kept as a fraction and the border of the decision lies half a step below the cut: the
    binomial tail is the incomplete beta function, which needs no whole numbers. The published method rounds n, which
    moves the cut.

    Parameters
    ----------
    scores : (N,) observed scores, number-correct or a weighted composite.
    cut : lowest passing score.
    reliability : of the scores, e.g. alpha; in (0, 1).
    maximum, minimum : possible scores.
    step : distance between neighbouring possible scores; 0 for scores without steps.
    true_cut : on the score scale; the cut itself when None.
    weights : (N,) how many candidates a score stands for; 1 when None.

    Raises
    ------
    ClassicalDataError
        ``score_outside_range``, ``cut_outside_range``, ``reliability_outside_range``, ``too_few_candidates``,
        ``total_constant`` or ``no_true_score_distribution``.
    """
    x, own = _checked(scores, weights, cut, minimum, maximum)
    if not 0.0 < reliability < 1.0:
        raise ClassicalDataError("reliability_outside_range", f"reliability {reliability} is not between 0 and 1")
    mean = float(np.average(x, weights=own))
    variance = float(np.average((x - mean) ** 2, weights=own))
    length = ((mean - minimum) * (maximum - mean) - reliability * variance) / (variance * (1.0 - reliability))
    width = maximum - minimum
    true_scores = fit_beta_true_scores((x - minimum) * (length / width), length, own)
    border = (cut - 0.5 * step - minimum) * (length / width) + 0.5
    deserved = ((cut if true_cut is None else true_cut) - minimum) / width

    def passes(proportion: FloatArray) -> FloatArray:
        result: FloatArray = _binomial_tail(border, length, proportion)
        return result

    def agrees(proportion: FloatArray) -> FloatArray:
        chance = passes(proportion)
        return chance**2 + (1.0 - chance) ** 2

    # Splitting the integrals at the deserved score keeps each integrand smooth.
    right_passes = true_scores.expectation(passes, deserved, 1.0)
    false_passes = true_scores.expectation(passes, 0.0, deserved)
    return _result(
        "livingston_lewis",
        cut=cut,
        true_cut=minimum + width * deserved,
        false_passes=false_passes,
        false_failures=1.0 - true_scores.cdf(deserved) - right_passes,
        consistency=true_scores.expectation(agrees, 0.0, deserved) + true_scores.expectation(agrees, deserved, 1.0),
        pass_rate=right_passes + false_passes,
        observed_pass_rate=float(np.average(x >= cut, weights=own)),
        reliability=reliability,
        test_length=length,
        true_scores=true_scores,
        n_candidates=float(own.sum()),
    )


def huynh(
    scores: ArrayLike,
    cut: float,
    *,
    n_items: int,
    true_cut: float | None = None,
    weights: ArrayLike | None = None,
) -> DecisionReliability:
    """Accuracy and consistency under the beta-binomial model with the mean and variance of the scores.

    Parameters
    ----------
    scores : (N,) number-correct scores.
    cut : fewest right answers that pass, 1 … n_items.
    n_items : dichotomous items.
    true_cut : expected right answers from which a candidate deserves to pass; the cut itself when None.
    weights : (N,) how many candidates a score stands for; 1 when None.

    Raises
    ------
    ClassicalDataError
        ``score_outside_range``, ``cut_outside_range``, ``too_few_candidates``, ``total_constant``, or
        ``reliability_outside_range`` when KR-21 is not between 0 and 1.
    """
    x, own = _checked(scores, weights, cut, 0.0, n_items)
    _refuse_fractions(x, cut)
    reliability = kr_21_of_scores(x, n_items=n_items, weights=own)
    if not 0.0 < reliability < 1.0:
        raise ClassicalDataError(
            "reliability_outside_range",
            f"KR-21 is {reliability:.4g} and the beta-binomial model needs it between 0 and 1: the items are too few "
            "or too unlike in difficulty",
            kr21=reliability,
        )
    mean = float(np.average(x, weights=own))
    alpha = (1.0 / reliability - 1.0) * mean
    beta = (1.0 / reliability - 1.0) * (n_items - mean)
    deserved = (cut if true_cut is None else true_cut) / n_items
    k = np.arange(n_items + 1)
    log_choose = gammaln(n_items + 1) - gammaln(k + 1) - gammaln(n_items - k + 1)
    # Two forms given the same beta true score: P(x, y) depends on x + y but for the binomial coefficients.
    both = np.exp(
        log_choose[:, None]
        + log_choose
        + betaln(alpha + k[:, None] + k, beta + 2 * n_items - k[:, None] - k)
        - betaln(alpha, beta)
    )
    one = np.exp(log_choose + betaln(alpha + k, beta + n_items - k) - betaln(alpha, beta))
    deserving = 1.0 - betainc(alpha + k, beta + n_items - k, np.clip(deserved, 0.0, 1.0))
    passed = k >= cut
    return _result(
        "huynh",
        cut=cut,
        true_cut=n_items * deserved,
        false_passes=float(one[passed] @ (1.0 - deserving[passed])),
        false_failures=float(one[~passed] @ deserving[~passed]),
        consistency=float(both[np.ix_(passed, passed)].sum() + both[np.ix_(~passed, ~passed)].sum()),
        pass_rate=float(one[passed].sum()),
        observed_pass_rate=float(np.average(x >= cut, weights=own)),
        reliability=reliability,
        test_length=n_items,
        true_scores=BetaTrueScores(alpha, beta),
        n_candidates=float(own.sum()),
    )


def subkoviak(
    scores: ArrayLike,
    cut: float,
    *,
    n_items: int,
    reliability: float,
    weights: ArrayLike | None = None,
) -> DecisionReliability:
    """Consistency from each candidate's chance to pass, given the score regressed to the mean by the reliability.

    Parameters
    ----------
    scores : (N,) number-correct scores.
    cut : fewest right answers that pass, 1 … n_items.
    n_items : dichotomous items.
    reliability : KR-20 or alpha, in [0, 1].
    weights : (N,) how many candidates a score stands for; 1 when None.

    Raises
    ------
    ClassicalDataError
        ``score_outside_range``, ``cut_outside_range``, ``too_few_candidates``, ``total_constant`` or
        ``reliability_outside_range``.
    """
    x, own = _checked(scores, weights, cut, 0.0, n_items)
    _refuse_fractions(x, cut)
    if not 0.0 <= reliability <= 1.0:
        raise ClassicalDataError("reliability_outside_range", f"reliability {reliability} is not between 0 and 1")
    proportion = (reliability * x + (1.0 - reliability) * float(np.average(x, weights=own))) / n_items
    chance = _binomial_tail(float(cut), float(n_items), proportion)
    return _result(
        "subkoviak",
        cut=cut,
        true_cut=float(cut),
        false_passes=float("nan"),
        false_failures=float("nan"),
        consistency=float(np.average(chance**2 + (1.0 - chance) ** 2, weights=own)),
        pass_rate=float(np.average(chance, weights=own)),
        observed_pass_rate=float(np.average(x >= cut, weights=own)),
        reliability=reliability,
        test_length=n_items,
        true_scores=None,
        n_candidates=float(own.sum()),
    )


def _binomial_tail(least: float, length: float, proportion: FloatArray) -> FloatArray:
    """P(X ≥ least) for binomial X, continued to fractions."""
    if least <= 0.0:
        return np.ones_like(proportion)
    if least >= length + 1.0:
        return np.zeros_like(proportion)
    result: FloatArray = betainc(least, length - least + 1.0, proportion)
    return result


def _result(
    method: DecisionMethod,
    *,
    cut: float,
    true_cut: float,
    false_passes: float,
    false_failures: float,
    consistency: float,
    pass_rate: float,
    observed_pass_rate: float,
    reliability: float,
    test_length: float,
    true_scores: BetaTrueScores | None,
    n_candidates: float,
) -> DecisionReliability:
    by_chance = pass_rate**2 + (1.0 - pass_rate) ** 2
    return DecisionReliability(
        method=method,
        cut=float(cut),
        true_cut=float(true_cut),
        accuracy=1.0 - false_passes - false_failures,
        false_passes=false_passes,
        false_failures=false_failures,
        consistency=consistency,
        chance_consistency=by_chance,
        kappa=(consistency - by_chance) / (1.0 - by_chance) if by_chance < 1.0 - 1e-12 else float("nan"),
        pass_rate=pass_rate,
        observed_pass_rate=observed_pass_rate,
        reliability=reliability,
        test_length=float(test_length),
        true_scores=true_scores,
        n_candidates=n_candidates,
    )


def _checked(
    scores: ArrayLike, weights: ArrayLike | None, cut: float, minimum: float, maximum: float
) -> tuple[FloatArray, FloatArray]:
    x = np.asarray(scores, dtype=np.float64)
    own = np.ones(x.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    if x.ndim != 1 or own.shape != x.shape:
        raise ClassicalDataError(
            "shape_mismatch", f"scores of shape {x.shape} and weights of shape {own.shape} need one row a candidate"
        )
    outside = ~((x >= minimum) & (x <= maximum))
    if outside.any():
        row = int(np.argmax(outside))
        raise ClassicalDataError(
            "score_outside_range",
            f"row {row + 1}: score {x[row]} is outside {minimum:g} … {maximum:g}",
            row=row + 1,
            score=float(x[row]),
        )
    if not minimum < cut <= maximum:
        raise ClassicalDataError(
            "cut_outside_range", f"cut {cut} is not above {minimum:g} and at most {maximum:g}", cut=float(cut)
        )
    if x.size == 0 or own.sum() < 2.0:
        raise ClassicalDataError("too_few_candidates", "at least two candidates are needed")
    if x.min() == x.max():
        raise ClassicalDataError("total_constant", "every candidate has the same score: no reliability exists")
    return x, own


def _refuse_fractions(scores: FloatArray, cut: float) -> None:
    fractions = np.flatnonzero(scores != np.floor(scores))
    if fractions.size:
        row = int(fractions[0])
        raise ClassicalDataError(
            "score_outside_range", f"row {row + 1}: {scores[row]} is not a number of right answers", row=row + 1
        )
    if cut != int(cut):
        raise ClassicalDataError("cut_outside_range", f"cut {cut} is not a number of right answers", cut=float(cut))
