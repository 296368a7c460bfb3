"""Two assemblies side by side."""

from collections.abc import Iterable

from item_bank.assembly.detail import AssemblyDetail
from item_bank.assembly.errors import AssemblyWithoutFormsError
from item_bank.assembly.figures import THETA
from item_bank.assembly.schemas import ComparisonFigure, ComparisonView, Spread
from item_bank.assembly.spreads import spreads_of
from item_bank.assembly.views import row_view
from item_bank.assembly.wording import Wording


def compare(one: AssemblyDetail, other: AssemblyDetail, wording: Wording) -> ComparisonView:
    """Return two assemblies with their figures.

    Raises
    ------
    AssemblyWithoutFormsError
        When either has no forms.
    """
    if not one.forms or not other.forms:
        raise AssemblyWithoutFormsError
    items = [{code for form in detail.forms for code in form.codes} for detail in (one, other)]
    return ComparisonView(
        one=row_view(one.record),
        other=row_view(other.record),
        figures=list(_figures(one, other, wording)),
        theta=THETA.tolist(),
        one_information=[form.information.tolist() for form in one.forms],
        other_information=[form.information.tolist() for form in other.forms],
        shared_items=len(items[0] & items[1]),
        one_items=len(items[0]),
        other_items=len(items[1]),
    )


def _figures(one: AssemblyDetail, other: AssemblyDetail, wording: Wording) -> Iterable[ComparisonFigure]:
    values = {
        "objective": (one.assembly.objective, other.assembly.objective),
        "bound": (one.assembly.bound, other.assembly.bound),
        "gap": (one.assembly.gap, other.assembly.gap),
        "max_relative_difference": (one.assembly.max_relative_difference, other.assembly.max_relative_difference),
        "overlap_maximum": (_overlap(one), _overlap(other)),
        "exposure_mean": (_exposure(one), _exposure(other)),
        "deviations": (float(len(one.assembly.violations)), float(len(other.assembly.violations))),
    }
    for code, (first, second) in values.items():
        label = wording.text(f"comparison.{code}")
        yield ComparisonFigure(code=code, label=label, theta=None, one=first, other=second)
    spreads = [{(row.figure, row.theta, row.letter): row for row in spreads_of(detail)} for detail in (one, other)]
    for key in sorted(spreads[0].keys() | spreads[1].keys(), key=str):
        first_row, second_row = spreads[0].get(key), spreads[1].get(key)
        for bound in ("minimum", "maximum"):
            yield ComparisonFigure(
                code=f"{key[0]}_{bound}",
                label=wording.text(f"comparison.{key[0]}_{bound}", letter=key[2] or ""),
                theta=key[1],
                one=_value(first_row, bound),
                other=_value(second_row, bound),
            )


def _value(row: Spread | None, bound: str) -> float | None:
    return None if row is None else float(getattr(row, bound))


def _overlap(detail: AssemblyDetail) -> float:
    return float(
        max(
            (shared for one, row in enumerate(detail.overlap) for other, shared in enumerate(row) if one != other),
            default=0,
        )
    )


def _exposure(detail: AssemblyDetail) -> float:
    met = [item.exposure.candidates for form in detail.forms for item in form.facts]
    return sum(met) / len(met)
