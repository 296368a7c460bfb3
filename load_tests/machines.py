"""What processes take of the machine while a run goes on: CPU and memory, second by second."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psutil


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """One second: CPU in cores (1.0 is one core busy all the time), memory in bytes.

    ``generator_busiest`` is the busiest single process of the generator: one process cannot use more than one core.
    """

    at: float
    server_cpu: float
    database_cpu: float
    generator_cpu: float
    generator_busiest: float
    machine_cpu: float
    server_memory: int
    database_memory: int


class UsageFile(msgspec.Struct):
    """All seconds of a run, and how many cores the machine has."""

    cores: int
    seconds: list[Usage]


class Watch:
    """Measures groups of processes, each with its children, whenever :meth:`look` is called."""

    def __init__(self, *, server: Sequence[int], database: Sequence[int], generator: Sequence[int]) -> None:
        self._groups = {"server": server, "database": database, "generator": generator}
        self._before: dict[int, float] = {}
        self._looked_at = time.time()
        psutil.cpu_percent()
        self._measure()

    def look(self) -> Usage:
        """Return what was taken since the last look."""
        now = time.time()
        elapsed = max(now - self._looked_at, 1e-3)
        taken, memory = self._measure()
        self._looked_at = now
        shares = {name: [seconds / elapsed for seconds in each] for name, each in taken.items()}
        return Usage(
            at=round(now, 3),
            server_cpu=round(sum(shares["server"]), 3),
            database_cpu=round(sum(shares["database"]), 3),
            generator_cpu=round(sum(shares["generator"]), 3),
            generator_busiest=round(max(shares["generator"], default=0.0), 3),
            machine_cpu=round(psutil.cpu_percent() / 100 * (psutil.cpu_count() or 1), 3),
            server_memory=memory["server"],
            database_memory=memory["database"],
        )

    def _measure(self) -> tuple[dict[str, list[float]], dict[str, int]]:
        taken: dict[str, list[float]] = {}
        memory: dict[str, int] = {}
        now: dict[int, float] = {}
        for name, roots in self._groups.items():
            taken[name], memory[name] = [], 0
            for process in _family(roots):
                try:
                    times, bytes_used = process.cpu_times(), process.memory_info().rss
                except psutil.Error:
                    continue
                now[process.pid] = times.user + times.system
                # A process seen for the first time has not worked since the last look as far as anybody knows.
                taken[name].append(now[process.pid] - self._before.get(process.pid, now[process.pid]))
                memory[name] += bytes_used
        self._before = now
        return taken, memory


def _family(roots: Sequence[int]) -> list[psutil.Process]:
    found = []
    for pid in roots:
        try:
            process = psutil.Process(pid)
            found += [process, *process.children(recursive=True)]
        except psutil.Error:
            continue
    return found


async def keep_watching(watch: Watch, seconds: list[Usage]) -> None:
    """Add a line each second until cancelled."""
    while True:
        await asyncio.sleep(1.0)
        seconds.append(watch.look())


def write_usage(seconds: list[Usage], file: Path) -> None:
    """Write what was measured."""
    file.write_bytes(msgspec.json.encode(UsageFile(psutil.cpu_count() or 1, seconds)))
