"""What is right: all that a document says of it weighed against each other, and no key where it does not agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from item_bank.exchange.question_text import signs
from item_bank.exchange.question_text.answers import Stated, letters_of, truths_of
from item_bank.exchange.question_text.marks import MARK_KINDS, NONE, STRONG, Convention, MarkKind, Marks
from item_bank.exchange.question_text.options import LETTERS, LetteredPart
from item_bank.exchange.word.blocks import Place


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a question has no key, as a message code; ``place`` where the evidence stands, if not at the question."""

    code: str
    params: dict[str, Any]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The options that are right, or why nobody can tell; ``kinds`` are the marks that are the key."""

    correct: frozenset[int] | None = None
    problem: Problem | None = None
    kinds: frozenset[MarkKind] = frozenset()
    is_several: bool = False


def choice_verdict(
    parts: Sequence[LetteredPart],
    marks: Marks,
    stated: Sequence[Stated],
    convention: Convention,
    asked: int | None = None,
    *,
    may_be_several: bool = False,
) -> Verdict:
    """Return which options of a choice question are right.

    Parameters
    ----------
    asked : how many the stem asks to choose, 0 for several without a number, None when it does not say.
    may_be_several : the family marks several right options without saying so.
    """
    if convention.kinds:
        kinds = [kind for kind in MARK_KINDS if kind in convention.kinds]
    else:
        kinds = [kind for kind in MARK_KINDS if kind in STRONG]
    marked = {kind: marks[kind].marked for kind in kinds if kind in marks and marks[kind].marked}
    all_kinds = frozenset(marked)
    words = [(one, letters_of(one.text)) for one in stated]
    for one, letters in words:
        if letters is None or any(LETTERS.index(letter) >= len(parts) for letter in letters):
            return Verdict(
                problem=Problem("key_answer_unreadable", {"answer": one.text[:80]}, one.place), kinds=all_kinds
            )
    said = [(frozenset(LETTERS.index(letter) for letter in letters), one) for one, letters in words if letters]
    different = {*(choice for choice, _ in said), *marked.values()}
    if len(different) > 1:
        evidence = ", ".join(dict.fromkeys(["".join(_letters(choice)) for choice in sorted(different, key=sorted)]))
        code = "key_conflict" if said or len(marked) > 1 else "key_two_marked"
        place = said[0][1].place if said else None
        return Verdict(problem=Problem(code, {"letters": evidence}, place), kinds=all_kinds)
    if not different:
        return Verdict(problem=_missing(marks, parts, convention))
    (correct,) = different
    is_several = len(correct) > 1 or asked is not None
    if len(correct) > 1 and not said and asked is None and not may_be_several:
        return Verdict(problem=Problem("key_two_marked", {"letters": ", ".join(_letters(correct))}), kinds=all_kinds)
    if asked and len(correct) != asked:
        params = {"letters": ", ".join(_letters(correct)), "asked": asked}
        return Verdict(problem=Problem("key_other_count", params), kinds=all_kinds)
    # A mark that is no convention but stands on just the right options would give them away.
    telling = {kind for kind, standing in marks.items() if standing.marked == correct}
    return Verdict(correct, None, all_kinds | telling, is_several)


def truth_verdict(
    parts: Sequence[LetteredPart],
    marks: Marks,
    stated: Sequence[Stated],
    convention: Convention,
    beside: Sequence[bool | None],
) -> Verdict:
    """Return which statements of a true/false question are true; ``beside`` is what stands behind each of them.

    Marks say so only where at least one statement has one: none marked may mean that nobody has marked them yet.
    """
    count = len(parts)
    found: list[tuple[frozenset[int], Place | None]] = []
    if any(value is not None for value in beside):
        if any(value is None for value in beside):
            letters = ", ".join(part.letter.lower() for part, value in zip(parts, beside, strict=True) if value is None)
            return Verdict(problem=Problem("truth_incomplete", {"letters": letters}))
        found.append((frozenset(number for number, value in enumerate(beside) if value), None))
    for one in stated:
        values = truths_of(one.text, count)
        if values is None:
            return Verdict(problem=Problem("truth_unreadable", {"answer": one.text[:80], "count": count}, one.place))
        found.append((frozenset(number for number, value in values.items() if value), one.place))
    kinds = convention.kinds or tuple(kind for kind in MARK_KINDS if kind in STRONG)
    used: set[MarkKind] = set()
    for kind in kinds:
        standing = marks.get(kind, NONE)
        if standing.marked:
            used.add(kind)
            found.append((standing.marked, None))
        elif standing.is_on_all and kind in STRONG and kind in convention.kinds:
            used.add(kind)
            found.append((frozenset(range(count)), None))
    different = {values for values, _ in found}
    if len(different) > 1:
        place = next((place for _, place in found if place is not None), None)
        evidence = ", ".join(
            "".join("Đ" if number in values else "S" for number in range(count))
            for values in sorted(different, key=sorted)
        )
        return Verdict(problem=Problem("truth_conflict", {"answers": evidence}, place), kinds=frozenset(used))
    if not different:
        return Verdict(problem=Problem("truth_missing", {}))
    (correct,) = different
    telling = {kind for kind, standing in marks.items() if standing.marked == correct and correct}
    return Verdict(correct, None, frozenset(used | telling))


def asked_count(stem: str) -> int | None:
    """Return how many options a stem asks for: 0 for several without a number, None when it does not say."""
    found = signs.SEVERAL.search(stem, 0, 4000)
    if found is None or not found["count"]:
        return None
    return signs.COUNTS.get(found["count"].lower(), 0)


def truth_beside(part: LetteredPart) -> tuple[bool | None, int]:
    """Return what stands behind a statement, such as ``(Đ)``, and where in its last line that begins."""
    if not part.lines or part.lines[-1].grid:
        return None, 0
    text = part.lines[-1].text
    found = signs.TRUTH.search(text[-40:]) or signs.TRUTH_AT_END.search(text[-40:])
    if found is None:
        return None, 0
    return found["value"].lower() in signs.TRUE_WORDS, max(0, len(text) - 40) + found.start()


def _letters(choice: frozenset[int]) -> list[str]:
    return [LETTERS[number] for number in sorted(choice)]


def _missing(marks: Marks, parts: Sequence[LetteredPart], convention: Convention) -> Problem:
    """Return why no option counts as marked."""
    for kind in convention.kinds or MARK_KINDS:
        if marks.get(kind, NONE).is_on_all and len(parts) > 1 and kind in (convention.kinds or STRONG):
            return Problem("key_all_marked", {})
    others = [kind for kind in MARK_KINDS if marks.get(kind, NONE).marked]
    if others:
        letters = ", ".join(_letters(marks[others[0]].marked))
        return Problem(f"key_mark_unsure_{others[0]}", {"letters": letters})
    return Problem("key_missing_in_text", {})
