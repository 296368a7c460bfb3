"""Sample items for tests of QTI."""

from exam_engine.interactions.content import Option, SingleChoice
from exam_engine.interactions.keys import ChoiceKey

CHOICE = SingleChoice(
    stem="<p>Hàm nào tính tổng?</p>",
    options=tuple(
        Option(id=name, content=text, is_fixed=name == "D")
        for name, text in (("A", "=AVG(A1:A5)"), ("B", "=SUM(A1:A5)"), ("C", "=ADD(A1:A5)"), ("D", "Không hàm nào"))
    ),
)
CHOICE_KEY = ChoiceKey(correct=("B",))
