"""Bookmark: each judge marks the first page that a just competent candidate would not master.

References
----------
Mitzel, Lewis, Patz & Green (2001), in Cizek (ed.), *Setting Performance Standards*, 249–281. Cizek & Bunch (2007),
*Standard Setting*, ch. 10.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import expected_item_scores
from exam_engine.psychometrics.standard_setting.booklet import OrderedItemBooklet
from exam_engine.psychometrics.standard_setting.errors import StandardSettingError
from exam_engine.psychometrics.standard_setting.expected_scores import expected_total
from exam_engine.psychometrics.standard_setting.panel import PanelCut, PanelSummary, panel_cut, pass_mark
from exam_engine.psychometrics.standard_setting.worksheet import FilledRow, WorksheetRow, filled_number

CutLocation = Literal["last_mastered", "bookmarked", "between"]
"""Which ability a bookmark stands for: that of the page before it, of the page itself, or half-way."""


@dataclass(frozen=True, eq=False, slots=True)
class BookmarkRound:
    """One round.

    Attributes
    ----------
    number : 1 for the first.
    pages : (P,) bookmarks.
    judge_abilities : (P,) cuts, logits.
    judge_scores : (P,) expected sum scores at these abilities.
    cut : of the panel, logits.
    """

    number: int
    pages: IntArray
    judge_abilities: FloatArray
    judge_scores: FloatArray
    cut: PanelCut


@dataclass(frozen=True, eq=False, slots=True)
class BookmarkResult:
    """The panel's recommendation after the last round.

    Attributes
    ----------
    judges : names.
    rounds : all rounds.
    cut_ability : panel's cut with its standard error, logits.
    expected_score : expected sum score on ``items`` at that ability.
    lower_score, upper_score : the same one standard error below and above; NaN for one judge.
    pass_mark : lowest whole score that reaches the expected score.
    cut_location, response_probability, guessing_adjusted : the conventions behind the figures.
    """

    judges: tuple[str, ...]
    rounds: tuple[BookmarkRound, ...]
    cut_ability: PanelCut
    expected_score: float
    lower_score: float
    upper_score: float
    pass_mark: int
    cut_location: CutLocation
    response_probability: float
    guessing_adjusted: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what is not defined is null."""
        result: dict[str, Any] = json_value(self)
        return result


def bookmark_worksheet(
    booklet: OrderedItemBooklet, judges: Sequence[str], *, round_number: int = 1
) -> list[WorksheetRow]:
    """Rows to fill in, one a judge; ``page`` is empty. The booklet's own rows are ``booklet.rows()``."""
    return [{"round": round_number, "judge": judge, "last_page": len(booklet.pages), "page": None} for judge in judges]


def bookmark_result(
    booklet: OrderedItemBooklet,
    rows: Sequence[FilledRow],
    items: ItemParameters,
    *,
    summary: PanelSummary = "median",
    trim: float = 0.1,
    cut_location: CutLocation = "last_mastered",
) -> BookmarkResult:
    """Turn bookmarks into cuts.

    Parameters
    ----------
    rows : filled rows of ``bookmark_worksheet`` for all rounds. A bookmark after the last page is that page plus one.
    items : the form on which the cut becomes a score, usually the items of the booklet.
    summary, trim : how the judges' abilities are put together, see ``panel_cut``; the median is the custom.
    cut_location : ``last_mastered`` after Mitzel et al.

    Raises
    ------
    StandardSettingError
        Naming the judge: ``rating_twice``, ``rating_missing``, ``round_missing``, ``page_outside_booklet``, or
        ``bookmark_on_first_page`` where that page has no page before it to give an ability.
    """
    judges, pages = _pages(rows, len(booklet.pages))
    locations = np.array([page.location for page in booklet.pages])
    rounds: list[BookmarkRound] = []
    for number, marked in enumerate(pages, start=1):
        before, own = marked - 2, marked - 1
        needs_before = cut_location != "bookmarked"
        for judge, page in zip(judges, marked, strict=True):
            if needs_before and page == 1:
                raise StandardSettingError(
                    "bookmark_on_first_page",
                    f"round {number}: judge {judge!r} put the bookmark on page 1, so no page is mastered; "
                    "use cut_location='bookmarked' or ask again",
                    judge=judge,
                )
            if cut_location != "last_mastered" and page > locations.size:
                raise StandardSettingError(
                    "page_outside_booklet",
                    f"round {number}: judge {judge!r} put the bookmark after the last page, which has no ability; "
                    "use cut_location='last_mastered' or ask again",
                    judge=judge,
                )
        if cut_location == "last_mastered":
            abilities = locations[before]
        elif cut_location == "bookmarked":
            abilities = locations[own]
        else:
            abilities = 0.5 * (locations[before] + locations[own])
        rounds.append(
            BookmarkRound(
                number=number,
                pages=marked,
                judge_abilities=abilities,
                judge_scores=expected_item_scores(abilities, items).sum(axis=1),
                cut=panel_cut(abilities, summary=summary, trim=trim),
            )
        )
    cut = rounds[-1].cut
    expected = expected_total(cut.cut, items)
    return BookmarkResult(
        judges=judges,
        rounds=tuple(rounds),
        cut_ability=cut,
        expected_score=expected,
        lower_score=_score(cut.cut - cut.standard_error, items),
        upper_score=_score(cut.cut + cut.standard_error, items),
        pass_mark=pass_mark(expected),
        cut_location=cut_location,
        response_probability=booklet.response_probability,
        guessing_adjusted=booklet.guessing_adjusted,
    )


def _score(ability: float, items: ItemParameters) -> float:
    return expected_total(ability, items) if np.isfinite(ability) else float("nan")


def _pages(rows: Sequence[FilledRow], n_pages: int) -> tuple[tuple[str, ...], IntArray]:
    """Judges and their (R, P) bookmarks."""
    given: dict[tuple[int, str], int] = {}
    for row in rows:
        judge, page = str(row["judge"]), row.get("page")
        number = int(filled_number(row, "round", f"judge {judge!r}", empty=1.0))
        where = f"round {number}: judge {judge!r}"
        if (number, judge) in given:
            raise StandardSettingError("rating_twice", f"{where} has two bookmarks", judge=judge)
        if page is None or page == "":
            raise StandardSettingError("rating_missing", f"{where} has no bookmark", judge=judge)
        if not str(page).isdecimal() or not 1 <= int(page) <= n_pages + 1:
            raise StandardSettingError(
                "page_outside_booklet",
                f"{where}: page {page!r} is not one of 1 … {n_pages}, or {n_pages + 1} for after the last",
                judge=judge,
                page=page,
            )
        given[number, judge] = int(page)
    if not given:
        raise StandardSettingError("nothing_to_judge", "no judge has placed a bookmark")
    judges = tuple(dict.fromkeys(judge for _, judge in given))
    numbers = sorted({number for number, _ in given})
    if numbers != list(range(1, len(numbers) + 1)):
        raise StandardSettingError("round_missing", f"rounds are numbered from 1 without gaps, got {numbers}")
    for number in numbers:
        for judge in judges:
            if (number, judge) not in given:
                raise StandardSettingError(
                    "rating_missing", f"round {number}: judge {judge!r} has no bookmark", judge=judge
                )
    return judges, np.array([[given[number, judge] for judge in judges] for number in numbers], dtype=np.intp)
