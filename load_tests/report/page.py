"""The page of a run and the page of several runs, in either language, from figures and criteria alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata, resources
from typing import Any

import jinja2

from exam_engine.core.i18n import Language
from exam_engine.core.time import VIETNAM
from load_tests.criteria import Criterion, is_go
from load_tests.report.charts import Line, line_chart
from load_tests.report.words import CATALOGUE, milliseconds, number, say, share, size
from load_tests.summary import Summary


@dataclass(frozen=True, slots=True)
class About:
    """What a report says of itself.

    ``rehearsed`` names the sitting whose copy was run; empty for a plain load test. ``other_file`` is that of the same
    report in the other language.
    """

    made_at: datetime
    server: str
    database: str
    other_file: str
    rehearsed: str = ""


def run_page(summary: Summary, criteria: Sequence[Criterion], about: About, language: Language) -> str:
    """Return the page of one run."""

    def text(code: str, **params: Any) -> str:
        return say(code, language, **params)

    go = is_go(list(criteria))
    context = _frame(about, language) | {
        "title": text("title_rehearsal" if about.rehearsed else "title"),
        "go": go,
        "verdict": _verdict_text(go, is_rehearsal=bool(about.rehearsed), language=language),
        "verdict_text": text("go_text")
        if go
        else text("no_go_text", count=sum(one.verdict == "failed" for one in criteria)),
        "doubts": [text(f"doubt.{one.code}") for one in criteria if one.verdict == "doubtful"],
        "unknown": sum(one.verdict == "unknown" for one in criteria),
        "tiles": _tiles(summary, language),
        "criteria": [_criterion_row(one, language) for one in criteria],
        "charts": _charts(summary, language),
        "calls": _call_rows(summary, language),
        "errors": [
            (_call_name(error.kind, language), error.text, text("error_times", count=number(error.count, language)))
            for error in summary.errors
        ],
        "audit": _audit_rows(summary, language),
        "ends": [
            (text(f"ends.{name}"), number(value, language))
            for name, value in (
                ("submitted", summary.submitted),
                ("closed", summary.closed),
                ("gave_up", summary.gave_up),
            )
        ],
        "machine": _machine_rows(summary, language),
        "setting": _setting_rows(summary, about, language),
    }
    return _environment().from_string(_resource("run.html.j2")).render(context)


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in the table of several."""

    file: str
    summary: Summary
    criteria: Sequence[Criterion]


def ramp_page(runs: Sequence[RunLine], about: About, language: Language) -> str:
    """Return the page of several runs, the smallest first."""
    context = _frame(about, language) | {
        "title": say("title_ramp", language),
        "runs": [_run_row(run, language) for run in runs],
    }
    return _environment().from_string(_resource("ramp.html.j2")).render(context)


def _frame(about: About, language: Language) -> dict[str, Any]:
    def text(code: str, **params: Any) -> str:
        return say(code, language, **params)

    return {
        "language": language,
        "text": text,
        "about": about,
        "style": _resource("report.css"),
        "made": text("made", at=f"{about.made_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"),
        "version": text("version", version=metadata.version("exam-engine")),
    }


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.DictLoader({"frame.html.j2": _resource("frame.html.j2")}),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _resource(name: str) -> str:
    return (resources.files("load_tests.report") / name).read_text(encoding="utf-8")


def _verdict_text(go: bool, *, is_rehearsal: bool, language: Language) -> str:
    if is_rehearsal:
        return say("go" if go else "no_go", language)
    return say("passed" if go else "failed", language)


def _value(value: float, unit: str, language: Language) -> str:
    match unit:
        case "ms":
            return f"{milliseconds(value, language)} ms"
        case "share":
            return share(value, language)
        case "bytes":
            return size(value, language)
        case _:
            return number(value, language)


def _criterion_row(one: Criterion, language: Language) -> dict[str, str]:
    bound = "at_least" if one.code in {"acknowledged", "free"} else "at_most"
    return {
        "verdict": one.verdict,
        "name": say(f"criterion.{one.code}", language),
        "threshold": say(bound, language, value=_value(one.threshold, one.unit, language)),
        "value": "–" if one.value is None else _value(one.value, one.unit, language),
        "words": say(f"verdict.{one.verdict}", language),
        "fix": say(f"criterion.{one.code}.fix", language) if one.verdict in {"failed", "doubtful"} else "",
    }


def _tiles(summary: Summary, language: Language) -> list[tuple[str, str, bool]]:
    save, burst, machine = summary.figures_of("save"), summary.start_burst, summary.machine
    tiles = [
        ("candidates", number(summary.candidates, language), False),
        ("lost", number(summary.lost + summary.doubled, language), summary.lost + summary.doubled > 0),
        ("errors", share(summary.failed_share, language), summary.failed_share > 0),
        ("save", _value(save.p95_ms, "ms", language) if save else "–", False),
        ("start", _value(burst.p95_ms, "ms", language) if burst else "–", False),
    ]
    if machine is not None:
        tiles.append(("cpu", say("machine.one", language, value=number(machine.server_cpu_max, language, 2)), False))
    return [(say(f"tile.{name}", language), value, is_bad) for name, value, is_bad in tiles]


