import json

import numpy as np
import pytest
from scipy.special import expit

from exam_engine.psychometrics.figures import information_figure, score_curve_figure
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import normal_quadrature
from tests.exam_engine.psychometrics.fit.reference import LSAT7_2PL


def test_test_information_is_that_of_another_program() -> None:
    figure = information_figure(LSAT7_2PL, theta=np.arange(-3.0, 4.0))
    # R package mirt 1.45.1, testinfo() of the 2PL fit of LSAT 7.
    mirt = [0.56905105, 1.08152226, 1.4608266, 0.91805783, 0.40236969, 0.16892587, 0.07142741]
    assert figure.test_information == pytest.approx(mirt, abs=1e-7)
    assert figure.standard_error == pytest.approx(np.array(mirt) ** -0.5, rel=1e-6)
    assert figure.item_information.sum(axis=1) == pytest.approx(figure.test_information)


def test_items_without_slope_give_no_standard_error() -> None:
    flat = information_figure(ItemParameters.dichotomous(["flat"], [0.0], [0.0]))
    assert np.isnan(flat.standard_error).all()
    assert set(json.loads(json.dumps(flat.to_dict(), allow_nan=False))["standard_error"]) == {None}


def test_the_population_beside_is_a_density() -> None:
    population = normal_quadrature(mean=0.5, sd=0.8)
    figure = information_figure(LSAT7_2PL, population=population)
    assert figure.density.sum() * population.spacing == pytest.approx(1.0)
    assert information_figure(LSAT7_2PL).density.size == 0


def test_the_expected_score_and_its_spread_are_those_of_independent_answers() -> None:
    theta = np.array([-1.0, 0.0, 2.0])
    b = np.array([-1.0, 0.3, 1.1])
    figure = score_curve_figure(ItemParameters.dichotomous(["x", "y", "z"], np.ones(3), b), theta=theta)
    p = expit(theta[:, None] - b)
    assert figure.expected_score == pytest.approx(p.sum(axis=1))
    assert figure.score_sd == pytest.approx(np.sqrt((p * (1.0 - p)).sum(axis=1)))
    assert figure.max_score == 3
    assert json.dumps(figure.to_dict(), allow_nan=False)
