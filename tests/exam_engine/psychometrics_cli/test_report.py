"""The report that a board files: complete, self-contained, well-formed."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

from exam_engine.psychometrics.calibration import CalibrationSettings, FitWarning, calibrate
from exam_engine.psychometrics.figures import score_curve_figure
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.plots import draw_score_curve
from exam_engine.psychometrics_cli.report import Source, calibration_report
from exam_engine.psychometrics_cli.report.charts import svg
from exam_engine.psychometrics_cli.response_files import ResponseTable, sha256_of
from tests.exam_engine.psychometrics.published import LSAT6_PATTERNS, pattern_responses
from tests.exam_engine.psychometrics_cli.files import lsat_file, run, text_file

VOID = {"meta", "br", "img", "link", "input", "hr", "path", "use", "rect", "circle", "line"}


class Outline(HTMLParser):
    """What the page is made of; unbalanced tags are remembered."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.references: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def _note(self, tag: str, attributes: dict[str, str | None]) -> None:
        self.tags.append(tag)
        if tag == "svg":
            self.pictures.append(attributes)
        for name, value in attributes.items():
            if name == "id" and value:
                self.ids.append(value)
            if name in ("href", "xlink:href", "src") and value:
                self.references.append(value)


@pytest.fixture(scope="module", params=["vi", "en"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, str]:
    """Return report, file of responses and language."""
    folder = tmp_path_factory.mktemp("report")
    lines = lsat_file(folder / "plain.csv").read_text(encoding="utf-8").splitlines()
    responses = text_file(folder / "a<b>&c.csv", [lines[0] + ",<always>", *(f"{line},1" for line in lines[1:])])
    done = run(
        "calibrate", responses, "--prior", "a=lognormal(0,1)", "--report", folder / "r.html", "--lang", request.param
    )
    assert done.exit_code == 0, done.stderr
    return (folder / "r.html").read_text(encoding="utf-8"), responses, request.param


def test_the_page_is_well_formed_and_in_its_language(report: tuple[str, Path, str]) -> None:
    outline = Outline(report[0])
    assert (outline.open, outline.faults) == ([], [])
    assert f'<html lang="{report[2]}">' in report[0]
    assert len(outline.ids) == len(set(outline.ids))


def test_the_page_needs_nothing_from_outside_and_runs_nothing(report: tuple[str, Path, str]) -> None:
    outline = Outline(report[0])
    assert "script" not in outline.tags
    inside = {reference for reference in outline.references if not reference.startswith("data:image/png;base64,")}
    assert inside <= {f"#{identity}" for identity in outline.ids}
    assert set(re.findall(r"url\(#([^)]+)\)", report[0])) <= set(outline.ids)
    assert not re.search(r"url\((?!#)", report[0])


def test_every_picture_has_a_name_and_every_table_a_caption_and_headings(report: tuple[str, Path, str]) -> None:
    outline = Outline(report[0])
    assert len(outline.pictures) >= 6
    assert all(picture.get("role") == "img" and picture.get("aria-label") for picture in outline.pictures)
    assert outline.tags.count("table") == outline.tags.count("caption") >= 5
    assert not re.search(r"<th(?! scope=)(?!ead)[ >]", report[0])


def test_the_page_says_what_it_rests_on_and_what_was_left_out(report: tuple[str, Path, str]) -> None:
    text, responses, language = report
    assert "a&lt;b&gt;&amp;c.csv" in text
    assert "<always>" not in text
    assert sha256_of(responses) in text
    reason = {"vi": "mọi người đều làm đúng", "en": "everybody was right"}[language]
    assert f"&lt;always&gt;: {reason}" in text
    assert re.search({"vi": r"a: lognormal\(0; 1\)", "en": r"a: lognormal\(0; 1\)"}[language], text)


def test_the_page_says_in_words_whether_the_fit_can_be_used(report: tuple[str, Path, str]) -> None:
    text, _, language = report
    assert {"vi": "Ước lượng đã hội tụ", "en": "The estimation has converged"}[language] in text
    assert {"vi": "ma trận thông tin xác định dương", "en": "the information is positive definite"}[language] in text
    assert {"vi": "0,4", "en": "0.4"}[language] in text
    assert "psychometrics." not in text
    words = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", text, flags=re.DOTALL)
    assert "{" not in words


def test_the_same_figure_gives_the_same_picture_with_ids_of_its_own() -> None:
    figure = score_curve_figure(ItemParameters.dichotomous(["x"], [1.0], [0.0]))

    def draw() -> Figure:
        drawn = draw_score_curve(figure, language="vi").figure
        assert isinstance(drawn, Figure)
        return drawn

    first, second, other = svg(draw, "a-", "Điểm < 1"), svg(draw, "a-", "Điểm < 1"), svg(draw, "b-", "Điểm")
    assert first == second
    assert 'role="img" aria-label="Điểm &lt; 1"' in first
    assert not set(Outline(first).ids) & set(Outline(other).ids)
    assert "Tổng điểm kỳ vọng" in first


def test_a_fit_that_did_not_converge_is_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hurried(**options: Any) -> CalibrationSettings:
        return CalibrationSettings(**options, max_iterations=2)

    monkeypatch.setattr("exam_engine.psychometrics_cli.calibrate.CalibrationSettings", hurried)
    done = run("calibrate", lsat_file(tmp_path / "r.csv"), "--report", tmp_path / "r.html", "--lang", "en")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "converged: NO" in done.stdout
    assert 'class="verdict doubt"' in text
    assert "The estimation has NOT converged" in text


def test_the_fit_of_given_parameters_has_a_page_of_its_own(tmp_path: Path) -> None:
    responses = lsat_file(tmp_path / "r.csv")
    run("calibrate", responses, "--params", tmp_path / "p.csv", "--se", "none")
    done = run("fit", responses, "--params", tmp_path / "p.csv", "--report", tmp_path / "f.html", "--lang", "en")
    assert done.exit_code == 0
    text = (tmp_path / "f.html").read_text(encoding="utf-8")
    outline = Outline(text)
    assert (outline.open, outline.faults) == ([], [])
    assert "Report on the fit of the model" in text
    assert "Certificate of convergence" not in text


def test_a_finer_grid_is_told_but_no_reason_for_doubt() -> None:
    responses = pattern_responses(LSAT6_PATTERNS)
    result = calibrate(responses, CalibrationSettings(model="1PL", standard_errors="none"))
    refined = FitWarning("quadrature_refined", {"n_nodes": 121, "spacing": 0.1, "smallest_posterior_sd": 0.15})
    source = Source("r.csv", "0" * 64, datetime(2026, 5, 1, 17, 30, tzinfo=UTC))
    page = calibration_report(replace(result, warnings=(refined,)), ResponseTable(responses, None), source, "en")
    assert "the ability grid was refined or widened to 121 nodes" in page
    assert 'class="verdict"' in page
    assert "02/05/2026 00:30 (UTC+7)" in page
