"""Vietnamese text: canonical form, search keys, look-alike letters of other alphabets."""

import re
import unicodedata
from dataclasses import dataclass

_USUAL_ALPHABETS = 0x2000


class _Folding(dict[int, str]):
    """A translation to unmarked lower case; letters of the usual alphabets are looked up in Unicode once."""

    def __missing__(self, letter: int) -> str:
        decomposed = unicodedata.normalize("NFD", _INVISIBLE.sub("", chr(letter)))
        folded = "".join(one for one in decomposed if not unicodedata.combining(one)).casefold()
        if letter < _USUAL_ALPHABETS:
            self[letter] = folded
        return folded


# Not decomposed by Unicode: the stroke is part of the letter, not a combining mark.
_FOLDED = _Folding({ord("đ"): "d", ord("Đ"): "d"})

# Letters drawn like Latin ones. Keyboards and copied web pages mix them in; the eye cannot tell, a search can.
# The selection is the single-letter part of Unicode Technical Standard #39 for Cyrillic and Greek.
_LOOK_ALIKES = {
    **dict(zip("АВЕЅІЈКМНОРСТУХаеѕіјорсухԁԛԝһ", "ABESIJKMHOPCTYXaesijopcyxdqwh", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονα", "ABEZHIKMNOPTYXova", strict=True)),
}
_ANY_LOOK_ALIKE = re.compile(f"[{''.join(_LOOK_ALIKES)}]")
# Control characters too: PostgreSQL stores no NUL, and no keyboard types the others.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACES_IN_LINE = re.compile(r"[^\S\n]+")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A letter of another alphabet inside a word that otherwise holds Latin letters.

    ``position`` counts characters from 1, as people count them.
    """

    position: int
    letter: str
    latin: str
    script: str


def nfc(text: str) -> str:
    """Return the text in Unicode normalisation form C, the one form in which texts are stored and compared."""
    return unicodedata.normalize("NFC", text)


def without_invisible(text: str) -> str:
    """Return the text without control and zero-width characters; white space and line breaks stay as they are."""
    return _INVISIBLE.sub("", text)


def _seen(text: str) -> str:
    # What is printable holds nothing invisible, and no white space but plain spaces.
    return text if text.isprintable() else _INVISIBLE.sub("", text)


def clean_line(text: str) -> str:
    """Return one line of NFC text: runs of white space become one space, invisible characters and edges go."""
    return " ".join(_seen(nfc(text)).split())


def clean_text(text: str) -> str:
    """Return NFC text whose line breaks are kept; spaces inside the lines are tidied as by :func:`clean_line`."""
    text = _seen(nfc(text))
    if text.isprintable():
        return " ".join(text.split())
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_SPACES_IN_LINE.sub(" ", line).strip() for line in lines).strip("\n")


def search_key(text: str) -> str:
    """Return the text as people type it in a search box: no marks, đ as d, lower case, single spaces.

    >>> search_key("Đặng Thị  Mỹ Hằng")
    'dang thi my hang'
    """
    return " ".join(text.translate(_FOLDED).split())


def look_alikes(text: str) -> list[LookAlike]:
    """Return the Cyrillic and Greek letters that pass for Latin ones.

    A letter counts when its word holds a Latin letter or holds nothing but look-alikes; a word really written in
    another alphabet, or the single Greek letter of a formula such as ``α``, is left alone.
    """
    found: list[LookAlike] = []
    if not _ANY_LOOK_ALIKE.search(text):
        return found
    for word in _WORD.finditer(nfc(text)):
        letters = [letter for letter in word.group() if letter.isalpha()]
        strange = [letter for letter in letters if letter in _LOOK_ALIKES]
        has_latin = any(_script(letter) == "LATIN" for letter in letters)
        if not strange or not (has_latin or (len(letters) > 1 and len(strange) == len(letters))):
            continue
        for offset, letter in enumerate(word.group()):
            if letter in _LOOK_ALIKES:
                found.append(LookAlike(word.start() + offset + 1, letter, _LOOK_ALIKES[letter], _script(letter)))
    return found


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ", 1)[0]
