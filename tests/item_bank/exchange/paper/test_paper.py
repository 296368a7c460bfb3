"""Papers to print: every kind of item can be answered on them, and only those with answers say what is right."""

import io
import zipfile

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from lxml import etree

from exam_engine.interactions.cleaning import cleaned_content
from exam_engine.interactions.content import (
    ItemContent,
    Match,
    NumericEntry,
    Option,
    Order,
    SingleChoice,
    TrueFalseTable,
)
from exam_engine.interactions.keys import ChoiceKey, ItemKey, NumberKey, OrderKey, PairKey, TrueFalseKey
from item_bank.exchange.exported import ExportedItem
from item_bank.exchange.paper.answers import answer_line
from item_bank.exchange.paper.document import PaperHeading, write_paper
from tests.exam_engine.interactions.strategies import Item, items
from tests.item_bank.exchange.qti.making import MEDIA, PICTURE, STIMULUS, draft, exported
from tests.item_bank.exchange.qti.samples import CHOICE, CHOICE_KEY

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


def body(content: bytes) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return etree.fromstring(archive.read("word/document.xml"))


def lines(content: bytes) -> list[str]:
    """The paragraphs, those of cells included, as an independent reader of the XML finds them."""
    tab, text = f"{W}r/{W}tab", f"{W}t"
    found = []
    for line in body(content).iter(f"{W}p"):
        tabs = set(line.findall(tab))
        nodes = [node for node in line.iter(text, f"{W}tab", f"{M}t") if node.tag != f"{W}tab" or node in tabs]
        found.append("".join("\t" if node in tabs else node.text or "" for node in nodes))
    return found


def choice(*texts: str, stem: str = "Hỏi?") -> SingleChoice:
    options = tuple(Option(id=id_, content=text) for id_, text in zip("ABCDEFGH", texts, strict=False))
    return SingleChoice(stem=stem, options=options)


@given(item=items())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_every_kind_of_item_is_set_and_the_paper_is_the_same_whatever_the_key(item: Item) -> None:
    content = cleaned_content(item[0]).content
    with_key = write_paper([ExportedItem(draft(content, item[1], explanation="<p>Bí mật</p>"))], MEDIA)
    without = write_paper([ExportedItem(draft(content, None))], MEDIA)
    assert lines(with_key.content) == lines(without.content)
    assert any(line.startswith("Câu 1. ") for line in lines(with_key.content))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("2", "4", "8", "16"), ["A. 2\tB. 4\tC. 8\tD. 16"]),
        (("a" * 16,) * 4, ["\t".join(f"{letter}. {'a' * 16}" for letter in "ABCD")]),
        (("a" * 17, "b", "c", "d"), [f"A. {'a' * 17}\tB. b", "C. c\tD. d"]),
        (("a" * 38, "b", "c"), [f"A. {'a' * 38}\tB. b", "C. c"]),
        (("a" * 39, "b"), [f"A. {'a' * 39}", "B. b"]),
        (("<p>2</p>", "<p>4</p>"), ["A. 2\tB. 4"]),
        (("x<br>y", "z"), ["A. xy", "B. z"]),
    ],
)
def test_short_options_share_a_line(texts: tuple[str, ...], expected: list[str]) -> None:
    written = lines(write_paper([exported(choice(*texts), None)], {}).content)
    start = written.index("Câu 1. Hỏi?") + 1
    assert written[start : start + len(expected)] == expected


def test_kinds_stand_in_parts_of_their_own_and_are_numbered_through() -> None:
    table = TrueFalseTable.model_validate({"stem": "Xét.", "statements": [{"id": "a", "content": "Một"}]})
    written = lines(
        write_paper(
            [exported(table, None, code="IU03-001"), exported(choice("1", "2"), None, code="IU03-002")], {}
        ).content
    )
    wanted = [line for line in written if line.startswith(("PHẦN", "Câu "))]
    assert wanted == [
        "PHẦN I. Câu trắc nghiệm nhiều phương án lựa chọn",
        "Câu 1. Hỏi?",
        "PHẦN II. Câu trắc nghiệm đúng sai",
        "Câu 2. Xét.",
    ]
    assert "a) Một" in written


def test_a_stimulus_stands_once_before_all_its_questions() -> None:
    shared = [
        ExportedItem(draft(choice("1", "2"), None, code=f"C{n}", stimulus_code=STIMULUS.code), STIMULUS) for n in (1, 3)
    ]
    alone = exported(choice("1", "2"), None, code="C2")
    written = lines(write_paper([shared[0], alone, shared[1]], {}).content)
    assert [line for line in written if "ngữ liệu" in line] == ["Đọc ngữ liệu sau và trả lời các câu từ 1 đến 2:"]
    assert written.count("Cho bảng điểm lớp 10A.") == 1


def test_the_heading_says_what_is_known_and_leaves_dots_for_the_rest() -> None:
    heading = PaperHeading(agency="SỞ GD&ĐT HÀ NỘI", title="ĐỀ THI THỬ", form_code="101", minutes=45)
    written = lines(write_paper([exported(CHOICE, CHOICE_KEY)], {}, heading=heading).content)
    for text in ("SỞ GD&ĐT HÀ NỘI", "." * 30, "Mã đề: 101", "ĐỀ THI THỬ"):
        assert text in written
    assert "Thời gian làm bài: 45 phút, không kể thời gian phát đề" in written


def test_the_page_is_a4_with_page_numbers() -> None:
    content = write_paper([exported(CHOICE, None)], {}).content
    section = Document(io.BytesIO(content)).sections[0]
    sizes = [one.cm for one in (section.page_width, section.page_height) if one is not None]
    assert sizes == pytest.approx([21.0, 29.7], abs=0.01)
    fields = [one.get(f"{W}instr") for one in section.footer._element.iter(f"{W}fldSimple")]
    assert fields == ["PAGE", "NUMPAGES"]


