"""Angoff: judges say how a just competent candidate would score on each item, in one or more rounds.

A rating is the expected score of the just competent candidate: a probability for an item scored right or wrong, 0 to
the highest score for others. A judge's cut is the sum of the ratings.

References
----------
Angoff (1971), in Thorndike (ed.), *Educational Measurement*, 508–600. Hambleton & Plake (1995), Applied Measurement in
Education 8, 41–55 (extended to polytomous items). Cizek & Bunch (2007), *Standard Setting*, ch. 6.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import expected_item_scores
from exam_engine.psychometrics.standard_setting.errors import StandardSettingError
from exam_engine.psychometrics.standard_setting.expected_scores import ability_at_expected_total
from exam_engine.psychometrics.standard_setting.panel import PanelCut, PanelSummary, panel_cut, pass_mark
from exam_engine.psychometrics.standard_setting.rater_statistics import (
    JudgeStatistics,
    RaterAgreement,
    judge_statistics,
    rater_agreement,
)
from exam_engine.psychometrics.standard_setting.worksheet import FilledRow, WorksheetRow, filled_number


@dataclass(frozen=True, eq=False, slots=True)
class AngoffRatings:
    """Complete ratings of R rounds by P judges of J items.

    Parameters
    ----------
    judges, item_names : distinct names.
    ratings : (R, P, J) expected scores of the just competent candidate, 0 … highest score.
    max_scores : (J,) highest scores.

    Raises
    ------
    StandardSettingError
        ``nothing_to_judge``, ``repeated_name``, ``shape_mismatch``, ``rating_missing`` or ``rating_outside_range``,
        naming round, judge and item.
    """

    judges: tuple[str, ...]
    item_names: tuple[str, ...]
    ratings: FloatArray
    max_scores: FloatArray

    def __post_init__(self) -> None:
        """Check every rating."""
        shape = self.ratings.shape
        if not (self.judges and self.item_names and len(shape) == 3 and shape[0]):
            raise StandardSettingError("nothing_to_judge", "ratings need at least one round, one judge and one item")
        for kind, names in (("judge", self.judges), ("item", self.item_names)):
            if len(set(names)) != len(names):
                repeated = next(name for name in names if names.count(name) > 1)
                raise StandardSettingError("repeated_name", f"{kind} {repeated!r} occurs more than once")
        expected = (shape[0], len(self.judges), len(self.item_names))
        if shape != expected or self.max_scores.shape != expected[2:]:
            raise StandardSettingError(
                "shape_mismatch",
                f"ratings of shape {shape} and max_scores of shape {self.max_scores.shape} do not fit "
                f"{len(self.judges)} judges and {len(self.item_names)} items",
            )
        if not (np.isfinite(self.max_scores) & (self.max_scores > 0.0)).all():
            raise StandardSettingError("rating_outside_range", "highest scores must be positive numbers")
        for code, fault in (
            ("rating_missing", np.isnan(self.ratings)),
            ("rating_outside_range", ~((self.ratings >= 0.0) & (self.ratings <= self.max_scores))),
        ):
            if fault.any():
                number, judge, item = (int(place) for place in np.argwhere(fault)[0])
                value = self.ratings[number, judge, item]
                what = "has no rating of" if code == "rating_missing" else f"rated {value:g} outside 0 … "
                limit = "" if code == "rating_missing" else f"{self.max_scores[item]:g} for"
                raise StandardSettingError(
                    "rating_missing" if code == "rating_missing" else "rating_outside_range",
                    f"round {number + 1}: judge {self.judges[judge]!r} {what}{limit} item {self.item_names[item]!r}",
                    round=number + 1,
                    judge=self.judges[judge],
                    item=self.item_names[item],
                )

    @classmethod
    def from_rows(cls, rows: Sequence[FilledRow]) -> Self:
        """Take filled rows of ``angoff_worksheet`` for all rounds, in any order.

        Raises
        ------
        StandardSettingError
            ``rating_twice``, ``rating_missing``, ``round_missing``, ``conflicting_max_score`` or
            ``rating_outside_range``, naming round, judge and item.
        """
        judges: dict[str, int] = {}
        items: dict[str, int] = {}
        highest: dict[str, float] = {}
        given: dict[tuple[int, str, str], float] = {}
        for row in rows:
            judge, item = str(row["judge"]), str(row["item"])
            where = f"judge {judge!r}, item {item!r}"
            number = int(filled_number(row, "round", where, empty=1.0))
            place = f"round {number}: {where}"
            judges.setdefault(judge, len(judges))
            items.setdefault(item, len(items))
            stated = filled_number(row, "max_score", place, empty=1.0)
            if highest.setdefault(item, stated) != stated:
                raise StandardSettingError(
                    "conflicting_max_score",
                    f"{place} has highest score {stated:g}, elsewhere {highest[item]:g}",
                    judge=judge,
                    item=item,
                )
            if (number, judge, item) in given:
                raise StandardSettingError(
                    "rating_twice", f"{place} is rated twice", round=number, judge=judge, item=item
                )
            given[number, judge, item] = filled_number(row, "rating", place)
        n_rounds = max((number for number, _, _ in given), default=0)
        missing = set(range(1, n_rounds + 1)) - {number for number, _, _ in given}
        if missing or min((number for number, _, _ in given), default=1) < 1:
            raise StandardSettingError(
                "round_missing", f"rounds are numbered 1 … {n_rounds}, missing {sorted(missing)}"
            )
        ratings = np.full((n_rounds, len(judges), len(items)), np.nan)
        for (number, judge, item), rating in given.items():
            ratings[number - 1, judges[judge], items[item]] = rating
        return cls(tuple(judges), tuple(items), ratings, np.array([highest[item] for item in items]))


@dataclass(frozen=True, eq=False, slots=True)
class AngoffRound:
    """One round.

    Attributes
    ----------
    number : 1 for the first.
    judge_cuts : (P,) cuts in score points.
    cut : of the panel.
    item_means, item_sds : (J,) over judges; sds are NaN for one judge.
    judge_changes : (P,) mean absolute change of the judge's ratings since the round before; NaN in round 1.
    share_changed : of all ratings since the round before; NaN in round 1.
    """

    number: int
    judge_cuts: FloatArray
    cut: PanelCut
    item_means: FloatArray
    item_sds: FloatArray
    judge_changes: FloatArray
    share_changed: float


@dataclass(frozen=True, eq=False, slots=True)
class AngoffResult:
    """The panel's recommendation after the last round.

    Attributes
    ----------
    judges, item_names : as rated.
    cut : in score points.
    pass_mark : lowest whole score that reaches the cut.
    maximum : highest possible score.
    cut_ability : ability whose expected score is the cut, logits; NaN without item parameters or when there is none.
    rounds : all rounds.
    judge_statistics, agreement : of the last round.
    """

    judges: tuple[str, ...]
    item_names: tuple[str, ...]
    cut: PanelCut
    pass_mark: int
    maximum: float
    cut_ability: float
    rounds: tuple[AngoffRound, ...]
    judge_statistics: tuple[JudgeStatistics, ...]
    agreement: RaterAgreement

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what is not defined is null."""
        result: dict[str, Any] = json_value(self)
        return result


