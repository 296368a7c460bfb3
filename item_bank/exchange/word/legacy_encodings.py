"""Vietnamese before Unicode: the TCVN3 (ABC) and VNI encodings as complete tables.

Both put Vietnamese letters on the code points of other Latin letters and signs and rely on a font that draws them
differently. TCVN3 has one byte a letter and, but for seven letters, no marked capitals: those are lower-case letters in
a font of capitals such as ``.VnTimeH``. VNI writes most marks as a second character behind the letter.

References
----------
TCVN 5712:1993, character set VN3; VNI Software, *VNI-Win* character set.
"""

import re
import unicodedata
from typing import Literal

Encoding = Literal["tcvn3", "vni"]

# In the order: no tone, huyền, sắc, hỏi, ngã, nặng. A space: the plain letter, which is itself.
_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
_TCVN3_ROWS = {
    "a": " µ¸¶·¹",
    "ă": "¨»¾¼½Æ",
    "â": "©ÇÊÈÉË",
    "e": " ÌÐÎÏÑ",
    "ê": "ªÒÕÓÔÖ",
    "i": " ×ÝØÜÞ",
    "o": " ßãáâä",
    "ô": "«åèæçé",
    "ơ": "¬êíëìî",
    "u": " ïóñòô",
    "ư": "\u00adõøö÷ù",
    "y": " úýûüþ",
}
_TCVN3_SINGLE = {"®": "đ", "¡": "Ă", "¢": "Â", "£": "Ê", "¤": "Ô", "¥": "Ơ", "¦": "Ư", "§": "Đ"}

# Marks of VNI in the order of the tones; each stands behind its letter, in its case as a rule.
_VNI_TONES = " øùûõï"
_VNI_CIRCUMFLEX = "âàáåãä"
_VNI_BREVE = "êèéúüë"
_VNI_MARKS = frozenset(_VNI_TONES.strip() + _VNI_CIRCUMFLEX + _VNI_BREVE)
_VNI_SINGLE = {"í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ", "ô": "ơ", "ö": "ư"}


def _composed(letter: str, tone: str) -> str:
    return unicodedata.normalize("NFC", letter + tone)


def _tcvn3() -> dict[str, str]:
    table = dict(_TCVN3_SINGLE)
    for letter, row in _TCVN3_ROWS.items():
        table |= {code: _composed(letter, tone) for code, tone in zip(row, _TONES, strict=True) if code != " "}
    return table


def _vni() -> dict[str, str]:
    table: dict[str, str] = {}
    for base, letter in [*zip("aeouy", "aeouy", strict=True), ("ô", "ơ"), ("ö", "ư")]:
        marks = [(mark, _composed(letter, tone)) for mark, tone in zip(_VNI_TONES, _TONES, strict=True) if mark != " "]
        if letter in "aeo":
            marks += [
                (mark, _composed(f"{letter}\u0302", tone)) for mark, tone in zip(_VNI_CIRCUMFLEX, _TONES, strict=True)
            ]
        if letter == "a":
            marks += [(mark, _composed("a\u0306", tone)) for mark, tone in zip(_VNI_BREVE, _TONES, strict=True)]
        # The one mark that y does not take: ỵ has a character of its own.
        table |= {base + mark: composed for mark, composed in marks if composed != "ỵ"}
    table |= _VNI_SINGLE
    capitals = {code.upper(): letter.upper() for code, letter in table.items()}
    # Typists leave the mark of a capital in lower case and the reverse; the letter decides.
    mixed = {code[0].upper() + code[1:]: letter.upper() for code, letter in table.items() if len(code) == 2}
    mixed |= {code[0] + code[1:].upper(): letter for code, letter in table.items() if len(code) == 2}
    return mixed | table | capitals


TCVN3 = _tcvn3()
"""Character of the encoding to letter: 74 of them."""

VNI = _vni()
"""One or two characters of the encoding to letter."""

_ASSIGNED = {"tcvn3": frozenset(TCVN3), "vni": frozenset("".join(VNI))}
_TABLES = {"tcvn3": TCVN3, "vni": VNI}
_CODES = {
    name: re.compile("|".join(map(re.escape, sorted(table, key=len, reverse=True)))) for name, table in _TABLES.items()
}
# Signs that programs exchange for the same byte: the Greek letter for the micro sign, symbol fonts in the private area.
_SAME_BYTE = {0x03BC: "µ"} | {0xF000 + byte: chr(byte) for byte in range(0x20, 0x100)}
_FIRST_MARKED_LETTER = "\u0100"


def decode_legacy(text: str, encoding: Encoding, *, all_capitals: bool = False) -> str:
    """Return text of a legacy encoding in Unicode NFC.

    Parameters
    ----------
    text : the bytes as Latin-1 characters, as a Word file or a text file read as Windows-1252 holds them. What the
        encoding does not assign stays as it is.
    all_capitals : the font draws capitals only, as those of TCVN3 do whose names end in H.
    """
    table = _TABLES[encoding]
    decoded = _CODES[encoding].sub(lambda code: table[code.group()], text.translate(_SAME_BYTE))
    return unicodedata.normalize("NFC", decoded.upper() if all_capitals else decoded)


def is_possible(text: str, encoding: Encoding) -> bool:
    """Whether no letter of the text contradicts the encoding.

    Marked letters outside of Latin-1 are Unicode already; so are those that the encoding does not assign, and in VNI a
    mark that does not follow its letter.
    """
    text = text.translate(_SAME_BYTE)
    rest = _CODES[encoding].sub("", text) if encoding == "vni" else text
    assigned = _ASSIGNED["tcvn3"] if encoding == "tcvn3" else frozenset()
    return all(not _is_marked_letter(letter) or letter in assigned for letter in rest)


def is_mark(sign: str, encoding: Encoding | None) -> bool:
    """Whether a character belongs to the letter before it."""
    if encoding == "vni":
        return sign.lower() in _VNI_MARKS
    return bool(sign) and unicodedata.combining(sign) > 0


def _is_marked_letter(letter: str) -> bool:
    if letter >= _FIRST_MARKED_LETTER:
        return unicodedata.name(letter, "").startswith("LATIN ")
    return letter >= "À" and letter.isalpha()
