"""Files of any number of items, made of the sentences of the shipped sample."""

import csv
import io
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib import resources

from exam_engine.interactions.content import Option, SingleChoice
from exam_engine.interactions.keys import ChoiceKey
from exam_engine.interactions.rich_text import text_to_html
from item_bank.exchange.exported import ExportedItem
from item_bank.exchange.qti.writing.package import write_qti3
from item_bank.items.content import ItemDraft, ItemMetadata

SEED = 20261123
LETTERS = "ABCD"
_OFFICE = "http://schemas.openxmlformats.org"
_WORD = f"{_OFFICE}/wordprocessingml/2006/main"


@dataclass(frozen=True, slots=True)
class Question:
    """One item with four options, of which one is right, and the code that it gets."""

    code: str
    stem: str
    options: list[str]
    right: int


def questions(size: int) -> Iterator[Question]:
    """Give as many questions, all different, over six modules."""
    rng = random.Random(SEED)
    stems, options = _sentences()
    for number in range(size):
        first, second = (rng.choice(stems).split() for _ in range(2))
        stem = " ".join([f"{number + 1}.", *first[: len(first) // 2 + 1], *second[len(second) // 2 :]])
        yield Question(f"IU0{number % 6 + 1}-{number + 1:05d}", stem, rng.sample(options, 4), rng.randrange(4))


def _sentences() -> tuple[list[str], list[str]]:
    stems, options = [], set()
    folder = resources.files("item_bank.sample")
    for number in range(1, 7):
        text = (folder / f"iu0{number}.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines(keepends=True)):
            stems.append(row["Câu hỏi"])
            options |= {" ".join(row[f"Phương án {letter}"].split()) for letter in LETTERS}
    return stems, sorted(options)


def csv_file(size: int) -> bytes:
    """Return a sheet as comma-separated text."""
    text = io.StringIO()
    writer = csv.writer(text)
    titles = [f"Phương án {letter}" for letter in LETTERS]
    writer.writerow(["Mã câu hỏi", "Mô đun", "Mã tham chiếu", "Câu hỏi", *titles, "Đáp án đúng", "Mức độ"])
    for one in questions(size):
        module = one.code[:4]
        writer.writerow([one.code, module, f"{module}.1", one.stem, *one.options, LETTERS[one.right], "NB"])
    return text.getvalue().encode()


def gift_file(size: int) -> bytes:
    """Return GIFT text."""
    parts = []
    for one in questions(size):
        answers = "\n".join(f"{'=' if i == one.right else '~'}{_gift(text)}" for i, text in enumerate(one.options))
        parts.append(f"::{one.code}::{_gift(one.stem)} {{\n{answers}\n}}\n")
    return "\n".join(parts).encode()


def _gift(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "~=#{}:\\" else letter for letter in text)


def aiken_file(size: int) -> bytes:
    """Return Aiken text."""
    parts = []
    for one in questions(size):
        options = "\n".join(f"{letter}. {text}" for letter, text in zip(LETTERS, one.options, strict=True))
        parts.append(f"{one.stem}\n{options}\nANSWER: {LETTERS[one.right]}\n")
    return "\n".join(parts).encode()


def moodle_xml_file(size: int) -> bytes:
    """Return Moodle XML."""
    parts = []
    for one in questions(size):
        answers = "".join(
            f'<answer fraction="{100 * (i == one.right)}" format="plain_text"><text>{escape(text)}</text></answer>'
            for i, text in enumerate(one.options)
        )
        parts.append(
            f'<question type="multichoice"><name><text>{one.code}</text></name><questiontext format="plain_text">'
            f"<text>{escape(one.stem)}</text></questiontext><defaultgrade>1</defaultgrade><single>true</single>"
            f"<shuffleanswers>true</shuffleanswers><answernumbering>ABCD</answernumbering>{answers}</question>\n"
        )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{"".join(parts)}</quiz>\n'.encode()


def word_file(size: int) -> bytes:
    """Return a Word file with numbered questions, a paragraph for each option, and the right letter underlined."""
    parts = []
    for number, one in enumerate(questions(size), start=1):
        parts.append(_paragraph(f"Câu {number}. {one.stem.split(' ', 1)[1]} ({number})"))
        for i, (letter, text) in enumerate(zip(LETTERS, one.options, strict=True)):
            underline = '<w:rPr><w:u w:val="single"/></w:rPr>' if i == one.right else ""
            parts.append(f"<w:p><w:r>{underline}<w:t>{letter}</w:t></w:r>{_run(f'. {text}')}</w:p>")
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_OFFICE}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_OFFICE}/package/2006/relationships"><Relationship Id="main" '
        f'Type="{_OFFICE}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        "</Relationships>",
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{"".join(parts)}</w:body></w:document>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return buffer.getvalue()


def _paragraph(text: str) -> str:
    return f"<w:p>{_run(text)}</w:p>"


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def qti_file(size: int) -> bytes:
    """Return a package of QTI 3, as this bank writes it."""
    letters = tuple(LETTERS)
    items = [
        ExportedItem(
            ItemDraft(
                one.code,
                SingleChoice(
                    stem=text_to_html(one.stem),
                    options=tuple(
                        Option(id=letter, content=text_to_html(text))
                        for letter, text in zip(letters, one.options, strict=True)
                    ),
                ),
                ChoiceKey(correct=(letters[one.right],)),
                ItemMetadata(one.code[:4], f"{one.code[:4]}.1", "NB"),
            )
        )
        for one in questions(size)
    ]
    return write_qti3(items, {}).content


FILES = {
    "csv": ("sheet", "items.csv", csv_file),
    "gift": ("gift", "items.gift", gift_file),
    "aiken": ("aiken", "items.txt", aiken_file),
    "moodle_xml": ("moodle_xml", "items.xml", moodle_xml_file),
    "word": ("word", "items.docx", word_file),
    "qti": ("qti", "items.zip", qti_file),
}
"""What is measured: format of the bank, file name, and what makes the file."""

MOST = {"moodle_xml": 20_000, "qti": 19_000}
"""Items of formats that take no more in one file."""
