"""What an answer block of GIFT says: the kind of question, its parts, what is right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from exam_engine.core.text import clean_line
from item_bank.exchange.gift.scanning import shown, split

_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d+)?)%")
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_MOST_DIGITS = 20
_WHOLE = Decimal("0.001")
"""Weights such as 33.33333 add up to a hundred within this."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a question; ``share`` is the part of the points that it earns, from -1 to 1."""

    text: str
    share: Decimal
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is accepted, with what may be off."""

    value: Decimal
    tolerance: Decimal
    share: Decimal
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Essay:
    """The block is empty: people mark."""


@dataclass(frozen=True, slots=True)
class TrueFalse:
    """The question is true or false."""

    is_true: bool
    feedback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """Options, right ones marked ``=`` or by weights; ``is_weighted`` when no ``=`` says that one is to be chosen."""

    answers: tuple[Answer, ...]
    has_right_mark: bool


@dataclass(frozen=True, slots=True)
class Words:
    """Words to type."""

    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Things to pair; a pair without its left side is a distractor."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number to type; ``otherwise`` is what is said about any other."""

    accepted: tuple[Number, ...]
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The block follows no rule of the format; ``code`` names the message."""

    code: str
    params: dict[str, str] = field(default_factory=dict)


Block = Essay | TrueFalse | Choices | Words | Pairs | Numbers | Unreadable


def read_block(text: str) -> tuple[Block, str]:
    """Return what an answer block says, and its general feedback."""
    body, _, general = text.partition("####")
    return _block(body.strip()), shown(general).strip()


def _block(body: str) -> Block:
    if not body:
        return Essay()
    first, *feedback = body.split("#")
    if first.strip().upper() in _TRUTH:
        return TrueFalse(_TRUTH[first.strip().upper()], tuple(shown(text).strip() for text in feedback if text.strip()))
    if body.startswith("#"):
        return _numbers(body[1:])
    parts = split(body, "=~")
    before = re.split("[=~]", body, maxsplit=1)[0]
    if not parts or before.strip():
        return Unreadable("gift_answers_unreadable", {"found": clean_line(shown(body))[:80]})
    if all(sign == "=" and "->" in part for sign, part in parts):
        return Pairs(tuple(_pair(part) for _, part in parts))
    answers = []
    for sign, part in parts:
        weight = _WEIGHT.match(part.lstrip())
        if weight and abs(Decimal(weight[1])) > 100:
            return Unreadable("gift_weight", {"found": weight[0]})
        answers.append(_answer(sign, part, weight))
    if all(sign == "=" for sign, _ in parts):
        return Words(tuple(answers))
    return Choices(tuple(answers), has_right_mark=any(sign == "=" for sign, _ in parts))


def _answer(sign: str, part: str, weight: re.Match[str] | None) -> Answer:
    if weight:
        part = part.lstrip()[weight.end() :]
    text, _, feedback = part.partition("#")
    stated = Decimal(weight[1]) / 100 if weight else Decimal(sign == "=")
    return Answer(shown(text).strip(), stated, shown(feedback).strip())


def _pair(part: str) -> tuple[str, str]:
    left, _, right = part.partition("->")
    return shown(left).strip(), shown(right.partition("#")[0]).strip()


def _numbers(body: str) -> Block:
    parts = split(body, "=~") if body.lstrip().startswith("=") else [("=", body)]
    if parts[0][1] == body:
        right, tilde, wrong = body.partition("~")
        parts = [("=", right), *([("~", wrong)] if tilde else [])]
    accepted, otherwise = [], ""
    for sign, part in parts:
        weight = _WEIGHT.match(part.lstrip())
        text, _, feedback = (part.lstrip()[weight.end() :] if weight else part).partition("#")
        share = Decimal(weight[1]) / 100 if weight else Decimal(1)
        if sign == "~" or clean_line(text) == "*":
            otherwise = shown(feedback).strip()
            continue
        number = _number(text, share, shown(feedback).strip())
        if number is None:
            return Unreadable("gift_number_unreadable", {"found": clean_line(shown(text))[:80]})
        accepted.append(number)
    return (
        Numbers(tuple(accepted), otherwise) if accepted else Unreadable("gift_number_unreadable", {"found": body[:80]})
    )


def _number(text: str, share: Decimal, feedback: str) -> Number | None:
    try:
        if ".." in text:
            low, high = (Decimal(bound.strip()) for bound in text.split("..", 1))
            value, tolerance = (low + high) / 2, (high - low) / 2
        else:
            stated, _, off = text.partition(":")
            value, tolerance = Decimal(stated.strip()), Decimal(off.strip() or "0")
    except ArithmeticError:
        return None
    if not (value.is_finite() and tolerance.is_finite()) or tolerance < 0:
        return None
    # Beyond this no number of an item goes, and writing it out would take for ever.
    if max(abs(value.adjusted()), abs(tolerance.adjusted())) > _MOST_DIGITS:
        return None
    return Number(value, tolerance, share, feedback)


def whole_shares(shares: Sequence[Decimal]) -> list[Decimal]:
    """Return shares of four decimals whose positive ones add up to one when they nearly do: 33.33333 % three times."""
    rounded = [share.quantize(Decimal("0.0001")) for share in shares]
    positive = [place for place, share in enumerate(rounded) if share > 0]
    total = sum((rounded[place] for place in positive), Decimal(0))
    if positive and total != 1 and abs(total - 1) <= _WHOLE:
        rounded[positive[-1]] += 1 - total
    return rounded
