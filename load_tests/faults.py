"""All proofs in one run, ``python -m load_tests.faults [--short]``, whose last line says what was lost or doubled.

Histories of candidates, browsers and a bad network; saves racing the end; servers killed while candidates save;
servers, databases, the bus and the disk struck at each step of an exam; all on SQLite and PostgreSQL. The short run
takes about a minute, the long one strikes some 280 times and takes an hour.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.migrate import upgrade
from load_tests.kill_server import run as kill_servers
from tests.database_server import PostgresqlServer, own_database
from tests.faults.cables import may_make_networks, run_in_own_network
from tests.faults.crashing.steps import STEPS
from tests.faults.deadline_race import race
from tests.faults.histories import Hall
from tests.faults.partition import EVERY_CUT, PartitionVerdict, hold_under_cuts, wired_through_links
from tests.faults.step_kills import kill_at
from tests.faults.test_histories import Histories
from tests.faults.victims import DISK, SERVER, KilledBus, Victim, database_disk, database_process, database_server

KINDS = ("SQLite", "PostgreSQL")


@dataclass(slots=True)
class Tally:
    """What all proofs came to."""

    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0

    def add(self, what: str, acknowledged: int, lost: int, doubled: int, began: float) -> None:
        """Count one proof and print its line."""
        self.acknowledged += acknowledged
        self.lost += lost
        self.doubled += doubled
        seconds = time.perf_counter() - began
        print(f"{what}: acknowledged {acknowledged:,}, lost {lost}, doubled {doubled} ({seconds:.0f} s)", flush=True)


@contextmanager
def databases(folder: Path) -> Iterator[tuple[dict[str, str], PostgresqlServer]]:
    """Yield the URLs of migrated databases of both kinds, and a PostgreSQL that may be killed."""
    with own_database(has_own_server=True) as own:
        urls = dict(zip(KINDS, (f"sqlite:///{folder / 'exam.db'}", own.url), strict=True))
        for url in urls.values():
            upgrade(url)
        yield urls, own.server


def prove_histories(name: str, url: str, chosen: Settings, examples: int, tally: Tally) -> None:
    """Look for a history that loses something; raises with the shortest one found."""
    began = time.perf_counter()
    with asyncio.Runner() as runner:

        async def opened() -> Hall:
            return Hall(Database(url), chosen)

        hall = runner.run(opened())
        Histories.hall, Histories.runner, Histories.acknowledged = hall, runner, 0
        run_state_machine_as_test(
            Histories,
            settings=settings(
                max_examples=examples,
                stateful_step_count=50,
                deadline=None,
                derandomize=False,
                database=None,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
            ),
        )
        runner.run(hall.close())
        runner.run(hall.database.close())
    tally.add(f"{name}, {examples:,} histories", Histories.acknowledged, 0, 0, began)


def prove_race(name: str, url: str, chosen: Settings, saves: int, tally: Tally) -> None:
    """Race the end."""
    began = time.perf_counter()

    async def run() -> None:
        database = Database(url)
        verdict = await race(database, chosen, attempts=50, saves=saves, seed=random.SystemRandom().randrange(10**6))
        await database.close()
        wrong = verdict.lost + verdict.late + verdict.wrong
        tally.add(f"{name}, {verdict.saves:,} saves within 50 ms of the end", verdict.stored, wrong, 0, began)

    asyncio.run(run())


def prove_kills(name: str, url: str, folder: Path, kills: int, candidates: int, tally: Tally) -> None:
    """Kill servers while candidates save."""
    began = time.perf_counter()
    chosen = Settings(database_url=url, data_dir=folder / name, packages=("exam_engine",), login_attempts=10_000)
    verdict = asyncio.run(
        kill_servers(chosen, candidates=candidates, kills=kills, seconds=1.5 * (kills + 1), folder=folder)
    )
    tally.add(f"{name}, {kills} kills of the server", verdict.acknowledged, verdict.lost, verdict.doubled, began)


def prove_steps(
    name: str, chosen: Settings, folder: Path, steps: Sequence[str], victim: Victim, rounds: int, tally: Tally
) -> None:
    """Strike a victim at steps of the server's work, at each ``rounds`` times."""
    began = time.perf_counter()
    verdicts = []
    for _ in range(rounds):
        for step in steps:
            # All exams lie in one database, so each has people of its own.
            seed = random.SystemRandom().randrange(10**9)
            verdict = asyncio.run(kill_at(step, chosen, candidates=12, seed=seed, folder=folder, victim=victim))
            for fault in verdict.faults:
                print(f"{name}, {victim.name} struck in {step} (seed {seed}): {fault}", flush=True)
            verdicts.append(verdict)
    lost = sum(verdict.compared.lost + len(verdict.faults) for verdict in verdicts)
    doubled = sum(verdict.compared.doubled for verdict in verdicts)
    acknowledged = sum(verdict.compared.acknowledged for verdict in verdicts)
    kills = sum(verdict.kills for verdict in verdicts)
    what = f"{name}, {victim.name} struck {kills} times at {len(steps)} steps"
    tally.add(what, acknowledged, lost, doubled, began)


