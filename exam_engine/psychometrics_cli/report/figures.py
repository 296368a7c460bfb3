"""Which plots a report shows."""

from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from exam_engine.psychometrics.calibration import CalibrationResult
from exam_engine.psychometrics.figures import (
    category_curve_figures,
    density_figure,
    information_figure,
    item_curve_figures,
    score_curve_figure,
    trace_figure,
    wright_map_figure,
)
from exam_engine.psychometrics.fit import CurveDeviations
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.plots import (
    draw_category_curves,
    draw_density,
    draw_information,
    draw_item_curve,
    draw_item_information,
    draw_pages,
    draw_score_curve,
    draw_trace,
    draw_wright_map,
)
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics_cli.report.charts import svg
from exam_engine.psychometrics_cli.words import Words, say


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot of a report: its caption and its picture."""

    caption: str
    picture: Markup
    is_wide: bool


def plots(
    items: ItemParameters,
    category_scores: tuple[tuple[int, ...], ...],
    population: Quadrature,
    curves: CurveDeviations | None,
    result: CalibrationResult | None,
    words: Words,
) -> dict[str, list[Plot]]:
    """Plots by section: ``test``, ``items``, ``fit``."""
    information = information_figure(items, population=population)
    of_test: list[tuple[str, Any]] = [
        ("wright_map", partial(draw_wright_map, wright_map_figure(items, population))),
        ("information", partial(draw_information, information)),
        ("score_curve", partial(draw_score_curve, score_curve_figure(items))),
        ("item_information", partial(draw_item_information, information)),
    ]
    if result is not None:
        of_test.insert(0, ("density", partial(draw_density, density_figure(result.groups))))
    found = {"test": [_one(name, draw, words) for name, draw in of_test]}
    empirical = () if curves is None else curves
    pages = draw_pages(
        item_curve_figures(items, empirical=empirical, population=population),
        draw_item_curve,
        x="ability",
        y="expected_share",
        language=words.language,
    )
    found["items"] = _many("item_curves", pages, words)
    several = np.flatnonzero(items.n_categories > 2)
    if several.size:
        labels = [tuple(str(score) for score in category_scores[index]) for index in several]
        category_pages = draw_pages(
            category_curve_figures(items.take(several), category_labels=labels),
            draw_category_curves,
            x="ability",
            y="probability",
            language=words.language,
        )
        found["items"] += _many("category_curves", category_pages, words)
    found["fit"] = []
    if result is not None:
        found["fit"] = [_one("trace", partial(draw_trace, trace_figure(result.certificate)), words)]
    return found


def _one(name: str, draw: Any, words: Words) -> Plot:
    caption = say(f"report.plot.{name}", words)

    def figure() -> Figure:
        axes: Axes = draw(language=words.language)
        return cast(Figure, axes.figure)

    return Plot(caption, svg(figure, f"{name}-", caption), is_wide=False)


def _many(name: str, pages: tuple[Figure, ...], words: Words) -> list[Plot]:
    caption = say(f"report.plot.{name}", words)
    return [
        Plot(
            caption if len(pages) == 1 else f"{caption} ({number}/{len(pages)})",
            svg(lambda page=page: page, f"{name}-{number}-", caption),  # type: ignore[misc]  # bound as a default
            is_wide=True,
        )
        for number, page in enumerate(pages, start=1)
    ]
