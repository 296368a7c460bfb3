"""``make load``: an exam on a server of its own or on one that runs already, with a report at its end.

The exit code is 1 when an acknowledged answer was lost or too many calls failed, 2 when the run could not be made.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from exam_engine.core.i18n import Language
from exam_engine.core.time import VIETNAM
from load_tests.board_site import BoardAccountsError, BoardRefusedError, board_site
from load_tests.criteria import Criterion, Thresholds
from load_tests.local_site import Site, local_site
from load_tests.options import Choice, add_options, chosen
from load_tests.report.words import milliseconds, number, say, share
from load_tests.reporting import page_of, report_ramp, report_run
from load_tests.running import Generating, GeneratorFailedError, beside, by_locust, run_on, run_until_told_to_end, stamp
from load_tests.server import ServerDiedError
from load_tests.summary import Summary

Result = tuple[Path, Summary, list[Criterion]]


def site_of(choice: Choice, folder: Path) -> AbstractAsyncContextManager[Site]:
    """Return the site that is asked for: one that is started, or one that runs already."""
    if choice.host:
        return board_site(choice, folder)
    return local_site(choice, folder)


async def one_run(choice: Choice, folder: Path, generate: Generating, language: Language) -> Result:
    """Make one run and write its report."""
    _say("preparing", language, candidates=max(choice.ramp), database=choice.host or choice.database)
    async with site_of(choice, folder) as site:
        times = {"at": site.plan.waves[0].opens_at, "until": site.plan.ends_at}
        _say("running", language, **{name: _clock(at) for name, at in times.items()})
        part, audit = await run_on(site, folder, generate)
    limits = Thresholds(failed_share=choice.most_errors)
    summary, criteria = report_run(site, part, audit, folder, limits=limits)
    tell(summary, criteria, page_of(folder, language), language)
    return folder, summary, criteria


def tell(summary: Summary, criteria: Sequence[Criterion], page: Path, language: Language) -> None:
    """Print what came out."""
    save = summary.figures_of("save")
    _say(
        "over",
        language,
        verdict=say("passed" if is_accepted(criteria) else "failed", language),
        candidates=number(summary.candidates, language),
        save=milliseconds(save.p95_ms, language) if save is not None else "–",
        failed=share(summary.failed_share, language),
        acknowledged=number(summary.acknowledged, language),
        lost=summary.lost,
        doubled=summary.doubled,
    )
    doubts = {criterion.code for criterion in criteria if criterion.verdict == "doubtful"}
    if summary.machine is not None and "generator" in doubts:
        _say("generator", language, share=share(summary.machine.generator_share, language))
    if summary.machine is not None and "others" in doubts:
        _say("others", language, cores=number(summary.machine.others_cpu_mean, language, 2))
    _say("report", language, file=page)


def is_accepted(criteria: Sequence[Criterion]) -> bool:
    """Whether nothing was lost and few enough calls failed: slowness alone does not fail a load test."""
    grave = {"lost", "doubled", "acknowledged", "absent", "gave_up", "failed"}
    return not any(criterion.code in grave and criterion.verdict == "failed" for criterion in criteria)


def _say(code: str, language: Language, **params: object) -> None:
    print(say(f"say.{code}", language, **params), flush=True)


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, VIETNAM):%H:%M:%S}"


async def all_runs(choice: Choice, folder: Path, language: Language) -> list[Result]:
    """Make a run of each size, one after the other, or one of all of them together."""
    if choice.waves or len(choice.ramp) == 1:
        return [await one_run(choice, folder, by_locust(folder, choice.processes), language)]
    results = []
    for size in choice.ramp:
        own = folder / f"{size:05d}"
        own.mkdir()
        results.append(await one_run(replace(choice, ramp=(size,)), own, by_locust(own, choice.processes), language))
    report_ramp(folder, results, server=choice.host, database="" if choice.host else choice.database)
    _say("report", language, file=page_of(folder, language))
    return results


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add_options(parser)
    parser.add_argument("--host", default="", help="address of a server that runs already; needs --staff")
    parser.add_argument("--lang", choices=("vi", "en"), default="vi", help="language of what is printed")
    # How a locust with its page has its runs prepared; not for people.
    parser.add_argument("--keep-beside", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--into", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    language: Language = options.lang
    try:
        choice = chosen(options)
    except ValueError as error:
        parser.error(say("say.bad_choice", language, reason=str(error)))
    folder = Path(options.into) if options.into else choice.folder / stamp()
    folder.mkdir(parents=True, exist_ok=bool(options.into))
    folder = folder.absolute()
    try:
        if options.keep_beside:
            beside_us = beside(options.keep_beside, folder)
            results = [run_until_told_to_end(one_run(choice, folder, beside_us, language))]
        else:
            results = run_until_told_to_end(all_runs(choice, folder, language))
    except asyncio.CancelledError:
        return 2
    except (GeneratorFailedError, ServerDiedError) as error:
        print(say("say.generator_failed", language, reason=str(error)), file=sys.stderr)
        return 2
    except BoardAccountsError as error:
        print(say("say.staff", language, file=choice.staff, reason=str(error)), file=sys.stderr)
        return 2
    except BoardRefusedError as error:
        print(say("say.refused", language, call=error.call, reason=error.reason), file=sys.stderr)
        return 2
    return 0 if all(is_accepted(criteria) for _, _, criteria in results) else 1


if __name__ == "__main__":
    sys.exit(main())