def angoff_worksheet(
    judges: Sequence[str],
    item_names: Sequence[str],
    *,
    max_scores: ArrayLike = 1.0,
    difficulty: ArrayLike | None = None,
    previous: AngoffRatings | None = None,
) -> list[WorksheetRow]:
    """Rows to fill in, one a judge and item; ``rating`` is empty.

    Parameters
    ----------
    max_scores : (J,) highest scores, or one for all.
    difficulty : (J,) observed shares of points, to be shown from the second round on; empty when None.
    previous : the rounds so far; the rows are of the next round, with the judge's own last rating and the panel's mean.
    """
    highest = np.broadcast_to(np.asarray(max_scores, dtype=np.float64), (len(item_names),))
    observed = None if difficulty is None else np.asarray(difficulty, dtype=np.float64)
    number = 1 if previous is None else len(previous.ratings) + 1
    rows: list[WorksheetRow] = []
    for judge in judges:
        for place, item in enumerate(item_names):
            last, mean = _last(previous, judge, item)
            rows.append(
                {
                    "round": number,
                    "judge": judge,
                    "item": item,
                    "max_score": float(highest[place]),
                    "previous_rating": last,
                    "panel_mean": mean,
                    "difficulty": None if observed is None or np.isnan(observed[place]) else float(observed[place]),
                    "rating": None,
                }
            )
    return rows


