"""Responses in a Parquet file or a folder of them, read in pieces.

Needs pyarrow, which the rest of the library does without; that is why nothing else imports this module.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.calibration.preparation import RowChunk
from exam_engine.psychometrics.responses import HIGHEST_SCORE, NOT_PRESENTED, ResponseDataError

_BATCH_ROWS = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class ParquetResponses:
    """One row per candidate, one integer column per item; null or ``NOT_PRESENTED`` where the item was not shown.

    Attributes
    ----------
    paths : files with the same columns.
    item_names : columns that are items.
    group_column, weight_column : columns that hold the candidate's population and weight; None when there are none.
    group_names : the populations found, sorted; one empty name without a group column.
    """

    paths: tuple[Path, ...]
    item_names: tuple[str, ...]
    group_column: str | None
    weight_column: str | None
    group_names: tuple[str, ...]

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        item_names: Sequence[str] | None = None,
        group_column: str | None = None,
        weight_column: str | None = None,
        other_columns: Sequence[str] = (),
    ) -> Self:
        """Look at a file, or at all ``*.parquet`` of a folder in the order of their names.

        Parameters
        ----------
        item_names : the items; by default all columns but the group's, the weight's and ``other_columns``.

        Raises
        ------
        ResponseDataError
            Naming the file and its column that is missing or does not hold numbers of its kind, the folder that is
            empty, or the file in which a candidate has no group.
        """
        paths = tuple(sorted(path.glob("*.parquet"))) if path.is_dir() else (path,)
        if not paths:
            raise ResponseDataError(f"{path.name} holds no .parquet file")
        apart = {group_column, weight_column, *other_columns} - {None}
        names = pq.read_schema(paths[0]).names
        items = tuple(item_names) if item_names is not None else tuple(name for name in names if name not in apart)
        for part in paths:
            _check_columns(part, items, group_column, weight_column)
        groups: set[str] = set()
        if group_column is not None:
            for part in paths:
                with pq.ParquetFile(part) as file:
                    for batch in file.iter_batches(_BATCH_ROWS, columns=[group_column]):
                        groups.update(_group_name(value, part) for value in pc.unique(batch.column(0)).to_pylist())
        group_names = tuple(sorted(groups)) if group_column is not None else ("",)
        return cls(paths, items, group_column, weight_column, group_names)

    def chunks(self) -> Iterator[RowChunk]:
        """All candidates, a batch at a time.

        Raises
        ------
        ResponseDataError
            Naming file, row and column of a score that is out of range or a weight that is not positive.
        """
        wanted = [*self.item_names, *(name for name in (self.group_column, self.weight_column) if name is not None)]
        for path in self.paths:
            first = 1
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(_BATCH_ROWS, columns=wanted, use_threads=False):
                    yield RowChunk(
                        self._scores(batch, f"{path.name}, row", first),
                        self._weights(batch, f"{path.name}, row", first),
                        self._groups(batch),
                    )
                    first += batch.num_rows

    def _scores(self, batch: Any, place: str, first: int) -> ScoreArray:
        scores = np.empty((batch.num_rows, len(self.item_names)), dtype=np.int8)
        for column, name in enumerate(self.item_names):
            values = batch.column(name)
            if pa.types.is_boolean(values.type):
                values = values.cast(pa.int8())
            # Not filled with the stored value itself, which unsigned integers do not have.
            found = values.fill_null(0).to_numpy(zero_copy_only=False)
            outside = (found < NOT_PRESENTED) | (found > HIGHEST_SCORE)
            if outside.any():
                row = int(np.argmax(outside))
                raise ResponseDataError(
                    f"{place} {first + row}, column {name!r}: {found[row]} is not a score from 0 to {HIGHEST_SCORE}"
                )
            scores[:, column] = found
            if values.null_count:
                scores[values.is_null().to_numpy(zero_copy_only=False), column] = NOT_PRESENTED
        return scores

    def _weights(self, batch: Any, place: str, first: int) -> FloatArray:
        if self.weight_column is None:
            return np.ones(batch.num_rows)
        weights: FloatArray = batch.column(self.weight_column).to_numpy(zero_copy_only=False).astype(np.float64)
        bad = ~(np.isfinite(weights) & (weights > 0.0))
        if bad.any():
            row = int(np.argmax(bad))
            raise ResponseDataError(f"{place} {first + row}: weight {weights[row]} is not a positive number")
        return weights

    def _groups(self, batch: Any) -> IntArray:
        if self.group_column is None:
            return np.zeros(batch.num_rows, dtype=np.intp)
        code = {name: index for index, name in enumerate(self.group_names)}
        encoded = batch.column(self.group_column).dictionary_encode()
        of_dictionary = np.array([code[str(value)] for value in encoded.dictionary.to_pylist()], dtype=np.intp)
        result: IntArray = of_dictionary[encoded.indices.to_numpy(zero_copy_only=False)]
        return result


def _check_columns(path: Path, items: tuple[str, ...], group: str | None, weight: str | None) -> None:
    schema = pq.read_schema(path)
    for name in (*items, *(column for column in (group, weight) if column is not None)):
        if name not in schema.names:
            raise ResponseDataError(f"{path.name} has no column {name!r}")
        kind = schema.field(name).type
        if name in items and not (pa.types.is_integer(kind) or pa.types.is_boolean(kind)):
            raise ResponseDataError(f"{path.name}: column {name!r} holds {kind}, but scores are whole numbers")
        if name == weight and not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
            raise ResponseDataError(f"{path.name}: column {name!r} holds {kind}, but weights are numbers")


def _group_name(value: object, path: Path) -> str:
    if value is None:
        raise ResponseDataError(f"{path.name}: a candidate has no group; give every candidate one or leave the row out")
    return str(value)
