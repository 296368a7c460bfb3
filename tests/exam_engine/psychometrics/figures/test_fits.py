import json

import numpy as np
import pytest
from scipy.stats import norm

from exam_engine.psychometrics.calibration import CalibrationSettings, GroupEstimate, calibrate
from exam_engine.psychometrics.figures import density_figure, trace_figure
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from tests.exam_engine.psychometrics.published import LSAT7_PATTERNS, pattern_responses


def test_densities_of_populations_integrate_to_one_and_stand_beside_their_normal() -> None:
    low, high = normal_quadrature(mean=-1.0, sd=0.6), normal_quadrature(mean=1.5, sd=0.6)
    mixture = Quadrature(low.nodes, 0.7 * low.weights + 0.3 * high.weights)
    [group] = density_figure([GroupEstimate("Nam", 120.0, mixture.mean, mixture.sd, None, None, mixture)]).groups
    assert group.density.sum() * mixture.spacing == pytest.approx(1.0)
    assert group.normal == pytest.approx(norm.pdf(mixture.nodes, -0.25, np.sqrt(0.36 + 0.21 * 2.5**2)), abs=1e-6)
    assert np.abs(group.density - group.normal).max() > 0.1
    assert (group.name, group.n_candidates) == ("Nam", 120.0)


def test_the_trace_falls_to_its_final_value() -> None:
    fit = calibrate(pattern_responses(LSAT7_PATTERNS), CalibrationSettings(standard_errors="none"))
    figure = trace_figure(fit.certificate)
    assert figure.gap[-1] == 0.0
    assert (figure.gap >= -1e-9).all()
    assert figure.objective[-1] == pytest.approx(fit.log_likelihood, abs=1e-6)
    assert figure.iteration.tolist() == list(range(1, figure.gap.size + 1))
    assert figure.converged is fit.converged
    assert json.dumps([figure.to_dict(), density_figure(fit.groups).to_dict()], allow_nan=False)
