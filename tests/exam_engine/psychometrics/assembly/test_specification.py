import math
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from exam_engine.psychometrics import ItemParameters, category_probabilities
from exam_engine.psychometrics.assembly import (
    AllOrNone,
    Closeness,
    Count,
    ExpectedScore,
    Extreme,
    Information,
    ItemPool,
    ItemUse,
    Maximin,
    Measure,
    MinimaxTarget,
    MustExclude,
    MustInclude,
    PairOverlap,
    Part,
    Range,
    SpecificationError,
    StimulusSets,
    TestSpecification,
    Total,
    exactly,
    length,
)
from exam_engine.psychometrics.assembly.measures import amounts_of
from tests.exam_engine.psychometrics.assembly.small_pools import even_pool, passage_pool


def refusal(**parts: Any) -> str:
    given: dict[str, Any] = {"n_forms": 1, "requirements": (length(2),)}
    with pytest.raises(SpecificationError) as refused:
        TestSpecification(**(given | parts)).refuse_unknown_names(passage_pool())
    return refused.value.code


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"n_forms": 0}, "out_of_range"),
        ({"requirements": ()}, "no_length"),
        ({"requirements": (Range(Count(), 2),)}, "no_length"),
        ({"requirements": (length(2), Range(Count(), 3, 3))}, "repeated_requirement"),
        ({"requirements": (length(2), exactly(1, part="x"), exactly(2, part="x"))}, "repeated_requirement"),
        (
            {"requirements": (length(2), MustInclude(frozenset({"q1"})), MustExclude(frozenset({"q1"})))},
            "included_and_excluded",
        ),
        ({"requirements": (length(2), exactly(1, colour="red"))}, "unknown_attribute"),
        ({"requirements": (length(2), Range(Total("points"), 1))}, "unknown_quantity"),
        ({"requirements": (length(2), MustInclude(frozenset({"q9"})))}, "unknown_item"),
        ({"requirements": (length(2), MustExclude(where={"colour": "red"}))}, "unknown_attribute"),
        ({"requirements": (length(2), AllOrNone(frozenset({"q9"})))}, "unknown_item"),
        ({"requirements": (length(2), StimulusSets(0, 1, where={"colour": "red"}))}, "unknown_attribute"),
        ({"across": (ItemUse(1, where={"colour": "red"}),)}, "unknown_attribute"),
        ({"across": (Closeness(Total("points"), relative=0.1),)}, "unknown_quantity"),
        ({"objective": Extreme(Total("points"))}, "unknown_quantity"),
        (
            {"parts": (Part("one", {"part": "x"}), Part("two", {"item": ("q1", "q5")}))},
            "item_in_two_parts",
        ),
        (
            {"parts": (Part("one", {"part": "x"}, (Range(Count({"part": "y"}), 1, 1),)),)},
            "repeated_requirement",
        ),
        ({"parts": (Part("one", {"part": "x"}, (Range(Information(0.0), 1.0),)),)}, "curve_of_part"),
    ],
)
def test_a_specification_that_no_pool_could_meet_or_that_speaks_of_the_unknown_is_refused(
    parts: dict[str, Any], code: str
) -> None:
    assert refusal(**parts) == code


@pytest.mark.parametrize(
    "make",
    [
        lambda: Range(Count(), 3, 2),
        lambda: Range(Count(), math.nan, 2),
        lambda: StimulusSets(2, 1),
        lambda: StimulusSets(-1, 1),
        lambda: StimulusSets(0, 1, 3, 2),
        lambda: StimulusSets(0, 1, 0, 2),
    ],
)
def test_an_empty_range_is_refused(make: Any) -> None:
    with pytest.raises(SpecificationError) as refused:
        make()
    assert refused.value.code == "empty_range"


