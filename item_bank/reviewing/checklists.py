"""The reviewers' checklist: the shipped one, the board's own versions of it, and what a verdict demands of answers."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import SYSTEM, Actor
from exam_engine.core.errors import Fault
from exam_engine.core.text import clean_line
from exam_engine.interactions.content import Interaction
from item_bank.reviewing import queries
from item_bank.reviewing.errors import ChecklistConflictError, InvalidChecklistError
from item_bank.reviewing.models import ReviewChecklist

Verdict = Literal["approve", "return"]
QuestionCode = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,31}$", examples=["key_correct"])]

MOST_QUESTIONS = 40


class Question(BaseModel):
    """One thing that a reviewer is asked; an empty ``interactions`` asks it about every kind of item."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: QuestionCode
    text: str = Field(min_length=1, max_length=500)
    text_en: str = Field(default="", max_length=500)
    source: str = Field(default="", max_length=300, description="Where the rule comes from.")
    interactions: tuple[Interaction, ...] = ()
    is_decisive: bool = Field(default=False, description='Whether "no" stands in the way of approval.')


class Answer(BaseModel):
    """What a reviewer found about one question."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: QuestionCode
    answer: Literal["yes", "no", "not_applicable"]
    remark: str = Field(default="", max_length=2000)


@cache
def shipped_questions() -> tuple[Question, ...]:
    """Return the checklist that comes with the software."""
    text = (resources.files("item_bank.reviewing") / "checklist.toml").read_text(encoding="utf-8")
    return tuple(Question.model_validate(question) for question in tomllib.loads(text)["questions"])


async def load_shipped(session: AsyncSession, now: datetime) -> None:
    """Store the shipped checklist in an installation that has none; the board's own is left alone."""
    if await queries.current_checklist(session) is None:
        session.add(_checklist(1, shipped_questions(), "", SYSTEM, now))


def _checklist(number: int, questions: Sequence[Question], note: str, actor: Actor, now: datetime) -> ReviewChecklist:
    return ReviewChecklist(
        number=number,
        questions=[question.model_dump(mode="json") for question in questions],
        note=note,
        created_by=actor.id,
        created_by_name=actor.display_name,
        created_at=now,
    )


def questions_of(checklist: ReviewChecklist) -> list[Question]:
    """Return what a stored checklist asks."""
    return [Question.model_validate(question) for question in checklist.questions]


def questions_about(questions: Sequence[Question], interaction: str) -> list[Question]:
    """Return what is asked about items of one kind."""
    return [question for question in questions if not question.interactions or interaction in question.interactions]


async def replace_checklist(
    session: AsyncSession,
    *,
    questions: Sequence[Question],
    note: str,
    actor: Actor,
    now: datetime,
    based_on: int | None = None,
) -> ReviewChecklist:
    """Put a new version of the checklist in force; earlier ones stay for the reviews that answered them.

    ``based_on`` is the number of the version that the editor had before them.

    Raises
    ------
    ChecklistConflictError
        Another version is in force by now.
    InvalidChecklistError
        A code stands twice, or some kind of item would be asked nothing that decides.
    """
    cleaned = [
        question.model_copy(
            update={name: clean_line(getattr(question, name)) for name in ("text", "text_en", "source")}
        )
        for question in questions
    ]
    if faults := _faults(cleaned):
        raise InvalidChecklistError(faults=faults)
    current = await queries.current_checklist(session, lock=True)
    if current is not None and based_on not in {None, current.number}:
        raise ChecklistConflictError(author=current.created_by_name, number=current.number)
    made = _checklist(1 if current is None else current.number + 1, cleaned, clean_line(note), actor, now)
    session.add(made)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="checklist.changed",
        object_type="review_checklist",
        object_id=str(made.number),
        before=None if current is None else {"questions": current.questions},
        after={"questions": made.questions},
        details={"number": made.number, "questions": [question.code for question in cleaned]},
        now=now,
    )
    return made


def _faults(questions: Sequence[Question]) -> list[Fault]:
    faults, seen = [], set[str]()
    for number, question in enumerate(questions):
        if question.code in seen:
            faults.append(Fault("checklist_code_twice", f"questions/{number}/code", {"value": question.code}))
        if not question.text:
            faults.append(Fault("checklist_text_missing", f"questions/{number}/text"))
        seen.add(question.code)
    if not any(question.is_decisive and not question.interactions for question in questions):
        faults.append(Fault("checklist_nothing_decides", "questions"))
    return faults


def answer_faults(questions: Sequence[Question], answers: Sequence[Answer], verdict: Verdict, note: str) -> list[Fault]:
    """Return what stands in the way of a verdict.

    Approval demands an answer to every question, a remark to every "no", and no "no" where the question decides. An
    item is sent back with a reason: a note, or a "no" with its remark.
    """
    asked: Mapping[str, Question] = {question.code: question for question in questions}
    given: dict[str, Answer] = {}
    faults: list[Fault] = []
    for answer in answers:
        place = f"answers/{answer.code}"
        if answer.code not in asked or answer.code in given:
            faults.append(Fault("review_answer_unasked", place, {"value": answer.code}))
        given[answer.code] = answer
        if answer.answer == "no" and not answer.remark.strip():
            faults.append(Fault("review_remark_missing", place))
    if verdict == "return":
        has_reason = bool(note.strip()) or any(answer.answer == "no" for answer in answers)
        return faults if has_reason else [*faults, Fault("review_reason_missing", "note")]
    for code, question in asked.items():
        if code not in given:
            faults.append(Fault("review_answer_missing", f"answers/{code}"))
        elif question.is_decisive and given[code].answer == "no":
            faults.append(Fault("review_no_decides", f"answers/{code}"))
    return faults


def stored_answers(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """Return answers as they are kept."""
    return [answer.model_dump(mode="json") for answer in answers]
