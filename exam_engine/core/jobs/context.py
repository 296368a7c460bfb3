"""What the handler of a job is given."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from exam_engine.core.actor import Actor
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.jobs.computation import compute_in_own_process
from exam_engine.core.jobs.models import Job
from exam_engine.core.time import utc_now

A = ParamSpec("A")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class JobContext:
    """Database, executor and parameters of one running job.

    ``actor`` is who asked for the work; acts of the job are recorded in that person's name.
    """

    job_id: UUID
    parameters: dict[str, Any]
    actor: Actor
    database: Database
    settings: Settings
    executor: Executor

    async def compute(self, function: Callable[A, R], *args: A.args, **kwargs: A.kwargs) -> R:
        """Run a pure, picklable function in another process and wait for its result."""
        return await asyncio.get_running_loop().run_in_executor(self.executor, partial(function, *args, **kwargs))

    async def compute_telling(
        self, function: Callable[..., R], *args: Any, on_word: Callable[[Any], Awaitable[None]]
    ) -> R:
        """Run ``function(*args, tell=…)`` in a process of its own, which a cancelled job ends at once.

        ``on_word`` is awaited with each word that the computation tells.
        """
        return await compute_in_own_process(function, *args, on_word=on_word)

    async def report(self, progress: float, message_code: str | None = None, **params: Any) -> None:
        """Store how far the work is (0 to 1) and a message code for the waiting user."""
        now = utc_now()
        async with self.database.write() as session:
            await session.exec(
                sa.update(Job)
                .where(col(Job.id) == self.job_id)
                .values(
                    progress=max(0.0, min(1.0, progress)),
                    message_code=message_code,
                    message_params=params,
                    heartbeat_at=now,
                )
            )
