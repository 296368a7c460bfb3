"""Every plot of a small test, by name."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from exam_engine.psychometrics.calibration import CalibrationResult, CalibrationSettings, calibrate
from exam_engine.psychometrics.dif import mantel_haenszel_dif
from exam_engine.psychometrics.figures import (
    category_curve_figures,
    density_figure,
    dif_figure,
    drift_figure,
    information_figure,
    item_curve_figures,
    linking_figure,
    residual_figures,
    score_curve_figure,
    trace_figure,
    wright_map_figure,
)
from exam_engine.psychometrics.fit import empirical_curves
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking import match_anchors, purify_anchors
from exam_engine.psychometrics.plots import (
    draw_category_curves,
    draw_density,
    draw_dif,
    draw_drift,
    draw_information,
    draw_item_curve,
    draw_item_information,
    draw_linking,
    draw_residuals,
    draw_score_curve,
    draw_trace,
    draw_wright_map,
)
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.dif.simulated import GROUPS, simulated_responses
from tests.exam_engine.psychometrics.linking.kolen_brennan import form_x, form_y

ITEMS = ItemParameters.concatenate(
    [
        ItemParameters.dichotomous(["Câu 1", "Câu 2", "Câu 3 với một cái tên dài"], [0.7, 1.2, 2.0], [-1.5, 0.0, 1.0]),
        ItemParameters.polytomous(["Tự luận"], "GRM", [1.1], [[-1.0, 0.3, 1.4]]),
    ]
)


def make_drawings() -> Mapping[str, Callable[..., Axes]]:
    """Drawers with their figures; what is left to say is ``language``."""
    rng = np.random.default_rng(11)
    theta = rng.normal(size=400)
    responses = simulate_responses(rng, theta, ITEMS)
    fit: CalibrationResult = calibrate(
        responses, CalibrationSettings(item_models={"Tự luận": "GRM"}, standard_errors="none"),
        groups=np.where(theta + rng.normal(size=400) > 0, "Nam", "Nữ"),
    )  # fmt: skip
    curves = empirical_curves(responses, ITEMS, theta)
    information = information_figure(ITEMS, population=fit.quadrature)
    linked = purify_anchors(form_x(), form_y())
    dropped = [item.name for item in linked.dropped]
    everything = match_anchors(form_x(), form_y())
    return {
        "item_curve": partial(draw_item_curve, item_curve_figures(ITEMS, empirical=curves)[0]),
        "category_curves": partial(draw_category_curves, category_curve_figures(ITEMS, empirical=curves)[3]),
        "information": partial(draw_information, information),
        "item_information": partial(draw_item_information, information),
        "score_curve": partial(draw_score_curve, score_curve_figure(ITEMS)),
        "wright_map": partial(draw_wright_map, wright_map_figure(ITEMS, theta, lower=-2.0, upper=1.2)),
        "residuals": partial(draw_residuals, residual_figures(curves)[0]),
        "dif": partial(
            draw_dif, dif_figure(mantel_haenszel_dif(simulated_responses(), GROUPS, reference="R", focal="F"))
        ),
        "drift": partial(draw_drift, drift_figure(linked.drift, left_out=dropped)),
        "linking": partial(draw_linking, linking_figure(everything, linked.link.transformation, left_out=dropped)),
        "density": partial(draw_density, density_figure(fit.groups)),
        "trace": partial(draw_trace, trace_figure(fit.certificate)),
    }


NAMES = ("item_curve", "category_curves", "information", "item_information", "score_curve", "wright_map", "residuals",
         "dif", "drift", "linking", "density", "trace")  # fmt: skip
