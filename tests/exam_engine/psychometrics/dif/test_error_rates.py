from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import expit

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.dif import (
    DifResult,
    breslow_day_dif,
    likelihood_ratio_dif,
    logistic_dif,
    mantel_dif,
    mantel_haenszel_dif,
    sibtest_dif,
    standardization_dif,
    wald_dif,
)

GROUPS = np.repeat(["a", "b"], 500)


def _false_alarms(test: Callable[..., DifResult], n_replications: int, **options: object) -> FloatArray:
    """Shares of items without DIF, of equal slopes, that are flagged at 5 %, one for each replication."""
    rng = np.random.default_rng(2024)
    difficulty = np.linspace(-1.2, 1.2, 12)
    shares = []
    for _ in range(n_replications):
        ability = rng.normal(size=1000) - 0.5 * (GROUPS == "b")
        scores = (rng.random((1000, 12)) < expit(1.2 * (ability[:, None] - difficulty))).astype(np.int64)
        result = test(ResponseMatrix.from_array(scores), GROUPS, reference="a", focal="b", **options)
        shares.append((result.p[np.isfinite(result.p)] < 0.05).mean())
    return np.array(shares)


@pytest.mark.parametrize(
    ("test", "options"),
    [
        (mantel_haenszel_dif, {"continuity_correction": False}),
        (mantel_dif, {"statistic": "liu_agresti"}),
        (standardization_dif, {}),
        (breslow_day_dif, {}),
        (breslow_day_dif, {"statistic": "trend"}),
        (logistic_dif, {"hypothesis": "uniform"}),
        (sibtest_dif, {}),
    ],
)
def test_score_methods_flag_about_five_percent_of_fair_items(
    test: Callable[..., DifResult], options: dict[str, object]
) -> None:
    shares = _false_alarms(test, 25, **options)

    # 300 items: four standard errors of a share of 5 % are 5 %.
    assert shares.mean() == pytest.approx(0.05, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("test", "options"),
    [
        pytest.param(
            likelihood_ratio_dif,
            {"items": ["item_1", "item_5", "item_9", "item_12"]},
            marks=[pytest.mark.extended],
        ),
        (wald_dif, {}),
        (wald_dif, {"anchors": ["item_2", "item_3", "item_6", "item_7", "item_8", "item_10", "item_11"]}),
    ],
)
def test_model_methods_flag_about_five_percent_of_fair_items(
    test: Callable[..., DifResult], options: dict[str, object]
) -> None:
    shares = _false_alarms(test, 15, **options)

    # 60 items and more: four standard errors of a share of 5 % are 11 %.
    assert shares.mean() == pytest.approx(0.05, abs=0.11)
