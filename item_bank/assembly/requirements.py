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
    Part,
    Range,
    StimulusSets,
    TestSpecification,
    Total,
    length,
)
from item_bank.assembly.bank import RecentForm
from item_bank.assembly.options import AssemblyOptions
from item_bank.blueprints.statement import KEY_LETTERS, BlueprintStatement, TargetObjective

RECENT_FORM = "recent_form:"
"""Begins the name of the row that keeps new forms apart from a form of the last sittings; its code follows."""
REFERENCE = "reference:"
"""Begins the name of a row about a part of the syllabus; its code follows."""
PART = "part:"
"""Begins the name of a row about a part of the form; the name of the part follows."""
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
    requirements: list[Range | EnemyLimit | MustInclude | MustExclude | StimulusSets] = [
        *_ranges(statement),
        *_reference_totals(statement, pool),
        *_recent(statement, recent, known),
        EnemyLimit(1),
    ]
    if (stimuli := statement.stimuli) is not None:
        requirements.append(
            StimulusSets(stimuli.minimum, stimuli.maximum, stimuli.items_minimum, stimuli.items_maximum)
        )
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
        parts=tuple(_parts(statement)),
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
    for quantity, bounds in (("words", statement.words), ("seconds", statement.seconds), ("points", statement.points)):
        if bounds is not None:
            yield from _amount(quantity, bounds.minimum, bounds.maximum)


def _amount(quantity: str, minimum: int | None, maximum: int | None, name: str = "") -> Iterable[Range]:
    if minimum is not None or maximum is not None:
        lower = -math.inf if minimum is None else minimum
        upper = math.inf if maximum is None else maximum
        yield Range(Total(quantity), lower, upper, name=name)


def _reference_totals(statement: BlueprintStatement, pool: ItemPool) -> Iterable[Range]:
    known = sorted(set(pool.attributes["reference"]))
    for row in statement.reference_totals:
        # The condition on what lies in a part names its codes, since conditions know no beginnings of words.
        inside = [code for code in known if f"{code}.".startswith(f"{row.reference_code}.")]
        where = {"reference": tuple(inside) or row.reference_code}
        yield Range(Count(where), row.minimum, row.maximum, name=REFERENCE + row.reference_code)


def _parts(statement: BlueprintStatement) -> Iterable[Part]:
    for part in statement.parts:
        name = PART + part.name
        rows = [Range(Count(), part.minimum, part.maximum, name=name)]
        rows += _amount("points", part.minimum_points, part.maximum_points, name=name)
        yield Part(part.name, {"interaction": part.interactions}, tuple(rows))


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
