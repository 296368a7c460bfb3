"""What violations take off a mark, so that everybody can follow it by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from exam_engine.incidents.violations import Penalty
from exam_engine.results.marks import rounded, shown_mark


@dataclass(frozen=True, slots=True)
class MarkPenalty:
    """A deduction as results state it.

    Attributes
    ----------
    share : of the mark, 0 to 1.
    mark_before : the mark as it would be printed without; None where nothing was handed in.
    deducted : what was taken, so that mark_before less deducted is the mark.
    """

    step: str
    name_vi: str
    name_en: str
    share: Decimal
    mark_before: Decimal | None
    deducted: Decimal
    legal_basis: str

    @property
    def percent(self) -> str:
        """The share in per cent, without zeros at its end."""
        return f"{(self.share * 100).normalize():f}"

    def stored(self) -> dict[str, Any]:
        """Return it as it is kept with the result."""
        return {
            "step": self.step,
            "name_vi": self.name_vi,
            "name_en": self.name_en,
            "share": str(self.share),
            "mark_before": str(self.mark_before) if self.mark_before is not None else None,
            "deducted": str(self.deducted),
            "legal_basis": self.legal_basis,
        }


def penalty_of(stored: dict[str, Any] | None) -> MarkPenalty | None:
    """Return a deduction from what is kept with the result."""
    if stored is None:
        return None
    before = stored["mark_before"]
    numbers = {
        "share": Decimal(stored["share"]),
        "mark_before": Decimal(before) if before is not None else None,
        "deducted": Decimal(stored["deducted"]),
    }
    return MarkPenalty(**(stored | numbers))


def told(penalty: MarkPenalty, mark: Decimal | None, text: Callable[..., str]) -> str:
    """Return in one line what was earned, what was taken and what is left; ``text`` gives the words of a message."""
    if penalty.mark_before is None or mark is None:
        return penalty.name_vi
    return text(
        "mark_sheet_penalty",
        name=penalty.name_vi,
        percent=penalty.percent,
        before=shown_mark(penalty.mark_before),
        deducted=shown_mark(penalty.deducted),
        mark=shown_mark(mark),
    )


def deduct(mark: Decimal, penalty: Penalty, *, decimals: int) -> tuple[Decimal, MarkPenalty]:
    """Return a mark less the share that violations take, and what to say about it.

    The share is taken of the mark as it is printed, and the rest is rounded half up like every mark: 7.25 less a
    quarter is 5.4375 and so 5.44, of which 1.81 was taken.
    """
    left = rounded(Fraction(mark) * (1 - Fraction(penalty.deduction)), decimals)
    return left, stated(penalty, mark, mark - left)


def stated(penalty: Penalty, mark_before: Decimal | None, deducted: Decimal) -> MarkPenalty:
    """Return a deduction as results state it."""
    step = penalty.step
    return MarkPenalty(
        step.code, step.name.vi, step.name.en, step.deduction, mark_before, deducted, penalty.legal_basis
    )
