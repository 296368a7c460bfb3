"""Columns of a sheet of the syllabus: the headings that are understood, and the words for sources and levels."""

from exam_engine.core.text import search_key
from exam_engine.core.workbook import Column

CODE = Column("code", ("Mã tham chiếu", "Mã", "Reference code", "Code"), is_required=True)
NAME = Column(
    "name", ("Nội dung/Yêu cầu cần đạt", "Nội dung", "Yêu cầu cần đạt", "Tên", "Name", "Content"), is_required=True
)
NAME_EN = Column("name_en", ("Tên tiếng Anh", "English name", "Name in English"))
LEVEL = Column("standard_level", ("Trình độ", "Mức chuẩn", "Standard level", "Level"))
SOURCE = Column("source", ("Nguồn", "Source"))
SOURCE_NOTE = Column("source_note", ("Ghi chú nguồn", "Căn cứ", "Source note"))
VALID_FROM = Column("valid_from", ("Hiệu lực từ", "Từ ngày", "Valid from"))
VALID_TO = Column("valid_to", ("Hiệu lực đến", "Đến ngày", "Valid to"))
REPLACED_BY = Column("replaced_by", ("Thay bằng", "Mã thay thế", "Replaced by"))

COLUMNS = (CODE, NAME, NAME_EN, LEVEL, SOURCE, SOURCE_NOTE, VALID_FROM, VALID_TO, REPLACED_BY)

SOURCE_WORDS = {
    "published_outline": ("Bản công bố", "Published outline"),
    "to_be_checked": ("Cần đối chiếu", "To be checked"),
    "board": ("Hội đồng", "Board"),
}
LEVEL_WORDS = {"basic": ("Cơ bản", "Basic"), "advanced": ("Nâng cao", "Advanced")}
"""What is written first, what else is understood after it."""


def code_of(words: dict[str, tuple[str, str]], text: str) -> str | None:
    """Return the code that a word stands for, None for a word that is not known."""
    wanted = search_key(text)
    return next(
        (code for code, names in words.items() if wanted in {code, *(search_key(name) for name in names)}), None
    )