def _charts(summary: Summary, language: Language) -> list[dict[str, Any]]:
    seconds = summary.seconds
    saves = [Line("server", "", [(second.at, second.saves) for second in seconds])]
    times = [
        Line("server", "", [(second.at, second.save_p95_ms) for second in seconds if second.save_p95_ms is not None])
    ]
    cpu = [
        Line(style, say(f"chart.{style}", language), [(at, value) for at, value in points if value is not None])
        for style, points in (
            ("server", [(second.at, second.server_cpu) for second in seconds]),
            ("generator", [(second.at, second.generator_cpu) for second in seconds]),
        )
    ]
    charts = []
    for name, lines in (("saves", saves), ("save_p95", times), ("cpu", cpu)):
        title = say(f"chart.{name}", language)
        picture = line_chart(title, lines, (seconds[0].at, seconds[-1].at), language) if seconds else ""
        if picture:
            charts.append({"title": title, "picture": picture, "legend": [line for line in lines if line.name]})
    return charts


def _call_name(kind: str, language: Language) -> str:
    return CATALOGUE.find(f"load.call.{kind}", language) or kind


def _call_rows(summary: Summary, language: Language) -> list[tuple[str, ...]]:
    return [
        (
            _call_name(call.kind, language),
            number(call.count, language),
            *(milliseconds(ms, language) for ms in (call.p50_ms, call.p95_ms, call.p99_ms, call.max_ms)),
            number(call.waited, language),
            number(call.failed, language),
            number(call.per_second, language, 1),
            number(call.busiest_second, language),
        )
        for call in sorted(summary.calls, key=lambda call: -(call.count + call.waited))
    ]


def _audit_rows(summary: Summary, language: Language) -> list[tuple[str, str]]:
    names = ("captured", "acknowledged", "stored", "lost", "doubled", "never_taken", "receipts")
    rows = [(say(f"audit.{name}", language), number(getattr(summary, name), language)) for name in names]
    verified = summary.receipts_verified / summary.receipts if summary.receipts else 0.0
    shown = f"{number(summary.receipts_verified, language)} ({share(verified, language)})"
    return [*rows, (say("audit.verified", language), shown)]


def _machine_rows(summary: Summary, language: Language) -> list[tuple[str, str]]:
    machine = summary.machine
    if machine is None:
        return []

    def cores(mean: float, most: float) -> str:
        return say("machine.value", language, mean=number(mean, language, 2), most=number(most, language, 2))

    rows = [
        ("cores", number(machine.cores, language)),
        ("server_cpu", cores(machine.server_cpu_mean, machine.server_cpu_max)),
        ("server_memory", size(machine.server_memory_max, language)),
    ]
    if machine.database_memory_max:
        # Only a database server that the kit started is looked at; SQLite works inside the server.
        rows += [
            ("database_cpu", cores(machine.database_cpu_mean, machine.database_cpu_max)),
            ("database_memory", size(machine.database_memory_max, language)),
        ]
    rows += [
        ("generator_cpu", say("machine.one", language, value=number(machine.generator_cpu_mean, language, 2))),
        ("generator_share", share(machine.generator_share, language)),
        ("others_cpu", say("machine.one", language, value=number(machine.others_cpu_mean, language, 2))),
    ]
    return [(say(f"machine.{name}", language), value) for name, value in rows]


def _setting_rows(summary: Summary, about: About, language: Language) -> list[tuple[str, str]]:
    time_value = say(
        "setting.time_value",
        language,
        exam=number(summary.working_seconds * summary.speed / 60, language),
        speed=number(summary.speed, language, 0 if float(summary.speed).is_integer() else 1),
        real=number(summary.working_seconds / 60, language),
    )
    people = (summary.candidates, summary.proctors, summary.verifiers)
    counts = summary.counts
    streams = f"{number(counts.get('streams', 0), language)} / {number(counts.get('events', 0), language)}"
    rows = [
        ("candidates", " / ".join(number(count, language) for count in people)),
        ("time", time_value),
        ("server", about.server),
        ("database", about.database),
        ("streams", streams),
        ("late", number(counts.get("came_too_late", 0), language)),
    ]
    return [(say(f"setting.{name}", language), value) for name, value in rows if value]


def _run_row(run: RunLine, language: Language) -> dict[str, Any]:
    summary, machine = run.summary, run.summary.machine
    save, submit, burst = summary.figures_of("save"), summary.figures_of("submit"), summary.start_burst

    def times(*values: float) -> str:
        return " / ".join(milliseconds(value, language) for value in values)

    go = is_go(list(run.criteria))
    return {
        "file": run.file,
        "go": go,
        "verdict": say("passed" if go else "failed", language),
        "cells": (
            times(burst.p95_ms, burst.p99_ms) if burst else "–",
            times(save.p50_ms, save.p95_ms, save.p99_ms) if save else "–",
            times(submit.p95_ms, submit.p99_ms) if submit else "–",
            number(max((second.calls for second in summary.seconds), default=0), language),
            share(summary.failed_share, language),
            f"{number(summary.lost, language)} / {number(summary.doubled, language)}",
            number(machine.server_cpu_max, language, 2) if machine else "–",
            share(machine.generator_share, language) if machine else "–",
            number(machine.others_cpu_mean, language, 2) if machine else "–",
        ),
        "candidates": number(summary.candidates, language),
    }
