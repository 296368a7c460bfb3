"""Wire types of calibrations."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from item_bank.calibration.options import CalibrationOptions

CalibrationName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(examples=["Thi thử tháng 3/2026"]),
]


class CalibrationStarted(BaseModel):
    """Where to ask how far the estimation is."""

    calibration_id: UUID
    job_id: UUID


class CalibrationWarning(BaseModel):
    """What makes the whole fit doubtful."""

    code: str
    message: str
    data: dict[str, float | str]


class SittingChoice(BaseModel):
    """A sitting that is over, whose results can be calibrated."""

    id: UUID
    name: str
    administration: str
    opens_at: datetime
    is_released: bool = Field(description="Whether its results are approved.")


class SittingChoices(BaseModel):
    """Sittings that are over, the latest first."""

    items: list[SittingChoice]


class SittingSelection(BaseModel):
    """Sittings whose results are meant."""

    model_config = ConfigDict(extra="forbid")

    sitting_ids: list[UUID] = Field(min_length=1, max_length=200)


class SittingCalibration(SittingSelection):
    """A calibration of the results of sittings."""

    name: CalibrationName
    options: CalibrationOptions
    is_simulated: bool = False


class GroupingView(BaseModel):
    """One way in which a source sorts the candidates."""

    name: str
    labels: list[str]
    unknown: int = Field(description="Candidates of whom nothing is known.")


class SourceView(BaseModel):
    """What a source of responses holds; nothing of it is stored yet."""

    source: Literal["choices", "scores", "sittings"]
    is_simulated: bool
    n_candidates: int
    n_items: int
    n_responses: int
    n_omitted: int
    n_not_reached: int
    n_polytomous: int = Field(description="Items with several score categories.")
    groupings: list[GroupingView]
    warnings: list[CalibrationWarning]


class CalibrationRow(BaseModel):
    """A calibration in a list."""

    id: UUID
    name: str
    status: Literal["running", "estimated", "approved", "failed", "cancelled"]
    is_simulated: bool
    options: CalibrationOptions = Field(description="What was chosen at the start.")
    source: Literal["choices", "scores", "sittings"] = Field(description="Where the responses came from.")
    file_name: str
    n_candidates: int
    n_items: int
    n_responses: int = Field(description="Presented items in all, blank answers included.")
    n_blank: int = Field(description="Blank answers: omitted ones, counted as wrong, and items not reached.")
    log_likelihood: float | None
    iterations: int | None
    converged: bool | None
    max_gradient: float | None
    marginal_reliability: float | None
    job_id: UUID
    created_at: datetime
    created_by: str
    approved_by: str | None
    approved_at: datetime | None


class CalibrationList(BaseModel):
    """A page of calibrations, newest first."""

    items: list[CalibrationRow]
    total: int


class ItemFitView(BaseModel):
    """How well the model describes an item: S-X², null where no test was possible, and the size of the misfit."""

    statistic: float | None
    df: float | None
    p_adjusted: float | None = Field(description="Adjusted for the number of items (false discovery rate).")
    rmsea: float | None
    rmsd: float | None = Field(description="Root mean squared deviation of the observed from the model's curve.")


class AnchorDriftView(BaseModel):
    """What this sample alone says of a held item, on the bank's scale, against the parameters in force."""

    a: float
    b: float | None
    c: float | None
    steps: list[float] | None = Field(default=None, description="Thresholds of an item with several categories.")
    difficulty_difference: float | None = Field(description="This sample less the parameters in force, logits.")
    difficulty_z: float | None = Field(description="Robust z of that difference among the anchors.")
    log_slope_z: float | None
    rmsd: float | None = Field(description="Root mean squared difference of the response functions.")
    signed_area: float | None = Field(
        default=None,
        description="Mean change of the expected score as a share of the highest.",
    )
    flags: list[str]


class CalibratedItem(BaseModel):
    """One estimated item; logits, no 1.7 scaling. Of an anchor, the parameters in force at which it was held."""

    item_id: UUID
    code: str
    stem_text: str
    module_code: str
    cognitive_level: str
    highest_score: int = Field(description="Highest score category; 1 for an item that is right or wrong.")
    model: str | None
    a: float | None
    se_a: float | None
    b: float | None
    se_b: float | None
    c: float | None = Field(description="Lower asymptote; null where the model has none.")
    se_c: float | None
    steps: list[float] | None = Field(description="Thresholds of an item with several categories; b is their mean.")
    se_steps: list[float | None] | None
    is_anchor: bool
    is_accepted: bool | None = Field(description="Null until the calibration is approved, and for anchors.")
    p: float | None
    item_rest: float | None
    n: int | None
    flags: list[str]
    fit: ItemFitView | None
    drift: AnchorDriftView | None


