"""Which tools run on which case, with which settings, each fit in a fresh process with one thread."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.irt.cases import Case, simulate
from benchmarks.irt.evaluator import Estimates, Evaluation, evaluate

ROOT: Final = Path(__file__).parents[2]
PEERS_ENVIRONMENT: Final = ROOT / ".venv-peers"
PEERS: Final = ("mirt==1.2.0", "girth==0.8.0")
OURS: Final = "exam_engine"

ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1"
)
_LONGEST_SECONDS = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A tool as it is called.

    Parameters
    ----------
    tool : name of the module ``fit_<tool>`` that calls it.
    label : what the table says of the options.
    options : passed to the tool.
    with_errors : whether standard errors are part of the fit.
    comparable : whether the speed is set against ours; what integrates more coarsely is only shown.
    slow : run once whatever the number of repetitions, and left out of a quick run.
    """

    tool: str
    label: str
    options: dict[str, Any] = field(default_factory=dict)
    with_errors: bool = False
    comparable: bool = True
    slow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One setting on one case.

    Attributes
    ----------
    reports : what the worker processes reported, one a repetition; empty when the tool failed.
    evaluation : of the first repetition's estimates; None when the tool failed.
    errors : root mean square distances of a, b and, for the 3PL, c to the truth.
    failure : why there are no reports.
    """

    setting: Setting
    reports: tuple[dict[str, Any], ...]
    evaluation: Evaluation | None = None
    errors: dict[str, float] = field(default_factory=dict)
    failure: str = ""

    def median(self, figure: str) -> float:
        """Median of a figure over the repetitions."""
        return float(np.median([report[figure] for report in self.reports]))


def settings_for(case: Case, *, peers: bool, quick: bool) -> tuple[Setting, ...]:
    """Settings in the order in which they run, ours first."""
    plain, errors = {"standard_errors": "none"}, {"standard_errors": "observed"}
    settings = [Setting(tool=OURS, label="as it comes", options=plain)]
    with_errors = case.key == "a"
    if with_errors:
        settings.append(Setting(tool=OURS, label="with standard errors", options=errors, with_errors=True))
    if peers:
        no_errors = {"compute_standard_errors": False}
        nodes = no_errors | {"n_quadpts": 61}
        fast = nodes | {"accelerate": "squarem"}
        tight = fast | {"tol": 1e-7}
        settings += [
            Setting(tool="mirt", label="21 nodes, as it comes", options=no_errors, comparable=False, slow=True),
            Setting(tool="mirt", label="61 nodes", options=nodes, slow=True),
            Setting(tool="mirt", label="61 nodes, squarem", options=fast),
            Setting(tool="mirt", label="61 nodes, squarem, tol 1e-7", options=tight, slow=case.key != "a"),
        ]
        if with_errors:
            options = fast | {"compute_standard_errors": True}
            settings.append(
                Setting(tool="mirt", label="61 nodes, squarem, standard errors", options=options, with_errors=True)
            )
        if case.key not in ("d2", "e"):
            grid = {"quadrature_n": 61, "quadrature_bounds": [-6.0, 6.0]}
            settings.append(Setting(tool="girth", label="61 nodes", options=grid, slow=True))
    return tuple(setting for setting in settings if not (quick and setting.slow))


def measure(case: Case, settings: tuple[Setting, ...], *, repeat: int, folder: Path) -> tuple[Measured, ...]:
    """Run every setting ``repeat`` times, by turns, so that a noisy minute meets them all."""
    scores, truth = simulate(case)
    np.save(folder / "scores.npy", scores)
    reports: list[list[dict[str, Any]]] = [[] for _ in settings]
    failures = [""] * len(settings)
    for turn in range(repeat):
        for place, setting in enumerate(settings):
            if failures[place] or (turn and setting.slow):
                continue
            print(f"  {case.key}, turn {turn + 1}: {setting.tool}, {setting.label}", file=sys.stderr, flush=True)
            try:
                reports[place].append(_fit_in_fresh_process(case, setting, folder))
            except (subprocess.SubprocessError, OSError) as error:
                failures[place] = _reason(error)
    results = []
    for setting, found, failure in zip(settings, reports, failures, strict=True):
        if failure:
            results.append(Measured(setting=setting, reports=(), failure=failure))
            continue
        estimates = Estimates.from_dict(case.model, found[0])
        errors = {
            name: float(np.sqrt(np.mean((getattr(estimates, name) - getattr(truth, name)) ** 2)))
            for name in ("a", "b", *(("c",) if case.model == "3PL" else ()))
        }
        evaluation = evaluate(scores, estimates, case.guessing_prior)
        results.append(Measured(setting=setting, reports=tuple(found), evaluation=evaluation, errors=errors))
    return tuple(results)


def install_peers() -> None:
    """Make an environment of their own for the peers, so that the project's stays as it is."""
    python = PEERS_ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS_ENVIRONMENT)], check=True)
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PEERS], check=True)


def _fit_in_fresh_process(case: Case, setting: Setting, folder: Path) -> dict[str, Any]:
    python = sys.executable if setting.tool == OURS else str(PEERS_ENVIRONMENT / "bin" / "python")
    request = {
        "tool": setting.tool,
        "model": case.model,
        "prior": case.guessing_prior,
        "options": setting.options,
        "scores": str(folder / "scores.npy"),
        "report": str(folder / "report.json"),
    }
    subprocess.run(
        [python, "-m", "benchmarks.irt.worker"],
        input=json.dumps(request),
        text=True,
        cwd=ROOT,
        env=os.environ | ONE_THREAD,
        capture_output=True,
        check=True,
        timeout=_LONGEST_SECONDS,
    )
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        return f"stopped after {error.timeout:.0f} s"
    if isinstance(error, subprocess.CalledProcessError):
        return str(error.stderr).strip().rsplit("\n", 1)[-1]
    return str(error)
