"""Multistage and adaptive forms as pure rules."""

import json
from typing import Any

import numpy as np
import pytest

from exam_engine.core.db import new_id
from exam_engine.delivery import staging
from exam_engine.delivery.staging import StagedForm
from exam_engine.forms.schemas import FormSpec
from exam_engine.psychometrics import ItemParameters, normal_quadrature, response_log_likelihood
from tests.exam_engine.delivery.staged_forms import SCALE, adaptive_form, multistage_form


def staged(spec: FormSpec) -> StagedForm:
    """The form as it is read back from the database."""
    assert spec.routing is not None
    rules: dict[str, Any] = json.loads(json.dumps({**spec.routing.rules, "scale": spec.routing.scale}))
    return StagedForm(new_id(), spec.routing.design, rules)


MULTISTAGE, ADAPTIVE = staged(multistage_form()), staged(adaptive_form())


@pytest.mark.parametrize(
    ("right", "module"), [(0, slice(4, 8)), (1, slice(4, 8)), (2, slice(8, 12)), (4, slice(8, 12))]
)
def test_the_number_of_right_answers_decides_which_module_follows(right: int, module: slice) -> None:
    codes = [item.item_code for item in multistage_form().items]
    first = staging.begin(MULTISTAGE, 1)
    assert list(first.items) == codes[:4]
    scores = {code: int(place < right) for place, code in enumerate(first.items)}
    second = staging.proceed(MULTISTAGE, first.state, scores)
    assert list(second.items) == codes[module]
    assert staging.proceed(MULTISTAGE, second.state, dict.fromkeys(second.items, 1)).items == ()


def test_the_ability_of_a_multistage_test_is_the_posterior_mean_of_the_items_given() -> None:
    step = staging.begin(MULTISTAGE, 1)
    given: dict[str, int] = {}
    while step.items:
        scores = {code: int(place % 2 == 0) for place, code in enumerate(step.items)}
        given |= scores
        step = staging.proceed(MULTISTAGE, step.state, scores)
    items = ItemParameters.from_dict(MULTISTAGE.rules["test"]["items"]).select(list(given))
    prior = normal_quadrature(241)
    likelihood = np.exp(response_log_likelihood(np.array([list(given.values())], dtype=np.int8), prior.nodes, items))[0]
    expected = (prior.nodes * likelihood) @ prior.weights / (likelihood @ prior.weights)
    assert staging.ability(MULTISTAGE, step.state) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("form", [MULTISTAGE, ADAPTIVE])
def test_a_state_that_was_stored_goes_on_as_if_nothing_had_happened(form: StagedForm) -> None:
    step, again = staging.begin(form, 5), staging.begin(form, 5)
    while step.items:
        assert again == step
        scores = {code: place % 2 for place, code in enumerate(step.items)}
        step = staging.proceed(form, step.state, scores)
        again = staging.proceed(form, json.loads(json.dumps(again.state)), scores)
    assert staging.ability(form, step.state) == staging.ability(form, json.loads(json.dumps(again.state)))


@pytest.mark.parametrize(
    ("theta", "points"), [(-9.0, 0.0), (-4.0, 0.0), (-2.0, 2.5), (0.0, 5.0), (1.0, 6.25), (4.0, 10.0), (7.0, 10.0)]
)
def test_points_are_read_from_the_scale_and_end_with_it(theta: float, points: float) -> None:
    assert ADAPTIVE.rules["scale"] == [list(pair) for pair in SCALE]
    assert staging.reported_points(ADAPTIVE, theta) == pytest.approx(points)
