"""Assemblies as the pages get them."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from exam_engine.core.actor import Actor
from exam_engine.core.i18n import Catalogue, Language
from exam_engine.core.jobs.models import Job
from item_bank.assembly import deciding
from item_bank.assembly.alternatives import Replacement, Replacements
from item_bank.assembly.detail import AssemblyDetail, FormDetail, form_code
from item_bank.assembly.editing import redoable, undoable
from item_bank.assembly.figures import THETA
from item_bank.assembly.models import Assembly
from item_bank.assembly.queries import AssemblyRecord, PlacedItem
from item_bank.assembly.requirements import points_of
from item_bank.assembly.schemas import (
    AlternativeList,
    AssemblyProgressView,
    AssemblyRow,
    AssemblyView,
    CellDemand,
    ConflictView,
    Deviation,
    RepairStep,
    RequirementMessage,
)
from item_bank.assembly.spreads import spreads_of
from item_bank.assembly.wording import Wording
from item_bank.blueprints.statement import BlueprintStatement, TargetObjective


def row_view(record: AssemblyRecord) -> AssemblyRow:
    """Return an assembly as a row of a list."""
    return AssemblyRow.model_validate(_row(record))


def assembly_view(detail: AssemblyDetail, actor: Actor, catalogue: Catalogue, language: Language) -> AssemblyView:
    """Return an assembly whole, with what the reader may do."""
    wording = Wording(catalogue, language)
    assembly = detail.assembly
    forms_with = detail.forms_with
    members = [frozenset(form.codes) for form in detail.forms]
    return AssemblyView.model_validate(
        {
            **_row(detail.record),
            "blueprint_version": detail.blueprint_version,
            "theta": THETA.tolist(),
            "points": points_of(detail.statement),
            "forms": [_form(detail, form, forms_with) for form in detail.forms],
            "overlap": detail.overlap,
            "spreads": spreads_of(detail),
            "cells": list(_cells(detail)),
            "recent_forms": [
                {
                    "form_code": recent.form_code,
                    "title": recent.title,
                    "last_used": recent.last_used,
                    "shared": [len(recent.item_codes & member) for member in members],
                }
                for recent in detail.recent
            ],
            "conflict": [
                ConflictView(code=row["code"], message=wording.conflict(row["code"], row["data"]), data=row["data"])
                for row in assembly.conflict
            ],
            "repairs": [[_repair(step, wording) for step in steps] for steps in assembly.repairs],
            "deviations": deviations(detail, wording),
            "edits": [
                {
                    **edit.model_dump(),
                    "form_code": form_code(assembly.number, edit.form_number),
                    "old_code": detail.edit_codes[edit.old_item_id],
                    "new_code": detail.edit_codes[edit.new_item_id],
                    "edited_by": edit.edited_by_name,
                }
                for edit in detail.edits
            ],
            "editors": sorted(set(detail.editors.values())),
            "can_undo": undoable(detail.edits) is not None,
            "can_redo": redoable(detail.edits) is not None,
            "permits": [
                {"act": act, "is_allowed": refusal is None, "reason": wording.text(refusal) if refusal else ""}
                for act, refusal in deciding.permits(detail, actor)
            ],
        }
    )


def deviations(detail: AssemblyDetail, wording: Wording) -> list[Deviation]:
    """Return the requirements that somebody let a swap break, in words."""
    return [
        Deviation(
            code=violation["code"],
            message=wording.violation(violation["code"], violation["data"]),
            data=violation["data"],
            form_number=violation["form"],
            reason=violation["reason"],
            accepted_by=violation["by"],
            accepted_at=violation["at"],
        )
        for violation in detail.assembly.violations
    ]


def alternatives_view(
    detail: AssemblyDetail, found: Replacements, catalogue: Catalogue, language: Language
) -> AlternativeList:
    """Return replacements with their effect."""
    wording = Wording(catalogue, language)
    forms_with = detail.forms_with
    seconds = detail.statement.seconds_per_item
    return AlternativeList.model_validate(
        {
            "revision": detail.assembly.revision,
            "form_code": found.form.form_code,
            "points": points_of(detail.statement),
            "current": _item(detail, found.form, found.current, forms_with),
            "item_information": found.information.tolist(),
            "item_expected_score": found.expected_score.tolist(),
            "before": asdict(found.form.figures),
            "value": found.value,
            "overlap_maximum": found.overlap_maximum,
            "items": [
                _alternative(entry, forms_with, seconds.of(entry.item.cognitive_level), wording) for entry in found.page
            ],
            "total": found.total,
        }
    )


def progress_view(assembly: Assembly, job: Job, catalogue: Catalogue, language: Language) -> AssemblyProgressView:
    """Return how far the making of forms is."""
    wording = Wording(catalogue, language)
    params = dict(job.message_params or {})
    trail = params.pop("trail", [])
    error = None if job.error is None else wording.text(job.error["code"], **job.error.get("params", {}))
    statement = BlueprintStatement.model_validate(assembly.blueprint)
    return AssemblyProgressView.model_validate(
        {
            "status": job.status,
            "progress": job.progress,
            "message": wording.text(job.message_code, **params) if job.message_code else "",
            "form_count": assembly.form_count,
            "is_target": isinstance(statement.objective, TargetObjective),
            "trail": trail,
            "error": error,
        }
    )


def _row(record: AssemblyRecord) -> dict[str, Any]:
    assembly = record.assembly
    return {
        **assembly.model_dump(exclude={"conflict", "repairs", "violations", "recent_forms"}),
        "status": record.status,
        "is_edited": assembly.revision > 0,
        "deviation_count": len(assembly.violations),
        "created_by": assembly.created_by_name,
        "approved_by": assembly.approved_by_name,
        "published_by": assembly.published_by_name,
    }


def _form(detail: AssemblyDetail, form: FormDetail, forms_with: dict[Any, list[int]]) -> dict[str, Any]:
    points = points_of(detail.statement)
    met = [item.exposure.candidates for item in form.facts]
    return {
        "form_number": form.number,
        "form_code": form.form_code,
        "information": form.information.tolist(),
        "expected_score": form.expected_score.tolist(),
        "information_at_cut": form.figures.information[points.index(detail.statement.cut_theta)],
        "figures": asdict(form.figures),
        "cells": [
            {"module_code": module, "cognitive_level": level, "count": count}
            for (module, level), count in sorted(form.cells.items())
        ],
        "exposure_mean": sum(met) / len(met),
        "is_edited": form.is_edited,
        "items": [_item(detail, form, place, forms_with) for place in form.places],
    }


def _item(
    detail: AssemblyDetail, form: FormDetail, place: PlacedItem, forms_with: dict[Any, list[int]]
) -> dict[str, Any]:
    row = place.row
    holders = forms_with[row.item_id]
    return {
        **row.model_dump(),
        "code": place.item.code,
        "stem_text": place.item.stem_text,
        "seconds": detail.statement.seconds_per_item.of(row.cognitive_level),
        "forms_after": int(row.exposure.get("forms", 0)) + len(holders),
        "other_forms": [number for number in holders if number != form.number],
        "is_outdated": place.is_outdated,
    }


def _alternative(
    entry: Replacement, forms_with: dict[Any, list[int]], seconds: int, wording: Wording
) -> dict[str, Any]:
    item = entry.item
    return {
        "item_id": item.item_id,
        "code": item.code,
        "stem_text": item.stem_text,
        "module_code": item.module_code,
        "cognitive_level": item.cognitive_level,
        "a": item.a,
        "b": item.b,
        "c": item.c,
        "words": item.words,
        "seconds": seconds,
        "exposure": item.exposure.to_dict(),
        "other_forms": forms_with.get(item.item_id, []),
        "item_information": entry.information.tolist(),
        "item_expected_score": entry.expected_score.tolist(),
        "figures": asdict(entry.figures),
        "value": entry.value,
        "overlap_maximum": entry.overlap_maximum,
        "broken": [
            RequirementMessage(code=row["code"], message=wording.conflict(row["code"], row["data"]), data=row["data"])
            for row in entry.broken
        ],
    }


def _cells(detail: AssemblyDetail) -> Iterable[CellDemand]:
    statement = detail.statement
    demands: list[tuple[str | None, str | None, int, int]] = [
        (cell.module_code, cell.cognitive_level, cell.minimum, cell.maximum) for cell in statement.cells
    ]
    demands += [(row.module_code, None, row.minimum, row.maximum) for row in statement.module_totals]
    demands += [(None, row.cognitive_level, row.minimum, row.maximum) for row in statement.level_totals]
    for module, level, minimum, maximum in demands:
        yield CellDemand(
            module_code=module,
            cognitive_level=level,
            minimum=minimum,
            maximum=maximum,
            counts=[_count(form, module, level) for form in detail.forms],
        )


def _count(form: FormDetail, module: str | None, level: str | None) -> int:
    return sum(
        count
        for (of_module, of_level), count in form.cells.items()
        if module in {None, of_module} and level in {None, of_level}
    )


def _repair(step: dict[str, Any], wording: Wording) -> RepairStep:
    return RepairStep.model_validate({**step, "message": wording.repair(step)})
