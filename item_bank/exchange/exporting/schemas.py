"""Wire types of exports."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from item_bank.exchange.schemas import NoticeView
from item_bank.items.schemas import ItemSelection


class ExportFormatView(BaseModel):
    """A format that items can leave the bank in."""

    code: str = Field(examples=["package"])
    title: str
    help: str
    ending: str = Field(examples=["zip"])
    holds_keys: bool


class ExportFormatList(BaseModel):
    """The formats that the reader may ask for."""

    items: list[ExportFormatView]


class PaperHeadingBody(BaseModel):
    """What stands above the questions of a paper; what is left empty is dots to fill in by hand."""

    model_config = ConfigDict(extra="forbid")

    agency: str = Field(default="", max_length=120, examples=["SỞ GIÁO DỤC VÀ ĐÀO TẠO"])
    school: str = Field(default="", max_length=120)
    title: str = Field(default="ĐỀ KIỂM TRA", min_length=1, max_length=160)
    form_code: str = Field(default="", max_length=16, examples=["101"])
    minutes: int | None = Field(default=None, ge=1, le=600)


class ExportRequest(BaseModel):
    """Items to export: by id, or all that match; exactly one of the two."""

    model_config = ConfigDict(extra="forbid")

    item_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=1000)
    all_matching: ItemSelection | None = None
    format: str = Field(max_length=32, examples=["package"])
    heading: PaperHeadingBody | None = Field(default=None, description="For papers only.")


class ExportReport(BaseModel):
    """What a file would hold; notices name by item code what the format cannot carry."""

    items: int
    written: int
    notices: list[NoticeView]
