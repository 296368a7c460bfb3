"""The command ``exam-engine window-rules``: what a rule-set says of the exam's window, shown and changed."""

import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from exam_engine.core.actor import SYSTEM
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.sittings import queries, rule_sets
from exam_engine.sittings.errors import LockdownUnreadableError, UnknownRuleSetError

__all__ = ["add_commands"]

Run = Callable[[Coroutine[None, None, None], Settings], None]


def add_commands(app: typer.Typer, *, settings: Callable[[], Settings], run: Run) -> None:
    """Mount the command.

    Parameters
    ----------
    settings : reads the settings of the environment.
    run : runs the work, and says why a rule refused it.
    """

    @app.command()
    def window_rules(
        code: Annotated[str, typer.Argument(help="Code of the rule-set, as the board's pages show it.")],
        file: Annotated[
            Path | None, typer.Option("--set", help="JSON file with the new section; null takes it away.", exists=True)
        ] = None,
    ) -> None:
        """Print what a rule-set says of the exam's window (events, whole screen, what is blocked), or change it."""
        chosen = settings()

        async def work() -> None:
            database = Database(chosen.database_url)
            try:
                if file is not None:
                    section = _read(file)
                    async with database.write() as session:
                        await rule_sets.change_lockdown(session, code, section, actor=SYSTEM, now=utc_now())
                async with database.read() as session:
                    stored = await queries.rule_set_by_code(session, code)
                if stored is None:
                    raise UnknownRuleSetError(code=code)
                typer.echo(json.dumps(stored.rule.get("lockdown"), ensure_ascii=False, indent=2))
            finally:
                await database.close()

        run(work(), chosen)


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise LockdownUnreadableError(where=f"{file.name}: {error}") from error
