"""Runs and their rows as their owner sees them, in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from exam_engine.core.i18n import Catalogue, Language
from item_bank.exchange.checking import all_notices, item_of, notices_of
from item_bank.exchange.completion import ImportOptions, RowChanges
from item_bank.exchange.models import ItemImport, ItemImportRow
from item_bank.exchange.places import worded_place
from item_bank.exchange.queries import HeldMedia, NotedRow
from item_bank.exchange.schemas import (
    ImportCounts,
    ImportedMediaView,
    ImportedStimulusView,
    ImportOutcome,
    ImportProblem,
    ImportProblemList,
    ImportRowView,
    ImportSummary,
    ImportView,
    NoticeView,
    ProblemGroup,
    SavedItemView,
)
from item_bank.exchange.stimuli import PlacedStimulus
from item_bank.items.schemas import StimulusBrief

LONGEST_PROBLEM_LIST = 5_000
_PLACES_IN_PARAMS = {
    "code_repeated": "rows",
    "same_item_twice": "other",
    "same_item_in_file": "other",
    "similar_item_in_file": "other",
}
_TWINS_IN_BANK = frozenset({"same_item_in_bank", "similar_item_in_bank"})


def summary_view(run: ItemImport, catalogue: Catalogue, language: Language) -> ImportSummary:
    """Return a run for a list."""
    return ImportSummary(
        id=run.id,
        file_name=run.file_name,
        format=run.format,
        format_title=catalogue.text(f"import_format.{run.format}", language),
        size_bytes=run.size_bytes,
        state=run.state,
        counts=ImportCounts.model_validate({n: c for n, c in run.counts.items() if n != "problems"}),
        outcome=ImportOutcome.model_validate(run.outcome) if run.outcome is not None else None,
        created_at=run.created_at,
        applied_at=run.applied_at,
    )


def run_view(
    run: ItemImport,
    stimuli: Iterable[PlacedStimulus],
    media: Iterable[HeldMedia],
    catalogue: Catalogue,
    language: Language,
) -> ImportView:
    """Return a run."""
    problems = [
        ProblemGroup(
            **notice_view(stored, catalogue, language).model_dump(), count=stored["count"], numbers=stored["numbers"]
        )
        for stored in run.counts.get("problems", ())
    ]
    return ImportView(
        **summary_view(run, catalogue, language).model_dump(),
        options=ImportOptions.model_validate(run.options),
        problems=problems,
        notices=[notice_view(stored, catalogue, language) for stored in run.notices],
        stimuli=[
            ImportedStimulusView(
                ref=one.ref,
                code=one.code,
                title=one.title,
                state=one.state,
                place_text=worded_place(one.place, catalogue, language),
                language=one.language,
                content=one.content,
            )
            for one in stimuli
        ],
        media=[ImportedMediaView.model_validate(one._asdict()) for one in media],
        saved=[SavedItemView.model_validate(one) for one in (run.outcome or {}).get("items", ())],
        job_id=run.job_id,
    )


def notice_view(stored: Mapping[str, Any], catalogue: Catalogue, language: Language) -> NoticeView:
    """Return a notice with its texts."""
    code, params = stored["code"], dict(stored["params"])
    if (name := _PLACES_IN_PARAMS.get(code)) in params:
        places = params[name] if isinstance(params[name], list) else [params[name]]
        params[name] = ", ".join(worded_place(place, catalogue, language) for place in places)
    return NoticeView(
        severity=stored["severity"],
        code=code,
        place=stored["place"],
        place_text=worded_place(stored["place"], catalogue, language),
        part=stored["part"],
        message=catalogue.text(code, language, params),
        fix=catalogue.find(f"{code}.fix", language, params) or "",
        resembles=params.get("other") if code in _TWINS_IN_BANK else None,
    )


def problem_list(
    run: ItemImport, rows: Iterable[NotedRow], catalogue: Catalogue, language: Language
) -> ImportProblemList:
    """Return all that is wrong or doubtful, of the file as a whole first."""
    found = [
        ImportProblem(
            **notice_view(stored, catalogue, language).model_dump(),
            number=None,
            item_place_text="",
            item_code=None,
            stem="",
        )
        for stored in run.notices
    ]
    total = len(found)
    for row in rows:
        notices = notices_of(row)
        total += len(notices)
        if total <= LONGEST_PROBLEM_LIST:
            found += [
                ImportProblem(
                    **notice_view(stored, catalogue, language).model_dump(),
                    number=row.number,
                    item_place_text=worded_place(row.place, catalogue, language),
                    item_code=row.code,
                    stem=row.stem,
                )
                for stored in notices
            ]
    return ImportProblemList(items=found, total=total)


def row_view(
    row: ItemImportRow,
    stimuli: Mapping[str, PlacedStimulus],
    catalogue: Catalogue,
    language: Language,
    *,
    with_key: bool,
) -> ImportRowView:
    """Return a row; without ``with_key`` neither its key nor what tells of it."""
    item, changes = item_of(row), RowChanges.model_validate(row.changes)
    key = changes.key or item.key
    metadata = row.final_metadata
    stated = item.metadata
    stimulus = stimuli.get(item.stimulus or "")
    points = changes.points or stated.points
    notices = all_notices(row.checks, row.advice, row.changes, row.code)
    return ImportRowView(
        number=row.number,
        place=row.place,
        place_text=worded_place(row.place, catalogue, language),
        code=row.code or row.stated_code,
        interaction=row.interaction,
        stem=row.stem,
        comparison=row.comparison,
        has_errors=row.has_errors,
        has_warnings=row.has_warnings,
        is_left_out=row.is_left_out,
        is_other_item=bool(changes.is_other_item),
        notices=[notice_view(stored, catalogue, language) for stored in notices],
        content=item.content,
        key=key if with_key else None,
        has_key=key is not None,
        explanation=item.explanation if with_key else None,
        reference_code=metadata["reference_code"]
        if metadata
        else changes.reference_code or stated.reference_code or stated.module,
        cognitive_level=metadata["cognitive_level"] if metadata else changes.cognitive_level or stated.cognitive_level,
        points=str(metadata["points"]) if metadata else str(points) if points is not None else None,
        tags=list(metadata["tags"]) if metadata else list(changes.tags if changes.tags is not None else stated.tags),
        stimulus=None
        if stimulus is None
        else StimulusBrief(
            code=stimulus.code,
            title=stimulus.title,
            version_number=stimulus.version_number or 1,
            language=stimulus.language,
            content=stimulus.content,
        ),
    )
