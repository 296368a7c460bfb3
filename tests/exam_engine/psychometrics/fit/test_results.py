import json
from typing import Any

import numpy as np
import pytest

from exam_engine.psychometrics import fit
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.responses import ResponseMatrix
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.fit import reference


def awkward_data() -> tuple[ResponseMatrix, ItemParameters, np.ndarray]:
    """Responses with missing cells, an item nobody saw, one that all answered alike and a candidate without any."""
    rng = np.random.default_rng(30)
    items = ItemParameters.concatenate([reference.mixed_items(), reference.LSAT6_2PL])
    theta = rng.normal(size=250)
    scores = simulate_responses(rng, theta, items).scores.copy()
    scores[:125, 2] = scores[:, 5] = scores[7] = -1
    scores[:, 6] = np.where(scores[:, 6] >= 0, 1, -1)
    theta[3] = -np.inf
    return ResponseMatrix.from_array(scores, items.names), items, theta


@pytest.mark.parametrize(
    "compute",
    [
        lambda data: fit.s_x2(data[0], data[1]),
        lambda data: fit.m2(data[0], data[1]),
        lambda data: fit.q3(*data),
        lambda data: fit.ld_x2(data[0], data[1]),
        lambda data: fit.infit_outfit(*data),
        lambda data: fit.person_fit(*data),
        lambda data: fit.rmsd(data[0], data[1]),
        lambda data: fit.grouped_x2(*data),
        lambda data: fit.pv_q1(data[0], data[1], np.nan_to_num(data[2], neginf=-3.0)[:, None]),
        lambda data: fit.empirical_curves(*data)[5],
    ],
    ids=["s_x2", "m2", "q3", "ld_x2", "infit_outfit", "person_fit", "rmsd", "grouped_x2", "pv_q1", "curve"],
)
def test_results_of_awkward_data_are_json_without_nan_and_without_warnings(compute: Any) -> None:
    result = compute(awkward_data())

    stored = json.loads(json.dumps(result.to_dict(), allow_nan=False))

    assert stored == result.to_dict()


def test_every_public_name_is_exported_in_order() -> None:
    assert fit.__all__ == sorted(fit.__all__)
    assert all(hasattr(fit, name) for name in fit.__all__)


def test_errors_carry_their_code() -> None:
    error = fit.FitError("too_few_candidates", "what to do")

    assert isinstance(error, ValueError)
    assert (error.code, str(error)) == ("too_few_candidates", "what to do")
