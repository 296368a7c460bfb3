"""Wire types of the syllabus."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class SectionView(BaseModel):
    """A section of a module; ``source`` tells whether the wording still has to be checked against the law."""

    model_config = ConfigDict(from_attributes=True)

    code: str = Field(examples=["IU04.5"])
    name: str = Field(examples=["Biểu thức và hàm"])
    source: Literal["published_outline", "to_be_checked"]


class ModuleView(BaseModel):
    """A module with its sections."""

    code: str = Field(examples=["IU04"])
    name: str = Field(examples=["Sử dụng bảng tính cơ bản"])
    name_en: str = Field(examples=["Basic spreadsheets"])
    standard_level: Literal["basic", "advanced"]
    sections: list[SectionView]


class ModuleList(BaseModel):
    """All modules in the order of the standard."""

    items: list[ModuleView]
    total: int
