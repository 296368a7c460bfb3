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
