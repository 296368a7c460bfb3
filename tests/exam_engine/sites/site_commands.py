"""Commands of site mode as people run them: processes of their own."""

import asyncio
import os
import signal
import sys

from exam_engine.core.config import Settings


async def run_command(settings: Settings, *words: str, killed_after: float | None = None) -> tuple[int, str]:
    """Run ``exam-engine site`` with words; returns its exit code, negative when it was killed, and what it said."""
    environment = os.environ | {
        "EXAM_DATABASE_URL": settings.database_url,
        "EXAM_DATA_DIR": str(settings.data_dir),
        "EXAM_PACKAGES": "exam_engine",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "exam_engine.cli", "site", *words, "--lang", "en"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), killed_after)
    except TimeoutError:
        process.send_signal(signal.SIGKILL)
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
