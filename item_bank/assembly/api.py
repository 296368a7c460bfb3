"""Routes of assemblies."""

import random
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.pagination import PageDep
from exam_engine.core.time import utc_now
from item_bank.assembly import service
from item_bank.assembly.queries import AssemblyRecord
from item_bank.assembly.schemas import (
    AssemblyInput,
    AssemblyList,
    AssemblyRow,
    AssemblyStarted,
    AssemblyView,
    ConflictView,
    Publication,
)

router = APIRouter(prefix="/api/assemblies", tags=["assembly"])


@router.post("", status_code=202, dependencies=[requires(Permission.ASSEMBLY_RUN)])
async def start_assembly(body: AssemblyInput, actor: ActorDep, session: SessionDep) -> AssemblyStarted:
    """Make equal forms to a blueprint."""
    assembly = await service.start(
        session,
        blueprint_id=body.blueprint_id,
        form_count=body.form_count,
        seed=body.seed,
        actor=actor,
        now=utc_now(),
    )
    return AssemblyStarted(assembly_id=assembly.id, job_id=assembly.job_id)


@router.get("", dependencies=[requires(Permission.ASSEMBLY_READ)])
async def list_assemblies(session: ReadSessionDep, page: PageDep) -> AssemblyList:
    """All assemblies, newest first."""
    records, total = await service.list_assemblies(session, offset=page.offset, limit=page.limit)
    return AssemblyList(items=[AssemblyRow.model_validate(_row(record)) for record in records], total=total)


@router.get("/{assembly_id}", dependencies=[requires(Permission.ASSEMBLY_READ)])
async def read_assembly(
    assembly_id: UUID, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> AssemblyView:
    """One assembly with its forms, or with what stood in their way."""
    detail = await service.find_assembly(session, assembly_id)
    return AssemblyView.model_validate(
        {
            **_row(detail.record),
            "theta": service.THETA.tolist(),
            "forms": [_form(form) for form in detail.forms],
            "overlap": detail.overlap,
            "conflict": [_conflict(conflict, catalogue, language) for conflict in detail.record.assembly.conflict],
        }
    )


@router.post("/{assembly_id}/publication", dependencies=[requires(Permission.ASSEMBLY_PUBLISH)])
async def publish_assembly(assembly_id: UUID, actor: ActorDep, session: SessionDep) -> Publication:
    """Freeze the forms; needs another person than the one who had them made."""
    # Option ids must not be predictable from the time of publication.
    form_ids = await service.publish(
        session, assembly_id=assembly_id, actor=actor, now=utc_now(), rng=random.SystemRandom()
    )
    return Publication(form_ids=form_ids)


def _row(record: AssemblyRecord) -> dict[str, Any]:
    assembly = record.assembly
    return {
        **assembly.model_dump(),
        "status": record.status,
        "cut_theta": assembly.blueprint["cut_theta"],
        "created_by": assembly.created_by_name,
        "published_by": assembly.published_by_name,
    }


def _form(form: service.FormDraft) -> dict[str, Any]:
    return {
        "form_code": form.form_code,
        "information": form.information,
        "expected_score": form.expected_score,
        "information_at_cut": form.information_at_cut,
        "cells": [
            {"module_code": module, "cognitive_level": level, "count": count} for module, level, count in form.cells
        ],
        "items": [{**row.model_dump(), "code": item.code, "stem_text": item.stem_text} for row, item in form.items],
    }


def _conflict(conflict: dict[str, Any], catalogue: Catalogue, language: Language) -> ConflictView:
    data = conflict["data"]
    params = {**data, "name": conflict["code"], "where": " × ".join(data.get("where", {}).values())}
    if "tolerance" in data:
        params["tolerance"] = f"{data['tolerance']:.0%}"
    code = f"conflict.{conflict['code']}"
    message = catalogue.find(code, language, params) or catalogue.text("conflict.other", language, params)
    return ConflictView(code=conflict["code"], message=message, data=data)
