"""The rows and the independent checker are written apart; on every form of a small pool they must agree."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics.assembly import (
    AllOrNone,
    Count,
    EnemyLimit,
    ExpectedScore,
    Information,
    ItemUse,
    MustExclude,
    MustInclude,
    Range,
    StimulusSets,
    TestSpecification,
    Total,
    check_forms,
    length,
)
from exam_engine.psychometrics.assembly.rows import form_rows, use_limits
from exam_engine.psychometrics.assembly.specification import Requirement
from tests.exam_engine.psychometrics.assembly.small_pools import all_forms, passage_pool

POOL = passage_pool()
FORMS = all_forms(POOL, range(1, 9))
MENU: tuple[Requirement, ...] = (
    Range(Count({"part": "x"}), 1, 2),
    Range(Count({"part": ("x", "y"), "stimulus": "*"}), 2, 4),
    Range(Total("words"), 60.0, 215.0),
    Range(Total("words", {"part": "y"}, with_stimuli=False), maximum=40.0),
    Range(Information(0.0), 0.5, 0.9),
    Range(ExpectedScore(0.5), maximum=2.0),
    EnemyLimit(),
    StimulusSets(1, 1, 2, 3),
    StimulusSets(0, 2, 2, 2, where={"item": ("q4", "q5")}),
    MustInclude(frozenset({"q3"})),
    MustExclude(frozenset({"q2"}), {"stimulus": "s2", "part": "x"}),
    AllOrNone(frozenset({"q5", "q6", "q8"})),
)


def fits(specification: TestSpecification, form: tuple[str, ...]) -> bool:
    """Whether the rows, with the fixed items, let the form through."""
    rows = form_rows(POOL, specification)
    items = POOL.indices(form)
    v = rows.vector(items)
    return not rows.violated(items).size and bool(((v >= rows.variable_lower) & (v <= rows.variable_upper)).all())


@settings(deadline=None)
@given(st.sets(st.sampled_from(range(len(MENU))), max_size=5), st.sampled_from([(2, 2), (3, 3), (2, 5)]))
def test_rows_let_through_exactly_the_forms_that_the_checker_finds_without_violation(
    chosen: set[int], sizes: tuple[int, int]
) -> None:
    requirements = (length(*sizes), *(MENU[index] for index in sorted(chosen)))
    specification = TestSpecification(n_forms=1, requirements=requirements)
    for form in FORMS[:: 1 + len(chosen)]:
        assert fits(specification, form) is (check_forms(POOL, specification, [form]) == ()), form


def test_every_requirement_of_the_menu_lets_some_forms_through_and_stops_others() -> None:
    for requirement in MENU:
        specification = TestSpecification(n_forms=1, requirements=(length(2, 5), requirement))
        let_through = [form for form in FORMS if 2 <= len(form) <= 5 and fits(specification, form)]
        assert 0 < len(let_through) < sum(2 <= len(form) <= 5 for form in FORMS), requirement


def test_rows_carry_names_with_the_figures_of_their_requirement() -> None:
    specification = TestSpecification(
        n_forms=1,
        requirements=(
            length(3),
            Range(Count({"part": "x"}), 1),
            Range(Total("words"), maximum=90.0, name="số chữ"),
            EnemyLimit(),
            StimulusSets(1, 2, 2, 3),
        ),
    )
    names = form_rows(POOL, specification).names
    kept = {name.code: name for name in names}
    assert kept["length"].data == {"where": {}, "minimum": 3, "maximum": 3}
    assert kept["count"].data == {"where": {"part": "x"}, "minimum": 1, "maximum": None}
    assert kept["total"].data == {
        "quantity": "words",
        "where": {},
        "minimum": None,
        "maximum": 90.0,
        "name": "số chữ",
    }
    assert str(kept["total"]) == "số chữ"
    assert kept["enemies"].data == {"items": ["q1", "q7"], "maximum": 1}
    assert kept["stimuli"].data == {"minimum": 1, "maximum": 2}
    assert kept["stimulus_items"].data == {"minimum": 2, "maximum": 3}


def test_passages_cost_their_words_once_even_when_nothing_limits_how_many_there_are() -> None:
    specification = TestSpecification(n_forms=1, requirements=(length(2), Range(Total("words"), maximum=130.0)))
    assert fits(specification, ("q1", "q2"))
    assert not fits(specification, ("q1", "q4"))
    assert not fits(specification, ("q2", "q3"))


def test_a_pool_whose_stimuli_nothing_speaks_of_has_no_stimulus_variables() -> None:
    specification = TestSpecification(
        n_forms=1, requirements=(length(2), Range(Total("words", with_stimuli=False), 30.0))
    )
    rows = form_rows(POOL, specification)
    assert rows.matrix.shape == (2, 8)
    assert rows.n_stimuli == 0


@pytest.mark.parametrize(("form", "expected"), [(("q2", "q3"), ["length"]), (("q1", "q7", "q8"), ["enemy set 1"])])
def test_the_rows_that_a_form_breaks_are_named(form: tuple[str, ...], expected: list[str]) -> None:
    specification = TestSpecification(n_forms=1, requirements=(length(3), EnemyLimit()))
    rows = form_rows(POOL, specification)
    assert [str(rows.names[row]) for row in rows.violated(POOL.indices(form))] == expected


def test_use_limits_are_the_tightest_of_all_rules_and_spare_anchors() -> None:
    specification = TestSpecification(
        n_forms=4,
        requirements=(length(2), MustInclude(frozenset({"q8"}))),
        across=(ItemUse(3), ItemUse(1, where={"part": "x"}), ItemUse(4, 1, where={"item": "q5"})),
    )
    least, most = use_limits(POOL, specification)
    assert most.tolist() == [1, 1, 1, 1, 3, 3, 3, 4]
    assert least.tolist() == [0, 0, 0, 0, 1, 0, 0, 4]


def test_a_form_vector_opens_the_stimuli_of_its_items() -> None:
    specification = TestSpecification(n_forms=1, requirements=(length(3), StimulusSets(0, 2)))
    rows = form_rows(POOL, specification)
    for form in itertools.islice(FORMS, 40):
        v = rows.vector(POOL.indices(form))
        opened = {POOL.stimulus_ids[index] for index in np.flatnonzero(v[8:])}
        assert opened == {POOL.stimuli[POOL.places[item]] for item in form} - {""}
