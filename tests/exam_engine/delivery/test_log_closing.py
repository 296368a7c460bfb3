"""When the log of a sitting closes, and that neither a crash nor a broken log stops the others."""

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa

from exam_engine.audit import service as audit
from exam_engine.core.actor import SYSTEM
from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.core.time import utc_now
from exam_engine.delivery.engine import root_signer
from exam_engine.delivery.log_closing import close_log, settle_logs
from exam_engine.sitting_log import service as sitting_log
from exam_engine.sitting_log.errors import SittingLogEmptyError
from load_tests.prepared_sitting import PreparedSitting, prepare_sitting


async def prepared(database: Database, settings: Settings, *, ago: timedelta, seed: int = 7) -> PreparedSitting:
    now = utc_now()
    return await prepare_sitting(
        database,
        settings,
        candidates=2,
        now=now - ago,
        rng=random.Random(seed),
        item_count=2,
        opens_at=now - ago,
        window=timedelta(hours=1),
    )


async def segments(database: Database, sitting: PreparedSitting) -> int:
    async with database.read() as session:
        return len(await sitting_log.roots_of(session, sitting.sitting_id))


async def test_a_log_is_closed_when_the_sitting_is_over_even_if_nobody_came(
    database: Database, settings: Settings
) -> None:
    running = await prepared(database, settings, ago=timedelta(minutes=30))
    over = await prepared(database, settings, ago=timedelta(hours=2), seed=8)
    signer = root_signer(settings)
    assert await settle_logs(database, signer) == (4, 1)
    assert (await segments(database, running), await segments(database, over)) == (0, 1)
    assert await settle_logs(database, signer) == (0, 0)


async def test_extra_time_and_grace_are_waited_for(database: Database, settings: Settings) -> None:
    sitting = await prepared(database, settings, ago=timedelta(minutes=70))
    async with database.write() as session:
        await (await session.connection()).execute(sa.text("UPDATE registration SET extra_minutes = 20"))
    await settle_logs(database, root_signer(settings))
    assert await segments(database, sitting) == 0
    async with database.write() as session:
        await (await session.connection()).execute(sa.text("UPDATE registration SET extra_minutes = 1"))
    await settle_logs(database, root_signer(settings))
    assert await segments(database, sitting) == 1


async def test_a_broken_log_stays_open_and_holds_up_no_other(database: Database, settings: Settings) -> None:
    broken = await prepared(database, settings, ago=timedelta(hours=3))
    signer = root_signer(settings)
    async with database.write() as session:
        await sitting_log.chain(session, broken.sitting_id)
        await (await session.connection()).execute(sa.text("UPDATE sitting_log_row SET body = '{}' WHERE number = 1"))
    whole = await prepared(database, settings, ago=timedelta(hours=2), seed=8)
    assert (await settle_logs(database, signer))[1] == 1
    assert (await segments(database, broken), await segments(database, whole)) == (0, 1)


async def test_a_crash_before_the_commit_signs_nothing_and_the_next_round_does(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting = await prepared(database, settings, ago=timedelta(hours=2))

    async def die(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(audit, "record", die)
        with pytest.raises(RuntimeError, match="killed"):
            await settle_logs(database, root_signer(settings))
    assert await segments(database, sitting) == 0
    await settle_logs(database, root_signer(settings))
    assert await segments(database, sitting) == 1


async def test_there_is_nothing_to_close_before_a_sitting_is_ready(database: Database, settings: Settings) -> None:
    with pytest.raises(SittingLogEmptyError):
        async with database.write() as session:
            await close_log(session, new_id(), signer=root_signer(settings), actor=SYSTEM, now=utc_now())
