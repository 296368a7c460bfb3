"""The demo does the main job from the question bank to certificates, and says so in its last line."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


# The house of the browser tests is made by the same seven steps in every run.
@pytest.mark.slow
@pytest.mark.extended
def test_the_demo_goes_from_a_question_bank_to_certificates(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "load_tests.demo", "--once"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = ran.stdout.splitlines()
    assert [line[:3] for line in lines if re.match(r"\d/7 ", line)] == [f"{number}/7" for number in range(1, 8)]
    figures = re.fullmatch(
        r"demo: items (\d+), iterations \d+, log-likelihood -\d+\.\d+, forms 2, candidates 20, saves (\d+), "
        r"save p95 \d+ ms, passed (\d+), certificates (\d+); \d+ s",
        lines[-1],
    )
    assert figures is not None, lines[-1]
    items, saves, passed, certificates = (int(figure) for figure in figures.groups())
    assert items > 100
    # Twenty candidates save after each of forty items at least.
    assert saves >= 20 * 40
    assert 0 < passed == certificates <= 20
    files = sorted((tmp_path / "var" / "demo" / "certificates").glob("*.pdf"))
    assert len(files) == certificates
    assert all(file.read_bytes().startswith(b"%PDF-") for file in files)
