"""Figures as plain data, for matplotlib (``exam_engine.psychometrics.plots``), the browser's charts, or any other."""

from exam_engine.psychometrics.figures.density import DensityFigure, GroupDensity, density_figure
from exam_engine.psychometrics.figures.dif import DifFigure, dif_figure
from exam_engine.psychometrics.figures.information import (
    InformationFigure,
    ScoreCurveFigure,
    information_figure,
    score_curve_figure,
)
from exam_engine.psychometrics.figures.item_curves import (
    CategoryCurveFigure,
    ItemCurveFigure,
    category_curve_figures,
    item_curve_figures,
)
from exam_engine.psychometrics.figures.linking import DriftFigure, LinkingFigure, drift_figure, linking_figure
from exam_engine.psychometrics.figures.residuals import ResidualFigure, residual_figures
from exam_engine.psychometrics.figures.trace import TraceFigure, trace_figure
from exam_engine.psychometrics.figures.wright_map import WrightMapFigure, wright_map_figure

__all__ = [
    "CategoryCurveFigure",
    "DensityFigure",
    "DifFigure",
    "DriftFigure",
    "GroupDensity",
    "InformationFigure",
    "ItemCurveFigure",
    "LinkingFigure",
    "ResidualFigure",
    "ScoreCurveFigure",
    "TraceFigure",
    "WrightMapFigure",
    "category_curve_figures",
    "density_figure",
    "dif_figure",
    "drift_figure",
    "information_figure",
    "item_curve_figures",
    "linking_figure",
    "residual_figures",
    "score_curve_figure",
    "trace_figure",
    "wright_map_figure",
]
