import json
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics.assembly import (
    ANY,
    AllOrNone,
    Closeness,
    Count,
    EnemyLimit,
    ExpectedScore,
    Information,
    ItemPool,
    ItemUse,
    MustExclude,
    MustInclude,
    PairOverlap,
    Part,
    Range,
    SpecificationError,
    StimulusSets,
    TestSpecification,
    Total,
    check_forms,
    exactly,
    length,
)
from exam_engine.psychometrics.assembly.conflict import find_conflict
from exam_engine.psychometrics.assembly.demand_rows import demand_programme
from exam_engine.psychometrics.assembly.demands import Demand
from exam_engine.psychometrics.assembly.infeasibility import Infeasibility, InfeasibleError, explain_infeasibility
from exam_engine.psychometrics.assembly.specification import Requirement
from tests.exam_engine.psychometrics.assembly.blueprint_bank import bank, blueprint
from tests.exam_engine.psychometrics.assembly.small_pools import all_forms, even_pool, passage_pool


def told(explanation: Infeasibility) -> set[str]:
    return {str(demand) for demand in explanation.conflict}


def test_levels_that_exceed_the_length_are_told_with_it_and_nothing_else() -> None:
    explanation = explain_infeasibility(bank(), blueprint(levels=(12, 12, 8, 14)))

    assert told(explanation) == {
        "length at most 40",
        "NB at least 12",
        "TH at least 12",
        "VD at least 8",
        "VDC at least 14",
    }
    assert (explanation.proof, explanation.is_minimal) == ("linear", True)
    assert str(explanation.repairs[0]) == "NB minimum −6"


def test_a_cell_above_its_module_is_told_as_these_two() -> None:
    explanation = explain_infeasibility(
        bank(), blueprint(Range(Count({"module": "IU05", "level": "VDC"}), 7, 9, name="hard sheets"))
    )

    assert told(explanation) == {"IU05 at most 6", "hard sheets at least 7"}
    assert str(explanation.repairs[0]) == "hard sheets minimum −1"


def test_a_module_that_would_do_is_not_blamed() -> None:
    enough = explain_infeasibility(bank(), blueprint(Range(Count({"module": "IU05", "level": "VDC"}), 6, 9)), repairs=0)

    assert (enough.proof, enough.conflict, enough.repairs) == ("none", (), ())
    assert str(enough) == "no conflict proved within the limits"


def test_too_little_time_is_told_as_length_against_seconds() -> None:
    pool = bank()
    fastest = np.sort(pool.quantities["seconds"])[:40].sum()

    explanation = explain_infeasibility(pool, blueprint(Range(Total("seconds"), maximum=fastest - 1.0)))

    assert told(explanation) == {"length at least 40", f"seconds at most {fastest - 1.0:g}"}
    # The repaired bound is exactly what the fastest form of this blueprint needs, so a second less is refused again.
    (change,) = explanation.repairs[0].changes
    assert change.bound is not None
    again = explain_infeasibility(pool, blueprint(Range(Total("seconds"), maximum=change.bound - 1.0)), repairs=0)
    assert again.proof != "none"


def test_items_that_must_be_in_and_overfill_a_cell_are_told_together() -> None:
    pool = bank()
    anchors = MustInclude(frozenset(pool.item_ids[0:96:24]))

    explanation = explain_infeasibility(pool, blueprint(exactly(3, module="IU01", level="NB"), anchors))

    cell, include = explanation.conflict
    assert (cell.name.data["where"], cell.side, cell.bound) == ({"module": "IU01", "level": "NB"}, "maximum", 3.0)
    assert include.name.data["items"] == ["Q0000", "Q0024", "Q0048", "Q0072"]


