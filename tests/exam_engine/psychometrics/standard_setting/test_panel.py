from typing import get_args

import numpy as np
import pytest
from scipy.stats import trim_mean

from exam_engine.psychometrics.standard_setting import PanelSummary, panel_cut
from exam_engine.psychometrics.standard_setting.panel import pass_mark

CUTS = np.array([30.0, 31, 32, 33, 34, 35, 36, 37, 38, 60])


def test_the_mean_cut_has_the_standard_error_of_a_mean() -> None:
    found = panel_cut(CUTS)

    assert found.cut == pytest.approx(36.6)
    assert found.standard_error == pytest.approx(CUTS.std(ddof=1) / 10**0.5)
    assert (found.lowest, found.highest, found.n_judges) == (30, 60, 10)


def test_median_and_trimmed_mean_resist_one_extreme_judge() -> None:
    median, trimmed = panel_cut(CUTS, summary="median"), panel_cut(CUTS, summary="trimmed_mean", trim=0.1)

    assert median.cut == pytest.approx(34.5)
    assert median.standard_error == pytest.approx(np.sqrt(np.pi / 2) * CUTS.std(ddof=1) / 10**0.5)
    assert trimmed.cut == pytest.approx(trim_mean(CUTS, 0.1))
    # Tukey and McLaughlin: winsorised sd over (1 − 2γ)√P.
    winsorised = np.clip(CUTS, 31, 38)
    assert trimmed.standard_error == pytest.approx(winsorised.std(ddof=1) / (0.8 * 10**0.5))


def test_the_error_of_the_median_is_that_of_normal_judges() -> None:
    rng = np.random.default_rng(1)
    panels = rng.normal(50, 4, size=(4000, 15))
    errors = [panel_cut(panel, summary="median").standard_error for panel in panels]

    assert np.mean(errors) == pytest.approx(np.median(panels, axis=1).std(), rel=0.06)


def test_one_judge_has_a_cut_but_no_error() -> None:
    for summary in get_args(PanelSummary):
        found = panel_cut(np.array([12.0]), summary=summary)
        assert found.cut == 12.0
        assert np.isnan(found.standard_error)


def test_the_pass_mark_is_the_lowest_whole_score_at_or_above_the_cut() -> None:
    assert [pass_mark(cut) for cut in (30.0, 30.001, 30.999, 0.1 * 3 * 10)] == [30, 31, 31, 3]


def test_an_empty_panel_is_refused() -> None:
    with pytest.raises(ValueError, match="needs judges"):
        panel_cut(np.zeros(0))
    with pytest.raises(ValueError, match="trim"):
        panel_cut(CUTS, summary="trimmed_mean", trim=0.5)
