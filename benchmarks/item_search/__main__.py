"""Time searches as somebody types them: ``python -m benchmarks.item_search [--items 50000] [--turns 20]``.

A search is what the route does: page, facets, total and the answer as JSON; one at a time on a pooled connection.
``--postgresql URL`` names the maintenance database of a server to use instead of the embedded one of the tests.
"""

import argparse
import asyncio
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.item_search.bank import fill
from exam_engine.core.actor import Actor
from exam_engine.core.db import Database, new_id
from exam_engine.core.garbage import settle_garbage
from exam_engine.core.migrate import upgrade
from exam_engine.core.pagination import Page
from item_bank.items.api import list_items
from item_bank.items.records import ItemFilter
from tests.database_server import URL_VARIABLE, own_database, run_sql

ME = Actor(id=new_id(), kind="user", display_name="Người đo")
CASES: dict[str, tuple[tuple[str, ...], dict[str, Any], str, int]] = {
    "nothing typed": (("",), {}, "code", 0),
    "typing a sentence": (tuple("công thức nào tính tổng"[:end] for end in range(1, 24)), {}, "fit", 0),
    "typing a code": (tuple("IU04-02"[:end] for end in range(1, 8)), {}, "fit", 0),
    "one common word": (("trong ", "của ", "nào "), {}, "fit", 0),
    "a phrase": (('"bảng tính"', '"trong Microsoft Excel"', '"tệp và thư mục"'), {}, "fit", 0),
    "words, not others": (("trang tính -Excel", "mạng -internet -wifi"), {}, "fit", 0),
    "formula": (("=SUM(A1:A5)", "A1:A5", "COUNTIF("), {}, "fit", 0),
    "figures": (("p:0.3..0.7 r:>0.2", "b:<-1", "trong p:<0.5"), {}, "fit", 0),
    "tag": (('tag:"công thức"', 'tag:hàm tag:"in ấn"', "-tag:2026 tính"), {}, "code", 0),
    "person": (("author:12", "assignee:none bảo mật"), {}, "code", 0),
    "three facets": (
        ("", "ô"),
        {"modules": ("IU04",), "levels": ("NB", "TH"), "statuses": ("operational",)},
        "code",
        0,
    ),
    "by difficulty": (("", "trong "), {}, "-b", 0),
    "last page": (("", "trong "), {}, "updated_at", 30_000),
}


async def measure(database: Database, turns: int) -> list[tuple[str, list[float], int]]:
    """Return for each case its times in milliseconds and the most hits that a search of it had."""
    results = []
    for name, (texts, chips, sort, offset) in CASES.items():
        times, most = [], 0
        for turn in range(turns + 1):
            for text in texts:
                began = time.perf_counter()
                async with database.read() as session:
                    wanted = ItemFilter(q=text, me=ME.id, **chips)
                    found = await list_items(session, Page(offset, 50), wanted, sort)
                    found.model_dump_json()
                # The first turn fills caches of plans and pages: the server has been up for a while.
                if turn > 0:
                    times.append((time.perf_counter() - began) * 1000)
                most = max(most, found.total)
        results.append((name, times, most))
    return results


def print_table(label: str, results: list[tuple[str, list[float], int]]) -> None:
    everything = [one for _, times, _ in results for one in times]
    print(f"\n| {label} | most hits | p50 ms | p95 ms | max ms |\n|---|---|---|---|---|")
    for name, times, most in [*results, ("all", everything, 0)]:
        p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
        hits = f"{most:,}" if most else ""
        print(f"| {name} | {hits} | {statistics.median(times):.1f} | {p95:.1f} | {max(times):.1f} |")


async def run(label: str, url: str, items: int, turns: int) -> None:
    database = Database(url)
    began = time.perf_counter()
    await fill(database, items)
    print(f"\n{label}: {items:,} items stored and indexed in {time.perf_counter() - began:.0f} s", flush=True)
    if not database.is_sqlite:
        await asyncio.to_thread(run_sql, url, "VACUUM ANALYZE")
    settle_garbage()
    print_table(label, await measure(database, turns))
    await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=50_000)
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--postgresql", default=os.environ.get(URL_VARIABLE))
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="item-search-"))
    url = f"sqlite:///{folder / 'bank.db'}"
    upgrade(url)
    asyncio.run(run("SQLite", url, options.items, options.turns))
    shutil.rmtree(folder)
    if options.postgresql:
        os.environ[URL_VARIABLE] = options.postgresql
    with own_database() as own:
        upgrade(own.url)
        asyncio.run(run("PostgreSQL", own.url, options.items, options.turns))


if __name__ == "__main__":
    main()
