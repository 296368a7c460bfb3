"""The sections of a sitting: parts of its paper that are taken one after another, each with a clock of its own."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from exam_engine.core.errors import Fault

SectionKind = Literal["questions", "practical"]
Navigation = Literal["free", "forward"]

PRACTICAL_INTERACTIONS = frozenset({"file_upload"})
"""What is worked on in programs outside the page."""


class PlannedSection(BaseModel):
    """One section; a section once left is left for good.

    Attributes
    ----------
    modules : codes of the modules whose questions it holds; empty for those that no other section names.
    navigation : free to go back within the section, or only forward.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=120, examples=["Trắc nghiệm"])
    kind: SectionKind = "questions"
    modules: tuple[Annotated[str, Field(min_length=1, max_length=16)], ...] = Field(default=(), max_length=40)
    minutes: int = Field(ge=1, le=600)
    navigation: Navigation = "free"

    def takes(self, *, interaction: str, module_code: str) -> bool:
        """Whether items of this kind belong to the section, unless one before it takes them."""
        is_practical = interaction in PRACTICAL_INTERACTIONS
        return (self.kind == "practical") is is_practical and (not self.modules or module_code in self.modules)


SECTION_PLAN: TypeAdapter[tuple[PlannedSection, ...]] = TypeAdapter(
    Annotated[tuple[PlannedSection, ...], Field(max_length=12)]
)
"""Reads a stored plan."""


def section_of(plan: Sequence[PlannedSection], *, interaction: str, module_code: str) -> int | None:
    """Return the number, from 1, of the section that an item belongs to; None when none takes it.

    A section that names the module of an item comes before one that takes what is left.
    """
    fitting = [
        (not section.modules, number)
        for number, section in enumerate(plan, start=1)
        if section.takes(interaction=interaction, module_code=module_code)
    ]
    return min(fitting)[1] if fitting else None


def plan_faults(plan: Sequence[PlannedSection], *, duration_minutes: int) -> list[Fault]:
    """Return what does not fit in a plan by itself."""
    total = sum(section.minutes for section in plan)
    if plan and total != duration_minutes:
        return [Fault("sections_last_otherwise", "sections", {"total": total, "minutes": duration_minutes})]
    return []


def form_faults(
    plan: Sequence[PlannedSection], items: Sequence[tuple[str, dict[str, Any]]], *, form_code: str, design: str
) -> list[Fault]:
    """Return what of a form does not fit a plan.

    Parameters
    ----------
    items : module code and delivered view of each item of the form.
    """
    if plan and design != "linear":
        return [Fault("sections_need_linear_form", "sections", {"form": form_code})]
    faults, used = [], set[int]()
    for module_code, view in items:
        number = section_of(plan, interaction=view["interaction"], module_code=module_code)
        # A paper in one piece holds questions only: files need a time of their own.
        if number is None and (plan or view["interaction"] in PRACTICAL_INTERACTIONS):
            params = {"form": form_code, "ref": view["ref"], "module": module_code}
            faults.append(Fault("item_in_no_section", "sections", params))
        elif number is not None:
            used.add(number)
    faults += [
        Fault("section_without_items", f"sections.{number - 1}", {"form": form_code, "section": section.title})
        for number, section in enumerate(plan, start=1)
        if number not in used
    ]
    return faults
