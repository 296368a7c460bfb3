"""Forms with questions and practical tasks."""

from typing import Any

from exam_engine.core.db import new_id
from exam_engine.forms.schemas import FormSpec, PublishedItem
from exam_engine.interactions.content import FileUpload
from exam_engine.interactions.keys import Criterion, RubricKey
from exam_engine.sittings.section_plan import PlannedSection
from load_tests.prepared_sitting import make_form

SECTIONS = (
    PlannedSection(title="Trắc nghiệm", minutes=15),
    PlannedSection(title="Thực hành", kind="practical", minutes=30),
)


def practical_form(code: str = "401", *, questions: int = 4, **fields: Any) -> FormSpec:
    """A form of 45 minutes: choices of which the first option is right, then a task that takes files."""
    form = make_form(code, questions, 45)
    task = PublishedItem(
        item_code=f"{code}-TH",
        item_version_id=new_id(),
        module_code="IU03",
        module_name="Mô đun 3",
        cognitive_level="VD",
        content=FileUpload(**({"stem": "Trình bày văn bản theo mẫu.", "file_types": ("docx", "xlsx")} | fields)),
        key=RubricKey(criteria=(Criterion(id="c1", title="Đúng mẫu", points="1"),)),
    )
    return form.model_copy(update={"items": [*form.items, task]})
