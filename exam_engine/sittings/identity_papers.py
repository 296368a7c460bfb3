"""Numbers of identity papers: CCCD (12 digits), CMND (9 digits), passport."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

PaperKind = Literal["citizen_card", "old_card", "passport"]
Sex = Literal["male", "female"]

SUFFIX_LENGTH = 6
_SHORTENED = "#"
OLD_CARDS_ENDED = date(2025, 1, 1)
"""Nine-digit papers stopped being valid after 31/12/2024."""

_KINDS_OF_DIGITS: dict[int, PaperKind] = {12: "citizen_card", 9: "old_card"}
_SEPARATORS = re.compile(r"[\s.\-]")
_PASSPORT = re.compile(r"(?=.*[A-Z])(?=.*\d)[A-Z0-9]{6,12}")


@dataclass(frozen=True, slots=True)
class CitizenCardFacts:
    """What a 12-digit number says about its holder."""

    sex: Sex
    birth_year: int


def clean_number(text: str) -> str:
    """Return the number without spaces, dots and hyphens, letters in capitals."""
    return _SEPARATORS.sub("", text).upper()


def paper_kind(number: str) -> PaperKind | None:
    """Return what kind of paper has such a number; None when none has."""
    if number.isascii() and number.isdigit():
        return _KINDS_OF_DIGITS.get(len(number))
    return "passport" if _PASSPORT.fullmatch(number) else None


def with_lost_zeros(number: str) -> str | None:
    """Return what the number probably was before a spreadsheet took it for a quantity and ate its leading zeros.

    Only ever a proposal to show: the number is the person's identity and half of their login, and a wrong guess
    would be somebody else's. None when the number is not short of one or two zeros.
    """
    if not (number.isascii() and number.isdigit()):
        return None
    if len(number) in {10, 11}:
        return number.zfill(12)
    return number.zfill(9) if len(number) in {7, 8} else None


def citizen_card_facts(number: str) -> CitizenCardFacts | None:
    """Return sex and year of birth coded in a 12-digit number; None for other papers.

    The fourth digit is even for men, and each pair of digits from 0 stands for a century from the 20th; the fifth
    and sixth digits are the year. The first three name a province as it was then and are not looked at.
    """
    if paper_kind(number) != "citizen_card":
        return None
    century_digit = int(number[3])
    sex: Sex = "male" if century_digit % 2 == 0 else "female"
    return CitizenCardFacts(sex, 1900 + 100 * (century_digit // 2) + int(number[4:6]))


def shortened(number: str, candidate_id: str) -> str:
    """Return what a test site gets of a number: the end that is asked for at login, made unique by the candidate."""
    return f"{_SHORTENED}{candidate_id.replace('-', '')[:9]}{suffix_of(number)}"


def masked(number: str) -> str:
    """Return the number with its last six characters, which are asked for at login, replaced by dots."""
    if number.startswith(_SHORTENED):
        return "•" * SUFFIX_LENGTH
    return number[:-SUFFIX_LENGTH] + "•" * min(len(number), SUFFIX_LENGTH)


def suffix_of(number: str) -> str:
    """Return the part of the number that a candidate types at login."""
    return number[-SUFFIX_LENGTH:]
