"""Puts a clock of the machine in place that a file sets: it holds the seconds to add to the real one."""

import os
import time
from pathlib import Path

from exam_engine.core.extension import Extension
from exam_engine.core.time import CLOCK

SHIFT_VARIABLE = "EXAM_TEST_CLOCK_SHIFT"


def _wall() -> float:
    return time.time() + float(Path(os.environ[SHIFT_VARIABLE]).read_text(encoding="ascii"))


if SHIFT_VARIABLE in os.environ:
    CLOCK.wall = _wall
    CLOCK.offset = CLOCK.wall_offset()

extension = Extension(routers=())
