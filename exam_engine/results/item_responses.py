"""What candidates of a finished sitting did with each item, without saying who they are; for the study of items."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.errors import Fault
from exam_engine.core.time import iso_utc
from exam_engine.delivery import service as delivery
from exam_engine.delivery.answered import AnsweredPaper, answered_papers
from exam_engine.forms import service as forms
from exam_engine.forms.models import FormItem
from exam_engine.marking import service as marking
from exam_engine.marking.service import ItemMark
from exam_engine.results.errors import ResultsNotReadyError
from exam_engine.sittings import service as sittings

Answering = Literal["answered", "omitted", "not_reached"]


@dataclass(frozen=True, slots=True)
class ItemResponse:
    """What one candidate did with one item.

    Attributes
    ----------
    item_version_id : the version in the bank that the form was made of.
    answering : ``not_reached`` when neither this item nor any after it has an answer, ``omitted`` when a later one has.
    share : of the item's points; None while it waits for people to mark it.
    chosen : place of the chosen option in the version's own order, for single choice; None for no or another answer.
    """

    item_version_id: UUID
    answering: Answering
    share: Fraction | None
    chosen: int | None


@dataclass(frozen=True, slots=True)
class PersonResponses:
    """One candidate, known by nothing but what sorts people into groups; ``sex`` and ``organisation`` may be empty."""

    sex: str
    organisation: str
    items: tuple[ItemResponse, ...]


async def responses_of_sitting(session: AsyncSession, sitting_id: UUID, *, now: datetime) -> list[PersonResponses]:
    """Return the responses of everybody who sat a finished sitting, in an order that tells nothing; reads only.

    Raises
    ------
    NotFoundError
    ResultsNotReadyError
        The sitting is not over, or attempts are open or unmarked.
    """
    await refuse_unfinished(session, sitting_id, now=now)
    papers = await answered_papers(session, sitting_id)
    marks = await marking.marks(session, [paper.attempt_id for paper in papers])
    items = {
        form_id: {item.ref: item for item in await forms.items_of_form(session, form_id)}
        for form_id in dict.fromkeys(paper.form_id for paper in papers)
    }
    facts = {facts.registration_id: facts for facts in await sittings.registrations_of_sitting(session, sitting_id)}
    return [
        PersonResponses(
            facts[paper.registration_id].sex,
            facts[paper.registration_id].organisation,
            _responses(paper, items[paper.form_id], {mark.ref: mark for mark in marks[paper.attempt_id].items}),
        )
        # Ids are random, so this order tells of no list and no seat.
        for paper in sorted(papers, key=lambda paper: paper.attempt_id)
    ]


async def refuse_unfinished(session: AsyncSession, sitting_id: UUID, *, now: datetime) -> None:
    """Refuse a sitting of which not everything is known yet.

    Raises
    ------
    NotFoundError
    ResultsNotReadyError
        The sitting is not over, or attempts are open or unmarked.
    """
    sitting = await sittings.find_sitting(session, sitting_id)
    outcomes = await delivery.attempt_outcomes(session, sitting_id)
    faults = []
    if sitting.status_at(now) not in {"closed", "marked", "approved"}:
        faults.append(Fault("sitting_still_open", "closes_at", {"until": iso_utc(sitting.ends_at)}))
    if unclosed := sum(not outcome.is_closed for outcome in outcomes):
        faults.append(Fault("attempts_open", "attempts", {"count": unclosed}))
    if unmarked := sum(outcome.is_closed and not outcome.is_marked for outcome in outcomes):
        faults.append(Fault("attempts_unmarked", "attempts", {"count": unmarked}))
    if faults:
        raise ResultsNotReadyError(faults=faults)


def _responses(
    paper: AnsweredPaper, items: dict[str, FormItem], marks: dict[str, ItemMark]
) -> tuple[ItemResponse, ...]:
    answered = [number for number, ref in enumerate(paper.refs) if _is_answered(paper, ref, marks)]
    last = max(answered, default=-1)
    found = set(answered)
    return tuple(
        _response(
            items[ref],
            "answered" if number in found else "omitted" if number < last else "not_reached",
            marks[ref],
            paper.answers.get(ref, ()),
        )
        for number, ref in enumerate(paper.refs)
        if ref in marks
    )


def _is_answered(paper: AnsweredPaper, ref: str, marks: dict[str, ItemMark]) -> bool:
    # White space typed into a field is stored as an answer and marked as none.
    return bool(paper.answers.get(ref)) and not (ref in marks and marks[ref].flag == "omitted")


def _response(item: FormItem, answering: Answering, mark: ItemMark, answer: Sequence[str]) -> ItemResponse:
    options = [option["id"] for option in item.view.get("options", ())]
    is_single = item.view["interaction"] == "single_choice" and len(answer) == 1 and answer[0] in options
    is_marked = mark.flag != "awaiting_marker" and mark.max_points > 0
    share = Fraction(mark.points) / Fraction(mark.max_points) if is_marked else None
    return ItemResponse(item.item_version_id, answering, share, options.index(answer[0]) if is_single else None)