FORMULA = (
    "<math><mfrac><mn>1</mn><msqrt><mi>x</mi></msqrt></mfrac><mo>+</mo><msup><mi>y</mi><mn>2</mn></msup>"
    "<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover><mrow><mo>(</mo><mi>a</mi><mo>)</mo></mrow></math>"
)


def test_formulas_are_formulas_of_word_and_pictures_carry_their_alternative_text() -> None:
    stem = f'<p>Tính {FORMULA}</p><p><img src="media:{PICTURE.sha256}" alt="Bảng điểm"></p>'
    document = body(write_paper([exported(choice("1", "2", stem=stem), None)], MEDIA).content)
    [formula] = document.iter(f"{M}oMath")
    names = [etree.QName(one).localname for one in formula.iter()]
    assert [name for name in ("f", "rad", "sSup", "limLow", "limUpp", "d") if name in names] == [
        "f", "rad", "sSup", "limLow", "limUpp", "d",
    ]  # fmt: skip
    assert "".join(one.text or "" for one in formula.iter(f"{M}t")) == "1x+y2∑ina"
    assert "Bảng điểm" in [one.get("descr") for one in document.iter() if etree.QName(one).localname == "docPr"]


def test_a_picture_that_is_gone_leaves_its_words_and_is_named() -> None:
    stem = f'<p><img src="media:{PICTURE.sha256}" alt="Bảng điểm"></p>'
    written = write_paper([exported(choice("1", "2", stem=stem), None)], {})
    assert "Câu 1. [Hình: Bảng điểm]" in lines(written.content)
    assert [(one.code, one.place) for one in written.left_out] == [("export_media_missing", "IU03-001")]


def test_answers_come_last_with_code_points_and_explanation() -> None:
    item = exported(
        choice("1", "2"), ChoiceKey(correct=("B",)), points="0.25", explanation="<p>Vì <strong>hai</strong>.</p>"
    )
    written = lines(write_paper([item], {}, has_answers=True).content)
    assert written[written.index("Điểm") + 1 :][:4] == ["1", "IU03-001", "B", "0,25"]
    assert written[-1] == "Câu 1. Vì hai."


PAIRS = Match(
    stem="Ghép.",
    sources=(Option(id="x1", content="CPU"), Option(id="x2", content="RAM")),
    targets=(Option(id="y1", content="nhớ"), Option(id="y2", content="xử lý")),
)
LETTERS = Order(stem="Xếp.", options=tuple(Option(id=id_, content=id_) for id_ in ("p", "q", "r")))
TRUTHS = TrueFalseTable.model_validate(
    {"stem": "Xét.", "statements": [{"id": "s1", "content": "Một"}, {"id": "s2", "content": "Hai"}]}
)


@pytest.mark.parametrize(
    ("content", "key", "line"),
    [
        (PAIRS, PairKey(pairs=(("x1", "y2"), ("x2", "y1"))), "1 – b; 2 – a"),
        (LETTERS, OrderKey(order=("r", "p", "q")), "C – A – B"),
        (TRUTHS, TrueFalseKey.model_validate({"values": {"s1": True, "s2": False}}), "a) Đ, b) S"),
        (NumericEntry(stem="?"), NumberKey(value="2.5", tolerance="0.1"), "2,5 ± 0,1"),
        (NumericEntry(stem="?"), NumberKey(value="2.5"), "2,5"),
        (choice("1", "2"), None, "(chưa có)"),
    ],
)
def test_answers_speak_in_the_letters_of_the_paper(content: ItemContent, key: ItemKey | None, line: str) -> None:
    assert answer_line(content, key) == line


def test_things_to_order_or_pair_are_not_shown_in_the_stored_order_and_the_answers_follow_the_paper() -> None:
    steps = tuple(f"bước {number}" for number in range(1, 13))
    options = tuple(Option(id=id_, content=text) for id_, text in zip("ABCDEFGHIJKL", steps, strict=True))
    order = ExportedItem(draft(Order(stem="Xếp.", options=options), OrderKey(order=tuple("ABCDEFGHIJKL"))))
    written = lines(write_paper([order], {}, has_answers=True).content)
    shown = [line for line in written if line[1:].startswith(". bước")]
    assert sorted(line[3:] for line in shown) == sorted(steps)
    assert [line[3:] for line in shown] != list(steps)
    letters = written[written.index("Điểm") + 3].split(" – ")
    by_letter = {line[0]: line[3:] for line in shown}
    assert [by_letter[letter] for letter in letters] == list(steps)


def test_pairs_are_answered_by_the_letters_under_which_the_paper_shows_them() -> None:
    names = [f"đích {number}" for number in range(1, 11)]
    pairs = Match(
        stem="Ghép.",
        sources=tuple(Option(id=f"s{n}", content=f"nguồn {n}") for n in range(1, 11)),
        targets=tuple(Option(id=f"t{n}", content=name) for n, name in enumerate(names, 1)),
    )
    key = PairKey(pairs=tuple((f"s{n}", f"t{n}") for n in range(1, 11)))
    written = lines(write_paper([exported(pairs, key)], {}, has_answers=True).content)
    shown = {line[0]: line[3:] for line in written if line[1:].startswith(") đích")}
    assert list(shown.values()) != names
    answers = dict(one.split(" – ") for one in written[written.index("Điểm") + 3].split("; "))
    assert [shown[answers[str(number)]] for number in range(1, 11)] == names
