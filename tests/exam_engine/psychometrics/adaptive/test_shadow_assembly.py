from typing import Literal

import numpy as np
import pytest

from exam_engine.psychometrics.adaptive import AdaptiveTestError, shadow_assembly
from exam_engine.psychometrics.adaptive.shadow_assembly import ShadowAssembler, ShadowDemand, ShadowTest
from exam_engine.psychometrics.adaptive.shadow_search import SearchResult
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly import (
    Count,
    EnemyLimit,
    ItemPool,
    MustExclude,
    MustInclude,
    Range,
    StimulusSets,
    TestSpecification,
    Total,
    check_forms,
    length,
)
from exam_engine.psychometrics.assembly.solver import Solution, solve
from exam_engine.psychometrics.response_functions import fisher_information
from tests.exam_engine.psychometrics.adaptive.shadow_pools import topic_pool, topic_specification
from tests.exam_engine.psychometrics.assembly.small_pools import all_forms, even_pool, passage_pool

Backend = Literal["highspy", "scipy"]
BACKENDS: tuple[Backend, ...] = ("highspy", "scipy")
NOTHING = np.empty(0, dtype=np.intp)

PASSAGES = TestSpecification(
    n_forms=1,
    requirements=(
        length(4),
        EnemyLimit(),
        StimulusSets(1, 1, 2, 3),
        Range(Total("words"), 80.0, 170.0),
        Range(Count({"part": "y"}), 1, 3),
    ),
)


def information_at(theta: float, pool: ItemPool) -> FloatArray:
    result: FloatArray = fisher_information(np.array([theta]), pool.parameters)[0]
    return result


def demand(
    theta: float,
    pool: ItemPool,
    given: IntArray = NOTHING,
    closed: IntArray = NOTHING,
    barred: BoolArray | None = None,
) -> ShadowDemand:
    return ShadowDemand(information=information_at(theta, pool), given=given, closed=closed, barred=barred)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("given", "closed"), [((), ()), (("q8",), ()), (("q4", "q8"), ("q1", "q2", "q3")), ((), ("q6",))]
)
def test_shadow_test_is_the_best_of_all_forms_that_hold_what_was_given(
    backend: Backend, given: tuple[str, ...], closed: tuple[str, ...]
) -> None:
    pool = passage_pool()
    assembler = ShadowAssembler(pool, PASSAGES, backend=backend)
    forms = [
        form
        for form in all_forms(pool, range(4, 5))
        if set(given) <= set(form) and not set(closed) & set(form) and not check_forms(pool, PASSAGES, [form])
    ]
    for theta in (-2.0, 0.0, 1.5):
        information = information_at(theta, pool)
        best = max(information[pool.indices(form)].sum() for form in forms)
        shadow = assembler.assemble(demand(theta, pool, pool.indices(given), pool.indices(closed)))
        assert shadow.objective == pytest.approx(best, abs=1e-9)
        assert information[shadow.items].sum() == pytest.approx(best, abs=1e-9)
        assert tuple(pool.item_ids[item] for item in shadow.items) in forms


