"""SQL of the syllabus."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.syllabus.models import Framework, SyllabusModule, SyllabusSection


async def all_frameworks(session: AsyncSession) -> list[Framework]:
    """Return all frameworks in their order."""
    order = (col(Framework.position), col(Framework.code))
    return list((await session.exec(select(Framework).order_by(*order))).all())


async def all_modules(session: AsyncSession) -> list[SyllabusModule]:
    """Return all modules, framework by framework in the order of the standard."""
    statement = (
        select(SyllabusModule)
        .join(Framework, col(Framework.code) == col(SyllabusModule.framework_code))
        .order_by(col(Framework.position), col(Framework.code), col(SyllabusModule.position), col(SyllabusModule.code))
    )
    return list((await session.exec(statement)).all())


async def all_sections(session: AsyncSession) -> list[SyllabusSection]:
    """Return all parts of modules: those of one depth before those below them, siblings in their order."""
    order = (
        col(SyllabusSection.depth),
        col(SyllabusSection.module_code),
        col(SyllabusSection.position),
        col(SyllabusSection.code),
    )
    return list((await session.exec(select(SyllabusSection).order_by(*order))).all())


async def lock_framework(session: AsyncSession, code: str) -> Framework | None:
    """Return a framework, locked against other changes of anything in it until the end of the transaction."""
    statement = select(Framework).where(Framework.code == code).with_for_update()
    return (await session.exec(statement.execution_options(populate_existing=True))).first()
