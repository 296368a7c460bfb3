"""Writing the report of a run: JSON for programs, one page in each language for people."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import msgspec
import psutil

from exam_engine.core.i18n import LANGUAGES, Language
from exam_engine.core.time import utc_now
from load_tests.audit import Audit
from load_tests.criteria import Criterion, Surroundings, Thresholds, is_go, judge
from load_tests.folder import REPORT, USAGE
from load_tests.local_site import Site
from load_tests.machines import UsageFile
from load_tests.records import Part
from load_tests.report.page import About, RunLine, ramp_page, run_page
from load_tests.summary import Summary, summarise

_FILES: dict[Language, str] = {"vi": "bao-cao.html", "en": "report.html"}


def report_run(
    site: Site, part: Part, audit: Audit, folder: Path, *, limits: Thresholds, rehearsed: str = ""
) -> tuple[Summary, list[Criterion]]:
    """Write the report of a run into its folder; returns what stands in it."""
    usage = msgspec.json.decode((folder / USAGE).read_bytes(), type=UsageFile) if site.server_pids else None
    summary = summarise(site.plan, part, audit, usage)
    is_here = bool(site.server_pids)
    surroundings = Surroundings(
        memory=psutil.virtual_memory().total if is_here else None,
        free=shutil.disk_usage(folder).free if is_here else None,
    )
    criteria = judge(summary, surroundings, limits)
    _write(folder, summary, criteria, _pages(folder, summary, criteria, site, rehearsed))
    return summary, criteria


def _pages(
    folder: Path, summary: Summary, criteria: list[Criterion], site: Site, rehearsed: str
) -> dict[Language, str]:
    made_at = utc_now()
    pages: dict[Language, str] = {}
    for language in LANGUAGES:
        other = next(file for known, file in _FILES.items() if known != language)
        about = About(made_at, site.plan.url, site.database_kind, other, rehearsed)
        pages[language] = run_page(summary, criteria, about, language)
    return pages


def _write(folder: Path, summary: Summary, criteria: list[Criterion], pages: dict[Language, str]) -> None:
    for language, page in pages.items():
        (folder / _FILES[language]).write_text(page, encoding="utf-8")
    whole = {
        "go": is_go(criteria),
        "criteria": [asdict(criterion) for criterion in criteria],
        "summary": msgspec.to_builtins(summary),
    }
    # Written last: whoever waits for the report waits for this file.
    part = folder / f"{REPORT}.part"
    part.write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(folder / REPORT)


def page_of(folder: Path, language: Language) -> Path:
    """Return the page of a report."""
    return folder / _FILES[language]


def report_ramp(
    folder: Path, runs: Sequence[tuple[Path, Summary, list[Criterion]]], *, server: str, database: str
) -> None:
    """Write the table of several runs, whose reports lie in folders inside this one."""
    for language in LANGUAGES:
        other = next(file for known, file in _FILES.items() if known != language)
        lines = [
            RunLine(f"{one.relative_to(folder)}/{_FILES[language]}", summary, criteria)
            for one, summary, criteria in runs
        ]
        about = About(utc_now(), server, database, other)
        page_of(folder, language).write_text(ramp_page(lines, about, language), encoding="utf-8")
