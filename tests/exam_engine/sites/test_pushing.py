"""Pushes that break off, that come twice, that were changed on the way, and that come as files."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from httpx import AsyncClient

from exam_engine.app import create_app
from exam_engine.core.actor import SYSTEM
from exam_engine.core.db import Database
from exam_engine.core.errors import DomainError
from exam_engine.core.time import utc_now
from exam_engine.delivery import queries as delivery_queries
from exam_engine.delivery.engine import master_key, root_signer, signing_seed
from exam_engine.sites import completing, file_taking, push_file, pushing, queries, releasing
from exam_engine.sites.central_server import CentralServer
from exam_engine.sites.errors import (
    CentralServerError,
    PushFileError,
    PushOutdatedError,
    RowsRefusedError,
    SiteLogRefusedError,
    SiteStillRunsError,
)
from exam_engine.sites.portions import Portion, Taken, total
from exam_engine.sites.taking_in import take_portion
from exam_engine.sites.wire import Wire
from tests.exam_engine.sites.conftest import Held, settings_in
from tests.exam_engine.sites.course import FaultyNetwork


async def take(home: Database, held: Held, portions: Sequence[Portion]) -> Taken:
    """Take portions in, each in its transaction."""
    taken = []
    for portion in portions:
        async with home.write() as session:
            taken.append(await take_portion(session, held.delegation_id, portion, now=utc_now()))
    return total(taken)


async def complete(home: Database, held: Held) -> completing.Completed:
    return await completing.complete(home, held.delegation_id, push=held.begun.number, actor=SYSTEM, now=utc_now())


async def counts(home: Database, held: Held) -> dict[str, int]:
    """Return what is home, by table."""
    async with home.read() as session:
        delegation = await queries.delegation(session, held.delegation_id)
        assert delegation is not None
        rooms = [UUID(room) for room in delegation.room_ids]
        registrations = await queries.registration_ids(session, held.sitting_id, rooms)
        return await queries.counts_at_home(session, delegation, registrations)


def rows_of(held: Held) -> int:
    return sum(len(portion.rows) for portion in held.portions)


def changed(held: Held, table: str, change: Callable[[Wire], Any], *, row: int = 0) -> list[Portion]:
    """Return the portions with one row of a table changed."""
    portions = []
    for portion in held.portions:
        rows = [dict(one) for one in portion.rows]
        if portion.table == table:
            change(rows[row])
        portions.append(Portion(portion.push, portion.table, rows))
    return portions


def faults_of(refusal: pytest.ExceptionInfo[Any]) -> list[tuple[str, str]]:
    return [(fault.code, fault.place) for fault in refusal.value.faults]


async def test_pushed_in_any_measure_and_any_number_of_times_it_is_counted_once(held: Held, home: Database) -> None:
    rng = random.Random(3)
    pieces = [
        Portion(portion.push, portion.table, portion.rows[start : start + 2])
        for portion in held.portions
        for start in range(0, len(portion.rows), 2)
    ]
    # Each piece again at some later time, as a network repeats them; journals in their order for the first time.
    repeated = [piece for place, piece in enumerate(pieces) for _ in range(rng.choice([0, 1, 2])) if place]
    rng.shuffle(repeated)
    first = await take(home, held, pieces)
    assert first == Taken(new=rows_of(held))
    before = await counts(home, held)
    again = await take(home, held, repeated)
    assert (again.new, again.changed, again.already_there) == (0, 0, sum(len(one.rows) for one in repeated))
    done = await complete(home, held)
    assert (done.attempts, done.operations) == (4, 4 * 5)
    assert await complete(home, held) == done
    assert await take(home, held, held.portions) == Taken(already_there=rows_of(held))
    assert await counts(home, held) == before
    async with home.read() as session:
        rows = await queries.log_size(session, held.delegation_id)
    assert done.log_rows == rows == before["site_log_row"]


async def test_nothing_counts_before_it_is_whole(held: Held, home: Database) -> None:
    with pytest.raises(SiteStillRunsError):
        await complete(home, held)
    without_answers = [portion for portion in held.portions if portion.table != "journal_entry"]
    await take(home, held, without_answers)
    with pytest.raises(SiteLogRefusedError) as refusal:
        await complete(home, held)
    assert {code for code, _ in faults_of(refusal)} <= {"log_operation_missing", "log_operation_missing_many"}
    assert {place.split(":")[1] for _, place in faults_of(refusal)} == {str(attempt) for attempt in held.attempts}
    await take(home, held, held.portions)
    assert (await complete(home, held)).attempts == 4


def _value(row: Wire) -> None:
    row["body"] = row["body"].replace('"value":["', '"value":["x')


def _kind(row: Wire) -> None:
    row["kind"] = "navigate" if row["kind"] != "navigate" else "answer"


def _foreign_attempt(row: Wire) -> None:
    row["attempt_id"] = str(uuid4())


@pytest.mark.parametrize(
    ("table", "change", "code"),
    [
        ("journal_entry", _value, "site_row_breaks_chain"),
        ("journal_entry", _kind, "site_row_breaks_chain"),
        ("journal_entry", _foreign_attempt, "site_row_foreign"),
        ("attempt", lambda row: row.update(registration_id=str(uuid4())), "site_row_foreign"),
        ("attempt", lambda row: row.update(sitting_id=str(uuid4())), "site_row_foreign"),
        ("attempt", lambda row: row.update(paper_id=str(uuid4())), "site_attempt_paper"),
        ("pause", lambda row: row.update(room_id=None), "site_row_foreign"),
        ("site_log_row", lambda row: row.update(body=row["body"] + " "), "site_row_breaks_chain"),
        ("site_log_row", lambda row: row.update(number=2), "site_row_twice"),
        ("instruction", lambda row: row.update(number="1"), "site_row_malformed"),
    ],
)
async def test_a_row_that_cannot_be_is_refused_by_name_and_its_portion_with_it(
    held: Held, home: Database, table: str, change: Callable[[Wire], Any], code: str
) -> None:
    portions = changed(held, table, change)
    at = [portion.table for portion in portions].index(table)
    await take(home, held, portions[:at])
    before = await counts(home, held)
    with pytest.raises(RowsRefusedError) as refusal:
        await take(home, held, portions[at:])
    assert code in {fault for fault, _ in faults_of(refusal)}
    assert {place.split(":")[0] for _, place in faults_of(refusal)} == {table}
    assert await counts(home, held) == before
    await take(home, held, held.portions)
    assert (await complete(home, held)).attempts == 4


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("journal_entry", lambda row: row.update(received_at="2026-01-01T00:00:00.000000+00:00")),
        ("attempt", lambda row: row.update(last_seq=row["last_seq"] + 1)),
        ("attempt", lambda row: row.update(finish_kind="time_over")),
        ("attempt", lambda row: row.update(started_at="2026-01-01T00:00:00.000000+00:00")),
        ("journal_refusal", lambda row: row.update(body="other")),
        ("pause", lambda row: row.update(reason="other")),
        ("site_log_root", lambda row: row.update(root="0" * 64)),
    ],
)
async def test_another_row_under_a_stored_key_is_refused_by_name(
    held: Held, home: Database, table: str, change: Callable[[Wire], Any]
) -> None:
    await take(home, held, held.portions)
    before = await counts(home, held)
    with pytest.raises(RowsRefusedError) as refusal:
        await take(home, held, [one for one in changed(held, table, change) if one.table == table])
    [(code, place)] = faults_of(refusal)
    assert (code, place.split(":")[0]) == ("site_row_differs", table)
    assert await counts(home, held) == before
    assert (await complete(home, held)).attempts == 4


async def test_a_second_attempt_of_a_candidate_is_refused(held: Held, home: Database) -> None:
    await take(home, held, held.portions)
    other = [one for one in changed(held, "attempt", lambda row: row.update(id=str(uuid4()))) if one.table == "attempt"]
    with pytest.raises(RowsRefusedError) as refusal:
        await take(home, held, other)
    assert [code for code, _ in faults_of(refusal)] == ["site_rows_clash"]


async def test_an_attempt_without_a_trace_in_the_log_does_not_count(held: Held, home: Database) -> None:
    """Whoever changes an attempt and its journal at the site still has the signed log against them."""
    await take(home, held, changed(held, "attempt", lambda row: row.update(finish_kind="time_over")))
    with pytest.raises(SiteLogRefusedError) as refusal:
        await complete(home, held)
    [(code, place)] = faults_of(refusal)
    assert (code, place.split(":")[2]) == ("log_attempt_differs", "finish_kind")


async def test_an_older_push_no_longer_counts(held: Held, home: Database) -> None:
    later = [Portion(7, portion.table, portion.rows) for portion in held.portions]
    await take(home, held, later)
    with pytest.raises(PushOutdatedError):
        await take(home, held, held.portions)
    with pytest.raises(PushOutdatedError):
        await complete(home, held)


async def test_a_table_that_is_not_in_the_list_is_refused(held: Held, home: Database) -> None:
    with pytest.raises(RowsRefusedError) as refusal:
        await take(home, held, [Portion(1, "staff_user", [{}])])
    assert faults_of(refusal) == [("site_table_unknown", "staff_user")]


async def test_a_push_that_breaks_off_anywhere_is_done_again(held: Held) -> None:
    """At each request in turn: it does not arrive, or its answer does not; the next push goes one request further."""
    async with AsyncExitStack() as stack:
        app = create_app(settings_in(held.folder / "centre"))
        await stack.enter_async_context(app.router.lifespan_context(app))
        site = settings_in(held.folder / "site")
        away = Database(site.database_url)
        stack.push_async_callback(away.close)
        async with away.read() as session:
            pulled = await queries.pulled(session, held.sitting_id)
        assert pulled is not None
        network = FaultyNetwork(app)
        headers = {"Authorization": f"Bearer {releasing.token_of(pulled, master_key(site))}"}
        client = await stack.enter_async_context(
            AsyncClient(transport=network, base_url="http://exam.test", headers=headers)
        )
        central = CentralServer(client, waits=())

        async def push() -> pushing.PushReport:
            network.requests.clear()
            return await pushing.push(away, held.sitting_id, central, signer=root_signer(site), now=utc_now())

        def is_last(place: int) -> Callable[[httpx.Request], bool]:
            return lambda _: len(network.requests) == place

        broken = 0
        for place in range(1, len(held.portions) + 2):
            network.lose_request, network.lose_answer = is_last(place), lambda _: False
            with pytest.raises(CentralServerError):
                await push()
            network.lose_request, network.lose_answer = lambda _: False, is_last(place)
            with pytest.raises(CentralServerError):
                await push()
            broken += 2
        assert broken == 2 * (len(held.portions) + 1)
        network.lose_answer = lambda _: False
        report = await push()
        assert report.completed is not None
        assert total(report.taken.values()).new == total(report.taken.values()).changed == 0
        # Marking begins by itself, and the log of the sitting has each row of the site's once.
        async with asyncio.timeout(20):
            while True:
                async with app.state.database.read() as session:
                    attempts = await delivery_queries.attempts_of_sitting(session, held.sitting_id)
                if [attempt.marked_at is not None for attempt in attempts] == [True] * 4:
                    break
                await asyncio.sleep(0.1)


async def test_a_file_brings_the_same_home_and_once(held: Held, home: Database, tmp_path: Path) -> None:
    file = tmp_path / "ca-thi.push"
    site = settings_in(held.folder / "site")

    async def portions() -> Any:
        for portion in held.portions:
            yield portion

    await push_file.write(file, held.begun, portions(), signing_seed=signing_seed(site))
    report = await file_taking.take_file(home, file, now=utc_now())
    assert report.completed is not None
    assert total(report.taken.values()) == Taken(new=rows_of(held))
    again = await file_taking.take_file(home, file, now=utc_now())
    assert total(again.taken.values()) == Taken(already_there=rows_of(held))
    assert again.completed == report.completed


@pytest.mark.parametrize("damage", ["changed", "cut", "other key", "empty", "line left out"])
async def test_a_file_that_is_not_the_sites_own_is_refused_whole(
    held: Held, home: Database, tmp_path: Path, damage: str
) -> None:
    file = tmp_path / "ca-thi.push"
    seed = b"x" * 32 if damage == "other key" else signing_seed(settings_in(held.folder / "site"))

    async def portions() -> Any:
        for portion in held.portions:
            yield portion

    await push_file.write(file, held.begun, portions(), signing_seed=seed)
    content = file.read_bytes()
    lines = content.splitlines(keepends=True)
    damaged = {
        "changed": content.replace(b'"finish_kind":"submitted"', b'"finish_kind":"time_over"', 1),
        "cut": b"".join(lines[:-2]),
        "other key": content,
        "empty": b"",
        "line left out": b"".join(lines[:3] + lines[4:]),
    }[damage]
    assert damaged != content or damage == "other key"
    file.write_bytes(damaged)
    before = await counts(home, held)
    with pytest.raises((PushFileError, DomainError), match="push_file_unusable"):
        await file_taking.take_file(home, file, now=utc_now())
    assert await counts(home, held) == before
