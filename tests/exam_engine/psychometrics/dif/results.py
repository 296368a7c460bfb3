"""A result with given p values, for tests of what is done with results."""

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.dif import DifResult


def result_of(*, p: FloatArray, item_names: tuple[str, ...]) -> DifResult:
    nothing = np.full(p.size, np.nan)
    return DifResult(
        method="none",
        effect_name="none",
        reference="a",
        focal="b",
        item_names=item_names,
        statistic=nothing,
        df=nothing,
        p=p,
        effect=nothing,
        standard_error=nothing,
        classes=(None,) * p.size,
        favoured=(None,) * p.size,
        n_reference=np.zeros(p.size),
        n_focal=np.zeros(p.size),
        anchors=item_names,
        flags=((),) * p.size,
        details={},
    )
