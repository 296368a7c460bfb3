"""Items written in the syntax of each family are read as they were, and damage never makes another key."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.core.errors import DomainError
from exam_engine.interactions.checking.checks import check_item
from exam_engine.interactions.rich_text import plain_text
from item_bank.exchange.imported import ImportedFile
from item_bank.exchange.question_text.reading import read_text_questions
from tests.item_bank.exchange.question_text.documents import (
    MARKS,
    correct,
    errors,
    line,
    option_texts,
    text_file,
    word_document,
)

WORDS = st.sampled_from(
    [
        "máy tính",
        "bàn phím",
        "Hà Nội",
        "phần mềm",
        "tệp",
        "thư mục",
        "x + y",
        "Ctrl+S",
        "số 12",
        "“lưu”",
        "đường dẫn",
        "3,5 kg",
        "trang; mạng",
        "ô B2",
    ]
)
PHRASE = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@dataclass(frozen=True)
class Written:
    """A question as its author means it."""

    stem: str
    options: tuple[str, ...]
    right: int

    @property
    def letter(self) -> str:
        return "ABCDEFGH"[self.right]


@st.composite
def questions(draw: st.DrawFn) -> Written:
    options = tuple(draw(st.lists(PHRASE, min_size=2, max_size=6, unique=True)))
    return Written(draw(PHRASE), options, draw(st.integers(0, len(options) - 1)))


PAPERS = st.lists(questions(), min_size=1, max_size=6)


def lettered(paper: list[Written]) -> str:
    return "\n".join(
        "\n".join(
            [
                f"Câu {n}. {one.stem}?",
                *(f"{letter}. {text}" for letter, text in zip("ABCDEF", one.options, strict=False)),
                f"Đáp án: {one.letter}",
            ]
        )
        for n, one in enumerate(paper, 1)
    )


def side_by_side(paper: list[Written]) -> str:
    body = "\n".join(
        f"Câu {n}: {one.stem}?\n"
        + "\t".join(f"{letter}. {text}" for letter, text in zip("ABCDEF", one.options, strict=False))
        for n, one in enumerate(paper, 1)
    )
    return f"{body}\nHẾT\nBẢNG ĐÁP ÁN\n" + " ".join(f"{n}.{one.letter}" for n, one in enumerate(paper, 1))


def mcmix(paper: list[Written]) -> str:
    return "\n".join(
        "\n".join(
            [
                f"{one.stem}?",
                *(f"{'*' * (at == one.right)}{'ABCDEF'[at]}. {text}" for at, text in enumerate(one.options)),
                "[<br>]",
            ]
        )
        for one in paper
    )


def aztest(paper: list[Written]) -> str:
    return "\n\n".join(
        "\n".join([f"{one.stem}?", *(f"{'* ' * (at == one.right)}{text}" for at, text in enumerate(one.options))])
        for one in paper
    )


def assert_same(file: ImportedFile, paper: list[Written]) -> None:
    assert [item.content.stem for item in file.items if item.content] == [f"{one.stem}?" for one in paper]
    assert [option_texts(item.content) for item in file.items] == [list(one.options) for one in paper]
    assert [correct(item) for item in file.items] == [one.letter for one in paper]
    assert [errors(item) for item in file.items] == [[]] * len(paper)


@pytest.mark.parametrize("write", [lettered, side_by_side, mcmix, aztest])
@settings(max_examples=40)
@given(paper=PAPERS)
def test_a_paper_is_read_as_it_was_written(write: Callable[[list[Written]], str], paper: list[Written]) -> None:
    assert_same(text_file(write(paper)), paper)


@pytest.mark.parametrize("kind", MARKS)
@settings(max_examples=25)
@given(paper=st.lists(questions(), min_size=3, max_size=5), whole=st.booleans())
def test_a_marked_paper_is_read_as_it_was_written(kind: str, paper: list[Written], whole: bool) -> None:
    written = []
    for n, one in enumerate(paper, 1):
        written.append(line(f"Câu {n}. {one.stem}?"))
        for at, text in enumerate(one.options):
            mark = MARKS[kind] if at == one.right else ""
            written.append(line((f"{'ABCDEF'[at]}.", mark), (f" {text}", mark if whole else "")))
    assert_same(word_document(*written), paper)


def marked_paper(paper: list[Written], marks: list[set[int]]) -> ImportedFile:
    written = []
    for n, (one, marked) in enumerate(zip(paper, marks, strict=True), 1):
        written.append(line(f"Câu {n}. {one.stem}?"))
        for at, text in enumerate(one.options):
            written.append(line((f"{'ABCDEF'[at]}.", MARKS["underline"] if at in marked else ""), f" {text}"))
    return word_document(*written)


@settings(max_examples=60)
@given(paper=PAPERS, chance=st.randoms(use_true_random=False))
def test_no_mark_or_a_second_one_never_makes_a_key(paper: list[Written], chance: random.Random) -> None:
    """Each question keeps its mark, loses it or gets others; only those with just their own have a key."""
    marks = []
    for one in paper:
        others = [at for at in range(len(one.options)) if at != one.right]
        marks.append(
            chance.choice([{one.right}, set(), {one.right, chance.choice(others)}, set(range(len(one.options)))])
        )
    file = marked_paper(paper, marks)
    expected = [one.letter if marked == {one.right} else None for one, marked in zip(paper, marks, strict=True)]
    assert [correct(item) for item in file.items] == expected
    assert [bool(errors(item)) for item in file.items] == [letter is None for letter in expected]


@settings(max_examples=60)
@given(paper=PAPERS, chance=st.randoms(use_true_random=False))
def test_a_line_lost_anywhere_never_makes_another_key(paper: list[Written], chance: random.Random) -> None:
    """Whatever line is lost, an item that still has a key has that of the question with its stem and options."""
    rows = lettered(paper).split("\n")
    del rows[chance.randrange(len(rows))]
    if not any(row.strip() for row in rows):
        return
    meant = {(f"{one.stem}?", one.options): one.options[one.right] for one in paper}
    for item in text_file("\n".join(rows)).items:
        right = correct(item)
        if right is not None and item.content is not None:
            texts = tuple(option_texts(item.content))
            if (item.content.stem, texts) in meant and len(
                [one for one in paper if one.stem in item.content.stem]
            ) == 1:
                assert texts["ABCDEF".index(right)] == meant[item.content.stem, texts]


SIGNS = (
    "Câu 1.|Câu 2:|A.|B.|C.|a)|b)|Đáp án: A|ĐÁP ÁN|BẢNG ĐÁP ÁN|HẾT|PHẦN I|PHẦN II. Đúng sai|1.A 2.B|[<br>]|[<sg>]"
    "|[</sg>]|{<1>}|(<1>)|* x|> y|#! z|#$ w|Lời giải|Chọn B|(Đ)|(NB)|$x$|\\frac|<key=2>|<audio>x</audio>|\t|\n"
    "|\n\n| |Dựa vào đoạn sau trả lời câu 1 đến 2"
)
SCRAPS = st.sampled_from(SIGNS.split("|"))


@settings(max_examples=200)
@given(text=st.lists(st.one_of(SCRAPS, st.text(max_size=8)), max_size=40).map(" ".join))
def test_any_text_is_read_or_refused_and_every_item_without_a_key_says_why(text: str) -> None:
    try:
        file = read_text_questions(text.encode("utf-8", "ignore"), "a.txt")
    except DomainError:
        return
    assert [item.number for item in file.items] == list(range(1, len(file.items) + 1))
    for item in file.items:
        assert item.key is not None or errors(item), (text, item)


@settings(max_examples=120)
@given(
    rows=st.lists(
        st.lists(st.tuples(SCRAPS, st.sampled_from(["", *MARKS.values()])), min_size=1, max_size=4),
        min_size=1,
        max_size=25,
    )
)
def test_any_marked_document_is_read_and_every_item_without_a_key_says_why(rows: list[list[tuple[str, str]]]) -> None:
    for item in word_document(*(line(*((f"{text} ", mark) for text, mark in row)) for row in rows)).items:
        assert item.key is not None or errors(item)
        assert item.key is None or item.content is not None


def test_items_without_errors_can_be_delivered_and_scored() -> None:
    file = text_file(
        "PHẦN I. Câu trắc nghiệm\nCâu 1. Hỏi?\nA. 1\nB. 2\nĐáp án: A\nCâu 2. Hỏi?\nA. 1\nB. 2\nC. 3\nĐáp án: A, C\n"
        "PHẦN II. Đúng sai\nCâu 1. Cho\na) 1 (Đ)\nb) 2 (S)\nc) 3 (S)\nd) 4 (Đ)\nCâu 2. Cho\na) 1 (Đ)\nb) 2 (S)\n"
        "PHẦN III. Trả lời ngắn\nCâu 1. Số? <key=-1,5 cm>\nCâu 2. Từ? <key=một|hai>"
    )
    assert len(file.items) == 6
    for item in file.items:
        assert item.content is not None
        assert check_item(item.content, item.key) == []
        assert errors(item) == []


def test_texts_of_a_read_item_are_what_a_reader_of_the_file_sees() -> None:
    item = text_file("Câu 1. 1 < 2 & 3 > 2?\nA. đúng\nB. sai\nĐáp án: A").items[0]
    assert item.content is not None
    assert plain_text(item.content.stem) == unescape(item.content.stem) == "1 < 2 & 3 > 2?"
