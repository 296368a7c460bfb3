import json

import numpy as np
import pytest

from exam_engine.psychometrics import NOT_PRESENTED, ResponseMatrix
from exam_engine.psychometrics.classical import reliability_report
from tests.exam_engine.psychometrics import published


def test_the_table_of_a_form_holds_every_coefficient() -> None:
    report = reliability_report(published.pattern_responses(published.LSAT7_PATTERNS))

    assert report.kr20 == pytest.approx(report.alpha.alpha, rel=1e-12)
    assert report.kr21 is not None
    assert report.kr21 <= report.alpha.alpha
    assert report.guttman.lambda3 == pytest.approx(report.alpha.alpha)
    assert report.omega is not None
    # Five congeneric items: alpha is at most omega.
    assert report.omega.omega > report.alpha.alpha - 1e-3
    json.dumps(report.to_dict(), allow_nan=False)


def test_what_does_not_exist_is_absent_with_its_reason() -> None:
    table = np.array([[2, 1], [0, 1], [1, 0], [0, 0], [2, NOT_PRESENTED]])

    report = reliability_report(ResponseMatrix.from_array(table))

    assert (report.omega, report.kr20, report.kr21) == (None, None, None)
    assert report.reasons == {"omega": "too_few_items", "kr20": "not_dichotomous", "kr21": "not_dichotomous"}
