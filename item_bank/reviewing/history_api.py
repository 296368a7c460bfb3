"""Routes about the life of an item: differences between its versions, what was done with it, what answers showed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from item_bank.items import service as items
from item_bank.reviewing import comparing, standing, statistics
from item_bank.reviewing.comments import may_read_keys
from item_bank.reviewing.differences import FactChange, ItemDifference, PartDifference
from item_bank.reviewing.history_schemas import (
    ChainLink,
    DifferenceView,
    EventView,
    FactChangeView,
    FormUseView,
    ItemPermit,
    ItemStatisticsView,
    LineView,
    OptionCountsView,
    PartChangeView,
    PastCalibrationView,
    TextChangeView,
    TimesUsedView,
    VersionBrief,
    WhereaboutsView,
)
from item_bank.reviewing.permits import ItemAct
from item_bank.reviewing.statistics import OptionCounts, PastCalibration
from item_bank.reviewing.text_differences import TextDifference

router = APIRouter(prefix="/api/items", tags=["item reviews"])


@router.get("/{item_id}/differences", dependencies=[requires(Permission.ITEM_READ)])
async def compare_versions(
    item_id: UUID,
    actor: ActorDep,
    session: ReadSessionDep,
    before: Annotated[int, Query(ge=1, description="Number of the older version.")],
    after: Annotated[int, Query(ge=1, description="Number of the newer version.")],
) -> DifferenceView:
    """What changed from one version to another, word by word; key and explanation only for those who may read keys."""
    with_key = may_read_keys(actor)
    compared = await comparing.compare_versions(session, item_id=item_id, before=before, after=after, with_key=with_key)
    found = compared.difference
    return DifferenceView(
        before=VersionBrief.model_validate(compared.before),
        after=VersionBrief.model_validate(compared.after),
        is_same=found.is_same,
        parts=[_part(part, found) for part in found.parts],
        settings=_facts(found.settings),
        metadata=_facts(found.metadata),
        stimulus=_text(found.stimulus),
        key=_facts(found.key) if with_key else None,
        model_answer=_text(found.model_answer) if with_key else None,
        explanation=_text(found.explanation) if with_key else None,
    )


@router.get("/{item_id}/whereabouts", dependencies=[requires(Permission.ITEM_READ)])
async def read_whereabouts(
    item_id: UUID, actor: ActorDep, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> WhereaboutsView:
    """What the reader may do with an item, what was done with it, and where it was used."""
    found = await standing.whereabouts(session, item_id, actor)
    item = found.record.item
    with_key = may_read_keys(actor)
    return WhereaboutsView(
        permits=[_permit(act, reason, item.status, catalogue, language) for act, reason in found.permits],
        events=[
            EventView(
                version_number=event.version_number,
                act=event.act,
                status_before=event.status_before,
                status_after=event.status_after,
                checklist=event.checklist,
                note=event.note if with_key else None,
                actor_name=event.actor_name,
                at=event.at,
            )
            for event in found.events
        ],
        chain=[
            ChainLink(id=link.id, code=link.code, status=link.status, is_this=link.id == item.id)
            for link in found.chain
        ],
        forms=[
            FormUseView(
                id=use.form.id,
                form_code=use.form.form_code,
                title=use.form.title,
                design=use.form.design,
                position=use.position,
                version_number=use.version_number,
                published_at=use.form.published_at,
            )
            for use in found.forms
        ],
        exposure=None
        if found.exposure is None
        else TimesUsedView(
            forms=found.exposure.forms,
            sittings=found.exposure.sittings,
            candidates=found.exposure.candidates,
            last_used=found.exposure.last_used,
        ),
    )


@router.get("/{item_id}/statistics", dependencies=[requires(Permission.ITEM_READ)])
async def read_statistics(item_id: UUID, actor: ActorDep, session: ReadSessionDep) -> ItemStatisticsView:
    """What each calibration found about an item; how often options were chosen only for those who may read keys."""
    await items.find_item(session, item_id, with_key=False)
    past = await statistics.calibrations_of(session, item_id)
    options = await statistics.option_counts(session, past[0]) if past and may_read_keys(actor) else None
    return ItemStatisticsView(
        calibrations=[_calibration(one) for one in past], options=None if options is None else _options(options)
    )


def _permit(act: ItemAct, reason_code: str | None, status: str, catalogue: Catalogue, language: Language) -> ItemPermit:
    reason = ""
    if reason_code is not None:
        told = catalogue.find(f"item_status.{status}", language) or status
        reason = catalogue.text(reason_code, language, {"status": told})
    return ItemPermit(act=act, is_allowed=reason_code is None, reason_code=reason_code, reason=reason)


def _part(part: PartDifference, difference: ItemDifference) -> PartChangeView:
    return PartChangeView(
        was_right=part.before is not None and part.before.place in difference.right_before,
        is_right=part.after is not None and part.after.place in difference.right_after,
        place_before=part.before.place if part.before else None,
        place_after=part.after.place if part.after else None,
        change=part.change,
        is_moved=part.is_moved,
        text=_text(part.text),
        facts=_facts(part.facts),
    )


def _text(text: TextDifference) -> TextChangeView:
    return TextChangeView(is_same=text.is_same, lines=[LineView.model_validate(line) for line in text.lines()])


def _facts(facts: tuple[FactChange, ...]) -> list[FactChangeView]:
    return [FactChangeView.model_validate(fact) for fact in facts]


def _calibration(past: PastCalibration) -> PastCalibrationView:
    row, run = past.row, past.run
    return PastCalibrationView(
        calibration_id=run.id,
        name=run.name,
        status=run.status,
        created_at=run.created_at,
        approved_at=run.approved_at,
        is_simulated=run.is_simulated,
        version_number=past.version_number,
        **row.model_dump(
            include={
                "excluded_reason", "is_anchor", "model", "a", "se_a", "b", "se_b", "c", "se_c", "steps", "se_steps",
                "p", "item_rest", "n", "flags",
            }
        ),
    )  # fmt: skip


def _options(options: OptionCounts) -> OptionCountsView:
    return OptionCountsView(
        calibration_id=options.calibration_id,
        version_number=options.version_number,
        counts=options.counts,
        blank=options.blank,
    )