def prove_cuts(url: str, folder: Path, rounds: int, tally: Tally) -> None:
    """Cut and heal every line in every way, ``rounds`` times."""
    began = time.perf_counter()
    bus = KilledBus()
    try:
        verdict = asyncio.run(
            hold_under_cuts(
                Settings(database_url=url, data_dir=folder / "cuts", bus_url=bus.url),
                wired_through_links(bus.port, folder),
                cuts=EVERY_CUT * rounds,
                candidates=20,
                seed=random.SystemRandom().randrange(10**6),
                folder=folder,
            )
        )
    finally:
        bus.stop()
    _tell_cuts("lines", verdict, tally, began)


def prove_cables(rounds: int, tally: Tally) -> None:
    """Cut and heal every cable between networks of the kernel in every way, ``rounds`` times."""
    if not may_make_networks():
        print("cables: not cut; networks of one's own need `ip`, `unshare` and the rights of root", flush=True)
        return
    began = time.perf_counter()
    verdict = run_in_own_network(rounds=rounds, candidates=20, seed=random.SystemRandom().randrange(10**6))
    _tell_cuts("cables", verdict, tally, began)


def _tell_cuts(what: str, verdict: PartitionVerdict, tally: Tally, began: float) -> None:
    for fault in verdict.faults:
        print(f"cut {what}: {fault}", flush=True)
    compared = verdict.compared
    line = f"PostgreSQL, {what} cut {verdict.cuts} times"
    tally.add(line, compared.acknowledged, compared.lost + len(verdict.faults), compared.doubled, began)


@contextmanager
def victims(kind: str, chosen: Settings, server: PostgresqlServer) -> Iterator[list[tuple[Victim, Settings]]]:
    """Yield what can be struck on one kind of database, each with the settings of an installation that has it."""
    if kind == "SQLite":
        yield [(SERVER, chosen), (DISK, chosen)]
        return
    bus = KilledBus()
    try:
        over_bus = chosen.model_copy(update={"bus_url": bus.url})
        whom = (SERVER, database_server(server), database_process(server), database_disk(server))
        yield [*((victim, chosen) for victim in whom), (bus.victim, over_bus)]
    finally:
        bus.stop()


def main() -> int:
    """Run the proofs; return 1 when anything was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--short", action="store_true", help="less than a minute")
    parser.add_argument("--histories", type=int, default=1_000, help="on each database")
    parser.add_argument("--kills", type=int, default=100, help="of a server on each database, at any moment")
    parser.add_argument(
        "--rounds",
        type=int,
        default=1,
        help="of kills of the server at each step, on each database; all else is struck once at each",
    )
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=KINDS, help="on which of them")
    chosen = parser.parse_args()
    whole = (chosen.histories, chosen.kills, 100, 1_000)
    histories, kills, candidates, saves = (25, 1, 20, 300) if chosen.short else whole
    rng = random.SystemRandom()
    # The short run kills one server at some moment and strikes something at some step, on whichever database.
    killed_at_steps = {rng.choice(chosen.databases)} if chosen.short else set(chosen.databases)
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="exam-faults-") as name, databases(Path(name)) as (urls, server):
        folder = Path(name)
        for kind in chosen.databases:
            url = urls[kind]
            installation = Settings(database_url=url, data_dir=folder / "data")
            prove_histories(kind, url, installation, histories, tally)
            prove_race(kind, url, installation, saves, tally)
            if not chosen.short or kind not in killed_at_steps:
                prove_kills(kind, url, folder, kills, candidates, tally)
            if kind in killed_at_steps:
                steps = [rng.choice(list(STEPS))] if chosen.short else list(STEPS)
                at_work = Settings(database_url=url, data_dir=folder / kind)
                with victims(kind, at_work, server) as found:
                    for victim, settings_of_it in [rng.choice(found)] if chosen.short else found:
                        rounds = chosen.rounds if victim is SERVER and not chosen.short else 1
                        prove_steps(kind, settings_of_it, folder, steps, victim, rounds, tally)
        if not chosen.short and "PostgreSQL" in chosen.databases:
            prove_cuts(urls["PostgreSQL"], folder, 3, tally)
            prove_cables(3, tally)
    print(f"acknowledged {tally.acknowledged}, lost {tally.lost}, doubled {tally.doubled}")
    return 1 if tally.lost or tally.doubled or not tally.acknowledged else 0


if __name__ == "__main__":
    sys.exit(main())
