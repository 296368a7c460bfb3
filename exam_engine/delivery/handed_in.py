"""Which files count: those that the counted answers to practical tasks name."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.delivery import queries, upload_queries
from exam_engine.delivery.models import Upload
from exam_engine.delivery.sectioning import answers_that_count
from exam_engine.forms import service as forms
from exam_engine.interactions.responses import named_file
from exam_engine.sittings import service as sittings
from exam_engine.sittings.section_plan import PRACTICAL_INTERACTIONS

_TOGETHER = 50
"""Attempts whose journals are in memory at once."""


@dataclass(frozen=True, slots=True)
class FileThatCounts:
    """A file named by an answer; ``upload`` is None when its bytes never fully arrived."""

    registration_id: UUID
    candidate_number: str | None
    item_ref: str
    file_name: str
    sha256: str
    upload: Upload | None


async def files_that_count(session: AsyncSession, sitting_id: UUID) -> list[FileThatCounts]:
    """Return the files of the closed attempts of a sitting, by candidate number and task."""
    numbers = {
        facts.registration_id: facts.candidate_number
        for facts in await sittings.registrations_of_sitting(session, sitting_id)
    }
    closed = [one for one in await queries.attempts_of_sitting(session, sitting_id) if one.closed_at is not None]
    practical: dict[UUID, frozenset[str]] = {}
    for form_id in {attempt.form_id for attempt in closed}:
        items = await forms.items_of_form(session, form_id)
        practical[form_id] = frozenset(one.ref for one in items if one.view["interaction"] in PRACTICAL_INTERACTIONS)
    with_files = [attempt for attempt in closed if practical[attempt.form_id]]
    found: list[FileThatCounts] = []
    for start in range(0, len(with_files), _TOGETHER):
        group = with_files[start : start + _TOGETHER]
        ids = [attempt.id for attempt in group]
        answers = await answers_that_count(session, group, await queries.operations_of(session, ids))
        uploads = {
            (upload.attempt_id, upload.item_ref, upload.sha256): upload
            for upload in await upload_queries.uploads_of(session, ids)
            if upload.completed_at is not None
        }
        for attempt in group:
            for ref in sorted(practical[attempt.form_id] & answers[attempt.id].keys()):
                for entry in answers[attempt.id][ref]:
                    named = named_file(entry)
                    if named is not None:
                        sha256, name = named
                        id_ = attempt.registration_id
                        upload = uploads.get((attempt.id, ref, sha256))
                        found.append(FileThatCounts(id_, numbers.get(id_), ref, name, sha256, upload))
    return sorted(found, key=lambda file: (file.candidate_number or "", file.item_ref))
