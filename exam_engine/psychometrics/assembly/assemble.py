"""Assembly of parallel forms: count, solve, verify."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import OptimizeResult

from exam_engine.psychometrics.arrays import IntArray
from exam_engine.psychometrics.assembly.infeasibility import InfeasibleError, find_contradiction, find_shortages
from exam_engine.psychometrics.assembly.model import PROVED_INFEASIBLE, SOLVED, build_model
from exam_engine.psychometrics.assembly.specification import ItemPool, TestSpecification
from exam_engine.psychometrics.assembly.verification import Violation, check_forms
from exam_engine.psychometrics.response_functions import expected_item_scores, fisher_information


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblySettings:
    """When the solver may stop. None of it depends on the clock, so the same input gives the same forms anywhere.

    Parameters
    ----------
    relative_gap : stop when the information at θ_cut is proved to be within this fraction of the best possible.
    node_limit : branch-and-bound nodes after which the best forms found so far are taken.
    target_tolerance : closeness of information asked of the solver first, when tighter than the specification's; the
        specification's own is used only if this one fails.
    """

    relative_gap: float = 0.01
    node_limit: int = 1_000
    target_tolerance: float = 0.02

    def __post_init__(self) -> None:
        """Refuse numbers that cannot work."""
        if not 0.0 <= self.relative_gap < 1.0:
            raise ValueError(f"relative_gap is {self.relative_gap}; it must be in [0, 1)")
        if self.node_limit < 1:
            raise ValueError(f"node_limit is {self.node_limit}; at least 1 is needed")
        if not self.target_tolerance > 0.0:
            raise ValueError(f"target_tolerance is {self.target_tolerance}; it must be positive")


@dataclass(frozen=True, slots=True)
class AssembledForm:
    """One form and its figures.

    Attributes
    ----------
    item_ids : in the order of the pool.
    information : at each of the result's ``thetas``.
    expected_score : expected number right at θ_cut.
    seconds : total expected seconds; None when the pool does not know them.
    """

    item_ids: tuple[str, ...]
    information: tuple[float, ...]
    expected_score: float
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyResult:
    """Verified forms and the proof of how good they are.

    Attributes
    ----------
    forms : as many as specified.
    thetas : abilities of the forms' ``information``, θ_cut first.
    objective : information at θ_cut of the least informative form.
    bound : proved upper bound of ``objective`` for any forms with information within ``information_tolerance``.
    gap : (bound − objective) / objective.
    status : ``optimal`` when the gap asked for was reached, ``node_limit`` when the solver stopped before.
    information_tolerance : closeness of information the solver worked with.
    nodes : branch-and-bound nodes.
    """

    forms: tuple[AssembledForm, ...]
    thetas: tuple[float, ...]
    objective: float
    bound: float
    gap: float
    status: Literal["optimal", "node_limit"]
    information_tolerance: float
    nodes: int


class AssemblyStoppedError(RuntimeError):
    """The solver gave no usable forms though it did not prove that none exist.

    Attributes
    ----------
    code : ``node_limit`` (raise the limit or loosen the specification) or ``unverified`` (the solver's forms failed
        the independent check, listed in ``violations``).
    """

    def __init__(
        self, code: Literal["node_limit", "unverified"], message: str, violations: tuple[Violation, ...] = ()
    ) -> None:
        super().__init__(message)
        self.code = code
        self.violations = violations


def assemble_forms(
    pool: ItemPool, specification: TestSpecification, settings: AssemblySettings | None = None
) -> AssemblyResult:
    """Choose items for parallel forms, making the least informative form at θ_cut as informative as possible.

    Parameters
    ----------
    pool, specification : see there.
    settings : defaults when None.

    Raises
    ------
    SpecificationError
        When the specification speaks of what the pool does not have.
    InfeasibleError
        When no forms exist, naming the shortages or the requirements that exclude each other.
    AssemblyStoppedError
        When the node limit came before any forms.

    References
    ----------
    van der Linden (2005), *Linear Models for Optimal Test Design*, ch. 5–6.
    """
    settings = settings or AssemblySettings()
    specification.refuse_unknown_names(pool)
    shortages = find_shortages(pool, specification)
    if shortages:
        raise InfeasibleError("shortages", shortages, is_minimal=True)
    tight = settings.target_tolerance
    if tight < specification.information_tolerance:
        model = build_model(pool, specification, tight)
        solution = model.solve(relative_gap=settings.relative_gap, node_limit=settings.node_limit)
        if solution.x is not None:
            return _verified(pool, specification, model.chosen(solution.x), tight, solution)
    model = build_model(pool, specification, specification.information_tolerance)
    solution = model.solve(relative_gap=settings.relative_gap, node_limit=settings.node_limit)
    if solution.x is not None:
        tolerance = specification.information_tolerance
        return _verified(pool, specification, model.chosen(solution.x), tolerance, solution)
    if solution.status == PROVED_INFEASIBLE:
        raise find_contradiction(model, node_limit=settings.node_limit)
    raise AssemblyStoppedError("node_limit", f"no forms found within {settings.node_limit} branch-and-bound nodes")


def _verified(
    pool: ItemPool,
    specification: TestSpecification,
    chosen: list[IntArray],
    tolerance: float,
    solution: OptimizeResult,
) -> AssemblyResult:
    theta = np.array(specification.thetas)
    information = fisher_information(theta, pool.parameters)
    expected_score = expected_item_scores(theta[:1], pool.parameters)[0]
    forms: list[AssembledForm] = []
    for items in chosen:
        seconds = None if pool.expected_seconds is None else float(pool.expected_seconds[items].sum())
        forms.append(
            AssembledForm(
                item_ids=tuple(pool.item_ids[index] for index in items),
                information=tuple(information[:, items].sum(axis=1).tolist()),
                expected_score=float(expected_score[items].sum()),
                seconds=seconds,
            )
        )
    violations = check_forms(pool, specification, [form.item_ids for form in forms])
    if violations:
        raise AssemblyStoppedError(
            "unverified", f"the solver's forms fail {len(violations)} check(s), first {violations[0]}", violations
        )
    objective = min(form.information[0] for form in forms)
    # The solver minimises, so its proved bound is the negative of ours; rounding may leave it a hair on the wrong side.
    bound = max(-float(solution.mip_dual_bound), objective)
    return AssemblyResult(
        forms=tuple(forms),
        thetas=specification.thetas,
        objective=objective,
        bound=bound,
        gap=(bound - objective) / objective,
        status="optimal" if solution.status == SOLVED else "node_limit",
        information_tolerance=tolerance,
        nodes=int(solution.mip_node_count),
    )
