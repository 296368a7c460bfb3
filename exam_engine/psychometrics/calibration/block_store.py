"""Blocks on disk, so that the number of candidates is limited by the disk and other processes can read their share."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.calibration.design import ResponseBlock


@dataclass(frozen=True, slots=True, eq=False)
class StoredBlock:
    """Where one block lies in the file.

    Attributes
    ----------
    position : first byte; n_rows : candidates; columns : its items; population : of its candidates.
    is_masked : whether the presented items follow the scores.
    weights : of the candidates, None for ones.
    """

    position: int
    n_rows: int
    columns: IntArray
    population: int
    is_masked: bool
    weights: FloatArray | None


@dataclass(frozen=True, slots=True, eq=False)
class StoredBlocks:
    """Blocks in a file; small to send to another process that can open the same path."""

    path: str
    entries: tuple[StoredBlock, ...]

    def __iter__(self) -> Iterator[ResponseBlock]:
        """Read block after block; only one is in memory."""
        with Path(self.path).open("rb") as file:
            for entry in self.entries:
                shape = (entry.n_rows, entry.columns.size)
                file.seek(entry.position)
                table = np.fromfile(file, dtype=np.int8, count=(1 + entry.is_masked) * shape[0] * shape[1])
                scores = table[: shape[0] * shape[1]].reshape(shape)
                presented = table[scores.size :].reshape(shape) if entry.is_masked else None
                weights = np.ones(entry.n_rows) if entry.weights is None else entry.weights
                yield ResponseBlock(scores, presented, entry.columns, weights, entry.population)

    def __len__(self) -> int:
        """Return the number of blocks."""
        return len(self.entries)

    def taken(self, places: slice) -> "StoredBlocks":
        """Only the blocks at these places."""
        return StoredBlocks(self.path, self.entries[places])

    def split(self, n_parts: int) -> list["StoredBlocks"]:
        """At most ``n_parts`` runs of consecutive blocks with about equally many responses."""
        sizes = np.array([entry.n_rows * entry.columns.size for entry in self.entries], dtype=np.float64)
        part_of = np.minimum((np.cumsum(sizes) - 0.5 * sizes) / sizes.sum() * n_parts, n_parts - 1).astype(np.intp)
        return [
            StoredBlocks(self.path, tuple(self.entries[index] for index in np.flatnonzero(part_of == part)))
            for part in np.unique(part_of)
        ]


def store_blocks(blocks: Iterable[ResponseBlock], path: Path) -> StoredBlocks:
    """Write blocks to a new file."""
    entries: list[StoredBlock] = []
    known_columns: dict[bytes, IntArray] = {}
    with path.open("xb") as file:
        for block in blocks:
            position = file.tell()
            file.write(np.ascontiguousarray(block.scores).data)
            if block.presented is not None:
                file.write(np.ascontiguousarray(block.presented).data)
            entries.append(
                StoredBlock(
                    position=position,
                    n_rows=block.weights.size,
                    # Blocks of one booklet share their columns, or an index of millions of rows would be large.
                    columns=known_columns.setdefault(block.columns.tobytes(), block.columns),
                    population=block.population,
                    is_masked=block.presented is not None,
                    weights=None if (block.weights == 1.0).all() else block.weights,
                )
            )
    return StoredBlocks(str(path), tuple(entries))
