"""One measurement in a process of its own: ``python -m benchmarks.imports.worker FORMAT FILE STAGE`` prints JSON."""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.imports.files import FILES
from exam_engine.core.actor import Actor
from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.core.garbage import settle_garbage
from exam_engine.core.jobs.computation import Tell, compute_in_own_process, computing_processes
from exam_engine.core.jobs.context import JobContext
from exam_engine.core.migrate import upgrade
from exam_engine.core.time import utc_now
from item_bank.exchange import applying, service
from item_bank.exchange.intake import Intake, begin_reading
from item_bank.exchange.jobs import run_import
from item_bank.exchange.models import ItemImport
from item_bank.syllabus.service import load_shipped

BOARD = Actor(id=new_id(), kind="user", display_name="Người đo", permissions=frozenset())
GIVEN = {"reference_code": "IU01", "cognitive_level": "NB", "accepts_missing_keys": False}
"""What the author says of all items where the file is silent."""


def processes(first: int) -> Iterator[Path]:
    """Yield what Linux tells of a process and of all that it or they started."""
    yield (proc := Path(f"/proc/{first}"))
    for thread in proc.glob("task/*/children"):
        for child in thread.read_text().split():
            yield from processes(int(child))


def cpu() -> float:
    """Return the processor seconds of this process and of all that it started, ended ones too."""
    ticks = 0
    for proc in processes(os.getpid()):
        # After the name in brackets: state, …, and as 12th to 15th user and system time, own and of ended children.
        ticks += sum(map(int, (proc / "stat").read_text().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


class Peak:
    """The largest memory that this process and all that it started held at one time, without files mapped, sampled.

    Pages that a forked process still shares with others are counted once. ``spent`` are the processor seconds that the
    sampling itself took: the system walks through all pages for each sample.
    """

    def __init__(self) -> None:
        self.spent = 0.0
        self.before = self.largest = self.held()
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._sample, daemon=True)
        self._watch.start()

    @staticmethod
    def held() -> float:
        """Return the memory held now, in MiB."""
        held = 0
        for proc in processes(os.getpid()):
            lines = (line.split() for line in (proc / "smaps_rollup").read_text().splitlines())
            held += next(int(words[1]) for words in lines if words[0] == "Pss_Anon:")
        return held / 2**10

    def _sample(self) -> None:
        while not self._over.wait(0.1):
            with contextlib.suppress(OSError):  # a process may end meanwhile
                self.largest = max(self.largest, self.held())
            self.spent = time.thread_time()

    def more(self) -> float:
        """Return by how many MiB the largest memory so far passes that at the beginning."""
        self.largest = max(self.largest, self.held())
        return self.largest - self.before

    def close(self) -> None:
        """Take no more samples."""
        self._over.set()
        self._watch.join()


def of_texts(content: bytes, name: str, format_code: str, *, is_looking: bool) -> dict[str, Any]:
    """Read a file, and look for flaws and repetitions if asked to."""
    settle_garbage()
    peak, began = Peak(), cpu()
    items = good = 0
    if is_looking:
        intake = Intake(begin_reading(content, name, format_code))
        for rows in intake.batches():
            items += len(rows)
            good += sum(row["item"]["content"] is not None and row["item"]["key"] is not None for row in rows)
        intake.facts()
    else:
        for one in begin_reading(content, name, format_code).items:
            items += 1
            good += one.content is not None and one.key is not None
    return {"items": items, "good": good, "cpu_s": cpu() - began - peak.spent, "more_mb": peak.more()}


def started(tell: Tell) -> None:
    """Do nothing, in a process of its own."""


async def nothing_said(_word: object) -> None:
    """Hear nothing."""


async def of_run(content: bytes, name: str, format_code: str, folder: Path) -> dict[str, Any]:
    """Bring a file as the job does, on SQLite, and apply it."""
    settings = Settings(database_url=f"sqlite:///{folder / 'bank.db'}", data_dir=folder)
    database = Database(settings.database_url)
    async with database.write() as session:
        await load_shipped(session)
    # As in a running server, the process that starts those for computing has the modules.
    computing_processes({run_import.__module__})
    await compute_in_own_process(started, on_word=nothing_said)
    settle_garbage()
    peak, began = Peak(), cpu()
    async with database.write() as session:
        run = await service.begin(
            session, name=name, content=content, format_code=format_code, is_long=True, actor=BOARD, now=utc_now()
        )
        run.options = {**run.options, **GIVEN}
        session.add(run)
    with ThreadPoolExecutor() as executor:
        context = JobContext(
            job_id=run.job_id or new_id(),
            parameters={"import_id": str(run.id), "task": "check"},
            actor=BOARD,
            database=database,
            settings=settings,
            executor=executor,
        )
        await run_import(context)
    spent, dry_peak = cpu() - began - peak.spent, peak.more()
    peak.close()
    peak, began = Peak(), cpu()
    async with database.write() as session:
        stored = await session.get_one(ItemImport, run.id)
        counts = dict(stored.counts)
        outcome = await applying.apply_run(session, stored, is_submitting=False, actor=BOARD, now=utc_now())
    apply_spent = cpu() - began - peak.spent
    await database.close()
    return {
        "items": counts["all"],
        "good": outcome["created"],
        "cpu_s": spent,
        "apply_cpu_s": apply_spent,
        "more_mb": dry_peak,
        "apply_more_mb": peak.more(),
    }


def main() -> None:
    key, path, stage = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    format_code, name, _ = FILES[key]
    content = path.read_bytes()
    if stage == "run":
        with tempfile.TemporaryDirectory(prefix="imports-") as folder:
            upgrade(f"sqlite:///{Path(folder) / 'bank.db'}")
            result = asyncio.run(of_run(content, name, format_code, Path(folder)))
    else:
        result = of_texts(content, name, format_code, is_looking=stage == "look")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