@pytest.mark.parametrize("stimuli", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_objective_equals_that_of_a_fresh_integer_programme_all_along_a_test(seed: int, stimuli: bool) -> None:
    pool = topic_pool(seed, n_stimuli=6 if stimuli else 0)
    specification = topic_specification(stimuli=stimuli)
    assembler = ShadowAssembler(pool, specification)
    rng = np.random.default_rng(seed)
    shadow: ShadowTest | None = None
    given: list[int] = []
    for _ in range(12):
        now = demand(float(rng.normal()), pool, np.array(given, dtype=np.intp))
        shadow = assembler.assemble(now, previous=shadow)
        assert shadow.objective == pytest.approx(assembler.optimum(now), abs=1e-6)
        assert check_forms(pool, specification, [[pool.item_ids[item] for item in shadow.items]]) == ()
        assert set(given) <= set(shadow.items.tolist())
        given.append(int(rng.choice(np.setdiff1d(shadow.items, given))))


@pytest.mark.parametrize("backend", BACKENDS)
def test_barred_items_stay_out_while_a_test_without_them_exists(backend: Backend) -> None:
    pool = even_pool([3.0, 2.5, 2.0, 1.0, 0.9, 0.8])
    specification = TestSpecification(n_forms=1, requirements=(length(3), Range(Count({"part": "x"}), 2, 2)))
    barred = np.array([True, False, False, True, True, False])
    shadow = ShadowAssembler(pool, specification, backend=backend).assemble(demand(0.0, pool, barred=barred))
    assert [pool.item_ids[item] for item in shadow.items] == ["q2", "q3", "q6"]
    assert shadow.n_barred == 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_as_few_barred_items_as_possible_come_in_when_none_would_leave_no_test(backend: Backend) -> None:
    pool = even_pool([3.0, 2.5, 2.0, 1.0, 0.9, 0.8])
    specification = TestSpecification(n_forms=1, requirements=(length(3), Range(Count({"part": "x"}), 2, 2)))
    barred = np.array([True, True, False, True, True, False])
    shadow = ShadowAssembler(pool, specification, backend=backend).assemble(demand(0.0, pool, barred=barred))
    assert [pool.item_ids[item] for item in shadow.items] == ["q1", "q3", "q6"]
    assert shadow.n_barred == 1


def test_items_given_before_they_were_barred_do_not_count_as_barred() -> None:
    pool = even_pool([3.0, 2.5, 2.0, 1.0])
    specification = TestSpecification(n_forms=1, requirements=(length(2),))
    barred = np.array([True, False, False, False])
    shadow = ShadowAssembler(pool, specification).assemble(demand(0.0, pool, np.array([0]), barred=barred))
    assert [pool.item_ids[item] for item in shadow.items] == ["q1", "q2"]
    assert shadow.n_barred == 0
    assert shadow.objective == pytest.approx(information_at(0.0, pool)[:2].sum())


def test_barred_stimulus_stays_out_and_its_items_with_it() -> None:
    pool = passage_pool()
    assembler = ShadowAssembler(pool, PASSAGES)
    free = assembler.assemble(demand(0.0, pool))
    stimulus = int(pool.stimulus_of[free.items].max())
    barred = np.zeros(8 + 2, dtype=np.bool_)
    barred[8 + stimulus] = True
    shadow = assembler.assemble(demand(0.0, pool, barred=barred))
    assert stimulus not in pool.stimulus_of[shadow.items]
    assert shadow.n_barred == 0


def test_items_of_every_form_are_in_every_shadow_test_and_excluded_ones_in_none() -> None:
    pool = even_pool([3.0, 2.5, 2.0, 1.0])
    requirements = (length(2), MustInclude(frozenset({"q4"})), MustExclude(frozenset({"q1"})))
    assembler = ShadowAssembler(pool, TestSpecification(n_forms=1, requirements=requirements))
    assert [pool.item_ids[item] for item in assembler.assemble(demand(0.0, pool)).items] == ["q2", "q4"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_items_given_that_no_test_can_hold_together_are_refused_by_name(backend: Backend) -> None:
    pool = passage_pool()
    assembler = ShadowAssembler(pool, PASSAGES, backend=backend)
    with pytest.raises(AdaptiveTestError, match="2 items given") as refusal:
        assembler.assemble(demand(0.0, pool, pool.indices(["q1", "q7"])))
    assert refusal.value.code == "infeasible"
    assert refusal.value.data == {"given": ["q1", "q7"]}


def test_item_given_that_the_specification_excludes_is_refused_by_name() -> None:
    pool = even_pool([1.0, 2.0, 3.0])
    specification = TestSpecification(n_forms=1, requirements=(length(2), MustExclude(frozenset({"q2"}))))
    with pytest.raises(AdaptiveTestError, match="'q2'") as refusal:
        ShadowAssembler(pool, specification).assemble(demand(0.0, pool, np.array([1])))
    assert refusal.value.code == "unknown_item"


def test_solver_takes_over_when_our_search_runs_out_of_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = topic_pool(1, n_stimuli=6)
    now = demand(0.3, pool)
    by_search = ShadowAssembler(pool, topic_specification(stimuli=True)).assemble(now)
    assert by_search.solved_by == "branch_and_bound"
    monkeypatch.setattr(shadow_assembly, "FIRST_NODES", 1)
    monkeypatch.setattr(shadow_assembly, "MAX_NODES", 1)
    by_solver = ShadowAssembler(pool, topic_specification(stimuli=True)).assemble(now)
    assert by_solver.solved_by == "integer_programme"
    assert by_solver.objective == pytest.approx(by_search.objective, abs=1e-6)


def test_point_that_breaks_a_row_after_rounding_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = passage_pool()
    assembler = ShadowAssembler(pool, PASSAGES)
    honest = assembler.assemble(demand(0.0, pool))

    def careless(*_: object, **__: object) -> SearchResult:
        return SearchResult(np.ones(10), 0.0, None, None, 1, is_proved=True)

    monkeypatch.setattr(shadow_assembly, "best_point", careless)
    shadow = assembler.assemble(demand(0.0, pool))
    assert shadow.items.tolist() == honest.items.tolist()
    assert shadow.solved_by in ("relaxation", "integer_programme")


def test_no_test_is_given_when_the_solver_is_wrong_too(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = passage_pool()
    assembler = ShadowAssembler(pool, PASSAGES, backend="scipy")
    honest = solve

    def careless(*arguments: object, **options: object) -> Solution:
        solution = honest(*arguments, **options)  # type: ignore[arg-type]
        return Solution("optimal", np.ones(10), solution.value, solution.bound, 1)

    monkeypatch.setattr(shadow_assembly, "solve", careless)
    with pytest.raises(AdaptiveTestError, match="does not meet the specification") as refusal:
        assembler.assemble(demand(0.0, pool))
    assert refusal.value.code == "unverified"


def test_shadow_test_is_read_back_as_it_was_stored() -> None:
    pool = passage_pool()
    shadow = ShadowAssembler(pool, PASSAGES).assemble(demand(0.0, pool))
    again = ShadowTest.from_dict(shadow.to_dict())
    assert again.to_dict() == shadow.to_dict()
    assert again.basis is not None
