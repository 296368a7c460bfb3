"""Parameters in force for item versions that candidates answered, for looks at their work."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.items import service
from item_bank.items.keys.store import keys_of
from item_bank.items.response_functions import StoredParameters, response_table


async def parameters_of_versions(session: AsyncSession, version_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return the parameters of those versions that say and ask what the parameters in force are of.

    The entries are those of ``ItemParameters.to_dict``, named by the ids of the versions.
    """
    versions = await service.versions_by_id(session, version_ids)
    records = await service.items_by_id(session, list({version.item_id for version in versions.values()}))
    current = {item_id: record.version for item_id, record in records.items()}
    keys = await keys_of(session, [*versions, *(version.id for version in current.values())])
    found: dict[UUID, StoredParameters] = {}
    for id_, version in versions.items():
        record = records[version.item_id]
        if record.parameters is None:
            continue
        now = current[version.item_id]
        is_same = id_ == now.id or (version.content_hash == now.content_hash and keys[id_].key == keys[now.id].key)
        if is_same:
            found[id_] = StoredParameters.of(record.parameters)
    if not found:
        return []
    return response_table([str(id_) for id_ in found], list(found.values())).to_dict()
