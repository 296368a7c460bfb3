"""The house's own results: what candidates of finished sittings did with each item version; reads only."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.errors import Fault
from exam_engine.results.item_responses import ItemResponse, PersonResponses, responses_of_sitting
from exam_engine.sittings import service as sittings
from exam_engine.sittings.service import SittingFacts
from item_bank.calibration.errors import InvalidResponseFileError
from item_bank.calibration.response_matrix import (
    LONGEST_LABEL,
    MOST_LABELS,
    NONE_CHOSEN,
    NOT_REACHED,
    OMITTED,
    Group,
    ResponseMatrix,
)
from item_bank.calibration.score_levels import Levels, category_of
from item_bank.calibration.service import AnsweredVersion
from item_bank.calibration.sources.collected import Collected, empty_tables, refuse_size
from item_bank.calibration.sources.known_items import levels_of
from item_bank.items import service as items_service
from item_bank.items.keys.store import keys_of
from item_bank.items.models import ItemVersion

_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class OwnResponses:
    """Responses with the version of each item that was answered; ``name`` names the sittings."""

    data: Collected
    versions: dict[str, AnsweredVersion]
    name: str


@dataclass(frozen=True, slots=True)
class _Column:
    code: str
    version: ItemVersion
    levels: Levels


async def closed_sittings(session: AsyncSession, *, now: datetime) -> list[SittingFacts]:
    """Return the sittings that are over, the latest first."""
    return [
        sitting
        for sitting in await sittings.list_sittings(session)
        if sitting.status_at(now) in {"closed", "marked", "approved"}
    ]


async def collect(session: AsyncSession, sitting_ids: Sequence[UUID], *, now: datetime) -> OwnResponses:
    """Return the responses of chosen sittings.

    Items that wait for people to mark them, or that people mark, are left out, and so are answers to an earlier version
    whose text or key was another.

    Raises
    ------
    NotFoundError
    ResultsNotReadyError
        A sitting is not over, or attempts are open or unmarked.
    InvalidResponseFileError
        Nobody sat, or the table would be too large.
    """
    people: list[tuple[SittingFacts, PersonResponses]] = []
    for sitting_id in dict.fromkeys(sitting_ids):
        facts = await sittings.find_sitting(session, sitting_id)
        people += [(facts, person) for person in await responses_of_sitting(session, sitting_id, now=now)]
    waiting = {item.item_version_id for _, person in people for item in person.items if item.share is None}
    columns, warnings = await _columns(session, {i.item_version_id for _, p in people for i in p.items}, waiting)
    if not columns:
        raise InvalidResponseFileError(faults=[Fault("sittings_without_responses")])
    codes = list(dict.fromkeys(column.code for column in columns.values()))
    refuse_size(len(people), len(codes))
    scores, chosen = empty_tables(len(people), len(codes))
    places = {code: place for place, code in enumerate(codes)}
    for row, (_, person) in enumerate(people):
        for response in person.items:
            column = columns.get(response.item_version_id)
            if column is not None:
                place = places[column.code]
                scores[row, place] = _score(response, column.levels)
                chosen[row, place] = NONE_CHOSEN if response.chosen is None else response.chosen
    highest = {column.code: len(column.levels) - 1 for column in columns.values()}
    groups = _groups(people)
    data = Collected(
        ResponseMatrix(scores, chosen if (chosen != NONE_CHOSEN).any() else None, groups),
        tuple(codes),
        tuple(highest[code] for code in codes),
        "sittings",
        warnings=tuple(warnings),
    )
    versions = {
        column.code: AnsweredVersion(column.version.item_id, column.version.id)
        for column in sorted(columns.values(), key=lambda column: column.version.version_number)
    }
    names = list(dict.fromkeys(facts.name for facts, _ in people))
    return OwnResponses(data, versions, ", ".join(names)[:200])


async def _columns(
    session: AsyncSession, version_ids: set[UUID], waiting: set[UUID]
) -> tuple[dict[UUID, _Column], list[dict[str, Any]]]:
    """Return for each version that counts the column it goes into, in the order of the codes."""
    versions = await items_service.versions_by_id(session, sorted(version_ids))
    records = await items_service.items_by_id(session, list({version.item_id for version in versions.values()}))
    levels, keys = await levels_of(session, list(versions.values())), await keys_of(session, list(versions))
    by_item: defaultdict[UUID, list[ItemVersion]] = defaultdict(list)
    for version in versions.values():
        by_item[version.item_id].append(version)
    columns: dict[UUID, _Column] = {}
    unmarked, earlier = [], []
    for item_id, own in sorted(by_item.items(), key=lambda pair: records[pair[0]].item.code):
        code = records[item_id].item.code
        latest = max(own, key=lambda version: version.version_number)
        categories = levels[latest.id]
        if categories is None or any(version.id in waiting for version in own):
            unmarked.append(code)
            continue
        same = [
            version
            for version in own
            if version.content_hash == latest.content_hash and keys[version.id].key == keys[latest.id].key
        ]
        if len(same) < len(own):
            earlier.append(code)
        columns |= {version.id: _Column(code, latest, categories) for version in same}
    warnings = [
        {"code": code, "data": {"items": len(left), "codes": _named(left)}}
        for code, left in (("items_await_markers", unmarked), ("earlier_versions_left_out", earlier))
        if left
    ]
    return columns, warnings


def _score(response: ItemResponse, levels: Levels) -> int:
    if response.answering == "omitted":
        return OMITTED
    if response.answering == "not_reached" or response.share is None:
        return NOT_REACHED
    return category_of(levels, response.share)


def _groups(people: list[tuple[SittingFacts, PersonResponses]]) -> dict[str, Group]:
    """Return the groupings by which candidates differ; units of more names than can be told apart are left out."""
    known = {
        "gender": [person.sex for _, person in people],
        "unit": [person.organisation[:LONGEST_LABEL] for _, person in people],
        "sitting": [facts.name[:LONGEST_LABEL] for facts, _ in people],
    }
    return {name: Group.of(values) for name, values in known.items() if 2 <= len({*values} - {""}) <= MOST_LABELS}


def _named(codes: list[str]) -> str:
    return ", ".join(codes[:_MOST_NAMED]) + (" …" if len(codes) > _MOST_NAMED else "")
