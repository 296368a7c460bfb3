"""What assembly of panels gives back: verified panels, the value reached, the proven bound and the gap between them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from exam_engine.psychometrics.assembly.measures import Measure, measure_data
from exam_engine.psychometrics.assembly.result import StopReason
from exam_engine.psychometrics.assembly.verification import Violation
from exam_engine.psychometrics.multistage.panel import Panel
from exam_engine.psychometrics.multistage.rows import PanelRowName, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSettings:
    """When a search for panels may stop. Nothing depends on the clock unless ``cpu_seconds`` is given.

    Parameters
    ----------
    relative_gap : stop when the value is proved to be within this fraction of the best possible.
    nodes : branch-and-bound nodes of any one programme; None for 100.
    cpu_seconds : CPU time of this process; None for no limit. With it, results depend on the machine.
    surplus : what becomes of information that the smallest goal of a maximin leaves free: ``maximise`` gives the other
        goals as much in sum as they can have, ``leave`` takes the first panel found, which saves good items. Of several
        panels it is always left, because the first would take it all.
    seed : of the solver's tie-breaking.
    """

    relative_gap: float = 0.01
    nodes: int | None = None
    cpu_seconds: float | None = None
    surplus: Literal["maximise", "leave"] = "maximise"
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse numbers that cannot work."""
        if not 0.0 <= self.relative_gap < 1.0:
            raise ValueError(f"relative_gap is {self.relative_gap}; it must be in [0, 1)")
        for name in ("nodes", "cpu_seconds"):
            limit = getattr(self, name)
            if limit is not None and not limit > 0:
                raise ValueError(f"{name} is {limit}; it must be positive")
        if self.surplus not in ("maximise", "leave"):
            raise ValueError(f"surplus {self.surplus!r} is not one of maximise, leave")


@dataclass(frozen=True, slots=True)
class PanelGoal:
    """A measure of the objective in one panel, recomputed from its items.

    Attributes
    ----------
    panel : name of the panel.
    scope, place : module or route, and its name.
    measure : what is measured.
    value : how much of it there is.
    target : what was aimed at; None for maximin.
    """

    panel: str
    scope: Scope
    place: str
    measure: Measure
    value: float
    target: float | None

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "panel": self.panel,
            "scope": self.scope,
            "place": self.place,
            **measure_data(self.measure),
            "value": self.value,
            "target": self.target,
        }


@dataclass(frozen=True, slots=True)
class PanelViolation:
    """A requirement that the panels do not meet.

    Attributes
    ----------
    panel : name of the panel, empty when it concerns the set of panels.
    scope, place : module or route and its name; place is empty for a panel or the set of panels.
    violation : what was required and what was found; its form is None.
    """

    panel: str
    scope: Scope
    place: str
    violation: Violation

    def to_dict(self) -> Mapping[str, Any]:
        """As a JSON object."""
        return {
            "panel": self.panel,
            "scope": self.scope,
            "place": self.place,
            "code": self.violation.code,
            "data": dict(self.violation.data),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelAssembly:
    """Verified panels and the proof of how good they are.

    Attributes
    ----------
    panels : as many as specified, named ``1``, ``2`` …
    goals : the objective's measures in every panel.
    value : the smallest goal/weight (maximin), the largest deviation (targets), 0 without an objective.
    bound : no panels at all can be better than this.
    gap : |bound − value| / max(|bound|, |value|) for maximin; value − bound for targets.
    stop_reason : why the search ended.
    nodes : branch-and-bound nodes over all programmes.
    """

    panels: tuple[Panel, ...]
    goals: tuple[PanelGoal, ...]
    value: float
    bound: float
    gap: float
    stop_reason: StopReason
    nodes: int

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "panels": [panel.to_dict() for panel in self.panels],
            "goals": [goal.to_dict() for goal in self.goals],
            "value": self.value,
            "bound": self.bound if math.isfinite(self.bound) else None,
            "gap": self.gap if math.isfinite(self.gap) else None,
            "stop_reason": self.stop_reason,
            "nodes": self.nodes,
        }


class PanelInfeasibleError(ValueError):
    """No panels meet the specification.

    Attributes
    ----------
    code : ``infeasible``.
    conflict : requirements that cannot be met together in one panel, even in fractions of items, none of them
        superfluous; empty when fractions would do, or when one panel exists but not as many as specified.
    """

    code = "infeasible"

    def __init__(self, message: str, conflict: tuple[PanelRowName, ...]) -> None:
        super().__init__(message)
        self.conflict = conflict

    @property
    def data(self) -> dict[str, Any]:
        """The conflict as JSON values."""
        return {"conflict": [name.to_dict() for name in self.conflict]}


class PanelStoppedError(RuntimeError):
    """The search gave no usable panels though it did not prove that none exist.

    Attributes
    ----------
    code : ``limit`` (raise the limit or loosen the specification), ``incomplete`` (no further panel beside those found)
        or ``unverified`` (panels failed the independent check).
    violations : what the check found.
    """

    def __init__(
        self,
        code: Literal["limit", "incomplete", "unverified"],
        message: str,
        violations: tuple[PanelViolation, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.violations = violations
