"""Two forms of a 36-item test with 12 common items, and what they must link to."""

from typing import Final

import numpy as np

from exam_engine.psychometrics.item_parameters import ItemParameters

# Kolen & Brennan (2004), *Test Equating, Scaling, and Linking*, 2nd ed., Table 6.5: slope (normal metric, D = 1.7),
# difficulty and lower asymptote of the items of Form X (new) and Form Y (old). Every third item is common.
FORM_X: Final = np.array([
    [0.5496, -1.796, 0.1751], [0.7891, -0.4796, 0.1165], [0.4551, -0.7101, 0.2087],
    [1.4443, 0.4833, 0.2826], [0.974, -0.168, 0.2625], [0.5839, -0.8567, 0.2038],
    [0.8604, 0.4546, 0.3224], [1.1445, -0.1301, 0.2209], [0.7544, 0.0212, 0.16],
    [0.917, 1.0139, 0.3648], [0.9592, 0.7218, 0.2399], [0.6633, 0.0506, 0.124],
    [1.2324, 0.4167, 0.2535], [1.0492, 0.7882, 0.1569], [1.069, 0.961, 0.2986],
    [0.9193, 0.6099, 0.2521], [0.8935, 0.5128, 0.2273], [0.9672, 0.195, 0.0535],
    [0.6562, 0.3953, 0.1201], [1.0556, 0.9481, 0.2036], [0.3479, 2.2768, 0.1489],
    [0.8432, 1.0601, 0.2332], [1.1142, 0.5826, 0.0644], [1.4579, 1.0241, 0.2453],
    [0.5137, 1.379, 0.1427], [0.9194, 1.0782, 0.0879], [1.8811, 1.4062, 0.1992],
    [1.5045, 1.5093, 0.1642], [0.9664, 1.5443, 0.1431], [0.702, 2.2401, 0.0853],
    [1.2651, 1.8759, 0.2443], [0.8567, 1.714, 0.0865], [1.408, 1.5556, 0.0789],
    [0.5808, 3.4728, 0.1399], [0.9257, 3.1202, 0.109], [1.2993, 2.1589, 0.1075],
])  # fmt: skip
FORM_Y: Final = np.array([
    [0.8704, -1.4507, 0.1576], [0.4628, -0.407, 0.1094], [0.4416, -1.3349, 0.1559],
    [0.5448, -0.9017, 0.1381], [0.62, -1.4865, 0.2114], [0.573, -1.321, 0.1913],
    [1.1752, 0.0691, 0.2947], [0.445, 0.2324, 0.2723], [0.5987, -0.7098, 0.1177],
    [0.8479, -0.4253, 0.1445], [1.032, -0.8184, 0.0936], [0.6041, -0.3539, 0.0818],
    [0.8297, -0.0191, 0.1283], [0.7252, -0.3155, 0.0854], [0.9902, 0.532, 0.3024],
    [0.7749, 0.5394, 0.2179], [0.5942, 0.8987, 0.2299], [0.8081, -0.1156, 0.0648],
    [0.964, -0.1948, 0.1633], [0.7836, 0.3506, 0.1299], [0.414, 2.5538, 0.241],
    [0.7618, -0.1581, 0.1137], [1.1959, 0.5056, 0.2397], [1.3554, 0.5811, 0.2243],
    [1.1869, 0.6229, 0.2577], [1.0296, 0.3898, 0.1856], [1.0417, 0.9392, 0.1651],
    [1.2055, 1.135, 0.2323], [0.9697, 0.6976, 0.107], [0.6336, 1.896, 0.0794],
    [1.0822, 1.3864, 0.1855], [1.0195, 0.9197, 0.1027], [1.1347, 1.079, 0.063],
    [1.1948, 1.8411, 0.0999], [1.1961, 2.0297, 0.0832], [0.9255, 2.1337, 0.1259],
])  # fmt: skip
COMMON: Final = tuple(f"common_{position + 1}" for position in range(2, 36, 3))
NORMAL_METRIC: Final = 1.7


def form(table: np.ndarray[tuple[int, int], np.dtype[np.float64]], prefix: str) -> ItemParameters:
    """A form in the logistic metric; common items have the same name on both forms."""
    names = [
        f"common_{position + 1}" if position % 3 == 2 else f"{prefix}_{position + 1}" for position in range(len(table))
    ]
    return ItemParameters.dichotomous(names, NORMAL_METRIC * table[:, 0], table[:, 1], table[:, 2])


def form_x() -> ItemParameters:
    """The new form on its own scale."""
    return form(FORM_X, "x")


def form_y() -> ItemParameters:
    """The old form on its own scale."""
    return form(FORM_Y, "y")
