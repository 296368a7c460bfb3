"""A blueprint and the options of an assembly, written as the test specification of the psychometrics."""

import math
from collections.abc import Collection, Iterable, Sequence

from exam_engine.psychometrics.assembly import (
    Closeness,
    Count,
    EnemyLimit,
    Information,
    Interval,
    ItemPool,
    ItemUse,
    Maximin,
    Measure,
    MinimaxTarget,
    MustExclude,
    MustInclude,
    PairOverlap,
    Range,
    TestSpecification,
    Total,
    length,
)
from item_bank.assembly.bank import RecentForm
from item_bank.assembly.options import AssemblyOptions
from item_bank.blueprints.statement import KEY_LETTERS, BlueprintStatement, TargetObjective

RECENT_FORM = "recent_form:"
"""Begins the name of the row that keeps new forms apart from a form of the last sittings; its code follows."""
_DEFAULT_OFFSET = 1.0


def specification_of(
    statement: BlueprintStatement, options: AssemblyOptions, recent: Sequence[RecentForm], pool: ItemPool
) -> TestSpecification:
    """Return what every form and the set of forms must satisfy, over the items of the pool.

    Raises
    ------
    SpecificationError
        When items to include are to be left out as well, or are not in the pool.
    """
    known = pool.places.keys()
    requirements: list[Range | EnemyLimit | MustInclude | MustExclude] = [
        *_ranges(statement),
        *_recent(statement, recent, known),
        EnemyLimit(1),
    ]
    if options.include:
        requirements.append(MustInclude(frozenset(options.include)))
    barred = frozenset(options.exclude) & known
    if barred:
        requirements.append(MustExclude(barred))
    if statement.rest_months is not None:
        requirements.append(MustExclude(where={"months_since": Interval(maximum=statement.rest_months - 1)}))
    if statement.maximum_previous_uses is not None:
        uses = Interval(minimum=statement.maximum_previous_uses + 1)
        requirements.append(MustExclude(where={"previous_uses": uses}))
    return TestSpecification(
        n_forms=options.form_count,
        requirements=tuple(requirements),
        across=tuple(_across(statement, options)),
        objective=objective_of(statement),
    )


def objective_of(statement: BlueprintStatement) -> Maximin | MinimaxTarget:
    """Return what is made as good as possible."""
    objective = statement.objective
    if isinstance(objective, TargetObjective):
        return MinimaxTarget(
            tuple(Information(point.theta) for point in objective.points),
            tuple(point.information for point in objective.points),
            tolerance=objective.tolerance,
        )
    return Maximin(tuple(Information(theta) for theta in _around(statement.cut_theta, objective.offset)))


def points_of(statement: BlueprintStatement) -> list[float]:
    """Return the abilities at which the forms are held against each other, ascending; the cut score is one of them."""
    objective, closeness = statement.objective, statement.closeness
    points = {statement.cut_theta}
    if isinstance(objective, TargetObjective):
        points |= {point.theta for point in objective.points}
    else:
        points |= set(_around(statement.cut_theta, objective.offset))
    if closeness is not None:
        points |= set(_around(statement.cut_theta, closeness.offset))
    if len(points) == 1:
        points |= set(_around(statement.cut_theta, _DEFAULT_OFFSET))
    return sorted(points)


def _around(cut: float, offset: float) -> tuple[float, ...]:
    return (cut,) if offset == 0.0 else (cut, cut - offset, cut + offset)


def _ranges(statement: BlueprintStatement) -> Iterable[Range]:
    yield length(statement.form_length)
    for cell in statement.cells:
        where = {"module": cell.module_code, "level": cell.cognitive_level}
        yield Range(Count(where), cell.minimum, cell.maximum)
    for module in statement.module_totals:
        yield Range(Count({"module": module.module_code}), module.minimum, module.maximum)
    for level in statement.level_totals:
        yield Range(Count({"level": level.cognitive_level}), level.minimum, level.maximum)
    if statement.key_balance is not None:
        for letter in KEY_LETTERS:
            yield Range(Count({"key": letter}), statement.key_balance.minimum, statement.key_balance.maximum)
    for quantity, bounds in (("words", statement.words), ("seconds", statement.seconds)):
        if bounds is not None and (bounds.minimum is not None or bounds.maximum is not None):
            yield Range(
                Total(quantity),
                -math.inf if bounds.minimum is None else bounds.minimum,
                math.inf if bounds.maximum is None else bounds.maximum,
            )


def _recent(statement: BlueprintStatement, recent: Sequence[RecentForm], known: Collection[str]) -> Iterable[Range]:
    if statement.recent_overlap is None:
        return
    seen: set[frozenset[str]] = set()
    for form in recent:
        shared = form.item_codes.intersection(known)
        # A form that shares fewer items with the whole bank than it may share with one form limits nothing.
        if len(shared) > statement.recent_overlap.maximum_items and shared not in seen:
            seen.add(shared)
            measure: Measure = Count({"item": shared})
            yield Range(measure, 0, statement.recent_overlap.maximum_items, name=RECENT_FORM + form.form_code)


def _across(statement: BlueprintStatement, options: AssemblyOptions) -> Iterable[ItemUse | PairOverlap | Closeness]:
    yield ItemUse(options.uses_per_item)
    if options.overlap_maximum is not None:
        yield PairOverlap(options.overlap_maximum)
    if statement.closeness is not None and options.form_count > 1:
        for theta in _around(statement.cut_theta, statement.closeness.offset):
            yield Closeness(Information(theta), relative=statement.closeness.tolerance)
