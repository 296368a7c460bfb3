import numpy as np
import pytest

from exam_engine.psychometrics import ItemParameters, category_probabilities, fisher_information
from exam_engine.psychometrics.adaptive.response_curves import ResponseCurves
from tests.exam_engine.psychometrics.adaptive import makers

FOUR_PARAMETER = ItemParameters.dichotomous(["u", "v"], [1.2, 0.7], [0.1, -1.0], [0.2, 0.0], [0.95, 0.9])
TABLES = {"3PL": makers.three_parameter(), "4PL": FOUR_PARAMETER, "mixed": makers.mixed()}


@pytest.mark.parametrize("name", TABLES)
def test_compiled_curves_are_those_of_the_models(name: str) -> None:
    items, theta = TABLES[name], np.linspace(-6.0, 6.0, 25)
    curves, p = ResponseCurves(items), category_probabilities(theta, TABLES[name])
    own = np.arange(p.shape[2]) < items.n_categories[:, None]
    log_p = curves.log_probabilities(theta)
    assert np.exp(log_p)[:, own] == pytest.approx(p[:, own], rel=1e-9)
    assert not log_p[:, ~own].any()
    assert curves.information(theta) == pytest.approx(fisher_information(theta, items), rel=1e-6, abs=1e-12)


def test_far_abilities_have_no_information_and_no_warning() -> None:
    items = makers.mixed()
    information = ResponseCurves(items).information(np.array([-900.0, 900.0]))
    assert np.isfinite(information).all()
    logistic_and_graded = information[:, :60]
    assert logistic_and_graded == pytest.approx(0.0, abs=1e-12)
