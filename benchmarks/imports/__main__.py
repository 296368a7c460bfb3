"""Measure imports: ``python -m benchmarks.imports [--sizes 2000 10000 50000] [FORMAT …]``.

Each line is a process of its own, so that memory is that of one import. Stages are *read* (bytes to items with content
and key), *look* (and flaws of writing, repetitions within the file, the rows as they are stored) and *run*: the whole
dry run as the job does it, on SQLite with an empty bank, and then the applying.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.imports.files import FILES, MOST


def measured(key: str, file: Path, stage: str) -> dict[str, Any]:
    """Return what a worker says of one stage of one file."""
    command = [sys.executable, "-m", "benchmarks.imports.worker", key, str(file), stage]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if result["good"] != result["items"]:
        raise SystemExit(f"{key}: only {result['good']} of {result['items']} items were brought whole")
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("formats", nargs="*", default=[*FILES], metavar="FORMAT", help=", ".join(FILES))
    parser.add_argument("--sizes", type=int, nargs="*", default=[2_000, 10_000, 50_000])
    parser.add_argument("--stages", nargs="*", default=["read", "look", "run"], choices=["read", "look", "run"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="imports-") as folder:
        print(
            "| format | items | file, MB | stage | items/s | CPU s | memory more, MB |\n|---|---|---|---|---|---|---|"
        )
        for key in options.formats:
            for size in sorted({min(size, MOST.get(key, size)) for size in options.sizes}):
                file = Path(folder) / f"{key}-{size}"
                file.write_bytes(FILES[key][2](size))
                for stage in options.stages:
                    print_lines(key, file, stage, measured(key, file, stage))
                file.unlink()


def print_lines(key: str, file: Path, stage: str, result: dict[str, Any]) -> None:
    """Print a line for a stage; for a run one for the dry run and one for the applying."""
    lines = [("dry run" if stage == "run" else stage, result["cpu_s"], result["more_mb"])]
    if stage == "run":
        lines.append(("apply", result["apply_cpu_s"], result["apply_more_mb"]))
    for name, seconds, more in lines:
        cells = (
            key,
            f"{result['items']:,}",
            f"{file.stat().st_size / 2**20:.1f}",
            name,
            f"{result['items'] / seconds:,.0f}",
            f"{seconds:.2f}",
            f"{more:.0f}",
        )
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
