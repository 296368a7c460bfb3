"""Each instance in a fresh process with one thread; peers in an environment of their own."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
PEERS_ENVIRONMENT: Final = ROOT / ".venv-peers"
PEERS: Final = ("catsim==0.21.0", "catpie==0.2.0", "pulp==3.3.2")
ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
TIMES: Final = frozenset(
    {
        "cpu_s",
        "repair_cpu_s",
        "build_cpu_s",
        "calibration_cpu_s",
        "prepare_s",
        "forms_per_s",
        "simulees_per_s",
        "ms_mean",
        "ms_p95",
        "ms_per_selection",
        "peak_mb",
    }
)
"""Figures that differ from run to run."""
_LONGEST_SECONDS = 1_800.0

Result = dict[str, Any]


def run_instance(
    folder: Path, instance_id: str, *, health: bool = False, quick: bool = False, repeat: int = 1
) -> list[Result]:
    """The instance's results, with medians of the times; one entry with ``failure`` when it broke off."""
    options = [*(["--health"] if health else []), *(["--quick"] if quick else [])]
    command = [sys.executable, "-m", "benchmarks.assembly.worker", str(folder.resolve()), instance_id, *options]
    turns = [_run(command, "") for _ in range(repeat)]
    return [{"id": instance_id} | result for result in merged(turns)]


def merged(turns: Sequence[list[Result]]) -> list[Result]:
    """The first turn's results with medians of the times, and whether the others gave the same forms and values."""
    first = turns[0]
    if len(turns) == 1:
        return first
    if any(len(turn) != len(first) for turn in turns):
        return [result | {"same_every_time": False} for result in first]
    results = []
    for place, result in enumerate(first):
        others = [turn[place] for turn in turns]
        times = {name: _median([other.get(name) for other in others]) for name in TIMES & result.keys()}
        settled = [{name: value for name, value in other.items() if name not in TIMES} for other in others]
        results.append(result | times | {"same_every_time": all(other == settled[0] for other in settled)})
    return results


def _median(values: Sequence[Any]) -> Any:
    if any(value is None for value in values):
        return None
    if isinstance(values[0], dict):
        return {name: _median([value[name] for value in values]) for name in values[0]}
    return statistics.median(values)


def install_peers() -> None:
    """Make an environment of their own for the peers, so that the project's stays as it is."""
    python = PEERS_ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS_ENVIRONMENT)], check=True)
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PEERS], check=True)


def run_peer(name: str, request: dict[str, Any]) -> list[Result]:
    """What the peer's programme prints for a request; one entry with ``failure`` when it broke off."""
    python = PEERS_ENVIRONMENT / "bin" / "python"
    return _run([str(python), "-m", f"benchmarks.assembly.peers.run_{name}"], json.dumps(request))


def _run(command: list[str], request: str) -> list[Result]:
    with tempfile.TemporaryFile("w+") as out:
        try:
            subprocess.run(
                command,
                input=request,
                text=True,
                cwd=ROOT,
                env=os.environ | ONE_THREAD,
                stdout=out,
                stderr=subprocess.PIPE,
                check=True,
                timeout=_LONGEST_SECONDS,
            )
        except subprocess.CalledProcessError as error:
            last = error.stderr.strip().splitlines()[-1:] or [f"exit code {error.returncode}"]
            return [{"failure": last[0]}]
        except subprocess.TimeoutExpired:
            return [{"failure": f"not done after {_LONGEST_SECONDS:.0f} s"}]
        out.seek(0)
        try:
            results: list[Result] = json.load(out)
        except json.JSONDecodeError:
            return [{"failure": "the process printed something else than its results"}]
    return results
