"""Long work: queued with the act that asks for it, done once, reported, and never lost with a server."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlmodel import col, select

from exam_engine.core.actor import Actor
from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.core.errors import Fault, InvalidInputError
from exam_engine.core.jobs import service
from exam_engine.core.jobs.context import JobContext
from exam_engine.core.jobs.models import Job
from exam_engine.core.jobs.runner import running_jobs
from exam_engine.core.time import utc_now
from tests.conftest import NINE, ClientFactory, make_actor

ASKER = make_actor("board_member", name="Nguyễn Thị Thuỳ Dương")
Handler = Callable[[JobContext], Awaitable[dict[str, Any]]]

embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def ask_for(
    database: Database, kind: str = "count", *, after: timedelta = timedelta(0), **parameters: Any
) -> UUID:
    async with database.write() as session:
        job = service.enqueue(session, kind=kind, parameters=parameters, actor=ASKER, now=NINE + after)
    return job.id


async def claim(database: Database, *, after: timedelta = timedelta(0), kind: str = "count") -> Job | None:
    async with database.write() as session:
        return await service.claim_next(session, kinds=[kind], now=NINE + after)


async def stored(database: Database, job_id: UUID) -> Job:
    async with database.read() as session:
        job = await session.get(Job, job_id)
    assert job is not None
    return job


class UndoneError(Exception):
    pass


async def test_work_asked_for_in_a_transaction_that_fails_was_never_asked_for(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as session:
            service.enqueue(session, kind="count", parameters={}, actor=ASKER, now=NINE)
            await session.flush()
            raise UndoneError

    with pytest.raises(UndoneError):
        await fail()
    assert await claim(database) is None


async def test_workers_that_reach_for_the_same_job_at_once_take_it_once(database: Database) -> None:
    wanted = {await ask_for(database, after=timedelta(seconds=number)) for number in range(3)}
    taken = await asyncio.gather(*(claim(database, after=timedelta(minutes=1)) for _ in range(8)))
    assert sorted(job.id for job in taken if job is not None) == sorted(wanted)


@embedded
async def test_the_oldest_job_of_a_known_kind_is_taken_first(database: Database) -> None:
    second = await ask_for(database, after=timedelta(seconds=2))
    first = await ask_for(database, after=timedelta(seconds=1))
    await ask_for(database, kind="another kind")
    taken = [await claim(database), await claim(database), await claim(database)]
    assert [job.id if job else None for job in taken] == [first, second, None]
    assert (await stored(database, first)).tries == 1


async def test_a_job_whose_server_fell_silent_is_taken_again_but_not_a_second_earlier(database: Database) -> None:
    job_id = await ask_for(database)
    assert await claim(database) is not None
    assert await claim(database, after=service.SILENCE) is None
    again = await claim(database, after=service.SILENCE + timedelta(microseconds=1))
    assert again is not None
    assert (again.id, again.tries) == (job_id, 2)


@embedded
async def test_a_sign_of_life_keeps_a_job_with_its_worker(database: Database) -> None:
    job_id = await ask_for(database)
    await claim(database)
    async with database.write() as session:
        await service.beat(session, job_id=job_id, now=NINE + timedelta(seconds=50))
    assert await claim(database, after=timedelta(seconds=110)) is None
    assert await claim(database, after=timedelta(seconds=111)) is not None


@embedded
async def test_a_job_that_lost_its_server_three_times_is_given_up(database: Database) -> None:
    job_id = await ask_for(database)
    for round_ in range(service.MOST_TRIES):
        assert await claim(database, after=round_ * timedelta(minutes=2)) is not None
    assert await claim(database, after=timedelta(minutes=10)) is None
    job = await stored(database, job_id)
    assert (job.status, job.finished_at) == ("failed", NINE + timedelta(minutes=10))
    assert job.error == {"code": "job_abandoned", "params": {"tries": 3}}


# --- with a running worker -------------------------------------------------------------------------------------------


@asynccontextmanager
async def worker(database: Database, settings: Settings, **handlers: Handler) -> AsyncIterator[None]:
    async def actor_of(_job: Job) -> Actor:
        return ASKER

    async with running_jobs(database, settings, handlers, actor_of):
        yield


async def finished(database: Database, job_id: UUID) -> Job:
    async with asyncio.timeout(30):
        while True:
            job = await stored(database, job_id)
            if job.status in {"succeeded", "failed", "cancelled"}:
                return job
            await asyncio.sleep(0.05)


async def test_a_job_reports_its_progress_and_keeps_its_result(database: Database, settings: Settings) -> None:
    halfway, may_go_on = asyncio.Event(), asyncio.Event()

    async def count(context: JobContext) -> dict[str, Any]:
        await context.report(0.4, "item_counted", n=3)
        halfway.set()
        await may_go_on.wait()
        return {"counted": context.parameters["upto"], "for": context.actor.display_name}

    job_id = await ask_for(database, upto=7)
    async with worker(database, settings, count=count):
        await halfway.wait()
        running = await stored(database, job_id)
        assert (running.status, running.progress) == ("running", 0.4)
        assert (running.message_code, running.message_params) == ("item_counted", {"n": 3})
        may_go_on.set()
        job = await finished(database, job_id)
    assert (job.status, job.progress, job.error) == ("succeeded", 1.0, None)
    assert job.result == {"counted": 7, "for": "Nguyễn Thị Thuỳ Dương"}


@embedded
@pytest.mark.parametrize(("given", "kept"), [(-0.1, 0.0), (0.0, 0.0), (1.0, 1.0), (1.1, 1.0)])
async def test_progress_stays_between_nothing_and_all(
    given: float, kept: float, database: Database, settings: Settings
) -> None:
    async def count(context: JobContext) -> dict[str, Any]:
        await context.report(given)
        raise InvalidInputError

    job_id = await ask_for(database)
    async with worker(database, settings, count=count):
        assert (await finished(database, job_id)).progress == kept


async def refuse(_context: JobContext) -> dict[str, Any]:
    raise InvalidInputError(faults=[Fault("form_item_twice", "101/7", {"item": "IU04-017"})])


async def break_down(_context: JobContext) -> dict[str, Any]:
    raise RuntimeError("postgresql://exam:s3cret@db/exam")


def process_id() -> int:
    return os.getpid()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def compute_process(context: JobContext) -> dict[str, Any]:
    return {"pid": await context.compute(process_id)}


async def compute_and_die(context: JobContext) -> dict[str, Any]:
    await context.compute(die)
    return {}


@embedded
async def test_heavy_work_runs_in_another_process_and_its_death_costs_only_one_job(
    database: Database, settings: Settings
) -> None:
    first = await ask_for(database, kind="compute")
    killed = await ask_for(database, kind="die", after=timedelta(seconds=1))
    second = await ask_for(database, kind="compute", after=timedelta(seconds=2))
    async with worker(database, settings, compute=compute_process, die=compute_and_die):
        jobs = [await finished(database, job_id) for job_id in (first, killed, second)]
    assert [job.status for job in jobs] == ["succeeded", "failed", "succeeded"]
    assert jobs[1].error == {"code": "unexpected", "params": {}, "faults": []}
    pids = [job.result["pid"] for job in jobs if job.result is not None]
    assert os.getpid() not in pids
    assert pids[0] != pids[1]


@embedded
async def test_one_job_that_fails_does_not_stop_the_next(database: Database, settings: Settings) -> None:
    async def count(_context: JobContext) -> dict[str, Any]:
        return {}

    failing = await ask_for(database, kind="break_down")
    following = await ask_for(database, after=timedelta(seconds=1))
    async with worker(database, settings, count=count, break_down=break_down):
        assert (await finished(database, following)).status == "succeeded"
    assert (await stored(database, failing)).status == "failed"


@embedded
async def test_the_worker_outlives_a_database_that_was_away(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def count(_context: JobContext) -> dict[str, Any]:
        return {}

    write, tried, is_back = database.write, 0, asyncio.Event()

    @asynccontextmanager
    async def sometimes_away() -> AsyncIterator[Any]:
        nonlocal tried
        tried += 1
        # The second transaction of a job is the one that stores its end.
        if tried in {1, 3}:
            raise OSError("connection refused")
        if tried > 3:
            is_back.set()
        async with write() as session:
            yield session

    lost = await ask_for(database)
    monkeypatch.setattr(database, "write", sometimes_away)
    async with worker(database, settings, count=count):
        async with asyncio.timeout(30):
            await is_back.wait()
        following = new_id()
        async with write() as session:
            session.add(
                Job(
                    id=following, kind="count", parameters={}, created_by=ASKER.id, created_by_name="-", created_at=NINE
                )
            )
        assert (await finished(database, following)).status == "succeeded"
    # Its end could not be stored: it is still to be taken again after its silence, not forgotten.
    assert (await stored(database, lost)).status == "running"
    assert await claim(database, after=utc_now() - NINE + timedelta(minutes=2)) is not None


@embedded
async def test_stopping_the_server_leaves_the_job_to_be_taken_again(database: Database, settings: Settings) -> None:
    has_started = asyncio.Event()

    async def wait_for_ever(_context: JobContext) -> dict[str, Any]:
        has_started.set()
        await asyncio.Event().wait()
        return {}

    job_id = await ask_for(database)
    async with worker(database, settings, count=wait_for_ever):
        await has_started.wait()
    job = await stored(database, job_id)
    assert (job.status, job.finished_at, job.error) == ("running", None, None)


# --- work that tells, and work that is given up -----------------------------------------------------------------------


def count_aloud(upto: int, *, tell: Callable[[Any], None]) -> int:
    for number in range(upto):
        tell({"number": number, "pid": os.getpid()})
    return upto


def count_for_ever(*, tell: Callable[[Any], None]) -> None:
    while True:
        tell(os.getpid())
        time.sleep(0.1)


def fail_aloud(*, tell: Callable[[Any], None]) -> None:
    tell("about to fail")
    raise ZeroDivisionError("nothing to divide by")


def die_silently(*, tell: Callable[[Any], None]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@embedded
async def test_a_computation_tells_how_far_it_is_in_order(database: Database, settings: Settings) -> None:
    words: list[dict[str, int]] = []

    async def count(context: JobContext) -> dict[str, Any]:
        async def note(word: dict[str, int]) -> None:
            words.append(word)

        return {"counted": await context.compute_telling(count_aloud, 4, on_word=note)}

    job_id = await ask_for(database)
    async with worker(database, settings, count=count):
        job = await finished(database, job_id)
    assert job.result == {"counted": 4}
    assert [word["number"] for word in words] == [0, 1, 2, 3]
    assert os.getpid() not in {word["pid"] for word in words}


@embedded
@pytest.mark.parametrize(("function", "code"), [(fail_aloud, "unexpected"), (die_silently, "job_process_died")])
async def test_a_computation_that_breaks_off_fails_its_job(
    function: Callable[..., None], code: str, database: Database, settings: Settings
) -> None:
    async def count(context: JobContext) -> dict[str, Any]:
        async def ignore(_word: Any) -> None: ...

        await context.compute_telling(function, on_word=ignore)
        return {}

    assert (await error_left_by(count, database, settings))["code"] == code


async def count_until_stopped(context: JobContext) -> dict[str, Any]:
    async def report(pid: int) -> None:
        await context.report(0.5, "item_counted", pid=pid)

    await context.compute_telling(count_for_ever, on_word=report)
    return {}


async def pid_of(database: Database, job_id: UUID) -> int:
    async with asyncio.timeout(30):
        while True:
            if pid := (await stored(database, job_id)).message_params.get("pid"):
                return int(pid)
            await asyncio.sleep(0.05)


async def ask_to_cancel(database: Database, job_id: UUID, after: timedelta = timedelta(0)) -> bool:
    async with database.write() as session:
        return await service.request_cancel(session, job_id=job_id, now=NINE + after)


async def test_running_work_is_given_up_within_two_seconds_and_the_next_is_done(
    database: Database, settings: Settings
) -> None:
    async def done(_context: JobContext) -> dict[str, Any]:
        return {}

    job_id = await ask_for(database)
    following = await ask_for(database, kind="done", after=timedelta(seconds=1))
    async with worker(database, settings, count=count_until_stopped, done=done):
        pid = await pid_of(database, job_id)
        assert await ask_to_cancel(database, job_id)
        async with asyncio.timeout(2):
            job = await finished(database, job_id)
        assert (await finished(database, following)).status == "succeeded"
    assert (job.status, job.result, job.error) == ("cancelled", None, None)
    assert job.finished_at is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@embedded
async def test_the_process_of_a_computation_ends_with_the_server(database: Database, settings: Settings) -> None:
    job_id = await ask_for(database)
    async with worker(database, settings, count=count_until_stopped):
        pid = await pid_of(database, job_id)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert (await stored(database, job_id)).status == "running"


async def test_queued_work_is_given_up_at_once_and_never_taken(database: Database) -> None:
    job_id = await ask_for(database)
    assert await ask_to_cancel(database, job_id)
    assert (await stored(database, job_id)).status == "cancelled"
    assert await claim(database) is None
    assert not await ask_to_cancel(database, job_id)
    assert not await ask_to_cancel(database, new_id())


async def test_work_that_was_to_be_given_up_when_its_server_fell_silent_is_not_taken_again(database: Database) -> None:
    job_id = await ask_for(database)
    await claim(database)
    await ask_to_cancel(database, job_id, after=timedelta(seconds=5))
    assert await claim(database, after=timedelta(minutes=2)) is None
    job = await stored(database, job_id)
    assert (job.status, job.finished_at) == ("cancelled", NINE + timedelta(minutes=2))


async def test_work_that_ended_as_it_was_to_be_given_up_counts_as_given_up(database: Database) -> None:
    job_id = await ask_for(database)
    await claim(database)
    await ask_to_cancel(database, job_id)
    async with database.write() as session:
        await service.finish(session, job_id=job_id, result={"counted": 1}, error=None, now=NINE)
    job = await stored(database, job_id)
    assert (job.status, job.result) == ("cancelled", None)


# --- what the waiting user sees --------------------------------------------------------------------------------------


async def job_of(app: FastAPI, client: Any, **values: Any) -> str:
    actor_id = (await client.get("/api/session")).json()["actor"]["id"]
    job = Job(
        kind="foreign",
        parameters={"secret": 1},
        created_by=UUID(actor_id),
        created_by_name="-",
        created_at=NINE,
        **values,
    )
    async with app.state.database.write() as session:
        session.add(job)
    return str(job.id)


@embedded
async def test_only_who_asked_for_a_job_sees_it(app: FastAPI, client_for: ClientFactory) -> None:
    asker, other = await client_for("board_member"), await client_for("board_member")
    job_id = await job_of(app, asker, progress=0.5, message_code="job_abandoned", message_params={"tries": 2})
    view = (await asker.get(f"/api/jobs/{job_id}")).json()
    assert (view["status"], view["progress"]) == ("queued", 0.5)
    assert view["message"] == "Công việc bị ngắt 2 lần vì máy chủ dừng giữa chừng"
    assert "parameters" not in view
    assert (await other.get(f"/api/jobs/{job_id}")).status_code == 404
    assert (await asker.get(f"/api/jobs/{new_id()}")).status_code == 404


async def error_left_by(handler: Handler, database: Database, settings: Settings) -> dict[str, Any]:
    job_id = await ask_for(database)
    async with worker(database, settings, count=handler):
        error = (await finished(database, job_id)).error
    assert error is not None
    return error


@embedded
async def test_why_a_job_was_refused_is_told_in_the_readers_language(
    app: FastAPI, client_for: ClientFactory, settings: Settings
) -> None:
    error = await error_left_by(refuse, app.state.database, settings)
    asker = await client_for("board_member")
    job_id = await job_of(app, asker, status="failed", error=error)
    vietnamese = (await asker.get(f"/api/jobs/{job_id}")).json()["error"]
    english = (await asker.get(f"/api/jobs/{job_id}", headers={"accept-language": "en"})).json()["error"]
    assert (vietnamese["code"], vietnamese["title"]) == ("invalid_input", "Dữ liệu chưa hợp lệ")
    assert vietnamese["errors"] == [
        {
            "place": "101/7",
            "code": "form_item_twice",
            "message": "Câu IU04-017 xuất hiện hai lần trong đề",
            "fix": "Bỏ một lần rồi lắp lại đề.",
        }
    ]
    assert english["errors"][0]["message"] == "Item IU04-017 stands twice in the form"


@embedded
async def test_an_unexpected_failure_of_a_job_tells_nothing_of_the_inside(
    app: FastAPI, client_for: ClientFactory, settings: Settings
) -> None:
    error = await error_left_by(break_down, app.state.database, settings)
    assert error == {"code": "unexpected", "params": {}, "faults": []}
    asker = await client_for("board_member")
    job_id = await job_of(app, asker, status="failed", error=error)
    view = (await asker.get(f"/api/jobs/{job_id}")).json()
    assert view["error"] == {"code": "unexpected", "title": "Máy chủ gặp lỗi ngoài dự kiến", "errors": []}


@embedded
async def test_jobs_are_kept_after_their_end(database: Database, settings: Settings) -> None:
    async def count(_context: JobContext) -> dict[str, Any]:
        return {}

    job_id = await ask_for(database)
    async with worker(database, settings, count=count):
        await finished(database, job_id)
    async with database.read() as session:
        assert (await session.exec(select(sa.func.count()).where(col(Job.id) == job_id))).one() == 1
