"""Which module follows: rules by cut scores on the interim estimate or on the number-correct score."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.multistage.errors import MultistageError
from exam_engine.psychometrics.multistage.panel import Panel
from exam_engine.psychometrics.multistage.structure import Route, paths, route_label

RoutingScore = Literal["EAP", "number_correct"]
"""What is compared with the cuts: the posterior mean in logits, or the sum of all item scores so far."""


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """What follows a path.

    Parameters
    ----------
    path : modules taken so far.
    modules : that may follow, easiest first.
    cuts : one less than the modules, increasing; at or above the first cut the second module follows, and so on.
    """

    path: Route
    modules: tuple[str, ...]
    cuts: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check the cuts."""
        place = f"after {route_label(self.path)}"
        if len(self.cuts) != len(self.modules) - 1:
            raise MultistageError(
                "bad_cuts", f"{place}: {len(self.modules)} modules need {len(self.modules) - 1} cuts, got {self.cuts}"
            )
        if not np.isfinite(self.cuts).all() or (np.diff(self.cuts) <= 0.0).any():
            raise MultistageError("bad_cuts", f"{place}: cuts {self.cuts} must be finite and increase")

    def choose(self, score: FloatArray | IntArray) -> IntArray:
        """(N,) position among ``modules`` for each score."""
        return np.searchsorted(np.array(self.cuts, dtype=np.float64), score, side="right")


@dataclass(frozen=True)
class Routing:
    """A rule for every path.

    Parameters
    ----------
    score : what the cuts are compared with.
    rules : one a path.
    """

    score: RoutingScore
    rules: tuple[RoutingRule, ...]

    def __post_init__(self) -> None:
        """Refuse a score that does not exist."""
        if self.score not in ("EAP", "number_correct"):
            raise MultistageError("unknown_option", f"routing score {self.score!r} is not one of EAP, number_correct")

    @cached_property
    def rule_of(self) -> Mapping[Route, RoutingRule]:
        """Path → its rule."""
        return {rule.path: rule for rule in self.rules}

    def refuse_other_panel(self, panel: Panel) -> None:
        """Check that the rules lead through the panel.

        Raises
        ------
        MultistageError
            ``rule_missing`` or ``rule_elsewhere``.
        """
        for path in paths(panel.routes):
            rule = self.rule_of.get(path)
            if rule is None:
                raise MultistageError("rule_missing", f"no rule says what follows {route_label(path)}", path=list(path))
            if sorted(rule.modules) != sorted(panel.next_modules(path)):
                raise MultistageError(
                    "rule_elsewhere",
                    f"after {route_label(path)} the rule names {list(rule.modules)}, the panel's routes "
                    f"{list(panel.next_modules(path))}",
                    path=list(path),
                )

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "score": self.score,
            "rules": [
                {"path": list(rule.path), "modules": list(rule.modules), "cuts": list(rule.cuts)} for rule in self.rules
            ],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``to_dict`` wrote."""
        return cls(
            score=data["score"],
            rules=tuple(
                RoutingRule(tuple(rule["path"]), tuple(rule["modules"]), tuple(rule["cuts"])) for rule in data["rules"]
            ),
        )
