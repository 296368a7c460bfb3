"""Every code of the psychometric commands has a text in both languages."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from exam_engine.psychometrics.ability import ABILITY_FLAGS
from exam_engine.psychometrics.calibration.flags import ExclusionReason, ItemFlag, WarningCode
from exam_engine.psychometrics_cli.errors import CATALOGUE
from exam_engine.psychometrics_cli.progress import ProgressLine
from exam_engine.psychometrics_cli.words import Words, number, p_value, small, whole

SOURCE = Path(__file__).resolve().parents[3] / "exam_engine"
AREAS = {
    "CalibrationError": "calibration.", "ScoringError": "scoring.", "FitError": "fit.", "LinkingError": "linking.",
    "DifError": "", "CommandError": "command.",
}  # fmt: skip
# What no command can bring about: classification, equated scales, plausible values.
OF_THE_LIBRARY_ONLY = {
    "scoring.bad_cuts", "scoring.bad_prior", "scoring.bad_scale", "scoring.bad_weights", "scoring.empty_range",
    "scoring.not_finite", "scoring.not_increasing", "scoring.not_one_form", "scoring.too_few", "scoring.unknown_option",
}  # fmt: skip
VI, EN, VI_PRINT, EN_PRINT = Words("vi"), Words("en"), Words("vi", for_print=True), Words("en", for_print=True)


def refusals() -> Iterator[str]:
    folders = [SOURCE / "psychometrics" / name for name in ("ability", "calibration", "dif", "fit", "linking")]
    for folder in [*folders, SOURCE / "psychometrics_cli"]:
        for file in folder.rglob("*.py"):
            for error, code in re.findall(rf'\b({"|".join(AREAS)})\(\s*"([a-z0-9_.]+)"', file.read_text("utf-8")):
                yield AREAS[error] + code


def spoken() -> Iterator[str]:
    for file in (SOURCE / "psychometrics_cli").rglob("*.py"):
        yield from re.findall(r'\bsay\(\s*"([a-z0-9_.]+)"', file.read_text("utf-8"))


def test_every_refusal_has_a_text() -> None:
    codes = set(refusals())
    assert len(codes) > 50
    assert codes - CATALOGUE.codes("vi") - OF_THE_LIBRARY_ONLY == set()


def test_every_phrase_has_a_text() -> None:
    phrases = {f"psychometrics.{code}" for code in spoken()}
    phrases |= {f"psychometrics.flag.{flag}" for flag in get_args(ItemFlag)}
    phrases |= {f"psychometrics.warning.{code}" for code in get_args(WarningCode)}
    phrases |= {f"psychometrics.excluded.{reason}" for reason in get_args(ExclusionReason)}
    phrases |= {f"psychometrics.ability.{flag}" for flag in ABILITY_FLAGS}
    template = (SOURCE / "psychometrics_cli" / "report" / "report.html.j2").read_text("utf-8")
    phrases |= {f"psychometrics.report.{code}" for code in re.findall(r'\btext\("([a-z_.]+)"\)', template)}
    assert len(phrases) > 80
    assert phrases - CATALOGUE.codes("vi") == set()


@pytest.mark.parametrize(
    ("words", "expected"),
    [(VI, "-1234.50"), (EN, "-1234.50"), (VI_PRINT, "−1234,50"), (EN_PRINT, "−1234.50")],
)
def test_terminals_get_numbers_that_programs_read_and_paper_gets_those_people_read(words: Words, expected: str) -> None:
    assert number(-1234.5, 2, words) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (number(-0.0001, 2, EN), "0.00"),
        (number(None, 2, EN), "-"),
        (number(float("nan"), 2, VI_PRINT), "–"),
        (number(float("-inf"), 2, VI_PRINT), "−∞"),
        (whole(1234567.0, VI_PRINT), "1.234.567"),
        (whole(1234.5, EN_PRINT), "1,234.5"),
        (whole(1234567.0, VI), "1234567"),
        (small(1.23456e-7, VI_PRINT), "1,23·10⁻⁷"),
        (small(1.23456e-7, EN), "1.23e-07"),
        (small(2.5e12, EN_PRINT), "2.5·10¹²"),
        (p_value(0.0004, VI_PRINT), "< 0,001"),
        (p_value(0.001, EN), "0.001"),
    ],
)
def test_numbers_are_written_as_people_write_them(text: str, expected: str) -> None:
    assert text == expected


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_rewrites_one_line_of_a_terminal_and_wipes_it() -> None:
    stream = Terminal()
    progress = ProgressLine(EN, stream)
    progress.iteration(1, -2466.65, 0.5)
    progress.close()
    shown = stream.getvalue()
    assert "\n" not in shown
    assert "iteration 1: log-likelihood -2466.6500, change 0.5" in shown
    assert shown.endswith(" \r")


def test_progress_is_silent_where_nobody_watches() -> None:
    stream = io.StringIO()
    progress = ProgressLine(VI, stream)
    progress.iteration(1, -1.0, 0.5)
    progress.items(3, 20)
    progress.close()
    assert stream.getvalue() == ""


def test_progress_does_not_flood_the_terminal() -> None:
    stream = Terminal()
    progress = ProgressLine(VI, stream)
    for done in range(1000):
        progress.items(done, 1000)
    assert stream.getvalue().count("\r") < 10
