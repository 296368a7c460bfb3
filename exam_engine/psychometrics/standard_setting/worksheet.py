"""Rows of the forms that a board prints and fills in."""

from collections.abc import Mapping

from exam_engine.psychometrics.standard_setting.errors import StandardSettingError

WorksheetValue = str | int | float | None
WorksheetRow = dict[str, WorksheetValue]
"""One row of a form; what is to be filled in is None."""
FilledRow = Mapping[str, WorksheetValue]


def filled_number(row: FilledRow, field: str, where: str, *, empty: float = float("nan")) -> float:
    """Return the number in a field, ``empty`` when it was left so; ``where`` names judge and item in the error.

    Raises
    ------
    StandardSettingError
        ``rating_outside_range`` when the field holds something else.
    """
    value = row.get(field)
    if value is None or value == "":
        return empty
    try:
        return float(value)
    except ValueError:
        raise StandardSettingError(
            "rating_outside_range", f"{where}: {field} {value!r} is not a number", judge=row.get("judge"), field=field
        ) from None
