"""Sort keys of Vietnamese names: given name, then middle names, then family name."""

import re
import unicodedata

# The 29 letters in their order, with f, j, w, z of foreign names where the Latin alphabet has them.
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTERS = {letter: code for code, letter in enumerate(_ALPHABET, start=2)}
_TONES = {"\u0300": 2, "\u0309": 3, "\u0303": 4, "\u0301": 5, "\u0323": 6}
_LEVEL_TONE = 1
_END, _SPACE, _OTHER_SCRIPT = 0, 1, 0xFF
# Letters of highland languages that Unicode does not decompose: sorted as the letter they are built on.
_STROKED = {"ƀ": "b"}
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4-]")


def name_sort_key(name: str) -> bytes:
    """Return a key whose bytewise order is the order of Vietnamese lists.

    The last word is the given name, the first the family name, those between are middle names; a single word is a
    given name. Parts are compared in the order given, middle, family; each first by letters (a ă â b c d đ ...),
    then by tones (level, grave, hook, tilde, acute, dot below: ngang huyền hỏi ngã sắc nặng). The tone belongs to
    the syllable, so that ``Hoà`` and ``Hòa`` stand together. Case, apostrophes and hyphens decide only between names
    that are otherwise equal. A byte string is used because databases compare text by their own collations.

    Names of the highland peoples need not follow family - middle - given (``H'Hen Niê``); pass them in the order in
    which they are to be sorted.
    """
    text = unicodedata.normalize("NFC", name)
    words = text.split()
    family = words[:1] if len(words) > 1 else []
    parts = (words[-1:], words[1:-1], family)
    return b"".join(_part_key(part) for part in parts) + text.casefold().encode() + bytes([_END]) + text.encode()


def _part_key(words: list[str]) -> bytes:
    letters = bytearray()
    tones = bytearray()
    for word in words:
        word_letters, tone = _syllable_key(word)
        letters += (bytes([_SPACE]) if letters else b"") + word_letters
        tones.append(tone)
    return bytes(letters) + bytes([_END]) + bytes(tones) + bytes([_END])


def _syllable_key(word: str) -> tuple[bytes, int]:
    letters = bytearray()
    plain = _APOSTROPHES.sub("", word.lower())
    marks = unicodedata.normalize("NFD", plain)
    tone = next((_TONES[mark] for mark in reversed(marks) if mark in _TONES), _LEVEL_TONE)
    toneless = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES))
    for letter in toneless:
        base = _STROKED.get(letter, letter)
        if base not in _LETTERS:
            base = unicodedata.normalize("NFD", base)[0]
        if base in _LETTERS:
            letters.append(_LETTERS[base])
        elif not unicodedata.combining(base):
            letters += bytes([_OTHER_SCRIPT]) + ord(base).to_bytes(3, "big")
    return bytes(letters), tone
