"""Vietnamese before Unicode: TCVN3 and VNI text by its font, and the suspicion where the font says nothing."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.exchange.word.legacy_detection import is_syllable, suspected_encoding
from item_bank.exchange.word.legacy_encodings import TCVN3, VNI, decode_legacy, is_possible
from item_bank.exchange.word.legacy_fonts import LegacyFont, legacy_font
from tests.item_bank.exchange.word.word_files import note_codes, notes_of, paragraph, paragraph_of, run

MARKED = sorted(
    {
        unicodedata.normalize("NFC", letter + tone)
        for letter in ("a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y")
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
        if letter not in "aeiouy" or tone
    }
    | {"đ"}
)
# One code of TCVN3 a letter, in the order of Unicode: written down from the charts, apart from the tables under test.
TCVN3_CODES = {
    "B5": "à", "B8": "á", "B6": "ả", "B7": "ã", "B9": "ạ", "A8": "ă", "BB": "ằ", "BE": "ắ", "BC": "ẳ", "BD": "ẵ",
    "C6": "ặ", "A9": "â", "C7": "ầ", "CA": "ấ", "C8": "ẩ", "C9": "ẫ", "CB": "ậ", "AE": "đ", "CC": "è", "D0": "é",
    "CE": "ẻ", "CF": "ẽ", "D1": "ẹ", "AA": "ê", "D2": "ề", "D5": "ế", "D3": "ể", "D4": "ễ", "D6": "ệ", "D7": "ì",
    "DD": "í", "D8": "ỉ", "DC": "ĩ", "DE": "ị", "DF": "ò", "E3": "ó", "E1": "ỏ", "E2": "õ", "E4": "ọ", "AB": "ô",
    "E5": "ồ", "E8": "ố", "E6": "ổ", "E7": "ỗ", "E9": "ộ", "AC": "ơ", "EA": "ờ", "ED": "ớ", "EB": "ở", "EC": "ỡ",
    "EE": "ợ", "EF": "ù", "F3": "ú", "F1": "ủ", "F2": "ũ", "F4": "ụ", "AD": "ư", "F5": "ừ", "F8": "ứ", "F6": "ử",
    "F7": "ữ", "F9": "ự", "FA": "ỳ", "FD": "ý", "FB": "ỷ", "FC": "ỹ", "FE": "ỵ",
    "A1": "Ă", "A2": "Â", "A3": "Ê", "A4": "Ô", "A5": "Ơ", "A6": "Ư", "A7": "Đ",
}  # fmt: skip
VNI_CODES = {
    "aù": "á", "aø": "à", "aû": "ả", "aõ": "ã", "aï": "ạ", "aê": "ă", "aé": "ắ", "aè": "ằ", "aú": "ẳ", "aü": "ẵ",
    "aë": "ặ", "aâ": "â", "aá": "ấ", "aà": "ầ", "aå": "ẩ", "aã": "ẫ", "aä": "ậ", "eù": "é", "eø": "è", "eû": "ẻ",
    "eõ": "ẽ", "eï": "ẹ", "eâ": "ê", "eá": "ế", "eà": "ề", "eå": "ể", "eã": "ễ", "eä": "ệ", "í": "í", "ì": "ì",
    "æ": "ỉ", "ó": "ĩ", "ò": "ị", "où": "ó", "oø": "ò", "oû": "ỏ", "oõ": "õ", "oï": "ọ", "oâ": "ô", "oá": "ố",
    "oà": "ồ", "oå": "ổ", "oã": "ỗ", "oä": "ộ", "ô": "ơ", "ôù": "ớ", "ôø": "ờ", "ôû": "ở", "ôõ": "ỡ", "ôï": "ợ",
    "uù": "ú", "uø": "ù", "uû": "ủ", "uõ": "ũ", "uï": "ụ", "ö": "ư", "öù": "ứ", "öø": "ừ", "öû": "ử", "öõ": "ữ",
    "öï": "ự", "yù": "ý", "yø": "ỳ", "yû": "ỷ", "yõ": "ỹ", "î": "ỵ", "ñ": "đ",
}  # fmt: skip
# Sentences that hold most letters, in both encodings as people typed them.
TCVN3_TEXT = "HÖ ®iÒu hµnh nµo sau ®©y lµ m· nguån më?"
VNI_TEXT = "Heä ñieàu haønh naøo sau ñaây laø maõ nguoàn môû?"
UNICODE_TEXT = "Hệ điều hành nào sau đây là mã nguồn mở?"


def in_font(text: str, font: str, more: str = "") -> str:
    return run(text, f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}"/>{more}')


def test_there_are_67_marked_letters() -> None:
    """With their capitals the 134 letters that plain Latin has not."""
    assert len(MARKED) == 67


def test_tcvn3_holds_the_chart_and_nothing_else() -> None:
    assert {chr(int(code, 16)): letter for code, letter in TCVN3_CODES.items()} == TCVN3
    assert sorted(letter for letter in TCVN3.values() if letter.islower()) == MARKED


def test_vni_holds_every_letter_in_both_cases_exactly_once() -> None:
    chart = VNI_CODES
    assert sorted(chart.values()) == MARKED
    assert {code: VNI[code] for code in chart} == chart
    assert {code.upper(): VNI[code.upper()] for code in chart} == {c.upper(): v.upper() for c, v in chart.items()}
    assert set(VNI.values()) == set(chart.values()) | {letter.upper() for letter in chart.values()}


@given(st.text(st.sampled_from([*MARKED, *"bcghklmnpqrstvx ,.?0129"])))
def test_text_comes_back_from_either_encoding(text: str) -> None:
    to_tcvn3 = {letter: code for code, letter in TCVN3.items()}
    to_vni = {letter: code for code, letter in VNI_CODES.items()}
    assert decode_legacy("".join(to_tcvn3.get(letter, letter) for letter in text), "tcvn3") == text
    assert decode_legacy("".join(to_vni.get(letter, letter) for letter in text), "vni") == text


def test_plain_files_are_decoded_from_their_bytes() -> None:
    raw = bytes([0x43, 0xA9, 0x75, 0x20, 0x31])
    assert decode_legacy(raw.decode("cp1252"), "tcvn3") == "Câu 1"
    assert decode_legacy(TCVN3_TEXT, "tcvn3") == decode_legacy(VNI_TEXT, "vni") == UNICODE_TEXT


def test_the_letter_decides_the_case_in_vni() -> None:
    assert decode_legacy("Aù aÙ ÑAÏI ñaïi", "vni") == "Á á ĐẠI đại"


def test_fonts_of_capitals_draw_capitals() -> None:
    assert decode_legacy("®Ò thi", "tcvn3", all_capitals=True) == "ĐỀ THI"


def test_the_micro_sign_and_symbol_codes_are_the_same_bytes() -> None:
    assert decode_legacy("hμnh", "tcvn3") == "hành"
    assert decode_legacy("h\uf0b5nh", "tcvn3") == "hành"


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        (".VnTime", LegacyFont("tcvn3")),
        (".VnTimeH", LegacyFont("tcvn3", is_all_capitals=True)),
        (".vntimeh", LegacyFont("tcvn3", is_all_capitals=True)),
        (".VnArial", LegacyFont("tcvn3")),
        (".VnArialH", LegacyFont("tcvn3", is_all_capitals=True)),
        (".VnHelvetIns", LegacyFont("tcvn3")),
        (".VnHelvetInsH", LegacyFont("tcvn3", is_all_capitals=True)),
        ("VNI-Times", LegacyFont("vni")),
        ("VNI-Helve-Condense", LegacyFont("vni")),
        ("vni times", LegacyFont("vni")),
        ("VPS Times", LegacyFont(None)),
        ("Times New Roman", None),
        ("Vnitara", None),
        ("", None),
    ],
)
def test_the_name_of_a_font_tells_the_encoding(name: str, meaning: LegacyFont | None) -> None:
    assert legacy_font(name) == meaning


@pytest.mark.parametrize(("text", "font"), [(TCVN3_TEXT, ".VnTime"), (VNI_TEXT, "VNI-Times")])
def test_only_runs_in_such_fonts_are_decoded(text: str, font: str) -> None:
    content = in_font(text, font) + in_font(" (ô, đ, ư)", "Times New Roman")
    assert paragraph_of(content).text == f"{UNICODE_TEXT} (ô, đ, ư)"
    assert note_codes(paragraph(content)) == []


def test_a_letter_of_vni_split_by_a_format_is_put_together() -> None:
    """The mark of the key stands on the letter alone, as boards underline it."""
    block = paragraph_of(in_font("Ño", "VNI-Times", '<w:u w:val="single"/>') + in_font("äc laäp", "VNI-Times"))
    assert [(piece.text, piece.format.underline) for piece in block.runs] == [("Độ", "single"), ("c lập", "")]


def test_the_letter_that_word_takes_for_a_soft_hyphen_is_kept() -> None:
    font = '<w:rPr><w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/></w:rPr>'
    content = f"<w:r>{font}<w:t>th</w:t><w:softHyphen/><w:t>¬ng</w:t></w:r>"
    assert paragraph_of(content).text == "thương"


def test_unicode_text_in_a_legacy_font_is_kept_and_noted() -> None:
    content = in_font(UNICODE_TEXT, ".VnTime")
    assert paragraph_of(content).text == UNICODE_TEXT
    assert [(note.code, note.params) for note in notes_of(paragraph(content))] == [
        ("word_legacy_font_unicode", {"font": ".VnTime"})
    ]


def test_encodings_without_a_table_are_noted() -> None:
    assert note_codes(paragraph(in_font("Hệ", "VPS Times"))) == ["word_legacy_font_other"]
    assert note_codes(paragraph(in_font("RAM", "VPS Times"))) == []


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TCVN3_TEXT, "tcvn3"),
        (VNI_TEXT, "vni"),
        ("ThiÕt bÞ nhËp d÷ liÖu", "tcvn3"),
        ("Thieát bò nhaäp döõ lieäu", "vni"),
    ],
)
def test_legacy_text_in_a_unicode_font_is_suspected_and_left_alone(text: str, encoding: str) -> None:
    assert suspected_encoding(text) == encoding
    assert paragraph_of(run(text)).text == text
    assert [(note.code, note.params) for note in notes_of(paragraph(text))] == [
        ("word_legacy_text_suspected", {"encoding": encoding.upper()})
    ]


@pytest.mark.parametrize(
    "text",
    [
        UNICODE_TEXT,
        "Internet Explorer, Microsoft Word",
        "Tìm ước của số có hai chữ số",
        "Où est la bibliothèque, près du café ?",
        "Der Schlüssel für die Tür gehört Müller",
        "El niño pequeño comió jamón ibérico",
        "São Paulo não é a capital",
        "© 2024 Bộ Giáo dục ® ™ § 5",
        "25 °C ± 0,5 µm × 3",
        "à la carte",
        "",
    ],
)
def test_unicode_text_of_any_language_is_not_suspected(text: str) -> None:
    assert suspected_encoding(text) is None


@given(st.lists(st.sampled_from(["hệ", "điều", "hành", "là", "có", "thế", "nào", "máy", "tính", "được", "xử", "lý"])))
def test_vietnamese_in_unicode_is_never_suspected(words: list[str]) -> None:
    assert suspected_encoding(" ".join(words)) is None


@pytest.mark.parametrize("word", ["nghiêng", "quốc", "khuỷu", "thuyền", "đắc", "ươm", "gì", "yêu", "hoà", "thủy"])
def test_syllables_of_vietnamese_are_known(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["hµnh", "ñieàu", "cáć", "quôc", "Schlüssel", "", "nghiêngnghiêng", "fê"])
def test_other_words_are_no_syllables(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize(
    ("text", "encoding", "possible"),
    [
        (TCVN3_TEXT, "tcvn3", True),
        (VNI_TEXT, "vni", True),
        ("là", "tcvn3", False),
        ("hệ", "tcvn3", False),
        ("hệ", "vni", False),
        ("kê", "vni", False),
        ("25 °C", "vni", True),
    ],
)
def test_a_letter_that_the_encoding_has_not_contradicts_it(text: str, encoding: str, possible: bool) -> None:
    assert is_possible(text, "tcvn3" if encoding == "tcvn3" else "vni") is possible
