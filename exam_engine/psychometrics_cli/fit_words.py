"""Fit statistics in words and as rows of a table."""

from typing import Final

import numpy as np

from exam_engine.psychometrics.fit import LimitedInformationFit, PersonFit, ResidualCorrelations
from exam_engine.psychometrics_cli.errors import CATALOGUE
from exam_engine.psychometrics_cli.statistics import UNLIKELY, FitStatistics
from exam_engine.psychometrics_cli.words import Words, number, p_value, say, whole

GOOD_RMSEA: Final = 0.05
FAIR_RMSEA: Final = 0.08
"""Bounds of Browne & Cudeck (1993) for close and for fair fit."""
WIDE_MEAN_SQUARE: Final = (0.7, 1.3)
"""Mean squares beyond which an item is worth a look (Wright & Linacre 1994, tests with decisions)."""
LARGEST_Z: Final = 2.0
"""Standardised mean square within which a departure may be chance."""
LARGE_RMSD: Final = 0.1
_COLUMNS: Final = ("item", "s_x2", "df", "p", "p_adjusted", "infit", "outfit", "rmsd", "note")
_MOST_PAIRS: Final = 10


def item_fit_head(words: Words) -> list[str]:
    """Names of the columns of ``item_fit_rows``."""
    return [say(f"fit.{column}", words) for column in _COLUMNS]


def item_fit_rows(found: FitStatistics, names: tuple[str, ...], words: Words) -> list[list[str]]:
    """One row an item: S-X² with its test, mean squares, RMSD, and what stands out."""
    rows = []
    for j, name in enumerate(names):
        test, squares, curves = found.s_x2, found.mean_squares, found.curves
        notes = []
        if test is not None and test.p_adjusted[j] < UNLIKELY:
            notes.append(say("fit.misfits", words))
        if squares is not None and _stands_out(float(squares.outfit[j]), float(squares.outfit_z[j])):
            notes.append(say("fit.noisy" if squares.outfit[j] > 1.0 else "fit.muted", words))
        if curves is not None and curves.rmsd_corrected[j] > LARGE_RMSD:
            notes.append(say("fit.curve_differs", words))
        rows.append(
            [
                name,
                number(None if test is None else float(test.statistic[j]), 3, words),
                number(None if test is None else float(test.df[j]), 0, words),
                p_value(None if test is None else float(test.p[j]), words),
                p_value(None if test is None else float(test.p_adjusted[j]), words),
                number(None if squares is None else float(squares.infit[j]), 2, words),
                number(None if squares is None else float(squares.outfit[j]), 2, words),
                number(None if curves is None else float(curves.rmsd[j]), 3, words),
                ", ".join(notes),
            ]
        )
    return rows


def fit_sentences(found: FitStatistics, words: Words) -> list[str]:
    """The whole test, pairs of items, candidates, and what could not be computed, as sentences."""
    sentences = []
    if found.whole is not None:
        sentences.append(_whole(found.whole, words))
    if found.q3 is not None:
        sentences.append(_pairs(found.q3, words))
    if found.persons is not None:
        sentences.append(_persons(found.persons, words))
    for statistic, code in found.refused.items():
        sentences.append(
            say(
                "fit.refused", words, statistic=say(f"fit.{statistic}", words), why=CATALOGUE.text(code, words.language)
            )
        )
    return sentences


def _stands_out(mean_square: float, z: float) -> bool:
    return abs(z) > LARGEST_Z and not WIDE_MEAN_SQUARE[0] <= mean_square <= WIDE_MEAN_SQUARE[1]


def _whole(fit: LimitedInformationFit, words: Words) -> str:
    verdict = "good" if fit.rmsea < GOOD_RMSEA else "fair" if fit.rmsea < FAIR_RMSEA else "poor"
    return say(
        "fit.whole",
        words,
        name=fit.name,
        statistic=number(fit.statistic, 3, words),
        df=fit.df,
        p=p_value(fit.p, words),
        rmsea=number(fit.rmsea, 4, words),
        lower=number(fit.rmsea_lower, 4, words),
        upper=number(fit.rmsea_upper, 4, words),
        confidence=number(100.0 * fit.confidence, 0, words),
        cfi=number(fit.cfi, 3, words),
        srmsr=number(fit.srmsr, 3, words),
        verdict=say(f"fit.{verdict}", words),
    )


def _pairs(correlations: ResidualCorrelations, words: Words) -> str:
    flagged = correlations.flagged
    if not flagged:
        return say("fit.no_pairs", words, limit=number(correlations.critical, 2, words))
    pairs = "; ".join(f"{a} – {b} ({number(excess, 2, words)})" for a, b, excess in flagged[:_MOST_PAIRS])
    return say("fit.pairs", words, count=len(flagged), limit=number(correlations.critical, 2, words), pairs=pairs)


def _persons(persons: PersonFit, words: Words) -> str:
    known = np.isfinite(persons.p)
    return say(
        "fit.persons",
        words,
        tested=whole(float(known.sum()), words),
        unlikely=whole(float((persons.p[known] < UNLIKELY).sum()), words),
        share=number(100.0 * float((persons.p[known] < UNLIKELY).mean()) if known.any() else None, 1, words),
        level=number(UNLIKELY, 2, words),
    )
