"""Forms of sample questions, so that simulated candidates have as much to read as real ones."""

from exam_engine.core.db import new_id
from exam_engine.forms.schemas import FormSpec, PublishedItem
from exam_engine.interactions.content import FileUpload, Option, SingleChoice
from exam_engine.interactions.keys import ChoiceKey, Criterion, RubricKey
from exam_engine.sittings.section_plan import PlannedSection
from item_bank.sample.bank import sample_rows

FORM_CODES = ("101", "102")


def sample_forms(item_count: int, duration_minutes: int, *, with_task: bool = False) -> list[FormSpec]:
    """Return two forms of sample questions over all modules; with few rows the forms share questions.

    Parameters
    ----------
    with_task : whether a practical task that takes a file comes after the questions.
    """
    rows = sample_rows()
    # The rows come module by module: a stride that has no divisor in common takes from all of them.
    spread = [rows[(place * 7) % len(rows)] for place in range(len(rows))]
    forms = []
    for number, code in enumerate(FORM_CODES):
        chosen = [spread[(number * item_count + place) % len(spread)] for place in range(item_count)]
        items = [_published(row, f"{code}-{place:03d}") for place, row in enumerate(chosen, start=1)]
        items += [_task(code)] if with_task else []
        forms.append(FormSpec(form_code=code, title="Đề thử tải", duration_minutes=duration_minutes, items=items))
    return forms


def sections_of(duration_minutes: int) -> tuple[PlannedSection, PlannedSection]:
    """Return the sections of a paper with a task: half of the time for the questions, the rest for the task."""
    half = duration_minutes // 2
    return (
        PlannedSection(title="Trắc nghiệm", minutes=half),
        PlannedSection(title="Thực hành", kind="practical", minutes=duration_minutes - half),
    )


def _task(code: str) -> PublishedItem:
    return PublishedItem(
        item_code=f"{code}-TH",
        item_version_id=new_id(),
        module_code="IU03",
        module_name="IU03",
        cognitive_level="VD",
        content=FileUpload(stem="Soạn và định dạng văn bản theo mẫu đã cho, rồi nộp tệp.", file_types=("docx",)),
        key=RubricKey(criteria=(Criterion(id="c1", title="Đúng mẫu", points="1"),)),
    )


def _published(row: dict[str, str], item_code: str) -> PublishedItem:
    return PublishedItem(
        item_code=item_code,
        item_version_id=new_id(),
        module_code=row["module"],
        module_name=row["module"],
        cognitive_level=row["level"],
        content=SingleChoice(
            stem=row["stem"],
            options=tuple(Option(id=id_, content=row[f"option_{id_.lower()}"]) for id_ in "ABCD"),
        ),
        key=ChoiceKey(correct=(row["key"],)),
    )
