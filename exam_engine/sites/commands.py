"""Commands of site mode: ``exam-engine site pull``, ``release``, ``push``, ``status``; at the centre ``take-in``."""

import asyncio
import random
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from sqlalchemy.exc import OperationalError, ProgrammingError

from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.errors import DomainError
from exam_engine.core.i18n import Catalogue, Language
from exam_engine.core.time import VIETNAM, utc_now
from exam_engine.delivery.engine import master_key, root_signer, signing_seed
from exam_engine.sites import file_taking, pulling, push_file, pushing, queries, releasing
from exam_engine.sites.central_server import CentralServer, central_server
from exam_engine.sites.codes import read_code
from exam_engine.sites.errors import CentralRefusalError, CentralServerError, NothingPulledError
from exam_engine.sites.models import PulledSitting
from exam_engine.sites.portions import Taken

__all__ = ["add_commands"]

_CATALOGUE = Catalogue(("exam_engine",))
_REFUSED = 1

T = TypeVar("T")
Work = Callable[[Database, Settings], Awaitable[T]]

SittingOption = Annotated[
    UUID | None, typer.Option("--sitting", help="Id of the sitting; needed when several were pulled.")
]
LanguageOption = Annotated[Language, typer.Option("--lang", help="Language of the words: vi or en.")]


@dataclass(frozen=True, slots=True)
class _Installation:
    """How a command gets at this installation."""

    settings: Callable[[], Settings]
    bring_up_to_date: Callable[[Settings], None]


def add_commands(
    app: typer.Typer, *, settings: Callable[[], Settings], bring_up_to_date: Callable[[Settings], None]
) -> None:
    """Mount the commands.

    Parameters
    ----------
    settings : reads the settings of the environment.
    bring_up_to_date : migrates the database that they name.
    """
    site = typer.Typer(
        help="A sitting at a test site: fetch it, run it without the Internet, bring it home.", no_args_is_help=True
    )
    installation = _Installation(settings, bring_up_to_date)

    @site.command()
    def pull(
        address: Annotated[str, typer.Option("--from", help="Address of the central server.", metavar="URL")],
        code: Annotated[str, typer.Option(help="Pull code that the board was shown.")],
        ca: Annotated[
            Path | None, typer.Option(help="Authority of the central server (PEM), when it is one of its own.")
        ] = None,
        language: LanguageOption = "vi",
    ) -> None:
        """Fetch the sitting that a pull code stands for, and print the accounts of its proctors; may be run again."""
        with _explained(language):
            authority = ca.read_text(encoding="ascii") if ca is not None else None
            _pull(installation, address.rstrip("/"), code, authority, language)

    @site.command()
    def release(
        code: Annotated[
            str | None, typer.Option(help="Release code that was read out; fetched from the central server without it.")
        ] = None,
        sitting: SittingOption = None,
        language: LanguageOption = "vi",
    ) -> None:
        """Open the papers, so that candidates can start; a server that reaches the centre does it by itself."""
        with _explained(language):
            papers = _run(installation, lambda database, settings: _release(database, settings, sitting, code))
            _say("site.released", language, papers=papers)

    @site.command()
    def push(
        to_file: Annotated[
            Path | None, typer.Option(help="Write a file for a memory stick instead of sending.", metavar="FILE")
        ] = None,
        sitting: SittingOption = None,
        language: LanguageOption = "vi",
    ) -> None:
        """Bring everything home, or a copy while the sitting still runs; run again, it counts nothing twice."""
        with _explained(language):
            if to_file is None:
                report = _run(installation, lambda database, settings: _push(database, settings, sitting))
                _tell_push(report, language)
            else:
                begun = _run(
                    installation, lambda database, settings: _push_to_file(database, settings, sitting, to_file)
                )
                params = {"file": to_file, "bytes": to_file.stat().st_size}
                _say("site.file_last" if begun.is_last else "site.file_copy", language, **params)

    @site.command()
    def status(language: LanguageOption = "vi") -> None:
        """Say what is here, what is home, and what is missing."""
        with _explained(language):
            for lines in _run(installation, lambda database, settings: _status(database, settings, language)):
                typer.echo(lines)

    @site.command()
    def take_in(
        file: Annotated[Path, typer.Argument(help="File that `site push --to-file` wrote.", metavar="FILE")],
        language: LanguageOption = "vi",
    ) -> None:
        """At the central server: take in a push that came on a memory stick; run again, it counts nothing twice."""
        with _explained(language):
            report = _run(installation, lambda database, _: file_taking.take_file(database, file, now=utc_now()))
            _tell_push(report, language)

    app.add_typer(site, name="site")


def _run(installation: _Installation, work: Work[T]) -> T:
    settings = installation.settings()

    async def with_database() -> T:
        database = Database(settings.database_url)
        try:
            return await work(database, settings)
        finally:
            await database.close()

    return asyncio.run(with_database())


# --- pull ---


def _pull(installation: _Installation, address: str, code: str, authority: str | None, language: Language) -> None:
    read_code(code)
    settings = installation.settings()
    installation.bring_up_to_date(settings)
    folder = settings.data_dir / "pulled"

    async def fetch_and_store(database: Database, settings: Settings) -> list[pulling.ProctorAccount]:
        async with central_server(address, authority=authority) as central:
            fetched = await pulling.fetch(central, code=code, signing_seed=signing_seed(settings), folder=folder)
        async with database.write() as session:
            accounts = await pulling.store(
                session,
                fetched,
                central_url=address,
                authority=authority,
                master_key=master_key(settings),
                now=utc_now(),
                rng=random.SystemRandom(),
            )
        # The papers lie in the database from here on.
        shutil.rmtree(folder, ignore_errors=True)
        sitting = fetched.rows["sitting"][0]
        counts = {"seats": len(fetched.rows["registration"]), "papers": len(fetched.papers)}
        _say("site.pulled", language, name=sitting["name"], access_code=sitting["access_code"], **counts)
        _say("site.papers_wait", language, at=_local(fetched.data.releases_at))
        return accounts

    for account in _run(installation, fetch_and_store):
        code_of_words = "site.account_kept" if account.password is None else "site.account"
        _say(
            code_of_words,
            language,
            name=account.display_name,
            username=account.username,
            password=account.password or "",
        )


