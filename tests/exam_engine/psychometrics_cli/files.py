"""Files of published responses for the commands, and the commands themselves."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from typer.testing import CliRunner, Result

from exam_engine.cli import app
from tests.exam_engine.psychometrics.published import LSAT6_PATTERNS


def run(*arguments: object) -> Result:
    """Run ``exam-engine`` in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def lsat_file(path: Path, patterns: Mapping[str, int] = LSAT6_PATTERNS) -> Path:
    """One row a candidate, columns Item_1 … Item_5."""
    names = ",".join(f"Item_{number}" for number in range(1, 6))
    rows = [",".join(pattern) for pattern, count in patterns.items() for _ in range(count)]
    return text_file(path, [names, *rows])


def text_file(path: Path, lines: Sequence[str], encoding: str = "utf-8") -> Path:
    """A file of these lines."""
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def two_groups_file(path: Path) -> Path:
    """Two groups of 500; group B is a logit abler on three items of the Rasch model."""
    rng = np.random.default_rng(8)
    lines = ["nhóm,x,y,z"]
    for group, mean in (("A", 0.0), ("B", 1.0)):
        theta = rng.normal(mean, 1.0, 500)
        right = rng.random((500, 3)) < 1.0 / (1.0 + np.exp(-(theta[:, None] - np.array([-0.5, 0.0, 0.8]))))
        lines += [",".join([group, *map(str, row)]) for row in right.astype(int)]
    return text_file(path, lines)
