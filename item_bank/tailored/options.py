"""What a board chooses when it has tailored papers made: kept with them and shown with them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
Structure = Literal["1-2", "1-3", "1-2-2", "1-3-3"]


class _Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonalOptions(_Options):
    """A form of its own for every candidate, all within a band of information around the average form.

    ``item_use`` is the number of forms an item stands in at most; null for little more than the smallest possible.
    """

    design: Literal["personal"]
    form_count: int = Field(ge=2, le=2000, examples=[300])
    item_use: int | None = Field(default=None, ge=1, le=2000)
    seed: Seed = 1


class MultistageOptions(_Options):
    """Panels of modules; after each stage the number of right answers decides how hard the next one is.

    ``spread`` is the distance in logits of the easy and the hard modules from the cut score.
    """

    design: Literal["multistage"]
    structure: Structure = "1-3-3"
    panel_count: int = Field(default=1, ge=1, le=10)
    spread: float = Field(default=1.0, ge=0.25, le=2.5, allow_inf_nan=False)
    seed: Seed = 1


class AdaptiveOptions(_Options):
    """Items chosen one by one; the test ends at the blueprint's length, or earlier when a rule says so.

    ``maximum_rate`` holds every item below that share of the candidates; null to leave exposure alone.
    ``standard_error`` and ``decides_early`` end tests of at least ``minimum_length`` items when the estimate is precise
    enough, or when the candidate is clearly above or below the cut score.
    """

    design: Literal["adaptive"]
    maximum_rate: float | None = Field(default=0.25, ge=0.05, le=1.0, allow_inf_nan=False)
    minimum_length: int = Field(default=20, ge=1, le=200)
    standard_error: float | None = Field(default=None, ge=0.1, le=1.0, allow_inf_nan=False)
    decides_early: bool = False
    seed: Seed = 1


TailoredOptions = Annotated[PersonalOptions | MultistageOptions | AdaptiveOptions, Field(discriminator="design")]
