"""Wire types of imports."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class RowFaultView(BaseModel):
    """One fault of a file; row 0 means the file as a whole."""

    row: int = Field(examples=[12])
    column: str = Field(description="Letter of the column.", examples=["I"])
    heading: str = Field(examples=["Đáp án đúng"])
    code: str = Field(examples=["key_missing"])
    message: str
    fix: str


class ImportReport(BaseModel):
    """What applying the file would do; long lists of faults are cut, the counts are complete."""

    id: UUID
    file_name: str
    sheet_name: str
    rows_read: int
    rows_with_errors: int
    new_items: int
    changed_items: int
    unchanged_items: int
    errors: list[RowFaultView]
    error_count: int
    warnings: list[RowFaultView]
    warning_count: int


class ImportApplication(BaseModel):
    """How to apply an import."""

    model_config = ConfigDict(extra="forbid")

    skip_rows_with_errors: bool = False
    submit_for_review: bool = Field(default=False, description="Hand the items in for review at once.")


class ImportOutcome(BaseModel):
    """What applying did."""

    created: int
    new_versions: int
    unchanged: int
    skipped: int
