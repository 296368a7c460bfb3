"""Wire types of the syllabus."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SourceCode = Literal["published_outline", "to_be_checked", "board"]
StandardLevel = Literal["basic", "advanced"]


class SectionView(BaseModel):
    """A section of a module; ``source`` tells whether the wording still has to be checked against the law."""

    model_config = ConfigDict(from_attributes=True)

    code: str = Field(examples=["IU04.5"])
    name: str = Field(examples=["Biểu thức và hàm"])
    name_en: str = Field(description="Empty where nobody has translated the name.", examples=["Expressions"])
    source: SourceCode


class ModuleView(BaseModel):
    """A module with its sections."""

    code: str = Field(examples=["IU04"])
    framework_code: str = Field(examples=["TT03/2014"])
    name: str = Field(examples=["Sử dụng bảng tính cơ bản"])
    name_en: str = Field(examples=["Basic spreadsheets"])
    standard_level: StandardLevel | None = Field(description="Null where the framework knows no such levels.")
    sections: list[SectionView]


class ModuleList(BaseModel):
    """All modules in the order of the frameworks."""

    items: list[ModuleView]
    total: int
