"""Wire types of tailored papers; none holds an item's response function or an answer."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from item_bank.blueprints.statement import BlueprintStatement
from item_bank.tailored.options import AdaptiveOptions, MultistageOptions, PersonalOptions, TailoredOptions

TailoredStatus = Literal["running", "made", "infeasible", "failed", "cancelled", "approved", "published"]
TailoredDesign = Literal["personal", "multistage", "adaptive"]


class TailoredInput(BaseModel):
    """What to make."""

    model_config = ConfigDict(extra="forbid")

    blueprint_id: UUID
    options: TailoredOptions


class TailoredStarted(BaseModel):
    """Where to ask how far the work is."""

    paper_id: UUID
    job_id: UUID


class PermitView(BaseModel):
    """Whether the reader may do something now, and why not."""

    act: Literal["approve", "withdraw", "publish", "delete", "cancel"]
    is_allowed: bool
    reason: str | None


class TailoredConflict(BaseModel):
    """What stands in the way of a paper."""

    code: str
    message: str
    data: dict[str, Any]


class TailoredRow(BaseModel):
    """A tailored paper in a list."""

    id: UUID
    number: int
    design: TailoredDesign
    status: TailoredStatus
    blueprint_name: str
    options: PersonalOptions | MultistageOptions | AdaptiveOptions = Field(discriminator="design")
    pool_size: int | None
    is_simulated: bool = Field(description="Whether parameters of simulated answers decided.")
    job_id: UUID
    created_at: datetime
    created_by: str
    approved_by: str | None
    approved_at: datetime | None
    published_by: str | None
    published_at: datetime | None
    published_form_ids: list[UUID]
    published_set_id: UUID | None


class TailoredList(BaseModel):
    """A page of tailored papers, newest first."""

    items: list[TailoredRow]
    total: int


class FigureRange(BaseModel):
    """Least, mean and greatest value over all personal forms."""

    least: float
    mean: float
    greatest: float


class InformationRange(FigureRange):
    """Information of personal forms at an ability, with the bounds that were asked for."""

    theta: float
    lower: float
    upper: float


class ItemUseView(BaseModel):
    """How the items of personal forms are used; ``overlap`` counts items that two forms share."""

    items_used: int
    n_items: int
    use_max: int
    overlap_mean: float
    overlap_max: int


class UseLimitView(BaseModel):
    """The smallest number of forms that the most used item can stand in, whatever forms one makes."""

    cap: int


class InformationBandView(BaseModel):
    """Least and greatest information of any form, along ``theta`` of the figures."""

    least: list[float]
    greatest: list[float]


class PersonalFigures(BaseModel):
    """What the forms of a set are like."""

    design: Literal["personal"]
    form_count: int
    exposure: ItemUseView
    limit: UseLimitView
    information: list[InformationRange]
    expected_score: FigureRange
    theta: list[float]
    information_band: InformationBandView


class ConditionalView(BaseModel):
    """Errors of simulated candidates whose true ability lies between two values; null where there are none."""

    model_config = ConfigDict(populate_by_name=True)

    lower: float = Field(validation_alias="from")
    upper: float = Field(validation_alias="to")
    n_candidates: int
    bias: float | None
    rmse: float | None
    standard_error: float | None
    length: float | None


class DecisionView(BaseModel):
    """How often simulated candidates are put on the right side of the cut score."""

    accuracy: float
    consistency: float | None
    false_positive: float
    false_negative: float


class ExposureView(BaseModel):
    """Shares of simulated candidates: who got the most used item, items nobody got, what two tests share."""

    maximum: float
    unused_share: float
    overlap: float | None


class SimulationView(BaseModel):
    """Simulated candidates with normal abilities."""

    n_candidates: int
    bias: float
    rmse: float
    conditional: list[ConditionalView]
    exposure: ExposureView


class ModuleFigures(BaseModel):
    """A module of a panel with its information curve."""

    name: str
    stage: int
    items: int
    information: list[float]


class RuleView(BaseModel):
    """From which number of right answers on the next harder module follows."""

    path: list[str]
    modules: list[str]
    cuts: list[float]


class RouteShare(BaseModel):
    """How many of the simulated candidates took a route."""

    route: list[str]
    share: float


class PanelSimulationView(SimulationView):
    """What a panel did to simulated candidates."""

    routes: list[RouteShare]
    decisions: DecisionView


class PanelFigures(BaseModel):
    """One panel."""

    modules: list[ModuleFigures]
    rules: list[RuleView]
    simulation: PanelSimulationView


class MultistageFigures(BaseModel):
    """What the panels are like."""

    design: Literal["multistage"]
    structure: str
    value: float
    bound: float | None
    gap: float | None
    theta: list[float]
    panels: list[PanelFigures]


class AdaptiveSimulationView(SimulationView):
    """What an adaptive test did to simulated candidates."""

    mean_length: float
    stops: dict[str, int]
    exposure_relaxed: int


class AdaptiveFigures(BaseModel):
    """What the adaptive test is like."""

    design: Literal["adaptive"]
    pool_size: int
    simulation: AdaptiveSimulationView
    decisions: DecisionView


TailoredFigures = Annotated[PersonalFigures | MultistageFigures | AdaptiveFigures, Field(discriminator="design")]


class TailoredView(TailoredRow):
    """A tailored paper with the evidence that the board decides by, or with what stood in its way."""

    blueprint: BlueprintStatement
    blueprint_id: UUID
    figures: TailoredFigures | None = Field(description="By design; null while there is no paper.")
    conflict: list[TailoredConflict]
    permits: list[PermitView]


class TailoredPublication(BaseModel):
    """The published forms."""

    form_ids: list[UUID]
    form_set_id: UUID | None
