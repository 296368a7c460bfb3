"""Runs queued jobs one after another beside the web server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager, suppress
from typing import Any, ParamSpec, TypeVar

import structlog

from exam_engine.core.actor import Actor
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.errors import DomainError
from exam_engine.core.jobs import service
from exam_engine.core.jobs.computation import ProcessDiedError, computing_processes
from exam_engine.core.jobs.context import JobContext
from exam_engine.core.jobs.models import Job
from exam_engine.core.time import utc_now

log = structlog.get_logger()

A = ParamSpec("A")
R = TypeVar("R")

POLL_SECONDS = 0.3
CANCEL_POLL_SECONDS = 0.5
BEAT_SECONDS = 15.0


@asynccontextmanager
async def running_jobs(
    database: Database,
    settings: Settings,
    handlers: Mapping[str, Callable[[JobContext], Awaitable[dict[str, Any]]]],
    actor_of: Callable[[Job], Awaitable[Actor]],
) -> AsyncIterator[None]:
    """Take and run jobs of the known kinds until the block is left."""
    computing_processes({handler.__module__ for handler in handlers.values()})
    pool = ComputePool(settings.job_processes)
    task = asyncio.create_task(_work(database, settings, dict(handlers), actor_of, pool))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await asyncio.to_thread(pool.shutdown)


class ComputePool(Executor):
    """Processes for heavy computing; a process that was killed, say for want of memory, costs only its own job."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._pool = self._fresh()

    def _fresh(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._processes, mp_context=computing_processes())

    def submit(self, function: Callable[A, R], /, *args: A.args, **kwargs: A.kwargs) -> Future[R]:
        """Run a picklable function in one of the processes."""
        try:
            return self._pool.submit(function, *args, **kwargs)
        except BrokenProcessPool:
            # The standard pool refuses all work for ever once one of its processes died.
            self._pool.shutdown(wait=False)
            self._pool = self._fresh()
            return self._pool.submit(function, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """End the processes; a computation under way is waited for."""
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)


async def _work(
    database: Database,
    settings: Settings,
    handlers: dict[str, Callable[[JobContext], Awaitable[dict[str, Any]]]],
    actor_of: Callable[[Job], Awaitable[Actor]],
    pool: Executor,
) -> None:
    kinds = sorted(handlers)
    while True:
        try:
            async with database.write() as session:
                job = await service.claim_next(session, kinds=kinds, now=utc_now())
            if job is not None:
                context = JobContext(job.id, dict(job.parameters), await actor_of(job), database, settings, pool)
                await _run(handlers[job.kind], context, job.kind)
                continue
        except Exception as error:
            # The database may be restarting. Nothing is lost: a job not taken stays queued, and one whose end could
            # not be stored is taken again after its silence.
            log.warning("job_round_failed", exc_info=error)
        await asyncio.sleep(POLL_SECONDS)


async def _run(handler: Callable[[JobContext], Awaitable[dict[str, Any]]], context: JobContext, kind: str) -> None:
    beating = asyncio.create_task(_beat(context))
    work = asyncio.ensure_future(handler(context))
    watching = asyncio.create_task(_cancel_when_asked(context, work))
    result: dict[str, Any] | None = None
    failure: dict[str, Any] | None = None
    try:
        result = await work
    except asyncio.CancelledError:
        own = asyncio.current_task()
        if not work.cancelled() or (own is not None and own.cancelling()):
            # The server stops: the job stays running and is taken again after its silence.
            raise
        log.info("job_cancelled", kind=kind, job_id=str(context.job_id))
    except ProcessDiedError:
        log.warning("job_process_died", kind=kind, job_id=str(context.job_id))
        failure = {"code": "job_process_died", "params": {}, "faults": []}
    except DomainError as error:
        failure = {
            "code": error.code,
            "params": error.params,
            "faults": [{"code": f.code, "place": f.place, "params": f.params} for f in error.faults],
        }
    except Exception:
        log.exception("job_failed", kind=kind, job_id=str(context.job_id))
        failure = {"code": "unexpected", "params": {}, "faults": []}
    finally:
        beating.cancel()
        watching.cancel()
    async with context.database.write() as session:
        await service.finish(session, job_id=context.job_id, result=result, error=failure, now=utc_now())


async def _cancel_when_asked(context: JobContext, work: asyncio.Future[dict[str, Any]]) -> None:
    """Cancel the work once the database, where any server may have written it, holds a request to do so."""
    while True:
        await asyncio.sleep(CANCEL_POLL_SECONDS)
        try:
            async with context.database.read() as session:
                is_asked = await service.is_cancel_requested(session, context.job_id)
        except Exception as error:
            log.warning("job_watch_failed", job_id=str(context.job_id), exc_info=error)
            continue
        if is_asked:
            work.cancel()
            return


async def _beat(context: JobContext) -> None:
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        try:
            async with context.database.write() as session:
                await service.beat(session, job_id=context.job_id, now=utc_now())
        except Exception as error:
            log.warning("job_beat_failed", job_id=str(context.job_id), exc_info=error)
