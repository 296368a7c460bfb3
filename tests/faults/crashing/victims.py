"""What can be struck at a step: the server itself, or something that it cannot do without."""

import os
import random
import resource
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

VICTIM_VARIABLE = "EXAM_TEST_CRASH_VICTIM"
FLAG_VARIABLE = "EXAM_TEST_CRASH_FLAG"
"""File that is made when the victim was struck."""


def strike(victim: str) -> None:
    """Strike: ``self``, ``process PID``, ``child PID`` (one of its children), ``disk`` or ``disk of PID``.

    A full disk is played by the bound of the system on the size of files, which needs no disk and no rights: from then
    on every write of this process to a file fails.
    """
    kind, _, argument = victim.partition(" ")
    match kind:
        case "self":
            os.kill(os.getpid(), signal.SIGKILL)
        case "process":
            os.kill(int(argument), signal.SIGKILL)
        case "child":
            random.choice(psutil.Process(int(argument)).children()).kill()
        case "disk":
            limit_files(os.getpid(), 0)
        case "disk of":
            limit_files_of_all(int(argument), 0)
        case _:
            raise ValueError(victim)


def limit_files(pid: int, size: int | None) -> None:
    """Bound the size of files that a process writes, in bytes; None takes the bound away."""
    owner = psutil.Process(pid).uids().real
    if owner == os.getuid():
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))
    else:
        # PostgreSQL never runs as root, and not every root may bound what belongs to somebody else.
        soft = "unlimited" if size is None else str(size)
        subprocess.run(["prlimit", f"--pid={pid}", f"--fsize={soft}:"], user=owner, check=True, capture_output=True)


def limit_files_of_all(pid: int, size: int | None) -> None:
    """Bound the size of files that a process and its children write; the first one gives it on to those to come."""
    limit_files(pid, size)
    for process in psutil.Process(pid).children(recursive=True):
        # It may have ended meanwhile.
        with suppress(ProcessLookupError, psutil.NoSuchProcess, subprocess.CalledProcessError):
            limit_files(process.pid, size)


def striker(victim: str, flag: str | None) -> Callable[[], None]:
    """Return what strikes, and says so before in a file, where one is named."""

    def struck() -> None:
        if flag is not None:
            Path(flag).touch(exist_ok=False)
        strike(victim)

    return struck
