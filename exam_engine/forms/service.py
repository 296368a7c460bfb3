"""Publishing frozen forms and reading them."""

import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault, NotFoundError
from exam_engine.forms.errors import BadFormError
from exam_engine.forms.keys.store import FormItemKey, store_keys
from exam_engine.forms.media import media_of_item
from exam_engine.forms.models import Form, FormItem, FormRouting, FormSet
from exam_engine.forms.schemas import FormSetSpec, FormSpec, ModuleView, PublishedItem, StimulusView
from exam_engine.interactions.checking import check_item
from exam_engine.interactions.content import MARKED_BY_PEOPLE
from exam_engine.interactions.freezing import freeze
from exam_engine.media import service as media


def _check(spec: FormSpec, checked: dict[UUID, list[Fault]]) -> None:
    faults: list[Fault] = []
    codes: set[str] = set()
    routing = spec.routing
    for position, item in enumerate(spec.items, start=1):
        place = f"{spec.form_code}/{position}"
        if item.item_code in codes:
            faults.append(Fault("form_item_twice", place, {"item": item.item_code}))
        codes.add(item.item_code)
        faults += [
            Fault(fault.code, f"{place}/{fault.place}", {"item": item.item_code, **fault.params})
            for fault in _item_faults(item, checked)
        ]
        if routing is not None and item.content.interaction in MARKED_BY_PEOPLE:
            faults.append(Fault("form_item_needs_marker", place, {"item": item.item_code}))
    if routing is not None:
        if routing.length > len(spec.items):
            faults.append(
                Fault("form_too_few_items", spec.form_code, {"items": len(spec.items), "length": routing.length})
            )
        if any(not (low < high and least <= most) for (low, least), (high, most) in pairwise(routing.scale)):
            faults.append(Fault("form_scale_not_rising", spec.form_code))
    if faults:
        raise BadFormError(faults=faults, form_code=spec.form_code)


async def _check_media(session: AsyncSession, specs: Sequence[FormSpec]) -> None:
    wanted: dict[str, tuple[str, str]] = {}
    for spec in specs:
        for position, item in enumerate(spec.items, start=1):
            stimulus = item.stimulus.content if item.stimulus is not None else ""
            for sha256 in media_of_item(item.content, stimulus):
                wanted.setdefault(sha256, (f"{spec.form_code}/{position}", item.item_code))
    known = await media.exist(session, wanted)
    faults = [
        Fault("form_media_missing", place, {"item": code, "media": sha256[:12]})
        for sha256, (place, code) in wanted.items()
        if sha256 not in known
    ]
    if faults:
        raise BadFormError(faults=faults, form_code=faults[0].place.partition("/")[0])


def _item_faults(item: PublishedItem, checked: dict[UUID, list[Fault]]) -> list[Fault]:
    # Forms of a set share most of their items; each is looked at once.
    if item.item_version_id not in checked:
        checked[item.item_version_id] = check_item(item.content, item.key)
    return checked[item.item_version_id]


def _freeze(
    item: PublishedItem, number: int, stimulus_refs: Mapping[UUID, str], rng: random.Random
) -> tuple[dict[str, Any], FormItemKey]:
    # Refs and names of options are new in every form: neither tells the place in the bank or what was written first.
    content, key = freeze(item.content, item.key, rng)
    stimulus = item.stimulus
    view = {
        "ref": f"q{number:02d}",
        "module": ModuleView(code=item.module_code, name=item.module_name).model_dump(),
        "points": str(item.points),
        **content.model_dump(mode="json"),
        "stimulus": None
        if stimulus is None
        else StimulusView(
            ref=stimulus_refs[stimulus.stimulus_version_id],
            title=stimulus.title,
            language=stimulus.language,
            content=stimulus.content,
        ).model_dump(),
    }
    return view, FormItemKey(key, item.points)


def _stimulus_refs(items: Iterable[PublishedItem], rng: random.Random) -> dict[UUID, str]:
    ids = list(dict.fromkeys(item.stimulus.stimulus_version_id for item in items if item.stimulus is not None))
    rng.shuffle(ids)
    return {id_: f"s{number:02d}" for number, id_ in enumerate(ids, start=1)}


async def publish_forms(
    session: AsyncSession,
    *,
    specs: Sequence[FormSpec],
    actor: Actor,
    now: datetime,
    rng: random.Random,
    form_set: FormSetSpec | None = None,
) -> list[Form]:
    """Freeze forms: store what candidates see and, apart from it, the keys and what decides which item comes next.

    Parameters
    ----------
    form_set : given when the forms belong together, one for each candidate of a sitting.

    Raises
    ------
    BadFormError
        An item stands twice in a form, a key does not fit its options, media are not stored, or the routing does not
        fit the items.
    """
    checked: dict[UUID, list[Fault]] = {}
    for spec in specs:
        _check(spec, checked)
    await _check_media(session, specs)
    published_set = _add_form_set(session, form_set, specs, actor, now) if form_set is not None else None
    await session.flush()
    drafts = [_draft(spec, published_set, actor, now, rng) for spec in specs]
    forms = [draft.form for draft in drafts]
    session.add_all(forms)
    await session.flush()
    session.add_all(
        FormRouting(form_id=form.id, rules={**spec.routing.rules, "scale": spec.routing.scale})
        for form, spec in zip(forms, specs, strict=True)
        if spec.routing is not None
    )
    # Plain rows: a set of a thousand forms has tens of thousands.
    rows = [row for spec, draft in zip(specs, drafts, strict=True) for row in _item_rows(spec, draft)]
    await session.exec(sa.insert(FormItem), params=rows)
    await store_keys(session, [(draft.form.id, view["ref"], key) for draft in drafts for view, key in draft.frozen])
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="form.published",
        object_type="form",
        object_id=str(forms[0].id) if forms else "",
        after={"forms": [[form.form_code, form.content_hash] for form in forms]},
        details={"forms": [form.form_code for form in forms]},
        now=now,
    )
    return forms


