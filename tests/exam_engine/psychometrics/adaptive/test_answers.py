import numpy as np
import pytest

from exam_engine.psychometrics import category_probabilities
from exam_engine.psychometrics.adaptive.answers import AnswerModel
from tests.exam_engine.psychometrics.adaptive import makers

TABLES = {"3PL": makers.three_parameter(), "mixed": makers.mixed()}


@pytest.mark.parametrize("name", TABLES)
def test_answers_follow_the_model(name: str) -> None:
    items, theta, n = TABLES[name], 0.4, 4_000
    model, p = AnswerModel(items), category_probabilities(np.array([theta]), TABLES[name])[0]
    for item in range(0, len(items), 13):
        scores = model.draw(np.full(n, theta), np.full(n, item), np.random.default_rng(item).random(n))
        shares = np.bincount(scores, minlength=p.shape[1]) / n
        # Four standard errors.
        assert shares == pytest.approx(p[item], abs=4.0 * 0.5 / np.sqrt(n))
        assert scores.max() < items.n_categories[item]


def test_an_answer_is_wrong_when_the_draw_is_at_the_probability_and_right_below() -> None:
    items = makers.three_parameter()
    p = float(category_probabilities(np.array([0.4]), items)[0, 7, 1])
    draws = np.array([p - 1e-12, p + 1e-12])
    assert AnswerModel(items).draw(np.full(2, 0.4), np.full(2, 7), draws).tolist() == [1, 0]
