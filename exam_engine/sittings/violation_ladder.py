"""The ladder of a rule-set: what may be done about a candidate who breaks the rules, from the mildest step on."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

StepCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,23}$")]


class BadLadderError(ValueError):
    """The ladder of a rule-set cannot be read; the text says where."""


class StepName(BaseModel):
    """The name of a step in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    vi: str = Field(min_length=1, max_length=80)
    en: str = Field(min_length=1, max_length=80)


class ViolationStep(BaseModel):
    """One step: the share of the paper's mark that it takes, and what repeating it leads to.

    ``repeated_as`` names the step that applies instead when the candidate has this one already.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: StepCode
    name: StepName
    deduction: Decimal = Field(ge=0, le=1)
    ends_attempt: bool = False
    repeated_as: StepCode | None = None


class ViolationLadder(BaseModel):
    """Steps from the mildest to the hardest, with the text that they rest on.

    Of several steps that a candidate has, the one that takes most counts; they are not added up.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    legal_basis: str = Field(min_length=1, max_length=500)
    steps: tuple[ViolationStep, ...] = Field(min_length=1, max_length=10)

    @model_validator(mode="after")
    def _climbs(self) -> "ViolationLadder":
        codes = [step.code for step in self.steps]
        if len(set(codes)) < len(codes):
            raise ValueError("a step stands twice")
        if any(a.deduction > b.deduction for a, b in zip(self.steps, self.steps[1:], strict=False)):
            raise ValueError("a later step takes less")
        for number, step in enumerate(self.steps):
            if step.repeated_as is not None and step.repeated_as not in codes[number + 1 :]:
                raise ValueError(f"{step.code} leads to no later step")
        return self

    def step(self, code: str) -> ViolationStep | None:
        """Return the step of this code."""
        return next((step for step in self.steps if step.code == code), None)

    def reached(self, code: str, before: Sequence[str]) -> ViolationStep:
        """Return the step that applies to a candidate who has the steps ``before`` and is now given ``code``.

        Raises
        ------
        KeyError
            No such step.
        """
        found = self.step(code)
        if found is None:
            raise KeyError(code)
        while found.code in before and found.repeated_as is not None:
            harder = self.step(found.repeated_as)
            if harder is None:
                break
            found = harder
        return found


def ladder_of(rule: Mapping[str, Any]) -> ViolationLadder | None:
    """Read the ladder in the rule of a rule-set; None where it has none.

    Raises
    ------
    BadLadderError
    """
    said = rule.get("violations")
    if said is None:
        return None
    try:
        return ViolationLadder.model_validate(said)
    except ValidationError as error:
        raise BadLadderError(str(error)) from error