def test_only_the_included_items_that_matter_are_told() -> None:
    pool = bank(enemies=(frozenset({"Q0003", "Q0004"}),))

    explanation = explain_infeasibility(
        pool, blueprint(EnemyLimit(), MustInclude(frozenset({"Q0001", "Q0002", "Q0003", "Q0004"})))
    )

    assert told(explanation) == {"enemy set 1 at most 1", "Q0003, Q0004 included"}


def test_an_excluded_cell_is_told_with_its_figures() -> None:
    pool = bank()
    rule = MustExclude(where={"module": "IU05", "level": ("VD", "VDC")})

    explanation = explain_infeasibility(pool, blueprint(exactly(1, module="IU05", level="VD"), rule), repairs=2)

    (shortage,) = explanation.shortages
    assert (shortage.needed, shortage.available, shortage.excluded) == (1, 0, 10)
    assert str(shortage) == "IU05 × VD: 1 needed, 0 available, 10 excluded"
    assert [demand.name.code for demand in explanation.conflict] == ["count", "exclude"]
    assert "IU05 × VD: 1 needed" in str(explanation)
    dropped, let_in = (repair.changes[0].name.code for repair in explanation.repairs)
    assert {dropped, let_in} == {"count", "exclude"}


def test_an_item_that_must_be_in_and_is_excluded_by_its_history_is_told_by_counting() -> None:
    pool = bank(quantities={"uses": np.arange(240.0)})

    explanation = explain_infeasibility(
        pool, blueprint(MustInclude(frozenset({"Q0000"})), MustExclude(where={"item": ("Q0000", "Q0001")}))
    )

    assert explanation.proof == "counting"
    assert {demand.name.code for demand in explanation.conflict} == {"include", "exclude"}
    assert explanation.repairs[0].is_verified


def test_items_that_stand_together_or_not_at_all_overfill_a_cell() -> None:
    pool = bank()
    together = AllOrNone(frozenset(pool.item_ids[0:120:24]))

    explanation = explain_infeasibility(
        pool, blueprint(exactly(3, module="IU01", level="NB"), together, MustInclude(frozenset({"Q0000"}))), repairs=3
    )

    assert {demand.name.code for demand in explanation.conflict} == {"count", "all_or_none", "include"}
    # Letting the item out costs 2, two more items of the cell cost 2, giving up the rule 5.
    assert [repair.cost for repair in explanation.repairs] == [2.0, 2.0]
    loose = explain_infeasibility(
        pool,
        blueprint(exactly(3, module="IU01", level="NB"), together, MustInclude(frozenset({"Q0000"}))),
        weights={"include": math.inf, "count": math.inf},
    )
    assert str(loose.repairs[0]) == "drop all or none"
    assert not any(isinstance(rule, AllOrNone) for rule in loose.repairs[0].specification.requirements)


def test_curves_that_no_items_reach_are_told_with_the_length() -> None:
    pool = bank()
    for measure, minimum in ((Information(0.0), 25.0), (ExpectedScore(0.0), 39.0)):
        explanation = explain_infeasibility(pool, blueprint(Range(measure, minimum)))
        assert "length at most 40" in told(explanation)
        assert explanation.repairs[0].is_verified


def test_parts_that_cannot_fill_the_form_are_told_by_their_headings() -> None:
    parts = (
        Part("basics", {"level": ("NB", "TH")}, (Range(Count(), 0, 20),)),
        Part("practice", {"level": ("VD", "VDC")}, (Range(Count(), 0, 15),)),
    )

    explanation = explain_infeasibility(bank(), blueprint(levels=(8, 8, 4, 4), parts=parts))

    assert told(explanation) == {"length at least 40", "basics: length at most 20", "practice: length at most 15"}
    repaired = explanation.repairs[0].specification
    assert sum(row.maximum for part in repaired.parts for row in part.requirements) == 40
    assert explanation.repairs[0].is_verified


