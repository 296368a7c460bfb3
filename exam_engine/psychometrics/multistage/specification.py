"""What the modules, the routes and the set of panels must satisfy, in the terms of form assembly.

References
----------
van der Linden (2005), *Linear Models for Optimal Test Design*, ch. 10; Luecht, Brumfield & Breithaupt (2006), Applied
Measurement in Education 19, 189–202 (requirements of modules); Luo & Kim (2018), Journal of Educational Measurement 55,
243–263 (of routes).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from exam_engine.psychometrics.assembly.measures import Count
from exam_engine.psychometrics.assembly.pool import SpecificationError
from exam_engine.psychometrics.assembly.specification import (
    Maximin,
    MinimaxTarget,
    Range,
    Requirement,
    TestSpecification,
)
from exam_engine.psychometrics.multistage.structure import Route, check_structure, route_label

PanelObjective = Maximin | MinimaxTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleSpecification:
    """One module of every panel.

    Parameters
    ----------
    name : unique in the panel.
    stage : number of its stage, from 1.
    requirements : of this module alone, besides those of every module.
    objective : what the module contributes to the objective of the panel; nothing when None.
    """

    name: str
    stage: int
    requirements: tuple[Requirement, ...] = ()
    objective: PanelObjective | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteSpecification:
    """One route of every panel.

    Parameters
    ----------
    modules : names of one module a stage.
    requirements : of the items of this route alone, besides those of every route.
    objective : what the route contributes to the objective of the panel; nothing when None.
    """

    modules: Route
    requirements: tuple[Requirement, ...] = ()
    objective: PanelObjective | None = None


@dataclass(frozen=True, kw_only=True)
class PanelSpecification:
    """Modules, routes and their requirements. An item stands in at most one module of a panel, as does a stimulus.

    Parameters
    ----------
    modules : of all stages, those of a stage easiest first; each needs a length, its own or that of every module.
    routes : the sequences of modules that candidates may take, see ``adjacent_routes``.
    module_requirements : of every module.
    route_requirements : of every route.
    n_panels : parallel panels, all to the same requirements and as good as the best worst one.
    panel_use : in how many panels an item may stand; items that a module must include do not count.

    Raises
    ------
    SpecificationError
        ``repeated_module``, ``mixed_objectives``, ``out_of_range``, and what ``TestSpecification`` raises of the
        requirements of a module or route.
    MultistageError
        What ``check_structure`` raises.
    """

    modules: tuple[ModuleSpecification, ...]
    routes: tuple[RouteSpecification, ...]
    module_requirements: tuple[Requirement, ...] = ()
    route_requirements: tuple[Requirement, ...] = ()
    n_panels: int = 1
    panel_use: int = 1

    def __post_init__(self) -> None:
        """Check the structure, every module and every route."""
        repeated = [name for name, count in Counter(module.name for module in self.modules).items() if count > 1]
        if repeated:
            raise SpecificationError("repeated_module", f"there are two modules {repeated[0]!r}", module=repeated[0])
        check_structure(
            {module.name: module.stage for module in self.modules}, [route.modules for route in self.routes]
        )
        for name, value in (("n_panels", self.n_panels), ("panel_use", self.panel_use)):
            if value < 1:
                raise SpecificationError("out_of_range", f"{name} is {value}; at least 1", name=name)
        if len({type(objective) for objective in self.objectives}) > 1:
            raise SpecificationError(
                "mixed_objectives", "modules and routes aim at targets or at the largest minimum, not at both"
            )
        # Written once here, so that contradictions show at once and not in the middle of an assembly.
        _ = self.module_forms, self.route_forms

    @property
    def objectives(self) -> tuple[PanelObjective, ...]:
        """What modules and routes contribute to the objective of the panel."""
        given = [module.objective for module in self.modules] + [route.objective for route in self.routes]
        return tuple(objective for objective in given if objective is not None)

    @cached_property
    def module_forms(self) -> Mapping[str, TestSpecification]:
        """Module → what its items must satisfy, as the specification of one form."""
        return {
            module.name: TestSpecification(n_forms=1, requirements=(*self.module_requirements, *module.requirements))
            for module in self.modules
        }

    @cached_property
    def route_forms(self) -> Mapping[Route, TestSpecification]:
        """Route → what its items must satisfy; its length follows from the modules unless it is stated."""
        return {route.modules: self._route_form(route) for route in self.routes}

    def _route_form(self, route: RouteSpecification) -> TestSpecification:
        requirements = (*self.route_requirements, *route.requirements)
        if not any(isinstance(row, Range) and row.measure == Count() for row in requirements):
            ends = [self.module_forms[name].length for name in route.modules]
            least, most = (sum(end[side] for end in ends) for side in (0, 1))
            requirements = (*requirements, Range(Count(), least, most, name=f"length of {route_label(route.modules)}"))
        return TestSpecification(n_forms=1, requirements=requirements)
