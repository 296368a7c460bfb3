"""The survey as long work."""

from typing import Any
from uuid import UUID

from exam_engine.core.jobs.context import JobContext
from item_bank.quality.survey import service
from item_bank.quality.survey.computing import survey

_SHARES = {"linting": (0.05, 0.4), "comparing": (0.4, 0.98)}
"""Where each stage begins and ends in the progress of the whole."""


async def run_survey(context: JobContext) -> dict[str, Any]:
    """Read the items and hold them against all rules and against the bank, in another process."""
    item_ids = [UUID(item_id) for item_id in context.parameters["item_ids"]]
    async with context.database.read() as session:
        items = await service.surveyed_items(session, item_ids, with_key=context.parameters["with_key"])
        texts = await service.texts_of_bank(session)

    async def report(word: dict[str, Any]) -> None:
        first, last = _SHARES[word["stage"]]
        share = first + (last - first) * word["done"] / max(word["total"], 1)
        await context.report(share, f"survey_progress.{word['stage']}", done=word["done"], total=word["total"])

    return await context.compute_telling(survey, items, texts, on_word=report)