def test_words_of_passages_count_towards_a_total() -> None:
    # Both passages have 140 words, the six items another 120 at most: two stimuli never stay below 150 words …
    pool = passage_pool()
    specification = TestSpecification(
        n_forms=1, requirements=(length(2), StimulusSets(2, 2), Range(Total("words"), maximum=150.0))
    )

    explanation = explain_infeasibility(pool, specification)

    assert told(explanation) == {"words at most 150", "stimuli at least 2"}
    # … but 160 is reached by the shortest item of each.
    assert str(explanation.repairs[0]) == "words maximum +10"


def test_a_contradiction_of_whole_numbers_alone_is_found() -> None:
    # Halves of items reach 2.5 with every item counted twice or thrice; whole items add up to whole numbers.
    pool = even_pool([1.0] * 6, quantities={"points": np.array([2.0, 2.0, 2.0, 4.0, 4.0, 4.0])})
    specification = TestSpecification(
        n_forms=1, requirements=(length(2), Range(Total("points"), 4.5, 5.5, name="marks"))
    )

    explanation = explain_infeasibility(pool, specification)

    assert told(explanation) == {"marks at least 4.5", "marks at most 5.5"}
    assert (explanation.proof, explanation.is_minimal) == ("integer", True)
    assert explanation.repairs[0].is_verified


@pytest.mark.parametrize(("n_forms", "possible"), [(3, True), (4, False)])
def test_a_cell_supplies_so_many_forms_and_no_more(n_forms: int, possible: bool) -> None:
    # 240 items are 10 per cell; IU01 × NB needs 3 per form, so three forms have enough and four do not.
    specification = blueprint(exactly(3, module="IU01", level="NB"), n_forms=n_forms, across=(ItemUse(1),))

    explanation = explain_infeasibility(bank(), specification, repairs=3)

    if possible:
        assert explanation.proof == "none"
        return
    (shortage,) = explanation.shortages
    assert (shortage.needed, shortage.available, shortage.per_form, shortage.n_forms) == (12, 10, 3, 4)
    assert told(explanation) == {"IU01 × NB at least 3", "item use at most 1"}
    assert str(explanation.repairs[0]) == "IU01 × NB minimum −1"
    assert str(explanation.repairs[-1]) == "number of forms minimum −1"
    assert all(repair.is_verified for repair in explanation.repairs)
    assert explanation.repairs[-1].specification.n_forms == 3


def test_anchors_serve_every_form() -> None:
    specification = blueprint(
        exactly(3, module="IU01", level="NB"), MustInclude(frozenset({"Q0000"})), n_forms=4, across=(ItemUse(1),)
    )

    assert explain_infeasibility(bank(), specification).proof == "none"


def test_forms_without_common_items_need_as_many_items_as_they_hold() -> None:
    pool = even_pool([1.0] * 5)
    specification = TestSpecification(n_forms=2, requirements=(length(3),), across=(PairOverlap(0),))

    explanation = explain_infeasibility(pool, specification)

    assert told(explanation) == {"length at least 3", "pair overlap at most 0"}
    assert {str(repair) for repair in explanation.repairs} == {"pair overlap maximum +1"}
    assert explanation.repairs[0].is_verified


def test_forms_that_cannot_be_alike_are_told_by_their_closeness() -> None:
    # One of the two forms has the item of ten words.
    pool = even_pool([1.0] * 4, quantities={"words": np.array([1.0, 1.0, 1.0, 10.0])})
    close = Closeness(Total("words"), absolute=8.0)
    specification = TestSpecification(n_forms=2, requirements=(length(2),), across=(ItemUse(1), close))

    explanation = explain_infeasibility(pool, specification)

    assert told(explanation) == {"length at least 2", "item use at most 1", "closeness of words at most 8"}
    assert explanation.proof == "integer"
    closer = explain_infeasibility(pool, specification, weights={"length": math.inf, "item_use": math.inf})
    (repair,) = closer.repairs
    assert (str(repair), repair.is_verified) == ("closeness of words maximum +1", True)


