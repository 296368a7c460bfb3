"""Rows as JSON: what comes back is the same row, or it is refused with the column."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from exam_engine.core.db import table_of
from exam_engine.delivery.models import JournalEntry, UploadPart
from exam_engine.sites.pushed import BY_NAME, PUSHED
from exam_engine.sites.wire import MalformedRowError, from_wire, to_wire
from exam_engine.sittings.models import PulledRules

COLUMNS = list(table_of(JournalEntry).columns)
VALUES = (UUID(int=7), 1, "answer", "q01", "{}", "a" * 64, 5, 1, datetime(2026, 12, 12, 2, 0, 0, 123456, UTC))


def test_dates_come_back_as_they_were() -> None:
    columns = [table_of(PulledRules).c[name] for name in ("valid_from", "valid_to")]
    for values in ((date(2026, 1, 31), None), (date(2026, 1, 31), date(2028, 2, 29))):
        assert tuple(from_wire(columns, json.loads(json.dumps(to_wire(columns, values)))).values()) == values
    for wrong in ("2026-02-30", "", 5, None):
        with pytest.raises(MalformedRowError, match="valid_from"):
            from_wire(columns, {"valid_from": wrong, "valid_to": None})


def row(**changes: Any) -> dict[str, Any]:
    return to_wire(COLUMNS, VALUES) | changes


def test_a_row_comes_back_as_it_was() -> None:
    written = json.loads(json.dumps(row()))
    assert from_wire(COLUMNS, written) == {column.name: value for column, value in zip(COLUMNS, VALUES, strict=True)}


def test_bytes_come_back_as_they_were() -> None:
    columns = list(table_of(UploadPart).columns)
    values = (UUID(int=7), 0, bytes(range(256)))
    assert tuple(from_wire(columns, json.loads(json.dumps(to_wire(columns, values)))).values()) == values


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("attempt_id", "no id"),
        ("attempt_id", None),
        ("seq", True),
        ("seq", 1.5),
        ("seq", 2**63),
        ("epoch", 2**31),
        ("kind", "a" * 17),
        ("kind", 5),
        ("body", "\0"),
        ("body", "\ud800"),
        ("received_at", "2026-12-12T02:00:00"),
        ("received_at", "yesterday"),
    ],
)
def test_a_value_that_the_column_cannot_have_is_refused(column: str, value: Any) -> None:
    with pytest.raises(MalformedRowError, match=column):
        from_wire(COLUMNS, row(**{column: value}))


def test_other_columns_are_refused() -> None:
    with pytest.raises(MalformedRowError):
        from_wire(COLUMNS, row(logged_part=1))
    with pytest.raises(MalformedRowError):
        from_wire(COLUMNS, {name: value for name, value in row().items() if name != "item_ref"})


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_pushed_table_can_be_found_and_held_against_what_is_stored(name: str) -> None:
    pushed = BY_NAME[name]
    names = {column.name for column in pushed.columns}
    assert set(pushed.key) <= names
    assert pushed.moves <= names - set(pushed.key)
    assert pushed.settled_by is None or pushed.settled_by in pushed.moves
    assert pushed.own <= {column.name for column in pushed.target.columns}
    assert {column.name for column in pushed.columns} <= {column.name for column in pushed.source.columns}
    assert str(pushed.rows_at_site(UUID(int=1)))


def test_rows_come_after_those_that_they_refer_to() -> None:
    seen: set[str] = set()
    for pushed in PUSHED:
        refers = {key.column.table.name for column in pushed.target.columns for key in column.foreign_keys}
        assert refers & BY_NAME.keys() <= seen, pushed.name
        seen.add(pushed.name)
