"""Drawers of the figures with matplotlib, in print quality, Vietnamese or English.

Each drawer takes a figure of ``exam_engine.psychometrics.figures`` and, if wanted, axes to draw on; without axes it
makes a figure as wide as the text of an A4 page, so that ``draw_density(figure).figure.savefig("density.pdf")`` works.
"""

from exam_engine.psychometrics.plots.curves import draw_category_curves, draw_item_curve
from exam_engine.psychometrics.plots.differences import draw_dif, draw_drift, draw_linking, draw_residuals
from exam_engine.psychometrics.plots.fits import draw_density, draw_trace
from exam_engine.psychometrics.plots.information import draw_information, draw_item_information, draw_score_curve
from exam_engine.psychometrics.plots.pages import draw_pages
from exam_engine.psychometrics.plots.words import Language
from exam_engine.psychometrics.plots.wright_map import draw_wright_map

__all__ = [
    "Language",
    "draw_category_curves",
    "draw_density",
    "draw_dif",
    "draw_drift",
    "draw_information",
    "draw_item_curve",
    "draw_item_information",
    "draw_linking",
    "draw_pages",
    "draw_residuals",
    "draw_score_curve",
    "draw_trace",
    "draw_wright_map",
]
