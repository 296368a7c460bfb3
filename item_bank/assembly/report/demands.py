"""The blueprint as the report shows it: the grid of modules and levels, and every further requirement in words."""

from collections.abc import Iterable

from item_bank.assembly.report.blocks import Block, Column, Section, Table, Value
from item_bank.assembly.wording import Wording
from item_bank.blueprints.statement import BlueprintStatement
from item_bank.items.content import COGNITIVE_LEVELS


def blueprint_section(statement: BlueprintStatement, wording: Wording) -> Section:
    """Return what every form had to hold."""
    text = wording.text
    lines: list[Block] = [
        text(
            "report.blueprint_words",
            name=statement.name,
            items=statement.form_length,
            minutes=statement.duration_minutes,
            cut=wording.number(statement.cut_theta),
        ),
        _grid(statement, wording),
    ]
    return Section(text("report.blueprint"), [*lines, *_further(statement, wording)])


def _grid(statement: BlueprintStatement, wording: Wording) -> Table:
    cells = {(cell.module_code, cell.cognitive_level): (cell.minimum, cell.maximum) for cell in statement.cells}
    modules = sorted({module for module, _ in cells} | {row.module_code for row in statement.module_totals})
    used = {level for _, level in cells} | {row.cognitive_level for row in statement.level_totals}
    levels = [level for level in COGNITIVE_LEVELS if level in used]
    module_totals = {row.module_code: (row.minimum, row.maximum) for row in statement.module_totals}
    level_totals = {row.cognitive_level: (row.minimum, row.maximum) for row in statement.level_totals}

    def total(bounds: tuple[int, int] | None, of: Iterable[tuple[int, int]]) -> str:
        least, most = zip(*of, strict=True)
        low, high = bounds or (0, statement.form_length)
        return _range(max(low, sum(least)), min(high, sum(most)))

    rows: list[list[Value]] = [
        [
            module,
            *(_range(*cells.get((module, level), (0, 0))) for level in levels),
            total(module_totals.get(module), [cells.get((module, level), (0, 0)) for level in levels]),
        ]
        for module in modules
    ]
    rows.append(
        [
            wording.text("report.total"),
            *(
                total(level_totals.get(level), [cells.get((module, level), (0, 0)) for module in modules])
                for level in levels
            ),
            statement.form_length,
        ]
    )
    columns = [Column(wording.text("report.module"), 1.4)]
    columns += [Column(level) for level in levels]
    return Table(
        wording.text("report.sheet_blueprint"), [*columns, Column(wording.text("report.total"))], rows, summary_rows=1
    )


def _range(minimum: int, maximum: int) -> str:
    return str(minimum) if minimum == maximum else f"{minimum}–{maximum}"


def _further(statement: BlueprintStatement, wording: Wording) -> Iterable[str]:
    text = wording.text
    if statement.key_balance is not None:
        bounds = wording.bounds(statement.key_balance.minimum, statement.key_balance.maximum)
        yield text("report.demand_keys", bounds=bounds)
    for name, rule in (("words", statement.words), ("seconds", statement.seconds)):
        if rule is not None and (rule.minimum is not None or rule.maximum is not None):
            subject = text(f"requirement.{name}")
            yield text("report.demand", subject=subject, bounds=wording.bounds(rule.minimum, rule.maximum))
    yield text("report.demand_seconds", **statement.seconds_per_item.model_dump())
    if statement.rest_months is not None:
        yield text("report.demand_rest", months=statement.rest_months)
    if statement.maximum_previous_uses is not None:
        yield text("report.demand_uses", uses=statement.maximum_previous_uses)
    if statement.recent_overlap is not None:
        recent = statement.recent_overlap
        yield text("report.demand_recent", items=recent.maximum_items, months=recent.months)
    yield text("report.demand_enemies")
