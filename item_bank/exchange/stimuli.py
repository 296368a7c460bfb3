"""The stimuli of a run beside those of the bank: which are there, which change, which are new; and saving them."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.text import clean_line
from item_bank.authoring.schemas import ChangedStimulus, NewStimulus
from item_bank.authoring.service import highest_number
from item_bank.authoring.stimuli import create_stimulus, save_stimulus
from item_bank.exchange import queries
from item_bank.exchange.completion import ImportOptions
from item_bank.exchange.models import ItemImport

_DEFAULT_PREFIX = "S"


@dataclass(frozen=True, slots=True)
class PlacedStimulus:
    """A stimulus of the file under the code it has or gets; ``id`` and ``version_number`` are those in the bank."""

    ref: str
    code: str
    state: Literal["new", "changed", "unchanged"]
    title: str
    language: str
    content: str
    place: str
    id: UUID | None = None
    version_number: int = 0


async def placed_stimuli(session: AsyncSession, run: ItemImport) -> dict[str, PlacedStimulus]:
    """Return the stimuli of a run by their names in the file.

    One without a code is the bank's stimulus with the same title, language and text, if there is one; else it gets the
    next number of the run's prefix.
    """
    if not run.stimuli:
        return {}
    stored = await queries.current_stimuli(session)
    by_code = {code: (id_, number, version) for id_, code, number, version in stored}
    by_text = {version.content_hash: code for _, code, _, version in reversed(stored)}
    stem = (ImportOptions.model_validate(run.options).code_prefix or "").rstrip("-._/")
    prefix = f"{stem}-{_DEFAULT_PREFIX}" if stem else _DEFAULT_PREFIX
    codes = {*by_code, *(str(one["code"]) for one in run.stimuli if one["code"])}
    number = highest_number(prefix, codes)
    placed = {}
    for one in run.stimuli:
        title = clean_line(one["title"])[:200] or str(one["ref"])[:200]
        digest = hashlib.sha256("\n".join((title, one["language"], one["content"])).encode()).hexdigest()
        code = one["code"] or by_text.get(digest)
        if code is None:
            number += 1
            code = f"{prefix}{number:03d}"
        there = by_code.get(code)
        state: Literal["new", "changed", "unchanged"] = "new"
        if there is not None:
            state = "unchanged" if there[2].content_hash == digest else "changed"
        placed[str(one["ref"])] = PlacedStimulus(
            ref=str(one["ref"]),
            code=code,
            state=state,
            title=title,
            language=one["language"],
            content=one["content"],
            place=one["place"],
            id=there[0] if there is not None else None,
            version_number=there[1] if there is not None else 0,
        )
    return placed


async def save_stimuli(
    session: AsyncSession, run: ItemImport, used: Collection[str], *, actor: Actor, now: datetime
) -> None:
    """Save the stimuli that are new or changed and that items to be saved are about.

    Raises
    ------
    StimulusPublishedError
        One that changed belongs to items in published forms.
    """
    for one in (await placed_stimuli(session, run)).values():
        if one.ref not in used or one.state == "unchanged":
            continue
        if one.id is None:
            body = NewStimulus(title=one.title, language=one.language, content=one.content, code=one.code)
            await create_stimulus(session, body=body, actor=actor, now=now)
        else:
            change = ChangedStimulus(
                title=one.title, language=one.language, content=one.content, version_number=one.version_number
            )
            await save_stimulus(session, stimulus_id=one.id, body=change, actor=actor, now=now)
