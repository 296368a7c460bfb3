"""Rules of printing: which version of a blueprint is printed, and what stands around its tables."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.i18n import Catalogue, Language
from item_bank.blueprints import service as blueprints
from item_bank.blueprints.printing.content import Printer
from item_bank.blueprints.printing.excel import render_workbook
from item_bank.blueprints.printing.matrix import blueprint_matrix
from item_bank.blueprints.printing.pdf import render_pdf
from item_bank.blueprints.printing.tables import PrintedDocument
from item_bank.blueprints.printing.word import render_word
from item_bank.blueprints.versions.service import find_version, statement_of, version_stating
from item_bank.syllabus import service as syllabus_service

Ending = Literal["docx", "pdf", "xlsx"]
RENDERERS = {"docx": render_word, "pdf": render_pdf, "xlsx": render_workbook}
TYPES: dict[Ending, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues a document; empty parts become dotted lines."""

    agency: str = ""
    school: str = ""


async def blueprint_document(
    session: AsyncSession,
    *,
    blueprint_id: UUID,
    number: int | None,
    issuer: Issuer,
    catalogue: Catalogue,
    language: Language,
) -> PrintedDocument:
    """Return a blueprint as it is printed: as it stands, or one of its versions.

    Raises
    ------
    BlueprintNotFoundError, BlueprintVersionNotFoundError
    """
    statement = (await blueprints.find_blueprint(session, blueprint_id)).statement
    if number is None:
        number = await version_stating(session, blueprint_id, statement)
    else:
        statement = statement_of(await find_version(session, blueprint_id, number))
    syllabus = await syllabus_service.find_syllabus(session)
    printer = Printer(blueprint_matrix(statement, syllabus), syllabus, catalogue, language)
    named = printer.text("named", name=statement.name)
    if number is not None:
        named = printer.text("named_version", name=statement.name, number=number)
    about = printer.text("about", items=statement.form_length, minutes=statement.duration_minutes)
    return PrintedDocument(
        agency=issuer.agency,
        school=issuer.school,
        title=printer.text("matrix_title"),
        lines=[named, about],
        tables=[printer.matrix_table(), printer.specification_table()],
        signatures=[
            (printer.text("made_by"), printer.text("sign")),
            (printer.text("approved_by"), printer.text("sign")),
        ],
        page_label=printer.text("page"),
    )
