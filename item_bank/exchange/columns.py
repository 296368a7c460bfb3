"""Columns of an item sheet: the headings that are understood, and those that are written."""

from exam_engine.core.workbook import Column
from item_bank.items.content import OPTION_IDS


def option_field(letter: str) -> str:
    """Return the field name of an option column."""
    return f"option_{letter.lower()}"


def _option_column(number: int, letter: str) -> Column:
    words = ("Phương án", "Lựa chọn", "Đáp án", "PA", "Option", "Choice", "Answer")
    names = [f"{word} {letter}" for word in words] + [f"{word} {number}" for word in words] + [letter]
    return Column(option_field(letter), tuple(names), is_required=letter == "A")


CODE = Column("code", ("Mã câu hỏi", "Mã câu", "Mã số", "Item code", "Question code", "Code"))
MODULE = Column("module", ("Mô đun", "Mã mô đun", "Module", "Module code"))
REFERENCE = Column("reference", ("Mã tham chiếu", "Tham chiếu", "Reference code", "Reference"))
STEM = Column("stem", ("Câu hỏi", "Nội dung câu hỏi", "Nội dung", "Phần dẫn", "Question", "Stem"), is_required=True)
OPTIONS = tuple(_option_column(number, letter) for number, letter in enumerate(OPTION_IDS, start=1))
KEY = Column(
    "key", ("Đáp án đúng", "Đáp án", "Phương án đúng", "Key", "Correct answer", "Correct", "Answer"), is_required=True
)
LEVEL = Column("level", ("Mức độ", "Mức độ nhận thức", "Cấp độ", "Cognitive level", "Level"))
EXPLANATION = Column("explanation", ("Giải thích", "Lời giải", "Hướng dẫn giải", "Explanation"))
KIND = Column("kind", ("Loại", "Loại câu hỏi", "Kiểu câu hỏi", "Type", "Question type"))
POINTS = Column("points", ("Điểm", "Số điểm", "Points"))
UNIT = Column("unit", ("Đơn vị", "Unit"))
SECONDS = Column("seconds", ("Thời gian (giây)", "Thời gian", "Số giây", "Seconds", "Expected seconds"))
TAGS = Column("tags", ("Nhãn", "Thẻ", "Từ khoá", "Tags"))
SOURCE = Column("source", ("Nguồn", "Source"))
LANGUAGE = Column("language", ("Ngôn ngữ", "Language"))
MARKUP = Column("markup", ("Định dạng", "Markup", "Format"))

COLUMNS = (
    CODE, MODULE, REFERENCE, STEM, *OPTIONS, KEY, LEVEL, EXPLANATION, KIND,
    POINTS, UNIT, SECONDS, TAGS, SOURCE, LANGUAGE, MARKUP,
)  # fmt: skip
WRITTEN_COLUMNS = (CODE, MODULE, REFERENCE, STEM, *OPTIONS[:4], KEY, LEVEL, EXPLANATION, KIND, UNIT)
"""The columns of the template and of files that are written."""
