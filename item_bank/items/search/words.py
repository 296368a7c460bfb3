"""Words as the search index keeps them: folded, of Latin letters and digits only, the same on every database."""

import re
from collections.abc import Iterable

from exam_engine.core.text import search_key

LONGEST_WORD = 64
MOST_WORDS = 10_000
"""How many words of an item are searched; PostgreSQL keeps places up to 16,383."""

_WORD = re.compile(r"[^\W_]+")
_OTHER = re.compile(r"[^a-z0-9]")


def words(text: str) -> list[str]:
    """Return the words of a text in order.

    Letters that are not Latin are written as their number, so that no database cuts words by rules of its own.

    >>> words("=SUM(A1:A5) của Bảng_tính, 5 µm")
    ['sum', 'a1', 'a5', 'cua', 'bang', 'tinh', '5', 'u3bcm']
    """
    return [_OTHER.sub(_numbered, word)[:LONGEST_WORD] for word in _WORD.findall(search_key(text))]


def _numbered(letter: re.Match[str]) -> str:
    return f"u{ord(letter[0]):x}"


def indexed_text(code: str, stem: str, others: Iterable[str]) -> str:
    """Return what the index holds of an item: one line with the words of code and stem, one with those of the rest."""
    first = [*words(code), *words(stem)][:MOST_WORDS]
    rest = [word for text in others for word in words(text)][: MOST_WORDS - len(first)]
    return f"{' '.join(first)}\n{' '.join(rest)}"


def tag_keys(tags: Iterable[str]) -> str:
    """Return tags as the index compares and shows them: ``|key=Tag|key=Tag|``, empty without tags.

    >>> tag_keys(["Công thức", "excel"])
    '|cong thuc=Công thức|excel=excel|'
    """
    parts = [f"{tag_key(tag)}={tag.replace('|', ' ')}" for tag in sorted(tags)]
    return f"|{'|'.join(parts)}|" if parts else ""


def tag_key(tag: str) -> str:
    """Return a tag as it is compared: without marks and case."""
    return search_key(tag.replace("|", " ").replace("=", " "))


def tags_in(keys: str) -> list[tuple[str, str]]:
    """Return key and tag of each tag in what :func:`tag_keys` wrote."""
    return [(key, tag) for key, _, tag in (part.partition("=") for part in keys.strip("|").split("|") if part)]
