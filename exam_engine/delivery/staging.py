"""What comes next in a form that is not the same for everybody: modules of a multistage, items of an adaptive test.

Everything follows from the frozen rules of the form and the state stored with the attempt, so any worker can go on
where another stopped, and a step that is asked for twice is the same step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, assert_never
from uuid import UUID

import numpy as np

from exam_engine.forms.schemas import FormDesign
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


@dataclass(frozen=True)
class StagedForm:
    """A form whose items follow each other by rules; equal when the ids are, because forms never change."""

    form_id: UUID
    design: FormDesign = field(compare=False)
    rules: Mapping[str, Any] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Step:
    """Where a candidate stands: the state to store, the items (codes) to answer now, none when the test is over."""

    state: dict[str, Any]
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AbilityEstimate:
    """What the answers so far say, logits."""

    theta: float
    standard_error: float | None


def begin(form: StagedForm, seed: int) -> Step:
    """Return the first items of a candidate; the seed decides where the rules draw."""
    match form.design:
        case "adaptive":
            session = start_session(_adaptive_test(form), seed=seed)
            return _adaptive_step(session)
        case "multistage":
            raise NotImplementedError
        case "linear":
            raise ValueError("everybody gets all items of a linear form")
        case _:
            assert_never(form.design)


def proceed(form: StagedForm, state: Mapping[str, Any], scores: Mapping[str, int]) -> Step:
    """Return what follows the items of a state, answered with these scores (by item code; 0 for what was omitted)."""
    session = AdaptiveSession.from_dict(state)
    item = str(session.pending)
    return _adaptive_step(answer_item(_adaptive_test(form), session, item, scores[item]))


def ability(form: StagedForm, state: Mapping[str, Any]) -> AbilityEstimate:
    """Return the estimate of a test that is over."""
    result = session_result(_adaptive_test(form), AdaptiveSession.from_dict(state))
    return AbilityEstimate(result.theta, result.standard_error if np.isfinite(result.standard_error) else None)


def reported_points(form: StagedForm, theta: float) -> float:
    """Return the points that an ability earns on the form's scale; beyond its ends those of the ends."""
    abilities, points = np.array(form.rules["scale"], dtype=np.float64).T
    return float(np.interp(theta, abilities, points))


def _adaptive_step(session: AdaptiveSession) -> Step:
    return Step(session.to_dict(), () if session.pending is None else (session.pending,))


@lru_cache(maxsize=32)
def _adaptive_test(form: StagedForm) -> AdaptiveTest:
    rules = form.rules
    items = ItemParameters.from_dict(rules["items"])
    pool = AdaptivePool(
        items=items,
        areas=tuple(rules["areas"]),
        enemies=tuple(tuple(group) for group in rules["enemies"]),
    )
    return AdaptiveTest(pool, AdaptiveSettings.from_dict(rules["settings"]))
