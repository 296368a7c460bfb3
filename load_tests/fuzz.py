"""Made-up requests at every route in everybody's name, spoiled bytes, strange answers: ``python -m load_tests.fuzz``.

On an installation of each database, filled and with marks in all keys. Prints every kind of fault with the request
that showed it; the exit code is 1 when there is one.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from exam_engine.core.config import Settings
from exam_engine.core.migrate import upgrade
from tests.database_server import own_database
from tests.faults.fuzzing.attack import attack
from tests.faults.fuzzing.campaign import Findings


def fuzz(kind: str, url: str, folder: Path, *, examples: int, rounds: int, seed: int) -> Findings:
    """Attack an installation on an empty, migrated database and print its line."""
    began = time.perf_counter()
    chosen = Settings(database_url=url, data_dir=folder / f"fuzz-{kind}", public_url="http://exam.test")
    findings = attack(chosen, examples=examples, rounds=rounds, seed=seed, share=1.0, everybody=False)
    seconds = time.perf_counter() - began
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(findings.statuses.items()))
    print(f"{kind}, {findings.requests:,} requests ({statuses}), faults {findings.faults.total()} ({seconds:.0f} s)")
    if findings.faults:
        print(findings)
    return findings


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--examples", type=int, default=12, help="of each route, in its form and against it")
    parser.add_argument("--rounds", type=int, default=200, help="of spoiled files, journals and addresses")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args()
    faults = 0
    print(f"seed {chosen.seed}")
    with tempfile.TemporaryDirectory(prefix="exam-fuzz-") as name, own_database() as own:
        folder = Path(name)
        for kind, url in (("SQLite", f"sqlite:///{folder / 'exam.db'}"), ("PostgreSQL", own.url)):
            upgrade(url)
            found = fuzz(kind, url, folder, examples=chosen.examples, rounds=chosen.rounds, seed=chosen.seed)
            faults += found.faults.total()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
