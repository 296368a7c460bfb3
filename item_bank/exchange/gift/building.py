"""Items from the questions of a GIFT file: the interaction that asks the same, the key that scores the same."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from exam_engine.core.text import clean_line, clean_text
from exam_engine.interactions.content import (
    ExtendedText,
    ItemContent,
    Match,
    NumericEntry,
    Option,
    SingleChoice,
    TextEntry,
    TextGap,
)
from exam_engine.interactions.content import MultipleResponse as SeveralChoices
from exam_engine.interactions.keys import (
    AcceptedText,
    ChoiceKey,
    ItemKey,
    Mapped,
    NumberKey,
    PairKey,
    PerPart,
    TextGapKey,
    TextKey,
)
from exam_engine.interactions.rich_text import LatexError, formulas, sanitise, text_to_html
from item_bank.exchange.gift.answers import (
    Answer,
    Block,
    Choices,
    Essay,
    Number,
    Numbers,
    Pairs,
    TrueFalse,
    Unreadable,
    Words,
    read_block,
    whole_shares,
)
from item_bank.exchange.gift.scanning import RawQuestion, shown
from item_bank.exchange.imported import ImportedItem, Notice, Severity, StatedMetadata

MOST_OPTIONS = 20
_LETTERS = "ABCDEFGHIJKLMNOPQRST"
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_GAP = '<span data-gap="g1"></span>'
_BLANK = "_____"
_STEP = Decimal("0.0001")
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]\s*")
_SENTENCE_ENDS = ".?!:…"
_ONLY_PUNCTUATION = re.compile(r"[.,;:?!…\"'”’)]+")
_BLOCK = re.compile(r"<(?:p|ul|ol|table|div|pre|blockquote|h[1-6])\b")


@dataclass(slots=True)
class _Built:
    """What a question comes to, with all that was noticed on the way."""

    place: str
    content: ItemContent | None = None
    key: ItemKey | None = None
    explanation: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def note(self, severity: Severity, code: str, part: str = "", **params: Any) -> None:
        self.notices.append(Notice(severity, code, self.place, part, params))


def item_of(raw: RawQuestion, number: int, place: str) -> ImportedItem:
    """Return the item of a question that has an answer block."""
    built = _Built(place)
    markup = _Markup(raw.format, built)
    block, general = read_block(raw.answers or "")
    if not raw.is_closed:
        built.note("error", "gift_brace_missing")
    else:
        _build(built, markup, raw, block)
    if general:
        built.explanation.insert(0, markup.html(general))
    tags = (*raw.tags, *([clean_line(raw.category)[:60]] if clean_line(raw.category) else []))
    return ImportedItem(
        number=number,
        place=place,
        content=built.content,
        key=built.key,
        code=raw.id,
        explanation=_joined(built.explanation),
        metadata=StatedMetadata(tags=tags),
        notices=tuple(built.notices),
    )


def _joined(parts: list[str]) -> str:
    """Return texts one below the other."""
    if len(parts) == 1:
        return parts[0]
    return "".join(part if _BLOCK.match(part) else f"<p>{part}</p>" for part in parts)


def _without_format(text: str) -> str:
    """Return a text without the format that it states for itself."""
    return _FORMAT.sub("", text, count=1) if _FORMAT.match(text) else text


class _Markup:
    """Turns the texts of one question into HTML by the format that it states."""

    def __init__(self, kind: str, built: _Built) -> None:
        self._kind, self._built = kind, built
        if kind == "markdown":
            built.note("warning", "gift_markdown")

    def html(self, text: str, part: str = "") -> str:
        """Return canonical HTML; texts of no stated format may hold tags, as in Moodle.

        An answer or a feedback may state a format of its own.
        """
        own = _FORMAT.match(text)
        kind, text = (own[1], _without_format(text)) if own else (self._kind, text)
        if kind == "html" or (kind in {"", "moodle"} and _MARKUP.search(text)):
            found = sanitise(text)
            if found.removed:
                self._built.note("left_out", "gift_markup_dropped", part, names=", ".join(found.removed))
            return found.html
        try:
            return formulas(clean_text(text))
        except LatexError as error:
            self._built.note("left_out", "gift_formula", part, formula=error.latex[:80])
            return text_to_html(clean_text(text))


def _build(built: _Built, markup: _Markup, raw: RawQuestion, block: Block) -> None:
    text, tail = shown(raw.text).strip(), shown(raw.tail).strip()
    is_mark = bool(_ONLY_PUNCTUATION.fullmatch(tail))
    if is_mark and text.endswith(tuple(_SENTENCE_ENDS)):
        # The sentence has ended before the answers: what stands behind them is no part of it.
        tail = ""
    sentence = f"{text} {_BLANK}{'' if is_mark else ' '}{tail}" if tail else text
    match block:
        case Unreadable(code, params):
            built.note("error", code, "key", **params)
        case Essay():
            built.content = ExtendedText(stem=markup.html(sentence, "stem"))
            built.note("warning", "gift_essay_without_rubric", "key")
        case TrueFalse(is_true, feedback):
            words = (Option(id="A", content="Đúng", is_fixed=True), Option(id="B", content="Sai", is_fixed=True))
            built.content = SingleChoice(stem=markup.html(sentence, "stem"), options=words, is_shuffled=False)
            built.key = ChoiceKey(correct=("A" if is_true else "B",))
            built.explanation += [markup.html(said) for said in feedback]
        case Choices():
            _choices(built, markup, markup.html(sentence, "stem"), block)
        case Words(answers):
            _words(built, markup, text, tail, answers)
        case Pairs(pairs):
            _pairs(built, markup, markup.html(sentence, "stem"), pairs)
        case Numbers(accepted, otherwise):
            _number(built, markup, markup.html(sentence, "stem"), accepted)
            if otherwise:
                built.explanation.append(f"<p>{markup.html(otherwise)}</p>")


def _choices(built: _Built, markup: _Markup, stem: str, block: Choices) -> None:
    answers = block.answers
    if not 2 <= len(answers) <= MOST_OPTIONS:
        built.note("error", "gift_option_count", "options", count=len(answers), most=MOST_OPTIONS)
        return
    ids = _LETTERS[: len(answers)]
    options = tuple(
        Option(id=id_, content=markup.html(answer.text, f"options/{id_}"))
        for id_, answer in zip(ids, answers, strict=True)
    )
    built.explanation += [
        _feedback(markup, id_, answer) for id_, answer in zip(ids, answers, strict=True) if answer.feedback
    ]
    shares = dict(zip(ids, whole_shares([answer.share for answer in answers]), strict=True))
    right = [id_ for id_, share in shares.items() if share > 0]
    if not block.has_right_mark and any(shares.values()):
        built.content = SeveralChoices(stem=stem, options=options)
        built.key = ChoiceKey(correct=tuple(right), scoring=_mapped(shares)) if right else None
    else:
        built.content = SingleChoice(stem=stem, options=options)
        full = [id_ for id_ in right if shares[id_] == 1]
        if full and right == full[:1]:
            built.key = ChoiceKey(correct=(full[0],))
        elif full:
            built.key = ChoiceKey(correct=(full[0],), scoring=_mapped(shares))
        if any(share < 0 for share in shares.values()):
            built.note("left_out", "gift_penalty", "key")
        if len(full) > 1:
            built.note("warning", "gift_several_right", "key", options=", ".join(full))
    if built.key is None:
        built.note("error", "gift_no_right_answer", "key")


def _mapped(shares: dict[str, Decimal]) -> Mapped:
    return Mapped(shares={id_: _plain(share) for id_, share in shares.items() if share})


def _feedback(markup: _Markup, id_: str, answer: Answer) -> str:
    return f"<p>{id_}. {markup.html(answer.feedback)}</p>"


def _words(built: _Built, markup: _Markup, text: str, tail: str, answers: tuple[Answer, ...]) -> None:
    accepted, seen = [], set()
    for answer in answers:
        word, share = clean_line(_without_format(answer.text)), answer.share.quantize(_STEP)
        if "*" in word:
            built.note("left_out", "gift_wildcard", "key", text=word[:80])
        elif word and share > 0 and word not in seen:
            seen.add(word)
            accepted.append(AcceptedText(text=word[:500], share=_plain(share)))
        if answer.feedback:
            built.explanation.append(f"<p>{markup.html(word)}: {markup.html(answer.feedback)}</p>")
    gap = TextGap(id="g1", expected_length=min(60, max([12, *(len(one.text) for one in accepted)])))
    if tail:
        space = "" if _ONLY_PUNCTUATION.fullmatch(tail) else " "
        stem, passage = "Điền vào chỗ trống.", f"<p>{_inline(markup, text)} {_GAP}{space}{_inline(markup, tail)}</p>"
    else:
        stem, passage = markup.html(text, "stem"), f"<p>{_GAP}</p>"
    built.content = TextEntry(stem=stem, passage=sanitise(passage).html, gaps=(gap,))
    if any(Decimal(one.share) == 1 for one in accepted):
        built.key = TextKey(gaps={"g1": TextGapKey(accepted=tuple(accepted[:50]))})
    else:
        built.note("error", "gift_no_right_answer", "key")


def _inline(markup: _Markup, text: str) -> str:
    return re.sub(r"</?p>", " ", markup.html(text, "passage")).strip()


def _pairs(built: _Built, markup: _Markup, stem: str, pairs: tuple[tuple[str, str], ...]) -> None:
    targets = list(dict.fromkeys(right for _, right in pairs if right))
    sources = [(left, right) for left, right in pairs if left]
    if len(sources) < 1 or len(targets) < 2 or max(len(sources), len(targets)) > MOST_OPTIONS:
        built.note("error", "gift_pair_count", "sources", sources=len(sources), targets=len(targets))
        return
    if any(not right for _, right in sources):
        built.note("error", "gift_no_right_answer", "key")
    ids = {right: f"T{number}" for number, right in enumerate(targets, start=1)}
    built.content = Match(
        stem=stem,
        sources=tuple(
            Option(id=f"S{number}", content=markup.html(left, f"sources/S{number}"))
            for number, (left, _) in enumerate(sources, start=1)
        ),
        targets=tuple(Option(id=id_, content=markup.html(right, f"targets/{id_}")) for right, id_ in ids.items()),
    )
    if all(right for _, right in sources):
        stated = tuple((f"S{number}", ids[right]) for number, (_, right) in enumerate(sources, start=1))
        built.key = PairKey(pairs=stated, scoring=PerPart())


def _number(built: _Built, markup: _Markup, stem: str, accepted: tuple[Number, ...]) -> None:
    built.content = NumericEntry(stem=stem)
    full = [number for number in accepted if number.share == 1]
    if not full:
        built.note("error", "gift_no_right_answer", "key")
        return
    value, tolerance = _plain(full[0].value), _plain(full[0].tolerance)
    if not (_NUMBER.fullmatch(value) and _NUMBER.fullmatch(tolerance)):
        built.note("error", "gift_number_unreadable", "key", found=value[:80])
        return
    built.key = NumberKey(value=value, tolerance=tolerance)
    for number in accepted:
        if number is not full[0]:
            built.note("left_out", "gift_further_number", "key", found=_plain(number.value))
        if number.feedback:
            built.explanation.append(f"<p>{_plain(number.value)}: {markup.html(number.feedback)}</p>")


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")
