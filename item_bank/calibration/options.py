"""What a board chooses when it starts a calibration: kept with the run, shown with it, and what it means to the fit."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from exam_engine.psychometrics import CalibrationSettings, ItemModel, Prior, Priors
from item_bank.calibration.response_matrix import NotReachedRule

ModelName = Literal["1PL", "2PL", "3PL"]
PolytomousModel = Literal["PCM", "GPCM", "GRM", "full_credit"]
DensityName = Literal["normal", "histogram", "davidian"]
ErrorMethod = Literal["observed", "crossproduct", "sandwich"]

# Below 1 a Beta density rises without end at a bound, and the estimate of c would run there.
BetaParameter = Annotated[float, Field(ge=1.0, le=1000.0, allow_inf_nan=False)]


class GuessingPrior(BaseModel):
    """Beta prior of the lower asymptote c.

    Beta(5, 17) has its mode at 0.20 and mean at 0.23: what guessing among four or five options gives.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    alpha: BetaParameter = 5.0
    beta: BetaParameter = 17.0


DEFAULT_GUESSING = GuessingPrior()


class CalibrationOptions(BaseModel):
    """Models, prior, latent distribution, standard errors, and whether items in force are held to keep their scale."""

    model_config = ConfigDict(frozen=True)

    model: ModelName = Field(default="2PL", description="Of items that are right or wrong.")
    polytomous: PolytomousModel = Field(
        default="GPCM",
        description="Of items with several score categories; with full_credit only all of the points count as right.",
    )
    not_reached: NotReachedRule = Field(
        default="ignored", description="Whether an item that was not reached has no response or a wrong one."
    )
    guessing: GuessingPrior | None = Field(default=None, description="Prior of c; only the 3PL has one.")
    density: DensityName = "normal"
    standard_errors: ErrorMethod = "observed"
    holds_anchors: bool = Field(default=False, description="Items with parameters in force are held at them.")
    drops_drifted: bool = Field(
        default=False, description="Held items that drifted are let go and estimated anew, one after another."
    )

    def settings(self, item_models: Mapping[str, ItemModel] | None = None) -> CalibrationSettings:
        """Return the settings of the fit; ``item_models`` are those of items that do not follow ``model``."""
        lower = None if self.guessing is None else Prior("beta", self.guessing.alpha, self.guessing.beta)
        return CalibrationSettings(
            model=self.model,
            item_models=item_models or {},
            density=self.density,
            standard_errors=self.standard_errors,
            priors=Priors(lower=lower),
        )
