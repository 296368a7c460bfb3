"""What people do to an item when they copy it, applied to the sample bank."""

import random
import unicodedata
from collections.abc import Callable

from item_bank.quality.duplicates import ItemText
from item_bank.sample.bank import sample_rows

Edit = Callable[[ItemText, random.Random], ItemText]

_OTHER_SPELLINGS = {"xóa": "xoá", "hóa": "hoá", "hòa": "hoà", "khóa": "khoá", "tùy": "tuỳ", "kỹ": "kĩ", "lý": "lí"}
_OTHER_PHRASES = {"nào sau đây": "nào dưới đây", "dùng để": "được sử dụng để", "cách nào": "phương pháp nào"}


def sample_texts() -> dict[str, ItemText]:
    """The items of the sample bank by code."""
    return {
        row["code"]: ItemText(row["stem"], tuple(row[f"option_{letter}"] for letter in "abcd")) for row in sample_rows()
    }


def _each(change: Callable[[str], str]) -> Edit:
    return lambda item, _: ItemText(change(item.stem), tuple(change(option) for option in item.options))


def without_marks(text: str) -> str:
    """The text as typed without a Vietnamese keyboard."""
    letters = (letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return "".join(letters).replace("đ", "d").replace("Đ", "D")


def _replaced(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def _numbered(item: ItemText, _: random.Random) -> ItemText:
    lettered = (f"{letter}. {option}" for letter, option in zip("ABCD", item.options, strict=True))
    return ItemText(f"Câu 5: {item.stem}", tuple(lettered))


def _shuffled(item: ItemText, rng: random.Random) -> ItemText:
    return ItemText(item.stem, tuple(rng.sample(item.options, len(item.options))))


def _swapped(item: ItemText, rng: random.Random) -> ItemText:
    words = item.stem.split()
    place = rng.randrange(len(words) - 1)
    words[place], words[place + 1] = words[place + 1], words[place]
    return ItemText(" ".join(words), item.options)


def _shortened(item: ItemText, rng: random.Random) -> ItemText:
    words = item.stem.split()
    del words[rng.randrange(len(words))]
    return ItemText(" ".join(words), item.options)


def _mistyped(item: ItemText, rng: random.Random) -> ItemText:
    words = item.stem.split()
    long = [place for place, word in enumerate(words) if len(word) >= 4]
    for place in rng.sample(long, min(2, len(long))):
        word = words[place]
        at = rng.randrange(1, len(word) - 1)
        words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return ItemText(" ".join(words), item.options)


EDITS: dict[str, Edit] = {
    "number in front, letters before options": _numbered,
    "no diacritics": _each(without_marks),
    "capitals and double spaces": _each(lambda text: text.upper().replace(" ", "  ")),
    "other tone placement, i for y": _each(lambda text: _replaced(text, _OTHER_SPELLINGS)),
    "look-alike letters": _each(lambda text: text.replace("a", "\u0430").replace("o", "\u043e")),
    "decomposed letters": _each(lambda text: unicodedata.normalize("NFD", text)),
    "options shuffled": _shuffled,
    "neighbouring words swapped": _swapped,
    "a word left out": _shortened,
    "two typing errors": _mistyped,
    "other words for the template": _each(lambda text: _replaced(text, _OTHER_PHRASES)),
    "a sentence in front": lambda item, _: ItemText(
        f"Trong giờ thực hành tin học, cô giáo nêu câu hỏi sau. {item.stem}", item.options
    ),
    "one option exchanged": lambda item, _: ItemText(item.stem, (*item.options[:-1], "Một ý hoàn toàn mới")),
    "the stem alone": lambda item, _: ItemText(item.stem),
}
