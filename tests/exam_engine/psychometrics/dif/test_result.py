import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.psychometrics.dif import mantel_haenszel_dif
from exam_engine.psychometrics.dif.result import effect_classes, holm_adjusted
from tests.exam_engine.psychometrics.dif.results import result_of
from tests.exam_engine.psychometrics.dif.simulated import GROUPS, simulated_responses


def test_adjusted_p_values_are_worked_out_by_hand() -> None:
    result = result_of(p=np.array([0.01, np.nan, 0.04, 0.03]), item_names=("q1", "q2", "q3", "q4"))

    # Holm: 3 · .01, 2 · .03, then no less than before. Benjamini-Hochberg: 3 · .01, and .04 for both others.
    np.testing.assert_allclose(result.p_holm, [0.03, np.nan, 0.06, 0.06])
    np.testing.assert_allclose(result.p_benjamini_hochberg, [0.03, np.nan, 0.04, 0.04])


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12))
def test_holms_adjustment_keeps_the_order_and_lies_between_p_and_bonferronis(p: list[float]) -> None:
    values = np.array(p)
    adjusted = holm_adjusted(values)

    assert (adjusted >= values).all()
    assert (adjusted <= np.minimum(values * values.size, 1.0) + 1e-15).all()
    assert (np.diff(adjusted[np.argsort(values, kind="stable")]) >= 0.0).all()


def test_without_any_test_nothing_is_adjusted() -> None:
    result = result_of(p=np.array([np.nan]), item_names=("q1",))

    assert np.isnan(result.p_holm).all()
    assert np.isnan(result.p_benjamini_hochberg).all()


def test_classes_need_size_and_significance() -> None:
    effect = np.array([0.04, 0.05, -0.09, 0.10, -0.2, np.nan])
    p = np.array([0.01, 0.01, 0.049, 0.01, 0.05, 0.01])

    assert effect_classes(effect, p, 0.05, 0.10) == ("A", "B", "B", "C", "A", None)
    assert effect_classes(np.array([0.2]), np.array([np.nan]), 0.05, 0.10) == (None,)


def test_the_stored_form_is_plain_json_with_everything_a_reader_needs() -> None:
    result = mantel_haenszel_dif(simulated_responses(), GROUPS, reference="R", focal="F", purify=True)

    stored = json.loads(json.dumps(result.to_dict(), allow_nan=False))

    assert stored["purification"]["settled"] is True
    assert (stored["reference"], stored["focal"]) == ("R", "F")
    eleventh = stored["items"][10]
    assert (eleventh["item"], eleventh["class"], eleventh["favoured"]) == ("Item_11", "C", "reference")
    assert eleventh["p"] <= eleventh["p_benjamini_hochberg"] <= eleventh["p_holm"]
    assert eleventh["details"]["alpha"] == pytest.approx(result.details["alpha"][10])
