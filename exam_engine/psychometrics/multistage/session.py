"""A multistage test with one candidate: module, scores, next module … result; the state is a plain value.

Everything follows from the modules taken and the scores, so that a server may store the state after each module and go
on after a crash, with the same next module and the same result.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from exam_engine.psychometrics.ability.classification import classification_probabilities
from exam_engine.psychometrics.arrays import FloatArray, ScoreArray
from exam_engine.psychometrics.multistage.errors import MultistageError
from exam_engine.psychometrics.multistage.estimation import estimates_by_pattern
from exam_engine.psychometrics.multistage.multistage_test import MultistageTest
from exam_engine.psychometrics.multistage.structure import Route
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix


@dataclass(frozen=True, slots=True)
class MultistageSession:
    """How far a candidate is.

    Attributes
    ----------
    panel : name of the panel.
    path : modules given so far, the current one included.
    scores : item scores of each completed module, in the order of its items.
    """

    panel: str
    path: Route
    scores: tuple[tuple[int, ...], ...] = ()

    @property
    def current_module(self) -> str | None:
        """The module whose answers are awaited; None when the test is over."""
        return self.path[-1] if len(self.scores) < len(self.path) else None

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"panel": self.panel, "path": list(self.path), "scores": [list(scores) for scores in self.scores]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``to_dict`` wrote."""
        return cls(data["panel"], tuple(data["path"]), tuple(tuple(scores) for scores in data["scores"]))


@dataclass(frozen=True, slots=True)
class MultistageResult:
    """What is known of a candidate, after the test or between modules.

    Attributes
    ----------
    theta, standard_error : estimate, logits; by EAP as long as the test is not over.
    path : modules completed.
    number_correct : sum of the scores of each of them.
    category : number of the category among those the cuts separate, 0 the lowest; None without cuts.
    category_probability : posterior probability of each category under the test's prior; empty without cuts.
    is_final : whether the test is over.
    """

    theta: float
    standard_error: float
    path: Route
    number_correct: tuple[int, ...]
    category: int | None
    category_probability: tuple[float, ...]
    is_final: bool

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object; an estimate that is not finite is null."""
        return {
            "theta": self.theta if np.isfinite(self.theta) else None,
            "standard_error": self.standard_error if np.isfinite(self.standard_error) else None,
            "path": list(self.path),
            "number_correct": list(self.number_correct),
            "category": self.category,
            "category_probability": list(self.category_probability),
            "is_final": self.is_final,
        }


def start_multistage_session(test: MultistageTest) -> MultistageSession:
    """A session at the first module."""
    return MultistageSession(test.panel.name, (test.panel.start,))


def module_items(test: MultistageTest, session: MultistageSession) -> tuple[str, ...]:
    """Items of the current module in the order of presentation; none when the test is over.

    Raises
    ------
    MultistageError
        ``other_panel``.
    """
    _refuse_other_panel(test, session)
    return () if session.current_module is None else test.panel.items_of[session.current_module]


def answer_module(
    test: MultistageTest, session: MultistageSession, scores: Sequence[int] | Mapping[str, int]
) -> MultistageSession:
    """The session after the current module; its next module is chosen by the routing.

    Parameters
    ----------
    scores : of every item of the current module, in the order of presentation or by item id; 0 for one left blank.

    Raises
    ------
    MultistageError
        ``test_over``, ``other_panel``, ``scores_missing`` or ``score_outside`` naming the item.
    """
    items = module_items(test, session)
    if session.current_module is None:
        raise MultistageError("test_over", "the last module has been answered; there is nothing left to score")
    if isinstance(scores, Mapping):
        if set(scores) != set(items):
            missing, strange = sorted(set(items) - set(scores)), sorted(set(scores) - set(items))
            raise MultistageError(
                "scores_missing",
                f"module {session.current_module!r} needs one score for each of its items; missing {missing}, not of "
                f"the module {strange}",
                missing=missing,
                strange=strange,
            )
        given = tuple(int(scores[item]) for item in items)
    else:
        given = tuple(int(score) for score in scores)
        if len(given) != len(items):
            raise MultistageError(
                "scores_missing",
                f"module {session.current_module!r} has {len(items)} items, got {len(given)} scores",
                module=session.current_module,
            )
    highest = test.items_of[session.current_module].max_scores.tolist()
    for item, score, most in zip(items, given, highest, strict=True):
        if not 0 <= score <= most:
            raise MultistageError(
                "score_outside", f"item {item!r}: score {score} is outside 0 … {most}", item=item, score=score
            )
    answered = replace(session, scores=(*session.scores, given))
    rule = test.routing.rule_of.get(answered.path)
    if rule is None:
        return answered
    if test.routing.score == "number_correct":
        value = np.array([float(sum(map(sum, answered.scores)))])
    else:
        value = test.moments(_log_posterior(test, answered))[0]
    return replace(answered, path=(*answered.path, rule.modules[int(rule.choose(value)[0])]))


def multistage_result(test: MultistageTest, session: MultistageSession) -> MultistageResult:
    """What is known of the candidate; final when the test is over.

    Raises
    ------
    MultistageError
        ``other_panel``.
    """
    _refuse_other_panel(test, session)
    number_correct = tuple(map(sum, session.scores))
    path = session.path[: len(session.scores)]
    is_final = session.current_module is None
    scores = _score_row(test, session)
    if is_final and test.estimator == "number_correct":
        table = test.score_tables[path]
        theta, error = table.theta[sum(number_correct)], table.standard_error[sum(number_correct)]
    elif is_final and test.estimator != "EAP":
        (theta,), (error,) = estimates_by_pattern(test, scores)
    else:
        (theta,), (error,) = test.moments(_log_posterior(test, session))
    category: int | None = None
    probability: FloatArray = np.empty(0)
    if test.cuts:
        category = int(np.searchsorted(np.array(test.cuts), theta, side="right"))
        responses = ResponseMatrix(scores=scores, item_names=test.panel.item_ids, weights=np.ones(1))
        probability = classification_probabilities(responses, test.items, test.cuts, test.prior)[0]
    return MultistageResult(
        theta=float(theta),
        standard_error=float(error),
        path=path,
        number_correct=number_correct,
        category=category,
        category_probability=tuple(probability.tolist()),
        is_final=is_final,
    )


def _log_posterior(test: MultistageTest, session: MultistageSession) -> FloatArray:
    log_posterior = test.log_prior[None, :].copy()
    for module, scores in zip(session.path, session.scores, strict=False):
        log_posterior += test.likelihood_of[module](np.array([scores], dtype=np.int8))
    return log_posterior


def _score_row(test: MultistageTest, session: MultistageSession) -> ScoreArray:
    places = {item: place for place, item in enumerate(test.panel.item_ids)}
    row: ScoreArray = np.full((1, len(places)), NOT_PRESENTED, dtype=np.int8)
    for module, scores in zip(session.path, session.scores, strict=False):
        row[0, [places[item] for item in test.panel.items_of[module]]] = scores
    return row


def _refuse_other_panel(test: MultistageTest, session: MultistageSession) -> None:
    if session.panel != test.panel.name:
        raise MultistageError(
            "other_panel",
            f"the session is of panel {session.panel!r}, the test of panel {test.panel.name!r}",
            panel=session.panel,
        )
