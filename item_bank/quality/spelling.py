"""Vietnamese spellings that are both right: tone placement (hòa, hoà), i or y (kĩ, kỹ), writing of numbers and keys."""

import re

from exam_engine.core.text import nfc

_OLD = ("òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy")
_NEW = ("oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ")
_TO_NEW = dict(zip(_OLD, _NEW, strict=True))
_TO_OLD = dict(zip(_NEW, _OLD, strict=True))
# The tone wanders only in an open syllable; "qu" is one consonant, so "quý" and "quả" have one place for it.
_OLD_ENDING = re.compile(rf"(?:{'|'.join(_OLD)})$")
_NEW_ENDING = re.compile(rf"(?<!q)(?:{'|'.join(_NEW)})$")

# Syllables written with i or y. Toneless ones ("ty" in công ty, "ti" in ti vi) are different words and are left out.
_Y_SYLLABLES = "hỷ kỳ ký kỷ kỹ kỵ lý lỵ mỳ mỹ quỳ quý quỷ quỹ quỵ sỹ tỳ tý tỷ tỵ vỹ"
_I_OF_Y = dict(zip("yýỳỷỹỵ", "iíìỉĩị", strict=True))
_TO_I = {word: word[:-1] + _I_OF_Y[word[-1]] for word in _Y_SYLLABLES.split()}
_TO_Y = {i_form: y_form for y_form, i_form in _TO_I.items()}

_WORD = re.compile(r"\w+")
_DECIMAL = re.compile(r"^-?\d+([.,])\d+$")
_KEYS = re.compile(r"^\w+(?: ?\+ ?\w+)+$")


def tone_placement(word: str) -> tuple[str, str] | None:
    """Return a word's spellings with the tone on the first and on the second vowel, or None when it has only one.

    >>> tone_placement("hoà")
    ('hòa', 'hoà')
    """
    if _OLD_ENDING.search(word):
        return word, word[:-2] + _TO_NEW[word[-2:]]
    if _NEW_ENDING.search(word):
        return word[:-2] + _TO_OLD[word[-2:]], word
    return None


def i_or_y(word: str) -> tuple[str, str] | None:
    """Return a word's spellings with i and with y, or None when it has only one.

    >>> i_or_y("kỹ")
    ('kĩ', 'kỹ')
    """
    if word in _TO_I:
        return _TO_I[word], word
    if word in _TO_Y:
        return word, _TO_Y[word]
    return None


def one_tone_placement(text: str) -> str:
    """Return lower-case NFC text with every tone on the first vowel where it may stand on either.

    >>> one_tone_placement("hoà mạng")
    'hòa mạng'
    """
    return _WORD.sub(lambda found: (tone_placement(found.group()) or (found.group(),))[0], text)


def respelled(answer: str) -> list[str]:
    """Return other right ways to write a short answer, all of one kind changed at once; the answer itself left out.

    Tone placement, i and y, decimal comma and point, spaces around the plus of a key combination.
    """
    answer = nfc(answer)
    ways = [
        _WORD.sub(lambda found: _other(tone_placement(found.group()), found.group()), answer),
        _WORD.sub(lambda found: _other(i_or_y(found.group()), found.group()), answer),
    ]
    if mark := _DECIMAL.match(answer):
        ways.append(answer.replace(mark.group(1), "." if mark.group(1) == "," else ","))
    if _KEYS.match(answer):
        ways.append(" + ".join(_WORD.findall(answer)))
        ways.append("+".join(_WORD.findall(answer)))
    return [way for way in dict.fromkeys(ways) if way != answer]


def _other(pair: tuple[str, str] | None, word: str) -> str:
    if pair is None:
        return word
    return pair[0] if word == pair[1] else pair[1]
