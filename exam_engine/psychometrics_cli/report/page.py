"""The pages of the reports: what was done, what came out, and how far it can be trusted, in words and figures."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import metadata, resources
from typing import Any, Final

import jinja2
import numpy as np
from numpy.typing import NDArray

from exam_engine.core.i18n import Language
from exam_engine.core.time import VIETNAM
from exam_engine.psychometrics.ability import marginal_reliability
from exam_engine.psychometrics.calibration import CalibrationResult
from exam_engine.psychometrics.classical import ClassicalDataError, coefficient_alpha, item_statistics
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix
from exam_engine.psychometrics_cli.abilities import priors_by_group
from exam_engine.psychometrics_cli.fit_words import fit_sentences, item_fit_head, item_fit_rows
from exam_engine.psychometrics_cli.parameter_files import ParameterTable, as_categories
from exam_engine.psychometrics_cli.report.figures import plots
from exam_engine.psychometrics_cli.report.items import item_head, item_rows
from exam_engine.psychometrics_cli.report.sentences import certificate_sentences, setting_rows
from exam_engine.psychometrics_cli.response_files import ResponseTable
from exam_engine.psychometrics_cli.statistics import FitStatistics, fit_statistics, mixed
from exam_engine.psychometrics_cli.words import Words, exclusions_in_words, number, say, small, warnings_in_words, whole

SAMPLE_ROWS: Final = 50_000
"""Candidates in whose responses a report looks for misfit; with more, chi-squares reject every model anyway."""
_SEED = 20_240_601


@dataclass(frozen=True, slots=True)
class Source:
    """The file a report rests on: its name, its SHA-256, and when the report was made."""

    name: str
    sha256: str
    made_at: datetime


def calibration_report(result: CalibrationResult, table: ResponseTable, source: Source, language: Language) -> str:
    """The page of a calibration.

    Parameters
    ----------
    result : the calibration.
    table : the responses it was made from.
    source : their file.
    language : of the page.
    """
    words = Words(language, for_print=True)
    parameters = ParameterTable(result.items, result.category_scores, result)
    responses = as_categories(table.responses, parameters)
    labels = np.full(responses.weights.size, "") if table.groups is None else table.groups
    answered = (responses.scores != NOT_PRESENTED).any(axis=1)
    n_rows = int(answered.sum())
    rows = np.flatnonzero(answered)
    if n_rows > SAMPLE_ROWS:
        rows = np.sort(np.random.default_rng(_SEED).choice(rows, SAMPLE_ROWS, replace=False))
    part = ResponseMatrix(responses.scores[rows], responses.item_names, responses.weights[rows])
    populations = priors_by_group(parameters, labels[rows], None, None)
    found = fit_statistics(part, result.items, labels[rows], populations, fixed=result.fixed_items)
    sampled = n_rows if n_rows > SAMPLE_ROWS else None
    return _page(parameters, part, labels[rows], populations, found, source, words, sampled, table.responses)


def fit_report(
    parameters: ParameterTable,
    responses: ResponseMatrix,
    labels: NDArray[np.str_],
    populations: Mapping[str, Quadrature],
    found: FitStatistics,
    source: Source,
    language: Language,
) -> str:
    """The page of parameters held against responses; a calibration's settings and certificate stay in its own."""
    words, known = Words(language, for_print=True), replace(parameters, result=None)
    return _page(known, responses, labels, populations, found, source, words, None, responses)


