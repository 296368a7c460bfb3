"""Two stored versions of an item side by side, as far as the reader may see them."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.items import queries as item_queries
from item_bank.items.keys.store import keys_of
from item_bank.items.models import ItemVersion
from item_bank.reviewing import queries
from item_bank.reviewing.differences import ItemDifference, ItemSide, Value, compare_items
from item_bank.reviewing.errors import VersionNotFoundError


@dataclass(frozen=True, slots=True)
class ComparedVersions:
    """Two versions and what changed from the one to the other."""

    before: ItemVersion
    after: ItemVersion
    difference: ItemDifference


async def compare_versions(
    session: AsyncSession, *, item_id: UUID, before: int, after: int, with_key: bool
) -> ComparedVersions:
    """Compare two versions of one item; without ``with_key`` neither key nor explanation is read.

    Raises
    ------
    VersionNotFoundError
    """
    versions = [await queries.find_version(session, item_id, number) for number in (before, after)]
    old, new = versions
    if old is None or new is None:
        raise VersionNotFoundError
    return ComparedVersions(
        old, new, compare_items(await _side(session, old, with_key), await _side(session, new, with_key))
    )


async def _side(session: AsyncSession, version: ItemVersion, with_key: bool) -> ItemSide:
    key = (await keys_of(session, [version.id])).get(version.id) if with_key else None
    metadata: dict[str, Value] = {
        "module_code": version.module_code,
        "reference_code": version.reference_code,
        "cognitive_level": version.cognitive_level,
        "points": version.points,
        "expected_seconds": version.expected_seconds,
        "source": version.source,
        "tags": list(version.tags),
        "stimulus": None,
    }
    stimulus = ""
    if version.stimulus_version_id is not None:
        found = await item_queries.stimulus_of(session, version.stimulus_version_id)
        if found is not None:
            metadata["stimulus"] = f"{found[0].code} · {found[1].title}"
            stimulus = found[1].content
    return ItemSide(
        content=version.content,
        metadata=metadata,
        key=key.key if key else None,
        explanation=key.explanation if key else "",
        stimulus=stimulus,
    )