@pytest.mark.parametrize(
    "make",
    [
        lambda: Closeness(Count()),
        lambda: Closeness(Count(), relative=0.1, absolute=0.1),
        lambda: Closeness(Count(), relative=0.0),
        lambda: Maximin(()),
        lambda: Maximin((Count(),), (1.0, 2.0)),
        lambda: Maximin((Count(),), (0.0,)),
        lambda: MinimaxTarget((Count(),), (math.inf,)),
        lambda: MinimaxTarget((Count(),), (1.0,), tolerance=-0.1),
    ],
)
def test_numbers_that_cannot_work_are_refused(make: Any) -> None:
    with pytest.raises(SpecificationError) as refused:
        make()
    assert refused.value.code == "out_of_range"


def test_a_part_states_its_requirements_over_its_own_items() -> None:
    specification = TestSpecification(
        n_forms=1,
        requirements=(length(3),),
        parts=(
            Part(
                "Phần 1",
                {"part": "x"},
                (Range(Count(), 1, 2), Range(Total("words"), maximum=50.0, name="chữ")),
            ),
        ),
    )
    _, count, words = specification.ranges
    assert (count.measure, count.minimum, count.maximum) == (Count({"part": "x"}), 1, 2)
    assert (words.measure, words.name) == (Total("words", {"part": "x"}, with_stimuli=False), "chữ")


def test_limits_across_forms_are_read_from_their_rules() -> None:
    specification = TestSpecification(
        n_forms=3,
        requirements=(Range(Count(), 2, 4), MustInclude(frozenset({"q1"}))),
        across=(ItemUse(2), PairOverlap(5), PairOverlap(3), Closeness(Information(0.0), relative=0.1)),
    )
    assert specification.length == (2, 4)
    assert specification.overlap_maximum == 3
    assert specification.included == {"q1"}
    assert [rule.maximum for rule in specification.item_uses] == [2]
    assert specification.single_form().across == ()
    assert TestSpecification(n_forms=1, requirements=(length(2),)).overlap_maximum is None


@pytest.mark.parametrize(
    ("measure", "items", "stimuli"),
    [
        (Count(), [1] * 8, [0, 0]),
        (Count({"stimulus": "s2"}), [0, 0, 0, 1, 1, 1, 0, 0], [0, 0]),
        (Total("words"), [10, 20, 30, 10, 20, 30, 5, 6], [100, 40]),
        (Total("words", {"part": "y"}, with_stimuli=False), [0, 0, 0, 0, 20, 30, 5, 6], [0, 0]),
    ],
)
def test_counts_and_totals_take_what_the_condition_names(
    measure: Measure, items: list[float], stimuli: list[float]
) -> None:
    amounts = amounts_of(measure, passage_pool())
    assert amounts.items.tolist() == items
    assert amounts.stimuli.tolist() == stimuli


def test_information_and_expected_score_of_right_wrong_items_are_the_closed_forms() -> None:
    pool = even_pool([0.8, 1.7], b=np.array([0.3, -0.4]))
    p = expit(np.array([0.8, 1.7]) * (0.5 - np.array([0.3, -0.4])))
    np.testing.assert_allclose(amounts_of(ExpectedScore(0.5), pool).items, p, rtol=1e-12)
    information = np.array([0.8, 1.7]) ** 2 * p * (1 - p)
    np.testing.assert_allclose(amounts_of(Information(0.5), pool).items, information, rtol=1e-12)


def test_information_of_a_polytomous_item_is_the_variance_of_its_score_times_the_slope_squared() -> None:
    """For the generalised partial credit model (Muraki, 1993)."""
    items = ItemParameters.polytomous(["q1"], "GPCM", [1.3], [[0.4, -0.6]])
    p = category_probabilities(np.array([0.7]), items)[0, 0]
    scores = np.arange(3)
    variance = p @ scores**2 - (p @ scores) ** 2
    amounts = amounts_of(Information(0.7), ItemPool(parameters=items))
    np.testing.assert_allclose(amounts.items, [1.3**2 * variance], rtol=1e-10)