# --- release, push, status ---


async def _held(database: Database) -> list[PulledSitting]:
    try:
        async with database.read() as session:
            return await queries.all_pulled(session)
    except (OperationalError, ProgrammingError) as error:
        # Before the first pull the database has no tables.
        raise NothingPulledError from error


async def _chosen(database: Database, sitting_id: UUID | None) -> PulledSitting:
    held = await _held(database)
    if sitting_id is None:
        # Those that are home already are done with.
        open_ones = [pulled for pulled in held if pulled.taken_home_at is None] or held[:1]
        if len(open_ones) == 1:
            return open_ones[0]
    found = next((pulled for pulled in held if pulled.sitting_id == sitting_id), None)
    if found is None:
        raise NothingPulledError
    return found


def _way_home(pulled: PulledSitting, settings: Settings) -> Any:
    token = releasing.token_of(pulled, master_key(settings))
    return central_server(pulled.central_url, token=token, authority=pulled.authority)


async def _release(database: Database, settings: Settings, sitting_id: UUID | None, code: str | None) -> int:
    pulled = await _chosen(database, sitting_id)
    if code is None:
        async with _way_home(pulled, settings) as central:
            code = await central.release_code()
    async with database.write() as session:
        return await releasing.release(
            session, pulled.sitting_id, code=code, master_key=master_key(settings), now=utc_now()
        )


async def _push(database: Database, settings: Settings, sitting_id: UUID | None) -> pushing.PushReport:
    pulled = await _chosen(database, sitting_id)
    async with _way_home(pulled, settings) as central:
        return await pushing.push(database, pulled.sitting_id, central, signer=root_signer(settings), now=utc_now())


async def _push_to_file(
    database: Database, settings: Settings, sitting_id: UUID | None, file: Path
) -> pushing.BegunPush:
    pulled = await _chosen(database, sitting_id)
    async with database.write() as session:
        begun = await pushing.begin(session, pulled.sitting_id, signer=root_signer(settings), now=utc_now())
    async with database.read() as session:
        await push_file.write(file, begun, pushing.portions(session, begun), signing_seed=signing_seed(settings))
    return begun


async def _status(database: Database, settings: Settings, language: Language) -> list[str]:
    lines: list[str] = []
    held = await _held(database)
    if not held:
        raise NothingPulledError
    for pulled in held:
        async with database.read() as session:
            here = await queries.counts_at_site(session, pulled.sitting_id)
            is_open = await queries.has_open_attempts(session, pulled.sitting_id)
        lines.append(_text("site.status", language, sitting=pulled.sitting_id, site=pulled.site_name))
        released = _local(pulled.released_at) if pulled.released_at else _text("site.not_yet", language)
        lines.append(_text("site.status_released", language, at=released))
        if is_open:
            lines.append(_text("site.status_running", language))
        try:
            async with _way_home(pulled, settings) as central:
                home = await _home(central)
        except (CentralServerError, CentralRefusalError) as error:
            lines += _words(error, language)
            home = None
        for table, count in here.items():
            there = "?" if home is None else home.get(table, 0)
            missing = "?" if home is None else max(0, count - home.get(table, 0))
            lines.append(_text("site.status_rows", language, table=table, here=count, there=there, missing=missing))
        if pulled.taken_home_at is not None:
            lines.append(_text("site.status_home", language, at=_local(pulled.taken_home_at)))
    return lines


async def _home(central: CentralServer) -> dict[str, int]:
    return (await central.state()).rows


# --- words ---


def _tell_push(report: pushing.PushReport, language: Language) -> None:
    for table, taken in report.taken.items():
        if taken != Taken():
            counts = {"new": taken.new, "changed": taken.changed, "already_there": taken.already_there}
            _say("site.taken", language, table=table, **counts)
    done = report.completed
    if done is None:
        _say("site.copied", language)
    else:
        _say("site.home", language, attempts=done.attempts, operations=done.operations, rows=done.log_rows)
        _say("site.home_root", language, root=done.root)


def _local(instant: Any) -> str:
    return str(instant.astimezone(VIETNAM).strftime("%H:%M:%S %d/%m/%Y"))


def _text(code: str, language: Language, **params: Any) -> str:
    return _CATALOGUE.text(code, language, params)


def _say(code: str, language: Language, **params: Any) -> None:
    typer.echo(_text(code, language, **params))


def _words(error: DomainError, language: Language) -> list[str]:
    fix = _CATALOGUE.find(f"{error.code}.fix", language, error.params)
    lines = [f"{_CATALOGUE.text(error.code, language, error.params)}. {fix or ''}".strip()]
    return lines + [f"  {_CATALOGUE.text(fault.code, language, fault.params)}" for fault in error.faults]


@contextmanager
def _explained(language: Language) -> Iterator[None]:
    """Say why something is refused, and end with 1."""
    try:
        yield
    except DomainError as error:
        for line in _words(error, language):
            typer.echo(line, err=True)
        raise typer.Exit(_REFUSED) from error
    except OSError as error:
        params = {"file": error.filename or "", "reason": error.strerror or str(error)}
        typer.echo(_CATALOGUE.text("command.file", language, params), err=True)
        raise typer.Exit(_REFUSED) from error
