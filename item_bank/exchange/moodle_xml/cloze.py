"""Moodle's embedded answers: gaps written into the text as ``{1:SHORTANSWER:=word}``."""

import re
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import Literal

from lxml import etree

from exam_engine.interactions.content import (
    ChoiceGap,
    InlineChoice,
    NumericEntry,
    Option,
    Statement,
    TextEntry,
    TextGap,
    TrueFalseTable,
)
from exam_engine.interactions.keys import (
    AcceptedText,
    Mapped,
    NumberKey,
    PairKey,
    PerPart,
    TextGapKey,
    TextKey,
    TrueFalseKey,
)
from exam_engine.interactions.rich_text import plain_text
from item_bank.exchange.moodle_xml import marks
from item_bank.exchange.moodle_xml.gaps import gap_span, stem_and_passage
from item_bank.exchange.moodle_xml.question import LETTERS, Asked, NotCarriedError, Question
from item_bank.exchange.moodle_xml.source import number_of, plain_number
from item_bank.exchange.moodle_xml.typed import accepted_text, gap_key

Kind = Literal["words", "choice", "number", "several"]
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"), "words"),
    **dict.fromkeys(("NUMERICAL", "NM"), "number"),
    **dict.fromkeys(
        ("MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH", "MULTICHOICE_S", "MCS",
         "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"), "choice",
    ),
    **dict.fromkeys(
        ("MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH", "MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS"),
        "several",
    ),
}  # fmt: skip
_CASED = frozenset({"SHORTANSWER_C", "SAC", "MWC"})
_SHUFFLED = frozenset({"MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"})
_OPENING = re.compile(r"\{([0-9]{0,3}):([A-Z_]{2,16}):")
_STOP = re.compile(r"\\.|[}]", re.DOTALL)
_SEPARATOR = re.compile(r"\\.|~", re.DOTALL)
_FEEDBACK = re.compile(r"\\.|#", re.DOTALL)
_ESCAPE = re.compile(r"\\([}#~/\"\\=%{])")
_WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]+)?)%")
_MOST_GAPS = 30
_STEP = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class _Answer:
    text: str
    share: Decimal
    feedback: str


@dataclass(frozen=True, slots=True)
class _Gap:
    weight: str
    sort: str
    kind: Kind
    answers: tuple[_Answer, ...]


def embedded_answers(question: Question) -> Asked:
    """Read ``cloze`` when all its gaps are of one sort: words, choices, or a single number."""
    stem, raw = stem_and_passage(question)
    passage, gaps = _parsed(raw)
    if not gaps or len(gaps) > _MOST_GAPS:
        question.note("error", "moodle_gap_count", "gaps", count=len(gaps), most=_MOST_GAPS)
        return None, None
    if len({gap.weight or "1" for gap in gaps}) > 1:
        question.note("left_out", "moodle_gap_weights", "key")
    holder = question.text_element
    for number, gap in enumerate(gaps, start=1):
        _explain(question, holder, number, gap)
    kinds = {gap.kind for gap in gaps}
    if kinds == {"choice"}:
        lines = marks.take_statements(passage)
        if lines is not None and (table := _statements(question, stem, lines, gaps)):
            return table
        return _choices(question, holder, stem, passage, gaps)
    if kinds <= {"words", "number"} and all(_is_exact(gap) for gap in gaps):
        return _words(question, stem, passage, gaps)
    if kinds == {"number"} and len(gaps) == 1:
        blank = passage.replace(gap_span(1), "_____")
        content = NumericEntry(stem=stem + question.stem(blank))
        return content, _number(question, gaps[0])
    raise NotCarriedError("moodle_cloze_mixed", kinds=", ".join(sorted({gap.sort for gap in gaps})))