def angoff_result(
    ratings: AngoffRatings,
    *,
    summary: PanelSummary = "mean",
    trim: float = 0.1,
    difficulty: ArrayLike | None = None,
    items: ItemParameters | None = None,
) -> AngoffResult:
    """Cuts of every round, with statistics of the judges after the last.

    Parameters
    ----------
    summary, trim : how the judges' cuts are put together, see ``panel_cut``.
    difficulty : (J,) observed shares of points; NaN where unknown.
    items : parameters of the rated items in any order; the judges are then held against the expected scores of a
        candidate at the panel's cut.

    Raises
    ------
    StandardSettingError
        ``shape_mismatch`` when difficulties do not fit the items.
    ItemParameterError
        When an item has no parameters.
    """
    observed = None if difficulty is None else np.asarray(difficulty, dtype=np.float64)
    if observed is not None and observed.shape != ratings.max_scores.shape:
        raise StandardSettingError(
            "shape_mismatch", f"difficulty has shape {observed.shape}, expected ({len(ratings.item_names)},)"
        )
    rounds = tuple(_round(ratings.ratings, place, summary, trim) for place in range(len(ratings.ratings)))
    last, cut = ratings.ratings[-1], rounds[-1].cut
    ability, conditional = float("nan"), None
    if items is not None:
        own = items.select(ratings.item_names)
        ability = ability_at_expected_total(cut.cut, own)
        conditional = expected_item_scores(np.array([ability]), own)[0] if np.isfinite(ability) else None
    return AngoffResult(
        judges=ratings.judges,
        item_names=ratings.item_names,
        cut=cut,
        pass_mark=pass_mark(cut.cut),
        maximum=float(ratings.max_scores.sum()),
        cut_ability=ability,
        rounds=rounds,
        judge_statistics=judge_statistics(
            ratings.judges, last, ratings.max_scores, difficulty=observed, conditional=conditional
        ),
        agreement=rater_agreement(last, ratings.max_scores),
    )


def _round(ratings: FloatArray, place: int, summary: PanelSummary, trim: float) -> AngoffRound:
    own = ratings[place]
    change = np.abs(own - ratings[place - 1]) if place else np.full(own.shape, np.nan)
    cuts = own.sum(axis=1)
    return AngoffRound(
        number=place + 1,
        judge_cuts=cuts,
        cut=panel_cut(cuts, summary=summary, trim=trim),
        item_means=own.mean(axis=0),
        item_sds=own.std(axis=0, ddof=1) if len(own) > 1 else np.full(own.shape[1], np.nan),
        judge_changes=change.mean(axis=1),
        share_changed=float((change > 0.0).mean()) if place else float("nan"),
    )


def _last(previous: AngoffRatings | None, judge: str, item: str) -> tuple[float | None, float | None]:
    if previous is None or item not in previous.item_names:
        return None, None
    column = previous.ratings[-1, :, previous.item_names.index(item)]
    own = float(column[previous.judges.index(judge)]) if judge in previous.judges else None
    return own, float(column.mean())
