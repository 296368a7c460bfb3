from typing import Literal, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.assembly import (
    AllOrNone,
    AnyForms,
    AssemblyProgress,
    AssemblySettings,
    AssemblyStoppedError,
    Closeness,
    Count,
    EnemyLimit,
    ExpectedScore,
    Extreme,
    InfeasibleError,
    Information,
    Interval,
    ItemPool,
    ItemUse,
    Maximin,
    MinimaxTarget,
    MustExclude,
    MustInclude,
    PairOverlap,
    Part,
    Range,
    StimulusSets,
    TestSpecification,
    Total,
    assemble_forms,
    check_forms,
    exactly,
    length,
)
from exam_engine.psychometrics.assembly import result as result_module
from exam_engine.psychometrics.assembly.result import Engine
from tests.exam_engine.psychometrics.assembly.random_problems import best_value, random_pool, random_specification
from tests.exam_engine.psychometrics.assembly.small_pools import even_pool, passage_pool

ENGINES: tuple[Engine, ...] = get_args(Engine)
MODULES = ("IU01", "IU02", "IU03", "IU04")
SHORT = AssemblySettings(iterations=1_500)


def bank(n_items: int = 240, seed: int = 1) -> ItemPool:
    """Four modules, two levels, twelve stimuli of five items and eight enemy pairs."""
    rng = np.random.default_rng(seed)
    names = [f"Q{index:04}" for index in range(n_items)]
    order = rng.permutation(n_items)
    stimuli = [""] * n_items
    modules = [MODULES[int(number)] for number in rng.integers(0, 4, n_items)]
    for place, item in enumerate(order[:60].tolist()):
        stimuli[item] = f"S{place // 5:02}"
        modules[item] = MODULES[place // 5 % 4]
    alone = order[60:76]
    return ItemPool(
        parameters=ItemParameters.dichotomous(names, rng.lognormal(0.1, 0.3, n_items), rng.normal(size=n_items)),
        attributes={"module": modules, "level": ["NB" if draw < 0.6 else "VD" for draw in rng.random(n_items)]},
        quantities={
            "seconds": rng.uniform(30.0, 90.0, n_items),
            "seconds_variance": rng.uniform(100.0, 400.0, n_items),
            "words": rng.integers(10, 80, n_items).astype(np.float64),
        },
        stimuli=tuple(stimuli),
        stimulus_quantities={"words": {f"S{number:02}": float(rng.integers(80, 160)) for number in range(12)}},
        enemies=tuple(frozenset({names[one], names[other]}) for one, other in alone.reshape(-1, 2).tolist()),
    )


def blueprint(**changes: object) -> TestSpecification:
    parts: dict[str, object] = {
        "n_forms": 4,
        "requirements": (
            length(24),
            *(exactly(6, module=module) for module in MODULES),
            Range(Count({"level": "VD"}), 7, 12),
            Range(Total("seconds"), 1200.0, 1600.0),
            Range(Total("words"), 900.0, 1600.0),
            EnemyLimit(),
            StimulusSets(1, 2, 3, 4),
        ),
        "across": (ItemUse(1),),
        "objective": Maximin((Information(-1.0), Information(0.0), Information(1.0))),
    }
    return TestSpecification(**(parts | changes))  # type: ignore[arg-type]  # one dict for fields of different types


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", [0, 2, 6, 9, 14, 17, 21, 25])
def test_every_engine_stays_between_its_bound_and_the_optimum_found_by_trying_everything(
    engine: Engine, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    with_stimuli = seed % 2 == 1
    pool, asked = random_pool(rng, with_stimuli=with_stimuli), random_specification(rng, with_stimuli=with_stimuli)
    best = best_value(pool, asked)
    assert best is not None, "the seeds are chosen so that forms exist"

    result = assemble_forms(pool, asked, AssemblySettings(engine=engine, iterations=400, relative_gap=0.0))

    if isinstance(asked.objective, Maximin):
        assert result.value <= best * (1 + 1e-9)
        assert result.bound >= best * (1 - 1e-9)
    else:
        assert result.value >= best * (1 - 1e-9)
        assert result.bound <= best * (1 + 1e-9) + 1e-9
    if engine == "exact":
        assert result.value == pytest.approx(best, rel=1e-7, abs=1e-9)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 100_000), st.booleans())
def test_small_problems_are_solved_to_their_optimum_or_truly_infeasible(seed: int, with_stimuli: bool) -> None:
    rng = np.random.default_rng(seed)
    pool = random_pool(rng, with_stimuli=with_stimuli)
    asked = random_specification(rng, with_stimuli=with_stimuli)
    best = best_value(pool, asked)

    if best is None:
        with pytest.raises(InfeasibleError):
            assemble_forms(pool, asked, AssemblySettings(relative_gap=0.0, iterations=300))
        return
    result = assemble_forms(pool, asked, AssemblySettings(relative_gap=0.0, iterations=300))
    assert check_forms(pool, asked, [form.item_ids for form in result.forms]) == ()
    assert result.value == pytest.approx(best, rel=1e-6, abs=1e-7)


