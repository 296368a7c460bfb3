"""Run the comparison: ``python -m benchmarks.irt [a b c d1 d2 e] [--peers] [--repeat 3] [--quick] [--json FILE]``."""

import argparse
import dataclasses
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

import numpy as np
import scipy

from benchmarks.irt.cases import CASES
from benchmarks.irt.report import Check, case_table, checks, checks_table
from benchmarks.irt.runs import PEERS, install_peers, measure, settings_for


def main() -> int:
    """Print the tables; 1 when something that must hold does not."""
    keys = [case.key for case in CASES]
    parser = argparse.ArgumentParser(description="Calibration beside other Python packages, one thread each")
    parser.add_argument("cases", nargs="*", metavar="case", help=f"some of {' '.join(keys)}; all when none is named")
    parser.add_argument("--peers", action="store_true", help=f"run {' and '.join(PEERS)} too, from .venv-peers")
    parser.add_argument("--repeat", type=int, default=3, help="fits per setting; times are medians")
    parser.add_argument("--quick", action="store_true", help="one fit per setting, without the slow settings of peers")
    parser.add_argument("--json", type=Path, help="write every report and evaluation to this file")
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.cases) - set(keys))
    if unknown:
        parser.error(f"no case {unknown[0]!r}; there are {' '.join(keys)}")
    if chosen.peers:
        install_peers()
    versions = f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}"
    print(f"{versions}; one thread each; load average {os.getloadavg()[0]:.1f}")
    found: list[Check] = []
    record = []
    with tempfile.TemporaryDirectory(prefix="exam-bench-") as name:
        for case in CASES:
            if chosen.cases and case.key not in chosen.cases:
                continue
            settings = settings_for(case, peers=chosen.peers, quick=chosen.quick)
            results = measure(case, settings, repeat=1 if chosen.quick else chosen.repeat, folder=Path(name))
            print(case_table(case, results), flush=True)
            found += checks(case, results)
            record.append({"case": dataclasses.asdict(case), "results": [dataclasses.asdict(at) for at in results]})
    print(checks_table(found))
    if chosen.json:
        chosen.json.write_text(json.dumps(record))
    return int(any(check.passed is False for check in found))


if __name__ == "__main__":
    sys.exit(main())
