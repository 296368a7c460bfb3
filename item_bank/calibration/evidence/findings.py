"""What the figures of an item mean, one finding each, for sentences that a board member understands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from item_bank.calibration.evidence.group_differences import Comparison
from item_bank.calibration.evidence.option_curves import ItemOptions

Tone = Literal["ok", "info", "warn", "bad"]
FindingCode = Literal[
    "very_easy",
    "easy",
    "medium",
    "hard",
    "very_hard",
    "negative_discrimination",
    "weak_discrimination",
    "good_discrimination",
    "strong_discrimination",
    "easier_than_expected",
    "harder_than_expected",
    "fits",
    "misfits_slightly",
    "misfits",
    "noisy",
    "too_regular",
    "distractor_above_key",
    "idle_distractors",
    "differs_moderately",
    "differs_much",
    "differs_little",
    "groups_small",
    "few_answers",
]

VERY_EASY: Final = 0.95
EASY: Final = 0.80
HARD: Final = 0.40
VERY_HARD: Final = 0.15
"""Mean shares of the highest score; for items with options very hard lies below what guessing gives."""
WEAK_SLOPE: Final = 0.65
STRONG_SLOPE: Final = 1.70
"""Baker & Kim (2017), *The Basics of Item Response Theory Using R*, ch. 2: low below 0.65, very high from 1.70."""
SURPRISING: Final = 3.0
"""Standard errors by which a held item departs from its parameters beyond chance."""
SURPRISE_MATTERS: Final = 0.03
"""Share of the highest score below which such a departure does not matter."""
SLIGHT_MISFIT: Final = 0.05
MISFIT: Final = 0.10
"""RMSD of the curves: Kunina-Habenicht, Rupp & Wilhelm (2009), Studies in Educational Evaluation 35, 64–70."""
REGULAR_BELOW: Final = 0.70
NOISY_ABOVE: Final = 1.30
"""Mean squares of an ordinary multiple-choice test: Wright & Linacre (1994), Rasch Measurement Transactions 8:3."""
FEW_ANSWERS: Final = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say; ``data`` holds the figures and names of the sentence."""

    code: FindingCode
    tone: Tone
    data: dict[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFigures:
    """What the findings rest on; None where there is no figure.

    Attributes
    ----------
    share : mean score as a share of the highest one.
    b : difficulty, logits; of an item with several scores the mean of its steps.
    surprise, surprise_z : of a held item: mean score less what its parameters expect.
    """

    n: int
    share: float | None
    a: float | None
    b: float | None
    is_anchor: bool
    surprise: float
    surprise_z: float | None
    rmsd: float | None
    infit: float | None
    outfit: float | None


def findings_of(
    code: str, figures: ItemFigures, options: ItemOptions | None, comparisons: Sequence[Comparison]
) -> list[Finding]:
    """Everything worth a sentence about an item; what needs an act comes first."""
    found = [
        *_key(options),
        *_discrimination(figures),
        *_groups(code, comparisons),
        *_surprise(figures),
        *_fit(figures),
        *_difficulty(figures),
        *_distractors(options),
    ]
    if figures.n < FEW_ANSWERS:
        found.append(Finding("few_answers", "warn", {"n": float(figures.n)}))
    rank = {"bad": 0, "warn": 1, "info": 2, "ok": 3}
    return sorted(found, key=lambda finding: rank[finding.tone])


def _difficulty(figures: ItemFigures) -> list[Finding]:
    share = figures.share
    if share is None:
        return []
    data: dict[str, float | str] = {"share": share}
    if figures.b is not None:
        data["b"] = figures.b
    if share > VERY_EASY:
        return [Finding("very_easy", "warn", data)]
    if share < VERY_HARD:
        return [Finding("very_hard", "warn", data)]
    return [Finding("easy" if share > EASY else "hard" if share < HARD else "medium", "info", data)]


def _discrimination(figures: ItemFigures) -> list[Finding]:
    if figures.a is None:
        return []
    data: dict[str, float | str] = {"a": figures.a}
    if figures.a < 0.0:
        return [Finding("negative_discrimination", "bad", data)]
    if figures.a < WEAK_SLOPE:
        return [Finding("weak_discrimination", "warn", data)]
    return [Finding("strong_discrimination" if figures.a >= STRONG_SLOPE else "good_discrimination", "ok", data)]


def _surprise(figures: ItemFigures) -> list[Finding]:
    """Estimated items lie on their answers by construction; only held ones can be easier than expected."""
    z = figures.surprise_z
    if not figures.is_anchor or z is None or abs(z) < SURPRISING or abs(figures.surprise) < SURPRISE_MATTERS:
        return []
    code: FindingCode = "easier_than_expected" if z > 0.0 else "harder_than_expected"
    return [Finding(code, "warn", {"share": abs(figures.surprise)})]


def _fit(figures: ItemFigures) -> list[Finding]:
    found = []
    if figures.rmsd is not None:
        data: dict[str, float | str] = {"rmsd": figures.rmsd}
        if figures.rmsd >= MISFIT:
            found.append(Finding("misfits", "bad", data))
        else:
            is_slight = figures.rmsd >= SLIGHT_MISFIT
            found.append(Finding("misfits_slightly", "warn", data) if is_slight else Finding("fits", "ok", data))
    for value in (figures.infit, figures.outfit):
        if value is not None and value > NOISY_ABOVE:
            found.append(Finding("noisy", "warn", {"mean_square": value}))
            break
        if value is not None and value < REGULAR_BELOW:
            found.append(Finding("too_regular", "info", {"mean_square": value}))
            break
    return found


def _key(options: ItemOptions | None) -> list[Finding]:
    if options is None or options.suspected is None:
        return []
    return [Finding("distractor_above_key", "bad", {"option": options.suspected})]


def _distractors(options: ItemOptions | None) -> list[Finding]:
    if options is None:
        return []
    idle = [option.label for option in options.options if "rarely_chosen" in option.remarks]
    if not idle:
        return []
    return [Finding("idle_distractors", "info", {"options": ", ".join(idle), "count": float(len(idle))})]


def _groups(code: str, comparisons: Sequence[Comparison]) -> list[Finding]:
    found: list[Finding] = []
    unlike = False
    for comparison in comparisons:
        item = comparison.items.get(code)
        if item is None or item.ets_class is None:
            continue
        if item.ets_class == "A":
            continue
        unlike = True
        harder = comparison.focal if item.favoured == "reference" else comparison.reference
        easier = comparison.reference if item.favoured == "reference" else comparison.focal
        found.append(
            Finding(
                "differs_much" if item.ets_class == "C" else "differs_moderately",
                "bad" if item.ets_class == "C" else "warn",
                {"grouping": comparison.grouping, "harder_for": harder, "easier_for": easier},
            )
        )
    tested = [one.items[code] for one in comparisons if code in one.items and one.items[code].ets_class is not None]
    if tested and not unlike:
        found.append(Finding("differs_little", "ok"))
    if any(item.is_small for item in tested):
        found.append(Finding("groups_small", "info"))
    return found


def without_key(findings: Sequence[Finding]) -> list[Finding]:
    """The same for readers who may not know the key: that something is wrong with it, but no letter of an option."""
    kept = {"distractor_above_key", "idle_distractors"}
    return [
        Finding(finding.code, finding.tone, {name: v for name, v in finding.data.items() if name == "count"})
        if finding.code in kept
        else finding
        for finding in findings
    ]
