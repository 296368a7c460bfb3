"""SQL of the syllabus."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.syllabus.models import Framework, SyllabusModule, SyllabusSection


async def framework_codes(session: AsyncSession) -> set[str]:
    """Return the codes of all frameworks."""
    return set((await session.exec(select(Framework.code))).all())


async def all_modules(session: AsyncSession) -> list[SyllabusModule]:
    """Return all modules in the order of the standard."""
    return list((await session.exec(select(SyllabusModule).order_by(col(SyllabusModule.position)))).all())


async def all_sections(session: AsyncSession) -> list[SyllabusSection]:
    """Return all sections, module by module in the order of the standard."""
    order = (col(SyllabusSection.module_code), col(SyllabusSection.position))
    return list((await session.exec(select(SyllabusSection).order_by(*order))).all())
