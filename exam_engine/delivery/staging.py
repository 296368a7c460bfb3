"""What comes next in a form that is not the same for everybody: modules of a multistage, items of an adaptive test.

Everything follows from the frozen rules of the form and the state stored with the attempt, so any worker can go on
where another stopped, and a step that is asked for twice is the same step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

import numpy as np

from exam_engine.psychometrics.adaptive import (
    AdaptivePool,
    AdaptiveSession,
    AdaptiveSettings,
    AdaptiveTest,
    answer_item,
    session_result,
    start_session,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.multistage import (
    MultistageSession,
    MultistageTest,
    answer_module,
    module_items,
    multistage_result,
    start_multistage_session,
)

StagedDesign = Literal["multistage", "adaptive"]


@dataclass(frozen=True)
class StagedForm:
    """A form whose items follow each other by rules; equal when the ids are, because forms never change.

    Attributes
    ----------
    rules : ``scale``, pairs of ability and points; for a multistage form ``test`` (see ``MultistageTest.to_dict``); for
        an adaptive one ``items``, ``areas``, ``enemies`` and ``settings``. Items go by their codes.
    """

    form_id: UUID
    design: StagedDesign = field(compare=False)
    rules: Mapping[str, Any] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Step:
    """Where a candidate stands: the state to store, the items (codes) to answer now, none when the test is over."""

    state: dict[str, Any]
    items: tuple[str, ...]


def begin(form: StagedForm, seed: int) -> Step:
    """Return the first items of a candidate; the seed decides where the rules draw."""
    if form.design == "multistage":
        test = _multistage_test(form)
        return _multistage_step(test, start_multistage_session(test))
    return _adaptive_step(start_session(_adaptive_test(form), seed=seed))


def proceed(form: StagedForm, state: Mapping[str, Any], scores: Mapping[str, int]) -> Step:
    """Return what follows the items of a state, answered with these scores (by item code; 0 for what was omitted)."""
    if form.design == "multistage":
        test = _multistage_test(form)
        return _multistage_step(test, answer_module(test, MultistageSession.from_dict(state), scores))
    session = AdaptiveSession.from_dict(state)
    item = str(session.pending)
    return _adaptive_step(answer_item(_adaptive_test(form), session, item, scores[item]))


def ability(form: StagedForm, state: Mapping[str, Any]) -> float:
    """Return the estimate (logits) of a test that is over."""
    if form.design == "multistage":
        return multistage_result(_multistage_test(form), MultistageSession.from_dict(state)).theta
    return session_result(_adaptive_test(form), AdaptiveSession.from_dict(state)).theta


def reported_points(form: StagedForm, theta: float) -> float:
    """Return the points that an ability earns on the form's scale; beyond its ends those of the ends."""
    abilities, points = np.array(form.rules["scale"], dtype=np.float64).T
    return float(np.interp(theta, abilities, points))


def _multistage_step(test: MultistageTest, session: MultistageSession) -> Step:
    return Step(session.to_dict(), module_items(test, session))


def _adaptive_step(session: AdaptiveSession) -> Step:
    return Step(session.to_dict(), () if session.pending is None else (session.pending,))


@lru_cache(maxsize=32)
def _multistage_test(form: StagedForm) -> MultistageTest:
    return MultistageTest.from_dict(form.rules["test"])


@lru_cache(maxsize=32)
def _adaptive_test(form: StagedForm) -> AdaptiveTest:
    rules = form.rules
    pool = AdaptivePool(
        items=ItemParameters.from_dict(rules["items"]),
        areas=tuple(rules["areas"]),
        enemies=tuple(tuple(group) for group in rules["enemies"]),
    )
    return AdaptiveTest(pool, AdaptiveSettings.from_dict(rules["settings"]))
