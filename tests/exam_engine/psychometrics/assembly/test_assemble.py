from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from exam_engine.psychometrics import (
    AssemblySettings,
    AssemblyStoppedError,
    CellRequirement,
    InfeasibleError,
    ItemPool,
    TestSpecification,
    assemble_forms,
    check_forms,
)
from exam_engine.psychometrics.assembly import assemble
from tests.exam_engine.psychometrics.assembly.pools import (
    COUNTS,
    LEVELS,
    MODULES,
    make_pool,
    make_specification,
    tiny_pool,
)


@pytest.mark.parametrize(("n_items", "seed"), [(240, 1), (240, 2), (1000, 3)])
def test_two_forms_of_forty_questions_are_parallel_and_near_the_proved_best(n_items: int, seed: int) -> None:
    pool, specification = make_pool(n_items, seed), make_specification()

    result = assemble_forms(pool, specification)

    assert result.status == "optimal"
    assert 0.0 <= result.gap <= 0.0101
    assert result.objective == min(form.information[0] for form in result.forms)
    first, second = result.forms
    assert set(first.item_ids).isdisjoint(second.item_ids)
    for one, other in zip(first.information, second.information, strict=True):
        assert max(one, other) <= 1.0201 * min(one, other)
    assert abs(first.expected_score - second.expected_score) <= 0.5
    for form in result.forms:
        assert form.seconds is not None
        assert 2280.0 <= form.seconds <= 2520.0
        cells = [pool.item_ids.index(item) for item in form.item_ids]
        table = {(module, level): 0 for module in MODULES for level in LEVELS}
        for index in cells:
            table[pool.attributes["module"][index], pool.attributes["level"][index]] += 1
        assert table == {
            (module, level): COUNTS[level][number] for number, module in enumerate(MODULES) for level in LEVELS
        }


def test_the_same_input_gives_the_same_forms() -> None:
    pool, specification = make_pool(144, 4), make_specification()

    assert assemble_forms(pool, specification) == assemble_forms(pool, specification)


@pytest.mark.parametrize("seed", range(3))
def test_guessing_counts_in_what_is_most_informative(seed: int) -> None:
    rng = np.random.default_rng(seed)
    c = rng.uniform(0.0, 0.35, 9)
    pool = tiny_pool(rng.uniform(0.5, 2.0, 9).tolist(), b=rng.normal(size=9), c=c)
    asked = TestSpecification(n_forms=1, length=3, theta_cut=0.2)
    logistic = 1 / (1 + np.exp(-pool.a * (0.2 - pool.b)))
    p = c + (1 - c) * logistic
    # Birnbaum (1968): I = a² (1 − P)/P ((P − c)/(1 − c))².
    information = pool.a**2 * (1 - p) / p * logistic**2

    result = assemble_forms(pool, asked, AssemblySettings(relative_gap=0.0))

    [form] = result.forms
    assert set(form.item_ids) == {pool.item_ids[index] for index in np.argsort(information)[-3:]}
    assert form.information[0] == pytest.approx(np.sort(information)[-3:].sum())
    assert form.expected_score == pytest.approx(p[np.argsort(information)[-3:]].sum())


def small_problem(seed: int) -> tuple[ItemPool, TestSpecification, float]:
    """Two forms of 3 of 8 items, and the best objective found by trying every pair of forms."""
    rng = np.random.default_rng(seed)
    pool = tiny_pool(rng.uniform(0.5, 2.0, 8).tolist(), b=rng.normal(size=8))
    asked = TestSpecification(
        n_forms=2, length=3, theta_cut=0.2, information_tolerance=0.1, cells=(CellRequirement({"part": "x"}, 1, 2),)
    )
    z = pool.a * (0.2 - pool.b)
    information = pool.a**2 * np.exp(-z) / (1 + np.exp(-z)) ** 2
    best = 0.0
    for one in combinations(range(8), 3):
        for other in combinations(sorted(set(range(8)) - set(one)), 3):
            low, high = sorted([information[list(one)].sum(), information[list(other)].sum()])
            balanced = all(1 <= sum(index < 4 for index in form) <= 2 for form in (one, other))
            if balanced and high <= 1.1 * low:
                best = max(best, float(low))
    return pool, asked, best


@pytest.mark.parametrize("seed", range(6))
def test_a_small_problem_has_the_optimum_found_by_trying_everything(seed: int) -> None:
    pool, asked, best = small_problem(seed)

    result = assemble_forms(pool, asked, AssemblySettings(relative_gap=0.0, target_tolerance=0.1))

    assert result.objective == pytest.approx(best, rel=1e-9)
    assert result.bound == pytest.approx(best, rel=1e-6)


def test_stopping_early_leaves_a_bound_that_the_best_forms_do_not_exceed() -> None:
    stopped_early = 0
    for seed in range(12):
        pool, asked, best = small_problem(seed)
        result = assemble_forms(pool, asked, AssemblySettings(relative_gap=0.9, target_tolerance=0.1))
        assert result.objective <= best * (1 + 1e-9)
        assert result.bound >= best * (1 - 1e-9)
        assert result.gap == pytest.approx(result.bound / result.objective - 1)
        stopped_early += result.objective < 0.999 * best

    assert stopped_early > 0


