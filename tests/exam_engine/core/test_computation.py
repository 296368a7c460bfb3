"""Where processes for computing come from: a fork server that has their modules, and that may die."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from exam_engine.core.jobs.computation import compute_in_own_process, computing_processes

MODULE = "wave"
"""A module that nothing else imports."""


def whereabouts(*, tell: Callable[[object], None]) -> tuple[bool, int, int]:
    """Tell whether the module was there before it was asked for, and the numbers of process and parent."""
    return MODULE in sys.modules, os.getpid(), os.getppid()


async def ignore(_: object) -> None:
    """Take no notice."""


def show_in_a_fresh_process() -> None:
    """Compute twice, and once more after the fork server was killed."""
    computing_processes({MODULE})

    async def compute() -> tuple[bool, int, int]:
        return await compute_in_own_process(whereabouts, on_word=ignore)

    is_there, process, server = asyncio.run(compute())
    is_there_again, other_process, same_server = asyncio.run(compute())
    assert is_there, "imported before the first process asked for it"
    assert is_there_again
    assert len({process, other_process, server, os.getpid()}) == 4, "each in a process of its own"
    assert same_server == server
    os.kill(server, signal.SIGKILL)
    while Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)
    is_there, _, other_server = asyncio.run(compute())
    assert is_there
    assert other_server != server


def test_processes_find_their_modules_and_outlive_their_fork_server() -> None:
    # The fork server of this process may have been started by another test, with other modules.
    script = f"import {__name__} as test; test.show_in_a_fresh_process()"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
