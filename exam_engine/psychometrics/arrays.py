"""Array types shared by the psychometric modules; N candidates, J items, Q quadrature nodes."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
ScoreArray = NDArray[np.int8]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]
