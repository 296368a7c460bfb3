"""Rows of tables as JSON between a site and the central server; nothing that comes back is believed."""

import base64
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.sql.sqltypes import AutoString

from exam_engine.core.db import UTCDateTime

Wire = dict[str, Any]
"""A row: values by name of column, of JSON's types."""


class MalformedRowError(ValueError):
    """A row does not have the columns, or a column not the values, that its table has."""


def to_wire(columns: Sequence[sa.Column[Any]], values: Sequence[Any]) -> Wire:
    """Return a row, given by its values in the order of the columns, as JSON."""
    return {column.name: _written(value) for column, value in zip(columns, values, strict=True)}


def from_wire(columns: Sequence[sa.Column[Any]], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a row that came as JSON, by column.

    Raises
    ------
    MalformedRowError
    """
    if row.keys() != {column.name for column in columns}:
        raise MalformedRowError("columns")
    values: dict[str, Any] = {}
    for column in columns:
        value = row[column.name]
        if value is None and column.nullable:
            values[column.name] = None
            continue
        try:
            values[column.name] = _read(column, value)
        except (ValueError, TypeError, OverflowError) as error:
            raise MalformedRowError(column.name) from error
    return values


def _written(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode()
        case _:
            return value


def _read(column: sa.Column[Any], value: Any) -> Any:
    kind = column.type
    match kind:
        case UTCDateTime():
            instant = datetime.fromisoformat(_a(str, value))
            if instant.tzinfo is None:
                raise ValueError(value)
            return instant
        case sa.Date():
            return date.fromisoformat(_a(str, value))
        case sa.Uuid():
            return UUID(_a(str, value))
        case sa.LargeBinary():
            return base64.b64decode(_a(str, value), validate=True)
        case sa.Boolean():
            return _a(bool, value)
        case sa.Integer():
            number: int = _a(int, value)
            bits = 63 if isinstance(kind, sa.BigInteger) else 31
            if not -(2**bits) <= number < 2**bits:
                raise ValueError(number)
            return number
        case sa.Float():
            if not math.isfinite(_a(float, value)):
                raise ValueError(value)
            return value
        case sa.String() | AutoString():
            text: str = _a(str, value)
            # What one of both databases would not store is no value of the other either.
            if "\0" in text or (kind.length is not None and len(text) > kind.length):
                raise ValueError(text[:32])
            text.encode()
            return text
        case sa.JSON():
            return value
    raise TypeError(f"{column} has a type that does not travel")


def _a(kind: type, value: Any) -> Any:
    """Return a value of exactly that type: true is no number."""
    if type(value) is not kind:
        raise TypeError(value)
    return value
