"""The matrix of a test: topics down, forms of question and cognitive levels across, with counts, points and time.

Boards in Vietnam know two tables since the guidance of the Ministry of Education and Training of December 2024
(7991/BGDĐT-GDTrH): the matrix counts questions by topic, form of question and level; the specification says beside the
counts what is required in each topic. A blueprint states them in ranges; the items of a form give them exactly.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from item_bank.blueprints.statement import BlueprintStatement
from item_bank.items.content import COGNITIVE_LEVELS
from item_bank.syllabus.service import Syllabus

QUESTION_FORMS: Mapping[str, frozenset[str]] = {
    "choice": frozenset({"single_choice", "multiple_response"}),
    "true_false": frozenset({"true_false_table"}),
    "short_answer": frozenset({"text_entry", "numeric_entry", "slider"}),
    "matching": frozenset(
        {"match", "order", "gap_match", "inline_choice", "hot_text", "hotspot", "select_point"},
    ),
    "essay": frozenset({"extended_text", "file_upload"}),
}
"""Forms of question, in the order of the columns, with the kinds of interaction that each takes."""


@dataclass(frozen=True, slots=True)
class Amount:
    """At least and at most so many; equal when it is exact."""

    least: int = 0
    most: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.least + other.least, self.most + other.most)

    def within(self, least: int, most: int) -> "Amount":
        """Return the part of this range that lies in another; this one when they have nothing in common."""
        low, high = max(self.least, least), min(self.most, most)
        return Amount(low, high) if low <= high else self


@dataclass(frozen=True, slots=True)
class CountedItem:
    """What the matrix of a form must know of each of its items."""

    module_code: str
    reference_code: str
    cognitive_level: str
    interaction: str
    points: Decimal
    seconds: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of knowledge below a module, with what is required there.

    ``total`` is null where nobody says how many of the module's questions are about it.
    """

    code: str
    total: Amount | None = None
    requirements: tuple[str, ...] = ()
    cells: Mapping[tuple[str, str], Amount] | None = None


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """A module of the matrix. ``cells`` counts by (form of question, level); it is null where only ``levels`` is known.

    ``points`` is null where nobody says what the questions are worth.
    """

    code: str
    levels: Mapping[str, Amount]
    total: Amount
    units: tuple[Unit, ...] = ()
    cells: Mapping[tuple[str, str], Amount] | None = None
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Both tables as figures. ``forms`` and ``levels`` are the columns; each dictionary lacks what nobody states.

    ``seconds`` is the working time by level. ``form_points`` has (least, most), each null for no bound.
    """

    forms: tuple[str, ...]
    levels: tuple[str, ...]
    modules: tuple[ModuleRow, ...]
    level_totals: Mapping[str, Amount]
    total: int
    form_totals: Mapping[str, Amount] = field(default_factory=dict)
    form_level_totals: Mapping[tuple[str, str], Amount] = field(default_factory=dict)
    form_points: Mapping[str, tuple[Decimal | None, Decimal | None]] = field(default_factory=dict)
    level_points: Mapping[str, Decimal] = field(default_factory=dict)
    points: Decimal | None = None
    seconds: Mapping[str, Amount] = field(default_factory=dict)


def blueprint_matrix(statement: BlueprintStatement, syllabus: Syllabus) -> Matrix:
    """Return what a blueprint states.

    How the questions of a module and level divide among the forms of question is known only where a form has one of
    them; else the parts say how many questions of each form there are in all.
    """
    stated: dict[tuple[str, str], Amount] = {
        (one.module_code, one.cognitive_level): Amount(one.minimum, one.maximum) for one in statement.cells
    }
    module_bounds = {one.module_code: (one.minimum, one.maximum) for one in statement.module_totals}
    level_bounds: dict[str, tuple[int, int]] = {
        one.cognitive_level: (one.minimum, one.maximum) for one in statement.level_totals
    }
    used = {level for _, level in stated} | level_bounds.keys()
    levels: tuple[str, ...] = tuple(level for level in COGNITIVE_LEVELS if level in used)
    codes = {module for module, _ in stated} | module_bounds.keys()
    modules = [code for code in syllabus.modules if code in codes] + sorted(codes - syllabus.modules.keys())
    forms, totals, points = _parts(statement)
    length = statement.form_length

    def row(module: str) -> ModuleRow:
        by_level = {level: stated[module, level] for level in levels if (module, level) in stated}
        return ModuleRow(
            code=module,
            levels=by_level,
            total=_sum(by_level.values()).within(*module_bounds.get(module, (0, length))),
            units=_units(statement, module, syllabus),
            cells={(forms[0], level): amount for level, amount in by_level.items()} if len(forms) == 1 else None,
        )

    level_totals = {
        level: _sum(amount for (_, of), amount in stated.items() if of == level).within(
            *level_bounds.get(level, (0, length))
        )
        for level in levels
    }
    seconds = statement.seconds_per_item
    return Matrix(
        forms=forms,
        levels=levels,
        modules=tuple(row(module) for module in modules),
        level_totals=level_totals,
        total=length,
        form_totals=totals,
        form_level_totals={(forms[0], level): amount for level, amount in level_totals.items()}
        if len(forms) == 1
        else {},
        form_points=points,
        seconds={
            level: Amount(amount.least * seconds.of(level), amount.most * seconds.of(level))
            for level, amount in level_totals.items()
        },
    )


def items_matrix(items: Sequence[CountedItem], syllabus: Syllabus) -> Matrix:
    """Return what the items of a form are, counted."""
    forms = tuple(code for code, kinds in QUESTION_FORMS.items() if any(one.interaction in kinds for one in items))
    levels = tuple(one for one in COGNITIVE_LEVELS if any(item.cognitive_level == one for item in items))
    codes = {item.module_code for item in items}
    modules = [code for code in syllabus.modules if code in codes] + sorted(codes - syllabus.modules.keys())

    def row(module: str) -> ModuleRow:
        members = [item for item in items if item.module_code == module]
        return ModuleRow(
            code=module,
            levels=_by_level(members),
            total=_exactly(len(members)),
            units=_item_units(members, syllabus),
            cells=_by_form_and_level(members),
            points=_points(members),
        )

    return Matrix(
        forms=forms,
        levels=levels,
        modules=tuple(row(module) for module in modules),
        level_totals=_by_level(items),
        total=len(items),
        form_totals={form: _exactly(len(_of_form(items, form))) for form in forms},
        form_level_totals=_by_form_and_level(items),
        form_points={form: (points := _points(_of_form(items, form)), points) for form in forms},
        level_points={level: _points(item for item in items if item.cognitive_level == level) for level in levels},
        points=_points(items),
        seconds={
            level: _exactly(sum(item.seconds for item in items if item.cognitive_level == level)) for level in levels
        },
    )


def _exactly(count: int) -> Amount:
    return Amount(count, count)


def _sum(amounts: Iterable[Amount]) -> Amount:
    return sum(amounts, Amount())


def _points(items: Iterable[CountedItem]) -> Decimal:
    return sum((item.points for item in items), Decimal(0))


def _of_form(items: Sequence[CountedItem], form: str) -> list[CountedItem]:
    return [item for item in items if item.interaction in QUESTION_FORMS[form]]


def _by_level(items: Sequence[CountedItem]) -> dict[str, Amount]:
    counts: dict[str, Amount] = {}
    for item in items:
        counts[item.cognitive_level] = counts.get(item.cognitive_level, Amount()) + _exactly(1)
    return counts


def _by_form_and_level(items: Sequence[CountedItem]) -> dict[tuple[str, str], Amount]:
    return {
        (form, level): amount for form in QUESTION_FORMS for level, amount in _by_level(_of_form(items, form)).items()
    }


def _form_of(interactions: Collection[str]) -> set[str]:
    return {form for form, kinds in QUESTION_FORMS.items() if kinds & set(interactions)}


def _parts(
    statement: BlueprintStatement,
) -> tuple[tuple[str, ...], dict[str, Amount], dict[str, tuple[Decimal | None, Decimal | None]]]:
    """Return the forms of question, their counts and points; counts only of forms that have parts of their own."""
    named = {form for part in statement.parts for form in _form_of(part.interactions)}
    forms = tuple(form for form in QUESTION_FORMS if form in named)
    totals: dict[str, Amount] = {}
    points: dict[str, tuple[Decimal | None, Decimal | None]] = {}
    for form in forms:
        holding = [part for part in statement.parts if form in _form_of(part.interactions)]
        if any(_form_of(part.interactions) != {form} for part in holding):
            continue
        totals[form] = _sum(Amount(part.minimum, part.maximum) for part in holding)
        least = [part.minimum_points for part in holding]
        most = [part.maximum_points for part in holding]
        bounds = tuple(
            None if any(one is None for one in side) else Decimal(sum(one or 0 for one in side))
            for side in (least, most)
        )
        if bounds != (None, None):
            points[form] = (bounds[0], bounds[1])
    return forms, totals, points


def _units(statement: BlueprintStatement, module: str, syllabus: Syllabus) -> tuple[Unit, ...]:
    """Return the topics that the blueprint names in a module; where it names none, the sections of the module."""
    named = [one for one in statement.reference_totals if _module_of(one.reference_code, syllabus) == module]
    if not named:
        return tuple(Unit(one.code, None, _required(one.code, syllabus)) for one in syllabus.sections_of(module))
    return tuple(
        Unit(one.reference_code, Amount(one.minimum, one.maximum), _required(one.reference_code, syllabus))
        for one in named
    )


def _module_of(code: str, syllabus: Syllabus) -> str:
    part = syllabus.parts.get(code)
    return code if part is None else part.module_code


def _required(code: str, syllabus: Syllabus) -> tuple[str, ...]:
    return tuple(one.code for one in syllabus.children_of(code))


def _item_units(items: Sequence[CountedItem], syllabus: Syllabus) -> tuple[Unit, ...]:
    """Return the sections that items lie in; those that lie in none stand last, under the module itself."""
    by_section: dict[str, list[CountedItem]] = {}
    for item in items:
        by_section.setdefault(syllabus.section_of(item.reference_code) or item.module_code, []).append(item)
    known = [code for code in syllabus.parts if code in by_section]
    return tuple(
        Unit(
            code,
            _exactly(len(members)),
            tuple(sorted({item.reference_code for item in members} & syllabus.parts.keys() - {code})),
            _by_form_and_level(members),
        )
        for code in [*known, *sorted(by_section.keys() - set(known))]
        if (members := by_section[code])
    )
