"""Interactions of QTI as the bank's kinds of items: what is asked, and which key belongs to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from exam_engine.core.text import search_key
from exam_engine.interactions.content import (
    ExtendedText,
    FileUpload,
    Gap,
    GapMatch,
    HotText,
    ItemContent,
    Match,
    MultipleResponse,
    Option,
    Order,
    SingleChoice,
    Slider,
    Statement,
    TrueFalseTable,
)
from exam_engine.interactions.rich_text import plain_text
from exam_engine.interactions.rich_text.markup import Element, Node
from item_bank.exchange.qti.declarations import Response, number_of, number_text
from item_bank.exchange.qti.file_types import endings_of
from item_bank.exchange.qti.keys import FoundKey, choice_key, order_key, pair_key
from item_bank.exchange.qti.naming import numbered, option_names
from item_bank.exchange.qti.processing import Score
from item_bank.exchange.qti.texts import TextReader
from item_bank.exchange.qti.tree import child, children, descendants
from item_bank.exchange.qti.typed_keys import number_key

_TRUE = frozenset({"dung", "true", "d", "t", "yes", "co"})
_FALSE = frozenset({"sai", "false", "s", "f", "no", "khong"})

KeyReader = Callable[[Score | None], FoundKey]


class UnsupportedError(Exception):
    """An item asks something that the bank has no kind for; the arguments are a message code and its values."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(slots=True)
class Asked:
    """What an item asks, and how its key is read from the score."""

    content: ItemContent
    read_key: KeyReader


@dataclass(slots=True)
class Body:
    """The body of an item on the way in: its interactions, its declarations, its texts."""

    interactions: list[Element]
    stem: list[Node]
    responses: dict[str, Response]
    language: str
    texts: TextReader
    title: str = ""
    folder: str = ""
    passage: list[Node] = field(default_factory=list)

    def response(self, interaction: Element) -> Response:
        """Return the variable that an interaction is bound to."""
        name = interaction.attributes.get("response-identifier", "")
        return self.responses.get(name) or Response(name, "single", "", (), None, None)

    def common(self, interaction: Element | None = None) -> dict[str, str]:
        """Return language and stem; the prompt of the interaction ends the stem."""
        nodes = list(self.stem)
        prompt = None if interaction is None else child(interaction, "prompt")
        if prompt is not None:
            nodes.append(Element("div", {}, prompt.children))
        return {"language": self.language, "stem": self.texts.html(nodes, "stem")}


def option(element: Element, name: str, body: Body, place: str) -> Option:
    """Return one option under its new name."""
    is_fixed = _is_true(element.attributes.get("fixed"))
    return Option(id=name, content=body.texts.html(element.children, f"{place}/{name}"), is_fixed=is_fixed)


def options_of(elements: Sequence[Element], body: Body, place: str) -> tuple[dict[str, str], tuple[Option, ...]]:
    """Return the new names of options by identifier, and the options."""
    names = option_names(element.attributes.get("identifier", "") for element in elements)
    if len(names) < len(elements):
        raise UnsupportedError("qti_identifier_twice")
    return names, tuple(
        option(element, names[element.attributes.get("identifier", "")], body, place) for element in elements
    )


def limit(element: Element, name: str, default: int) -> int | None:
    """Return a limit of choices; 0 stands for none."""
    text = element.attributes.get(name, "")
    number = int(text) if text.isdigit() and len(text) < 4 else default
    return number or None


def _is_true(text: str | None) -> bool:
    return text in {"true", "1"}


def read_choice(body: Body, element: Element) -> Asked:
    """Read a choice of options: one when only one may be chosen."""
    response = body.response(element)
    names, options = options_of(list(children(element, "simple-choice")), body, "options")
    check_count("options", options, 2, 20)
    at_most = limit(element, "max-choices", 1)
    shared = {**body.common(element), "options": options, "is_shuffled": _is_true(element.attributes.get("shuffle"))}
    content: SingleChoice | MultipleResponse
    if response.cardinality == "single" or (at_most == 1 and len(response.correct) <= 1):
        content = SingleChoice(**shared)
    else:
        least = limit(element, "min-choices", 0) or 0
        content = MultipleResponse(
            **shared, min_choices=least, max_choices=None if at_most is None else min(at_most, len(options))
        )
    return Asked(content, lambda score: choice_key(content, response, names, score))


def check_count(what: str, parts: Sequence[object], least: int, most: int) -> None:
    """Refuse an item with fewer or more parts than the bank takes."""
    if not least <= len(parts) <= most:
        raise UnsupportedError("qti_part_count", what=what, count=len(parts), least=least, most=most)


def read_hot_text(body: Body, element: Element) -> Asked:
    """Read words to choose in a passage."""
    response = body.response(element)
    marked = [one.attributes.get("identifier", "") for one in descendants(element.children, "hottext")]
    names = numbered("h", marked)
    if len(names) < len(marked):
        raise UnsupportedError("qti_identifier_twice")
    check_count("hottexts", marked, 2, 60)
    body.texts.names = names
    passage = body.texts.html(_without_prompt(element), "passage")
    at_most = limit(element, "max-choices", 1)
    content = HotText(
        **body.common(element),
        passage=passage,
        hottexts=tuple(names.values()),
        min_choices=limit(element, "min-choices", 0) or 0,
        max_choices=None if at_most is None else min(at_most, len(marked)),
    )
    return Asked(content, lambda score: choice_key(content, response, names, score))


def _without_prompt(element: Element) -> list[Node]:
    return [one for one in element.children if not (isinstance(one, Element) and one.name == "prompt")]


