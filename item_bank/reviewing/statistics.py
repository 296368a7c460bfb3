"""What answers have shown about an item: its calibrations one after another, and how often each option was chosen."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.calibration.models import CalibrationItem, CalibrationRun
from item_bank.calibration.response_matrix import NOT_REACHED, OMITTED
from item_bank.calibration.responses import responses_of
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


async def option_counts(session: AsyncSession, past: PastCalibration) -> OptionCounts | None:
    """Count the choices of an item's options behind a calibration; None where its source has scores only."""
    responses = await responses_of(session, past.run)
    if responses.chosen is None:
        return None
    version = (await items.versions_by_id(session, [past.row.item_version_id]))[past.row.item_version_id]
    if version.content["interaction"] != "single_choice":
        return None
    options = [option["id"] for option in version.content.get("options", ())]
    chosen, scores = responses.chosen[:, past.row.position], responses.scores[:, past.row.position]
    return OptionCounts(
        calibration_id=past.run.id,
        version_number=past.version_number,
        counts={id_: int((chosen == place).sum()) for place, id_ in enumerate(options)},
        blank=int(((scores == OMITTED) | (scores == NOT_REACHED)).sum()),
    )
