"""Rules of the syllabus: loading the shipped standards, looking up frameworks, modules and what lies in them."""

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import resources
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.syllabus import queries
from item_bank.syllabus.models import Framework, SyllabusModule, SyllabusSection

SHIPPED = ("tt03_2014.toml", "tt02_2025.toml")

Node = SyllabusModule | SyllabusSection
"""A module or a part of one at any depth: whatever an item may refer to."""


@dataclass(frozen=True)
class Syllabus:
    """All frameworks with their modules and everything in them, for looking up by code."""

    frameworks: dict[str, Framework]
    modules: dict[str, SyllabusModule]
    parts: dict[str, SyllabusSection]

    @cached_property
    def sections(self) -> dict[str, SyllabusSection]:
        """The parts directly below a module."""
        return {code: part for code, part in self.parts.items() if part.depth == 1}

    @cached_property
    def _children(self) -> dict[str, list[SyllabusSection]]:
        below: defaultdict[str, list[SyllabusSection]] = defaultdict(list)
        for part in self.parts.values():
            below[part.parent_code or part.module_code].append(part)
        return below

    def node(self, code: str) -> Node | None:
        """Return the module or part of that code, None when there is none."""
        return self.modules.get(code) or self.parts.get(code)

    def section_of(self, reference_code: str) -> str | None:
        """Return the section that a reference such as IU01.2.1 lies in, None when it is not known."""
        section = ".".join(reference_code.split(".")[:2])
        return section if section in self.sections else None

    def sections_of(self, module_code: str) -> list[SyllabusSection]:
        """Return the sections of a module in their order."""
        return list(self._children.get(module_code, ()))

    def children_of(self, code: str) -> list[SyllabusSection]:
        """Return what lies directly in a module or part, in its order."""
        return list(self._children.get(code, ()))

    def modules_of(self, framework_code: str) -> list[SyllabusModule]:
        """Return the modules of a framework in their order."""
        return [module for module in self.modules.values() if module.framework_code == framework_code]

    def nodes_of(self, framework_code: str) -> list[Node]:
        """Return everything in a framework in reading order: each node before what lies in it."""
        found: list[Node] = []
        waiting: list[Node] = [*reversed(self.modules_of(framework_code))]
        while waiting:
            node = waiting.pop()
            found.append(node)
            waiting.extend(reversed(self._children.get(node.code, ())))
        return found

    def framework_of(self, node: Node) -> Framework:
        """Return the framework that a node lies in."""
        module = node if isinstance(node, SyllabusModule) else self.modules[node.module_code]
        return self.frameworks[module.framework_code]

    def known_part(self, reference_code: str) -> str | None:
        """Return the deepest known code that a reference such as IU01.2.1.9 lies in, None outside all modules."""
        steps = reference_code.split(".")
        candidates = (".".join(steps[:length]) for length in range(len(steps), 0, -1))
        return next((code for code in candidates if self.node(code) is not None), None)

    def is_in_force(self, code: str, day: date) -> bool:
        """Whether a node and everything above it is in force on a day."""
        node = self.node(code)
        if node is None:
            return False
        framework = self.framework_of(node)
        if not framework.valid_from <= day <= (framework.valid_to or day):
            return False
        while node is not None:
            if not (node.valid_from or day) <= day <= (node.valid_to or day):
                return False
            above = node.parent_code or node.module_code if isinstance(node, SyllabusSection) else None
            node = self.node(above) if above is not None else None
        return True


async def load_shipped(session: AsyncSession) -> list[str]:
    """Load the frameworks that come with the program and are not stored yet; return their codes.

    What is stored stays as it is: a board may have mended the wording of a section.
    """
    known = {framework.code for framework in await queries.all_frameworks(session)}
    loaded = []
    for position, name in enumerate(SHIPPED, start=1):
        source = tomllib.loads((resources.files("item_bank.syllabus") / name).read_text(encoding="utf-8"))
        framework = Framework.model_validate({**source["framework"], "position": position})
        if framework.code not in known:
            session.add(framework)
            await session.flush()
            await _add_modules(session, framework.code, source["modules"])
            loaded.append(framework.code)
    return loaded


async def _add_modules(session: AsyncSession, framework_code: str, modules: list[dict[str, Any]]) -> None:
    for position, module in enumerate(modules, start=1):
        facts = {name: value for name, value in module.items() if name != "parts"}
        session.add(SyllabusModule(framework_code=framework_code, position=position, **facts))
    await session.flush()
    parts = [part for module in modules for part in _shipped_parts(module)]
    for depth in sorted({part.depth for part in parts}):
        # A part refers to the one above it, so they enter one depth after the other.
        session.add_all([part for part in parts if part.depth == depth])
        await session.flush()


def _shipped_parts(module: dict[str, Any]) -> list[SyllabusSection]:
    siblings: defaultdict[str, int] = defaultdict(int)
    parts = []
    for code, facts in module.get("parts", {}).items():
        above = code.rpartition(".")[0]
        siblings[above] += 1
        parts.append(
            SyllabusSection(
                code=code,
                module_code=module["code"],
                parent_code=above if above != module["code"] else None,
                depth=code.count("."),
                position=siblings[above],
                **facts,
            )
        )
    return parts


async def find_syllabus(session: AsyncSession) -> Syllabus:
    """Return all frameworks, modules and parts of modules."""
    frameworks = await queries.all_frameworks(session)
    modules = await queries.all_modules(session)
    parts = await queries.all_sections(session)
    return Syllabus(
        {framework.code: framework for framework in frameworks},
        {module.code: module for module in modules},
        {part.code: part for part in parts},
    )
