"""The copy of a sitting for a rehearsal: the same papers and seats, other people, the real one untouched."""

import asyncio
import json
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.errors import NotFoundError
from exam_engine.core.migrate import upgrade
from exam_engine.core.time import utc_now
from exam_engine.forms.copying import copy_forms
from exam_engine.forms.keys.models import FormKey
from exam_engine.forms.models import FormItem
from exam_engine.sittings.models import Candidate, Registration, Sitting
from load_tests.prepared_sitting import PreparedSitting, prepare_sitting, store_sitting
from load_tests.sample_forms import sample_forms, sections_of
from load_tests.sitting_copy import NobodyRegisteredError, planned_copy, played_time, read_schedule
from tests.conftest import NINE

ROOT = Path(__file__).resolve().parents[2]
SPEED = 9.0


@pytest.fixture
async def real(database: Database, settings: Settings) -> PreparedSitting:
    sitting = await prepare_sitting(
        database,
        settings,
        candidates=5,
        now=NINE,
        rng=random.Random(5),
        specs=sample_forms(4, 45, with_task=True),
        sections=sections_of(45),
        room_size=3,
    )
    async with database.write() as session:
        statement = sa.update(Registration).where(col(Registration.id) == sitting.registered[0].registration_id)
        await (await session.connection()).execute(statement.values(extra_minutes=20))
    return sitting


@pytest.fixture
async def apart(tmp_path: Path) -> AsyncIterator[Database]:
    """Yield an empty database of its own, as a rehearsal has one."""
    url = f"sqlite:///{tmp_path / 'rehearsal.db'}"
    await asyncio.to_thread(upgrade, url)
    database = Database(url)
    yield database
    await database.close()


async def contents(database: Database) -> dict[str, int]:
    """Return how many rows each table has."""
    async with database.read() as session:
        connection = await session.connection()
        return {
            table.name: (await connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()
            for table in SQLModel.metadata.sorted_tables
        }


async def test_the_copy_has_the_same_papers_and_seats_and_other_people(
    database: Database, settings: Settings, real: PreparedSitting, apart: Database, tmp_path: Path
) -> None:
    before = await contents(database)
    async with database.read() as reading, apart.write() as writing:
        schedule = await read_schedule(reading, real.sitting_id)
        played = played_time(schedule, SPEED)
        await copy_forms(reading, writing, schedule.form_ids)
        planned = planned_copy(
            schedule, played, name="TỔNG DUYỆT – Ca thử", opens_at=NINE, grace_seconds=30.0, speed=SPEED
        )
        own = settings.model_copy(update={"data_dir": tmp_path / "copy"})
        copy = await store_sitting(writing, own, planned, proctors_per_room=2, now=NINE, rng=random.Random(9))
    assert await contents(database) == before
    async with database.read() as one, apart.read() as other:
        for table in (FormItem, FormKey):
            order = [col(table.form_id), col(table.ref)]
            rows = [
                [row.model_dump() for row in (await s.exec(select(table).order_by(*order))).all()] for s in (one, other)
            ]
            assert rows[0] == rows[1] != []
        places = [
            (await s.exec(
                select(Registration.seat_number, Registration.form_id, Registration.variant).where(
                    Registration.sitting_id == sitting.sitting_id
                ).order_by(col(Registration.candidate_number))
            )).all()
            for s, sitting in ((one, real), (other, copy))
        ]  # fmt: skip
        assert list(places[0]) == list(places[1])
        papers = [set((await s.exec(select(Candidate.identity_number))).all()) for s in (one, other)]
        assert not papers[0] & papers[1]
        stored = await other.get_one(Sitting, copy.sitting_id)
        assert stored.name.startswith("TỔNG DUYỆT")
        # 22 and 23 minutes of sections, nine times as fast, in whole minutes; 20 minutes of extra time likewise.
        assert [section["minutes"] for section in stored.sections] == [3, 3]
        assert stored.duration_minutes == 6
        extra = (await other.exec(select(sa.func.max(Registration.extra_minutes)))).one()
        assert extra == 3
    assert played.longest_extra == timedelta(minutes=3)
    assert len(copy.room_ids) == 2


async def test_a_sitting_that_is_not_arranged_yet_is_seated_as_it_will_be(
    database: Database, real: PreparedSitting
) -> None:
    async with database.write() as session:
        statement = sa.update(Registration).where(col(Registration.sitting_id) == real.sitting_id)
        empty = statement.values(room_id=None, seat_number=None, form_id=None, variant=None)
        await (await session.connection()).execute(empty)
    async with database.read() as session:
        schedule = await read_schedule(session, real.sitting_id)
    assert [(place.room, place.seat_number) for place in schedule.places] == [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2)]
    assert len({place.form_id for place in schedule.places}) == 2


async def test_a_sitting_without_anybody_cannot_be_rehearsed(database: Database, real: PreparedSitting) -> None:
    async with database.write() as session:
        await (await session.connection()).execute(sa.delete(Registration))
    async with database.read() as session:
        with pytest.raises(NobodyRegisteredError):
            await read_schedule(session, real.sitting_id)
        with pytest.raises(NotFoundError):
            await read_schedule(session, uuid4())


@pytest.mark.extended
@pytest.mark.slow
async def test_the_command_rehearses_on_a_copy_and_leaves_only_the_report(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    real = await prepare_sitting(
        database,
        settings,
        candidates=8,
        now=utc_now(),
        rng=random.Random(6),
        opens_at=utc_now() + timedelta(days=1),
        specs=sample_forms(8, 45),
        room_size=4,
    )
    before = await contents(database)
    ran = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "exam_engine.cli", "rehearse", "--sitting", str(real.sitting_id), "--speed", "500"],
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT),
            "EXAM_DATABASE_URL": settings.database_url,
            "EXAM_DATA_DIR": str(tmp_path / "data"),
        },
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert await contents(database) == before
    (folder,) = (tmp_path / "data" / "rehearsals").iterdir()
    report = json.loads((folder / "report.json").read_text())
    assert report["go"]
    assert report["summary"]["started"] == 8
    assert not (folder / "copy").exists()
    assert "Ca thử" in (folder / "bao-cao.html").read_text()
    if settings.is_sqlite:
        assert list(Path(str(database.url.database)).parent.glob("rehearsal-*")) == []
