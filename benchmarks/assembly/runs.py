"""Each instance in a fresh process with one thread; peers in an environment of their own."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
PEERS_ENVIRONMENT: Final = ROOT / ".venv-peers"
PEERS: Final = ("catsim==0.21.0", "catpie==0.2.0", "pulp==3.3.2")
ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_LONGEST_SECONDS = 1_800.0


def run_instance(folder: Path, instance_id: str) -> list[dict[str, Any]]:
    """The instance's results; one entry with ``failure`` when it broke off."""
    return _run([sys.executable, "-m", "benchmarks.assembly.worker", str(folder), instance_id], "")


def install_peers() -> None:
    """Make an environment of their own for the peers, so that the project's stays as it is."""
    python = PEERS_ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS_ENVIRONMENT)], check=True)
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PEERS], check=True)


def run_peer(name: str, request: dict[str, Any]) -> list[dict[str, Any]]:
    """What the peer's programme prints for a request."""
    python = PEERS_ENVIRONMENT / "bin" / "python"
    return _run([str(python), "-m", f"benchmarks.assembly.peers.run_{name}"], json.dumps(request))


def _run(command: list[str], request: str) -> list[dict[str, Any]]:
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
        results: list[dict[str, Any]] = json.load(out)
    return results
