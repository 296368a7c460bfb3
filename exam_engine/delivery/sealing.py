"""Sealing the papers of a sitting, and making it ready."""

import hashlib
import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.errors import NotFoundError
from exam_engine.delivery import log_rows, queries
from exam_engine.delivery.models import SealedPaper
from exam_engine.delivery.paper_media import packed_media
from exam_engine.delivery.papers import additional_data, seal, wrap_key
from exam_engine.delivery.sectioning import OrderedPaper, ordered_paper
from exam_engine.forms import service as forms
from exam_engine.forms.schemas import DeskTools
from exam_engine.sittings import sections
from exam_engine.sittings import service as sittings
from exam_engine.sittings.errors import SittingNotReadyError
from exam_engine.sittings.section_plan import PlannedSection, form_faults


def shuffle_seed(sitting_id: UUID, form_id: UUID, variant: int) -> int:
    """Return the seed of a shuffle; it is stored with the paper, so that the order can be made again for ever."""
    digest = hashlib.sha256(f"{sitting_id}:{form_id}:{variant}".encode()).digest()
    return int.from_bytes(digest[:7], "big")


async def make_ready(
    session: AsyncSession,
    *,
    sitting_id: UUID,
    master_key: bytes,
    actor: Actor,
    now: datetime,
    rng: random.Random,
) -> tuple[str, int]:
    """Make a sitting ready and seal the papers its seats ask for; returns the access code and the number of papers.

    Raises
    ------
    SittingNotReadyError
        Names everything that is missing.
    SittingNotDraftError, NotFoundError
    """
    plan = await sittings.paper_plan(session, sitting_id)
    section_plan = await sections.section_plan(session, sitting_id)
    ready = await sittings.mark_ready(session, sitting_id, actor=actor, now=now, rng=rng)
    for paper in plan:
        await _seal_papers(session, sitting_id, paper.form_id, paper.variants, section_plan, master_key, now)
    await log_rows.papers_sealed(session, sitting_id, await queries.paper_seals(session, sitting_id), now)
    return ready.access_code or "", sum(len(paper.variants) for paper in plan)


async def _seal_papers(
    session: AsyncSession,
    sitting_id: UUID,
    form_id: UUID,
    variants: Sequence[int],
    section_plan: Sequence[PlannedSection],
    master_key: bytes,
    now: datetime,
) -> None:
    form = await forms.find_form(session, form_id)
    if form is None:
        raise NotFoundError
    # Items that come by rules stay on the server until it is their turn, and so do their media.
    is_linear = form.design == "linear"
    items = [(item.module_code, item.view) for item in await forms.items_of_form(session, form_id)]
    faults = form_faults(section_plan, items, form_code=form.form_code, design=form.design)
    if faults:
        raise SittingNotReadyError(faults=faults)
    items = items if is_linear else []
    content = {
        "form_code": form.form_code,
        "title": form.title,
        "duration_ms": form.duration_minutes * 60_000,
        "design": form.design,
        "item_count": form.item_count,
        "tools": DeskTools.model_validate(form.tools).model_dump(),
        "items_per_page": form.items_per_page,
        "media": await packed_media(session, [view for _, view in items], form_code=form.form_code),
    }
    for variant in variants:
        seed = shuffle_seed(sitting_id, form_id, variant)
        paper = ordered_paper(items, seed, section_plan)
        shown = content | {"items": list(paper.views), "sections": _section_views(section_plan, paper)}
        await _seal_paper(session, sitting_id, form_id, variant, seed, shown, master_key, now)


def _section_views(plan: Sequence[PlannedSection], paper: OrderedPaper) -> list[dict[str, Any]]:
    return [
        {
            "number": section.number,
            "title": planned.title,
            "kind": planned.kind,
            "minutes": planned.minutes,
            "navigation": planned.navigation,
            "refs": list(section.refs),
        }
        for planned, section in zip(plan, paper.sections, strict=True)
    ]


async def _seal_paper(
    session: AsyncSession,
    sitting_id: UUID,
    form_id: UUID,
    variant: int,
    seed: int,
    content: dict[str, Any],
    master_key: bytes,
    now: datetime,
) -> None:
    version = f"1.{variant}"
    sealed = seal(content, additional_data(sitting_id, form_id, version))
    paper = SealedPaper(
        sitting_id=sitting_id,
        form_id=form_id,
        variant=variant,
        version=version,
        seed=seed,
        sha256=sealed.sha256,
        sealed=sealed.content,
        created_at=now,
    )
    paper.wrapped_key = wrap_key(master_key, sealed.key, paper.id)
    session.add(paper)
    await session.flush()


async def sealed_paper(session: AsyncSession, paper_id: UUID) -> SealedPaper | None:
    """Return a sealed paper; whoever has no key learns nothing from it."""
    return await session.get(SealedPaper, paper_id)
