"""Rules of the syllabus: loading the shipped standard, looking up modules and sections."""

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.syllabus import queries
from item_bank.syllabus.models import Framework, SyllabusModule, SyllabusSection

SHIPPED = ("tt03_2014.toml",)


@dataclass(frozen=True, slots=True)
class Syllabus:
    """All modules and sections, for looking up by code."""

    modules: dict[str, SyllabusModule]
    sections: dict[str, SyllabusSection]

    def section_of(self, reference_code: str) -> str | None:
        """Return the section that a reference such as IU01.2.1 lies in, None when it is not known."""
        section = ".".join(reference_code.split(".")[:2])
        return section if section in self.sections else None

    def sections_of(self, module_code: str) -> list[SyllabusSection]:
        """Return the sections of a module in their order."""
        return [section for section in self.sections.values() if section.module_code == module_code]


async def load_shipped(session: AsyncSession) -> list[str]:
    """Load the frameworks that come with the program and are not stored yet; return their codes.

    What is stored stays as it is: a board may have mended the wording of a section.
    """
    known = await queries.framework_codes(session)
    loaded = []
    for name in SHIPPED:
        source = tomllib.loads((resources.files("item_bank.syllabus") / name).read_text(encoding="utf-8"))
        framework = Framework.model_validate(source["framework"])
        if framework.code not in known:
            session.add(framework)
            await session.flush()
            await _add_modules(session, framework.code, source["modules"])
            loaded.append(framework.code)
    return loaded


async def _add_modules(session: AsyncSession, framework_code: str, modules: list[dict[str, Any]]) -> None:
    for position, module in enumerate(modules, start=1):
        session.add(
            SyllabusModule(
                code=module["code"],
                framework_code=framework_code,
                name=module["name"],
                name_en=module["name_en"],
                standard_level=module["standard_level"],
                position=position,
            )
        )
    await session.flush()
    for module in modules:
        for position, name in enumerate(module.get("sections", ()), start=1):
            code = f"{module['code']}.{position}"
            session.add(
                SyllabusSection(
                    code=code, module_code=module["code"], name=name, source=module["source"], position=position
                )
            )
    await session.flush()


async def find_syllabus(session: AsyncSession) -> Syllabus:
    """Return all modules and sections."""
    modules = await queries.all_modules(session)
    sections = await queries.all_sections(session)
    return Syllabus({module.code: module for module in modules}, {section.code: section for section in sections})