def _page(
    parameters: ParameterTable,
    responses: ResponseMatrix,
    labels: NDArray[np.str_],
    populations: Mapping[str, Quadrature],
    found: FitStatistics,
    source: Source,
    words: Words,
    sampled: int | None,
    everything: ResponseMatrix,
) -> str:
    result = parameters.result
    items = parameters.items.select(responses.item_names)
    population = mixed(responses, labels, populations)

    def text(code: str, **params: Any) -> str:
        return say(f"report.{code}", words, **params)

    context = {
        "language": words.language,
        "text": text,
        "is_calibration": result is not None,
        "style": _resource("report.css"),
        "source": source,
        "made_at": f"{source.made_at.astimezone(VIETNAM):%d/%m/%Y %H:%M} (UTC+7)",
        "version": metadata.version("exam-engine"),
        "data": _data_rows(everything, responses, items, population, words),
        "sampled": None
        if sampled is None
        else text("sampled", used=whole(SAMPLE_ROWS, words), of=whole(sampled, words)),
        "excluded": [] if result is None else exclusions_in_words(result, words),
        "warnings": [] if result is None else warnings_in_words(result, words),
        "converged": result is None or result.converged,
        # A finer grid is what was done about a doubt, not one that is left.
        "is_doubtful": result is not None
        and (not result.converged or any(warning.code != "quadrature_refined" for warning in result.warnings)),
        "settings": [] if result is None else setting_rows(result, words),
        "results": [] if result is None else _result_rows(result, words),
        "groups": [] if result is None else _group_rows(result, words),
        "item_head": item_head(items, words),
        "items": item_rows(parameters, responses, _item_rest(responses), words),
        "fit_sentences": fit_sentences(found, words),
        "fit_head": item_fit_head(words),
        "fit_rows": item_fit_rows(found, items.names, words),
        "certificate": [] if result is None else certificate_sentences(result, words),
        "plots": plots(items, _scores_of(parameters, items.names), population, found.curves, result, words),
    }
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_resource("report.html.j2")).render(context)


def _resource(name: str) -> str:
    return (resources.files("exam_engine.psychometrics_cli.report") / name).read_text(encoding="utf-8")


def _scores_of(parameters: ParameterTable, names: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    return tuple(parameters.category_scores[place] for place in parameters.items.positions(names))


def _item_rest(responses: ResponseMatrix) -> NDArray[np.float64]:
    return item_statistics(responses).item_rest


def _data_rows(
    everything: ResponseMatrix,
    responses: ResponseMatrix,
    items: Any,
    population: Quadrature,
    words: Words,
) -> list[tuple[str, str]]:
    presented = float((everything.scores != NOT_PRESENTED).mean()) if everything.scores.size else 0.0
    per_candidate = (responses.scores != NOT_PRESENTED).sum(axis=1)
    shown = f"{per_candidate.min()} – {per_candidate.max()}" if per_candidate.size else "–"
    rows = [
        ("candidates", whole(everything.n_candidates, words)),
        ("rows", whole(float(everything.scores.shape[0]), words)),
        ("items", f"{len(items)} / {len(everything.item_names)}"),
        ("per_candidate", shown),
        ("missing", f"{number(100.0 * (1.0 - presented), 1, words)} %"),
    ]
    try:
        alpha = coefficient_alpha(responses)
        rows.append(
            (
                "alpha",
                f"{number(alpha.alpha, 3, words)} [{number(alpha.lower, 3, words)}; {number(alpha.upper, 3, words)}]",
            )
        )
    except ClassicalDataError:
        # Booklets that share no items have no common total score.
        rows.append(("alpha", "–"))
    rows.append(("reliability", number(marginal_reliability(items, population), 3, words)))
    return [(say(f"report.data.{name}", words), value) for name, value in rows]


def _result_rows(result: CalibrationResult, words: Words) -> list[tuple[str, str]]:
    rows = [
        ("log_likelihood", number(result.log_likelihood, 4, words)),
        ("parameters", str(result.n_parameters)),
        ("aic", number(result.aic, 2, words)),
        ("bic", number(result.bic, 2, words)),
    ]
    if result.settings.priors.to_dict():
        rows.insert(1, ("log_prior", number(result.log_prior, 4, words)))
    return [(say(f"report.result.{name}", words), value) for name, value in rows]


def _group_rows(result: CalibrationResult, words: Words) -> list[list[str]]:
    return [
        [
            group.name or say("report.everybody", words),
            whole(group.n_candidates, words),
            _with_error(group.mean, group.se_mean, words),
            _with_error(group.sd, group.se_sd, words),
        ]
        for group in result.groups
    ]


def _with_error(value: float, error: float | None, words: Words) -> str:
    return number(value, 3, words) + ("" if error is None else f" ({small(error, words)})")
