"""A real server process of its own, for proofs and demos: started, killed, started again."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from exam_engine.core.config import Settings

START_SECONDS = 60.0


class ServerDiedError(Exception):
    """The server process ended or never answered."""


def free_port(preferred: int = 0) -> int:
    """Return a port of loopback that nobody listens on: the preferred one if it is free."""
    for wanted in (preferred, 0):
        with socket.socket() as probe:
            # As a server does: a port whose last connections are still closing down is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            port: int = probe.getsockname()[1]
            return port
    raise ServerDiedError("this machine has no free port")


class ServerProcess:
    """One ``exam-engine serve`` with its own settings; its log goes to a file.

    Parameters
    ----------
    host : the address that it listens on.
    within : a command that starts the command that follows it, elsewhere: in another network, say.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        port: int,
        log_file: Path,
        workers: int = 1,
        host: str = "127.0.0.1",
        within: Sequence[str] = (),
    ) -> None:
        self.url = f"http://{host}:{port}"
        self.log_file = log_file
        self._command = [
            *within,
            *(sys.executable, "-m", "exam_engine.cli", "serve"),
            *("--host", host, "--port", str(port), "--workers", str(workers)),
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = os.environ | {
            "EXAM_DATABASE_URL": settings.database_url,
            "EXAM_DATA_DIR": str(settings.data_dir),
            "EXAM_PACKAGES": ",".join(settings.packages),
            "EXAM_PUBLIC_URL": settings.public_url,
            "EXAM_LOGIN_ATTEMPTS": str(settings.login_attempts),
            "EXAM_BUS_URL": settings.bus_url,
            "EXAM_STREAM_HEARTBEAT": f"PT{settings.stream_heartbeat.total_seconds()}S",
            "EXAM_LOG_FORMAT": "text",
        }

    def start(self, **more: str) -> None:
        """Start the process, with more in its environment; does not wait until it answers."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(self._command, env=self._environment | more, stdout=log, stderr=log)

    @property
    def pid(self) -> int:
        """The process, with several workers that of their supervisor.

        Raises
        ------
        ServerDiedError
            It was never started.
        """
        if self._process is None:
            raise ServerDiedError("the server was not started")
        return self._process.pid

    async def wait_until_ready(self) -> float:
        """Wait until the server answers; returns the seconds it took.

        Raises
        ------
        ServerDiedError
        """
        began = time.perf_counter()
        async with httpx.AsyncClient(base_url=self.url, timeout=2) as client:
            while time.perf_counter() - began < START_SECONDS:
                if self._process is None or self._process.poll() is not None:
                    break
                try:
                    if (await client.get("/readyz")).status_code == 200:
                        return time.perf_counter() - began
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)
        raise ServerDiedError(f"the server does not answer; see {self.log_file}")

    @property
    def has_ended(self) -> bool:
        """Whether the process was started and runs no more."""
        return self._process is not None and self._process.poll() is not None

    def kill(self) -> None:
        """End the process at once, as a power cut does to it: nothing is flushed, nothing drained."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        """Ask the process to end and wait for it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()

    def wait(self) -> int:
        """Wait until the process ends by itself; returns its exit code."""
        return self._process.wait() if self._process is not None else 0
