"""Reads from the environment at which step the server shall strike, and whom."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from exam_engine.core.extension import Extension
from tests.faults.crashing.steps import PUSH_STEPS, STEP_VARIABLE, STEPS, TIMES_VARIABLE, Fuse
from tests.faults.crashing.victims import FLAG_VARIABLE, VICTIM_VARIABLE, striker


@asynccontextmanager
async def _prepared(_app: FastAPI) -> AsyncIterator[None]:
    step = os.environ.get(STEP_VARIABLE)
    if step:
        strike = striker(os.environ.get(VICTIM_VARIABLE, "self"), os.environ.get(FLAG_VARIABLE))
        (STEPS | PUSH_STEPS)[step][0](Fuse(int(os.environ[TIMES_VARIABLE]), strike))
    yield


extension = Extension(routers=(), lifespans=(_prepared,))
