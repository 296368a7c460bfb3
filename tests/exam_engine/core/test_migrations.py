"""The migrations build exactly the models' schema, forwards and backwards, on both databases."""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from exam_engine.app import bring_up_to_date
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.migrate import alembic_config, upgrade
from tests.database_server import URL_VARIABLE, fresh_name, run_sql, with_database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    url, name = os.environ[URL_VARIABLE], fresh_name("exam_empty")
    run_sql(url, f'CREATE DATABASE "{name}"')
    yield with_database(url, name)
    run_sql(url, f'DROP DATABASE "{name}" WITH (FORCE)')


def test_the_migrated_schema_is_the_models_schema(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    # Raises when a model and the migrated table differ in a table, column, type, index or constraint.
    command.check(alembic_config(empty_database_url))


def test_every_step_can_be_taken_back_and_taken_again(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    command.downgrade(alembic_config(empty_database_url), "base")
    upgrade(empty_database_url)
    command.check(alembic_config(empty_database_url))


def test_parameters_that_an_older_version_would_misread_go_with_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'one.db'}"
    upgrade(url)
    columns = "item_id, calibration_id, a, b, se_a, se_b, p, n, is_simulated, c"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for item_id, c in (("1" * 32, "NULL"), ("2" * 32, "0.2")):
            values = f"'{item_id}', '{'3' * 32}', 1.0, 0.0, 0.1, 0.1, 0.5, 500, 0, {c}"
            connection.execute(sa.text(f"INSERT INTO item_parameters ({columns}) VALUES ({values})"))
    command.downgrade(alembic_config(url), "202611220900")
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT item_id FROM item_parameters")).scalars().all() == ["1" * 32]
    engine.dispose()


def in_one_transaction(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements and return the rows of the last one."""

    async def run() -> list[tuple[Any, ...]]:
        database = Database(url)
        async with database.write() as session:
            connection = await session.connection()
            found = [await connection.execute(sa.text(statement)) for statement in statements][-1]
            rows = [tuple(row) for row in found] if found.returns_rows else []
        await database.close()
        return rows

    return asyncio.run(run())


def from_stored(value: Any) -> Any:
    """Return stored JSON as a value; one of both drivers reads it by itself."""
    return json.loads(value) if isinstance(value, str) else value


def test_rows_of_an_import_keep_their_metadata_forwards_and_backwards(empty_database_url: str) -> None:
    upgrade(empty_database_url, "202611222355")
    run = "11111111111111111111111111111111"
    row = "place, interaction, stem, content_hash, stem_digest, item, changes, notices, advice, checks, comparison"
    values = "'2', '', '', '', '', '{}', '{}', '[]', '[]', '[]', 'new'"
    in_one_transaction(
        empty_database_url,
        "INSERT INTO item_import (id, file_name, file_hash, size_bytes, format, state, options, counts, notices,"
        f" stimuli, created_by, created_at) VALUES ('{run}', 'a.csv', '', 1, 'csv', 'ready', '{{}}', '{{}}', '[]',"
        f" '[]', '{run}', '2026-11-22 00:00:00')",
        *(
            f"INSERT INTO item_import_row (import_id, number, {row}, draft, has_errors, has_warnings, is_left_out)"
            f" VALUES ('{run}', {number}, {values}, {draft}, false, false, false)"
            for number, draft in ((1, """'{"code"\\: "Q1", "metadata"\\: {"source"\\: "Đề thi"}}'"""), (2, "NULL"))
        ),
    )
    upgrade(empty_database_url)
    kept = in_one_transaction(empty_database_url, "SELECT number, final_metadata FROM item_import_row ORDER BY number")
    assert [(number, from_stored(metadata)) for number, metadata in kept] == [(1, {"source": "Đề thi"}), (2, None)]
    command.downgrade(alembic_config(empty_database_url), "202611222355")
    back = in_one_transaction(empty_database_url, "SELECT number, draft FROM item_import_row ORDER BY number")
    assert [(number, from_stored(draft)) for number, draft in back] == [
        (1, {"metadata": {"source": "Đề thi"}}),
        (2, None),
    ]


def test_instructions_given_before_are_numbered_for_each_candidate_in_their_order(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'one.db'}"
    upgrade(url, "202611230600")
    one, two = "1" * 32, "2" * 32
    given = [("c", one, "08:30"), ("b", two, "08:20"), ("a", one, "08:10")]
    columns = "id, registration_id, kind, text, created_at, created_by_name"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for id_, to, at in given:
            values = f"'{id_ * 32}', '{to}', 'message', '', '2026-11-22 {at}:00', ''"
            connection.execute(sa.text(f"INSERT INTO instruction ({columns}) VALUES ({values})"))
    upgrade(url)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT registration_id, number, substr(id, 1, 1) FROM instruction")).all()
    engine.dispose()
    assert sorted(rows) == [(one, 1, "a"), (one, 2, "c"), (two, 1, "b")]


def test_bringing_up_to_date_twice_changes_nothing(empty_database_url: str, tmp_path: Path) -> None:
    settings = Settings(database_url=empty_database_url, data_dir=tmp_path)
    bring_up_to_date(settings)
    bring_up_to_date(settings)


def test_revisions_never_import_the_models_of_today() -> None:
    versions = Path(__file__).resolve().parents[3] / "migrations" / "versions"
    files = list(versions.glob("*.py"))
    assert files
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert "exam_engine" not in text
        assert "sqlmodel" not in text


def test_rows_of_the_audit_head_exist_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'one.db'}"
    upgrade(url)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT id, seq FROM audit_head")).all() == [(1, 0)]
    engine.dispose()