def _parsed(raw: str) -> tuple[str, list[_Gap]]:
    """Return a text with its gaps marked, and the gaps; braces that begin none stay."""
    pieces: list[str] = []
    gaps: list[_Gap] = []
    done = at = 0
    while opening := _OPENING.search(raw, at):
        at = opening.end()
        kind = _KINDS.get(opening[2])
        if kind is None:
            continue
        end = next((stop.start() for stop in _STOP.finditer(raw, at) if stop[0] == "}"), None)
        if end is None:
            break
        gaps.append(_Gap(opening[1], opening[2], kind, _answers(raw[at:end])))
        pieces += [raw[done : opening.start()], gap_span(len(gaps))]
        done = at = end + 1
    return "".join([*pieces, raw[done:]]), gaps


def _answers(body: str) -> tuple[_Answer, ...]:
    found = []
    for part in _split(body, _SEPARATOR):
        text, feedback = _halves(part)
        share = Decimal(0)
        text = text.lstrip()
        if text.startswith("="):
            text, share = text[1:], Decimal(1)
        elif weight := _WEIGHT.match(text):
            stated = number_of(weight[1])
            share = (stated or Decimal(0)) / 100
            text = text[weight.end() :]
        if plain_text(text).strip() or "<img" in text:
            found.append(_Answer(_unescaped(text.strip()), min(Decimal(1), share), _unescaped(feedback.strip())))
    return tuple(found)


def _split(body: str, separator: re.Pattern[str]) -> list[str]:
    pieces, done = [], 0
    for match in separator.finditer(body):
        if len(match[0]) == 1:
            pieces.append(body[done : match.start()])
            done = match.end()
    return [*pieces, body[done:]]


def _halves(part: str) -> tuple[str, str]:
    """Return a text and its feedback; the ``#`` of a reference such as ``&#39;`` begins none."""
    for match in _FEEDBACK.finditer(part):
        if match[0] == "#" and not part[: match.start()].endswith("&"):
            return part[: match.start()], part[match.end() :]
    return part, ""


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(r"\1", text)


def _words_in(html: str) -> str:
    return plain_text(html).strip() if "<" in html else unescape(html).strip()


def _explain(question: Question, holder: etree._Element, number: int, gap: _Gap) -> None:
    for answer in gap.answers:
        if answer.feedback:
            html = question.convert(answer.feedback, holder, "explanation")
            label = question.convert(answer.text, holder) if gap.kind == "choice" else plain_text(answer.text)
            question.explanation.append(f"<p>({number}) {label}: {html}</p>")


def _is_exact(gap: _Gap) -> bool:
    """Whether what is typed can be compared as words: numbers when nothing may be off."""
    if gap.kind == "words":
        return True
    rights = [answer for answer in gap.answers if answer.share > 0 and answer.text != "*"]
    return all(number_of(_parts(answer)[1]) == 0 and number_of(_parts(answer)[0]) is not None for answer in rights)


def _parts(answer: _Answer) -> tuple[str, str]:
    value, _, tolerance = _words_in(answer.text).partition(":")
    return value.strip(), tolerance.strip() or "0"


def _words(question: Question, stem: str, passage: str, gaps: list[_Gap]) -> Asked:
    fields, keys = [], {}
    for number, gap in enumerate(gaps, start=1):
        accepted = _accepted(question, gap, number)
        length = min(60, max([12, *(len(one.text) for one in accepted)]))
        fields.append(TextGap(id=f"g{number}", expected_length=length, is_numeric=gap.kind == "number"))
        key = gap_key(accepted, is_case_sensitive=gap.sort in _CASED)
        if key is None:
            question.note("error", "moodle_no_right_answer", f"key/gaps/g{number}")
        else:
            keys[f"g{number}"] = key
    content = TextEntry(stem=stem, passage=question.stem(passage, "passage"), gaps=tuple(fields))
    return content, _text_key(keys, len(gaps))


def _accepted(question: Question, gap: _Gap, number: int) -> list[AcceptedText]:
    found: list[AcceptedText | None] = []
    for answer in gap.answers:
        text = _words_in(answer.text)
        spellings = [text]
        if gap.kind == "number":
            if answer.share <= 0 or text == "*":
                continue
            value = _parts(answer)[0]
            # People type a decimal comma as well as a point.
            spellings = [value, value.replace(".", ",")] if "." in value else [value]
        part = f"key/gaps/g{number}"
        found += [accepted_text(question, spelling, answer.share, part) for spelling in spellings]
    return [one for one in found if one is not None]


