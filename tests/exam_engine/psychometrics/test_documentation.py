import re
from pathlib import Path
from typing import Any, get_args

import pytest

import exam_engine.psychometrics as package
from exam_engine.psychometrics import calibration, classical
from exam_engine.psychometrics.assembly import infeasibility, model, verification

CHAPTER = (Path(__file__).parents[3] / "docs" / "psychometrics.md").read_text(encoding="utf-8")
SOURCES = Path(package.__file__).parent
ERROR_CODE = re.compile(r'(?:SpecificationError|CalibrationError|AssemblyStoppedError)\(\s*"(\w+)"')


@pytest.mark.parametrize(
    "codes",
    [
        calibration.ItemFlag,
        calibration.ExclusionReason,
        calibration.WarningCode,
        classical.KeyFlag,
        infeasibility.ShortageCode,
        model.RowCode,
        verification.ViolationCode,
    ],
)
def test_every_stable_code_is_explained_in_the_chapter(codes: Any) -> None:
    assert get_args(codes)
    assert [code for code in get_args(codes) if f"`{code}`" not in CHAPTER] == []


def test_every_error_code_is_named_in_the_chapter() -> None:
    raised = {code for path in SOURCES.rglob("*.py") for code in ERROR_CODE.findall(path.read_text(encoding="utf-8"))}

    assert len(raised) > 10
    assert [code for code in sorted(raised) if f"`{code}`" not in CHAPTER] == []
