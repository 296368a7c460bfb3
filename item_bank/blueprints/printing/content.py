"""The two tables of a test in words and numbers: the matrix, and the specification with what is required."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from exam_engine.core.i18n import Catalogue, Language
from item_bank.blueprints.printing.matrix import Amount, Matrix, ModuleRow, Unit
from item_bank.blueprints.printing.tables import Box, PrintedTable
from item_bank.blueprints.versions.wording import number_text
from item_bank.syllabus.service import Syllabus

Columns = Sequence[tuple[str | None, tuple[str, ...]]]
"""Columns of counts in groups: a form of question, or None for all of them, with its levels."""

_UNDIVIDED = ""


@dataclass(frozen=True, slots=True)
class Printer:
    """Puts a matrix into tables of one language."""

    matrix: Matrix
    syllabus: Syllabus
    catalogue: Catalogue
    language: Language

    def text(self, code: str, /, **params: str | int) -> str:
        """Return a text of the printed document."""
        return self.catalogue.text(f"matrix.{code}", self.language, params)

    def name(self, code: str) -> str:
        """Return a module or a part of one, with its code."""
        node = self.syllabus.node(code)
        if node is None:
            return code
        name = node.name_en if self.language == "en" and node.name_en else node.name
        return f"{code}. {name}"

    def matrix_table(self) -> PrintedTable:
        """Return the matrix: one line a module, or one a topic where its number of questions is stated."""
        groups = self._columns
        rows: list[list[Box]] = []
        for number, module in enumerate(self.matrix.modules, start=1):
            units: list[Unit | None] = [unit for unit in module.units if unit.total is not None]
            rows += self._module_rows(number, module, units or [None], groups)
        names = ["number", "module", *(["unit"] if self._has_units else [])]
        rows += self._foot(len(names), groups)
        return PrintedTable(
            title=self.text("matrix_title"),
            sheet_name=self.text("matrix_sheet"),
            widths=[1.0, 5.2, *([5.2] if self._has_units else []), *_widths(groups), 1.6, 1.9],
            head=self._head(names, groups, has_share=True),
            rows=rows,
            notes=list(self._notes(groups)),
        )

    def specification_table(self) -> PrintedTable:
        """Return the specification: for each unit of knowledge what is required, beside the counts by level."""
        groups = self._columns
        rows: list[list[Box]] = []
        for number, module in enumerate(self.matrix.modules, start=1):
            rows += self._module_rows(number, module, module.units or (None,), groups, is_specification=True)
        names = ["number", "module", "unit", "required"]
        rows += self._foot(len(names), groups, has_share=False)
        return PrintedTable(
            title=self.text("specification_title"),
            sheet_name=self.text("specification_sheet"),
            widths=[1.0, 3.6, 4.4, 6.0, *_widths(groups), 1.6],
            head=self._head(names, groups, has_share=False),
            rows=rows,
            notes=list(self._notes(groups)),
        )

    def _module_rows(
        self,
        number: int,
        module: ModuleRow,
        units: Sequence[Unit | None],
        groups: Columns,
        *,
        is_specification: bool = False,
    ) -> list[list[Box]]:
        """Return the lines of a module; its counts are joined over them unless each unit has counts of its own."""
        has_own = all(unit is not None and unit.cells is not None for unit in units)
        lines, rows = len(units), []
        for at, unit in enumerate(units):
            boxes = []
            if at == 0:
                boxes = [Box(str(number), rows=lines), Box(self.name(module.code), rows=lines, is_left=True)]
            if is_specification or self._has_units:
                boxes.append(self._unit_box(unit, module))
            if is_specification:
                boxes.append(Box(self._required(unit), is_left=True))
            if has_own and unit is not None:
                boxes += self._unit_counts(unit, groups)
            elif at == 0:
                boxes += self._counts(module, groups, lines)
            if at == 0 and not is_specification:
                boxes.append(self._share_box(module, rows=lines))
            rows.append(boxes)
        return rows

    @property
    def _has_units(self) -> bool:
        """Whether the matrix says of any topic how many questions are about it."""
        return any(unit.total is not None for module in self.matrix.modules for unit in module.units)

    @property
    def _columns(self) -> list[tuple[str | None, tuple[str, ...]]]:
        """Columns in groups: one for each form of question, and the totals (None), each divided by level.

        A form of question whose counts nobody divides by level has one column, of the level :data:`_UNDIVIDED`.
        """
        matrix = self.matrix
        if len(matrix.forms) == 1:
            return [(matrix.forms[0], matrix.levels)]
        divided = matrix.levels if matrix.form_level_totals else (_UNDIVIDED,)
        return [*((form, divided) for form in matrix.forms), (None, matrix.levels)]

    def _head(self, names: Sequence[str], groups: Columns, *, has_share: bool) -> list[list[Box]]:
        def bold(text: str, columns: int = 1, rows: int = 1) -> Box:
            return Box(text, columns, rows, is_bold=True)

        counted = sum(len(levels) for _, levels in groups)
        last = [bold(self.text("sum"), rows=3)]
        if has_share:
            last.append(bold(self.text("share_of_points" if self.matrix.points else "share"), rows=3))
        return [
            [*(bold(self.text(name), rows=3) for name in names), bold(self.text("counts"), counted), *last],
            [bold(self.text(f"form_{form}" if form else "all_forms"), len(levels)) for form, levels in groups],
            [bold(level or self.text("count")) for _, levels in groups for level in levels],
        ]

    def _unit_box(self, unit: Unit | None, module: ModuleRow) -> Box:
        if unit is None or unit.code == module.code:
            return Box("", is_left=True)
        if unit.total is None:
            return Box(self.name(unit.code), is_left=True)
        counted = self.text("unit_total", name=self.name(unit.code), count=_range(unit.total))
        return Box(counted if unit.cells is None else self.name(unit.code), is_left=True)

    def _required(self, unit: Unit | None) -> str:
        if unit is None:
            return ""
        return "\n".join(f"– {self.name(code).partition('. ')[2] or code}" for code in unit.requirements)

    def _counts(self, module: ModuleRow, groups: Columns, rows: int) -> list[Box]:
        boxes = []
        for form, levels in groups:
            for level in levels:
                amount = module.levels.get(level) if form is None else (module.cells or {}).get((form, level))
                boxes.append(Box(_range(amount), rows=rows))
        return [*boxes, Box(_range(module.total), rows=rows, is_bold=True)]

    def _unit_counts(self, unit: Unit, groups: Columns) -> list[Box]:
        cells = unit.cells or {}
        boxes = []
        for form, levels in groups:
            for level in levels:
                amount = cells.get((form, level)) if form is not None else _over_forms(cells, level)
                boxes.append(Box(_range(amount)))
        return [*boxes, Box(_range(unit.total), is_bold=True)]

    def _share_box(self, module: ModuleRow, *, rows: int) -> Box:
        if self.matrix.points and module.points is not None:
            return Box(self._percent(module.points, module.points, self.matrix.points), rows=rows)
        return Box(self._percent(module.total.least, module.total.most, self.matrix.total), rows=rows)

    def _percent(self, least: Decimal | int, most: Decimal | int, whole: Decimal | int) -> str:
        texts = [number_text(round(100 * float(one) / float(whole), 1), self.language) for one in (least, most)]
        return texts[0] if texts[0] == texts[1] else f"{texts[0]}–{texts[1]}"

    def _foot(self, names: int, groups: Columns, *, has_share: bool = True) -> list[list[Box]]:
        """Return the closing lines: questions, points, percentages, working time."""
        matrix = self.matrix

        def line(code: str, boxes: Sequence[Box], total: str, share: str = "") -> list[Box]:
            end = [Box(total, is_bold=True), *([Box(share)] if has_share else [])]
            return [Box(self.text(code), names, is_left=True, is_bold=True), *boxes, *end]

        rows = [line("all_questions", self._total_boxes(groups), str(matrix.total), "100")]
        if matrix.points is not None or matrix.form_points:
            total = "" if matrix.points is None else self._points(matrix.points, matrix.points)
            rows.append(line("all_points", self._point_boxes(groups), total))
        rows.append(line("share", list(self._share_boxes(groups)), "100"))
        if matrix.seconds:
            boxes = [Box("", len(levels)) for _, levels in groups[:-1]]
            boxes += [Box(self._minutes(matrix.seconds.get(level))) for level in matrix.levels]
            rows.append(line("minutes", boxes, self._minutes(sum(matrix.seconds.values(), Amount()))))
        return rows

    def _point_boxes(self, groups: Columns) -> list[Box]:
        matrix, boxes = self.matrix, []
        for form, levels in groups:
            if matrix.level_points and (form is None or len(groups) == 1):
                points = [matrix.level_points.get(level) for level in levels]
                boxes += [Box(self._points(one, one)) for one in points]
            elif form is not None:
                boxes.append(Box(self._points(*matrix.form_points.get(form, (None, None))), len(levels)))
            else:
                boxes.append(Box("", len(levels)))
        return boxes

    def _total_boxes(self, groups: Columns) -> list[Box]:
        boxes = []
        for form, levels in groups:
            if form is None or len(groups) == 1:
                boxes += [Box(_range(self.matrix.level_totals.get(level)), is_bold=True) for level in levels]
            elif any((form, level) in self.matrix.form_level_totals for level in levels):
                totals = [self.matrix.form_level_totals.get((form, level)) for level in levels]
                boxes += [Box(_range(total), is_bold=True) for total in totals]
            else:
                boxes.append(Box(_range(self.matrix.form_totals.get(form)), len(levels), is_bold=True))
        return boxes

    def _share_boxes(self, groups: Columns) -> Iterator[Box]:
        matrix = self.matrix
        for form, levels in groups:
            if form is None or len(groups) == 1:
                for level in levels:
                    if matrix.points and matrix.level_points:
                        points = matrix.level_points.get(level, Decimal(0))
                        yield Box(self._percent(points, points, matrix.points))
                    else:
                        amount = matrix.level_totals.get(level, Amount())
                        yield Box(self._percent(amount.least, amount.most, matrix.total))
                continue
            least, most = matrix.form_points.get(form, (None, None))
            amount = matrix.form_totals.get(form, Amount())
            if matrix.points and least is not None and most is not None:
                yield Box(self._percent(least, most, matrix.points), len(levels))
            elif form in matrix.form_totals:
                yield Box(self._percent(amount.least, amount.most, matrix.total), len(levels))
            else:
                yield Box("", len(levels))

    def _points(self, least: Decimal | None, most: Decimal | None) -> str:
        low, high = (None if one is None else number_text(float(one), self.language) for one in (least, most))
        if low == high:
            return low or ""
        if low is None:
            return f"≤ {high}"
        return f"≥ {low}" if high is None else f"{low}–{high}"

    def _minutes(self, seconds: Amount | None) -> str:
        if seconds is None:
            return ""
        texts = [number_text(round(one / 60, 1), self.language) for one in (seconds.least, seconds.most)]
        return texts[0] if texts[0] == texts[1] else f"{texts[0]}–{texts[1]}"

    def _notes(self, groups: Columns) -> Iterator[str]:
        yield self.text("legend")
        if len(groups) > 1 and not self.matrix.form_level_totals:
            yield self.text("undivided")
        if self.matrix.seconds:
            yield self.text("minutes_note")


def _widths(groups: Columns) -> list[float]:
    """Return the widths of the columns of counts; ranges and undivided counts need more room than single figures."""
    return [
        2.2 if level == _UNDIVIDED else 1.45 if form is None else 1.2 for form, levels in groups for level in levels
    ]


def _over_forms(cells: Mapping[tuple[str, str], Amount], level: str) -> Amount | None:
    found = [amount for (_, of), amount in cells.items() if of == level]
    return sum(found, Amount()) if found else None


def _range(amount: Amount | None) -> str:
    if amount is None or amount.most == 0:
        return ""
    return str(amount.most) if amount.least == amount.most else f"{amount.least}–{amount.most}"
