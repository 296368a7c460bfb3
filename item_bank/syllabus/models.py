"""Tables of the syllabus."""

from datetime import date

from sqlmodel import Field

from exam_engine.core.db import Table


class Framework(Table, table=True):
    """A standard of skills, in force between two dates (both inclusive); the law replaces it now and then.

    Codes are the identities here and below: they are the legal names, and everything else refers to them. A name may
    change, a code never does. ``source`` says how sure a wording is, ``source_note`` where it comes from; ``revision``
    counts the changes, so that nobody overwrites what somebody else has just changed.
    """

    code: str = Field(primary_key=True, max_length=32)
    name: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    legal_basis: str = Field(max_length=200)
    source: str = Field(default="board", max_length=32)
    source_note: str = Field(default="", max_length=300)
    valid_from: date
    valid_to: date | None = None
    position: int = 0
    revision: int = 1


class SyllabusModule(Table, table=True):
    """A module of a framework, such as IU04.

    ``standard_level`` is null where the framework divides its modules by no level. Dates narrow those of the framework;
    null means the framework's own. ``replaced_by`` names the part, in any framework, that a retired one went over to.
    """

    code: str = Field(primary_key=True, max_length=16)
    framework_code: str = Field(foreign_key="framework.code", max_length=32, index=True)
    name: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    standard_level: str | None = Field(default=None, max_length=16)
    source: str = Field(default="board", max_length=32)
    source_note: str = Field(default="", max_length=300)
    valid_from: date | None = None
    valid_to: date | None = None
    replaced_by: str | None = Field(default=None, max_length=32)
    position: int
    revision: int = 1


class SyllabusSection(Table, table=True):
    """A part of a module at any depth: 1 a section, 2 a topic, 3 a can-do statement.

    ``parent_code`` is null where the part lies in the module itself; a code is the code above it, a dot and a number.
    """

    code: str = Field(primary_key=True, max_length=32)
    module_code: str = Field(foreign_key="syllabus_module.code", max_length=16, index=True)
    parent_code: str | None = Field(
        default=None, foreign_key="syllabus_section.code", max_length=32, index=True, nullable=True
    )
    depth: int = 1
    name: str = Field(max_length=500)
    name_en: str = Field(default="", max_length=500)
    source: str = Field(max_length=32)
    source_note: str = Field(default="", max_length=300)
    valid_from: date | None = None
    valid_to: date | None = None
    replaced_by: str | None = Field(default=None, max_length=32)
    position: int
    revision: int = 1
