"""How alike two items are: weights of words, overlap of word sets, stem and options together."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from item_bank.quality.duplicates.folding import TEMPLATE_WORDS

FloatArray = NDArray[np.float64]

Reason = Literal["identical", "stem_identical", "numbers_differ", "opposed", "contained", "reworded"]
"""Why a pair is reported: the same after folding; the same stem over other options; only numbers differ; stems differ
in words that turn the question round ("trái", "phải"); one stem holds the other and more; words or their order were
changed."""

_NEGATIONS = frozenset({"khong", "tru", "sai"})
# Folded words that ask for the opposite when one stands for the other, and what comes with a negation.
_OPPOSING_TEXT = """
bat bot cao cham chan cot cuoi dau doc dong dung duoi giam gui hang it le lon mo ngang ngoai nhanh nhieu nho phai sau
tang tat thap them trai tren trong truoc
"""
_OPPOSING = _NEGATIONS | frozenset(_OPPOSING_TEXT.split())

DEFAULT_MINIMUM = 0.72
"""Similarity from which a pair counts as near-duplicate; measured in docs/item-quality.md."""

STEM_SHARE = 0.6
"""Weight of the stem when both items have options."""
GENERIC_STEM_SHARE = 0.2
"""Weight of the stem when both stems hold nothing but template words ("Phát biểu nào sau đây đúng?")."""

_PRIOR_ITEMS, _PRIOR_COUNT, _TEMPLATE_FACTOR = 1000.0, 10.0, 0.1


def word_weights(counts: NDArray[np.int64], items: int, is_template: NDArray[np.bool_]) -> FloatArray:
    """Return the weight of each word from the number of items that hold it.

    The square of a smoothed inverse document frequency: what sets an item apart from its template ("tổng",
    "trung bình") weighs many times more than the template. The smoothing (as if 1,000 further items had been seen)
    keeps weights of small banks even and those of typing errors bounded.
    """
    weights = np.log((items + _PRIOR_ITEMS) / (np.minimum(counts, items) + _PRIOR_COUNT))
    weights = np.maximum(weights, 0.1) ** 2
    return np.where(is_template, weights * _TEMPLATE_FACTOR, weights)


def overlap(shared: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    """Return the overlap of weighted sets from their shared and total weights, in [0, 1].

    Tversky's index made symmetric (Jimenez, Becerra & Gelbukh, 2013): with the smaller rest a and the larger rest b it
    is ``shared / (shared + 1.5 a + 0.5 b)``. Rests on both sides (a word exchanged for another) count as in Jaccard's
    index, a rest on one side (words added) half as much. Empty sets overlap with nothing.
    """
    rest_first, rest_second = np.maximum(first - shared, 0.0), np.maximum(second - shared, 0.0)
    whole = shared + 1.5 * np.minimum(rest_first, rest_second) + 0.5 * np.maximum(rest_first, rest_second)
    return np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0)


def overlap_once(shared: float, rest_first: float, rest_second: float) -> float:
    """Return the overlap of one pair of sets, as :func:`overlap`, from what is shared and what is not."""
    whole = shared + 1.5 * min(rest_first, rest_second) + 0.5 * max(rest_first, rest_second)
    return shared / whole if whole > 0 else 0.0


def least_shared(minimum: float) -> float:
    """Return the share of the heavier set that two sets have in common at least when they overlap by ``minimum``.

    From ``a >= 0``: ``b <= 2 shared (1 / minimum - 1)``, hence ``shared >= heavier * minimum / (2 - minimum)``.
    """
    return minimum / (2.0 - minimum)


def combined(
    stems: FloatArray, options: FloatArray, *, both_generic: NDArray[np.bool_], both_have_options: NDArray[np.bool_]
) -> FloatArray:
    """Return the similarity of items from the overlaps of stems and of options."""
    share = np.where(both_generic, GENERIC_STEM_SHARE, STEM_SHARE)
    return np.where(both_have_options, share * stems + (1.0 - share) * options, stems)


def combined_once(stem: float, options: float | None, *, both_generic: bool) -> float:
    """Return the similarity of one pair, as :func:`combined`; ``options`` is None when one side has none."""
    if options is None:
        return stem
    share = GENERIC_STEM_SHARE if both_generic else STEM_SHARE
    return share * stem + (1.0 - share) * options


def reason_of(first: list[str], second: list[str], stem_overlap: float, option_overlap: float | None) -> Reason:
    """Return why two items with these stem tokens are alike."""
    here, there = set(first), set(second)
    if here == there and (option_overlap is None or option_overlap > 0.999):
        return "identical"
    if here == there and option_overlap is not None and option_overlap < 0.6:
        return "stem_identical"
    mine, theirs = here - there, there - here
    if mine and theirs and all(token[0].isdigit() for token in mine | theirs):
        return "numbers_differ"
    if mine | theirs <= _OPPOSING and ((mine and theirs) or (mine | theirs) & _NEGATIONS):
        return "opposed"
    mine, theirs = mine - TEMPLATE_WORDS, theirs - TEMPLATE_WORDS
    if bool(mine) != bool(theirs) and stem_overlap < 0.95:
        return "contained"
    return "reworded"


def typing_errors(first: set[str], second: set[str]) -> list[tuple[str, str]]:
    """Return pairs of words, one of each set, that differ by one typing error: a letter more, less, other or swapped.

    Only for words that are rare in the bank, as a mistyped word is: of common syllables many differ by one letter and
    mean different things.
    """
    found = []
    left = {word for word in second if len(word) >= 4 and word.isalpha()}
    for word in sorted(first):
        if len(word) < 4 or not word.isalpha():
            continue
        twin = next((other for other in sorted(left) if OSA.distance(word, other, score_cutoff=1) <= 1), None)
        if twin is not None:
            left.discard(twin)
            found.append((word, twin))
    return found
