"""The folder through which the processes of a run speak: plan, records, and who has taken which part.

Processes of the generator share nothing else; what they count together are bytes appended to files, which the
operating system does one after the other.
"""

import os
from pathlib import Path

PLAN, USAGE, OVER, REPORT = "plan.json", "usage.json", "over", "report.json"
VARIABLE = "EXAM_TEST_LOAD_FOLDER"
"""Names the folder to the generator; the prefix is one that no setting has."""


class Tally:
    """A number that several processes count up."""

    def __init__(self, folder: Path, name: str) -> None:
        self._file = folder / f"tally-{name}"

    def take(self) -> int:
        """Return the next number, 0 first; nobody else gets it."""
        handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(handle, b".")
            # An appending write leaves the position at the end of what this process wrote.
            return os.lseek(handle, 0, os.SEEK_CUR) - 1
        finally:
            os.close(handle)

    @property
    def taken(self) -> int:
        """How many numbers were taken."""
        return self._file.stat().st_size if self._file.exists() else 0


def part_file(folder: Path) -> Path:
    """Return where this process writes its records."""
    return folder / f"part-{os.getpid()}.json"
