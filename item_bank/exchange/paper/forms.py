"""Published forms as papers: their items in the form's order or in another, the parts of its blueprint, its matrix."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.permissions import Permission
from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.i18n import Catalogue, Language
from exam_engine.forms import service as forms_service
from exam_engine.forms.models import Form
from exam_engine.interactions.content import CONTENT
from exam_engine.interactions.shuffling import shuffled_paper
from item_bank.assembly.models import Assembly
from item_bank.blueprints.printing.content import Printer
from item_bank.blueprints.printing.matrix import CountedItem, items_matrix
from item_bank.blueprints.printing.service import Issuer
from item_bank.blueprints.printing.tables import PrintedDocument
from item_bank.blueprints.statement import BlueprintStatement, SecondsPerItem
from item_bank.exchange.exported import ExportedItem, ExportedMedia
from item_bank.exchange.exporting.errors import ExportHoldsKeysError
from item_bank.exchange.exporting.gathering import Gathered, gather_records
from item_bank.exchange.paper.document import PaperHeading, Parts, write_paper
from item_bank.exchange.paper.errors import FormNotFoundError, FormNotLinearError, FormNotOfBankError
from item_bank.items import queries as item_queries
from item_bank.items.records import ItemRecord
from item_bank.syllabus import service as syllabus_service

_NUMBER_OF_PART = re.compile(r"^(?:phần|part)\s+[IVX\d]+\s*[.:–-]?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PrintedForm:
    """A form with what is printed of it; ``statement`` is what its blueprint stated, where there is one."""

    form: Form
    gathered: Gathered
    statement: BlueprintStatement | None

    @property
    def parts(self) -> Parts:
        """The parts of its blueprint; a paper numbers them itself."""
        if self.statement is None:
            return ()
        return [
            (_NUMBER_OF_PART.sub("", part.name) or part.name, frozenset[str](part.interactions))
            for part in self.statement.parts
        ]


async def read_form(session: AsyncSession, form_id: UUID) -> PrintedForm:
    """Return a published form with its items, in the versions that it was published with.

    Raises
    ------
    FormNotFoundError, FormNotLinearError, FormNotOfBankError, ExportTooLargeError
    """
    form = await forms_service.find_form(session, form_id)
    if form is None:
        raise FormNotFoundError
    if form.design != "linear":
        raise FormNotLinearError(form_code=form.form_code)
    version_ids = [item.item_version_id for item in await forms_service.items_of_form(session, form_id)]
    versions = await item_queries.versions_by_id(session, version_ids)
    if len(versions) < len(set(version_ids)):
        raise FormNotOfBankError(form_code=form.form_code)
    records = await item_queries.records_by_id(session, [version.item_id for version in versions.values()])
    ordered = [versions[id_] for id_ in version_ids]
    gathered = await gather_records(
        session, [ItemRecord(records[version.item_id].item, version, None) for version in ordered]
    )
    assembly_id = form.source.get("assembly_id")
    assembly = None if assembly_id is None else await session.get(Assembly, UUID(assembly_id))
    statement = None if assembly is None else BlueprintStatement.model_validate(assembly.blueprint)
    return PrintedForm(form, gathered, statement)


def refuse_keys(actor: Actor) -> None:
    """Refuse who may not see what is right.

    Raises
    ------
    ExportHoldsKeysError
    """
    if Permission.ITEM_KEY_READ.value not in actor.permissions:
        raise ExportHoldsKeysError


def form_paper(printed: PrintedForm, *, variant: int, heading: PaperHeading, has_answers: bool) -> bytes:
    """Return the form as a Word document; with keys and explanations at the end if asked for."""
    code = printed.form.form_code if variant == 0 else f"{printed.form.form_code}-{variant:02d}"
    filled = replace(
        heading, form_code=heading.form_code or code, minutes=heading.minutes or printed.form.duration_minutes
    )
    items = printed.gathered.items if variant == 0 else shuffled(printed.gathered.items, f"{printed.form.id}:{variant}")
    media: Mapping[str, ExportedMedia] = printed.gathered.media
    return write_paper(items, media, heading=filled, parts=printed.parts, has_answers=has_answers).content


def shuffled(items: Sequence[ExportedItem], seed: str) -> tuple[ExportedItem, ...]:
    """Return items and their options in another order, as they are shuffled for candidates: testlets stay together."""
    views = [
        {
            "at": at,
            **item.draft.content.model_dump(mode="json"),
            "stimulus": None if item.stimulus is None else {"ref": item.stimulus.code},
        }
        for at, item in enumerate(items)
    ]
    found = []
    for view in shuffled_paper(views, int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")):
        item = items[view.pop("at")]
        view.pop("stimulus")
        found.append(replace(item, draft=replace(item.draft, content=CONTENT.validate_python(view))))
    return tuple(found)


async def record_paper(
    session: AsyncSession,
    printed: PrintedForm,
    content: bytes,
    *,
    variant: int,
    has_answers: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Record that a form left the bank on paper, with the hash of the file."""
    await audit.record(
        session,
        actor=actor,
        action="form.printed",
        object_type="form",
        object_id=str(printed.form.id),
        details={
            "form": printed.form.form_code,
            "variant": variant,
            "holds_keys": has_answers,
            "items": len(printed.gathered.items),
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        },
        now=now,
    )


async def form_matrix(
    session: AsyncSession, form_id: UUID, *, issuer: Issuer, catalogue: Catalogue, language: Language
) -> PrintedDocument:
    """Return the matrix and the specification that the items of a form make.

    Raises
    ------
    FormNotFoundError, FormNotLinearError
    """
    printed = await read_form(session, form_id)
    syllabus = await syllabus_service.find_syllabus(session)
    assumed = SecondsPerItem() if printed.statement is None else printed.statement.seconds_per_item
    drafts = [item.draft for item in printed.gathered.items]
    counted = [
        CountedItem(
            draft.metadata.module_code,
            draft.metadata.reference_code or draft.metadata.module_code,
            draft.metadata.cognitive_level,
            draft.content.interaction,
            draft.metadata.points,
            draft.metadata.expected_seconds or assumed.of(draft.metadata.cognitive_level),
        )
        for draft in drafts
    ]
    printer = Printer(items_matrix(counted, syllabus), syllabus, catalogue, language)
    form = printed.form
    return PrintedDocument(
        agency=issuer.agency,
        school=issuer.school,
        title=printer.text("matrix_title"),
        lines=[
            printer.text("form_named", code=form.form_code, title=form.title),
            printer.text("about", items=form.item_count, minutes=form.duration_minutes),
        ],
        tables=[printer.matrix_table(), printer.specification_table()],
        signatures=[
            (printer.text("made_by"), printer.text("sign")),
            (printer.text("approved_by"), printer.text("sign")),
        ],
        page_label=printer.text("page"),
    )
