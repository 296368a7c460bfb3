"""A document is kept in few bytes while it is read, and its items are made one at a time."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.exchange.question_text.keeping import KeptLines, KeptSplits
from item_bank.exchange.question_text.lines import GridCell, Line, Piece, line_of, table_line
from item_bank.exchange.question_text.options import LetteredPart, SplitQuestion, split_options
from item_bank.exchange.question_text.preparing import PreparedQuestion
from item_bank.exchange.question_text.reading import begin_text_questions, begin_word_questions
from item_bank.exchange.word.blocks import OBJECT, Format, Place
from item_bank.exchange.word.errors import InvalidWordFileError
from tests.item_bank.exchange.question_text.documents import UNDERLINE, line
from tests.item_bank.exchange.word.word_files import word_file

places = st.builds(Place, st.integers(1, 10**6), st.text(max_size=20), st.integers(0, 9), st.integers(0, 9))
formats = st.builds(Format, st.booleans(), st.booleans(), underline=st.sampled_from(["", "single"]), font=st.text())
pieces = st.builds(Piece, st.text(max_size=20), formats) | st.builds(Piece, st.just(OBJECT), html=st.just("<img>"))
texts = st.builds(line_of, places, st.lists(pieces, max_size=4), is_soft=st.booleans(), is_bullet=st.booleans())
cells = st.builds(GridCell, st.lists(texts, max_size=2).map(tuple), st.integers(1, 3), st.integers(0, 3))
tables = st.builds(
    table_line, places, st.lists(st.lists(cells, min_size=1, max_size=2).map(tuple), min_size=1).map(tuple)
)
lines = st.lists(texts | tables, max_size=6)


@given(lines=lines)
def test_lines_come_back_as_they_were(lines: list[Line]) -> None:
    kept = KeptLines(lines)
    assert len(kept) == len(lines)
    assert list(kept) == lines
    assert list(kept.taken()) == lines
    assert not len(kept)


@given(groups=st.lists(lines.filter(bool), max_size=5), times=st.integers(1, 30))
def test_stems_and_options_come_back_in_their_order(groups: list[list[Line]], times: int) -> None:
    splits = [SplitQuestion(tuple(group), (LetteredPart("A", group[0], tuple(group)),)) for group in groups] * times
    splits += map(split_options, groups)
    kept = KeptSplits()
    for split in splits:
        kept.append(split)
    assert list(kept.taken()) == splits
    assert list(kept.taken()) == []


def questions(count: int) -> list[str]:
    """The paragraphs of as many questions."""
    made = []
    for number in range(1, count + 1):
        made += [line(f"Câu {number}. Phím nào lưu tệp thứ {number}?"), line(("A", UNDERLINE), ". Ctrl+S")]
        made += [line(f"{letter}. Ctrl+{letter}") for letter in "BCD"]
    return made


def held(kind: type[object]) -> int:
    """How many objects of a kind there are."""
    gc.collect()
    return sum(type(one) is kind for one in gc.get_objects())


@pytest.mark.usefixtures("only_new_objects")
@pytest.mark.parametrize("count", [50, 400])
def test_few_lines_are_held_however_long_the_document(count: int) -> None:
    before = held(Line), held(PreparedQuestion)
    reading = begin_word_questions(word_file("".join(questions(count))), "cau-hoi.docx")
    assert held(Line) == before[0]
    first = next(reading.items)
    assert first.key is not None
    # Those of the one question.
    assert held(Line) - before[0] < 12
    rest = list(reading.items)
    assert (len(rest), rest[-1].number) == (count - 1, count)
    assert (held(Line), held(PreparedQuestion)) == before


def test_what_a_text_says_at_its_end_reaches_its_first_question() -> None:
    asked = "".join(f"Câu {number}. Hỏi {number}?\nA. một\nB. hai\n" for number in range(1, 300))
    answers = "HẾT\nBẢNG ĐÁP ÁN\n" + " ".join(f"{number}.{'AB'[number % 2]}" for number in range(1, 300))
    reading = begin_text_questions(f"{asked}{answers}\nkhông thuộc câu nào".encode(), "cau-hoi.txt")
    first = next(reading.items)
    assert first.key is not None
    assert first.key.model_dump()["correct"] == ("B",)
    assert all(item.key is not None for item in reading.items)


@pytest.mark.parametrize("end", ["<w:p><w:r>", "<w:p>" * 5000])
def test_damage_behind_many_questions_refuses_the_document_before_any_is_given(end: str) -> None:
    content = word_file("".join([*questions(300), end]))
    with pytest.raises(InvalidWordFileError) as caught:
        begin_word_questions(content, "cau-hoi.docx")
    assert caught.value.faults[0].code == "word_damaged"
