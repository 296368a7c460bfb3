"""Documents of questions for tests, written by hand, and what was read of them."""

from html import escape

from exam_engine.interactions.content import ItemContent, MultipleResponse, SingleChoice, TrueFalseTable
from exam_engine.interactions.keys import ChoiceKey, NumberKey, TextKey, TrueFalseKey
from item_bank.exchange.imported import ImportedFile, ImportedItem
from item_bank.exchange.question_text.reading import read_text_questions, read_word_questions
from tests.item_bank.exchange.word.word_files import paragraph, run, word_file

UNDERLINE = '<w:u w:val="single"/>'
BOLD = "<w:b/>"
ITALIC = "<w:i/>"
RED = '<w:color w:val="FF0000"/>'
BLUE = '<w:color w:val="0000FF"/>'
BLACK = '<w:color w:val="000000"/>'
MARKER = '<w:highlight w:val="yellow"/>'
MARKS = {"underline": UNDERLINE, "bold": BOLD, "italic": ITALIC, "colour": RED, "highlight": MARKER}


def text_file(text: str) -> ImportedFile:
    return read_text_questions(text.encode(), "cau-hoi.txt")


def word_document(*lines: str, **parts: str) -> ImportedFile:
    return read_word_questions(word_file("".join(lines), parts=parts), "cau-hoi.docx")


def line(*runs: str | tuple[str, str]) -> str:
    """A paragraph of plain texts and of texts with properties."""
    return paragraph("".join(run(escape(one)) if isinstance(one, str) else run(escape(one[0]), one[1]) for one in runs))


def lines(text: str) -> str:
    """Paragraphs without formatting, one a line."""
    return "".join(line(one) for one in text.split("\n"))


def table(*rows: tuple[str, ...]) -> str:
    """A table whose cells hold the given paragraphs, or plain text."""
    cells = [
        "".join(f"<w:tc>{cell if cell.startswith('<w:p>') else line(cell)}</w:tc>" for cell in row) for row in rows
    ]
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def question(number: int, *options: str, stem: str = "Hỏi gì?") -> str:
    """A question of Word whose options are given as XML."""
    return line(f"Câu {number}. {stem}") + "".join(options)


def marked(letter: str, properties: str, text: str = "", *, whole: bool = False) -> str:
    """An option whose letter, or all of it, has some properties."""
    body = f" phương án {letter}" if not text else f" {text}"
    return line((f"{letter}.", properties), (body, properties) if whole else body)


def options(*letters: str, right: str = "", by: str = UNDERLINE, whole: bool = False) -> list[str]:
    return [marked(letter, by if letter in right else "", whole=whole) for letter in letters]


def correct(item: ImportedItem) -> str | None:
    """The right letters, or None where there is no key."""
    if item.key is None:
        return None
    assert isinstance(item.key, ChoiceKey)
    return "".join(item.key.correct)


def truths(item: ImportedItem) -> str | None:
    """What is said of the statements in order, as Đ and S."""
    if item.key is None:
        return None
    assert isinstance(item.key, TrueFalseKey)
    assert isinstance(item.content, TrueFalseTable)
    return "".join("Đ" if item.key.values[line.id] else "S" for line in item.content.statements)


def typed(item: ImportedItem) -> str | tuple[str, ...] | None:
    """The right number, or the texts that are accepted."""
    match item.key:
        case NumberKey():
            return item.key.value
        case TextKey():
            return tuple(accepted.text for accepted in item.key.gaps["g1"].accepted)
        case _:
            return None


def option_texts(content: ItemContent | None) -> list[str]:
    match content:
        case SingleChoice() | MultipleResponse():
            return [option.content for option in content.options]
        case TrueFalseTable():
            return [statement.content for statement in content.statements]
        case _:
            raise AssertionError(content)


def errors(item: ImportedItem) -> list[str]:
    return [notice.code for notice in item.notices if notice.severity == "error"]


def codes(item: ImportedItem | ImportedFile) -> list[str]:
    return [notice.code for notice in item.notices]


def only(file: ImportedFile) -> ImportedItem:
    (item,) = file.items
    return item
