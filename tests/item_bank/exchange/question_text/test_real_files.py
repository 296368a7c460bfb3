"""Papers saved by an office suite and by a library, as they come."""

import io
from pathlib import Path

from docx import Document
from docx.enum.text import WD_COLOR_INDEX

from item_bank.exchange.question_text.reading import read_word_questions
from tests.item_bank.exchange.question_text.documents import codes, correct, errors, option_texts, truths, typed

FILES = Path(__file__).parent / "files"


def test_a_paper_of_three_parts_saved_by_libreoffice() -> None:
    file = read_word_questions((FILES / "three_parts.docx").read_bytes(), "three_parts.docx")
    assert [correct(item) for item in file.items[:3]] == ["B", "D", None]
    assert errors(file.items[2]) == ["key_two_marked"]
    assert truths(file.items[3]) == "ĐSĐS"
    assert [typed(item) for item in file.items[4:]] == ["8", "90"]
    assert option_texts(file.items[0].content) == ["Calc", "Writer", "Impress", "Base"]
    assert [item.metadata.cognitive_level for item in file.items[:2]] == ["NB", "TH"]
    assert {"family_three_parts", "key_by_underline"} <= set(codes(file))


def test_a_paper_written_by_python_docx() -> None:
    document = Document()
    document.add_heading("Đề thi", 1)
    for number, right in enumerate("CAB", 1):
        document.add_paragraph().add_run(f"Câu {number}: Câu hỏi số {number}?").bold = True
        for letter in "ABC":
            run = document.add_paragraph().add_run(f"{letter}. trả lời {letter}")
            if letter == right:
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    buffer = io.BytesIO()
    document.save(buffer)
    file = read_word_questions(buffer.getvalue(), "a.docx")
    assert [correct(item) for item in file.items] == ["C", "A", "B"]
    assert option_texts(file.items[1].content) == ["trả lời A", "trả lời B", "trả lời C"]
    assert file.items[1].content.stem == "<strong>Câu hỏi số 2?</strong>"  # type: ignore[union-attr]