def test_an_item_that_must_be_used_more_often_than_there_are_forms_is_told_by_counting() -> None:
    specification = TestSpecification(n_forms=2, requirements=(length(2),), across=(ItemUse(3, minimum=3),))

    explanation = explain_infeasibility(even_pool([1.0] * 4), specification, repairs=0)

    assert (told(explanation), explanation.proof) == ({"item use at least 3"}, "counting")


@pytest.mark.parametrize("stimuli", [StimulusSets(3, 3, 2, 3), StimulusSets(1, 2, 3, 3)])
def test_stimuli_short_of_items_are_counted(stimuli: StimulusSets) -> None:
    pool = passage_pool()
    out = MustExclude(frozenset({"q1", "q4"}))
    specification = TestSpecification(n_forms=1, requirements=(length(1, 8), stimuli, out))

    explanation = explain_infeasibility(pool, specification)

    (shortage,) = explanation.shortages
    assert shortage.needed == stimuli.minimum
    assert shortage.available == (2 if stimuli.items_minimum == 2 else 0)
    assert explanation.proof != "none"
    assert explanation.repairs == () or explanation.repairs[0].is_verified


def test_scipy_finds_the_same_conflict() -> None:
    programme = demand_programme(bank(), blueprint(levels=(12, 12, 8, 14)))

    ours, theirs = find_conflict(programme), find_conflict(programme, backend="scipy")

    assert ours == theirs


def test_the_explanation_is_json_and_the_error_carries_it() -> None:
    explanation = explain_infeasibility(
        bank(), blueprint(MustInclude(frozenset({"Q0000"})), MustExclude(where={"item": ANY, "module": "IU02"}))
    )

    error = InfeasibleError(explanation)

    assert json.loads(json.dumps(explanation.to_dict())) == explanation.to_dict() == error.data
    assert (error.code, error.explanation) == ("infeasible", explanation)
    assert str(error).startswith("short of IU02")


def test_names_that_the_pool_does_not_have_are_refused() -> None:
    with pytest.raises(SpecificationError) as caught:
        explain_infeasibility(bank(), blueprint(exactly(1, topic="x")))
    assert caught.value.code == "unknown_attribute"


# Brute force: every form of a pool of eight items.

POOL = passage_pool()
FORMS = all_forms(POOL, range(9))


def amount(pool: ItemPool, demand: Demand, form: tuple[str, ...]) -> float:
    """The figure that a demand speaks of, from the form's items."""
    data, chosen = demand.name.data, [pool.places[item] for item in form]
    stimuli = Counter(pool.stimuli[place] for place in chosen if pool.stimuli[place])
    match demand.name.code:
        case "length":
            return len(form)
        case "count":
            return math.fsum(pool.attributes["part"][place] == data["where"]["part"] for place in chosen)
        case "total":
            words = sum(float(pool.quantities["words"][place]) for place in chosen)
            return words + math.fsum(pool.stimulus_quantities["words"][stimulus] for stimulus in stimuli)
        case "enemies":
            return len(set(data["items"]) & set(form))
        case "stimuli":
            return len(stimuli)
        case "stimulus_items":
            sizes = [float(size) for size in stimuli.values()] or [demand.bound or 0.0]
            return min(sizes) if demand.side == "minimum" else max(sizes)
    raise AssertionError(demand.name.code)


def miss(pool: ItemPool, demand: Demand, form: tuple[str, ...]) -> float:
    """By how much a form fails a demand, in the demand's unit."""
    match demand.name.code:
        case "include":
            return len(set(demand.name.data["items"]) - set(form))
        case "exclude":
            return len(set(demand.name.data["items"]) & set(form))
    assert demand.bound is not None
    value = amount(pool, demand, form)
    return max(0.0, demand.bound - value if demand.side == "minimum" else value - demand.bound)