def _text_key(keys: dict[str, TextGapKey], count: int) -> TextKey | None:
    return TextKey(gaps=keys, scoring=PerPart()) if len(keys) == count else None


def _choices(question: Question, holder: etree._Element, stem: str, passage: str, gaps: list[_Gap]) -> Asked:
    listed, pairs, shares = [], [], {}
    is_whole = True
    for number, gap in enumerate(gaps, start=1):
        name = f"g{number}"
        if not 2 <= len(gap.answers) <= len(LETTERS):
            question.note("error", "moodle_option_count", f"gaps/{name}", count=len(gap.answers), most=len(LETTERS))
            return None, None
        ids = LETTERS[: len(gap.answers)]
        options = tuple(
            Option(id=id_, content=question.convert(answer.text, holder, f"gaps/{name}/{id_}"))
            for id_, answer in zip(ids, gap.answers, strict=True)
        )
        listed.append(ChoiceGap(id=name, options=options))
        full = [id_ for id_, answer in zip(ids, gap.answers, strict=True) if answer.share == 1]
        if len(full) != 1:
            question.note("error", "moodle_no_right_answer", f"gaps/{name}")
            is_whole = False
            continue
        pairs.append((name, full[0]))
        for id_, answer in zip(ids, gap.answers, strict=True):
            if answer.share > 0:
                shares[f"{name} {id_}"] = answer.share / len(gaps)
    is_shuffled = all(gap.sort in _SHUFFLED for gap in gaps)
    content = InlineChoice(
        stem=stem, passage=question.stem(passage, "passage"), gaps=tuple(listed), is_shuffled=is_shuffled
    )
    if not is_whole:
        return content, None
    if len(shares) == len(pairs):
        return content, PairKey(pairs=tuple(pairs), scoring=PerPart())
    return content, PairKey(pairs=tuple(pairs), scoring=Mapped(shares=_rounded(shares, pairs)))


def _rounded(shares: dict[str, Decimal], pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Return shares of four decimals of which the right ones make up all of the points."""
    rounded = {name: share.quantize(_STEP) for name, share in shares.items()}
    right = [" ".join(pair) for pair in pairs]
    rounded[right[-1]] += 1 - sum((rounded[name] for name in right), Decimal(0))
    return {name: plain_number(share) for name, share in rounded.items()}


def _statements(question: Question, stem: str, lines: list[str], gaps: list[_Gap]) -> Asked | None:
    """Return the table of statements that this bank wrote; None when it was changed since."""
    found = [marks.GAP_AFTER_STATEMENT.fullmatch(line) for line in lines]
    if len(found) != len(gaps):
        return None
    statements, values = [], {}
    for number, (line, gap) in enumerate(zip(found, gaps, strict=True), start=1):
        shares = {_words_in(answer.text): answer.share for answer in gap.answers}
        if line is None or line[2] != f"g{number}" or sorted(shares) != ["Sai", "Đúng"] or sum(shares.values()) != 1:
            return None
        statements.append(Statement(id=f"S{number}", content=question.stem(line[1], f"statements/S{number}")))
        values[f"S{number}"] = shares["Đúng"] == 1
    return TrueFalseTable(stem=stem, statements=tuple(statements)), TrueFalseKey(values=values, scoring=PerPart())


def _number(question: Question, gap: _Gap) -> NumberKey | None:
    full = [answer for answer in gap.answers if answer.share == 1]
    if len(full) == 1:
        value, tolerance = (number_of(part) for part in _parts(full[0]))
        if value is not None and tolerance is not None and tolerance >= 0:
            for answer in gap.answers:
                if 0 < answer.share < 1:
                    question.note("left_out", "moodle_further_number", "key", found=_words_in(answer.text)[:80])
            return NumberKey(value=plain_number(value), tolerance=plain_number(tolerance))
    question.note("error", "moodle_no_right_answer", "key")
    return None
