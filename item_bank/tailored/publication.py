"""Publishing tailored papers: frozen forms in sittings' terms."""

import random
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.forms import service as forms_service
from exam_engine.forms.schemas import DeskTools, FormSetSpec, FormSpec, PublishedItem, RoutingSpec
from item_bank.items.publication import published_items
from item_bank.items.saving import mark_published
from item_bank.tailored import service
from item_bank.tailored.models import TailoredPaper


async def publish(
    session: AsyncSession, *, paper_id: UUID, actor: Actor, now: datetime, rng: random.Random
) -> list[UUID]:
    """Freeze an approved paper for use in sittings and return the ids of its forms.

    Raises
    ------
    TailoredPaperNotFoundError, TailoredPaperNotApprovedError
    TailoredItemsChangedError
        Naming each item that has another version now or is not approved any more.
    """
    paper = await service.lock_approved(session, paper_id)
    current = await service.current_items(session, paper)
    by_version = await published_items(session, [item.version_id for item in current.values()])
    items = {code: by_version[item.version_id] for code, item in current.items()}
    specs = form_specs(paper, items)
    is_set = paper.design == "personal"
    forms = await forms_service.publish_forms(
        session,
        specs=specs,
        actor=actor,
        now=now,
        rng=rng,
        form_set=FormSetSpec(code=set_code(paper.number), title=paper.blueprint["name"], source=_source(paper))
        if is_set
        else None,
    )
    await mark_published(session, by_version, now)
    paper.status = "published"
    paper.published_form_ids = [] if is_set else [str(form.id) for form in forms]
    paper.published_set_id = forms[0].form_set_id if is_set else None
    paper.published_by_name, paper.published_at = actor.display_name, now
    session.add(paper)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="tailored.published",
        object_type="tailored_paper",
        object_id=str(paper.id),
        after={"forms": [[form.form_code, form.content_hash] for form in forms]},
        details={"number": paper.number, "design": paper.design, "forms": len(forms)},
        now=now,
    )
    return [form.id for form in forms]


def set_code(number: int) -> str:
    """Return the code of a set of personal forms."""
    return f"R{number}"


def form_specs(paper: TailoredPaper, items: dict[str, PublishedItem]) -> list[FormSpec]:
    """Return the forms to publish; ``items`` by code."""
    content = paper.content
    if paper.design == "personal":
        width = len(str(len(content["forms"])))
        return [
            _form(paper, f"{set_code(paper.number)}-{number:0{width}d}", [items[code] for code in form], None)
            for number, form in enumerate(content["forms"], start=1)
        ]
    if paper.design == "adaptive":
        rules = {name: content[name] for name in ("items", "areas", "enemies", "settings")}
        codes = [item["name"] for item in content["items"]]
        return [_staged(paper, f"T{paper.number}", codes, items, rules, paper.blueprint["form_length"])]
    return [
        _staged(
            paper,
            f"N{paper.number}-{number}",
            [item["name"] for item in test["items"]],
            items,
            {"test": test},
            paper.blueprint["form_length"],
        )
        for number, test in enumerate(content["tests"], start=1)
    ]


def _staged(
    paper: TailoredPaper,
    form_code: str,
    codes: list[str],
    items: dict[str, PublishedItem],
    rules: dict[str, object],
    length: int,
) -> FormSpec:
    routing = RoutingSpec(
        design="adaptive" if paper.design == "adaptive" else "multistage",
        length=length,
        rules=rules,
        scale=paper.content["scale"],
    )
    return _form(paper, form_code, [items[code] for code in codes], routing)


def _form(paper: TailoredPaper, form_code: str, items: list[PublishedItem], routing: RoutingSpec | None) -> FormSpec:
    return FormSpec(
        form_code=form_code,
        title=paper.blueprint["name"],
        duration_minutes=paper.blueprint["duration_minutes"],
        items=items,
        routing=routing,
        # Papers made before blueprints spoke of tools and pages are as every form is by default.
        tools=DeskTools.model_validate(paper.blueprint.get("tools", {})),
        items_per_page=paper.blueprint.get("items_per_page", 1),
        source=_source(paper),
    )


def _source(paper: TailoredPaper) -> dict[str, object]:
    return {
        "tailored_paper_id": str(paper.id),
        "blueprint_id": str(paper.blueprint_id),
        "cut_theta": paper.blueprint["cut_theta"],
    }
