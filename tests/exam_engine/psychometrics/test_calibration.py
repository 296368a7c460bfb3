import numpy as np
import pytest

from exam_engine.psychometrics import calibrate
from tests.exam_engine.psychometrics import published


def test_lsat6_has_the_published_log_likelihood_and_parameters() -> None:
    fit = calibrate(published.pattern_responses(published.LSAT6_PATTERNS))

    assert fit.converged
    assert fit.log_likelihood == pytest.approx(published.LSAT6_LOG_LIKELIHOOD, abs=1e-6)
    np.testing.assert_allclose(fit.a, published.LSAT6_A, atol=1e-4)
    np.testing.assert_allclose(fit.b, published.LSAT6_B, atol=1e-4)
    np.testing.assert_allclose(fit.d, published.LSAT6_D, atol=1e-4)
