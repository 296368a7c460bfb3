"""A simulated test with known differential functioning, and what other programs say of it.

1000 candidates of group R with abilities N(0, 1) and 1000 of group F with N(0.3, 1.2) answered 20 items of the 2PL,
slopes log-normal (0, 0.3) and intercepts N(0, 1). For group F items 3 and 11 are harder (intercept less 0.6) and the
slope of item 17 is half of that for group R. The answers are packed to bits, row by row, group R first.
"""

from pathlib import Path

import numpy as np

from exam_engine.psychometrics import ResponseMatrix

N_PER_GROUP = 1000
GROUPS = np.repeat(["R", "F"], N_PER_GROUP)
ITEMS = tuple(f"Item_{number}" for number in range(1, 21))
WITH_DIF = ("Item_3", "Item_11", "Item_17")

# R package difR 5.1: difMH and difLogistic (type "both"), no purification.
MANTEL_HAENSZEL = np.array(
    [
        0.000245982846542, 0.000141571430897, 12.0697093501, 0.0141981096168, 1.73050512166,
        0.278065347914, 2.05742811155, 0.0664181550803, 0.00510407719393, 0.624912888534,
        44.450865025, 0.791273116986, 0.0248489673623, 1.88271201313, 0.584884350617,
        1.43842907425, 9.92497216973, 0.331631611439, 3.89978079676, 2.28004433164,
    ]
)  # fmt: skip
COMMON_ODDS_RATIO = np.array(
    [
        1.0072660209, 0.99562607278, 1.49862824188, 1.02188154129, 1.19436783985,
        0.935621931786, 0.834061701037, 1.03562722255, 0.985299812276, 1.09200411959,
        2.06650290168, 0.897094814795, 1.02504943537, 0.849937874498, 0.893245503081,
        0.864299046546, 0.660934635664, 0.935128052538, 0.795883577407, 0.843206760223,
    ]
)  # fmt: skip
LOGISTIC_BOTH = np.array(
    [
        6.58883417158, 0.045538144263, 12.6790220736, 2.10812166455, 2.14670417982,
        0.293532421094, 2.35186181476, 0.872649626542, 0.846111358771, 1.51583466626,
        47.3529364456, 1.6357716973, 1.06813050249, 2.2068399629, 0.59086591753,
        10.1181565472, 27.8134691983, 0.340197580513, 3.92764015648, 3.25765697969,
    ]
)  # fmt: skip

# R package mirt 1.45.1, SIBTEST with all other items as the matched set: beta, SE, chi-square; crossing: beta,
# chi-square, degrees of freedom.
SIBTEST = {
    "Item_3": (0.0723597947108478, 0.01990801915523, 13.2110869904567),
    "Item_11": (0.134829900479155, 0.020976813096934, 41.3136352208259),
    "Item_17": (-0.0652231293134993, 0.0183503913278481, 12.6331776498416),
}
CROSSING_SIBTEST = {
    "Item_3": (0.0723597947108478, 13.2110869904567, 1),
    "Item_11": (0.134829900479155, 41.3136352208259, 1),
    "Item_17": (0.105871407446357, 33.3063782892835, 2),
}

# R package mirt 1.45.1, 2PL, 61 nodes on [-6, 6], free mean and variance of the second group. Likelihood ratio with all
# other items as anchors (scheme "drop"), and with the anchors below (scheme "add"); Wald's test with the same anchors,
# covariance by Oakes' method, group F as the reference. mirt stops at changes of 1e-7 of a parameter.
ANCHORS = ("Item_1", "Item_2", "Item_4", "Item_5", "Item_6")
LIKELIHOOD_RATIO_ALL_OTHERS = {
    "Item_1": 4.384345202, "Item_2": 0.155879187, "Item_3": 13.99437113, "Item_4": 2.808700687,
    "Item_5": 2.293661883, "Item_6": 0.2248864391, "Item_7": 2.281959174, "Item_8": 0.9281716451,
    "Item_9": 0.2748745128, "Item_10": 2.785855059, "Item_11": 44.57414885, "Item_12": 1.552905118,
    "Item_13": 1.156172263, "Item_14": 1.815736367, "Item_15": 0.4337209338, "Item_16": 9.365696563,
    "Item_17": 27.82472302, "Item_18": 0.4956324454, "Item_19": 3.439908319, "Item_20": 3.007101371,
}  # fmt: skip
LIKELIHOOD_RATIO_ANCHORED = {
    "Item_3": 11.03995676, "Item_7": 2.419936598, "Item_8": 0.08088801475, "Item_9": 0.002899831903,
    "Item_10": 3.719011179, "Item_11": 34.48402036, "Item_12": 2.815072685, "Item_13": 2.141901797,
    "Item_14": 1.617298849, "Item_15": 1.487776431, "Item_16": 4.697256917, "Item_17": 28.88348044,
    "Item_18": 1.203149123, "Item_19": 3.414452563, "Item_20": 2.786995353,
}  # fmt: skip
WALD_ANCHORED = {
    "Item_3": 10.44486058, "Item_7": 2.385084806, "Item_8": 0.08094537785, "Item_9": 0.002710259369,
    "Item_10": 3.505570403, "Item_11": 32.85816115, "Item_12": 2.736423494, "Item_13": 2.080471827,
    "Item_14": 1.607916871, "Item_15": 1.455589115, "Item_16": 4.865406668, "Item_17": 24.31504267,
    "Item_18": 1.185876697, "Item_19": 3.35719194, "Item_20": 2.799552447,
}  # fmt: skip


def simulated_responses() -> ResponseMatrix:
    """The 2000 × 20 answers."""
    packed = np.load(Path(__file__).parent.parent / "data" / "dif_sim20.npy")
    bits = np.unpackbits(packed)[: 2 * N_PER_GROUP * len(ITEMS)]
    return ResponseMatrix.from_array(bits.reshape(2 * N_PER_GROUP, len(ITEMS)), ITEMS)
