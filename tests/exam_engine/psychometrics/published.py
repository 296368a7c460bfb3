"""Published response tables and the reference values that the estimators must meet."""

import numpy as np

from exam_engine.psychometrics import ResponseMatrix

# Bock & Lieberman (1970), Psychometrika 35, 179-197: sections 6 and 7 of the Law School Admission Test, 1000
# candidates, 5 items each. A pattern reads item 1 … item 5; its count follows. Patterns nobody gave are left out.
LSAT6_PATTERNS = {
    "00000": 3, "00001": 6, "00010": 2, "00011": 11, "00100": 1, "00101": 1, "00110": 3, "00111": 4,
    "01000": 1, "01001": 8, "01011": 16, "01101": 3, "01110": 2, "01111": 15, "10000": 10, "10001": 29,
    "10010": 14, "10011": 81, "10100": 3, "10101": 28, "10110": 15, "10111": 80, "11000": 16, "11001": 56,
    "11010": 21, "11011": 173, "11100": 11, "11101": 61, "11110": 28, "11111": 298,
}  # fmt: skip
LSAT7_PATTERNS = {
    "00000": 12, "00001": 19, "00010": 1, "00011": 7, "00100": 3, "00101": 19, "00110": 3, "00111": 17,
    "01000": 10, "01001": 5, "01010": 3, "01011": 7, "01100": 7, "01101": 23, "01110": 8, "01111": 28,
    "10000": 7, "10001": 39, "10010": 11, "10011": 34, "10100": 14, "10101": 51, "10110": 15, "10111": 90,
    "11000": 6, "11001": 25, "11010": 7, "11011": 35, "11100": 18, "11101": 136, "11110": 32, "11111": 308,
}  # fmt: skip

# Reference 2PL fits: R package mirt 1.45.1 (Chalmers 2012, JSS 48(6)), EM to 1e-7, 61 equal nodes on [-6, 6],
# standard errors from the observed information (Oakes). Log-likelihoods agree with R package ltm (Rizopoulos 2006).
LSAT6_LOG_LIKELIHOOD = -2466.65337751
LSAT6_AIC = 4953.30675503
LSAT6_BIC = 5002.38430782
LSAT6_A = np.array([0.825658371, 0.722744322, 0.890874223, 0.688368236, 0.656856379])
LSAT6_B = np.array([-3.358814771, -1.370057404, -0.279666318, -1.866380431, -3.125905019])
LSAT6_D = np.array([2.773233532, 0.990201209, 0.249147514, 1.284757004, 2.053270652])
LSAT6_SE_A = np.array([0.258114707, 0.186679706, 0.232763761, 0.185142998, 0.209909255])
LSAT6_SE_B = np.array([0.866473905, 0.307490614, 0.099622864, 0.434317142, 0.871221010])
LSAT6_SE_D = np.array([0.205743469, 0.090018977, 0.076272875, 0.099037542, 0.135358843])
# The same from the cross-product of the candidates' scores.
LSAT6_CROSS_PRODUCT_SE_A = np.array([0.253866506529, 0.187872601189, 0.230013821396, 0.186187397767, 0.202692768575])
LSAT6_CROSS_PRODUCT_SE_D = np.array([0.202575252898, 0.090249567572, 0.076241173051, 0.09880257958, 0.133160481812])

# One common slope (1PL), same program and settings.
LSAT6_1PL_LOG_LIKELIHOOD = -2466.9376
LSAT6_1PL_A = 0.755134816
LSAT6_1PL_B = np.array([-3.615266504, -1.322420662, -0.317630606, -1.730090045, -2.780171764])

LSAT7_LOG_LIKELIHOOD = -2658.8051
LSAT7_A = np.array([0.9875, 1.0808, 1.7075, 0.7650, 0.7357])
LSAT7_B = np.array([-1.8793, -0.7475, -1.0572, -0.6353, -2.5208])


def pattern_responses(patterns: dict[str, int]) -> ResponseMatrix:
    """One row per pattern, weighted by its count."""
    return ResponseMatrix.from_patterns(pattern_table(patterns), list(patterns.values()))


def expanded_responses(patterns: dict[str, int]) -> ResponseMatrix:
    """One row per candidate."""
    return ResponseMatrix.from_array(np.repeat(pattern_table(patterns), list(patterns.values()), axis=0))


def pattern_table(patterns: dict[str, int]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Patterns as an array of 0 and 1, one row each."""
    return np.array([[int(answer) for answer in pattern] for pattern in patterns])
