"""Rubrics in the notes for graders of Moodle's essays."""

import re
from decimal import Decimal
from html import unescape

from exam_engine.interactions.keys import Criterion, RubricKey
from exam_engine.interactions.rich_text import plain_text
from item_bank.exchange.moodle_xml.question import Question
from item_bank.exchange.moodle_xml.source import number_of, plain_number, text_in, value_in
from item_bank.exchange.moodle_xml.texts import as_html

_RUBRIC = re.compile(r'<ul class="item-bank-rubric">(.*?)</ul>(.*)', re.DOTALL)
_CRITERION = re.compile(r"<li><strong>([^<]*)</strong> \(([0-9.]+)\)(?:<br>(.*?))?</li>", re.DOTALL)
_POINTS = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")
_WHOLE_ANSWER = "Toàn bài"


def rubric_html(key: RubricKey, model_answer: str) -> str:
    """Return a rubric as notes for graders; the model answer comes in Moodle's HTML."""
    lines = []
    for criterion in key.criteria:
        description = as_html(criterion.description).replace("\n", "<br>")
        lines.append(
            f"<li><strong>{as_html(criterion.title)}</strong> ({criterion.points})"
            f"{f'<br>{description}' if description else ''}</li>"
        )
    return f'<ul class="item-bank-rubric">{"".join(lines)}</ul>{model_answer}'


def read_rubric(question: Question) -> RubricKey | None:
    """Return the rubric that graders are given; None when they are given nothing.

    Notes that are no rubric of this bank become the model answer of one criterion worth the whole mark.
    """
    holder = question.element.find("graderinfo")
    raw = text_in(holder).strip()
    if holder is None or not raw:
        return None
    if found := _RUBRIC.fullmatch(raw):
        criteria = tuple(
            Criterion(
                id=f"C{number}",
                title=unescape(title),
                description=unescape(description.replace("<br>", "\n")),
                points=points,
            )
            for number, (title, points, description) in enumerate(_CRITERION.findall(found[1]), start=1)
        )
        if criteria:
            return RubricKey(criteria=criteria, model_answer=question.convert(found[2], holder, "key/model_answer"))
    model_answer = question.html(holder, "key/model_answer")
    if not plain_text(model_answer).strip() and "<img" not in model_answer:
        return None
    grade = number_of(value_in(question.element, "defaultgrade") or "1") or Decimal(1)
    points = plain_number(grade)
    question.note("warning", "moodle_grader_notes", "key")
    whole = Criterion(id="C1", title=_WHOLE_ANSWER, points=points if _POINTS.fullmatch(points) else "1")
    return RubricKey(criteria=(whole,), model_answer=model_answer)
