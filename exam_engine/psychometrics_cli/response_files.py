"""Responses from a CSV or Parquet file: one row a candidate, one column an item, an empty cell for not presented."""

import csv
import hashlib
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics.arrays import FloatArray, ScoreArray
from exam_engine.psychometrics.responses import HIGHEST_SCORE, NOT_PRESENTED, ResponseMatrix
from exam_engine.psychometrics_cli.errors import CommandError

if TYPE_CHECKING:
    from exam_engine.psychometrics.calibration.parquet import ParquetResponses

DELIMITERS: Final = (",", ";", "\t")
_WHOLE = re.compile(r"[0-9]{1,4}(?:[.,]0*)?")
_LARGEST_CELL = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Columns that are no items.

    Parameters
    ----------
    identity, group, weight : of the candidates; None where there is none.
    skipped : columns to leave aside.
    """

    identity: str | None = None
    group: str | None = None
    weight: str | None = None
    skipped: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """All of them."""
        return (*(name for name in (self.identity, self.group, self.weight) if name is not None), *self.skipped)


@dataclass(frozen=True, slots=True, eq=False)
class ResponseTable:
    """Responses with the group of each candidate, None without a group column."""

    responses: ResponseMatrix
    groups: NDArray[np.str_] | None


class _Scores(dict[str, int]):
    """Score of each cell text met so far; a new text is read once."""

    def __missing__(self, cell: str) -> int:
        text = cell.strip()
        if not text:
            score = NOT_PRESENTED
        elif _WHOLE.fullmatch(text) and int(re.split("[.,]", text)[0]) <= HIGHEST_SCORE:
            score = int(re.split("[.,]", text)[0])
        else:
            raise ValueError(cell)
        self[cell] = score
        return score


def read_responses(path: Path, columns: Columns) -> ResponseTable:
    """Read all responses into memory, one byte each.

    Raises
    ------
    CommandError
        Naming row (as a spreadsheet counts them) and column of what cannot be read, and what to do.
    """
    if is_parquet(path):
        return _materialised(open_parquet(path, columns), columns.identity)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return _read_csv(path, lines, columns)
    except UnicodeDecodeError as error:
        raise CommandError("not_utf8", file=path.name) from error
    except csv.Error as error:
        raise CommandError("bad_csv", file=path.name, reason=str(error)) from error


def is_parquet(path: Path) -> bool:
    """Whether responses are read as Parquet: by the ending, or from a folder of such files."""
    return path.suffix.lower() == ".parquet" or path.is_dir()


def open_parquet(path: Path, columns: Columns) -> "ParquetResponses":
    """Look at a Parquet file or folder; its responses are read in pieces.

    Raises
    ------
    CommandError
        ``parquet_unavailable`` when pyarrow is not installed, ``unknown_column``.
    """
    try:
        from exam_engine.psychometrics.calibration.parquet import ParquetResponses  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise CommandError("parquet_unavailable", file=path.name) from error
    if not path.exists():
        raise FileNotFoundError(2, "No such file or directory", str(path))
    others = tuple(name for name in (columns.identity, *columns.skipped) if name is not None)
    return ParquetResponses.open(path, group_column=columns.group, weight_column=columns.weight, other_columns=others)


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, or of all Parquet files of a folder in the order of their names."""
    digest = hashlib.sha256()
    for part in sorted(path.glob("*.parquet")) if path.is_dir() else [path]:
        with part.open("rb") as file:
            while block := file.read(2**20):
                digest.update(block)
    return digest.hexdigest()


def delimiter_of(heading: str, following: str) -> str:
    """The delimiter that cuts two lines into equally many cells, and into most; a comma when there is only one.

    The second line decides, because names of items may hold any of the delimiters.
    """

    def fitness(delimiter: str) -> tuple[bool, int]:
        head, row = (len(next(csv.reader([line], delimiter=delimiter), [])) for line in (heading, following))
        return head == row > 1, head

    return max(DELIMITERS, key=fitness)


