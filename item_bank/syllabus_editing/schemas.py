"""Wire types of editing the syllabus."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from item_bank.syllabus.schemas import SourceCode, StandardLevel

FrameworkCode = Annotated[str, Field(max_length=32, examples=["TT03/2014"])]
# Codes of frameworks hold slashes, as the numbers of legal texts do, so none is part of an address.
FrameworkQuery = Annotated[FrameworkCode, Query()]
NodeCode = Annotated[str, Field(max_length=32, examples=["IU04.5"])]
Name = Annotated[str, Field(max_length=1000)]
Revision = Annotated[int, Field(ge=1, description="The revision that was read; any other refuses the change.")]


class RowFaultView(BaseModel):
    """One fault of a file; row 0 means the file as a whole."""

    row: int = Field(examples=[12])
    column: str = Field(description="Letter of the column.", examples=["I"])
    heading: str = Field(examples=["Đáp án đúng"])
    code: str = Field(examples=["key_missing"])
    message: str
    fix: str


class FrameworkFields(BaseModel):
    """Everything that may change of a framework."""

    model_config = ConfigDict(from_attributes=True)

    name: Name = Field(examples=["Chuẩn kỹ năng sử dụng công nghệ thông tin"])
    name_en: Name = ""
    legal_basis: Name = Field(examples=["Thông tư 03/2014/TT-BTTTT ngày 11/3/2014"])
    source: SourceCode = "board"
    source_note: Name = ""
    valid_from: date
    valid_to: date | None = Field(default=None, description="The last day in force; null while there is none.")


class NewFramework(FrameworkFields):
    """A framework to add."""

    model_config = ConfigDict(extra="forbid")

    code: FrameworkCode


class FrameworkChange(FrameworkFields):
    """What a framework is to state from now on."""

    model_config = ConfigDict(extra="forbid")

    revision: Revision


class NodeFields(BaseModel):
    """Everything that may change of a module or of a part of one."""

    model_config = ConfigDict(from_attributes=True)

    name: Name = Field(examples=["Biểu thức và hàm"])
    name_en: Name = Field(default="", description="Empty where nobody has translated the name.")
    standard_level: StandardLevel | None = Field(default=None, description="Of modules only.")
    source: SourceCode = "board"
    source_note: Name = Field(default="", description="Where the wording comes from.")
    valid_from: date | None = Field(default=None, description="Null: since the framework is in force.")
    valid_to: date | None = Field(default=None, description="The last day in force; a node with one is retired.")
    replaced_by: NodeCode | None = Field(default=None, description="The node, in any framework, that takes over.")


class NewNode(NodeFields):
    """A module (without parent) or a part of one to add after its siblings."""

    model_config = ConfigDict(extra="forbid")

    framework_code: FrameworkCode
    parent_code: NodeCode | None = None
    code: NodeCode


class NodeChange(NodeFields):
    """What a module or part is to state from now on; its code stays."""

    model_config = ConfigDict(extra="forbid")

    revision: Revision


class NodeOrder(BaseModel):
    """The order of a framework's modules, or of what lies directly in a node."""

    model_config = ConfigDict(extra="forbid")

    framework_code: FrameworkCode
    parent_code: NodeCode | None = None
    codes: list[NodeCode] = Field(max_length=1000)


class NodeView(NodeFields):
    """A module or a part of one, with the items that refer to it or to anything in it."""

    code: NodeCode
    parent_code: NodeCode | None
    depth: int = Field(description="0 a module, 1 a section, 2 a topic, 3 a can-do statement.")
    is_in_force: bool = Field(description="Today, with everything above it.")
    items: dict[str, int] = Field(description="By status.")
    revision: int


class FrameworkView(FrameworkFields):
    """A framework with everything in it in reading order."""

    code: FrameworkCode
    is_in_force: bool
    revision: int
    nodes: list[NodeView]


class SyllabusView(BaseModel):
    """All frameworks."""

    frameworks: list[FrameworkView]


class Stored(BaseModel):
    """What was stored, by the revision it has now."""

    code: str
    revision: int


class HistoryEntry(BaseModel):
    """One act on a framework, module or part: the values it changed, before and after."""

    at: datetime
    actor_name: str
    action: str = Field(examples=["syllabus.node_changed"])
    before: dict[str, Any]
    after: dict[str, Any]


class History(BaseModel):
    """What was done, newest first."""

    entries: list[HistoryEntry]


class SyllabusImportReport(BaseModel):
    """What taking in a file would do; long lists of faults are cut, the counts are complete."""

    plan: str = Field(description="To hand back when the file is taken in.")
    rows_read: int
    rows_with_errors: int
    added: int
    changed: int
    unchanged: int
    untouched: int = Field(description="In the framework but not in the file; they stay as they are.")
    errors: list[RowFaultView]
    error_count: int
    warnings: list[RowFaultView]
    warning_count: int


class SyllabusImportOutcome(BaseModel):
    """What taking in a file did."""

    added: int
    changed: int
    unchanged: int