def test_parallel_forms_come_within_one_percent_of_a_bound_that_no_forms_can_beat() -> None:
    pool, asked = bank(), blueprint()

    result = assemble_forms(pool, asked, AssemblySettings(relative_gap=0.01))

    assert result.stop_reason == "gap"
    assert result.engine == "swap"
    assert result.gap <= 0.01
    assert result.value == min(min(form.measures) for form in result.forms)


@pytest.mark.parametrize("engine", ["swap", "big_shadow_test"])
def test_forms_hit_a_target_of_information_score_and_time_together(engine: Literal["swap", "big_shadow_test"]) -> None:
    measures = (
        Information(-0.5),
        Information(0.5),
        ExpectedScore(0.0),
        Total("seconds", with_stimuli=False),
        Total("seconds_variance", with_stimuli=False),
    )
    target = MinimaxTarget(measures, (5.0, 5.0, 12.0, 1400.0, 6000.0), tolerance=0.02)
    pool, asked = bank(), blueprint(objective=target)

    result = assemble_forms(pool, asked, AssemblySettings(engine=engine, nodes=5))

    assert result.stop_reason == "tolerance"
    assert result.value <= 0.02
    for form in result.forms:
        for found, aim in zip(form.measures, target.targets, strict=True):
            assert abs(found - aim) <= 0.02 * aim


@pytest.mark.parametrize("engine", ["swap", "big_shadow_test"])
def test_forms_are_as_close_as_asked_at_the_cut_and_beside_it(engine: Literal["swap", "big_shadow_test"]) -> None:
    measures = [Information(theta) for theta in (-1.0, 0.0, 1.0)]
    across = (ItemUse(1), *(Closeness(measure, relative=0.02) for measure in measures))
    across = (*across, Closeness(ExpectedScore(0.0), absolute=0.2))
    pool, asked = bank(), blueprint(across=across, objective=Maximin((Information(0.0),)))

    result = assemble_forms(pool, asked, AssemblySettings(engine=engine, iterations=4_000, relative_gap=0.02, nodes=5))

    assert check_forms(pool, asked, [form.item_ids for form in result.forms]) == ()
    assert result.gap <= 0.05


def test_polytomous_forms_keep_their_anchors_and_share_no_more_than_allowed() -> None:
    rng = np.random.default_rng(5)
    n_items = 60
    names = [f"P{index}" for index in range(n_items)]
    pool = ItemPool(
        parameters=ItemParameters.polytomous(
            names, "GPCM", rng.uniform(0.6, 1.6, n_items), np.sort(rng.normal(size=(n_items, 3)), axis=1)
        ),
        attributes={"module": ["x" if index % 2 else "y" for index in range(n_items)]},
        quantities={"months_since": np.arange(n_items, dtype=np.float64) % 12},
    )
    asked = TestSpecification(
        n_forms=3,
        requirements=(
            length(10, 12),
            MustInclude(frozenset({"P3", "P4"})),
            MustExclude(frozenset({"P5"}), {"months_since": Interval(maximum=0.0)}),
            AllOrNone(frozenset({"P8", "P9"})),
        ),
        across=(PairOverlap(2), ItemUse(2)),
        parts=(Part("one", {"module": "x"}, (Range(Count(), 5, 6),)), Part("two", {"module": "y"})),
        objective=Maximin((Information(-1.0), Information(1.0))),
    )

    result = assemble_forms(pool, asked, SHORT)

    forms = [set(form.item_ids) for form in result.forms]
    assert all({"P3", "P4"} <= form and "P5" not in form for form in forms)
    assert result.gap < 0.1


def test_an_item_that_must_appear_is_used_and_none_is_used_too_often() -> None:
    pool = bank(seed=2)
    rare = {"item": tuple(pool.item_ids[:8])}
    asked = blueprint(across=(ItemUse(2), ItemUse(1, 1, rare), PairOverlap(6)), objective=AnyForms())

    result = assemble_forms(pool, asked)

    uses = {item: sum(item in form.item_ids for form in result.forms) for item in pool.item_ids}
    assert all(uses[item] == 1 for item in rare["item"])
    assert max(uses.values()) <= 2


@pytest.mark.parametrize(("sense", "sign"), [("maximise", 1.0), ("minimise", -1.0)])
def test_the_sum_of_a_measure_over_the_forms_goes_to_its_extreme(
    sense: Literal["maximise", "minimise"], sign: float
) -> None:
    pool, asked = bank(), blueprint(objective=Extreme(Total("seconds", with_stimuli=False), sense))

    result = assemble_forms(pool, asked, AssemblySettings(relative_gap=0.01))

    assert sign * result.value <= sign * result.bound
    assert result.gap <= 0.01