class ExcludedItemView(BaseModel):
    """An item that could not be estimated."""

    code: str
    reason_code: str
    reason: str


class CertificateView(BaseModel):
    """Evidence that the maximum of the likelihood was found."""

    model_config = ConfigDict(from_attributes=True)

    converged: bool
    max_gradient: float
    max_change: float
    newton_decrement: float | None = Field(description="By how much the log-likelihood could still rise.")
    condition_number: float | None = Field(description="Of the information scaled to unit diagonal.")
    is_identified: bool | None
    iterations: int
    e_steps: int
    seconds: float
    n_parameters: int
    aic: float
    bic: float
    linked_item_sets: int


class SampleView(BaseModel):
    """The distribution of ability among the candidates; mean 0 and standard deviation 1 where no item was held."""

    mean: float
    sd: float
    se_mean: float | None
    se_sd: float | None
    n_anchors: int


class CalibrationView(CalibrationRow):
    """A calibration with its items. ``left_out`` names items whose text or key changed before the approval."""

    file_hash: str = Field(description="SHA-256 of the file, or of the responses where there was none.")
    data_hash: str | None = Field(description="SHA-256 of the responses as they were calibrated.")
    software: dict[str, str] = Field(description="Versions of what computed, by name; empty for early calibrations.")
    settings: dict[str, Any] = Field(description="Every setting of the fit; empty for early calibrations.")
    certificate: CertificateView | None
    sample: SampleView | None
    items: list[CalibratedItem]
    excluded: list[ExcludedItemView]
    warnings: list[CalibrationWarning]
    flag_texts: dict[str, str] = Field(description="What each flag that occurs says.")
    left_out: list[str] = []


class ComparedParametersView(BaseModel):
    """Parameters of an item; errors are null where it was held or they are not known."""

    model_config = ConfigDict(from_attributes=True)

    model: str | None
    a: float
    se_a: float | None
    b: float
    se_b: float | None
    c: float | None
    se_c: float | None
    steps: list[float] | None


class ItemComparisonView(BaseModel):
    """One item in both; differences are this calibration less the earlier one, on the scale of the earlier one."""

    model_config = ConfigDict(from_attributes=True)

    item_id: UUID
    code: str
    was_held: bool = Field(description="Held in this calibration; `new` is what its sample alone says of the item.")
    old: ComparedParametersView
    new: ComparedParametersView
    difficulty_difference: float | None
    log_slope_difference: float | None
    difficulty_z: float | None = Field(description="Robust z of the difference among the items compared.")
    log_slope_z: float | None
    rmsd: float = Field(description="Root mean squared difference of the response functions.")
    score_effect: float = Field(description="Change of the expected score as a share of the highest; above 0: easier.")
    flags: list[str] = Field(description="Rules of drift that the item broke: difficulty_z, log_slope_z, rmsd.")


class CalibrationComparisonView(BaseModel):
    """A calibration beside an earlier one or the parameters in force: θ earlier = slope · θ + intercept."""

    model_config = ConfigDict(from_attributes=True)

    slope: float
    intercept: float
    scale: Literal["same", "linked", "unlinked"] = Field(
        description="Unlinked: too few items are in both, so differences may be those of the scales."
    )
    items: list[ItemComparisonView]
    not_compared: int = Field(description="Items of both whose numbers of score categories differ.")


class EmpiricalPoint(BaseModel):
    """Share of right answers in a group of candidates of like ability."""

    theta: float
    p: float
    n: int


class ItemCurveView(BaseModel):
    """Curves of one item over ``theta``."""

    code: str
    p: list[float]
    information: list[float]
    empirical: list[EmpiricalPoint]


class LatentDistributionView(BaseModel):
    """Density of ability in the sample, per logit, over abilities of its own."""

    theta: list[float]
    density: list[float]


class ApprovalInput(BaseModel):
    """What the approver has taken note of."""

    model_config = ConfigDict(extra="forbid")

    items: list[UUID] | None = Field(
        default=None, max_length=2_000, description="Items whose new parameters are accepted; all when null."
    )
    accepts_new_scale: bool = Field(
        default=False, description="The parameters are on another scale than those of other items in force."
    )


class CurvesView(BaseModel):
    """Curves over 61 abilities from -3 to 3 logits."""

    theta: list[float]
    test_information: list[float]
    standard_error: list[float]
    items: list[ItemCurveView]
    ability: LatentDistributionView
