"""Anchors without the items found to function differently: test, take the flagged items out, test again.

References
----------
Holland & Thayer (1988), in Wainer & Braun, *Test Validity*, 129-145; Candell & Drasgow (1988), Applied Psychological
Measurement 12, 253-260; Clauser, Mazor & Hambleton (1993), Applied Measurement in Education 6, 269-279.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray
from exam_engine.psychometrics.dif.errors import DifError
from exam_engine.psychometrics.dif.groups import item_mask
from exam_engine.psychometrics.dif.result import DifResult, Purification


def with_anchors(
    test: Callable[[BoolArray], DifResult],
    item_names: tuple[str, ...],
    *,
    anchors: Sequence[str] | None,
    purify: bool,
    level: float,
    max_iterations: int,
    outside_criterion: bool = False,
) -> DifResult:
    """Run a test of all items with the anchors given, with all items, or with anchors that it finds itself.

    Parameters
    ----------
    test : the test of all items for a (J,) mask of anchors.
    item_names : J names.
    anchors : names of the items to match on, None for all of them.
    purify : take items with p < ``level`` out of the anchors and test again until the set stays the same.
    level : level of the test that flags an item for purification.
    max_iterations : tests after which purification ends unsettled.
    outside_criterion : the candidates are matched on values from outside, which cannot be purified.

    Raises
    ------
    DifError
        ``dif.option`` when anchors or an outside criterion are given and shall be purified too, or a number is out of
        range.
    """
    if not purify:
        chosen = np.ones(len(item_names), dtype=np.bool_) if anchors is None else item_mask(item_names, anchors)
        return test(chosen)
    if anchors is not None or outside_criterion:
        raise DifError("dif.option", "the anchors or matching values given cannot be purified: leave out one of both")
    if not 0.0 < level < 1.0 or max_iterations < 1:
        raise DifError("dif.option", f"a level of {level} with {max_iterations} iterations does not purify anything")
    current = np.ones(len(item_names), dtype=np.bool_)
    tried: list[BoolArray] = []
    flagged: list[tuple[str, ...]] = []
    reason: Literal["settled", "cycle", "iterations", "no_anchors"] = "iterations"
    while True:
        result = test(current)
        tried.append(current)
        following: BoolArray = ~(result.p < level)
        flagged.append(tuple(np.array(item_names)[~following].tolist()))
        if (following == current).all():
            reason = "settled"
        elif not following.any():
            reason = "no_anchors"
        elif any((following == earlier).all() for earlier in tried):
            reason = "cycle"
        elif len(tried) < max_iterations:
            current = following
            continue
        break
    return result.with_purification(
        Purification(iterations=len(tried), flagged=tuple(flagged), settled=reason == "settled", reason=reason)
    )
