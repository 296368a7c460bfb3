r"""How much more two candidates' answers agree than their abilities explain: Wollack's ω and the binomial tests.

For candidates c and s, over the items that both answered, M is the number of items with the same option.

ω (copying from s: its answers u_s are taken as given):

    ω = (M − Σ_j p_j) / √Σ_j p_j (1 − p_j),   p_j = P(u_sj | θ_c);

its exact tail is the Poisson–binomial P(M' ≥ M) with the same p_j, given here instead of the normal tail, which is too
small for the short tests and rare events at hand. Each pair is looked at in both directions; the smaller tail counts
twice (Bonferroni).

Generalised binomial test (neither is taken as given): p_j = Σ_k P(k | θ_c) P(k | θ_s), exact tail by convolution.

References
----------
Wollack (1997), Applied Psychological Measurement 21, 307–320; van der Linden & Sotaridona (2006), Journal of
Educational and Behavioral Statistics 31, 283–304; Zopluoglu & Davenport (2012), Educational and Psychological
Measurement 72, 975–1000 (size and power of both).
"""

from dataclasses import dataclass

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.forensics.options import NO_OPTION, OptionModel
from exam_engine.psychometrics.forensics.tails import poisson_binomial_tail

_PAIRS_AT_ONCE = 4096


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class PairSimilarity:
    """Agreement of P pairs; tails are 1 where a pair has no item in common.

    Parameters
    ----------
    pairs : (P, 2) rows of the candidates.
    n_common : (P,) items that both answered.
    n_same, n_same_wrong : (P,) items with the same option, and with the same wrong option.
    expected : (P,) expectation of ``n_same`` without either taken as given.
    gbt_p : (P,) tail of the generalised binomial test.
    omega : (P, 2) ω when the first copies from the second, and the second from the first; NaN without common items.
    omega_p : (P,) exact tail of the larger agreement of the two directions, doubled.
    """

    pairs: IntArray
    n_common: IntArray
    n_same: IntArray
    n_same_wrong: IntArray
    expected: FloatArray
    gbt_p: FloatArray
    omega: FloatArray
    omega_p: FloatArray


def all_pairs(n_candidates: int) -> IntArray:
    """(N (N − 1) / 2, 2) rows of all pairs, the lower row first."""
    return np.stack(np.triu_indices(n_candidates, 1), axis=1)


def similarity(chosen: ScoreArray, theta: FloatArray, model: OptionModel, pairs: IntArray) -> PairSimilarity:
    """Compare pairs of candidates.

    Parameters
    ----------
    chosen : (N, J) places of chosen options and ``NO_OPTION``.
    theta : (N,) estimated abilities.
    model : probabilities of the options.
    pairs : (P, 2) rows to compare.
    """
    probabilities = model.probabilities(theta)
    size = len(pairs)
    n_common, n_same, n_same_wrong = np.zeros((3, size), dtype=np.intp)
    expected, gbt_p, omega_p = np.zeros(size), np.ones(size), np.ones(size)
    omega = np.full((size, 2), np.nan)
    for start in range(0, size, _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        one, two = pairs[part, 0], pairs[part, 1]
        answer_one, answer_two = chosen[one], chosen[two]
        common = (answer_one != NO_OPTION) & (answer_two != NO_OPTION)
        same = common & (answer_one == answer_two)
        n_common[part], n_same[part] = common.sum(axis=1), same.sum(axis=1)
        n_same_wrong[part] = (same & (answer_one != model.right)).sum(axis=1)
        match = np.where(common, np.einsum("pjk,pjk->pj", probabilities[one], probabilities[two]), 0.0)
        expected[part] = match.sum(axis=1)
        gbt_p[part] = poisson_binomial_tail(np.minimum(match, 1.0), n_same[part])
        tails = []
        for direction, (copier, given) in enumerate(((one, answer_two), (two, answer_one))):
            place = np.maximum(given, 0)[:, :, None].astype(np.intp)
            p = np.where(common, np.take_along_axis(probabilities[copier], place, axis=2)[:, :, 0], 0.0)
            spread = np.sqrt((p * (1.0 - p)).sum(axis=1))
            omega[part, direction] = np.divide(
                n_same[part] - p.sum(axis=1), spread, out=np.full(spread.size, np.nan), where=spread > 0.0
            )
            tails.append(poisson_binomial_tail(np.minimum(p, 1.0), n_same[part]))
        omega_p[part] = np.minimum(2.0 * np.minimum(*tails), 1.0)
    return PairSimilarity(
        pairs=pairs,
        n_common=n_common,
        n_same=n_same,
        n_same_wrong=n_same_wrong,
        expected=expected,
        gbt_p=gbt_p,
        omega=omega,
        omega_p=omega_p,
    )
