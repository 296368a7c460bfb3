"""Estimations for tests of what happens in the middle of one; top-level, so that another process can import them."""

import os
import signal
import time
from functools import partial
from typing import Any

from exam_engine.core.jobs.computation import Tell
from item_bank.calibration.estimation import Estimation, EstimationTask, estimate

NAP_SECONDS = 0.5


def _tell_and_nap(tell: Tell, word: Any) -> None:
    tell(word)
    time.sleep(NAP_SECONDS)


def estimate_slowly(task: EstimationTask, *, tell: Tell) -> Estimation:
    """Really calibrate, but rest after each word and never end by itself."""
    estimate(task, tell=partial(_tell_and_nap, tell))
    while True:
        tell({"stage": "fit", "iteration": 99, "log_likelihood": -1.0, "change": 1e-3, "pid": os.getpid()})
        time.sleep(NAP_SECONDS)


def die_in_the_middle(task: EstimationTask, *, tell: Tell) -> Estimation:
    """Be killed as the kernel kills for want of memory."""
    tell({"stage": "fit", "iteration": 1, "log_likelihood": -1.0, "change": 0.1})
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError(task)