def test_three_forms_share_no_item_and_keep_enemies_apart() -> None:
    pool, specification = make_pool(240, 2), make_specification(n_forms=3, theta_points=())

    forms = [set(form.item_ids) for form in assemble_forms(pool, specification).forms]

    assert len(set.union(*forms)) == 120
    for enemies in pool.enemies:
        assert all(len(enemies & form) <= 1 for form in forms)


def test_anchor_items_are_in_every_form_and_excluded_items_in_none() -> None:
    anchors, barred = frozenset(["Q0000", "Q0007"]), frozenset(["Q0001", "Q0002", "Q0003"])
    pool, specification = make_pool(), make_specification(include=anchors, exclude=barred)

    forms = [set(form.item_ids) for form in assemble_forms(pool, specification).forms]

    assert forms[0] & forms[1] == anchors
    assert not barred & (forms[0] | forms[1])


def test_an_item_may_be_used_as_often_as_allowed() -> None:
    pool = tiny_pool([2.0, 2.0, 2.0, 0.1, 0.1, 0.1])
    often = TestSpecification(n_forms=3, length=2, theta_cut=0.0, max_uses=2)

    result = assemble_forms(pool, often)

    uses = [sum(item in form.item_ids for form in result.forms) for item in pool.item_ids]
    assert uses == [2, 2, 2, 0, 0, 0]
    assert result.objective == pytest.approx(2.0)


def test_the_specifications_tolerance_is_used_when_the_tighter_target_fails() -> None:
    # Informations 1.00 and 1.21 quarter: forms of one item each differ by 21 % at best.
    pool = tiny_pool([1.0, 1.1])
    asked = TestSpecification(n_forms=2, length=1, theta_cut=0.0, information_tolerance=0.211)

    assert assemble_forms(pool, asked).information_tolerance == 0.211
    with pytest.raises(InfeasibleError):
        assemble_forms(pool, TestSpecification(n_forms=2, length=1, theta_cut=0.0, information_tolerance=0.209))


def test_a_pool_without_times_assembles_without_a_limit_on_time() -> None:
    result = assemble_forms(make_pool(expected_seconds=None), make_specification(seconds=None))

    assert all(form.seconds is None for form in result.forms)


def test_running_out_of_nodes_without_forms_is_not_called_infeasible() -> None:
    # Expected scores equal to nine digits: such forms may exist, but one node does not find them.
    pool = make_pool(48, 5, enemies=(), expected_seconds=None)
    asked = TestSpecification(n_forms=2, length=20, theta_cut=0.0, score_tolerance=1e-9)

    with pytest.raises(AssemblyStoppedError, match="within 1 branch-and-bound nodes") as caught:
        assemble_forms(pool, asked, AssemblySettings(node_limit=1))
    assert caught.value.code == "node_limit"


def test_forms_that_fail_the_independent_check_are_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, asked = tiny_pool([1.0] * 4), TestSpecification(n_forms=2, length=2, theta_cut=0.0)
    complaint = check_forms(pool, asked, [["q1", "q2"], ["q1", "q3"]])
    monkeypatch.setattr(assemble, "check_forms", lambda *_: complaint)

    with pytest.raises(AssemblyStoppedError) as caught:
        assemble_forms(pool, asked)
    assert caught.value.code == "unverified"
    assert caught.value.violations == complaint


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"relative_gap": -0.1}, "relative_gap"),
        ({"relative_gap": 1.0}, "relative_gap"),
        ({"node_limit": 0}, "node_limit"),
        ({"target_tolerance": 0.0}, "target_tolerance"),
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, float], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        AssemblySettings(**changes)  # type: ignore[arg-type]  # one dict for fields of different types


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000),
    st.integers(1, 3),
    st.integers(1, 4),
    st.integers(1, 2),
    st.integers(0, 3),
    st.floats(0.05, 1.0),
)
def test_whatever_is_returned_passes_the_check_and_never_exceeds_its_bound(
    seed: int, n_forms: int, length: int, max_uses: int, n_from_x: int, tolerance: float
) -> None:
    rng = np.random.default_rng(seed)
    pool = tiny_pool(rng.uniform(0.5, 2.0, 12).tolist(), b=rng.normal(size=12), enemies=(frozenset(["q1", "q2"]),))
    asked = TestSpecification(
        n_forms=n_forms,
        length=length,
        theta_cut=0.0,
        max_uses=max_uses,
        information_tolerance=tolerance,
        cells=(CellRequirement({"part": "x"}, 0, n_from_x),),
    )
    try:
        result = assemble_forms(pool, asked)
    except InfeasibleError:
        reject()

    assert check_forms(pool, asked, [form.item_ids for form in result.forms]) == ()
    assert result.objective <= result.bound
