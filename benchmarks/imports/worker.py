"""One measurement in a process of its own: ``python -m benchmarks.imports.worker FORMAT FILE STAGE`` prints JSON."""

import asyncio
import json
import resource
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.imports.files import FILES
from exam_engine.core.actor import Actor
from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.core.jobs.context import JobContext
from exam_engine.core.migrate import upgrade
from exam_engine.core.time import utc_now
from item_bank.exchange import applying, service
from item_bank.exchange.intake import prepare, read_file
from item_bank.exchange.jobs import run_import
from item_bank.exchange.models import ItemImport
from item_bank.syllabus.service import load_shipped

BOARD = Actor(id=new_id(), kind="user", display_name="Người đo", permissions=frozenset())
GIVEN = {"reference_code": "IU01", "cognitive_level": "NB", "accepts_missing_keys": False}
"""What the author says of all items where the file is silent."""


def cpu() -> float:
    """Return the processor seconds of this process and its ended children."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak_mb() -> float:
    """Return the largest resident memory so far, of this process and of its largest ended child together, in MiB."""
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(who).ru_maxrss for who in both) / 1024


def of_texts(content: bytes, name: str, format_code: str, *, is_looking: bool) -> dict[str, Any]:
    """Read a file, and look for flaws and repetitions if asked to."""
    before, began = peak_mb(), cpu()
    file = read_file(content, name, format_code)
    good = sum(one.content is not None and one.key is not None for one in file.items)
    if is_looking:
        prepare(file)
    return {"items": len(file.items), "good": good, "cpu_s": cpu() - began, "before_mb": before, "peak_mb": peak_mb()}


async def of_run(content: bytes, name: str, format_code: str, folder: Path) -> dict[str, Any]:
    """Bring a file as the job does, on SQLite, and apply it."""
    settings = Settings(database_url=f"sqlite:///{folder / 'bank.db'}", data_dir=folder)
    database = Database(settings.database_url)
    async with database.write() as session:
        await load_shipped(session)
    before, began = peak_mb(), cpu()
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
    checked, dry_peak = cpu(), peak_mb()
    async with database.write() as session:
        stored = await session.get_one(ItemImport, run.id)
        counts = dict(stored.counts)
        outcome = await applying.apply_run(session, stored, is_submitting=False, actor=BOARD, now=utc_now())
    applied = cpu()
    await database.close()
    return {
        "items": counts["all"],
        "good": outcome["created"],
        "cpu_s": checked - began,
        "apply_cpu_s": applied - checked,
        "before_mb": before,
        "peak_mb": dry_peak,
        "apply_peak_mb": peak_mb(),
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
