"""Tables of the syllabus."""

from datetime import date

from sqlmodel import Field

from exam_engine.core.db import Table


class Framework(Table, table=True):
    """A legal standard of skills, in force between two dates; the law replaces it now and then.

    Codes are the identities here and below: they are the legal names, and everything else refers to them.
    """

    code: str = Field(primary_key=True, max_length=32)
    name: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    legal_basis: str = Field(max_length=200)
    valid_from: date
    valid_to: date | None = None


class SyllabusModule(Table, table=True):
    """A module of a framework, such as IU04."""

    code: str = Field(primary_key=True, max_length=16)
    framework_code: str = Field(foreign_key="framework.code", max_length=32, index=True)
    name: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    standard_level: str = Field(max_length=16)
    position: int


class SyllabusSection(Table, table=True):
    """A section of a module; ``source`` says how sure its wording is."""

    code: str = Field(primary_key=True, max_length=24)
    module_code: str = Field(foreign_key="syllabus_module.code", max_length=16, index=True)
    name: str = Field(max_length=300)
    source: str = Field(max_length=32)
    position: int
