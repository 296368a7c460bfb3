"""Wire types of the evidence of a calibration."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from item_bank.calibration.evidence.findings import FindingCode, Tone
from item_bank.calibration.schemas import CalibratedItem


class _View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ItemFindingView(_View):
    """One thing to say about an item: the code of a sentence and the figures and names in it."""

    code: FindingCode
    tone: Tone
    data: dict[str, float | str]


class MeanSquareView(_View):
    """Infit or outfit: 1 where answers vary as the model says."""

    value: float | None
    z: float | None


class ItemSummary(BaseModel):
    """What the answers say about an item, for the table of all items."""

    item_id: UUID
    code: str
    infit: MeanSquareView
    outfit: MeanSquareView
    largest_difference: Literal["A", "B", "C"] | None = Field(
        description="The largest class of differential functioning over all comparisons; null when none was tested."
    )
    tone: Tone = Field(description="The gravest of its findings.")
    findings: list[ItemFindingView]


class WrightItem(BaseModel):
    """Where an item stands on the scale: abilities at which a score of 1, 2, … becomes more likely than not."""

    code: str
    thresholds: list[float]


class WrightMapView(BaseModel):
    """Candidates and items on one scale of ability."""

    bin_edges: list[float]
    shares: list[float] = Field(description="Share of the candidates in each bin.")
    below: float
    above: float
    items: list[WrightItem]
    without_place: list[str] = Field(description="Items that no ability makes more likely right than wrong.")


class ReliabilityView(BaseModel):
    """How far scores can be trusted; null where too few candidates share items."""

    marginal: float | None = Field(description="Of the ability estimates.")
    alpha: float | None = Field(description="Cronbach's alpha of the sum score; KR-20 for right/wrong items.")
    alpha_lower: float | None
    alpha_upper: float | None
    sum_score_error: float | None = Field(description="Standard error of measurement of the sum score, points.")


class GroupSizeView(_View):
    """A group of candidates and whether it is compared."""

    grouping: str
    label: str
    n: int
    role: Literal["reference", "focal", "too_small", "left_out"]


class DifferenceCounts(BaseModel):
    """How many items are in each class."""

    a: int
    b: int
    c: int
    untested: int


class DifferingItem(BaseModel):
    """An item of class B or C."""

    item_id: UUID
    code: str
    ets_class: Literal["B", "C"]
    effect: float | None
    harder_for: str | None = Field(description="The group for which the item is harder at equal ability.")


class GroupComparisonView(BaseModel):
    """Differential functioning of all items between two groups."""

    grouping: str
    reference: str
    focal: str
    n_reference: int
    n_focal: int
    matched_on: Literal["score", "ability"]
    counts: DifferenceCounts
    items: list[DifferingItem]


class RunEvidenceView(BaseModel):
    """Evidence on a whole run."""

    n_candidates: int
    n_looked_at: int = Field(description="Candidates that the figures rest on; fewer in very large runs.")
    map: WrightMapView
    reliability: ReliabilityView
    items: list[ItemSummary]
    group_sizes: list[GroupSizeView]
    comparisons: list[GroupComparisonView]


class GroupPointView(_View):
    """An item in one group of ability; scores are shares of the item's highest score."""

    theta: float
    n: float
    observed: float
    lower: float
    upper: float
    expected: float


class OptionCurveView(_View):
    """Who chose an option; the label is empty for no answer."""

    label: str
    is_key: bool
    n: int
    share: float
    point_biserial: float | None
    by_group: list[float | None]
    remarks: list[Literal["rarely_chosen", "attracts_able"]]


class ItemOptionsView(_View):
    """All options of a single-choice item, by groups of about equal size from the least to the most able."""

    options: list[OptionCurveView]
    group_sizes: list[int]
    suspected: str | None


class GroupDifferenceView(_View):
    """How the item differs between two groups of candidates of equal ability."""

    method: Literal["mantel_haenszel", "mantel"]
    effect: float | None
    standard_error: float | None
    p: float | None
    ets_class: Literal["A", "B", "C"] | None
    favoured: Literal["reference", "focal", "crossing"] | None
    r2_change: float | None
    log_odds: float | None
    logistic_p: float | None
    logistic_class: Literal["A", "B", "C"] | None
    is_crossing: bool
    n_reference: int
    n_focal: int
    is_small: bool


class CurvePointView(_View):
    """Mean share of the highest score of both groups in one stratum of like ability."""

    value: float
    reference: float | None
    focal: float | None
    n_reference: int
    n_focal: int


class ItemGroupComparisonView(BaseModel):
    """One pair of groups on this item."""

    grouping: str
    reference: str
    focal: str
    matched_on: Literal["score", "ability"]
    difference: GroupDifferenceView
    curve: list[CurvePointView]


class ItemEvidenceView(BaseModel):
    """Evidence on one item of a run."""

    item: CalibratedItem
    model: str
    run_name: str
    place: int = Field(description="Among the estimated items of the run, from 1.")
    total: int
    previous: str | None = Field(description="Code of the item before this one.")
    following: str | None
    theta: list[float]
    expected: list[float] = Field(description="Expected score as a share of the highest score.")
    categories: list[list[float]] = Field(description="Probability of each score, for an item with several scores.")
    information: list[float]
    points: list[GroupPointView]
    infit: MeanSquareView
    outfit: MeanSquareView
    options: ItemOptionsView | None = Field(description="Null also for readers who may not see keys.")
    has_options: bool = Field(description="Whether the source says which options were chosen.")
    comparisons: list[ItemGroupComparisonView]
    group_sizes: list[GroupSizeView]
    findings: list[ItemFindingView]
