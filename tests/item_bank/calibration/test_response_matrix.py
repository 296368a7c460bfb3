"""Responses as stored: what each code means, a packing that loses nothing, and bytes that are refused."""

import json
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from exam_engine.psychometrics import NOT_PRESENTED as NO_RESPONSE
from item_bank.calibration.response_matrix import (
    HIGHEST_SCORE,
    MOST_ITEMS,
    NOT_PRESENTED,
    NOT_REACHED,
    OMITTED,
    Group,
    ResponseMatrix,
    ResponseMatrixError,
    from_choices,
)


def packed(header: object, body: bytes) -> bytes:
    told = json.dumps(header).encode()
    return b"ERM1" + struct.pack(">I", len(told)) + told + zlib.compress(body)


def test_an_omitted_item_is_wrong_one_not_reached_goes_by_the_rule_and_one_not_presented_says_nothing() -> None:
    matrix = ResponseMatrix(np.array([[2, OMITTED, NOT_REACHED, NOT_PRESENTED]], dtype=np.int8))
    assert matrix.estimation_scores().tolist() == [[2, 0, NO_RESPONSE, NO_RESPONSE]]
    assert matrix.estimation_scores("wrong").tolist() == [[2, 0, 0, NO_RESPONSE]]
    assert matrix.n_responses == 3


def test_choices_are_scored_by_the_key_and_blanks_are_omitted() -> None:
    chosen = np.array([[0, -1, -2], [1, 3, 1]], dtype=np.int8)
    matrix = from_choices(chosen, [0, 3, 0], blank=-1, not_shown=-2, groups={})
    assert matrix.scores.tolist() == [[1, OMITTED, NOT_PRESENTED], [0, 1, 0]]
    assert matrix.chosen is not None
    assert matrix.chosen.tolist() == [[0, -1, -1], [1, 3, 1]]


def test_persons_of_whom_nothing_is_known_belong_to_no_group() -> None:
    group = Group.of(["nữ", "", "nam", "nữ"])
    assert group.labels == ("nam", "nữ")
    assert group.codes.tolist() == [1, -1, 0, 1]


@given(st.data())
def test_packing_loses_nothing(data: st.DataObject) -> None:
    shape = data.draw(st.tuples(st.integers(0, 6), st.integers(0, 5)))
    scores = data.draw(arrays(np.int8, shape, elements=st.integers(NOT_PRESENTED, HIGHEST_SCORE)))
    chosen = data.draw(st.none() | arrays(np.int8, shape, elements=st.integers(-1, 7)))
    labels = st.lists(st.sampled_from(["", "nam", "nữ", "khác"]), min_size=shape[0], max_size=shape[0])
    groups = data.draw(st.dictionaries(st.sampled_from(["gender", "unit"]), labels.map(Group.of)))
    back = ResponseMatrix.unpack(ResponseMatrix(scores, chosen, groups).pack())
    assert np.array_equal(back.scores, scores)
    assert (back.chosen is None) == (chosen is None)
    if chosen is not None:
        assert np.array_equal(back.chosen, chosen)  # type: ignore[arg-type]
    assert list(back.groups) == list(groups)
    for name, group in groups.items():
        assert back.groups[name].labels == group.labels
        assert np.array_equal(back.groups[name].codes, group.codes)


@pytest.mark.parametrize(
    "scores",
    [
        np.array([[HIGHEST_SCORE + 1]], dtype=np.int8),
        np.array([[NOT_PRESENTED - 1]], dtype=np.int8),
        np.zeros((1, MOST_ITEMS + 1), dtype=np.int8),
        np.zeros((2, 2), dtype=np.int16),
    ],
)
def test_scores_outside_their_range_or_size_are_refused(scores: np.ndarray) -> None:
    with pytest.raises(ResponseMatrixError):
        ResponseMatrix(scores)


def test_a_grouping_must_cover_every_person_with_a_known_label() -> None:
    scores = np.zeros((2, 1), dtype=np.int8)
    for group in (Group(("a",), np.array([0], dtype=np.int8)), Group(("a",), np.array([0, 1], dtype=np.int8))):
        with pytest.raises(ResponseMatrixError):
            ResponseMatrix(scores, None, {"unit": group})


@pytest.mark.parametrize(
    "content",
    [
        zlib.compress(b"\x00\x01"),
        b"ERM1",
        b"ERM1\xff\xff\xff\xff{}",
        packed({"shape": [1, 1]}, b"\0"),
        packed([1], b"\0"),
        packed({"shape": [2, 1], "has_chosen": False, "groups": []}, b"\0"),
        packed({"shape": [1, 1], "has_chosen": False, "groups": []}, b"\0" * 1000),
        packed({"shape": [10**9, 10**9], "has_chosen": False, "groups": []}, b""),
        packed({"shape": [-1, -1], "has_chosen": False, "groups": []}, b"\0"),
        packed({"shape": [1, 1], "has_chosen": False, "groups": [{"name": "g", "labels": []}] * 9}, b"\0" * 10),
        packed({"shape": [1, 1], "has_chosen": False, "groups": []}, b"\0")[:-3],
    ],
)
def test_bytes_that_are_no_packed_responses_are_refused(content: bytes) -> None:
    with pytest.raises(ResponseMatrixError):
        ResponseMatrix.unpack(content)
