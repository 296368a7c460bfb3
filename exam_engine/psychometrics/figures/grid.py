"""The abilities at which curves of figures are evaluated."""

from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray

FIGURE_THETA: Final[FloatArray] = np.linspace(-4.0, 4.0, 161)
FIGURE_THETA.flags.writeable = False
