"""The evidence put into wire types; readers who may not see keys get no letter of an option."""

from typing import Any, Final, cast

import numpy as np

from exam_engine.psychometrics.response_functions import (
    category_probabilities,
    expected_item_scores,
    fisher_information,
)
from item_bank.calibration.evidence.findings import Finding, ItemFigures, Tone, findings_of, without_key
from item_bank.calibration.evidence.group_differences import Comparison, curve_of
from item_bank.calibration.evidence.reading import estimated_items
from item_bank.calibration.evidence.run_evidence import RunEvidence
from item_bank.calibration.evidence.schemas import (
    CurvePointView,
    DifferenceCounts,
    DifferingItem,
    GroupComparisonView,
    GroupDifferenceView,
    GroupPointView,
    GroupSizeView,
    ItemEvidenceView,
    ItemFindingView,
    ItemGroupComparisonView,
    ItemOptionsView,
    ItemSummary,
    MeanSquareView,
    ReliabilityView,
    RunEvidenceView,
    WrightItem,
    WrightMapView,
)
from item_bank.calibration.models import CalibrationItem
from item_bank.calibration.schemas import CalibratedItem
from item_bank.calibration.service import CalibrationDetail
from item_bank.items.models import Item

THETA: Final = np.linspace(-4.0, 4.0, 81)
"""Abilities at which the curves of an item are drawn, logits."""
FEWEST_FOR_MEAN_SQUARES: Final = 15
"""Items below which abilities are known so badly that mean squares are small for every item."""
_GRAVITY: Final[tuple[Tone, ...]] = ("ok", "info", "warn", "bad")


def findings_for(row: CalibrationItem, item: Item, run: RunEvidence, *, with_key: bool) -> list[Finding]:
    """What is to be said about an item of a run."""
    evidence, n_items = run.items[item.code], len(run.items)
    figures = ItemFigures(
        n=row.n or 0,
        share=row.p,
        a=row.a,
        b=row.b,
        is_anchor=row.is_anchor,
        surprise=evidence.observed.surprise,
        surprise_z=evidence.observed.surprise_z,
        rmsd=(row.fit or {}).get("rmsd"),
        infit=evidence.infit.value if n_items >= FEWEST_FOR_MEAN_SQUARES else None,
        outfit=evidence.outfit.value if n_items >= FEWEST_FOR_MEAN_SQUARES else None,
    )
    found = findings_of(item.code, figures, evidence.options, run.comparisons)
    return found if with_key else without_key(found)


def gravest(findings: list[Finding]) -> Tone:
    """The gravest tone, ok without findings."""
    return max((finding.tone for finding in findings), key=_GRAVITY.index, default="ok")


def run_view(detail: CalibrationDetail, evidence: RunEvidence, *, with_key: bool) -> RunEvidenceView:
    """Everything about a run."""
    run = detail.record.run
    estimated = estimated_items(detail)
    thresholds = {
        code: [float(value) for value in row if np.isfinite(value)]
        for code, row in zip(evidence.map.item_names, evidence.map.thresholds, strict=True)
    }
    alpha = evidence.alpha
    ids = {item.code: item.id for _, item in estimated}
    return RunEvidenceView(
        n_candidates=evidence.observed.n_candidates,
        n_looked_at=evidence.n_looked_at,
        map=WrightMapView(
            bin_edges=evidence.map.bin_edges.tolist(),
            shares=evidence.map.shares.tolist(),
            below=evidence.map.below,
            above=evidence.map.above,
            items=[WrightItem(code=code, thresholds=values) for code, values in thresholds.items() if values],
            without_place=[code for code, values in thresholds.items() if not values],
        ),
        reliability=ReliabilityView(
            marginal=run.marginal_reliability,
            alpha=None if alpha is None else alpha.alpha,
            alpha_lower=None if alpha is None else _finite(alpha.lower),
            alpha_upper=None if alpha is None else _finite(alpha.upper),
            sum_score_error=None if alpha is None else _finite(alpha.standard_error_of_measurement),
        ),
        items=[_summary(row, item, evidence, with_key=with_key) for row, item in estimated],
        group_sizes=[GroupSizeView.model_validate(size) for size in evidence.group_sizes],
        comparisons=[_comparison(one, ids) for one in evidence.comparisons],
    )


