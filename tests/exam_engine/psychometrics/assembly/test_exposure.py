"""Exposure of items and overlap of forms."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.psychometrics.assembly.exposure import exposure_figures


def figures_of(forms: list[list[int]], n_items: int) -> dict[str, float]:
    return exposure_figures([np.array(form) for form in forms], np.ones(n_items, dtype=np.bool_)).to_dict()


def test_figures_of_two_forms_that_share_one_item() -> None:
    figures = figures_of([[0, 1], [0, 2]], 4)
    # Rates 1, ½, ½, 0 around their mean ½: χ² = (¼ + 0 + 0 + ¼) / ½.
    assert figures == {
        "n_forms": 2,
        "n_items": 4,
        "items_used": 3,
        "use_max": 2,
        "exposure_max": 1.0,
        "exposure_chi_square": 1.0,
        "overlap_mean": 1.0,
        "overlap_max": 1,
    }


def test_items_used_alike_have_no_chi_square() -> None:
    assert figures_of([[0, 1], [2, 3]], 4)["exposure_chi_square"] == 0.0


def test_a_single_form_overlaps_with_nothing() -> None:
    figures = figures_of([[0, 1]], 3)
    assert (figures["overlap_mean"], figures["overlap_max"]) == (0.0, 0)


def test_anchors_neither_raise_exposure_nor_overlap() -> None:
    counts = np.array([False, True, True, True])
    figures = exposure_figures([np.array([0, 1]), np.array([0, 2])], counts)
    assert (figures.n_items, figures.use_max, figures.overlap_max) == (3, 1, 0)


@given(st.lists(st.sets(st.integers(0, 9), min_size=1, max_size=6), min_size=2, max_size=12))
def test_overlap_is_that_of_all_pairs(forms: list[set[int]]) -> None:
    figures = figures_of([sorted(form) for form in forms], 10)
    shared = [len(one & other) for one, other in itertools.combinations(forms, 2)]
    assert figures["overlap_max"] == max(shared)
    assert figures["overlap_mean"] == pytest.approx(np.mean(shared))


def test_more_forms_than_one_block_are_compared_with_all_others() -> None:
    forms = [[index] for index in range(1_100)]
    forms[3], forms[1_050] = [1_200, 1_201], [1_200, 1_201]
    assert figures_of(forms, 1_300)["overlap_max"] == 2
