"""The event stream of a room, over real connections to real servers."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import col, select

from exam_engine.core.db import Database, new_id
from exam_engine.sittings.models import ProctorAssignment, Registration, Room, SittingRoom
from load_tests.prepared_sitting import PreparedSitting
from tests.exam_engine.delivery.live_site import Following, MakeSite, Site

embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
# Each of these starts servers of its own: the usual run takes the database with the longer way.
both = pytest.mark.parametrize(
    "database_url", [pytest.param("sqlite", marks=pytest.mark.extended), "postgresql"], indirect=True
)


def watch(site: Site, proctor: httpx.AsyncClient, last_event_id: str = "") -> Following:
    return site.follow(proctor, f"{site.room}/events", last_event_id)


def rows(stream: Following) -> list[dict[str, Any]]:
    return [event.data for event in stream.events if event.name == "seat"]


def names(stream: Following) -> list[str]:
    return [event.name for event in stream.events]


@both
async def test_each_change_of_a_seat_comes_as_the_boards_own_row(make_site: MakeSite) -> None:
    site = await make_site()
    server = await site.server()
    proctor = await site.proctor(server)
    stream = watch(site, proctor)
    await stream.until(lambda s: names(s) == ["board"])
    candidate = await site.candidate(server, 1)
    await stream.until(lambda s: [row["state"] for row in rows(s)] == ["logged_in"])
    await candidate.check_own_data()
    await proctor.post(f"{site.room}/unlock", json={"all": True})
    await candidate.start()
    await stream.until(lambda s: rows(s)[-1]["state"] == "running")
    candidate.note("answer", "q01", ["aaaa"])
    candidate.note("focus_lost")
    await candidate.save()
    await stream.until(lambda s: rows(s)[-1]["answered"] == 1)
    assert [(one["event"], one["unseen"]) for one in rows(stream)[-1]["events"]] == [("focus", 1)]
    await candidate.submit()
    await stream.until(lambda s: rows(s)[-1]["state"] == "submitted")
    assert {row["seat_number"] for row in rows(stream)} == {2}
    board = (await proctor.get(site.room)).json()
    assert {key: rows(stream)[-1][key] for key in board["seats"][1]} == board["seats"][1]
    # A message stands among the events of the board, so the board is to be fetched.
    await site.say(proctor, "Còn 15 phút")
    await stream.until(lambda s: names(s)[-1] == "board")


@both
@pytest.mark.extended
async def test_saves_are_told_but_not_each_by_itself(make_site: MakeSite) -> None:
    site = await make_site()
    server = await site.server()
    proctor, candidate = await site.proctor(server), await site.candidate(server)
    await candidate.check_own_data()
    await proctor.post(f"{site.room}/unlock", json={"all": True})
    await candidate.start()
    stream = watch(site, proctor)
    await stream.until(lambda s: names(s) == ["board"])
    items = [item["ref"] for item in candidate.paper["items"]]
    began = asyncio.get_running_loop().time()
    for number in range(30):
        candidate.note("answer", items[number % len(items)], [f"k{number:03d}"])
        await candidate.save()
    await stream.until(lambda s: bool(rows(s)) and rows(s)[-1]["answered"] == len(items))
    # Once a second, and once more for what came last.
    assert len(rows(stream)) <= asyncio.get_running_loop().time() - began + 2


@both
@pytest.mark.extended
async def test_who_comes_back_with_the_rooms_tag_gets_nothing_and_anybody_else_is_told_to_fetch(
    make_site: MakeSite,
) -> None:
    site = await make_site(heartbeat=0.5)
    server = await site.server()
    proctor = await site.proctor(server)
    first = watch(site, proctor)
    await first.until(lambda s: names(s) == ["board"])
    last = await first.leave()
    same = watch(site, proctor, last)
    # Whoever has everything is sent nothing but that the stream lives.
    await same.until_alive()
    assert same.events == []
    await site.candidate(server)
    await same.until(lambda s: bool(s.events))
    assert names(same) == ["seat"]
    await same.leave()
    missed = watch(site, proctor, last)
    await missed.until(lambda s: bool(s.events))
    assert names(missed) == ["board"]
    assert missed.events[0].id == same.events[0].id


@postgresql
async def test_a_room_is_watched_on_one_server_while_its_candidates_are_on_another(make_site: MakeSite) -> None:
    site = await make_site()
    one, other = await site.server(), await site.server()
    here, there = await site.proctor(one), await site.proctor(other)
    streams = [watch(site, here), watch(site, there)]
    for stream in streams:
        await stream.until(lambda s: names(s) == ["board"])
    candidate = await site.candidate(other)
    await candidate.check_own_data()
    await here.post(f"{site.room}/unlock", json={"all": True})
    await candidate.start()
    candidate.note("answer", "q01", ["aaaa"])
    await candidate.save()
    for stream in streams:
        await stream.until(lambda s: bool(rows(s)) and rows(s)[-1]["answered"] == 1)
    # Whatever process reads it, a room has the same tag, so either may go on where the other ended.
    assert streams[0].reader.last_event_id == streams[1].reader.last_event_id


@embedded
async def test_a_proctor_taken_from_the_room_is_shown_no_more_of_it(make_site: MakeSite) -> None:
    site = await make_site(heartbeat=0.5)
    server = await site.server()
    stream = watch(site, await site.proctor(server))
    await stream.until(lambda s: names(s) == ["board"])
    database = Database(site.settings.database_url)
    async with database.write() as session:
        await session.exec(sa.delete(ProctorAssignment))
    await database.close()
    async with asyncio.timeout(20):
        await stream.task
    assert (stream.events[-1].name, stream.events[-1].data) == ("end", {"reason": "not_allowed"})


@embedded
async def test_extra_time_reaches_the_board_and_the_candidate(make_site: MakeSite) -> None:
    # Written past the program, as nobody should: only the heartbeat can find it.
    site = await make_site(heartbeat=0.5)
    server = await site.server()
    candidate = await site.candidate(server)
    stream, own = watch(site, await site.proctor(server)), site.follow(candidate.client)
    await stream.until(lambda s: names(s) == ["board"])
    await own.until(lambda s: s.states == ["confirm"])
    database = Database(site.settings.database_url)
    async with database.write() as session:
        values = {"extra_minutes": 10}
        await session.exec(sa.update(Registration).where(col(Registration.seat_number) == 1).values(**values))
    await database.close()
    await stream.until(lambda s: bool(rows(s)) and rows(s)[-1]["extra_minutes"] == 10)
    await own.until(lambda s: len(s.states) == 2)
    assert own.events[-1].data["duration_ms"] == own.events[0].data["duration_ms"] + 600_000


async def test_the_room_of_somebody_else_is_not_told_from_none(
    app: FastAPI, sitting: PreparedSitting, proctor: AsyncClient
) -> None:
    foreign = new_id()
    database: Database = app.state.database
    async with database.write() as session:
        centre_id = (await session.exec(select(Room.centre_id))).one()
        session.add(Room(id=foreign, centre_id=centre_id, name="Phòng máy 2", seat_count=5))
        await session.flush()
        session.add(SittingRoom(sitting_id=sitting.sitting_id, room_id=foreign, position=2))
    for room_id in (foreign, uuid4()):
        url = f"/api/proctoring/sittings/{sitting.sitting_id}/rooms/{room_id}/events"
        response = await proctor.get(url)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
