"""What the bank says about the quality of items: flaws of writing, near-duplicates, items in a pasted text."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.interactions.content import CONTENT
from exam_engine.interactions.keys import KEY
from item_bank.items import service as items
from item_bank.quality import queries
from item_bank.quality.bank_index import BankIndex
from item_bank.quality.duplicates import DuplicateIndex, ItemText, Leak, Match, find_leaks
from item_bank.quality.linting import Finding
from item_bank.quality.queries import BriefRow
from item_bank.quality.reading import ReadableItem, findings_of, item_text


@dataclass(frozen=True, slots=True)
class SimilarItem:
    """An item of the bank that resembles a text."""

    item: BriefRow
    match: Match


@dataclass(frozen=True, slots=True)
class LeakedItem:
    """An item of the bank that stands in a text."""

    item: BriefRow
    leak: Leak


async def find_findings(session: AsyncSession, item_id: UUID, *, with_key: bool) -> tuple[int, list[Finding]]:
    """Return the number of an item's current version and the findings about it.

    Without ``with_key`` neither key nor explanation is read, and no finding depends on them.

    Raises
    ------
    ItemNotFoundError
    """
    detail = await items.find_item(session, item_id, with_key=with_key)
    record, key = detail.record, detail.key
    readable = ReadableItem(
        content=CONTENT.validate_python(record.version.content),
        code=record.item.code,
        cognitive_level=record.item.cognitive_level,
        key=KEY.validate_python(key.key) if key is not None and key.key is not None else None,
        explanation=key.explanation if key is not None else "",
        has_stimulus=detail.stimulus is not None,
    )
    return record.version.version_number, findings_of(readable)


async def find_similar_to_item(
    session: AsyncSession, index: BankIndex, item_id: UUID, *, minimum: float, limit: int
) -> list[SimilarItem]:
    """Return the items that resemble a stored one, best first.

    Raises
    ------
    ItemNotFoundError
    """
    record = (await items.find_item(session, item_id, with_key=False)).record
    text = item_text(CONTENT.validate_python(record.version.content), record.item.stem_text)
    return await find_similar(session, index, text, minimum=minimum, limit=limit, besides=record.item.code)


async def find_similar(
    session: AsyncSession, index: BankIndex, text: ItemText, *, minimum: float, limit: int, besides: str = ""
) -> list[SimilarItem]:
    """Return the items that resemble a text, best first; ``besides`` is the code of the item being written."""

    def question(bank: DuplicateIndex) -> list[Match]:
        return bank.similar(text, limit, minimum=minimum, besides=besides)

    matches = await index.ask(session, question)
    found = await queries.briefs(session, [match.code for match in matches])
    # The index may be ahead of an older transaction, which does not see the newest items.
    return [SimilarItem(found[match.code], match) for match in matches if match.code in found]


async def find_leaked(session: AsyncSession, index: BankIndex, document: str) -> list[LeakedItem]:
    """Return the items that stand in a text, in the order of their passages."""
    leaks = await index.ask(session, partial(find_leaks, document_text=document))
    found = await queries.briefs(session, [leak.code for leak in leaks])
    return [LeakedItem(found[leak.code], leak) for leak in leaks if leak.code in found]
