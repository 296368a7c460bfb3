"""Write the pages that follow the code: ``python -m docs.generate``.

Each function returns a whole page from what the program itself says (settings, commands, permissions, message
catalogues, tables), so a page is either exactly what the code does or a test fails.
"""

import importlib
import pkgutil
import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import typer.main
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from exam_engine.accounts.permissions import PERMISSIONS, Permission, Role
from exam_engine.cli import app as command_line
from exam_engine.core.config import DEFAULT_PACKAGES, Settings
from exam_engine.core.db import UTCDateTime
from exam_engine.core.errors import DomainError

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
NOTE = "<!-- Written by `python -m docs.generate`; a change by hand is lost. -->"

Row = Sequence[str]


def import_everything() -> None:
    """Import every module of the product, so that all tables and errors are known."""
    for package in DEFAULT_PACKAGES:
        path = importlib.import_module(package).__path__
        for found in pkgutil.walk_packages(path, f"{package}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)


def table(head: Row, rows: Iterable[Row]) -> str:
    """Return a Markdown table; bars and line breaks inside cells are made harmless."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.strip().replace("|", "\\|").replace("\n", "<br>")


def _page(title: str, *parts: str) -> str:
    return "\n\n".join((f"# {title}", NOTE, *parts)) + "\n"


# --- settings and commands ------------------------------------------------------------------------------------------


def settings_page() -> str:
    """Return the page of EXAM_* variables."""
    rows = []
    for name, field in Settings.model_fields.items():
        rows.append((f"`EXAM_{name.upper()}`", _setting_value(field.default), field.description or ""))
    return _page(
        "Settings",
        "Every setting is an environment variable with a default that runs on one PC. Spans of time are ISO 8601 "
        "(`PT10H`, `PT5M`) or `hours:minutes:seconds`; lists are separated by commas. A value that cannot be read and "
        "a misspelt name end the command at its start and say which it was.",
        table(("variable", "default", "meaning"), rows),
    )


def _setting_value(value: Any) -> str:
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        for size, letter in ((3600, "H"), (60, "M")):
            if seconds % size == 0:
                return f"`PT{seconds // size}{letter}`"
        return f"`PT{seconds}S`"
    if isinstance(value, tuple):
        value = ",".join(value)
    return f"`{value}`" if str(value) else "empty"


def commands_page() -> str:
    """Return the page of the command line and the make targets."""
    parts = [
        "`.venv/bin/exam-engine` after `make setup`. Settings come from the environment: [settings](settings.md).",
    ]
    for name, command in commands(typer.main.get_command(command_line)):
        parts.append(f"## exam-engine {name}")
        parts.append(str(command.help))
        if command.params:
            rows = [_parameter(parameter) for parameter in command.params]
            parts.append(table(("parameter", "default", "meaning"), rows))
    parts.append("## make")
    parts.append(table(("target", "what it does"), [(f"`make {name}`", text) for name, text in make_targets()]))
    return _page("Commands", *parts)


def commands(group: Any, prefix: str = "") -> list[tuple[str, Any]]:
    """Return the commands of a group by their names, those of groups within it too."""
    found: list[tuple[str, Any]] = []
    for name, command in sorted(group.commands.items()):
        inner = hasattr(command, "commands")
        found += commands(command, f"{prefix}{name} ") if inner else [(f"{prefix}{name}", command)]
    return found


def _parameter(parameter: Any) -> Row:
    is_option = parameter.param_type_name == "option"
    name = parameter.opts[0] if is_option else str(parameter.name).upper()
    default = parameter.default
    if parameter.required:
        shown = "required"
    elif default is None or default is False or default == "":
        shown = ""
    else:
        shown = f"`{default}`"
    return f"`{name}`", shown, str(parameter.help or "")


def make_targets() -> list[tuple[str, str]]:
    """Return the targets of the Makefile with what they say of themselves."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return re.findall(r"^([a-z-]+):.*?## (.+)$", text, flags=re.MULTILINE)


# --- roles ----------------------------------------------------------------------------------------------------------


def roles_page() -> str:
    """Return the page of roles and permissions."""
    roles = list(Role)
    rows = [
        (f"`{permission.value}`", *("●" if permission in PERMISSIONS[role] else "" for role in roles))
        for permission in Permission
    ]
    return _page(
        "Roles and permissions",
        "Every route asks for exactly one permission or is open to all; one person may hold several roles. Where two "
        "people are needed (approving items, calibrations, publishing forms, approving results) the second must be "
        "another person, whatever the roles.",
        table(("permission", *(role.value.replace("_", " ") for role in roles)), rows),
    )


# --- messages -------------------------------------------------------------------------------------------------------


def errors_page() -> str:
    """Return the page of all codes with their texts in both languages."""
    import_everything()
    statuses = _statuses()
    parts = [
        "Every refusal is `application/problem+json` with a stable `code`; `errors[]` names faults in the input, "
        "each with its place, its own code and what to do. Texts follow `Accept-Language`, Vietnamese unless English "
        "is asked for. Codes do not change once released; texts may. Words in braces are filled in.",
        "A number is the HTTP status of a refusal; codes without one stand inside `errors[]`, in reports of imports "
        "and jobs, or are words of pages and documents. What to do stands in italics.",
    ]
    for package in DEFAULT_PACKAGES:
        vietnamese, english = _sections(package, "vi"), _sections(package, "en")
        for section, texts in vietnamese.items():
            parts.append(f"## {package}: {section}")
            rows = [
                (
                    f"`{code}`",
                    statuses.get(code, ""),
                    _with_fix(texts, code),
                    _with_fix(english[section], code),
                )
                for code in texts
                if not code.endswith(".fix")
            ]
            parts.append(table(("code", "HTTP", "Tiếng Việt", "English"), rows))
    return _page("Codes and texts", *parts)


def _sections(package: str, language: str) -> dict[str, dict[str, str]]:
    file = ROOT / package / "messages" / f"{language}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _with_fix(texts: dict[str, str], code: str) -> str:
    fix = texts.get(f"{code}.fix", "")
    # Braces are doubled in templates where one is meant.
    both = f"{texts[code].strip()}\n*{fix.strip()}*" if fix else texts[code]
    return both.replace("{{", "{").replace("}}", "}")


def _statuses() -> dict[str, str]:
    found: dict[str, set[int]] = {}
    waiting: list[type[DomainError]] = [DomainError]
    while waiting:
        error = waiting.pop()
        waiting.extend(error.__subclasses__())
        if error.__module__.partition(".")[0] in DEFAULT_PACKAGES:
            found.setdefault(error.code, set()).add(error.status)
    # Three codes have no error class: they come from the web layer.
    found |= {"invalid_request": {422}, "method_not_allowed": {405}, "unexpected": {500}, "unreadable_body": {400}}
    return {code: ", ".join(map(str, sorted(statuses))) for code, statuses in found.items()}


# --- tables ---------------------------------------------------------------------------------------------------------


def schema_page() -> str:
    """Return the page of all tables."""
    import_everything()
    models = {
        str(mapper.class_.__tablename__): mapper.class_
        for mapper in SQLModel._sa_registry.mappers
        if mapper.class_.__module__.partition(".")[0] in DEFAULT_PACKAGES
    }
    by_slice: dict[str, list[str]] = {}
    for name, model in models.items():
        by_slice.setdefault(model.__module__.removesuffix(".models"), []).append(name)
    parts = [
        "The same on SQLite and PostgreSQL. An *instant* is aware and in UTC; *json* is text on SQLite; ids are random "
        "UUIDs. `?` after a type: may be empty.",
    ]
    for place in sorted(by_slice, key=_slice_order):
        parts.append(f"## {place}")
        for name in sorted(by_slice[place]):
            described: sa.Table = SQLModel.metadata.tables[name]
            parts.append(f"### {name}")
            parts.append(_first_line(models[name].__doc__))
            rows = [(f"`{column.name}`", _column_type(column), _column_notes(column)) for column in described.columns]
            parts.append(table(("column", "type", ""), rows))
            rules = _rules(described)
            if rules:
                parts.append("\n".join(f"- {rule}" for rule in rules))
    return _page("Tables", *parts)


def _slice_order(place: str) -> tuple[int, str]:
    return DEFAULT_PACKAGES.index(place.partition(".")[0]), place


def _first_line(docstring: str | None) -> str:
    return " ".join((docstring or "").strip().split("\n\n")[0].split()).replace("``", "`")


def _column_type(column: sa.Column[Any]) -> str:
    kind = column.type
    if isinstance(kind, UTCDateTime):
        name = "instant"
    elif isinstance(kind, sa.Uuid):
        name = "uuid"
    elif isinstance(kind, sa.JSON):
        name = "json"
    elif isinstance(kind, sa.LargeBinary):
        name = "bytes"
    elif isinstance(kind, sa.String | AutoString):
        name = f"text({kind.length})" if kind.length else "text"
    else:
        name = type(kind).__name__.lower()
    return name + ("?" if column.nullable else "")


def _column_notes(column: sa.Column[Any]) -> str:
    notes = ["key"] if column.primary_key else []
    notes += [f"→ {key.target_fullname.split('.')[0]}" for key in column.foreign_keys]
    if column.unique:
        notes.append("unique")
    elif column.index:
        notes.append("indexed")
    return ", ".join(notes)


def _rules(described: sa.Table) -> list[str]:
    rules = []
    for constraint in described.constraints:
        names = [column.name for column in getattr(constraint, "columns", ())]
        if isinstance(constraint, sa.UniqueConstraint) and len(names) > 1:
            rules.append(f"unique: {', '.join(names)}")
        elif isinstance(constraint, sa.CheckConstraint):
            rules.append(f"holds: `{constraint.sqltext}`")
    for index in described.indexes:
        names = [column.name for column in index.columns]
        where = index.dialect_options["postgresql"]["where"]
        if where is not None:
            rules.append(f"{'unique' if index.unique else 'indexed'}: {', '.join(names)} where `{where}`")
        elif len(names) > 1:
            rules.append(f"{'unique' if index.unique else 'indexed'}: {', '.join(names)}")
    return sorted(rules)


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "commands.md": commands_page,
    "roles.md": roles_page,
    "errors.md": errors_page,
    "schema.md": schema_page,
}


def main() -> None:
    """Write all generated pages."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
