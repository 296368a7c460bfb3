"""Forms of sample questions, so that simulated candidates have as much to read as real ones."""

from exam_engine.core.db import new_id
from exam_engine.forms.schemas import FormSpec, PublishedItem
from exam_engine.interactions.content import Option, SingleChoice
from exam_engine.interactions.keys import ChoiceKey
from item_bank.sample.bank import sample_rows

FORM_CODES = ("101", "102")


def sample_forms(item_count: int, duration_minutes: int) -> list[FormSpec]:
    """Return two forms of sample questions over all modules; with few rows the forms share questions."""
    rows = sample_rows()
    # The rows come module by module: a stride that has no divisor in common takes from all of them.
    spread = [rows[(place * 7) % len(rows)] for place in range(len(rows))]
    forms = []
    for number, code in enumerate(FORM_CODES):
        chosen = [spread[(number * item_count + place) % len(spread)] for place in range(item_count)]
        items = [_published(row, f"{code}-{place:03d}") for place, row in enumerate(chosen, start=1)]
        forms.append(FormSpec(form_code=code, title="Đề thử tải", duration_minutes=duration_minutes, items=items))
    return forms


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