def _read_csv(path: Path, lines: Any, columns: Columns) -> ResponseTable:
    heading = lines.readline()
    if not heading.strip():
        raise CommandError("empty_file", file=path.name)
    delimiter = delimiter_of(heading, lines.readline())
    lines.seek(0)
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    names = [name.strip() for name in next(reader)]
    place = check_heading(names, path, columns.named)
    item_places = [index for index, name in enumerate(names) if name not in set(columns.named)]
    if not item_places:
        raise CommandError("no_items", file=path.name)
    pick = itemgetter(*item_places) if len(item_places) > 1 else lambda row: (row[item_places[0]],)

    scores, lookup = array("b"), _Scores()
    ids: list[str] = []
    weights, groups = array("d"), array("l")
    group_codes: dict[str, int] = {}
    for number, row in enumerate(reader, start=2):
        if len(row) <= 1 and not any(row):
            # A line without anything in it is no candidate; the last line of many files is one.
            continue
        if len(row) != len(names):
            raise CommandError("row_length", file=path.name, row=number, found=len(row), expected=len(names))
        try:
            scores.fromlist([lookup[cell] for cell in pick(row)])
        except ValueError as error:
            column = next(index for index in item_places if row[index] == error.args[0])
            raise CommandError(
                "bad_cell", file=path.name, row=number, column=names[column], value=row[column][:40]
            ) from error
        if columns.identity is not None:
            ids.append(row[place[columns.identity]].strip())
        if columns.weight is not None:
            weights.append(_weight(row[place[columns.weight]], path, number, columns.weight))
        if columns.group is not None:
            group = row[place[columns.group]].strip()
            if not group:
                raise CommandError("no_group", file=path.name, row=number, column=columns.group)
            groups.append(group_codes.setdefault(group, len(group_codes)))
    n_rows = len(scores) // len(item_places)
    table: ScoreArray = np.frombuffer(scores, dtype=np.int8).reshape(n_rows, len(item_places))
    labels = np.array(list(group_codes), dtype=np.str_)
    return ResponseTable(
        ResponseMatrix(
            scores=table,
            item_names=tuple(names[index] for index in item_places),
            weights=np.ones(n_rows) if columns.weight is None else np.frombuffer(weights, dtype=np.float64),
            candidate_ids=None if columns.identity is None else tuple(ids),
        ),
        None if columns.group is None else labels[np.frombuffer(groups, dtype=np.dtype("l")).astype(np.intp)],
    )


def check_heading(names: Sequence[str], path: Path, wanted: Sequence[str]) -> dict[str, int]:
    """Place of each column; the first row must name every column once.

    Raises
    ------
    CommandError
        ``column_without_name``, ``repeated_column``, ``unknown_column``.
    """
    place: dict[str, int] = {}
    for index, name in enumerate(names):
        if not name:
            raise CommandError("column_without_name", file=path.name, number=index + 1)
        if name in place:
            raise CommandError("repeated_column", file=path.name, column=name)
        place[name] = index
    for name in wanted:
        if name not in place:
            raise CommandError("unknown_column", file=path.name, column=name, known=", ".join(names[:12]))
    return place


def _weight(cell: str, path: Path, row: int, column: str) -> float:
    try:
        weight = float(cell.strip().replace(",", "."))
    except ValueError:
        weight = float("nan")
    if not (np.isfinite(weight) and weight > 0.0):
        raise CommandError("bad_weight", file=path.name, row=row, column=column, value=cell[:40])
    return weight


def _materialised(rows: "ParquetResponses", identity: str | None) -> ResponseTable:
    chunks = list(rows.chunks())
    names = np.array(rows.group_names, dtype=np.str_)
    weights: FloatArray = np.concatenate([chunk.weights for chunk in chunks]) if chunks else np.empty(0)
    scores = np.concatenate([chunk.scores for chunk in chunks]) if chunks else np.empty((0, len(rows.item_names)), "i1")
    has_groups = rows.group_names != ("",)
    return ResponseTable(
        ResponseMatrix(
            scores=scores,
            item_names=rows.item_names,
            weights=weights,
            candidate_ids=None if identity is None else _parquet_column(rows, identity),
        ),
        names[np.concatenate([chunk.groups for chunk in chunks])] if has_groups and chunks else None,
    )


def _parquet_column(rows: "ParquetResponses", name: str) -> tuple[str, ...]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - an extra, known to be there once the file is open

    found: list[str] = []
    for path in rows.paths:
        if name not in pq.read_schema(path).names:
            raise CommandError("unknown_column", file=path.name, column=name, known=", ".join(rows.item_names[:12]))
        found += [str(value) for value in pq.read_table(path, columns=[name]).column(0).to_pylist()]
    return tuple(found)