def item_view(detail: CalibrationDetail, evidence: RunEvidence, code: str, *, with_key: bool) -> ItemEvidenceView:
    """Everything about one item of a run; ``code`` is among the estimated ones."""
    estimated = estimated_items(detail)
    codes = [item.code for _, item in estimated]
    at = codes.index(code)
    row, item = estimated[at]
    own = evidence.items[code]
    table = evidence.observed.items.select([code])
    steps = int(table.max_scores[0])
    probabilities = category_probabilities(THETA, table)[:, 0, : steps + 1]
    return ItemEvidenceView(
        item=calibrated(row, item),
        model=row.model or table.models[0],
        run_name=detail.record.run.name,
        place=at + 1,
        total=len(codes),
        previous=codes[at - 1] if at else None,
        following=codes[at + 1] if at + 1 < len(codes) else None,
        theta=THETA.tolist(),
        expected=(expected_item_scores(THETA, table)[:, 0] / steps).tolist(),
        categories=probabilities.T.tolist() if steps > 1 else [],
        information=fisher_information(THETA, table)[:, 0].tolist(),
        points=[GroupPointView.model_validate(point) for point in own.observed.points],
        infit=MeanSquareView.model_validate(own.infit),
        outfit=MeanSquareView.model_validate(own.outfit),
        options=ItemOptionsView.model_validate(own.options) if own.options is not None and with_key else None,
        has_options=own.options is not None,
        comparisons=[
            ItemGroupComparisonView(
                grouping=one.grouping,
                reference=one.reference,
                focal=one.focal,
                matched_on=one.matched_on,
                difference=GroupDifferenceView.model_validate(one.items[code]),
                curve=[
                    CurvePointView.model_validate(point)
                    for point in curve_of(evidence.observed, one, code, evidence.ability)
                ],
            )
            for one in evidence.comparisons
            if code in one.items
        ],
        group_sizes=[GroupSizeView.model_validate(size) for size in evidence.group_sizes],
        findings=_views(findings_for(row, item, evidence, with_key=with_key)),
    )


def calibrated(row: CalibrationItem, item: Item) -> CalibratedItem:
    """The estimates of an item with what it is known by."""
    identity = {name: getattr(item, name) for name in ("code", "stem_text", "module_code", "cognitive_level")}
    return CalibratedItem.model_validate({**row.model_dump(), **identity})


def largest_class(code: str, comparisons: tuple[Comparison, ...]) -> str | None:
    """The largest class of an item over all comparisons, None when nothing was tested."""
    classes = [one.items[code].ets_class for one in comparisons if code in one.items]
    return max((found for found in classes if found is not None), default=None)


def _summary(row: CalibrationItem, item: Item, evidence: RunEvidence, *, with_key: bool) -> ItemSummary:
    own = evidence.items[item.code]
    findings = findings_for(row, item, evidence, with_key=with_key)
    return ItemSummary(
        item_id=item.id,
        code=item.code,
        infit=MeanSquareView.model_validate(own.infit),
        outfit=MeanSquareView.model_validate(own.outfit),
        largest_difference=cast("Any", largest_class(item.code, evidence.comparisons)),
        tone=gravest(findings),
        findings=_views(findings),
    )


def _views(findings: list[Finding]) -> list[ItemFindingView]:
    return [ItemFindingView.model_validate(finding) for finding in findings]


def _comparison(comparison: Comparison, ids: dict[str, Any]) -> GroupComparisonView:
    classes = [item.ets_class for item in comparison.items.values()]
    return GroupComparisonView(
        grouping=comparison.grouping,
        reference=comparison.reference,
        focal=comparison.focal,
        n_reference=comparison.n_reference,
        n_focal=comparison.n_focal,
        matched_on=comparison.matched_on,
        counts=DifferenceCounts(
            a=classes.count("A"),
            b=classes.count("B"),
            c=classes.count("C"),
            untested=len(ids) - len(classes) + classes.count(None),
        ),
        items=[
            DifferingItem(
                item_id=ids[code],
                code=code,
                ets_class=item.ets_class,
                effect=item.effect,
                harder_for={"reference": comparison.focal, "focal": comparison.reference}.get(item.favoured or ""),
            )
            for code, item in comparison.items.items()
            if item.ets_class is not None and item.ets_class != "A"
        ],
    )


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
