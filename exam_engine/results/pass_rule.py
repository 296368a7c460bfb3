"""The pass rule of a rule-set: which marks are a pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from exam_engine.results.marks import MOST_DECIMALS, rounded
from exam_engine.sittings.violation_ladder import ViolationLadder

Reason = Literal["paper_below_minimum", "paper_below_floor", "mean_below_minimum"]


class BadPassRuleError(ValueError):
    """The rule of a rule-set cannot be read; the text says where."""


class PaperName(BaseModel):
    """The name of a paper in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)


class PaperRule(BaseModel):
    """What one paper asks for; ``minimum`` is the lowest mark that passes it, None where only the mean counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(min_length=1, max_length=32)
    name: PaperName
    minimum: Decimal | None = Field(default=None, ge=0, le=10)


class PassRule(BaseModel):
    """A whole rule: every condition that is given must hold.

    Marks are compared as they are printed, after rounding half up to ``decimals``: 4.995 points of 10 is 5.00 and
    passes a minimum of 5.00 under two decimals. The mean of the papers is rounded the same way. ``floor`` is the
    mark below which one paper alone fails everything (điểm liệt). ``violations`` is what may be taken off a mark for
    breaking the rules; without it nothing is. ``lockdown`` is about the exam's window and changes no mark, so that a
    slip in it keeps no result back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    papers: tuple[PaperRule, ...] = Field(min_length=1)
    decimals: int = Field(default=MOST_DECIMALS, ge=0, le=MOST_DECIMALS)
    mean_minimum: Decimal | None = Field(default=None, ge=0, le=10)
    floor: Decimal | None = Field(default=None, ge=0, le=10)
    note: PaperName | None = None
    violations: ViolationLadder | None = None
    lockdown: Any = None

    @field_validator("papers")
    @classmethod
    def _no_paper_twice(cls, papers: tuple[PaperRule, ...]) -> tuple[PaperRule, ...]:
        codes = [paper.code for paper in papers]
        if len(set(codes)) < len(codes):
            raise ValueError("a paper stands twice")
        return papers


@dataclass(frozen=True, slots=True)
class Verdict:
    """Pass or fail, with every reason for a fail as (reason, paper code or ``""``)."""

    is_pass: bool
    mean: Decimal
    reasons: tuple[tuple[Reason, str], ...] = ()


def parse_rule(rule: Mapping[str, Any]) -> PassRule:
    """Read the rule of a rule-set.

    Raises
    ------
    BadPassRuleError
    """
    try:
        return PassRule.model_validate(rule)
    except ValidationError as error:
        raise BadPassRuleError(str(error)) from error


def decide(rule: PassRule, marks: Mapping[str, Decimal]) -> Verdict:
    """Return whether marks, rounded already, are a pass.

    Raises
    ------
    KeyError
        A paper of the rule has no mark; whoever did not sit a paper is absent, not failed.
    """
    papers = [(paper, marks[paper.code]) for paper in rule.papers]
    reasons: list[tuple[Reason, str]] = []
    for paper, mark in papers:
        if paper.minimum is not None and mark < paper.minimum:
            reasons.append(("paper_below_minimum", paper.code))
        if rule.floor is not None and mark < rule.floor:
            reasons.append(("paper_below_floor", paper.code))
    mean = rounded(sum((Fraction(mark) for _, mark in papers), Fraction(0)) / len(papers), rule.decimals)
    if rule.mean_minimum is not None and mean < rule.mean_minimum:
        reasons.append(("mean_below_minimum", ""))
    return Verdict(not reasons, mean, tuple(reasons))
