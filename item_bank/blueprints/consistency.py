"""Whether a blueprint contradicts itself: faults that name their places."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from exam_engine.core.errors import Fault
from item_bank.blueprints.statement import (
    KEY_LETTERS,
    BlueprintStatement,
    LevelRange,
    ModuleRange,
    TargetObjective,
)


def faults_of(
    plan: BlueprintStatement, modules: Collection[str], references: Collection[str] = frozenset()
) -> list[Fault]:
    """Return everything that no form could meet, whatever the bank holds.

    ``modules`` and ``references`` are the codes of the syllabus: its modules, and all that lies in them.
    """
    known = frozenset(modules) | frozenset(references)
    names = [*_unknown_modules(plan, modules, known), *_repetitions(plan)]
    empty = list(_empty_ranges(plan))
    # Sums over ranges that are empty or counted twice would only repeat what was said.
    return [*names, *empty] if names or empty else [*_sums(plan), *_points(plan)]


def _unknown_modules(plan: BlueprintStatement, modules: Collection[str], known: Collection[str]) -> Iterator[Fault]:
    named = [(f"cells.{number}", cell.module_code) for number, cell in enumerate(plan.cells)]
    named += [(f"module_totals.{number}", row.module_code) for number, row in enumerate(plan.module_totals)]
    for number, row in enumerate(plan.reference_totals):
        if row.reference_code not in known:
            yield Fault("blueprint_reference_unknown", f"reference_totals.{number}", {"reference": row.reference_code})
    for place, module in named:
        if module not in modules:
            yield Fault("blueprint_module_unknown", place, {"module": module})


def _repetitions(plan: BlueprintStatement) -> Iterator[Fault]:
    cells = Counter[tuple[str, str]]()
    for number, cell in enumerate(plan.cells):
        key = (cell.module_code, cell.cognitive_level)
        if cells[key]:
            yield Fault("blueprint_cell_repeated", f"cells.{number}", {"module": key[0], "level": key[1]})
        cells[key] += 1
    seen: set[str] = set()
    for number, module in enumerate(plan.module_totals):
        if module.module_code in seen:
            params = {"module": module.module_code}
            yield Fault("blueprint_module_repeated", f"module_totals.{number}", params)
        seen.add(module.module_code)
    for number, level in enumerate(plan.level_totals):
        if level.cognitive_level in seen:
            params = {"level": level.cognitive_level}
            yield Fault("blueprint_level_repeated", f"level_totals.{number}", params)
        seen.add(level.cognitive_level)
    for number, row in enumerate(plan.reference_totals):
        if row.reference_code in seen:
            params = {"reference": row.reference_code}
            yield Fault("blueprint_reference_repeated", f"reference_totals.{number}", params)
        seen.add(row.reference_code)
    kinds: set[str] = set()
    for number, part in enumerate(plan.parts):
        for kind in part.interactions:
            if kind in kinds:
                yield Fault("blueprint_part_overlap", f"parts.{number}", {"part": part.name, "interaction": kind})
            kinds.add(kind)
        if part.name in seen:
            yield Fault("blueprint_part_repeated", f"parts.{number}", {"part": part.name})
        seen.add(part.name)


def _empty_ranges(plan: BlueprintStatement) -> Iterator[Fault]:
    places: list[tuple[str, int | None, int | None]] = []
    rows: tuple[tuple[str, Sequence[ModuleRange | LevelRange]], ...] = (
        ("module_totals", plan.module_totals),
        ("level_totals", plan.level_totals),
    )
    places += [(f"cells.{number}", cell.minimum, cell.maximum) for number, cell in enumerate(plan.cells)]
    for field, ranges in rows:
        places += [(f"{field}.{number}", row.minimum, row.maximum) for number, row in enumerate(ranges)]
    places += [
        (f"reference_totals.{number}", row.minimum, row.maximum) for number, row in enumerate(plan.reference_totals)
    ]
    for number, part in enumerate(plan.parts):
        places.append((f"parts.{number}", part.minimum, part.maximum))
        places.append((f"parts.{number}", part.minimum_points, part.maximum_points))
    for field, bounds in (
        ("key_balance", plan.key_balance),
        ("words", plan.words),
        ("seconds", plan.seconds),
        ("points", plan.points),
        ("stimuli", plan.stimuli),
    ):
        if bounds is not None:
            places.append((field, bounds.minimum, bounds.maximum))
    if plan.stimuli is not None:
        places.append(("stimuli", plan.stimuli.items_minimum, plan.stimuli.items_maximum))
    for place, minimum, maximum in places:
        if minimum is not None and maximum is not None and minimum > maximum:
            yield Fault("blueprint_range_empty", place, {"minimum": minimum, "maximum": maximum})


def _sums(plan: BlueprintStatement) -> Iterator[Fault]:
    least, most = _cell_bounds(plan, None, None)
    if not least <= plan.form_length <= most:
        yield _sum_fault("blueprint_sum", "form_length", least, most, plan.form_length)
        return
    for field, code in (("module_totals", "blueprint_module_sum"), ("level_totals", "blueprint_level_sum")):
        yield from _total_faults(plan, field, code)
    if plan.parts:
        least, most = sum(part.minimum for part in plan.parts), sum(part.maximum for part in plan.parts)
        if not least <= plan.form_length <= most:
            yield _sum_fault("blueprint_part_sum", "parts", least, most, plan.form_length)
    if (stimuli := plan.stimuli) is not None and stimuli.minimum * stimuli.items_minimum > plan.form_length:
        total = stimuli.minimum * stimuli.items_minimum
        yield Fault("blueprint_stimulus_sum", "stimuli", {"total": total, "form_length": plan.form_length})
    if plan.key_balance is not None and len(KEY_LETTERS) * plan.key_balance.minimum > plan.form_length:
        total = len(KEY_LETTERS) * plan.key_balance.minimum
        yield Fault("blueprint_key_sum", "key_balance", {"total": total, "form_length": plan.form_length})


def _total_faults(plan: BlueprintStatement, field: str, code: str) -> Iterator[Fault]:
    """Hold totals against the cells they add up, then all totals together against the length of the form."""
    is_module = field == "module_totals"
    rows: Sequence[ModuleRange | LevelRange] = plan.module_totals if is_module else plan.level_totals
    stated = {
        (row.module_code if isinstance(row, ModuleRange) else row.cognitive_level): (number, row.minimum, row.maximum)
        for number, row in enumerate(rows)
    }
    names = {cell.module_code if is_module else cell.cognitive_level for cell in plan.cells}
    least_of_all = most_of_all = 0
    is_sound = True
    for name in sorted(names | stated.keys()):
        least, most = _cell_bounds(plan, name if is_module else None, None if is_module else name)
        if name in stated:
            number, minimum, maximum = stated[name]
            if maximum < least or minimum > most:
                is_sound = False
                params = {"name": name, "minimum": minimum, "maximum": maximum, "least": least, "most": most}
                yield Fault("blueprint_total_against_cells", f"{field}.{number}", params)
            least, most = max(least, minimum), min(most, maximum)
        least_of_all += least
        most_of_all += most
    if is_sound and not least_of_all <= plan.form_length <= most_of_all:
        yield _sum_fault(code, field, least_of_all, most_of_all, plan.form_length)


def _cell_bounds(plan: BlueprintStatement, module: str | None, level: str | None) -> tuple[int, int]:
    cells = [
        cell for cell in plan.cells if module in {None, cell.module_code} and level in {None, cell.cognitive_level}
    ]
    return sum(cell.minimum for cell in cells), sum(cell.maximum for cell in cells)


def _sum_fault(code: str, place: str, least: int, most: int, form_length: int) -> Fault:
    return Fault(code, place, {"minimum": least, "maximum": most, "form_length": form_length})


def _points(plan: BlueprintStatement) -> Iterator[Fault]:
    if not isinstance(plan.objective, TargetObjective):
        return
    seen: set[float] = set()
    for number, point in enumerate(plan.objective.points):
        if point.theta in seen:
            yield Fault("blueprint_point_repeated", f"objective.points.{number}", {"theta": point.theta})
        seen.add(point.theta)
