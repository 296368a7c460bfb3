"""Moodle's matching and ordering."""

from exam_engine.core.text import clean_line
from exam_engine.interactions.content import Match, Option, Order
from exam_engine.interactions.keys import AllOrNothing, OrderKey, PairKey, PerPart
from exam_engine.interactions.rich_text import plain_text
from item_bank.exchange.moodle_xml.question import MOST_OPTIONS, Asked, Question
from item_bank.exchange.moodle_xml.source import is_set, text_in, value_in
from item_bank.exchange.moodle_xml.texts import as_html


def matching(question: Question) -> Asked:
    """Read ``matching``: a pair without a question misleads."""
    stem = question.stem()
    sources: list[tuple[str, str]] = []
    targets: dict[str, str] = {}
    for number, pair in enumerate(question.element.findall("subquestion"), start=1):
        # The answers are words of a list to choose from, not markup.
        right = clean_line(text_in(pair.find("answer")))
        left = question.html(pair, f"sources/S{number}")
        if right:
            targets.setdefault(right, f"T{len(targets) + 1}")
        if plain_text(left).strip() or "<img" in left or "<audio" in left:
            sources.append((left, right))
    if not sources or len(targets) < 2 or max(len(sources), len(targets)) > MOST_OPTIONS:
        counts = {"sources": len(sources), "targets": len(targets), "most": MOST_OPTIONS}
        question.note("error", "moodle_pair_count", "sources", **counts)
        return None, None
    content = Match(
        stem=stem,
        sources=tuple(Option(id=f"S{number}", content=left) for number, (left, _) in enumerate(sources, start=1)),
        targets=tuple(Option(id=id_, content=_target(right)) for right, id_ in targets.items()),
        is_shuffled=is_set(question.element, "shuffleanswers", True),
    )
    if any(not right for _, right in sources):
        question.note("error", "moodle_no_right_answer", "key")
        return content, None
    pairs = tuple((f"S{number}", targets[right]) for number, (_, right) in enumerate(sources, start=1))
    return content, PairKey(pairs=pairs, scoring=PerPart())


def _target(words: str) -> str:
    """Return words of a list as markup; some programs write tags there all the same."""
    return as_html(plain_text(words) if words.startswith("<p") else words)


def ordering(question: Question) -> Asked:
    """Read ``ordering``, whose answers stand in their right order."""
    stem, options = question.stem(), question.options()
    if not options:
        return None, None
    if value_in(question.element, "selecttype") not in {"", "ALL"}:
        question.note("left_out", "moodle_order_subset", "options")
    grading = value_in(question.element, "gradingtype")
    if grading not in {"", "ABSOLUTE_POSITION", "ALL_OR_NOTHING"}:
        question.note("left_out", "moodle_order_grading", "key", grading=grading[:60])
    scoring = AllOrNothing() if grading == "ALL_OR_NOTHING" else PerPart()
    return Order(stem=stem, options=options), OrderKey(order=tuple(option.id for option in options), scoring=scoring)
