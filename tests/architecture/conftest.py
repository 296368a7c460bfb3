"""What is tested here does not depend on the kind of database: the embedded one is enough."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Return the URL of a fresh migrated SQLite database."""
    file = tmp_path / "exam.db"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"