@st.composite
def demanding(draw: st.DrawFn) -> TestSpecification:
    """Mostly too demanding specifications for ``passage_pool``."""
    size = draw(st.integers(1, 6))
    words = draw(st.integers(20, 260))
    stimuli = draw(st.integers(0, 2))
    requirements: list[Requirement] = [
        length(size, draw(st.integers(size, 6))),
        Range(Count({"part": "x"}), draw(st.integers(0, 4)), draw(st.integers(4, 5))),
        Range(Count({"part": "y"}), draw(st.integers(0, 2)), draw(st.integers(2, 4))),
        Range(Total("words"), words, words + draw(st.integers(0, 40))),
        StimulusSets(stimuli, 2, draw(st.integers(1, 3)), 3),
        EnemyLimit(),
    ]
    included = draw(st.sets(st.sampled_from(["q1", "q7", "q8"]), max_size=2))
    if included:
        requirements.append(MustInclude(frozenset(included)))
    excluded = draw(st.sets(st.sampled_from(["q2", "q4", "q5"]), max_size=2))
    if excluded:
        requirements.append(MustExclude(frozenset(excluded)))
    return TestSpecification(n_forms=1, requirements=tuple(requirements))


@settings(max_examples=35, deadline=None)
@given(demanding())
def test_conflicts_and_repairs_are_those_of_every_possible_form(specification: TestSpecification) -> None:
    possible = any(not check_forms(POOL, specification, [form]) for form in FORMS)

    explanation = explain_infeasibility(POOL, specification)

    if possible:
        assert explanation.proof == "none"
        return
    conflict = explanation.conflict
    assert explanation.is_minimal
    assert not any(all(miss(POOL, demand, form) < 1e-6 for demand in conflict) for form in FORMS)
    for left_out in conflict:
        others = [demand for demand in conflict if demand is not left_out]
        assert any(all(miss(POOL, demand, form) < 1e-6 for demand in others) for form in FORMS)
    (repair,) = explanation.repairs
    assert repair.is_verified
    assert any(not check_forms(POOL, repair.specification, [form]) for form in FORMS)


WEIGHT_OF_A_WORD = 8.0 / sum([10.0, 20.0, 30.0, 10.0, 20.0, 30.0, 5.0, 6.0])
WEIGHTS: dict[str, float] = {
    "length": 2.0,
    "count": 1.0,
    "total": WEIGHT_OF_A_WORD,
    "enemies": 10.0,
    "stimuli": 3.0,
    "stimulus_items": 10.0,
    "include": 2.0,
    "exclude": 1.0,
}


@settings(max_examples=30, deadline=None)
@given(demanding())
def test_no_form_misses_the_specification_by_less_than_the_cheapest_repair(specification: TestSpecification) -> None:
    explanation = explain_infeasibility(POOL, specification)
    if explanation.proof == "none":
        return
    demands = demand_programme(POOL, specification).demands
    cheapest = min(sum(WEIGHTS[demand.name.code] * miss(POOL, demand, form) for demand in demands) for form in FORMS)

    (repair,) = explanation.repairs

    assert repair.proven_cost <= cheapest * 1.003 + 1e-6
    assert math.isclose(repair.cost, cheapest, rel_tol=0.06)


def test_what_the_node_limit_leaves_open_is_not_told_as_a_conflict() -> None:
    # Market split problems (Cornuéjols & Dawande, 1998) are easy for fractions and need very many nodes.
    rng = np.random.default_rng(4)
    quantities = {f"sum{row}": rng.integers(0, 100, 30).astype(np.float64) for row in range(4)}
    halves = [Range(Total(name), amounts.sum() // 2, amounts.sum() // 2) for name, amounts in quantities.items()]
    specification = TestSpecification(n_forms=1, requirements=(length(0, 30), *halves))

    explanation = explain_infeasibility(even_pool([1.0] * 30, quantities=quantities), specification, nodes=1)

    assert (explanation.proof, explanation.is_minimal) == ("none", False)
    assert not explanation.conflict
    assert not explanation.repairs