def read_order(body: Body, element: Element) -> Asked:
    """Read options to put in order."""
    response = body.response(element)
    names, options = options_of(list(children(element, "simple-choice")), body, "options")
    check_count("options", options, 2, 20)
    if limit(element, "max-choices", 0) not in {None, len(options)}:
        raise UnsupportedError("qti_order_of_some")
    content = Order(**body.common(element), options=options)
    return Asked(content, lambda score: order_key(content, response, names, score))


def read_match(body: Body, element: Element) -> Asked:
    """Read pairs of two sets; statements against true and false are a table of their own."""
    sets = list(children(element, "simple-match-set"))
    if len(sets) != 2:
        raise UnsupportedError("qti_interaction_unsupported", interaction="matchInteraction")
    rows, columns = (list(children(one, "simple-associable-choice")) for one in sets)
    response = body.response(element)
    truths = _truths(rows, columns, body)
    is_shuffled = _is_true(element.attributes.get("shuffle"))
    content: TrueFalseTable | Match
    if truths is not None:
        names, statements = options_of(rows, body, "statements")
        check_count("statements", statements, 1, 12)
        content = TrueFalseTable(
            **body.common(element),
            statements=tuple(Statement(id=one.id, content=one.content) for one in statements),
            is_shuffled=is_shuffled,
        )
        pairs = {f"{row} {column}": (names[row], truths[column]) for row in names for column in truths}
        table = content
        return Asked(content, lambda score: pair_key(table, response, pairs, score))
    sources, source_options = options_of(rows, body, "sources")
    targets, target_options = options_of(columns, body, "targets")
    check_count("sources", rows, 1, 20)
    check_count("targets", columns, 2, 20)
    per_source = _common_limit(rows, len(columns))
    per_target = _common_limit(columns, len(rows))
    content = Match(
        **body.common(element),
        sources=source_options,
        targets=target_options,
        is_shuffled=is_shuffled,
        max_per_source=per_source or len(columns),
        max_per_target=per_target,
    )
    pairs = {f"{row} {column}": (sources[row], targets[column]) for row in sources for column in targets}
    match = content
    return Asked(content, lambda score: pair_key(match, response, pairs, score))


def _common_limit(elements: Sequence[Element], most: int) -> int | None:
    """Return how often each of some choices may be paired, the widest of their limits; None for no limit."""
    limits = [limit(one, "match-max", 1) for one in elements]
    known = [one for one in limits if one is not None]
    return min(max(known), most) if len(known) == len(limits) else None


def _truths(rows: Sequence[Element], columns: Sequence[Element], body: Body) -> dict[str, str] | None:
    """Return which of two columns means true and which false, None when they do not."""
    if len(columns) != 2 or any(limit(row, "match-max", 1) != 1 for row in rows):
        return None
    looks = [search_key(plain_text(body.texts.html(column.children))) for column in columns]
    meant = ["true" if look in _TRUE else "false" if look in _FALSE else "" for look in looks]
    if sorted(meant) != ["false", "true"]:
        return None
    return {column.attributes.get("identifier", ""): value for column, value in zip(columns, meant, strict=True)}


def read_gap_match(body: Body, element: Element) -> Asked:
    """Read texts to place into gaps."""
    if any(True for _ in children(element, "gap-img")):
        raise UnsupportedError("qti_interaction_unsupported", interaction="gapImg")
    response = body.response(element)
    listed = [one.attributes.get("identifier", "") for one in descendants(element.children, "gap")]
    gaps = numbered("g", listed)
    if len(gaps) < len(listed):
        raise UnsupportedError("qti_identifier_twice")
    choices = list(children(element, "gap-text"))
    names, texts = options_of(choices, body, "texts")
    check_count("texts", texts, 2, 30)
    check_count("gaps", listed, 1, 30)
    body.texts.names = gaps
    rest = [one for one in element.children if not (isinstance(one, Element) and one.name in {"prompt", "gap-text"})]
    content = GapMatch(
        **body.common(element),
        passage=body.texts.html(rest, "passage"),
        texts=texts,
        gaps=tuple(Gap(id=name) for name in gaps.values()),
        is_reusable=any(limit(one, "match-max", 1) != 1 for one in choices),
        is_shuffled=_is_true(element.attributes.get("shuffle")),
    )
    pairs = {f"{text} {gap}": (names[text], gaps[gap]) for text in names for gap in gaps}
    return Asked(content, lambda score: pair_key(content, response, pairs, score))


def read_slider(body: Body, element: Element) -> Asked:
    """Read a value to set on a scale."""
    numbers = [number_of(element.attributes.get(name, "1")) for name in ("lower-bound", "upper-bound", "step")]
    texts = [number_text(one) for one in numbers if one is not None]
    if len(texts) < 3 or None in texts:
        raise UnsupportedError("qti_scale_unreadable")
    response = body.response(element)
    content = Slider(**body.common(element), lower=str(texts[0]), upper=str(texts[1]), step=str(texts[2]))
    return Asked(content, lambda score: number_key(response, score))


def read_extended_text(body: Body, element: Element) -> Asked:
    """Read a text to write; people mark it, so its key is a rubric that QTI has no form for."""
    lines, length = limit(element, "expected-lines", 8), limit(element, "expected-length", 0)
    content = ExtendedText(
        **body.common(element),
        expected_lines=min(lines or 8, 60),
        max_characters=4000 if length is None else min(max(length, 1), 10_000),
    )
    return Asked(content, lambda _: FoundKey())


def read_upload(body: Body, element: Element) -> Asked:
    """Read files to hand in."""
    types = endings_of(element.attributes.get("type", "").replace(",", " ").split())
    if not types:
        raise UnsupportedError("qti_upload_type", type=element.attributes.get("type", ""))
    return Asked(FileUpload(**body.common(element), file_types=types), lambda _: FoundKey())