@dataclass(frozen=True, slots=True)
class _Draft:
    """A form that is about to be stored, with what candidates see of each item and its key."""

    form: Form
    frozen: list[tuple[dict[str, Any], FormItemKey]]


def _draft(spec: FormSpec, form_set: FormSet | None, actor: Actor, now: datetime, rng: random.Random) -> _Draft:
    routing = spec.routing
    numbers = list(range(1, len(spec.items) + 1))
    if routing is not None:
        # Who sees only some of the items must not learn from their refs where they stand among all.
        rng.shuffle(numbers)
    refs = _stimulus_refs(spec.items, rng)
    frozen = [_freeze(item, number, refs, rng) for item, number in zip(spec.items, numbers, strict=True)]
    content = json.dumps([view for view, _ in frozen], sort_keys=True, ensure_ascii=False)
    points = sum((item.points for item in spec.items), Decimal(0))
    form = Form(
        form_set_id=form_set.id if form_set is not None else None,
        form_code=spec.form_code,
        title=spec.title,
        design=routing.design if routing is not None else "linear",
        duration_minutes=spec.duration_minutes,
        item_count=routing.length if routing is not None else len(spec.items),
        max_points=str(points) if routing is None else _points_text(routing.scale[-1][1]),
        tools=spec.tools.model_dump(),
        # What comes next depends on the answer before: there is never a second item to show.
        items_per_page=1 if routing is not None and routing.design == "adaptive" else spec.items_per_page,
        source=spec.source,
        content_hash=hashlib.sha256(content.encode()).hexdigest(),
        published_at=now,
        published_by=actor.id,
        published_by_name=actor.display_name,
    )
    return _Draft(form, frozen)


def _item_rows(spec: FormSpec, draft: _Draft) -> Iterator[dict[str, Any]]:
    for position, (item, (view, _)) in enumerate(zip(spec.items, draft.frozen, strict=True), start=1):
        yield {
            "form_id": draft.form.id,
            "position": position,
            "ref": view["ref"],
            "item_code": item.item_code,
            "item_version_id": item.item_version_id,
            "module_code": item.module_code,
            "cognitive_level": item.cognitive_level,
            "view": view,
        }


def _add_form_set(
    session: AsyncSession, spec: FormSetSpec, forms: Sequence[FormSpec], actor: Actor, now: datetime
) -> FormSet:
    form_set = FormSet(
        code=spec.code,
        title=spec.title,
        duration_minutes=forms[0].duration_minutes,
        form_count=len(forms),
        source=spec.source,
        published_at=now,
        published_by=actor.id,
        published_by_name=actor.display_name,
    )
    session.add(form_set)
    return form_set


def _points_text(points: float) -> str:
    """The points without needless decimals: a scale from 0 to 40 gives ``40``."""
    return f"{points:g}"


async def find_form(session: AsyncSession, form_id: UUID) -> Form | None:
    """Return a published form."""
    return await session.get(Form, form_id)


async def find_forms(session: AsyncSession, form_ids: Sequence[UUID]) -> list[Form]:
    """Return the published forms of the given ids, by form code."""
    statement = select(Form).where(col(Form.id).in_(form_ids)).order_by(col(Form.form_code))
    return list((await session.exec(statement)).all())


async def list_forms(session: AsyncSession, *, offset: int, limit: int) -> tuple[list[Form], int]:
    """Return a page of published forms that belong to no set, newest first, and how many there are."""
    alone = col(Form.form_set_id).is_(None)
    total = (await session.exec(select(sa.func.count()).select_from(Form).where(alone))).one()
    statement = select(Form).where(alone).order_by(col(Form.published_at).desc(), col(Form.form_code))
    return list((await session.exec(statement.offset(offset).limit(limit))).all()), total


async def list_form_sets(session: AsyncSession, *, offset: int, limit: int) -> tuple[list[FormSet], int]:
    """Return a page of form sets, newest first, and how many there are."""
    total = (await session.exec(select(sa.func.count()).select_from(FormSet))).one()
    statement = select(FormSet).order_by(col(FormSet.published_at).desc(), col(FormSet.code))
    return list((await session.exec(statement.offset(offset).limit(limit))).all()), total


async def find_form_set(session: AsyncSession, form_set_id: UUID) -> FormSet | None:
    """Return a set of forms."""
    return await session.get(FormSet, form_set_id)


async def forms_of_set(session: AsyncSession, form_set_id: UUID) -> list[Form]:
    """Return the forms of a set by form code."""
    statement = select(Form).where(Form.form_set_id == form_set_id).order_by(col(Form.form_code))
    return list((await session.exec(statement)).all())


async def routing_rules(session: AsyncSession, form_id: UUID) -> dict[str, Any]:
    """Return what decides which items of a multistage or adaptive form come next.

    Raises
    ------
    NotFoundError
        The form is linear.
    """
    routing = await session.get(FormRouting, form_id)
    if routing is None:
        raise NotFoundError
    return routing.rules


async def items_of_form(session: AsyncSession, form_id: UUID) -> list[FormItem]:
    """Return the items of a form in their order."""
    statement = select(FormItem).where(FormItem.form_id == form_id).order_by(col(FormItem.position))
    return list((await session.exec(statement)).all())


async def item_of_form(session: AsyncSession, form_id: UUID, ref: str) -> FormItem | None:
    """Return one item of a form; None when the form has none of that ref."""
    statement = select(FormItem).where(FormItem.form_id == form_id, FormItem.ref == ref)
    return (await session.exec(statement)).first()
