"""What refers to the parts of the syllabus: items by status, blueprints, successors."""

from collections import Counter, defaultdict

from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.blueprints import service as blueprints_service
from item_bank.items import references
from item_bank.syllabus.models import SyllabusSection
from item_bank.syllabus.service import Node, Syllabus


async def count_items(session: AsyncSession, syllabus: Syllabus) -> dict[str, Counter[str]]:
    """Return for each code how many items of each status refer to it or to anything in it.

    An item whose reference goes deeper than the syllabus knows counts at the deepest part known.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in await references.count_by_reference(session):
        steps = (syllabus.known_part(row.reference_code) or row.module_code).split(".")
        for length in range(1, len(steps) + 1):
            counts[".".join(steps[:length])][row.status] += row.count
    return dict(counts)


async def users_of(session: AsyncSession, syllabus: Syllabus, node: Node) -> list[str]:
    """Return what keeps a module or part from being removed: ``parts``, ``items``, ``blueprints``, ``predecessors``."""
    found = []
    if syllabus.children_of(node.code):
        found.append("parts")
    if await references.is_referred_to(session, node.code):
        found.append("items")
    if not isinstance(node, SyllabusSection) and await blueprints_service.names_module(session, node.code):
        found.append("blueprints")
    others: list[Node] = [*syllabus.modules.values(), *syllabus.parts.values()]
    if any(other.replaced_by == node.code for other in others):
        found.append("predecessors")
    return found
