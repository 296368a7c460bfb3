"""The databases that delivery is measured on, and the CPU time of processes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.database_server import own_database


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, tuple[str, list[psutil.Process]]]]:
    """Start PostgreSQL; yield URL and processes of each kind of database by name."""
    with own_database() as own:
        postmaster = [] if own.server_pid is None else [psutil.Process(own.server_pid)]
        yield {"SQLite": (f"sqlite:///{folder / 'exam.db'}", []), "PostgreSQL": (own.url, postmaster)}


def cpu_seconds(processes: Sequence[psutil.Process]) -> float:
    """Return the CPU time that processes and their children have taken."""
    total = 0.0
    for process in processes:
        for one in (process, *process.children(recursive=True)):
            times = one.cpu_times()
            total += times.user + times.system
    return total
