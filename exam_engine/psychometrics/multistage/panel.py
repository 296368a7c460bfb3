"""An assembled panel: which items each module holds and which routes lead through the modules."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from exam_engine.psychometrics.multistage.errors import MultistageError
from exam_engine.psychometrics.multistage.structure import Route, check_structure, next_modules, route_label


@dataclass(frozen=True, slots=True)
class PanelModule:
    """A set of items given together.

    Attributes
    ----------
    name : unique in its panel.
    stage : number of the stage, from 1.
    item_ids : in the order of presentation.
    """

    name: str
    stage: int
    item_ids: tuple[str, ...]


@dataclass(frozen=True)
class Panel:
    """Modules and routes; the modules of a stage are named easiest first.

    Parameters
    ----------
    name : tells parallel panels apart.
    modules : of all stages.
    routes : the sequences of modules that candidates may take.

    Raises
    ------
    MultistageError
        ``repeated_module``, ``empty_module``, ``repeated_item`` when a route holds an item twice, and what
        ``check_structure`` raises.
    """

    name: str
    modules: tuple[PanelModule, ...]
    routes: tuple[Route, ...]

    def __post_init__(self) -> None:
        """Check the modules and routes."""
        repeated = [name for name, count in Counter(module.name for module in self.modules).items() if count > 1]
        if repeated:
            raise MultistageError("repeated_module", f"there are two modules {repeated[0]!r}", module=repeated[0])
        for module in self.modules:
            if not module.item_ids:
                raise MultistageError("empty_module", f"module {module.name!r} has no items", module=module.name)
        check_structure(self.stage_of, self.routes)
        for route in self.routes:
            twice = [item for item, count in Counter(self.route_items(route)).items() if count > 1]
            if twice:
                raise MultistageError(
                    "repeated_item",
                    f"route {route_label(route)} would show item {twice[0]!r} twice",
                    item=twice[0],
                    route=list(route),
                )

    @cached_property
    def stage_of(self) -> Mapping[str, int]:
        """Module → number of its stage."""
        return {module.name: module.stage for module in self.modules}

    @cached_property
    def items_of(self) -> Mapping[str, tuple[str, ...]]:
        """Module → its items."""
        return {module.name: module.item_ids for module in self.modules}

    @cached_property
    def item_ids(self) -> tuple[str, ...]:
        """Every item of the panel once, module by module."""
        return tuple(dict.fromkeys(item for module in self.modules for item in module.item_ids))

    @property
    def start(self) -> str:
        """The module that everybody starts with."""
        return next(module.name for module in self.modules if module.stage == 1)

    def route_items(self, path: Route) -> tuple[str, ...]:
        """Items of a route or of its first modules, in the order of presentation."""
        return tuple(item for name in path for item in self.items_of[name])

    def next_modules(self, path: Route) -> tuple[str, ...]:
        """Modules that may follow, easiest first; none at the end."""
        return next_modules(self.stage_of, self.routes, path)

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "name": self.name,
            "modules": [
                {"name": module.name, "stage": module.stage, "item_ids": list(module.item_ids)}
                for module in self.modules
            ],
            "routes": [list(route) for route in self.routes],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``to_dict`` wrote."""
        return cls(
            name=data["name"],
            modules=tuple(
                PanelModule(module["name"], module["stage"], tuple(module["item_ids"])) for module in data["modules"]
            ),
            routes=tuple(tuple(route) for route in data["routes"]),
        )