def test_the_same_seed_gives_the_same_forms_and_another_seed_others() -> None:
    pool, asked = bank(), blueprint()

    first, again, other = (assemble_forms(pool, asked, AssemblySettings(seed=s, iterations=300)) for s in (3, 3, 4))

    assert first == again
    assert first.forms != other.forms


def test_a_single_form_is_proved_to_be_the_best() -> None:
    result = assemble_forms(bank(), blueprint(n_forms=1, across=()))

    assert (result.engine, result.stop_reason, result.gap) == ("exact", "optimal", 0.0)


def test_a_demand_that_the_sum_of_the_forms_cannot_meet_is_infeasible_at_once() -> None:
    pool = even_pool([1.0] * 8)
    asked = TestSpecification(n_forms=3, requirements=(length(3),), across=(ItemUse(1),))

    for engine in ENGINES:
        with pytest.raises(InfeasibleError):
            assemble_forms(pool, asked, AssemblySettings(engine=engine))


def test_forms_that_only_fractions_could_make_are_infeasible() -> None:
    # Two stimuli of three items each give three forms two items each by count, yet each has a pair for one form only.
    pool = passage_pool()
    asked = TestSpecification(
        n_forms=3, requirements=(length(2), StimulusSets(1, 1, 2, 2)), across=(ItemUse(1),), objective=AnyForms()
    )

    with pytest.raises(InfeasibleError):
        assemble_forms(pool, asked, SHORT)


def test_a_search_that_ends_without_forms_is_not_called_infeasible() -> None:
    # No two forms have the same information to nine digits, which a search cannot prove.
    pool = bank(60, seed=3)
    asked = TestSpecification(
        n_forms=2,
        requirements=(length(6),),
        across=(ItemUse(1), Closeness(Information(0.0), absolute=1e-12), Closeness(Information(1.0), absolute=1e-12)),
    )

    with pytest.raises(AssemblyStoppedError) as caught:
        assemble_forms(pool, asked, AssemblySettings(engine="swap", iterations=50))
    assert caught.value.code == "limit"


def test_forms_that_fail_the_independent_check_are_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, asked = even_pool([1.0] * 4), TestSpecification(n_forms=2, requirements=(length(2),), across=(ItemUse(1),))
    complaint = check_forms(pool, asked, [["q1", "q2"], ["q1", "q3"]])
    monkeypatch.setattr(result_module, "check_forms", lambda *_: complaint)

    for engine in ENGINES:
        with pytest.raises(AssemblyStoppedError) as caught:
            assemble_forms(pool, asked, AssemblySettings(engine=engine))
        assert caught.value.code == "unverified"
        assert caught.value.violations == complaint


def test_a_search_tells_of_its_bound_and_of_ever_better_values() -> None:
    heard: list[AssemblyProgress] = []

    assemble_forms(bank(), blueprint(), AssemblySettings(iterations=2_200, relative_gap=0.0), tell=heard.append)

    assert heard[0].stage == "bound"
    values = [progress.value for progress in heard if progress.value is not None]
    assert len(values) >= 2
    assert values == sorted(values)
    assert all(progress.bound == heard[0].bound for progress in heard)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"relative_gap": -0.1}, "relative_gap"),
        ({"relative_gap": 1.0}, "relative_gap"),
        ({"nodes": 0}, "nodes"),
        ({"iterations": 0}, "iterations"),
        ({"cpu_seconds": 0.0}, "cpu_seconds"),
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, float], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        AssemblySettings(**changes)  # type: ignore[arg-type]  # one dict for fields of different types


def test_forms_that_nothing_keeps_apart_are_the_best_form_repeated() -> None:
    pool = even_pool([0.5, 0.9, 1.4, 0.7, 1.1, 1.3])
    requirements = (length(2), exactly(1, part="x"))
    objective = Maximin((Information(0.0),))
    alone = assemble_forms(pool, TestSpecification(n_forms=1, requirements=requirements, objective=objective))
    three = TestSpecification(
        n_forms=3,
        requirements=requirements,
        across=(ItemUse(3), Closeness(Information(0.0), relative=0.01)),
        objective=objective,
    )
    together = assemble_forms(pool, three)
    assert {form.item_ids for form in together.forms} == {alone.forms[0].item_ids}
    assert together.value == alone.value
    assert together.gap < 1e-12
    apart = assemble_forms(pool, TestSpecification(n_forms=2, requirements=requirements, across=(ItemUse(1),)))
    assert not set(apart.forms[0].item_ids) & set(apart.forms[1].item_ids)
