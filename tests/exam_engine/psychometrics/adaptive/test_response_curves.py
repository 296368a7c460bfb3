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


@pytest.mark.parametrize("name", TABLES)
def test_answers_follow_the_model(name: str) -> None:
    items, theta, n = TABLES[name], 0.4, 4_000
    curves, p = ResponseCurves(items), category_probabilities(np.array([theta]), TABLES[name])[0]
    for item in range(0, len(items), 13):
        scores = curves.draw(np.full(n, theta), np.full(n, item), np.random.default_rng(item).random(n))
        shares = np.bincount(scores, minlength=p.shape[1]) / n
        # Four standard errors.
        assert shares == pytest.approx(p[item], abs=4.0 * 0.5 / np.sqrt(n))
        assert scores.max() < items.n_categories[item]


def test_an_answer_is_wrong_when_the_draw_is_at_the_probability_and_right_below() -> None:
    items = makers.three_parameter()
    p = float(category_probabilities(np.array([0.4]), items)[0, 7, 1])
    draws = np.array([p - 1e-12, p + 1e-12])
    assert ResponseCurves(items).draw(np.full(2, 0.4), np.full(2, 7), draws).tolist() == [1, 0]
