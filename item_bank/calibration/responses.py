"""The stored responses of a run, whichever version of the software stored them."""

import zlib
from typing import Final

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.calibration import queries
from item_bank.calibration.models import CalibrationItem, CalibrationRun
from item_bank.calibration.response_matrix import ResponseMatrix, from_choices, is_packed
from item_bank.items import service as items_service
from item_bank.items.keys.store import keys_of
from item_bank.items.pool import key_place

_BLANK: Final = -1
_NOT_SHOWN: Final = -2
"""As runs of earlier versions stored them among the places of chosen options."""


async def responses_of(session: AsyncSession, run: CalibrationRun) -> ResponseMatrix:
    """Return the responses behind a run; its columns are the items in the order of their positions.

    Earlier versions kept the chosen options of single-choice items only; these are scored by the keys of the versions
    that were answered.
    """
    packed = await queries.packed_of(session, run.id)
    if is_packed(packed):
        return ResponseMatrix.unpack(packed)
    rows = [row for row, _ in await queries.items_of(session, run.id)]
    chosen = np.frombuffer(zlib.decompress(packed), dtype=np.int8).reshape(run.n_candidates, len(rows))
    return from_choices(chosen, await key_places(session, rows), blank=_BLANK, not_shown=_NOT_SHOWN, groups={})


async def key_places(session: AsyncSession, rows: list[CalibrationItem]) -> list[int]:
    """Return for each item the place of its right option in the version's order, −1 unless it is of single choice."""
    ids = [row.item_version_id for row in rows]
    keys, versions = await keys_of(session, ids), await items_service.versions_by_id(session, ids)
    places = []
    for id_ in ids:
        content = versions[id_].content
        right = key_place(keys[id_].key) if content["interaction"] == "single_choice" else ""
        options = [option["id"] for option in content.get("options", ())]
        places.append(options.index(right) if right in options else -1)
    return places
