"""What answers have shown about an item: its calibrations one after another, and how often each option was chosen."""

import zlib
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.calibration import queries as calibration_queries
from item_bank.calibration.models import CalibrationItem, CalibrationRun
from item_bank.calibration.response_file import BLANK, NOT_SHOWN
from item_bank.items import service as items
from item_bank.reviewing import queries


@dataclass(frozen=True, slots=True)
class PastCalibration:
    """What one calibration found about an item, and which version of it was answered."""

    row: CalibrationItem
    run: CalibrationRun
    version_number: int


@dataclass(frozen=True, slots=True)
class OptionCounts:
    """How many candidates chose each option in a calibration, by option id; ``blank`` gave no answer."""

    calibration_id: UUID
    version_number: int
    counts: dict[str, int]
    blank: int


async def calibrations_of(session: AsyncSession, item_id: UUID) -> list[PastCalibration]:
    """Return what finished calibrations found about an item, latest first."""
    return [PastCalibration(*row) for row in await queries.calibrations_of(session, item_id)]


async def option_counts(session: AsyncSession, past: PastCalibration) -> OptionCounts:
    """Count the choices of an item's options behind a calibration."""
    version = (await items.versions_by_id(session, [past.row.item_version_id]))[past.row.item_version_id]
    options = [option["id"] for option in version.content.get("options", ())]
    packed = await calibration_queries.choices_of(session, past.run.id)
    table = np.frombuffer(zlib.decompress(packed), dtype=np.int8).reshape(past.run.n_candidates, -1)
    column = table[:, past.row.position]
    shown = column[column != NOT_SHOWN]
    return OptionCounts(
        calibration_id=past.run.id,
        version_number=past.version_number,
        counts={id_: int((shown == place).sum()) for place, id_ in enumerate(options)},
        blank=int((shown == BLANK).sum()),
    )
